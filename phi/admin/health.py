"""Health records in the admin: listed without content, read for a purpose, every time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import localize
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget

from accounts.stepup import recent_factor
from audit.modeladmin import ReadOnlyAdmin
from audit.refusals import record_refusal
from audit.refusals import told as refused_as
from core import inventory
from core.actors import actor_of
from core.errors import CiphertextRefused, Problem
from operations.modeladmin import told
from phi import healthpanels
from phi.api.health import fhir_response
from phi.healthpanels import PROTECTED
from phi.models import DataType, HealthRecord, PurposeOfUse
from phi.panels import purpose_form
from phi.services import care, health
from phi.services.accessexport import export_fhir
from retention.schedule import keep_of

healthpanels.register()


class PeriodForm(forms.Form):
    """Which accesses are handed out."""

    start = forms.SplitDateTimeField(
        label="From",
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text="UTC. Thirty days before the end when left out.",
    )
    end = forms.SplitDateTimeField(
        label="To",
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text="UTC, not included. Now when left out.",
    )
    subject_id = forms.UUIDField(
        label="Data subject",
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Our id of one person; everybody when left out.",
    )


class TypeFilter(SimpleListFilter):
    """By type, under the names that the person may see."""

    title, parameter_name = "data type", "data_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        self.named = healthpanels.named_types(request)
        known = [(code, label) for code, label in DataType.choices if code in self.named]
        hidden = len(known) < len(DataType)
        return known + [(PROTECTED, healthpanels.title_of(PROTECTED))] * hidden

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        hidden = set(DataType.values) - self.named
        wanted = hidden if value == PROTECTED else {value} & self.named
        return queryset.filter(data_type__in=sorted(wanted))


@admin.register(HealthRecord)
class HealthRecordAdmin(ReadOnlyAdmin):
    list_display = ("id", "shown_type", "of", "application", "recorded_at", "delete_after")
    list_filter = (TypeFilter,)
    list_select_related = ("application",)
    search_help_text = "The exact id of a record or a data subject"
    exact_search = ("id", "subject")
    ordering = ("-id",)
    fields = (
        "id",
        "subject",
        "shown_type",
        "application",
        "recorded_at",
        "created_at",
        "delete_after",
    )
    readonly_fields = ("shown_type", "delete_after")
    list_before_template = "phi/health_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What the person may know of; the content is left where it is."""
        rows = super().get_queryset(request).without_content().prefetch_related(care.BARE_SUBJECT)
        days = keep_of(inventory.get(health.HEALTH_RECORDS), timezone.now()).days
        named = sorted(healthpanels.named_types(request))
        rows = rows.annotate(
            keep_days=Value(days, output_field=IntegerField()),
            type_or_protected=Case(
                When(data_type__in=named, then=F("data_type")), default=Value(PROTECTED)
            ),
        )
        if care.is_bound(request.user):
            rows = rows.filter(subject_id__in=care.patients_of(request.user, timezone.now()))
        return rows

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """The type by its filter alone: by the column itself (``data_type__exact``) a list would
        tell of the types that it does not name."""
        if lookup.partition("__")[0] == "data_type":
            return lookup == "data_type"
        return super().lookup_allowed(lookup, value, request)

    @admin.display(description="data type")
    def shown_type(self, row: Any) -> str:
        return healthpanels.title_of(row.type_or_protected)

    @admin.display(description="data subject")
    def of(self, row: HealthRecord) -> UUID:
        return row.subject_id

    @admin.display(description="delete after", ordering="created_at")
    def delete_after(self, row: Any) -> str:
        end = inventory.get(health.HEALTH_RECORDS).keep.end(row.created_at, row.keep_days)
        return str(localize(timezone.localtime(end)))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            "own_patients_alone": care.is_bound(request.user),
            "may_export": _may_export(request),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:object_id>/read/", wrap(self.read), name="phi_healthrecord_read"),
            path("accesses/", wrap(self.accesses), name="phi_healthrecord_accesses"),
        ]
        return own + super().get_urls()

    @recent_factor("read a health record")
    def read(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """The content, for a purpose of use, on this answer alone."""
        if not self.has_view_permission(request) or not request.user.has_perm(health.READ):  # type: ignore[union-attr]
            raise PermissionDenied
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404
        back = reverse("admin:phi_healthrecord_change", args=[row.pk])
        if request.method != "POST":
            return HttpResponseRedirect(back)
        form = purpose_form("health", request.POST)
        context: dict[str, Any] = {"form": form, "record": row, "back": back}
        if form.is_valid():
            context |= self._read(request, row, form.cleaned_data["purpose_of_use"])
        return self.page(
            request,
            "admin/phi/health_record.html",
            title=f"{self.shown_type(row)}, {row.recorded_at:%Y-%m-%d}",
            **context,
        )

    def _read(self, request: HttpRequest, row: Any, purpose: str) -> dict[str, Any]:
        actor = actor_of(request)
        try:
            _, content, access = health.read_record(
                reader=health.Reader(actor, user=request.user),
                record_id=row.pk,
                purpose_of_use=purpose,
            )
        except CiphertextRefused as error:
            record_refusal(actor=actor, error=error)
            return {"refusal": refused_as(error)}
        except Problem as problem:
            if health.is_refusal(problem):
                health.note_refusal(
                    actor=actor,
                    what="read",
                    record_id=row.pk,
                    purpose_of_use=purpose,
                    problem=problem,
                )
            return {"refusal": told(problem)}
        return {"lines": shown(content), "access": access, "purpose": PurposeOfUse(purpose).label}

    @recent_factor("hand out who looked at whose data")
    def accesses(self, request: HttpRequest) -> HttpResponseBase:
        """Who looked, in a period, as FHIR R4 AuditEvents: by POST, a file with its event."""
        if not _may_export(request):
            raise PermissionDenied
        form = PeriodForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return fhir_response(export_fhir(actor=actor_of(request), **form.cleaned_data))
            except Problem as problem:
                form.add_error(None, told(problem))
        return self.page(
            request,
            "admin/phi/accesses_fhir.html",
            title="Who looked, for other systems",
            form=form,
            back=reverse("admin:phi_healthrecord_changelist"),
        )


def _may_export(request: HttpRequest) -> bool:
    """Whoever sees all accesses may hand them out; care staff see their own patients alone."""
    user: Any = request.user
    return bool(user.has_perm("phi.view_access")) and not care.is_bound(user)


def shown(content: health.Content) -> list[tuple[str, str]]:
    """Content as lines of a name and a value; text is one line without a name."""
    if isinstance(content, str):
        return [("", content)]
    return [
        (
            str(name),
            value
            if isinstance(value, str)
            else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(),
        )
        for name, value in content.items()
    ]
