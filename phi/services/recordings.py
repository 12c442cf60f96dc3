"""Recordings: stored sealed, screened, quarantined. Playing them is ``phi.services.playing``."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction

from audit.services import Severity, record
from consent.models import Call
from consent.services.calls import find_call, require
from core.actors import Actor
from core.errors import CiphertextRefused, Conflict, Forbidden, Invalid, NotFound, TooLarge
from core.ids import uuid7
from phi import audio, blobs
from phi.blobs import Blob, StorageUnavailable
from phi.counted import Counted
from phi.models import SECURITY_CODE_HEARD, Transcript, VoiceRecording
from phi.services import care, muting
from vault import services as vault
from vault.sealing import stream_key_id

logger = logging.getLogger(__name__)

State = VoiceRecording.State
READ_AHEAD = 64 * 1024


def refuse_too_large(size: int) -> None:
    """Raises TooLarge ``body-too-large`` for more bytes than ``MAX_RECORDING_BYTES``."""
    limit: int = settings.MAX_RECORDING_BYTES
    if size > limit:
        raise TooLarge(f"A recording may hold {limit} bytes at most.", code="body-too-large")


def recordable(call: Call) -> UUID:
    """The subject's id, where the gate allows to record ``call`` now. Raises Forbidden
    ``consent-missing``."""
    require(call, "record")
    return owner_of(call)


def owner_of(call: Call) -> UUID:
    """Whose key seals the call's content. Raises Forbidden for a caller who is not known: there
    is nobody whose key could be destroyed."""
    if call.subject_id is None:
        raise Forbidden(
            "The caller is not known.",
            code="consent-missing",
            title="Consent missing",
            reason="caller-unknown",
        )
    return call.subject_id


def store_recording(
    *, actor: Actor, call: Call, chunks: Iterable[bytes]
) -> tuple[VoiceRecording, bool]:
    """Store the call's sound, sealed as it comes in, in constant memory. True when it is new.

    The same bytes again are no change. The gate is asked before the first byte is read and
    again with the row: a consent may be withdrawn meanwhile. Whatever is raised, no blob and no
    row stays. Raises Forbidden ``consent-missing`` (the caller audits it), Invalid for what is
    not audio, TooLarge past ``MAX_RECORDING_BYTES``, Conflict ``recording-exists`` for other
    bytes than those held, StorageUnavailable, and what ``chunks`` raises. Must not run inside a
    transaction.
    """
    owner = recordable(call)
    counted = Counted(chunks, refuse_too_large)
    held = VoiceRecording.objects.filter(call=call).first()
    if held is not None:
        # Nothing is stored twice: the bytes are compared by their hash.
        for _ in counted:
            pass
        return _same(held, counted), False
    name = blobs.new_name()
    recording = VoiceRecording(id=uuid7(), call=call, blob=name)
    sealed = vault.seal_stream(owner, vault.KeyClass.CONTENT, recording.aad, counted)
    blobs.save(name, sealed)
    try:
        if not counted.size:
            raise Invalid("The body is empty.", code="not-audio", title="Not audio")
        waveform = _describe(recording, name, owner, counted)
        stored = _commit(actor, recording, name, waveform)
    except BaseException:
        _discard(name)
        raise
    if stored.pk != recording.pk:
        _discard(name)
        return stored, False
    return stored, True


def _same(held: VoiceRecording, counted: Counted) -> VoiceRecording:
    if held.sha256 != counted.sha256:
        raise Conflict("This call has another recording already.", code="recording-exists")
    return held


def _describe(recording: VoiceRecording, name: str, owner: UUID, counted: Counted) -> bytes:
    """Fill in what the audio is, decoded from what was stored. Returns its picture."""
    recording.sha256, recording.bytes = counted.sha256, counted.size
    blob = _stored(name)
    with io.BufferedReader(vault.open_stream(owner, recording.aad, blob), READ_AHEAD) as source:
        try:
            sound = audio.inspect(source, max_seconds=settings.MAX_RECORDING_SECONDS)
        except Invalid:
            # A store that went away looks to the decoder like a file that ends.
            if blob.failed is not None:
                raise blob.failed from None
            raise
    recording.format, recording.codec = sound.format, sound.codec
    recording.duration_ms, recording.sample_rate = sound.duration_ms, sound.sample_rate
    recording.channels = sound.channels
    return sound.waveform


def _stored(name: str) -> Blob:
    """What this upload has just stored."""
    try:
        return blobs.open_blob(name)
    except FileNotFoundError:
        # Swept away under an upload of hours, or the store forgets: the caller sends it again.
        raise StorageUnavailable() from None


@transaction.atomic
def _commit(actor: Actor, recording: VoiceRecording, name: str, waveform: bytes) -> VoiceRecording:
    """The row and its event, with the gate's word of now; or the row another upload made."""
    call = find_call(call_id=recording.call_id, application_id=None, lock=True)
    recordable(call)
    held = VoiceRecording.objects.filter(call=call).first()
    if held is not None:
        if held.sha256 != recording.sha256:
            raise Conflict("This call has another recording already.", code="recording-exists")
        return held
    owner = owner_of(call)
    with _stored(name) as sealed:
        # The sound was sealed before this transaction: its key must outlive it.
        try:
            vault.pin(owner, stream_key_id(sealed))
        except CiphertextRefused:
            # Nothing was changed: the person's data were erased meanwhile.
            raise Conflict("The key of this upload was destroyed meanwhile. Ask again.") from None
    recording.waveform_sealed = vault.seal(
        owner, vault.KeyClass.CONTENT, recording.waveform_aad, waveform
    )
    recording.captured_at = call.started_at
    transcript = Transcript.objects.without_content().filter(call=call).first()
    recording.state, recording.quarantine_reason = _screened(
        call.application.takes_cards, transcript
    )
    recording.save(force_insert=True)
    if transcript is not None:
        muting.want(recording, transcript)
    record(
        actor=actor,
        event_type="recording",
        action="stored",
        obj=recording,
        severity=Severity.WARNING if recording.state == State.QUARANTINED else Severity.INFO,
        details={
            "call": call.id,
            "subject": call.subject_id,
            "sha256": recording.sha256,
            "bytes": recording.bytes,
            "duration_ms": recording.duration_ms,
            "format": recording.format,
            "state": recording.state,
        },
    )
    return recording


