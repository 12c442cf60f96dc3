"""The API of recordings, transcripts and masking."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import masking
from accounts.permissions import (
    application_of,
    credential_of,
    require_permission,
    require_recent_factor,
)
from accounts.throttling import limit_sensitive
from consent.api import IDEMPOTENCY, own_application, valid
from consent.services.calls import find_call, record_refusal
from core.actors import actor_of
from core.errors import Forbidden
from core.rest.parsers import RawParser
from operations.idempotency import idempotent
from operations.maskingrules import active_rules
from operations.recognisers import recogniser
from phi.bodies import DRAINED_BYTES, DRAINED_OF_ANYBODY, Body
from phi.labels import masked_labels
from phi.models import Transcript, VoiceRecording
from phi.playback import AUDIO_TYPES, audio_response
from phi.serializers import content as s
from phi.services import care, transcripts
from phi.services.keeping import RECORDINGS, TRANSCRIPTS, delete_after
from phi.services.playing import QUARANTINED, note_refused
from phi.services.recordings import (
    find_recording,
    recordable,
    refuse_too_large,
    store_recording,
)


class AnyAccept(BaseContentNegotiation):
    """Audio is answered as what it is, whatever ``Accept`` names; refusals as JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class StrangersNoted(APIView):
    """That care staff asked for a stranger's is an event of its own, after the rollback."""

    model: Any = None
    event_type = ""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, care.NotYourPatient):
            (object_id,) = self.kwargs.values()
            care.note_stranger(
                actor=actor_of(self.request),
                event_type=self.event_type,
                model=self.model,
                object_id=object_id,
                purpose_of_use=self.request.query_params.get("purpose_of_use", ""),
            )
        return super().handle_exception(exc)


class RefusalsAudited(APIView):
    """A refusal by the gate is an event of its own, after the act has been rolled back."""

    refused = ""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Forbidden) and exc.code == "consent-missing":
            record_refusal(
                actor=actor_of(self.request),
                call_id=self.kwargs["call_id"],
                what=self.refused,
                problem=exc,
            )
        return super().handle_exception(exc)


_AUDIO = dict.fromkeys((*AUDIO_TYPES.values(), "application/octet-stream"), OpenApiTypes.BINARY)


class CallRecordingView(RefusalsAudited):
    """The recording of a call."""

    required_scopes = {"PUT": "recordings:write"}
    rate_classes = {"PUT": "ingest"}
    parser_classes = [RawParser]
    content_negotiation_class = AnyAccept
    refused = "recording"
    body: Body | None = None

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        known = self.request.auth is not None
        body = self.body or Body(_plain(self.request))
        body.drain(DRAINED_BYTES if known else DRAINED_OF_ANYBODY)
        return response

    @extend_schema(
        request=_AUDIO, responses={201: s.RecordingOut, 200: s.RecordingOut}, tags=["recordings"]
    )
    def put(self, request: Request, call_id: UUID) -> Response:
        """Store the sound of a call: the raw bytes of a WAV, FLAC, Ogg (Opus, Vorbis) or MP3
        file. The same bytes again give the same answer."""
        call = find_call(call_id=call_id, application_id=application_of(request).id)
        recordable(call)
        body = self.body = Body(_plain(request))
        refuse_too_large(body.length or 0)
        recording, made = store_recording(actor=actor_of(request), call=call, chunks=body.chunks())
        return Response(_recording(recording), status=201 if made else 200)


def _plain(request: Request) -> HttpRequest:
    """Django's request under DRF's: its body is read by nobody else."""
    plain: HttpRequest = request._request
    return plain


def _recording(recording: VoiceRecording) -> dict[str, Any]:
    ends = delete_after(RECORDINGS, recording.captured_at)
    return {
        "id": recording.id,
        "sha256": recording.sha256,
        "bytes": recording.bytes,
        "duration_ms": recording.duration_ms,
        "state": recording.state,
        "delete_after": ends,
    }


