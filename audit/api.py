"""The API of the audit log's events: reads HTTP, calls one verb, writes HTTP."""

from __future__ import annotations

from typing import Any

import orjson
from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import ingest
from audit import serializers as s
from audit.merkle import leaf_hash
from audit.models import AuditEvent
from audit.pages import EventPages
from audit.querysets import AuditEventQuerySet
from audit.services import record
from core.actors import actor_of
from core.rest.idempotency import idempotent
from core.rest.negotiation import QuickNegotiation

IDEMPOTENCY = "Idempotency-Key"

_REPORTED = PolymorphicProxySerializer(
    component_name="EventsReported",
    serializers=[s.EventIn, s.EventIn(many=True)],
    resource_type_field_name=None,
    many=False,
)
_RECEIPT = PolymorphicProxySerializer(
    component_name="EventsReceipt",
    serializers=[s.EventReceipt, s.BatchReceipt],
    resource_type_field_name=None,
    many=False,
)


class EventsView(APIView):
    """The log's events. One installation is one organisation, and the log is the organisation's:
    who may read it reads all of it, an application with ``audit:read`` included."""

    required_scopes = {"GET": "audit:read", "POST": "audit:write"}
    rate_classes = {"POST": "ingest"}
    pagination_class = EventPages
    content_negotiation_class = QuickNegotiation

    @extend_schema(
        operation_id="audit_events",
        parameters=[s.EventQuery],
        responses={200: s.EventOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Events, newest first. The look itself is an event."""
        query = s.EventQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        pages = EventPages()
        rows = pages.paginate_queryset(_matching(query.validated_data), request, view=self)
        with transaction.atomic():
            record(
                actor=actor_of(request),
                event_type="audit_log",
                action="read",
                object_type=AuditEvent._meta.label,
                details={**s.told(query.validated_data), "events": len(rows)},
            )
        return pages.get_paginated_response(s.EventOut(rows, many=True).data)

    @extend_schema(
        operation_id="report_audit_events",
        request=_REPORTED,
        responses={201: _RECEIPT},
        parameters=[
            OpenApiParameter(
                IDEMPOTENCY,
                str,
                OpenApiParameter.HEADER,
                description="The same key and body gives the first answer again.",
            )
        ],
    )
    def post(self, request: Request) -> Any:
        """Report one event, or up to 1,000 of which all are written or none."""
        # Before the parsed body, which leaves nothing to read.
        read = ingest.read_quickly(request._request)
        if IDEMPOTENCY in request.headers:
            return self._once(request, read)
        return HttpResponse(
            orjson.dumps(_report(request, read)), status=201, content_type="application/json"
        )

    @idempotent
    def _once(self, request: Request, read: ingest.Read | None) -> Response:
        return Response(_report(request, read), status=201)


def _report(request: Request, read: ingest.Read | None) -> dict[str, Any]:
    entries, batch = read or s.entries_of(request.data)
    events = ingest.report(actor=actor_of(request), entries=entries)
    leaves = [leaf_hash(bytes(event.entry)).hex() for event in events]
    if batch:
        return {"ids": [event.id for event in events], "leaf_hashes": leaves}
    return {"id": events[0].id, "leaf_hash": leaves[0]}


def _matching(query: dict[str, Any]) -> AuditEventQuerySet:
    rows: AuditEventQuerySet = AuditEvent.objects.received(query.get("from"), query.get("to"))
    if "severity" in query:
        rows = rows.filter(severity=query["severity"])
    if "actor" in query:
        rows = rows.acted(query["actor"])
    if "event_type" in query:
        rows = rows.filter(event_type=query["event_type"])
    if "action" in query:
        known = "event_type" in query
        rows = rows.filter(action=query["action"]) if known else rows.with_action(query["action"])
    if "object" in query:
        type_, colon, id_ = query["object"].partition(":")
        rows = rows.about(type_, id_) if colon else rows.about_id(type_)
    return rows.defer("entry")