def _screened(takes_cards: bool, transcript: Transcript | None) -> tuple[str, str]:
    """State and reason of a recording, by what its transcript holds (PCI DSS 3.3.1)."""
    if transcript is not None and transcript.holds_security_code:
        return State.QUARANTINED, SECURITY_CODE_HEARD
    if takes_cards and (transcript is None or not transcript.proves_screening):
        return State.UNSCREENED, ""
    return State.AVAILABLE, ""


def _discard(name: str) -> None:
    """Remove the blob of an upload that failed; where it cannot be told whether the row is
    there, the sweep of orphans decides."""
    try:
        kept = VoiceRecording.objects.filter(blob=name).exists()
    except DatabaseError:
        logger.exception("an upload's blob is left to the sweep")
        return
    if not kept:
        blobs.remove([name])


def lock_recording(call_id: UUID) -> VoiceRecording | None:
    """The call's recording, locked until the transaction ends; None where there is none."""
    return VoiceRecording.objects.select_for_update(of=("self",)).filter(call=call_id).first()


def screen(*, actor: Actor, transcript: Transcript) -> VoiceRecording | None:
    """Apply a new transcript to its call's recording, in the caller's transaction and event, and
    have it muted; a quarantine is an event of its own. None where there is no recording yet."""
    recording = lock_recording(transcript.call_id)
    if recording is None:
        return None
    muting.want(recording, transcript)
    if recording.state == State.QUARANTINED:
        return recording
    if transcript.holds_security_code:
        return quarantine(actor=actor, recording_id=recording.id, reason=SECURITY_CODE_HEARD)
    if recording.state == State.UNSCREENED and transcript.proves_screening:
        recording.state = State.AVAILABLE
        recording.save(update_fields=["state"])
    return recording


@transaction.atomic
def quarantine(*, actor: Actor, recording_id: UUID, reason: str) -> VoiceRecording:
    """Take a recording out of everybody's reach. One in quarantine already stays as it is.

    Raises NotFound, Invalid without a reason of at most 120 characters.
    """
    if not 1 <= len(reason.strip()) <= 120:
        raise Invalid(errors={"reason": ["Give a reason of at most 120 characters."]})
    recording = (
        VoiceRecording.objects.select_for_update(of=("self",)).filter(pk=recording_id).first()
    )
    if recording is None:
        raise NotFound()
    if recording.state != State.QUARANTINED:
        # Also one of which only the muted variant is left.
        recording.state, recording.quarantine_reason = State.QUARANTINED, reason.strip()
        recording.save(update_fields=["state", "quarantine_reason"])
        record(
            actor=actor,
            event_type="recording",
            action="quarantined",
            obj=recording,
            severity=Severity.WARNING,
            details={"call": recording.call_id, "reason": recording.quarantine_reason},
        )
    return recording


def find_recording(
    *, recording_id: UUID, application_id: UUID | None, user: Any = None
) -> VoiceRecording:
    """The recording, where the application may see it (None: a person, ``user``). Raises
    NotFound, and NotYourPatient for care staff."""
    rows = VoiceRecording.objects.visible_to(application_id)
    found: VoiceRecording = care.find_content(rows, recording_id, user)
    return found
