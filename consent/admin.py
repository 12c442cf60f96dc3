"""Subjects, calls, consents, purposes, notices and places in the admin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audit.modeladmin import ReadOnlyAdmin, RecordedAdmin
from consent import panels
from consent.accesses import CALL_OPENED, CONSENT_OPENED, FOUND, OPENED
from consent.adminforms import JurisdictionForm, NoticeForm
from consent.models import (
    Call,
    ConsentRecord,
    DataSubject,
    Jurisdiction,
    Notice,
    Purpose,
)
from consent.services.jurisdictions import FIELDS, ask_to_change_place
from consent.services.notices import ask_to_publish, draft_notice, redraft_notice
from core import accesses
from core.actors import actor_of
from operations.modeladmin import Button, ButtonsAdmin
from operations.models import Approval

panels.register()


def _looked(
    request: HttpRequest, kind: str, event: accesses.Pair, obj: Model, subject_id: UUID
) -> None:
    accesses.look(
        actor=actor_of(request),
        kind=kind,
        event_type=event[0],
        action=event[1],
        obj=obj,
        subject_id=subject_id,
    )


@admin.register(DataSubject)
class DataSubjectAdmin(ReadOnlyAdmin):
    list_display = ("id", "id_space", "region", "language", "last_interaction_at", "held")
    search_fields = ("id",)
    search_help_text = "An exact phone number, e-mail address, patient id, external id or our id"
    fields = (
        "id",
        "id_space",
        "external_id",
        "name",
        "phone",
        "email",
        "date_of_birth",
        "patient_id",
        "region",
        "language",
        "created_at",
        "last_interaction_at",
        "anonymised_at",
    )

    @transaction.atomic
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        # Who searches learns whom an identifier belongs to.
        if request.GET.get("q", "").strip() and hasattr(response, "context_data"):
            for subject in response.context_data["cl"].result_list:
                _looked(request, accesses.PROFILES, FOUND, subject, subject.pk)
        return response

    def note_view(self, request: HttpRequest, obj: DataSubject) -> None:
        _looked(request, accesses.PROFILES, OPENED, obj, obj.pk)

    @admin.display(description="identified", boolean=True)
    def held(self, subject: DataSubject) -> bool:
        return subject.anonymised_at is None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        # A list shows no identifier: nothing is decrypted for it.
        if request.resolver_match and "_changelist" in (request.resolver_match.url_name or ""):
            rows = rows.defer(
                "external_id", "name", "phone", "email", "date_of_birth", "patient_id"
            )
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.matching(term) if term else queryset), False  # type: ignore[attr-defined]


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    list_display = ("id", "started_at", "application", "direction", "shown_regions", "is_ai")
    list_filter = ("direction", "is_ai", "application")
    list_select_related = ("application",)
    exact_search = ("id", "subject")
    search_help_text = "The exact id of a call or a data subject"
    ordering = ("-id",)
    fields = (
        "id",
        "application",
        "subject",
        "direction",
        "regions",
        "timezone",
        "language",
        "is_ai",
        "model_version",
        "purposes",
        "started_at",
        "ended_at",
    )

    def note_view(self, request: HttpRequest, obj: Call) -> None:
        if obj.subject_id is None:
            # Nobody's, as far as we know: a page like any other.
            super().note_view(request, obj)
        else:
            _looked(request, accesses.CALLS, CALL_OPENED, obj, obj.subject_id)

    @admin.display(description="regions")
    def shown_regions(self, call: Call) -> str:
        return " → ".join(call.regions)


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    list_display = ("decided_at", "purpose", "decision", "method", "subject", "expires_at")
    list_filter = ("decision", "method", "purpose")
    list_select_related = ("purpose", "subject")
    exact_search = ("id", "subject", "call_ref")
    search_help_text = "The exact id of a consent, a data subject or a call"
    ordering = ("-id",)
    fields = (
        "id",
        "subject",
        "purpose",
        "decision",
        "method",
        "notice",
        "notice_sha256",
        "call_ref",
        "recorded_by",
        "evidence",
        "decided_at",
        "expires_at",
        "supersedes",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The subject is shown by its id: its identifiers are not decrypted for a list.
        return super().get_queryset(request).only(*self.fields, "subject__id", "purpose__code")

    def note_view(self, request: HttpRequest, obj: ConsentRecord) -> None:
        _looked(request, accesses.CALLS, CONSENT_OPENED, obj, obj.subject_id)


@admin.register(Purpose)
class PurposeAdmin(ReadOnlyAdmin):
    list_display = ("code", "title", "lawful_basis", "requires_consent", "strength", "source")
    fields = list_display


@admin.register(Notice)
class NoticeAdmin(ButtonsAdmin, RecordedAdmin):
    """Drafts are edited here; two people publish; what is published stays as it is."""

    form = NoticeForm
    list_display = ("purpose", "language", "version", "published_at")
    list_filter = ("purpose",)
    list_select_related = ("purpose",)
    readonly_fields = ("version", "sha256", "published_at")
    verbs = {"publish": "publish"}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return bool(allowed and (obj is None or obj.published_at is None))

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:
        actor = actor_of(request)
        given = {name: form.cleaned_data[name] for name in NoticeForm.Meta.fields}
        if change:
            redraft_notice(actor=actor, notice_id=obj.pk, **given)
        else:
            obj.pk = draft_notice(actor=actor, **given).pk

    def buttons(self, request: HttpRequest, obj: Notice) -> Iterable[Button]:
        if obj.published_at is None and request.user.has_perm("consent.publish_notice"):
            yield Button("publish", "Ask to publish", "campaign", "primary")

    def publish(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Ask a second person to publish the draft."""
        return asked(request, ask_to_publish(actor=actor_of(request), notice_id=object_id))


@admin.register(Jurisdiction)
class JurisdictionAdmin(RecordedAdmin):
    """What the form says is asked for: a second person decides."""

    form = JurisdictionForm
    list_display = ("code", "title", "all_party_recording", "source", "confidence")
    list_filter = ("all_party_recording", "confidence")
    search_fields = ("code", "title")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj is not None else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = JurisdictionForm.Meta.fields
        may_ask = obj is None or self.has_change_permission(request, obj)
        return (*names, "reason") if may_ask else names

    def save_model(self, request: HttpRequest, obj: Jurisdiction, form: Any, change: bool) -> None:
        vars(request)["approval"] = ask_to_change_place(
            actor=actor_of(request),
            code=obj.code,
            values={name: form.cleaned_data[name] for name in FIELDS},
            reason=form.cleaned_data["reason"],
        )

    def response_add(
        self, request: HttpRequest, obj: Jurisdiction, post_url_continue: str | None = None
    ) -> HttpResponse:
        return asked(request, vars(request)["approval"])

    def response_change(self, request: HttpRequest, obj: Jurisdiction) -> HttpResponse:
        return asked(request, vars(request)["approval"])


def asked(request: HttpRequest, approval: Approval) -> HttpResponse:
    """To the page of what was asked for."""
    messages.success(request, "A second person is asked to decide.")
    return redirect(reverse("admin:operations_approval_change", args=[approval.pk]))
