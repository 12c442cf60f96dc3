"""Celery's entries: ids in, nothing else; safe to kill and to repeat."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from core.actors import Actor
from phi.services import muting, silencing
from phi.services.indexing import empty_index
from phi.services.suspicion import LOOKS, flag_own_record
from phi.services.upkeep import sweep

ORPHAN_AGE = timedelta(hours=1)


@shared_task
def check_look(access_id: str) -> None:
    """Put a look before a reviewer at once where somebody looked at themself."""
    flag_own_record(actor=LOOKS, access_id=UUID(access_id))


@shared_task
def sweep_orphan_blobs() -> None:
    """Delete what failed uploads left and report what is missing; safe to kill and repeat."""
    sweep(before=timezone.now() - ORPHAN_AGE)


@shared_task
def mute_recording(recording_id: str) -> None:
    """Make a recording's muted variant, where that is still to be done."""
    silencing.mute_recording(
        actor=Actor.system("phi.mute_recording"), recording_id=UUID(recording_id)
    )


@shared_task
def hand_over_muting() -> None:
    """Hand over again what a dead worker or a lost message left lying."""
    muting.hand_over(now=timezone.now())


@shared_task
def empty_transcript_index() -> None:
    """Delete the search index of transcripts where the setting is off; safe to kill and repeat."""
    empty_index(actor=Actor.system("phi.empty_transcript_index"))
