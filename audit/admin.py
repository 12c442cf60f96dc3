"""The audit log in the admin: seen, never touched."""

from __future__ import annotations

import json

from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import RangeDateTimeFilter

from audit.modeladmin import ReadOnlyAdmin
from audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = (
        "received_at",
        "event_type",
        "action",
        "severity",
        "actor_name",
        "object_type",
        "object_id",
    )
    list_filter = ("severity", "event_type", "actor_kind", ("received_at", RangeDateTimeFilter))
    list_filter_submit = True
    search_fields = ("=object_id", "=actor_id", "=request_id")
    search_help_text = "The exact id of an object, an actor or a request"
    date_hierarchy = None
    ordering = ("-received_at", "-id")
    exclude = ("entry", "details")
    readonly_fields = ("shown_details",)

    @admin.display(description="details")
    def shown_details(self, event: AuditEvent) -> str:
        return json.dumps(event.details, indent=2, ensure_ascii=False, sort_keys=True)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> AuditEvent | None:
        from uuid import UUID

        try:
            return self.get_queryset(request).with_id(UUID(object_id)).first()
        except ValueError:
            return None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in {"object_id", "object_type"} or super().lookup_allowed(
            lookup, value, request
        )
