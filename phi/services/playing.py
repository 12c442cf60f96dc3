"""Playing a recording: its original or its muted variant, for a purpose."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import transaction

from audit.services import Severity, record
from core.actors import Actor
from core.errors import Conflict, Forbidden, NotFound, Problem
from phi import blobs
from phi.blobs import Blob
from phi.models import MutedVariant, PurposeOfUse, VoiceRecording
from phi.services.muting import variant_of
from phi.services.plays import note_play
from phi.services.recordings import owner_of
from vault import services as vault
from vault.sealing import SegmentReader

logger = logging.getLogger(__name__)

ORIGINAL, MUTED = "original", "muted"
VARIANTS = (ORIGINAL, MUTED)
QUARANTINED = "recording-quarantined"

State = VoiceRecording.State


@dataclass(frozen=True, slots=True)
class Stored:
    """A variant as it lies in the store: its blob, what it is bound to, and the plain bytes'
    hash, number and format."""

    blob: str
    aad: str
    sha256: str
    bytes: int
    format: str


def refuse_unplayable(recording: VoiceRecording, variant: str = ORIGINAL) -> Stored:
    """What is to be opened for the variant.

    Raises Conflict ``recording-unscreened``, Forbidden ``recording-quarantined``, for the original
    Problem 410 ``original-destroyed``, and for the muted variant Conflict ``no-muted-variant``,
    ``muted-not-ready`` or ``muting-failed``.
    """
    if recording.state == State.UNSCREENED:
        raise Conflict(
            "The recording waits for its transcript: it may hold a card security code.",
            code="recording-unscreened",
        )
    if recording.state == State.QUARANTINED:
        raise Forbidden(
            f"The recording is in quarantine: {recording.quarantine_reason}.", code=QUARANTINED
        )
    if variant == MUTED:
        return _muted(recording)
    if recording.blob is None:
        raise Problem(
            "The original was destroyed because a card security code was said in it. Ask for the"
            " muted variant.",
            code="original-destroyed",
            status=410,
        )
    return _original(recording, recording.blob)


def _original(recording: VoiceRecording, blob: str) -> Stored:
    return Stored(blob, recording.aad, recording.sha256, recording.bytes, recording.format)


def _muted(recording: VoiceRecording) -> Stored:
    variant = variant_of(recording)
    if variant is None:
        raise Conflict(
            "There is no muted variant: no transcript has said what to silence.",
            code="no-muted-variant",
        )
    if variant.state == MutedVariant.State.FAILED:
        raise Conflict(
            "The recording could not be muted. A compliance officer can have it tried again.",
            code="muting-failed",
        )
    if variant.state != MutedVariant.State.READY:
        raise Conflict(
            "The muted variant is being made. Ask again in a minute.",
            code="muted-not-ready",
            headers={"Retry-After": "60"},
        )
    if variant.blob is None and recording.blob is not None:
        # Nothing was to be silenced.
        return _original(recording, recording.blob)
    if variant.blob is None or variant.bytes is None:
        raise _lost(recording)
    return Stored(
        variant.blob, variant.aad, variant.sha256, variant.bytes, VoiceRecording.Format.FLAC
    )


def playable_variants(recording: VoiceRecording) -> list[str]:
    """The variants that can be played now and are not known to be missing, the muted first."""
    found = []
    for variant in (MUTED, ORIGINAL):
        try:
            stored = refuse_unplayable(recording, variant)
        except Problem:
            continue
        holder = recording if stored.blob == recording.blob else variant_of(recording)
        if holder is not None and holder.lost_at is None:
            found.append(variant)
    return found


def waveform_of(recording: VoiceRecording, variant: str = ORIGINAL) -> bytes | None:
    """The picture of a variant that may be played, for its player; None where there is none.
    The caller writes the event of the look. Raises what ``refuse_unplayable`` raises, and
    CiphertextRefused."""
    stored = refuse_unplayable(recording, variant)
    muted = variant_of(recording)
    bound: VoiceRecording | MutedVariant = recording
    if muted is not None and stored.blob == muted.blob:
        bound = muted
    if bound.waveform_sealed is None:
        return None
    owner = owner_of(recording.call)
    return vault.open_(owner, bound.waveform_aad, bytes(bound.waveform_sealed))


def _lost(recording: VoiceRecording) -> Problem:
    logger.error("a blob of recording %s is missing", recording.id)
    return Problem("The stored audio is missing.", code="recording-lost", status=500)


def open_sound(recording: VoiceRecording, variant: str = ORIGINAL) -> Blob:
    """The sealed sound of a variant that may be played. Raises what ``refuse_unplayable`` raises,
    Problem ``recording-lost`` where the store has no blob, StorageUnavailable."""
    return _opened(recording, refuse_unplayable(recording, variant))


def _opened(recording: VoiceRecording, stored: Stored) -> Blob:
    try:
        return blobs.open_blob(stored.blob)
    except FileNotFoundError:
        raise _lost(recording) from None


def play_recording(
    *,
    actor: Actor,
    recording: VoiceRecording,
    purpose_of_use: str,
    start: int,
    end: int,
    variant: str = ORIGINAL,
) -> SegmentReader:
    """A reader of the variant's plain audio, after the event of the look that covers it has
    committed (``phi.services.plays``).

    ``start`` and ``end`` are the bytes that will be read, for the event. Raises what
    ``open_sound`` raises.
    """
    stored = refuse_unplayable(recording, variant)
    blob = _opened(recording, stored)
    try:
        owner = owner_of(recording.call)
        reader = vault.open_stream(owner, stored.aad, blob)
        with transaction.atomic():
            # Again under a lock: a quarantine that commits first stops the sound.
            rows = VoiceRecording.objects.select_for_update(of=("self",)).select_related("muted")
            if refuse_unplayable(rows.get(pk=recording.pk), variant) != stored:
                raise _lost(recording)
            note_play(
                actor=actor,
                recording=recording,
                owner_id=owner,
                purpose_of_use=purpose_of_use,
                variant=variant,
                start=start,
                end=end,
            )
    except VoiceRecording.DoesNotExist:
        blob.close()
        raise NotFound() from None
    except BaseException:
        blob.close()
        raise
    return reader


@transaction.atomic
def note_refused(
    *, actor: Actor, recording_id: object, problem: Problem, purpose_of_use: str, variant: str
) -> None:
    """Write down that somebody asked for a recording in quarantine, after the rollback."""
    record(
        actor=actor,
        event_type="recording",
        action="play_refused",
        object_type=VoiceRecording._meta.label,
        object_id=str(recording_id),
        severity=Severity.WARNING,
        details={
            "problem": problem.code,
            "variant": variant if variant in VARIANTS else ORIGINAL,
            "purpose_of_use": purpose_of_use if purpose_of_use in PurposeOfUse.values else None,
        },
    )
