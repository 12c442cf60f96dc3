"""Making a recording's muted variant, proving it, and destroying an original that must not stay.

Read and written through the sealed streams alone: no byte of the sound is in a file in plain.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, BinaryIO, cast
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import F, Subquery
from django.utils import timezone

from audit.refusals import record_refusal
from audit.services import Severity, record
from core import inventory
from core.actors import Actor
from core.errors import CiphertextRefused, Problem
from masking import FORBIDDEN_AFTER_AUTHORISATION, Turn, Word
from masking.audio import FOREVER, NotMuted, SoundRefused, muted_chunks, verify_muted
from masking.mutes import Interval, mute_intervals, placeholders
from phi import blobs
from phi.counted import Counted
from phi.models import SECURITY_CODE_HEARD, MutedVariant, Transcript, VoiceRecording
from phi.services import muting
from phi.services.keeping import RECORDINGS
from phi.services.recordings import READ_AHEAD, owner_of
from phi.services.transcripts import MASKED, open_turns
from phi.waveforms import Drawing
from retention.models import LegalHold
from retention.querysets import CLOCK
from vault import services as vault
from vault.sealing import stream_key_id

logger = logging.getLogger(__name__)

WHOLE: list[Interval] = [(0, FOREVER)]
# Asked again they answer the same.
_FINAL = (CiphertextRefused, NotMuted, Problem, SoundRefused)


def mute_recording(*, actor: Actor, recording_id: UUID) -> None:
    """Do what is to be done on a recording's muted variant, if anything is. Safe to repeat and to
    kill at any point. A failure is written down and not raised. Must not run in a transaction."""
    variant = muting.claim(actor=actor, recording_id=recording_id)
    if variant is None:
        return
    try:
        if variant.state == muting.State.WAITING:
            variant = make_variant(actor=actor, variant=variant)
        if variant.state == muting.State.DESTROYING:
            destroy_original(actor=actor, variant=variant)
    except muting.Superseded:
        logger.warning("another worker mutes recording %s, or it is gone", recording_id)
    except Exception as error:
        if not VoiceRecording.objects.filter(pk=recording_id).exists():
            # It was erased, and its key perhaps with it: that is no fault of the stored bytes.
            return
        logger.exception("recording %s could not be muted", recording_id)
        if isinstance(error, CiphertextRefused):
            record_refusal(actor=actor, error=error)
        # An outage ends: the store or the keys are away.
        away = isinstance(error, Problem) and error.status == 503
        final = isinstance(error, _FINAL) and not away
        muting.note_failure(actor=actor, variant=variant, error=error, final=final)


def make_variant(*, actor: Actor, variant: MutedVariant) -> MutedVariant:
    """Write the muted sound sealed into the store, decode what was stored beside the original,
    and commit the row. The variant, still claimed where the original is to go.

    Raises NotMuted, SoundRefused, CiphertextRefused, FileNotFoundError, StorageUnavailable and
    Superseded; then no blob stays.
    """
    recording = VoiceRecording.objects.select_related("call").filter(pk=variant.pk).first()
    if recording is None or recording.blob is None:
        raise muting.Superseded
    owner = owner_of(recording.call)
    intervals = stretches(recording, bool(variant.reason))
    if not intervals:
        return _commit(actor, variant, owner, [], None, None)
    tone: bool = settings.MUTE_WITH_TONE
    beat = muting.pulse(variant)
    made = MutedVariant(pk=variant.pk, blob=blobs.new_name())
    name = cast(str, made.blob)
    try:
        with _opened(owner, recording.aad, recording.blob) as source:
            counted = Counted(muted_chunks(source, intervals, beep=tone), lambda size: beat())
            blobs.save(name, vault.seal_stream(owner, vault.KeyClass.CONTENT, made.aad, counted))
        made.sha256, made.bytes = counted.sha256, counted.size
        picture = _proved(recording, made, owner, intervals, beat, tone)
        return _commit(actor, variant, owner, intervals, made, picture)
    except BaseException:
        # It cannot have been committed: that is the last step.
        blobs.remove([name])
        raise


@contextmanager
def _opened(owner: UUID, aad: str, name: str) -> Iterator[BinaryIO]:
    reader = vault.open_stream(owner, aad, blobs.open_blob(name))
    with io.BufferedReader(reader, READ_AHEAD) as source:
        yield cast(BinaryIO, source)


def stretches(recording: VoiceRecording, must_go: bool) -> list[Interval]:
    """What is to be silenced, by the masked transcript. Where a code ``must_go`` and nothing
    says when it was said, everything. Raises CiphertextRefused."""
    transcript = Transcript.objects.select_related("call").filter(call=recording.call_id).first()
    if transcript is None:
        return WHOLE
    turns = [_turn(item) for item in open_turns(transcript, MASKED)]
    spans = placeholders(turns)
    if must_go and not any(span.label in FORBIDDEN_AFTER_AUTHORISATION for span in spans):
        return WHOLE
    # A last piece that reaches the known end reaches the real one, a fraction of a moment later.
    return [
        (start, FOREVER if end >= recording.duration_ms else end)
        for start, end in mute_intervals(turns, spans, recording.duration_ms)
    ]


def _turn(item: dict[str, Any]) -> Turn:
    words = tuple(Word(**word) for word in item.get("words", ()))
    return Turn(item["speaker"], item["text"], item.get("start_ms"), item.get("end_ms"), words)


def _proved(
    recording: VoiceRecording,
    made: MutedVariant,
    owner: UUID,
    intervals: list[Interval],
    beat: Callable[[], None],
    tone: bool,
) -> bytes:
    """Compare what was stored with the original, sample for sample; the picture of it."""
    drawing = Drawing(recording.duration_ms * recording.sample_rate // 1000)

    def each(block: Any) -> None:
        beat()
        drawing.add(block if block.dtype == np.int16 else (block >> 16).astype(np.int16))

    with (
        _opened(owner, recording.aad, cast(str, recording.blob)) as source,
        _opened(owner, made.aad, cast(str, made.blob)) as stored,
    ):
        verify_muted(source, stored, intervals, beep=tone, each=each)
    return drawing.picture()


@transaction.atomic
def _commit(
    actor: Actor,
    variant: MutedVariant,
    owner: UUID,
    intervals: list[Interval],
    made: MutedVariant | None,
    picture: bytes | None,
) -> MutedVariant:
    recording, now = muting.held(variant)
    now.made_at, now.intervals = timezone.now(), len(intervals)
    now.state = muting.State.DESTROYING if now.reason else muting.State.READY
    now.error = ""
    if not now.reason:
        now.claim = None
    if made is not None and made.blob and picture is not None:
        with blobs.open_blob(made.blob) as sealed:
            # The sound was sealed before this transaction: its key must outlive it.
            vault.pin(owner, stream_key_id(sealed))
        now.blob, now.sha256, now.bytes = made.blob, made.sha256, made.bytes
        now.waveform_sealed = vault.seal(owner, vault.KeyClass.CONTENT, now.waveform_aad, picture)
    now.save()
    record(
        actor=actor,
        event_type="recording",
        action="muted",
        obj=recording,
        details={
            "call": recording.call_id,
            "subject": owner,
            "sha256": recording.sha256,
            "muted_sha256": now.sha256 or recording.sha256,
            "muted_bytes": now.bytes or recording.bytes,
            "intervals": now.intervals,
            "reason": now.reason,
        },
    )
    return now


def destroy_original(*, actor: Actor, variant: MutedVariant) -> None:
    """Destroy the original of a recording whose muted variant is proved (PCI DSS 4.0.1, 3.3.1),
    whatever holds it: a legal hold keeps the variant. See docs/adr/0016-muting.md.

    The store first and then the row, so that the event never says more than was done. Raises
    OSError where the store does not do it, FileNotFoundError where the variant is missing, and
    Superseded.
    """
    recording = VoiceRecording.objects.filter(pk=variant.pk).first()
    if recording is None or recording.blob is None or variant.blob is None:
        raise muting.Superseded
    store = blobs.store()
    if not store.exists(variant.blob):
        raise FileNotFoundError("The muted variant is missing.")
    _still_ours(variant)
    store.delete(recording.blob)
    if store.exists(recording.blob):
        raise OSError("The store still has the original.")
    _note_destroyed(actor, variant)


@transaction.atomic
def _still_ours(variant: MutedVariant) -> None:
    """Raises Superseded; with time enough for what follows."""
    _, now = muting.held(variant)
    now.due_at = timezone.now() + muting.LEASE + timedelta(minutes=5)
    now.save(update_fields=["due_at"])


@transaction.atomic
def _note_destroyed(actor: Actor, variant: MutedVariant) -> None:
    recording, now = muting.held(variant)
    hold = _hold_on(recording)
    recording.blob, recording.waveform_sealed = None, None
    recording.original_destroyed_at = timezone.now()
    if recording.quarantine_reason == SECURITY_CODE_HEARD:
        recording.state = VoiceRecording.State.MUTED
    recording.save(update_fields=["blob", "waveform_sealed", "original_destroyed_at", "state"])
    now.state, now.claim, now.error = muting.State.READY, None, ""
    now.save(update_fields=["state", "claim", "error"])
    record(
        actor=actor,
        event_type="recording",
        action="original_destroyed",
        obj=recording,
        severity=Severity.WARNING,
        details={
            "call": recording.call_id,
            "subject": recording.call.subject_id,
            "sha256": recording.sha256,
            "muted_sha256": now.sha256,
            "intervals": now.intervals,
            "reason": now.reason,
            "legal_hold": hold,
        },
    )


def _hold_on(recording: VoiceRecording) -> Any:
    """A legal hold that binds the recording, for whoever placed it to know; None for none."""
    holds = LegalHold.objects.binding_rows_of(inventory.get(RECORDINGS)).order_by("pk")
    rows = VoiceRecording.objects.filter(pk=recording.pk).annotate(**{CLOCK: F("captured_at")})
    return rows.values_list(Subquery(holds.values("pk")[:1]), flat=True).get()
