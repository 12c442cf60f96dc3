"""The audit report by API."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from audit.reports import CODE
from audit.services import record
from core import reports
from core.actors import Actor, actor_of
from core.errors import Invalid


class First(BaseContentNegotiation):
    """``format`` is a parameter of the report, not DRF's: problems are always JSON."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def _moment(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(
        name, str, description=f"{words}: an ISO 8601 date or moment, UTC where it names no zone."
    )


class ReportView(APIView):
    """What was done in a period, and how far the log proves it."""

    required_scopes = {"GET": "audit:read"}
    recent_factor = ("GET",)
    rate_classes = {"GET": "sensitive"}
    content_negotiation_class = First

    @extend_schema(
        operation_id="audit_report",
        parameters=[
            _moment("from", "From; 30 days before the end when left out"),
            _moment("to", "To, not included; the end of today when left out"),
            OpenApiParameter("format", str, enum=list(reports.FORMATS), default="json"),
        ],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """The report of a period, as JSON, CSV or PDF; the reading is an event."""
        format_ = request.query_params.get("format", "json")
        if format_ not in reports.FORMATS:
            raise Invalid(errors={"format": [f"Use one of {', '.join(reports.FORMATS)}."]})
        made = make_report(actor=actor_of(request), question=request.query_params, format_=format_)
        response = HttpResponse(made.content, content_type=made.media_type)
        response["Content-Disposition"] = f'attachment; filename="audit-report.{made.extension}"'
        response["Cache-Control"] = "no-store"
        return response


@transaction.atomic
def make_report(*, actor: Actor, question: Any, format_: str) -> reports.Rendered:
    """The audit report, rendered, with its event. Raises Invalid for a period that is none."""
    document = reports.make(CODE, question)
    made = reports.render(document, format_)
    record(
        actor=actor,
        event_type="audit_report",
        action="made",
        details={
            "from": document.parameters["from"],
            "to": document.parameters["to"],
            "format": format_,
            "status": document.status,
        },
    )
    return made
