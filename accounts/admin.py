"""People and applications in the admin. Every change is a verb of accounts.services, which writes
the audit event; so Django's own notes of it are left out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.decorators import action, display

from accounts.adminforms import PersonForm
from accounts.adminpages import AccountsAdmin
from accounts.keyadmin import ApiKeyAdmin
from accounts.models import User, VoiceApplication
from accounts.roles import ROLES, titles_of
from accounts.services import (
    change_application,
    change_person,
    create_application,
    create_person,
    new_password,
    reset_factor,
    set_password,
)
from accounts.services.factors import factor_held
from accounts.sessionadmin import AdminSessionAdmin, SessionTokenAdmin
from accounts.stepup import recent_factor
from core.actors import actor_of
from core.errors import Forbidden

__all__ = (
    "AdminSessionAdmin",
    "ApiKeyAdmin",
    "PersonAdmin",
    "SessionTokenAdmin",
    "VoiceApplicationAdmin",
)

# Roles follow accounts.roles and are no object to edit.
if admin.site.is_registered(Group):
    admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(AccountsAdmin):
    form = PersonForm
    fields = ("username", "name", "is_active", "is_staff", "roles")
    list_display = (
        "username",
        "name",
        "shown_roles",
        "is_active",
        "is_staff",
        "second_factor",
        "last_login",
    )
    list_filter = ("is_active", "groups")
    search_fields = ("username", "name")
    ordering = ("username",)
    actions_detail = ("give_password", "take_factor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        found: QuerySet[User] = super().get_queryset(request)
        return found.prefetch_related("groups").annotate(enrolled=factor_held())

    @display(description="roles")
    def shown_roles(self, person: User) -> str:
        held = {group.name for group in person.groups.all()}
        return titles_of(code for code in ROLES if code in held)

    @display(description="second factor", boolean=True)
    def second_factor(self, person: User) -> bool:
        return bool(getattr(person, "enrolled", False))

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (form,), {"own_id": request.user.pk})

    @recent_factor("change who may do what")
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        actor = actor_of(request)
        given = {
            "username": obj.username,
            "name": obj.name,
            "is_staff": obj.is_staff,
            "roles": form.cleaned_data["roles"],
        }
        if change:
            change_person(actor=actor, user=obj, is_active=obj.is_active, **given)
            return
        password = new_password()
        made = create_person(actor=actor, password=password, **given)
        vars(obj).update(vars(made))
        vars(request)["secret_once"] = password

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._password_page(request, obj, vars(request)["secret_once"])

    def _password_page(self, request: HttpRequest, person: User, password: str) -> HttpResponse:
        return self.page(
            request,
            "accounts/secret_once.html",
            title=f"Password of {person.username}",
            secret=password,
            explanation="Shown now and never again. Hand it over by a safe way; at the first"
            " sign-in the person sets up a second factor, and may then change the password.",
            back=self.change_url(person.pk),
        )

    @action(description="New password", url_path="give-password", permissions=["change"])
    @recent_factor("give a person a new password")
    def give_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.one(request, object_id)
        if request.method == "POST":
            password = new_password()
            set_password(actor=actor_of(request), user=person, password=password)
            return self._password_page(request, person, password)
        return self.page(
            request,
            "admin/confirm.html",
            person,
            title="New password",
            question=f"Give {person.username} a new random password? The old one stops, and the"
            " person is signed out everywhere.",
            back=self.change_url(person.pk),
        )

    @action(description="Reset second factor", url_path="take-factor", permissions=["change"])
    @recent_factor("reset a person's second factor")
    def take_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.one(request, object_id)
        if request.method == "POST":
            try:
                reset_factor(actor=actor_of(request), user=person)
                messages.success(request, "The second factor was reset.")
            except Forbidden as refusal:
                messages.error(request, refusal.detail)
            return HttpResponseRedirect(self.change_url(person.pk))
        return self.page(
            request,
            "admin/confirm.html",
            person,
            title="Reset second factor",
            question=f"Reset the second factor of {person.username}? The person is signed out"
            " everywhere, and whoever knows the password can enrol next: be sure who asks.",
            back=self.change_url(person.pk),
        )


@admin.register(VoiceApplication)
class VoiceApplicationAdmin(AccountsAdmin):
    fields = ("name", "id_space", "takes_cards", "is_active")
    list_display = ("name", "id_space", "takes_cards", "is_active", "created_at")
    list_filter = ("is_active",)
    search_fields = ("name",)

    def save_model(
        self, request: HttpRequest, obj: VoiceApplication, form: Any, change: Any
    ) -> None:
        actor = actor_of(request)
        given: dict[str, Any] = {
            "name": obj.name,
            "id_space": obj.id_space,
            "takes_cards": obj.takes_cards,
        }
        if change:
            change_application(actor=actor, application=obj, is_active=obj.is_active, **given)
        else:
            vars(obj).update(vars(create_application(actor=actor, **given)))
