"""API keys in the admin: made, rotated and revoked, never changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action, display

from accounts.adminforms import ApiKeyForm, RotateForm
from accounts.modeladmin import AccountsAdmin
from accounts.models import ApiKey
from accounts.querysets import UNUSED_AFTER, live_keys, unused_keys
from accounts.services import create_api_key, revoke_api_key, rotate_api_key
from accounts.stepup import recent_factor
from core.actors import actor_of
from core.errors import Conflict


class StateFilter(admin.SimpleListFilter):
    """Keys that open something, and those of them that nobody uses."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [("live", "Works"), ("unused", f"Works, not used for {UNUSED_AFTER.days} days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        chosen = {"live": live_keys, "unused": unused_keys}.get(self.value() or "")
        return queryset.filter(pk__in=chosen(now).order_by().values("pk")) if chosen else queryset


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
        "replaced_by",
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
    list_filter = (StateFilter, "application")
    list_select_related = ("application", "replaced_by")
    search_fields = ("prefix",)
    actions_detail = ("rotate", "revoke")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Who may revoke: a key itself is never changed."""
        return bool(request.user.has_perm("accounts.change_apikey"))

    def has_rotate_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Who may end a key and make one."""
        return self.has_revoke_permission(request) and self.has_add_permission(request)

    @display(description="scopes")
    def shown_scopes(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @display(
        description="state",
        label={"works": "success", "being replaced": "warning", "revoked": "danger"},
    )
    def state(self, key: ApiKey) -> str:
        if key.revoked_at is not None:
            return "revoked"
        if key.expires_at <= timezone.now():
            return "expired"
        if not key.application.is_active:
            return "application inactive"
        return "works" if key.replaced_by_id is None else "being replaced"

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
            return self._key_page(request, key, text, back=back)
        return self.page(
            request, "accounts/api_key_add.html", title="New API key", form=form, back=back
        )

    def _key_page(
        self, request: HttpRequest, key: ApiKey, text: str, *, back: str, more: str = ""
    ) -> HttpResponse:
        return self.page(
            request,
            "accounts/secret_once.html",
            title=f"API key of {key.application.name}",
            secret=text,
            explanation="Shown now and never again. Put it where the application keeps its"
            f" secrets. It is good until {key.expires_at:%Y-%m-%d}.{more}",
            back=back,
        )

    @action(description="Rotate", url_path="rotate", permissions=["rotate"])
    @recent_factor("rotate an API key")
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key: ApiKey = self.one(request, object_id)
        if not self.has_rotate_permission(request):
            raise PermissionDenied
        if reason := key.why_not_rotated(timezone.now()):
            return self._refused(request, key, reason)
        form = RotateForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                new, text = rotate_api_key(
                    actor=actor_of(request), key=key, overlap=form.cleaned_data["overlap"]
                )
            except Conflict as conflict:
                return self._refused(request, key, conflict.detail)
            key.refresh_from_db()
            more = f" The old key {key} works until {key.expires_at:%Y-%m-%d %H:%M} UTC."
            return self._key_page(request, new, text, back=self.change_url(key.pk), more=more)
        return self.page(
            request,
            "accounts/api_key_rotate.html",
            key,
            title=f"Rotate {key}",
            form=form,
            key=key,
            back=self.change_url(key.pk),
        )

    def _refused(self, request: HttpRequest, key: ApiKey, reason: str) -> HttpResponse:
        messages.error(request, reason)
        return HttpResponseRedirect(self.change_url(key.pk))

    @action(description="Revoke", url_path="revoke", permissions=["revoke"])
    @recent_factor("revoke an API key")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.one(request, object_id)
        if request.method == "POST":
            try:
                revoke_api_key(actor=actor_of(request), key=key)
                messages.success(request, "The key was revoked.")
            except Conflict as conflict:
                return self._refused(request, key, conflict.detail)
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
