"""One play of a recording is one look, however many parts a player asks for."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from audit.models import AuditEvent
from core import accesses
from core.actors import PERSON, Actor
from phi.models import Access, VoiceRecording
from phi.services.accesses import look

logger = logging.getLogger(__name__)


def note_play(
    *,
    actor: Actor,
    recording: VoiceRecording,
    owner_id: UUID,
    purpose_of_use: str,
    variant: str,
    start: int,
    end: int,
) -> None:
    """Note that bytes ``start`` to ``end`` are about to be played, or that a look covers them.

    A look of a person's is at a whole variant and covers what the same person plays of it for the
    same purpose, from the same address, within ``PLAY_LOOK_MINUTES``: browsers ask for a
    recording in parts. An application's plays are a look each: it may play for many. To be called
    in a transaction that holds the recording's row locked: of two requests at once the second
    finds the first one's look, or makes its own where that was rolled back.
    """
    now = timezone.now()
    folded = actor.kind == PERSON and settings.PLAY_LOOK_MINUTES > 0
    window = timedelta(minutes=settings.PLAY_LOOK_MINUTES)
    if folded:
        covering = _covering(actor, recording, owner_id, purpose_of_use, variant, now, window)
        if covering is not None:
            logger.info("a part of recording %s under look %s", recording.pk, covering.event_id)
            return
    look(
        actor=actor,
        kind=accesses.RECORDINGS,
        event_type="recording",
        action="played",
        obj=recording,
        subject_id=owner_id,
        purpose_of_use=purpose_of_use,
        details={
            "call": recording.call_id,
            "variant": variant,
            "first_byte": start,
            "last_byte": end - 1,
            **({"covers_until": now + window} if folded else {}),
        },
    )


def _covering(
    actor: Actor,
    recording: VoiceRecording,
    owner_id: UUID,
    purpose_of_use: str,
    variant: str,
    now: datetime,
    window: timedelta,
) -> Access | None:
    looks = Access.objects.filter(
        object_id=str(recording.pk),
        kind=accesses.RECORDINGS,
        subject_id=owner_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        purpose_of_use=purpose_of_use,
        accessed_at__gt=now - window,
    )
    for each in looks.order_by("-accessed_at", "-id"):
        # By both, as the log's table is partitioned by the moment.
        events = AuditEvent.objects.filter(received_at=each.accessed_at, id=each.event_id)
        event = events.filter(actor_address=actor.address).first()
        if event is None or event.details.get("variant") != variant:
            continue
        until = event.details.get("covers_until")
        # What the log says of it, whatever the setting is by now.
        if until is not None and now < datetime.fromisoformat(until):
            return each
    return None
