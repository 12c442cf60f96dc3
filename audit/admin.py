"""The audit log in the admin: seen, never touched."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import RangeDateTimeFilter, TextFilter
from unfold.decorators import action

from audit import note, proofs, publishers, sealing
from audit.adminlists import choices_filter
from audit.modeladmin import ReadOnlyAdmin
from audit.models import AuditEvent, Checkpoint, Publication
from audit.querysets import event_types
from audit.reviewadmin import AccessReviewAdmin
from core import signing
from core.actors import ANONYMOUS, APPLICATION, PERSON, SYSTEM
from core.errors import Problem

__all__ = ["AccessReviewAdmin", "AuditEventAdmin"]

ACTOR_KINDS = (PERSON, APPLICATION, SYSTEM, ANONYMOUS)


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
        "actor_name",
        "object_type",
        "object_id",
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
    readonly_fields = ("shown_details",)
    actions_detail = ("prove",)

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
        response = HttpResponse(json.dumps(document, indent=2), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="event-{event.pk}.proof.json"'
        response["Cache-Control"] = "no-store"
        return response

    def search_exactly(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        found: Any = queryset
        both: QuerySet[Any] = found.about_id(term) | found.filter(actor_id=term)
        return both

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


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin):
    list_display = ("size", "short_root", "signed_at", "published")
    list_filter = (("signed_at", RangeDateTimeFilter),)
    list_filter_submit = True
    fields = ("size", "origin", "root_hex", "signed_at", "published", "shown_note", "verifier_key")
    readonly_fields = fields
    actions_list = ("seal_now",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Checkpoint]:
        sent = Publication.objects.filter(
            publisher__in=[each.address for each in publishers.configured()],
            size=OuterRef("size"),
            state=Publication.State.PUBLISHED,
        )
        found: QuerySet[Checkpoint] = super().get_queryset(request)
        return found.annotate(sent_to=ArraySubquery(sent.order_by("id").values("publisher")))

    @admin.display(description="root")
    def short_root(self, checkpoint: Checkpoint) -> str:
        return bytes(checkpoint.root).hex()[:16]

    @admin.display(description="root")
    def root_hex(self, checkpoint: Checkpoint) -> str:
        return bytes(checkpoint.root).hex()

    @admin.display(description="published to")
    def published(self, checkpoint: Any) -> str:
        return ", ".join(checkpoint.sent_to or ()) or "-"

    @admin.display(description="note")
    def shown_note(self, checkpoint: Checkpoint) -> str:
        return format_html('<pre class="whitespace-pre-wrap break-all">{}</pre>', checkpoint.note)

    @admin.display(description="verifier key")
    def verifier_key(self, checkpoint: Checkpoint) -> str:
        """The present key as verifiers take it; an older note needs the key of its time."""
        key = note.verifier_key(settings.AUDIT_ORIGIN, signing.public_key_raw())
        return format_html('<pre class="whitespace-pre-wrap break-all">{}</pre>', key)

    @action(description="Seal now", permissions=["seal"])
    def seal_now(self, request: HttpRequest) -> HttpResponse:
        """A question, and after it the seal; its own event is under it."""
        if request.method != "POST":
            return self.page(
                request,
                "admin/confirm.html",
                title="Seal now",
                question="Seal every event that waits, and sign the log as it then is?",
                back=reverse("admin:audit_checkpoint_changelist"),
            )
        with transaction.atomic():
            self.audit(request, "sealed")
        done = sealing.seal()
        messages.success(request, f"{done.events} events sealed; the log holds {done.size}.")
        return redirect("admin:audit_checkpoint_changelist")

    def has_seal_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        # Sealing is what happens every few seconds anyway.
        return self.has_view_permission(request)


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ("size", "publisher", "state", "published_at", "attempts", "error")
    list_filter = ("state", ("published_at", RangeDateTimeFilter))
    list_filter_submit = True
