"""Checkpoints and what became of them outside, in the admin."""

from __future__ import annotations

import base64
import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from audit import note, proofs, publishers, sealing
from audit.modeladmin import ReadOnlyAdmin
from audit.models import Checkpoint, Publication
from core import signing
from core.errors import Problem


def proof_file(document: dict[str, Any], name: str) -> HttpResponse:
    """A proof as a file that verify_proof checks without us."""
    response = HttpResponse(json.dumps(document, indent=2), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.proof.json"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(text: str) -> str:
    """Text as it stands, its long lines broken: a signature has no blanks."""
    shown = '<pre style="white-space: pre-wrap; overflow-wrap: anywhere">{}</pre>'
    return format_html(shown, text)


class GrowthForm(forms.Form):
    """Which older checkpoint the log is proved to begin with."""

    def __init__(self, newer: int) -> None:
        first = Checkpoint.objects.order_by("size").values_list("size", flat=True).first()
        super().__init__(auto_id="growth-%s")
        self.fields["from"] = forms.IntegerField(
            label="Size of the older checkpoint",
            initial=first,
            min_value=1,
            max_value=newer,
            widget=UnfoldAdminIntegerFieldWidget,
            help_text="The second line of the note that you kept. The file proves that this"
            " checkpoint's log begins with that one's.",
        )


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin):
    list_display = ("size", "short_root", "signed_at", "published")
    list_filter = (("signed_at", RangeDateTimeFilter),)
    list_filter_submit = True
    fields = (
        "size",
        "origin",
        "shown_root",
        "signed_at",
        "published",
        "shown_note",
        "verifier_key",
    )
    readonly_fields = fields
    actions_list = ("seal_now",)
    change_form_outer_before_template = "audit/growth.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.growth))
        return [
            path("<int:size>/growth/", view, name="audit_checkpoint_growth"),
            *super().get_urls(),
        ]

    def page_context(self, request: HttpRequest, obj: Checkpoint) -> dict[str, Any]:
        action = reverse("admin:audit_checkpoint_growth", args=[obj.size])
        return {"growth": {"form": GrowthForm(obj.size), "action": action}}

    def growth(self, request: HttpRequest, size: int) -> HttpResponse:
        """The proof that the log of ``size`` begins with that of ``from``."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        checkpoint = self.get_object(request, str(size))
        if checkpoint is None:
            raise Http404
        older = request.GET.get("from", "")
        # PostgreSQL's bigint holds eighteen digits whatever they are.
        known = older.isascii() and older.isdigit() and len(older) <= 18
        try:
            with transaction.atomic():
                document = proofs.consistency(int(older) if known else 0, size)
                self.audit(request, "proved_growth", checkpoint, older=document["from"])
        except Problem as problem:
            said = [text for texts in problem.errors.values() for text in texts]
            messages.warning(request, " ".join(said) or problem.detail)
            return redirect("admin:audit_checkpoint_change", size)
        return proof_file(document, f"growth-{older}-{size}")

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
        return base64.b64encode(checkpoint.root).decode()[:16]

    @admin.display(description="root")
    def shown_root(self, checkpoint: Checkpoint) -> str:
        """As the note writes it, so that the two can be compared by eye."""
        return base64.b64encode(checkpoint.root).decode()

    @admin.display(description="published to")
    def published(self, checkpoint: Any) -> str:
        return ", ".join(checkpoint.sent_to or ()) or "-"

    @admin.display(description="note")
    def shown_note(self, checkpoint: Checkpoint) -> str:
        return _lines(checkpoint.note)

    @admin.display(description="verifier key")
    def verifier_key(self, checkpoint: Checkpoint) -> str:
        """The present key as verifiers take it; an older note needs the key of its time."""
        key = note.verifier_key(settings.AUDIT_ORIGIN, signing.public_key_raw())
        return _lines(key)

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
        done = sealing.seal(wait=True)
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
