"""The API of disclosures."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import application_of
from aiethics import serializers as s
from aiethics.services import disclosure_for, note_spoken
from consent.api import IDEMPOTENCY, valid
from core.actors import actor_of
from operations.idempotency import idempotent


class DisclosureView(APIView):
    """The words by which an AI says that it is one."""

    required_scopes = {"GET": "calls"}

    @extend_schema(parameters=[s.DisclosureQuery], responses={200: s.DisclosureOut})
    def get(self, request: Request) -> Response:
        """The version in force for an interaction and language."""
        data = valid(s.DisclosureQuery, request.query_params)
        disclosure = disclosure_for(interaction=data["interaction"], language=data["language"])
        return Response(s.DisclosureOut(disclosure).data)


class CallDisclosuresView(APIView):
    """Disclosures said on a call."""

    required_scopes = {"POST": "calls"}

    @extend_schema(request=s.SpokenIn, responses={201: s.SpokenOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, call_id: UUID) -> Response:
        """Proof that the words were said, and how far into the call."""
        application = application_of(request)
        data = valid(s.SpokenIn, request.data)
        spoken, _ = note_spoken(
            actor=actor_of(request),
            call_id=call_id,
            application_id=application.id,
            interaction=data["interaction"],
            version=data["version"],
            spoken_at_ms=data["spoken_at_ms"],
            language=data.get("language", ""),
        )
        body = {
            "id": spoken.id,
            "call": spoken.call_id,
            "interaction": spoken.disclosure.interaction,
            "version": spoken.disclosure.version,
            "language": spoken.disclosure.language,
            "spoken_at_ms": spoken.spoken_at_ms,
        }
        return Response(s.SpokenOut(body).data, status=201)
