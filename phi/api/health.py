"""The API of health records, care relationships and who looked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import application_of, credential_of, require_permission
from audit.api_report import First
from consent.api import IDEMPOTENCY, own_application, valid
from consent.services.subjects import find_subject
from core.actors import actor_of
from core.errors import Problem
from core.rest.pagination import Pages
from operations.idempotency import idempotent
from phi.fhir import MEDIA_TYPE
from phi.models import HealthRecord
from phi.serializers import health as s
from phi.services import care, health
from phi.services.accessexport import export_fhir
from phi.services.keeping import delete_after

NO_STORE = {"Cache-Control": "no-store"}


class HealthRefusals(APIView):
    """A refusal is an event of its own, after the act has been rolled back."""

    act = "read"

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Problem) and health.is_refusal(exc) and self.request.auth is not None:
            given: Any = self.request.query_params if self.act == "read" else self.request.data
            purpose = given.get("purpose_of_use", "") if hasattr(given, "get") else ""
            health.note_refusal(
                actor=actor_of(self.request),
                what=self.act,
                record_id=self.kwargs.get("record_id"),
                purpose_of_use=str(purpose),
                problem=exc,
            )
        return super().handle_exception(exc)


class HealthRecordsView(HealthRefusals):
    """Store health information."""

    required_scopes = {"POST": "phi:write"}
    rate_classes = {"POST": "ingest"}
    act = "write"

    @extend_schema(
        request=s.RecordIn,
        responses={201: s.RecordMade},
        parameters=[IDEMPOTENCY],
        tags=["health records"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Keep one piece of health information about a person, sealed."""
        application = application_of(request)
        data = valid(s.RecordIn, request.data)
        made, access = health.store_record(
            actor=actor_of(request),
            application_id=application.id,
            subject=find_subject(id_space=application.id_space, subject_id=data["subject"]),
            data_type=data["data_type"],
            content=data["content"],
            purpose_of_use=data["purpose_of_use"],
            recorded_at=data.get("recorded_at"),
        )
        return Response(
            {"id": made.id, "access_id": access.id, "delete_after": _ends(made)}, status=201
        )


def _ends(record: HealthRecord) -> Any:
    return delete_after(health.HEALTH_RECORDS, record.created_at)


class HealthRecordView(HealthRefusals):
    """One health record."""

    required_scopes = {"GET": "phi:read"}
    rate_classes = {"GET": "sensitive"}
    recent_factor = ("GET",)

    @extend_schema(
        parameters=[s.RecordQuery], responses={200: s.RecordOut}, tags=["health records"]
    )
    def get(self, request: Request, record_id: UUID) -> Response:
        """Read a health record for a purpose of use; each look is audited before it is shown."""
        data = valid(s.RecordQuery, request.query_params)
        found, content, access = health.read_record(
            reader=health.Reader(
                actor_of(request), own_application(request), credential_of(request).user
            ),
            record_id=record_id,
            purpose_of_use=data["purpose_of_use"],
            break_glass_reason=data["break_glass_reason"],
        )
        return Response(
            {
                "id": found.id,
                "subject": found.subject_id,
                "data_type": found.data_type,
                "content": content,
                "recorded_at": found.recorded_at,
                "delete_after": _ends(found),
                "access_id": access.id,
                "granted_by": access.granted_by,
            },
            headers=NO_STORE,
        )


class CareRelationshipsView(APIView):
    """Who looks after whom."""

    required_scopes = {"POST": "phi:write", "GET": "phi:read"}
    pagination_class = Pages

    @extend_schema(
        request=s.RelationshipIn,
        responses={201: s.RelationshipOut},
        parameters=[IDEMPOTENCY],
        tags=["care relationships"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Say that somebody of the staff looks after a person."""
        data = valid(s.RelationshipIn, request.data)
        application = credential_of(request).application
        made = care.make_relationship(
            actor=actor_of(request),
            person_id=data["person"],
            subject_id=data["subject"],
            kind=data["kind"],
            starts_at=data.get("starts_at"),
            ends_at=data.get("ends_at"),
            id_space=None if application is None else application.id_space,
        )
        return Response(s.RelationshipOut(made).data, status=201)

    @extend_schema(
        parameters=[s.RelationshipQuery],
        responses={200: s.RelationshipOut(many=True)},
        tags=["care relationships"],
    )
    def get(self, request: Request) -> Response:
        """The relationships that the caller may see, newest first: an application those that it
        made, care staff their own, others all."""
        require_permission(request, "phi.view_carerelationship")
        data = valid(s.RelationshipQuery, request.query_params)
        found = care.seen_by(
            user=credential_of(request).user, application_id=own_application(request)
        )
        if "subject" in data:
            found = found.filter(subject_id=data["subject"])
        if "person" in data:
            found = found.filter(person_id=data["person"])
        pages = Pages()
        rows = pages.paginate_queryset(found, request, self)
        care.note_listed(actor=actor_of(request), filters=data)
        return pages.get_paginated_response(s.RelationshipOut(rows, many=True).data)


class CareRelationshipView(APIView):
    """One care relationship."""

    required_scopes = {"DELETE": "phi:write"}

    @extend_schema(responses={204: None}, tags=["care relationships"])
    def delete(self, request: Request, relationship_id: UUID) -> Response:
        """End it at once; that it was there stays."""
        care.end_relationship(actor=actor_of(request), relationship_id=relationship_id)
        return Response(status=204)


class AccessesFhirView(APIView):
    """Who looked, for other systems."""

    required_scopes = {"GET": "audit:read"}
    rate_classes = {"GET": "sensitive"}
    recent_factor = ("GET",)
    content_negotiation_class = First

    @extend_schema(
        operation_id="accesses_fhir",
        parameters=[s.PeriodQuery],
        responses={(200, MEDIA_TYPE): OpenApiTypes.STR},
        tags=["health records"],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """The accesses of a period as FHIR R4 AuditEvents, one a line, oldest first."""
        require_permission(request, "phi.view_access")
        data = valid(s.PeriodQuery, request.query_params)
        return fhir_response(
            export_fhir(
                actor=actor_of(request),
                start=data.get("from"),
                end=data.get("to"),
                subject_id=data.get("subject"),
            )
        )


def fhir_response(lines: Any) -> StreamingHttpResponse:
    """The lines as a file."""
    response = StreamingHttpResponse(lines, content_type=MEDIA_TYPE, headers=NO_STORE)
    response["Content-Disposition"] = 'attachment; filename="accesses.ndjson"'
    return response
