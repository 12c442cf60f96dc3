"""People in the admin: invited, changed, suspended, off-boarded."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action, display

from accounts import secondpair
from accounts.adminforms import OffBoardForm, PersonForm
from accounts.modeladmin import AccountsAdmin, sent_in
from accounts.models import User
from accounts.roles import ROLES, titles_of
from accounts.services import (
    change_person,
    invite_person,
    new_password,
    off_board_person,
    renew_invitation,
    reset_factor,
    restore_person,
    set_password,
    suspend_person,
    withdraw_invitation,
)
from accounts.services.attempts import strangers_wait
from accounts.services.factors import factor_held
from accounts.services.rights import waits_for_another
from accounts.services.standing import gained, keys_made_by, lacking, open_work
from accounts.stepup import recent_factor
from audit.models import AuditEvent
from core.actors import actor_of
from core.errors import Problem

Standing = User.Standing
_STANDINGS = {
    "Active": "success",
    "Invited": "info",
    "Suspended": "warning",
    "Left": "danger",
}


@admin.register(User)
class PersonAdmin(AccountsAdmin):
    form = PersonForm
    fields = ("username", "name", "is_staff", "roles", "reason")
    list_display = (
        *("username", "name", "shown_roles", "shown_standing", "is_staff"),
        *("second_factor", "last_login"),
    )
    list_filter = ("is_active", "groups")
    search_fields = ("username", "name")
    ordering = ("username",)
    actions_detail = (
        *("suspend", "restore", "off_board", "renew_link", "withdraw_link"),
        *("give_password", "take_factor", "withdraw_request"),
    )
    change_form_outer_before_template = "accounts/person_standing.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        found: QuerySet[User] = super().get_queryset(request)
        return found.prefetch_related("groups").annotate(enrolled=factor_held())

    @display(description="roles")
    def shown_roles(self, person: User) -> str:
        held = {group.name for group in person.groups.all()}
        return titles_of(code for code in ROLES if code in held)

    @display(description="standing", ordering="is_active", label=_STANDINGS)
    def shown_standing(self, person: User) -> str:
        return str(person.standing.label)

    @display(description="second factor", boolean=True)
    def second_factor(self, person: User) -> bool:
        return bool(getattr(person, "enrolled", False))

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            return ("username", "name", "is_staff", "shown_roles")
        return self.fields

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.left_at is None)

    def _offers(self, request: HttpRequest, object_id: Any, *standings: Standing) -> bool:
        """Whether the verb is one for a person who stands so, and for who asks."""
        if not request.user.has_perm("accounts.change_user"):  # type: ignore[union-attr]
            return False
        person = vars(request).get("person")
        if person is None and object_id is not None:
            person = vars(request)["person"] = self.get_object(request, str(object_id))
        return person is None or person.standing in standings

    def has_suspend_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._offers(request, object_id, Standing.ACTIVE)

    def has_restore_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._offers(request, object_id, Standing.SUSPENDED)

    def has_off_board_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._offers(
            request, object_id, Standing.ACTIVE, Standing.SUSPENDED, Standing.INVITED
        )

    def has_renew_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._offers(request, object_id, Standing.INVITED, Standing.LEFT)

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._offers(request, object_id, Standing.INVITED)

    def has_credentials_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._offers(request, object_id, Standing.ACTIVE, Standing.SUSPENDED)

    def has_asked_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not self._offers(request, object_id, *Standing):
            return False
        person = vars(request).get("person")
        # Nobody there is not found, and not forbidden.
        return person is None or secondpair.asks(actor=actor_of(request), user_id=person.pk)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (form,), {"actor": actor_of(request)})

    def page_context(self, request: HttpRequest, obj: User) -> dict[str, Any]:
        return {
            **super().page_context(request, obj),
            "standing": obj.standing,
            "said": [*_history(obj), *_tries(obj), *secondpair.waiting(obj.pk)],
        }

    @recent_factor("change who may do what")
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        actor = actor_of(request)
        waiting = form.waiting
        given = {
            "username": obj.username,
            "name": obj.name,
            "is_staff": obj.is_staff,
            "roles": set(form.cleaned_data["roles"]) - waiting,
        }
        if change:
            change_person(actor=actor, user=obj, **given)
        else:
            made, vars(request)["secret_once"] = invite_person(actor=actor, **given)
            vars(obj).update(vars(made))
        if waiting:
            roles = [code for code in ROLES if code in waiting]
            secondpair.ask(
                actor=actor,
                act=secondpair.GIVE_ROLES,
                user_id=obj.pk,
                roles=roles,
                reason=form.cleaned_data["reason"],
            )
            messages.warning(
                request, f"{titles_of(roles)}: asked for. Another person has to agree to it."
            )

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._link_page(request, obj, vars(request)["secret_once"])

    def _link_page(self, request: HttpRequest, person: User, secret: str) -> HttpResponse:
        until = person.invitations.get(used_at=None, withdrawn_at=None).expires_at
        page = request.build_absolute_uri(reverse(f"{self.admin_site.name}:welcome"))
        return self.page(
            request,
            "accounts/secret_once.html",
            title=f"Link for {person.username}",
            secret=f"{page}#{secret}",
            explanation="Shown now and never again. Give it to the person and to nobody else:"
            f" whoever opens it first comes in. It works once, until {until:%Y-%m-%d %H:%M} UTC;"
            " there they choose a password and set up a second factor.",
            back=self.change_url(person.pk),
        )

    @action(description="Suspend", url_path="suspend", permissions=["suspend"])
    @recent_factor("suspend a person")
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.one(request, object_id)
        return self.with_reason(
            request,
            person,
            title="Suspend",
            question=f"Suspend {person.title}? From the next request on nothing opens to them, by"
            " admin or API, until somebody restores them. Their work stays where it is.",
            act=lambda reason: suspend_person(actor=actor_of(request), user=person, reason=reason),
            done="Suspended.",
        )

    @action(description="Restore", url_path="restore", permissions=["restore"])
    @recent_factor("restore a person")
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.one(request, object_id)
        return self.confirmed(
            request,
            person,
            title="Restore",
            question=f"Restore {person.title}? They may sign in again, with the password, the"
            " second factor and the roles that they had.",
            act=lambda: restore_person(actor=actor_of(request), user=person),
            done="Restored.",
        )

    @action(description="Off-board", url_path="off-board", permissions=["off_board"])
    @recent_factor("off-board a person")
    def off_board(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.one(request, object_id)
        work = open_work(person)
        form = OffBoardForm(sent_in(request), leaver=person, needed=bool(work))
        if request.method == "POST" and form.is_valid():
            try:
                off_board_person(
                    actor=actor_of(request), user=person, successor=form.cleaned_data["successor"]
                )
                moved = " The open work was handed over." if work else ""
                messages.success(request, f"{person.title} has left.{moved}")
                return HttpResponseRedirect(self.change_url(person.pk))
            except Problem as problem:
                form.add_error(None, problem.detail)
        fit = (
            [
                each
                for each in form.candidates()
                if not lacking(each, work, person) and not gained(actor_of(request), each, work)
            ]
            if work
            else []
        )
        return self.page(
            request,
            "accounts/off_board.html",
            person,
            title="Off-board",
            person=person,
            work=work,
            fit=fit,
            keys=keys_made_by(person),
            form=form,
            back=self.change_url(person.pk),
        )

    @action(description="New link", url_path="renew-link", permissions=["renew"])
    @recent_factor("invite a person")
    def renew_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.one(request, object_id)
        if request.method == "POST":
            try:
                secret = renew_invitation(actor=actor_of(request), user=person)
            except Problem as problem:
                return self.refused(request, person, problem)
            return self._link_page(request, person, secret)
        return self.page(
            request,
            "admin/confirm.html",
            person,
            title="New link",
            question=f"Invite {person.title} by a new link? The one before it ends. Somebody who"
            " had left comes back as the same person, without roles.",
            back=self.change_url(person.pk),
        )

    @action(description="Withdraw link", url_path="withdraw-link", permissions=["withdraw"])
    @recent_factor("withdraw an invitation")
    def withdraw_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.one(request, object_id)
        return self.confirmed(
            request,
            person,
            title="Withdraw link",
            question=f"Withdraw the invitation of {person.title}? The link ends at once.",
            act=lambda: withdraw_invitation(actor=actor_of(request), user=person),
            done="Withdrawn.",
        )

    @action(description="New password", url_path="give-password", permissions=["credentials"])
    @recent_factor("give a person a new password")
    def give_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.one(request, object_id)
        if request.method == "POST":
            password = new_password()
            try:
                set_password(actor=actor_of(request), user=person, password=password)
            except Problem as problem:
                return self.refused(request, person, problem)
            return self.page(
                request,
                "accounts/secret_once.html",
                title=f"Password of {person.username}",
                secret=password,
                explanation="Shown now and never again. Hand it over by a safe way; the person may"
                " then change it.",
                back=self.change_url(person.pk),
            )
        return self.page(
            request,
            "admin/confirm.html",
            person,
            title="New password",
            question=f"Give {person.username} a new random password? The old one stops, and the"
            " person is signed out everywhere.",
            back=self.change_url(person.pk),
        )

    @action(description="Reset second factor", url_path="take-factor", permissions=["credentials"])
    @recent_factor("reset a person's second factor")
    def take_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.one(request, object_id)
        actor = actor_of(request)
        question = (
            f"Reset the second factor of {person.username}? The person is signed out"
            " everywhere, and whoever knows the password can enrol next: be sure who asks."
        )
        if not waits_for_another(actor, person.role_codes) or actor.id == str(person.pk):
            return self.confirmed(
                request,
                person,
                title="Reset second factor",
                question=question,
                act=lambda: reset_factor(actor=actor, user=person),
                done="The second factor was reset.",
            )
        return self.with_reason(
            request,
            person,
            title="Ask for the reset",
            question=f"{question} Because they manage people or decide on what others ask for,"
            " another person has to agree.",
            act=lambda reason: secondpair.ask(
                actor=actor, act=secondpair.RESET_FACTOR, user_id=person.pk, reason=reason
            ),
            done="Asked for. Another person has to agree.",
        )

    @action(description="Withdraw request", url_path="withdraw-request", permissions=["asked"])
    @recent_factor("withdraw a request")
    def withdraw_request(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.one(request, object_id)
        return self.confirmed(
            request,
            person,
            title="Withdraw request",
            question=f"Withdraw what you asked for about {person.title} and waits?",
            act=lambda: secondpair.withdraw(actor=actor_of(request), user_id=person.pk),
            done="Withdrawn.",
        )


def _tries(person: User) -> list[str]:
    """Whether strangers have tried to sign in as the person, where it holds the person up."""
    wait = strangers_wait(person)
    if wait is None:
        return [
            "Strangers have tried this account so often that a password opens it only in a browser"
            " that was signed in before. A passkey opens it still; a new password opens it again."
        ]
    minutes = math.ceil(wait / timedelta(minutes=1))
    return [f"Strangers try this account: the next try counts in {minutes} min."] if wait else []


def _history(person: User) -> list[str]:
    """How the person came to stand as they do, in sentences."""
    if person.standing == Standing.ACTIVE:
        return []
    if person.standing == Standing.INVITED:
        held = person.invitations.filter(used_at=None, withdrawn_at=None).first()
        if held is None:
            return ["Invited; the link was withdrawn."]
        how = "works until" if held.works(timezone.now()) else "ended on"
        return [
            f"Invited by {held.made_by_name} on {held.created_at:%Y-%m-%d}; the link {how}"
            f" {held.expires_at:%Y-%m-%d %H:%M} UTC."
        ]
    action_ = "off_boarded" if person.standing == Standing.LEFT else "suspended"
    event = (
        AuditEvent.objects.about(User._meta.label, str(person.pk))
        .filter(event_type="person", action=action_)
        .order_by("-received_at", "-id")
        .first()
    )
    if event is None:
        return []
    word = "Off-boarded" if action_ == "off_boarded" else "Suspended"
    why = f" because: {event.details['reason']}" if "reason" in event.details else "."
    return [f"{word} by {event.actor_name} on {event.received_at:%Y-%m-%d %H:%M} UTC{why}"]
