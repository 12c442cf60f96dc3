"""Everybody's sessions and session tokens in the admin: seen, and ended by an officer."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action, display

from accounts.models import AdminSession, SessionToken
from accounts.services import end_admin_session, revoke_session_token
from accounts.stepup import recent_factor
from audit.modeladmin import ReadOnlyAdmin
from core.actors import actor_of


class SessionsAdmin(ReadOnlyAdmin):
    """Read-only, with one verb for who may end anybody's."""

    readonly_fields = ("person",)
    list_select_related = ("user",)
    actions_detail = ("end",)

    def has_end_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Who may end anybody's session."""
        return bool(request.user.has_perm("accounts.end_session"))

    @display(description="person", ordering="user__username")
    def person(self, row: Any) -> str:
        username: str = row.user.username
        return username

    def end_row(self, request: HttpRequest, row: Any) -> bool:
        """End it; False where it has ended already."""
        raise NotImplementedError

    @action(description="End", url_path="end", permissions=["end"])
    @recent_factor("end somebody's session")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        options = self.model._meta
        name = f"{self.admin_site.name}:{options.app_label}_{options.model_name}_change"
        back = reverse(name, args=[row.pk])
        if request.method == "POST":
            if self.end_row(request, row):
                messages.success(request, "Ended, from the next request on.")
            else:
                messages.warning(request, "It had ended already.")
            return HttpResponseRedirect(back)
        return self.page(
            request,
            "admin/confirm.html",
            row,
            title="End",
            question=f"End this {options.verbose_name} of {self.person(row)}? From the next"
            " request on it is refused; the person may sign in again.",
            back=back,
        )


@admin.register(AdminSession)
class AdminSessionAdmin(SessionsAdmin):
    fields = (
        *("person", "factor", "address", "agent", "created_at", "seen_at", "proved_at"),
        *("ended_at", "end_reason"),
    )
    list_display = (
        *("person", "agent", "address", "created_at", "seen_at"),
        *("ended_at", "end_reason"),
    )
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "end_reason")

    def end_row(self, request: HttpRequest, row: AdminSession) -> bool:
        reason = AdminSession.End.TAKEN
        return end_admin_session(actor=actor_of(request), session_id=row.pk, reason=reason)


@admin.register(SessionToken)
class SessionTokenAdmin(SessionsAdmin):
    fields = ("person", "factor", "created_at", "expires_at", "revoked_at")
    list_display = fields

    def end_row(self, request: HttpRequest, row: SessionToken) -> bool:
        if row.revoked_at is not None:
            return False
        revoke_session_token(actor=actor_of(request), token_id=row.pk)
        return True
