"""The queue of muted variants: asked for, claimed, given up, asked for again.

The rows are the queue; a message to a worker only says that it should look. So a message that is
lost costs minutes, one that comes twice costs nothing, and a worker may be killed anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import Severity, record
from core.actors import Actor
from core.errors import Conflict, NotFound
from operations.permissions import require
from operations.services import notify_holders
from phi.models import SECURITY_CODE_HEARD, MutedVariant, Transcript, VoiceRecording

MUTE = "phi.mute_recording"
LEASE = timedelta(minutes=10)
"""How long a worker may show no sign of life, and a message may stay unread."""
MAX_ATTEMPTS = 3
BATCH = 200
LOST_WORKER = "Its worker stopped"

State = MutedVariant.State
OPEN = (State.WAITING, State.DESTROYING)


class Superseded(Exception):
    """Another worker has the work, or the recording is gone: nothing more is written."""


def variant_of(recording: VoiceRecording) -> MutedVariant | None:
    """The muted variant's row; None where none was asked for."""
    return getattr(recording, "muted", None)


def want(recording: VoiceRecording, transcript: Transcript) -> None:
    """Have the recording muted by its transcript, as a part of the act that brings the second of
    the two, in its transaction. Where a security code was said the original shall go."""
    reason = SECURITY_CODE_HEARD if transcript.holds_security_code else ""
    MutedVariant.objects.create(recording=recording, reason=reason, due_at=timezone.now() + LEASE)
    _tell_a_worker(recording.pk)


def _tell_a_worker(recording_id: UUID) -> None:
    from phi.tasks import mute_recording

    transaction.on_commit(partial(mute_recording.delay, str(recording_id)), robust=True)


@transaction.atomic
def hand_over(*, now: datetime) -> int:
    """Tell workers again of what is due: their message was lost, or their worker is dead. Returns
    how many. No event: it is no act."""
    due = MutedVariant.objects.filter(state__in=OPEN, due_at__lte=now).order_by("due_at")
    ids = list(
        due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:BATCH]
    )
    MutedVariant.objects.filter(pk__in=ids).update(due_at=now + LEASE, claim=None)
    for recording_id in ids:
        _tell_a_worker(recording_id)
    return len(ids)


@transaction.atomic
def claim(*, actor: Actor, recording_id: UUID) -> MutedVariant | None:
    """The variant, where there is work on it that nobody has; None where there is none. One whose
    worker died three times is given up, so that it takes no more of them with it."""
    variant = (
        MutedVariant.objects.select_for_update(skip_locked=True)
        .filter(pk=recording_id, state__in=OPEN, claim__isnull=True)
        .first()
    )
    if variant is None:
        return None
    if variant.attempts >= MAX_ATTEMPTS:
        _give_up(actor, variant, LOST_WORKER)
        return None
    variant.claim, variant.attempts = uuid4(), variant.attempts + 1
    variant.due_at = timezone.now() + LEASE
    variant.save(update_fields=["claim", "attempts", "due_at"])
    return variant


def pulse(variant: MutedVariant) -> Callable[[], None]:
    """To be called as the work goes on, as often as one likes: a sign of life every 20 seconds.
    Raises Superseded."""
    last = timezone.now()

    def beat() -> None:
        nonlocal last
        now = timezone.now()
        if now - last >= timedelta(seconds=20):
            last = now
            mine = MutedVariant.objects.filter(pk=variant.pk, claim=variant.claim)
            if not mine.update(due_at=now + LEASE):
                raise Superseded

    return beat


def held(variant: MutedVariant) -> tuple[VoiceRecording, MutedVariant]:
    """Recording and variant as they are now, locked in that order until the transaction ends.
    Raises Superseded where the claim is not ours any more."""
    rows = VoiceRecording.objects.select_for_update(of=("self",))
    recording = rows.select_related("call").filter(pk=variant.pk).first()
    mine = MutedVariant.objects.select_for_update().filter(pk=variant.pk, claim=variant.claim)
    now = mine.first()
    if recording is None or now is None or now.claim is None:
        raise Superseded
    return recording, now


@transaction.atomic
def note_failure(*, actor: Actor, variant: MutedVariant, error: Exception, final: bool) -> None:
    """Write down that an attempt failed: tried again in a minute or four, or given up. The kind
    of error alone, as its text may hold what the work was on."""
    try:
        _, now = held(variant)
    except Superseded:
        return
    if final or now.attempts >= MAX_ATTEMPTS:
        _give_up(actor, now, type(error).__name__)
        return
    now.claim, now.error = None, type(error).__name__[:80]
    now.due_at = timezone.now() + timedelta(minutes=now.attempts**2)
    now.save(update_fields=["claim", "error", "due_at"])


def _give_up(actor: Actor, variant: MutedVariant, error: str) -> None:
    variant.state, variant.claim, variant.error = State.FAILED, None, error[:80]
    variant.save(update_fields=["state", "claim", "error"])
    record(
        actor=actor,
        event_type="recording",
        action="muting_failed",
        object_type=VoiceRecording._meta.label,
        object_id=str(variant.pk),
        severity=Severity.ERROR,
        details={
            "error": variant.error,
            "attempts": variant.attempts,
            "reason": variant.reason,
            "original_kept": bool(variant.reason),
        },
    )
    notify_holders(
        permission=MUTE,
        title="A recording could not be muted",
        body="A card security code was said in it, so it must not stay as it is. It is in"
        " quarantine until it is muted."
        if variant.reason
        else "Its muted variant is not there.",
        link=reverse("admin:phi_voicerecording_change", args=[variant.pk]),
    )


@transaction.atomic
def retry_muting(*, actor: Actor, recording_id: UUID) -> MutedVariant:
    """Have a recording muted again where that failed or its variant is lost, and for the first
    time where nobody asked yet.

    Raises Forbidden without ``phi.mute_recording``, NotFound, Conflict ``no-transcript`` where
    nothing says what to silence, ``muting-not-failed`` where it is there or on its way, and
    ``original-destroyed`` where there is nothing to make it from.
    """
    require(actor, MUTE)
    rows = VoiceRecording.objects.select_for_update(of=("self",))
    recording = rows.filter(pk=recording_id).first()
    if recording is None:
        raise NotFound()
    variant = MutedVariant.objects.select_for_update().filter(pk=recording_id).first()
    if variant is None:
        transcript = Transcript.objects.without_content().filter(call=recording.call_id).first()
        if transcript is None:
            raise Conflict("No transcript says what to silence.", code="no-transcript")
        want(recording, transcript)
    else:
        _again(recording, variant)
    record(
        actor=actor,
        event_type="recording",
        action="muting_retried",
        obj=recording,
        details={"call": recording.call_id},
    )
    return MutedVariant.objects.get(pk=recording_id)


def _again(recording: VoiceRecording, variant: MutedVariant) -> None:
    lost = variant.lost_at is not None
    if variant.state != State.FAILED and not lost:
        raise Conflict("The recording is muted, or about to be.", code="muting-not-failed")
    if recording.blob is None:
        raise Conflict(
            "The original was destroyed: there is nothing to mute.", code="original-destroyed"
        )
    made = variant.made_at is not None and not lost
    variant.state = State.DESTROYING if made else State.WAITING
    if lost:
        # What is missing has no blob that could be left behind.
        variant.blob = variant.intervals = variant.bytes = variant.made_at = None
        variant.lost_at = variant.waveform_sealed = None
        variant.sha256 = ""
    variant.claim, variant.attempts, variant.error = None, 0, ""
    variant.due_at = timezone.now() + LEASE
    variant.save()
    _tell_a_worker(variant.pk)
