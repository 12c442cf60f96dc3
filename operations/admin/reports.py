"""The page of reports: what may be asked for, and what was asked for lately."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES

from accounts.stepup import recent_factor
from audit.services import record
from core import reports
from core.actors import actor_of
from core.errors import Invalid
from core.reports import Report
from operations.models import Job
from operations.report_jobs import PREFIX, start_report

NAMES = {"pdf": "PDF", "csv": "CSV", "json": "JSON"}


def open_to(request: HttpRequest) -> list[Report]:
    """The reports that this person may have made."""
    user: Any = request.user
    return [report for report in reports.registered() if user.has_perm(report.permission)]


def _form(report: Report, data: Any = None) -> forms.Form:
    form = report.parameters(data, auto_id=f"{report.code}-%s")
    form.fields["format"] = forms.ChoiceField(
        choices=[(each, NAMES[each]) for each in NAMES if each in reports.FORMATS],
        widget=forms.Select(attrs={"class": " ".join(SELECT_CLASSES)}),
    )
    for name, field in form.fields.items():
        if name != "format":
            field.widget.attrs["class"] = " ".join(INPUT_CLASSES)
    return form


@recent_factor("have a report made")
@transaction.atomic
def page(request: HttpRequest, site: AdminSite, code: str = "") -> HttpResponse:
    """GET: the forms. POST to a report's own address: have it made, and go to its job."""
    if (request.method == "POST") != bool(code):
        return HttpResponseNotAllowed(["POST"] if code else ["GET", "HEAD"])
    allowed = open_to(request)
    if not allowed:
        raise PermissionDenied
    asked = next((report for report in allowed if report.code == code), None)
    if code and asked is None:
        if code in {report.code for report in reports.registered()}:
            raise PermissionDenied
        raise Http404
    bound = None
    if asked is not None:
        bound = _form(asked, request.POST)
        if bound.is_valid():
            return _start(request, asked)
    forms_ = [(each, bound if each is asked and bound else _form(each)) for each in allowed]
    mine = Job.objects.filter(
        kind__in=[PREFIX + each.code for each in allowed],
        requested_by_kind=actor_of(request).kind,
        requested_by_id=actor_of(request).id,
    )
    context = {
        **site.each_context(request),
        "title": "Reports",
        "reports": forms_,
        "recent": [(job, _words(job)) for job in mine.defer("result").order_by("-id")[:10]],
    }
    response = TemplateResponse(request, "operations/reports.html", context)
    response.render()
    record(
        actor=actor_of(request),
        event_type="admin",
        action="listed",
        object_type=Job._meta.label,
        details={"page": "reports"},
    )
    return response


def _start(request: HttpRequest, report: Report) -> HttpResponse:
    try:
        job = start_report(
            actor=actor_of(request),
            report=report,
            question=request.POST,
            format_=request.POST.get("format", ""),
        )
    except Invalid:  # pragma: no cover - the form has said so already
        raise Http404 from None
    return HttpResponseRedirect(reverse("admin:operations_job_change", args=[job.pk]))


def _words(job: Job) -> str:
    asked = job.parameters["question"]
    # The database keeps names in an order of its own.
    names = [name for name in _form(reports.get(job.parameters["report"])).fields if name in asked]
    said = ", ".join(f"{name} {asked[name]}" for name in names)
    return f"{said}; {NAMES[job.parameters['format']]}"
