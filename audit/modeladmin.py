"""The admin classes that every app's admin builds on: read-only or audited, views included."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from audit.services import record
from core import panels
from core.actors import actor_of


class AuditedAdmin(ModelAdmin):  # type: ignore[misc]
    """Writes an audit event for every list, page, addition, change and deletion.

    In place of Django's own log, whose rows go with the user. The event is written in the
    transaction of the act; a list's event names its filters and never their values.
    """

    change_form_outer_after_template = "admin/panels.html"
    show_full_result_count = False
    list_per_page = 50

    def audit(self, request: HttpRequest, action: str, obj: Any = None, **details: Any) -> None:
        """Record what ``request`` did with ``obj``, or with the model as a whole."""
        record(
            actor=actor_of(request),
            event_type="admin",
            action=action,
            obj=obj,
            object_type="" if obj is not None else self.model._meta.label,
            details=details,
        )

    @transaction.atomic
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)
        # Rendered inside the transaction, so that what was shown is what was recorded.
        if hasattr(response, "render"):
            response.render()
        self.audit(request, "listed", filters=sorted(request.GET))
        return response

    @transaction.atomic
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        obj = self.get_object(request, object_id) if object_id else None
        if obj is not None and self.has_view_or_change_permission(request, obj):
            parts = panels.shown(request, self.model._meta.label, obj)
            extra_context = {**(extra_context or {}), "panels": parts}
        response: HttpResponse = super().changeform_view(
            request, object_id, form_url, extra_context
        )
        if hasattr(response, "render"):
            response.render()
        if request.method == "GET" and obj is not None and response.status_code == 200:
            self.audit(request, "viewed", obj)
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """An object's history is its audit events."""
        query = f"?object_type={self.model._meta.label}&object_id={object_id}"
        return HttpResponseRedirect(reverse("admin:audit_auditevent_changelist") + query)

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self.audit(request, "added", obj)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        changed = sorted(
            name
            for part in message
            if isinstance(part, dict)
            for name in part.get("changed", {}).get("fields", [])
        )
        self.audit(request, "changed", obj, fields=changed)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.audit(request, "deleted", obj)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        # Bulk deletion goes past every duty that hangs on a row.
        actions.pop("delete_selected", None)
        return actions


class ReadOnlyAdmin(AuditedAdmin):
    """Shows and never changes; every look is recorded."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
