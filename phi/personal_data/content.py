"""What this app holds of people, how long, and how it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from core import inventory
from core.errors import Conflict, Forbidden
from core.inventory import Period
from phi import blobs, waveforms
from phi.models import Transcript, TranscriptIndex, VoiceRecording
from phi.services.keeping import RECORDINGS, TRANSCRIPTS
from phi.services.recordings import waveform_of
from phi.services.transcripts import ORIGINAL, open_turns


def export_recordings(subject_id: UUID) -> Iterable[dict[str, Any]]:
    """What is held, and the picture of the sound, which is made of it: the lowest and highest
    sample of up to 400 stretches of equal length, -128 to 127. Without the sound itself.

    Of one that may be played by nobody, or not yet, the picture is withheld as well, and why is
    said. Raises CiphertextRefused.
    """
    rows = VoiceRecording.objects.filter(call__subject_id=subject_id).select_related("call")
    for recording in rows:
        yield {
            "id": recording.id,
            "call": recording.call_id,
            "captured_at": recording.captured_at,
            "duration_ms": recording.duration_ms,
            "format": recording.format,
            "sha256": recording.sha256,
            "state": recording.state,
            **_picture(recording),
        }


def _picture(recording: VoiceRecording) -> dict[str, Any]:
    try:
        picture = waveform_of(recording)
    except (Conflict, Forbidden) as withheld:
        return {"waveform": None, "waveform_withheld": withheld.detail}
    return {"waveform": waveforms.pairs(picture) if picture else None}


def erase_recordings(rows: Sequence[VoiceRecording]) -> list[str]:
    VoiceRecording.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return [row.blob for row in rows]


def export_transcripts(subject_id: UUID) -> Iterable[dict[str, Any]]:
    transcripts = Transcript.objects.filter(call__subject_id=subject_id).select_related("call")
    for transcript in transcripts:
        yield {
            "id": transcript.id,
            "call": transcript.call_id,
            "captured_at": transcript.captured_at,
            "language": transcript.language,
            "turns": open_turns(transcript, ORIGINAL),
        }


def erase_transcripts(rows: Sequence[Transcript]) -> list[str]:
    ids = [row.pk for row in rows]
    TranscriptIndex.objects.filter(pk__in=ids).delete()
    Transcript.objects.filter(pk__in=ids).delete()
    return []


inventory.declare(
    VoiceRecording,
    code=RECORDINGS,
    title="Voice recordings",
    subject_path="call__subject_id",
    call_path="call_id",
    clock="captured_at",
    keep=Period(days=30),
    key_class="content",
    lawful_bases=("GDPR 6(1)(a)", "GDPR 9(2)(a)"),
    export=export_recordings,
    erase=erase_recordings,
    remove_blobs=blobs.remove,
)
inventory.declare(
    Transcript,
    code=TRANSCRIPTS,
    title="Transcripts",
    subject_path="call__subject_id",
    call_path="call_id",
    clock="captured_at",
    keep=Period(days=90),
    key_class="content",
    lawful_bases=("GDPR 6(1)(a)", "GDPR 9(2)(a)"),
    export=export_transcripts,
    erase=erase_transcripts,
    parts=(TranscriptIndex,),
)
