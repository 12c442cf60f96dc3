"""The sound of a recording as an HTTP answer, for the API and the admin alike."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse

from audit.refusals import record_refusal
from core.actors import Actor, request_id
from core.errors import CiphertextRefused
from phi.bodies import Pieces, Stretch, stretch_of
from phi.models import VoiceRecording
from phi.services.playing import ORIGINAL, play_recording, refuse_unplayable

AUDIO_TYPES = {
    VoiceRecording.Format.WAV: "audio/wav",
    VoiceRecording.Format.FLAC: "audio/flac",
    VoiceRecording.Format.OGG: "audio/ogg",
    VoiceRecording.Format.MP3: "audio/mpeg",
}


def audio_response(
    *,
    request: HttpRequest,
    actor: Actor,
    recording: VoiceRecording,
    purpose_of_use: str,
    variant: str = ORIGINAL,
) -> StreamingHttpResponse:
    """A variant of the recording, or the one range that the request asks for (RFC 9110, 14),
    decrypted as it goes; the event commits first. Raises what ``play_recording`` raises, and
    Problem 416. A store that goes away in the middle ends the connection short of the promised
    length."""
    stored = refuse_unplayable(recording, variant)
    etag = f'"{stored.sha256}"'
    wanted = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        wanted = ""
    stretch: Stretch = stretch_of(wanted, stored.bytes)
    reader = play_recording(
        actor=actor,
        recording=recording,
        purpose_of_use=purpose_of_use,
        start=stretch.start,
        end=stretch.end,
        variant=variant,
    )
    asked = request_id.get()

    def refused(error: CiphertextRefused) -> None:
        # The request's end has passed, for all but its stream.
        token = request_id.set(asked)
        try:
            record_refusal(actor=actor, error=error)
        finally:
            request_id.reset(token)

    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(stretch.end - stretch.start),
        "Cache-Control": "no-store",
        "ETag": etag,
    }
    if stretch.partial:
        headers["Content-Range"] = f"bytes {stretch.start}-{stretch.end - 1}/{stored.bytes}"
    return StreamingHttpResponse(
        Pieces(reader, stretch, refused),
        status=206 if stretch.partial else 200,
        content_type=AUDIO_TYPES[VoiceRecording.Format(stored.format)],
        headers=headers,
    )
