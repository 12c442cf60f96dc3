"""Applications and keys in the admin; people are in ``personadmin``. Every change is a verb of
accounts.services, which writes the audit event; so Django's own notes of it are left out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action, display

from accounts.adminforms import ApiKeyForm
from accounts.modeladmin import AccountsAdmin
from accounts.models import ApiKey, VoiceApplication
from accounts.personadmin import PersonAdmin
from accounts.services import (
    change_application,
    create_api_key,
    create_application,
    revoke_api_key,
)
from accounts.sessionadmin import AdminSessionAdmin, SessionTokenAdmin
from accounts.stepup import recent_factor
from core.actors import actor_of
from core.errors import Conflict

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


@admin.register(ApiKey)
class ApiKeyAdmin(AccountsAdmin):
    fields = (
        "application",
        "prefix",
        "shown_scopes",
        "created_at",
        "created_by",
        "expires_at",
        "revoked_at",
        "last_used_at",
        "last_used_address",
    )
    list_display = (
        "prefix",
        "application",
        "shown_scopes",
        "state",
        "expires_at",
        "last_used_at",
    )
    list_filter = ("application",)
    list_select_related = ("application",)
    search_fields = ("prefix",)
    actions_detail = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Who may revoke: a key itself is never changed."""
        return bool(request.user.has_perm("accounts.change_apikey"))

    @display(description="scopes")
    def shown_scopes(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @display(description="state", label={"works": "success", "revoked": "danger"})
    def state(self, key: ApiKey) -> str:
        if key.revoked_at is not None:
            return "revoked"
        if key.expires_at <= timezone.now():
            return "expired"
        return "works" if key.application.is_active else "application inactive"

    @recent_factor("make an API key")
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ApiKeyForm(request.POST or None)
        back = reverse(f"{self.admin_site.name}:accounts_apikey_changelist")
        if request.method == "POST" and form.is_valid():
            key, text = create_api_key(actor=actor_of(request), **form.cleaned_data)
            return self.page(
                request,
                "accounts/secret_once.html",
                title=f"API key of {key.application.name}",
                secret=text,
                explanation="Shown now and never again. Put it where the application keeps its"
                f" secrets. It is good until {key.expires_at:%Y-%m-%d}.",
                back=back,
            )
        return self.page(
            request, "accounts/api_key_add.html", title="New API key", form=form, back=back
        )

    @action(description="Revoke", url_path="revoke", permissions=["revoke"])
    @recent_factor("revoke an API key")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.one(request, object_id)
        if request.method == "POST":
            try:
                revoke_api_key(actor=actor_of(request), key=key)
                messages.success(request, "The key was revoked.")
            except Conflict as conflict:
                messages.error(request, conflict.detail)
            return HttpResponseRedirect(self.change_url(key.pk))
        return self.page(
            request,
            "admin/confirm.html",
            key,
            title="Revoke API key",
            question=f"Revoke {key} of {key.application.name}? From the next request on, whatever"
            " uses it is refused; it cannot be undone.",
            back=self.change_url(key.pk),
        )
