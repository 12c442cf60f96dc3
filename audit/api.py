"""The API of the audit log."""

from __future__ import annotations

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import serializers as s
from audit.models import AuditEvent
from audit.services import Entry, record_many
from core.actors import actor_of
from core.rest.idempotency import idempotent
from core.rest.pagination import Pages


class EventsView(APIView):
    """The log's events."""

    required_scopes = {"GET": "audit:read", "POST": "audit:write"}

    @extend_schema(operation_id="audit_events", responses={200: s.EventOut(many=True)})
    def get(self, request: Request) -> Response:
        """Events, newest first."""
        pages = Pages()
        rows = pages.paginate_queryset(AuditEvent.objects.all(), request, view=self)
        return pages.get_paginated_response(s.EventOut(rows, many=True).data)

    @extend_schema(request=s.EventIn, responses={201: dict})
    @idempotent
    def post(self, request: Request) -> Response:
        """Report events."""
        many = isinstance(request.data, list)
        reader = s.EventIn(data=request.data, many=many)
        reader.is_valid(raise_exception=True)
        rows = reader.validated_data if many else [reader.validated_data]
        entries = [
            Entry(event_type=row["event_type"], action=row["action"], details=row.get("details", {}))
            for row in rows
        ]
        with transaction.atomic():
            events = record_many(actor=actor_of(request), entries=entries)
        if many:
            return Response({"ids": [event.id for event in events]}, status=201)
        return Response({"id": events[0].id}, status=201)
