"""What this app holds of people, how long, and how it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from core import inventory
from core.errors import Conflict, Forbidden
from core.inventory import Period
from phi import blobs, waveforms
from phi.models import MutedVariant, Transcript, TranscriptIndex, VoiceRecording
from phi.services.keeping import RECORDINGS, TRANSCRIPTS
from phi.services.muting import variant_of
from phi.services.playing import MUTED, ORIGINAL, waveform_of
from phi.services.transcripts import ORIGINAL as UNMASKED
from phi.services.transcripts import open_turns


def export_recordings(subject_id: UUID) -> Iterable[dict[str, Any]]:
    """What is held, and the picture of the sound, which is made of it: the lowest and highest
    sample of up to 400 stretches of equal length, -128 to 127. Without the sound itself.

    The picture is the original's; of the muted variant where only that is left. Of one that may
    be played by nobody, or not yet, it is withheld as well, and why is said. Raises
    CiphertextRefused.
    """
    rows = VoiceRecording.objects.filter(call__subject_id=subject_id)
    for recording in rows.select_related("call", "muted"):
        muted = variant_of(recording)
        yield {
            "id": recording.id,
            "call": recording.call_id,
            "captured_at": recording.captured_at,
            "duration_ms": recording.duration_ms,
            "format": recording.format,
            "sha256": recording.sha256,
            "state": recording.state,
            "original_destroyed_at": recording.original_destroyed_at,
            "muted_variant": None
            if muted is None or muted.made_at is None
            else {
                "made_at": muted.made_at,
                "intervals": muted.intervals,
                "sha256": muted.sha256 or recording.sha256,
            },
            **_picture(recording),
        }


def _picture(recording: VoiceRecording) -> dict[str, Any]:
    try:
        picture = waveform_of(recording, MUTED if recording.blob is None else ORIGINAL)
    except (Conflict, Forbidden) as withheld:
        return {"waveform": None, "waveform_withheld": withheld.detail}
    return {"waveform": waveforms.pairs(picture) if picture else None}


def erase_recordings(rows: Sequence[VoiceRecording]) -> list[str]:
    """The rows of both variants; their blobs' names."""
    ids = [row.pk for row in rows]
    variants = MutedVariant.objects.filter(pk__in=ids)
    names = [row.blob for row in rows if row.blob]
    # A variant that is being made now finds no row any more: what it has written is an orphan.
    names += filter(None, variants.values_list("blob", flat=True))
    variants.delete()
    VoiceRecording.objects.filter(pk__in=ids).delete()
    return names


def export_transcripts(subject_id: UUID) -> Iterable[dict[str, Any]]:
    transcripts = Transcript.objects.filter(call__subject_id=subject_id).select_related("call")
    for transcript in transcripts:
        yield {
            "id": transcript.id,
            "call": transcript.call_id,
            "captured_at": transcript.captured_at,
            "language": transcript.language,
            "turns": open_turns(transcript, UNMASKED),
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
    parts=(MutedVariant,),
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
