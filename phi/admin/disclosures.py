"""Disclosures to outside parties in the admin, and the statements made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateTimeFilter

from accounts.stepup import recent_factor
from audit.modeladmin import ReadOnlyAdmin
from consent.models import DataSubject
from core.actors import Actor, actor_of
from core.errors import NotFound, Problem
from operations.modeladmin import Button, VerbAdmin
from phi.days import zone
from phi.disclosureforms import (
    CorrectionForm,
    DisclosureForm,
    StatementForm,
    StepForm,
    SuspensionForm,
    today,
)
from phi.models import Disclosure, StatementIssued
from phi.services.disclosed import Opened, note_read, open_each
from phi.services.disclosures import record_disclosure
from phi.services.statements import ask_for_statement, read_statement, standing
from phi.services.suspensions import SUSPENDABLE, Chains, agency_or_why, suspend

ADD, ISSUE = "phi.add_disclosure", "phi.add_statementissued"
SUSPEND = "phi.add_disclosuresuspension"


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnlyAdmin):
    """The list names no recipient; each row's page does, and looking there is a look."""

    list_display = ("disclosed_at", "subject_ref", "authority", "exclusion", "state", "actor_name")
    list_filter = ("authority", "exclusion", ("disclosed_at", RangeDateTimeFilter))
    list_filter_submit = True
    list_select_related = ("corrected_by",)
    exact_search = ("id", "subject")
    search_help_text = "The exact id of a disclosure or a data subject"
    ordering = ("-id",)
    fields = (
        *("id", "subject_ref", "disclosed_at", "recipient", "address", "description", "purpose"),
        *("authority", "exclusion", "state", "corrects", "suspended", "recorded_at", "actor_name"),
    )
    readonly_fields = (
        *("subject_ref", "recipient", "address", "description", "purpose", "state", "suspended"),
    )
    change_form_outer_before_template = "phi/disclosure_steps.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Recorded on the person's page.
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.resolver_match and "_changelist" in (request.resolver_match.url_name or ""):
            rows = rows.defer("content_sealed", "corrected_by__content_sealed")
        return rows

    @admin.display(description="data subject")
    def subject_ref(self, row: Disclosure) -> UUID:
        return row.subject_id

    @admin.display(description="state")
    def state(self, row: Disclosure) -> str:
        if hasattr(row, "corrected_by"):
            return "Corrected by a later row"
        return "Takes an entry back" if row.void else "Stands"

    def _text(self, row: Disclosure, name: str) -> str:
        shown: Opened = vars(row)["opened"]
        return shown.refused if shown.texts is None else shown.texts[name] or "–"

    @admin.display(description="recipient")
    def recipient(self, row: Disclosure) -> str:
        return self._text(row, "recipient")

    @admin.display(description="address")
    def address(self, row: Disclosure) -> str:
        return self._text(row, "address")

    @admin.display(description="what was disclosed")
    def description(self, row: Disclosure) -> str:
        return self._text(row, "description")

    @admin.display(description="purpose")
    def purpose(self, row: Disclosure) -> str:
        return self._text(row, "purpose")

    @admin.display(description="suspended")
    def suspended(self, row: Disclosure) -> str:
        said: list[str] = vars(row)["suspensions"]
        return "\n".join(said) or "–"

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Disclosure | None:
        row: Disclosure | None = super().get_object(request, object_id, from_field)
        # The page asks twice for its row: it is opened once.
        held = vars(request).setdefault("disclosure", {})
        if row is not None and self.has_view_permission(request, row):
            if row.pk not in held:
                held[row.pk] = _opened(actor_of(request), row)
            vars(row)["opened"], vars(row)["suspensions"] = held[row.pk]
        return row

    def page_context(self, request: HttpRequest, obj: Disclosure) -> dict[str, Any]:
        note_read(actor=actor_of(request), subject=DataSubject(pk=obj.subject_id))
        user: Any = request.user
        steps = []
        if not hasattr(obj, "corrected_by") and user.has_perm(ADD):
            steps.append((reverse("admin:phi_disclosure_correct", args=[obj.pk]), "Correct it"))
        if obj.authority in SUSPENDABLE and user.has_perm(SUSPEND):
            steps.append(
                (reverse("admin:phi_disclosure_suspend", args=[obj.pk]), "An agency asks to wait")
            )
        return {"steps": steps}

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("of/<uuid:subject_id>/", wrap(self.record_view), name="phi_disclosure_record"),
            path(
                "of/<uuid:subject_id>/statement/",
                wrap(self.statement_view),
                name="phi_disclosure_statement",
            ),
            path("<uuid:object_id>/correct/", wrap(self.correct), name="phi_disclosure_correct"),
            path("<uuid:object_id>/suspend/", wrap(self.suspend), name="phi_disclosure_suspend"),
        ]
        return own + super().get_urls()

    def record_view(self, request: HttpRequest, subject_id: UUID) -> HttpResponse:
        """Record a disclosure of a person's data."""
        subject = _subject(request, ADD, subject_id)
        form = DisclosureForm(request.POST if request.method == "POST" else None)

        def act() -> HttpResponse:
            record_disclosure(actor=actor_of(request), subject=subject, **form.values())
            messages.success(request, "The disclosure is recorded.")
            return HttpResponseRedirect(_page_of(subject_id))

        return self._step(
            request,
            form,
            act,
            title=f"Record a disclosure of {subject}",
            words=[
                f"Times are those of {zone()}. What is recorded is never changed, only corrected"
                " by a further row."
            ],
            label="Record it",
            back=_page_of(subject_id),
        )

    def correct(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Put another row in the place of one that is wrong."""
        row = _row(request, ADD, object_id)
        if request.method == "POST":
            form = CorrectionForm(request.POST)
        else:
            with transaction.atomic():
                note_read(actor=actor_of(request), subject=row.subject)
                (found,) = open_each(actor=actor_of(request), rows=[row])
            if found.texts is None:
                return self.page(
                    request,
                    "admin/phi/asked.html",
                    title=f"Correct {row}",
                    words=[found.refused],
                    back=reverse("admin:phi_disclosure_change", args=[row.pk]),
                )
            form = CorrectionForm(initial=_initial(row, found.texts))

        def act() -> HttpResponse:
            record_disclosure(
                actor=actor_of(request), subject=row.subject, corrects=row.pk, **form.values()
            )
            messages.success(request, "The correction is recorded.")
            return HttpResponseRedirect(_page_of(row.subject_id))

        return self._step(
            request,
            form,
            act,
            title=f"Correct {row}",
            words=[
                f"Times are those of {zone()}. The row stays as it is, struck through, and is"
                " left out of the statement."
            ],
            label="Record the correction",
            back=reverse("admin:phi_disclosure_change", args=[row.pk]),
        )

    def suspend(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Note that an agency asks not to tell of a disclosure yet."""
        row = _row(request, SUSPEND, object_id)
        form = SuspensionForm(request.POST if request.method == "POST" else None)

        def act() -> HttpResponse:
            suspend(actor=actor_of(request), disclosure_id=row.pk, **form.cleaned_data)
            messages.success(request, "It is left out of the statement for that time.")
            return HttpResponseRedirect(reverse("admin:phi_disclosure_change", args=[row.pk]))

        return self._step(
            request,
            form,
            act,
            title=f"Suspend {row}",
            words=[
                "A health oversight agency or a law enforcement official may ask that the"
                " person is not told for a time (45 CFR 164.528(a)(2))."
            ],
            label="Suspend it",
            back=reverse("admin:phi_disclosure_change", args=[row.pk]),
        )

    @recent_factor("have a statement of disclosures made")
    def statement_view(self, request: HttpRequest, subject_id: UUID) -> HttpResponse:
        """Have a person's statement made, as a job."""
        subject = _subject(request, ISSUE, subject_id)
        form = StatementForm(request.POST if request.method == "POST" else None, initial=today())
        held = standing(subject_id=subject_id, now=timezone.now())

        def act() -> HttpResponse:
            _, job = ask_for_statement(
                actor=actor_of(request), subject=subject, **form.cleaned_data
            )
            return HttpResponseRedirect(reverse("admin:operations_job_change", args=[job.pk]))

        fee = (
            "It is free: there was none in the twelve months before."
            if held.free
            else f"One was made on {held.last_on}: until {held.free_from} a reasonable, cost-based"
            " fee may be charged. Tell the person beforehand, so that they can withdraw or change"
            " the request."
        )
        return self._step(
            request,
            form,
            act,
            title=f"A statement of disclosures for {subject}",
            words=[
                fee,
                "It is due 60 days after the request; one extension of 30 days, told in"
                " writing with its reasons within the 60 days.",
            ],
            label="Make the statement",
            back=_page_of(subject_id),
        )

    def _step(
        self,
        request: HttpRequest,
        form: StepForm,
        act: Callable[[], HttpResponse],
        **context: Any,
    ) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                return act()
            except NotFound:
                raise Http404 from None
            except Problem as problem:
                form.refuse(problem)
        return self.page(request, "admin/phi/asked.html", form=form, **context)


def _opened(actor: Actor, row: Disclosure) -> tuple[Opened, list[str]]:
    """What the row's page shows: its sealed parts, and what agencies asked."""
    (found,) = open_each(actor=actor, rows=[row])
    asked = [
        f"{each.stated_on} to {each.ends_on} ({each.form}): "
        + agency_or_why(actor=actor, suspension=each)
        for each in Chains(row.subject_id).asked(row.pk)
    ]
    return found, asked


def _page_of(subject_id: UUID) -> str:
    return reverse("admin:consent_datasubject_change", args=[subject_id])


def _subject(request: HttpRequest, permission: str, subject_id: UUID) -> DataSubject:
    user: Any = request.user
    if not user.has_perm(permission):
        raise PermissionDenied
    found = DataSubject.objects.filter(pk=subject_id).only("id").first()
    if found is None:
        raise Http404
    return found


def _row(request: HttpRequest, permission: str, object_id: UUID) -> Disclosure:
    user: Any = request.user
    if not user.has_perm(permission):
        raise PermissionDenied
    found = Disclosure.objects.filter(pk=object_id).first()
    if found is None:
        raise Http404
    found.subject = DataSubject(pk=found.subject_id)
    return found


def _initial(row: Disclosure, texts: dict[str, str]) -> dict[str, Any]:
    return {
        **texts,
        "disclosed_at": f"{row.disclosed_at.astimezone(zone()):%Y-%m-%d %H:%M}",
        "authority": row.authority,
        "exclusion": row.exclusion,
    }


@admin.register(StatementIssued)
class StatementIssuedAdmin(VerbAdmin):
    """Statements that were made, each with the very document."""

    list_display = (
        *("issued_at", "subject_ref", "asked_on", "first_on", "last_on", "due_on", "free"),
        "actor_name",
    )
    list_filter = ("free", ("issued_at", RangeDateTimeFilter))
    list_filter_submit = True
    exact_search = ("id", "subject")
    search_help_text = "The exact id of a statement or a data subject"
    ordering = ("-id",)
    fields = (
        *("id", "subject_ref", "asked_on", "first_on", "last_on", "issued_at", "due_on"),
        *("extended_to", "free", "document_sha256", "actor_name"),
    )
    readonly_fields = ("subject_ref",)
    verbs = {"download": "download"}
    sensitive = {"download": "download a statement of disclosures"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("document_sealed")

    @admin.display(description="data subject")
    def subject_ref(self, row: StatementIssued) -> UUID:
        return row.subject_id

    def buttons(self, request: HttpRequest, obj: StatementIssued) -> Iterable[Button]:
        if request.user.has_perm(ISSUE):  # type: ignore[union-attr]
            why_not = "" if obj.document_sha256 else "It is not made yet."
            yield Button("download", "Download it", "download", "primary", why_not=why_not)

    def download(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """The document that the person was given; opening it is a look."""
        if not request.user.has_perm(ISSUE):  # type: ignore[union-attr]
            raise PermissionDenied
        content = read_statement(actor=actor_of(request), statement_id=object_id)
        response = HttpResponse(content, content_type="application/pdf")
        name = f"accounting-of-disclosures-{object_id}.pdf"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store"
        return response