class RecordingAudioView(StrangersNoted):
    """The sound of a recording."""

    model, event_type = VoiceRecording, "recording"
    required_scopes = {"GET": "recordings:read"}
    rate_classes = {"GET": "sensitive"}
    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[
            s.PlayQuery,
            OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="One range."),
        ],
        responses={
            (200, "audio/*"): OpenApiTypes.BINARY,
            (206, "audio/*"): OpenApiTypes.BINARY,
            409: OpenApiResponse(
                description="The muted variant is not there: `muted-not-ready` (ask again),"
                " `muting-failed`, `no-muted-variant`; or the recording is not screened yet:"
                " `recording-unscreened`."
            ),
            410: OpenApiResponse(
                description="`original-destroyed`: a card security code was said in it, and only"
                " the muted variant is left."
            ),
            416: OpenApiResponse(description="The range lies outside the recording."),
        },
        tags=["recordings"],
    )
    def get(self, request: Request, recording_id: UUID) -> StreamingHttpResponse:
        """Play a recording for a purpose of use, as it was sent or (`variant=muted`, as FLAC) with
        what its transcript masks silenced; every look is audited before its first byte."""
        data = valid(s.PlayQuery, request.query_params)
        require_permission(request, "phi.play_recording")
        require_recent_factor(request)
        recording = find_recording(
            recording_id=recording_id,
            application_id=own_application(request),
            user=credential_of(request).user,
        )
        return audio_response(
            request=_plain(request),
            actor=actor_of(request),
            recording=recording,
            purpose_of_use=data["purpose_of_use"],
            variant=data["variant"],
        )

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Forbidden) and exc.code == QUARANTINED:
            asked = self.request.query_params
            note_refused(
                actor=actor_of(self.request),
                recording_id=self.kwargs["recording_id"],
                problem=exc,
                purpose_of_use=asked.get("purpose_of_use", ""),
                variant=asked.get("variant", ""),
            )
        return super().handle_exception(exc)


class CallTranscriptView(RefusalsAudited):
    """The transcript of a call."""

    required_scopes = {"POST": "transcripts:write"}
    rate_classes = {"POST": "ingest"}
    refused = "transcript"

    @extend_schema(
        request=s.TranscriptIn,
        responses={201: s.TranscriptOut},
        parameters=[IDEMPOTENCY],
        tags=["transcripts"],
    )
    @idempotent
    def post(self, request: Request, call_id: UUID) -> Response:
        """Mask and store what was said. The answer holds the masked turns."""
        # A call that is not there is 404 whatever the body.
        application = application_of(request)
        find_call(call_id=call_id, application_id=application.id)
        data = valid(s.TranscriptIn, request.data)
        transcript, turns = transcripts.store_transcript(
            actor=actor_of(request),
            call_id=call_id,
            application_id=application.id,
            language=data["language"],
            turns=data["turns"],
            captured_at=data.get("captured_at"),
        )
        return Response(_transcript(transcript, turns), status=201)


def _transcript(transcript: Transcript, turns: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": transcript.id,
        "turns": turns,
        "findings": transcript.findings,
        "delete_after": delete_after(TRANSCRIPTS, transcript.captured_at),
    }


class TranscriptView(StrangersNoted):
    """One transcript."""

    model, event_type = Transcript, "transcript"
    required_scopes = {"GET": "transcripts:read"}

    @extend_schema(
        parameters=[s.ReadQuery], responses={200: s.TranscriptViewOut}, tags=["transcripts"]
    )
    def get(self, request: Request, transcript_id: UUID) -> Response:
        """Read a transcript, masked, or in the original for a purpose of use; both audited."""
        data = valid(s.ReadQuery, request.query_params)
        if data["view"] == transcripts.ORIGINAL:
            require_permission(request, "phi.read_original")
            require_recent_factor(request)
            limit_sensitive(request)
        transcript = transcripts.find_transcript(
            transcript_id=transcript_id,
            application_id=own_application(request),
            user=credential_of(request).user,
        )
        turns = transcripts.read_transcript(
            actor=actor_of(request),
            transcript=transcript,
            view=data["view"],
            purpose_of_use=data.get("purpose_of_use", ""),
        )
        return Response(
            {
                **_transcript(transcript, turns),
                "call": transcript.call_id,
                "language": transcript.language,
                "view": data["view"],
                "captured_at": transcript.captured_at,
            },
            headers={"Cache-Control": "no-store"},
        )


class MaskView(APIView):
    """Masking alone."""

    required_scopes = {"POST": "mask"}
    # The work of a transcript that is sent.
    rate_classes = {"POST": "ingest"}

    @extend_schema(request=s.MaskIn, responses={200: s.MaskOut}, tags=["masking"])
    def post(self, request: Request) -> Response:
        """Mask a text or turns by the built-in rules and the organisation's own; nothing is
        stored and nothing is written down."""
        data = valid(s.MaskIn, request.data)
        rules = active_rules()
        region, language = data.get("region"), data["language"]
        turns = data.get("turns") or [masking.Turn("", data.get("text", ""))]
        turns = masked_labels(turns, region=region, language=language, rules=rules)
        spans = masking.find(
            turns,
            policy=data["policy"],
            region=region,
            language=language,
            names=data.get("names", ()),
            rules=rules,
            recogniser=recogniser(),
        )
        masked = masking.mask(turns, spans)
        findings = [
            {
                "turn": span.turn,
                "start": span.start,
                "end": span.end,
                "label": span.label,
                "reason": span.reason,
                "score": round(span.score, 2),
            }
            for span in spans
        ]
        if "text" in data:
            return Response({"text": masked[0].text, "findings": findings})
        return Response({"turns": transcripts.plain(masked), "findings": findings})
