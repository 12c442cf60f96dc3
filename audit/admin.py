"""The audit log in the admin: seen, never touched."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_safe
from unfold.contrib.filters.admin import RangeDateTimeFilter, TextFilter
from unfold.decorators import action

from audit import proofs
from audit.adminlists import choices_filter
from audit.modeladmin import ReadOnlyAdmin
from audit.models import AuditEvent, Leaf, Outbox
from audit.querysets import event_types
from audit.reviewadmin import AccessReviewAdmin
from audit.sealadmin import CheckpointAdmin, PublicationAdmin, proof_file
from core.actors import ANONYMOUS, APPLICATION, PERSON, REPORTER, SYSTEM
from core.errors import Problem

__all__ = ["AccessReviewAdmin", "AuditEventAdmin", "CheckpointAdmin", "PublicationAdmin"]

ACTOR_KINDS = (PERSON, APPLICATION, SYSTEM, REPORTER, ANONYMOUS)


def _same(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(each, each) for each in values]


class RequestFilter(TextFilter):  # type: ignore[misc]
    title = "request's id"
    parameter_name = "request"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = (self.value() or "").strip()
        found: Any = queryset
        return found.in_request(value) if value else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = (
        "received_at",
        "event_type",
        "action",
        "severity",
        "actor",
        "object",
    )
    list_filter = (
        "severity",
        choices_filter("event_type", "event type", lambda: _same(event_types())),
        choices_filter("actor_kind", "actor", lambda: _same(ACTOR_KINDS)),
        ("received_at", RangeDateTimeFilter),
        RequestFilter,
    )
    list_filter_submit = True
    exact_search = ("object_id", "actor_id")
    search_help_text = "The exact id of an object or an actor"
    date_hierarchy = None
    ordering = ("-received_at", "-id")
    exclude = ("entry", "details")
    readonly_fields = ("shown_details", "place")
    actions_detail = ("prove",)

    @method_decorator(require_safe)
    @action(description="Prove this event", url_path="prove", permissions=["view"])
    def prove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The proof as a file that verify_proof checks without us."""
        event = self.get_object(request, object_id)
        if event is None:
            raise Http404
        try:
            with transaction.atomic():
                document = proofs.prove(event.pk)
                self.audit(request, "proved", event, size=document["size"])
        except Problem as problem:
            messages.warning(request, problem.detail)
            return redirect("admin:audit_auditevent_change", object_id)
        return proof_file(document, f"event-{event.pk}")

    def search_exactly(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        found: Any = queryset
        both: QuerySet[Any] = found.about_id(term) | found.filter(actor_id=term)
        return both

    @admin.display(description="actor")
    def actor(self, event: AuditEvent) -> str:
        return f"{event.actor_name} ({event.actor_kind})" if event.actor_name else event.actor_kind

    @admin.display(description="object")
    def object(self, event: AuditEvent) -> str:
        if not event.object_type and not event.object_id:
            return "-"
        # On one line: an id that breaks is an id that nobody can read out.
        shown = '{}<br><span style="white-space: nowrap">{}</span>'
        return format_html(shown, event.object_type or "-", event.object_id or "-")

    @admin.display(description="place in the log")
    def place(self, event: AuditEvent) -> str:
        leaf = Leaf.objects.filter(event_id=event.pk).first()
        if leaf is None and Outbox.objects.filter(event_id=event.pk).exists():
            return "none yet: it waits for its seal, which comes within seconds"
        if leaf is None:
            return "none, and it waits for none: run verify_audit"
        return f"{leaf.index}, with the leaf hash {bytes(leaf.leaf_hash).hex()}"

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
