"""Proofs and checkpoints by API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import proofs
from audit.models import AuditEvent
from audit.services import record
from core.actors import actor_of
from core.errors import NotFound


class ProofOut(serializers.Serializer[Any]):
    """The proof that an event is in the log; described in docs/audit-format.md."""

    format = serializers.CharField()
    id = serializers.UUIDField()
    entry = serializers.CharField(help_text="The event's canonical bytes, base64.")
    leaf_hash = serializers.CharField(help_text="SHA-256 of 0x00 and the entry, base64.")
    index = serializers.IntegerField(help_text="The event's place in the log, from 0.")
    size = serializers.IntegerField(help_text="How many events the checkpoint commits to.")
    proof = serializers.ListField(
        child=serializers.CharField(), help_text="RFC 6962 inclusion proof: base64 hashes."
    )
    checkpoint = serializers.CharField(help_text="Signed note (C2SP tlog-checkpoint).")
    verifier_key = serializers.CharField(help_text="The log's key at this time.")


class SizesIn(serializers.Serializer[Any]):
    """The sizes of two stored checkpoints."""

    to = serializers.IntegerField(min_value=1, max_value=2**62)

    def get_fields(self) -> dict[str, Any]:
        sizes = serializers.IntegerField(min_value=1, max_value=2**62)
        return {"from": sizes, **super().get_fields()}


class ConsistencyOut(serializers.Serializer[Any]):
    """The proof that the log only grew between two checkpoints."""

    format = serializers.CharField()
    to = serializers.IntegerField()
    proof = serializers.ListField(
        child=serializers.CharField(), help_text="RFC 6962 consistency proof: base64 hashes."
    )
    from_checkpoint = serializers.CharField()
    to_checkpoint = serializers.CharField()
    verifier_key = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.IntegerField(), **super().get_fields()}


class ProofView(APIView):
    """The proof of one event."""

    required_scopes = {"GET": "audit:read"}

    @extend_schema(operation_id="audit_event_proof", responses={200: ProofOut})
    @transaction.atomic
    def get(self, request: Request, event_id: UUID) -> Response:
        """The event's canonical bytes and the proof that they are in the log; 409
        ``not-sealed-yet`` in the seconds before it is sealed. The reading is an event."""
        document = proofs.prove(event_id)
        record(
            actor=actor_of(request),
            event_type="audit_log",
            action="proved",
            object_type=AuditEvent._meta.label,
            object_id=str(event_id),
            details={"index": document["index"], "size": document["size"]},
        )
        return Response(document)


class LatestCheckpointView(APIView):
    """What the log is committed to now."""

    required_scopes = {"GET": "audit:read"}

    @extend_schema(
        operation_id="audit_latest_checkpoint",
        responses={(200, "text/plain"): OpenApiResponse(OpenApiTypes.STR)},
    )
    def get(self, request: Request) -> HttpResponse:
        """The newest checkpoint as a signed note; 404 before the first."""
        latest = proofs.latest_checkpoint()
        if latest is None:
            raise NotFound("Nothing has been sealed yet.")
        response = HttpResponse(latest.note, content_type="text/plain; charset=utf-8")
        response["Cache-Control"] = "no-store"
        return response


class ConsistencyView(APIView):
    """That the log of one checkpoint begins with that of another."""

    required_scopes = {"GET": "audit:read"}

    @extend_schema(
        operation_id="audit_consistency", parameters=[SizesIn], responses={200: ConsistencyOut}
    )
    def get(self, request: Request) -> Response:
        """RFC 6962 consistency proof between the checkpoints of the sizes ``from`` and ``to``."""
        query = SizesIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        sizes = query.validated_data
        return Response(proofs.consistency(sizes["from"], sizes["to"]))
