"""Subjects, calls, consents, purposes, notices and places in the admin."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.decorators import action

from audit.modeladmin import AuditedAdmin, ReadOnlyAdmin
from consent import panels
from consent.models import (
    Call,
    ConsentRecord,
    DataSubject,
    Jurisdiction,
    Notice,
    Purpose,
)
from consent.services.notices import ask_to_publish
from core.actors import actor_of
from core.errors import Problem

panels.register()


@admin.register(DataSubject)
class DataSubjectAdmin(ReadOnlyAdmin):
    list_display = ("id", "id_space", "region", "language", "last_interaction_at", "held")
    list_filter = ("region", "language")
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
    search_fields = ("id",)
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

    @admin.display(description="regions")
    def shown_regions(self, call: Call) -> str:
        return " → ".join(call.regions)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            id_ = UUID(term)
        except ValueError:
            return queryset.none(), False
        return queryset.filter(id=id_) | queryset.filter(subject_id=id_), False


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    list_display = ("decided_at", "purpose", "decision", "method", "subject", "expires_at")
    list_filter = ("decision", "method", "purpose")
    list_select_related = ("purpose", "subject")
    search_fields = ("=id", "=subject__id", "=call_ref")
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


@admin.register(Purpose)
class PurposeAdmin(ReadOnlyAdmin):
    list_display = ("code", "title", "lawful_basis", "requires_consent", "strength", "source")
    fields = list_display


class NoticeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A draft's words; the version counts up by itself."""

    class Meta:
        model = Notice
        fields = ("purpose", "language", "text")


@admin.register(Notice)
class NoticeAdmin(AuditedAdmin):
    """Drafts are edited here; two people publish; what is published stays as it is."""

    form = NoticeForm
    list_display = ("purpose", "language", "version", "published_at")
    list_filter = ("purpose", "language")
    list_select_related = ("purpose",)
    readonly_fields = ("version", "sha256", "published_at")
    actions_detail = ("publish",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return bool(allowed and (obj is None or obj.published_at is None))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:
        if not change:
            newest = (
                Notice.objects.filter(purpose=obj.purpose, language=obj.language)
                .order_by("-version")
                .values_list("version", flat=True)
                .first()
            )
            obj.version = (newest or 0) + 1
        obj.sha256 = hashlib.sha256(obj.text.encode()).hexdigest()
        super().save_model(request, obj, form, change)

    @action(description="Ask to publish", permissions=["publish"])
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask a second person to publish the draft."""
        try:
            ask_to_publish(actor=actor_of(request), notice_id=UUID(object_id))
            messages.success(request, "A second person is asked to publish this notice.")
        except Problem as problem:
            messages.error(request, problem.detail)
        return redirect(reverse("admin:consent_notice_change", args=[object_id]))

    def has_publish_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("consent.publish_notice")


@admin.register(Jurisdiction)
class JurisdictionAdmin(AuditedAdmin):
    list_display = ("code", "title", "all_party_recording", "source", "confidence")
    list_filter = ("all_party_recording", "confidence")
    search_fields = ("code", "title")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj is not None else ()
