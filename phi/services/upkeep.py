"""The blob store and the rows agree."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from audit.services import Severity, record
from core.actors import Actor
from phi import blobs
from phi.blobs import StorageUnavailable
from phi.models import MutedVariant, VoiceRecording
from phi.services import muting
from phi.services.playing import MUTED, ORIGINAL

logger = logging.getLogger(__name__)

BATCH = 500
HOLDERS: tuple[type[Model], ...] = (VoiceRecording, MutedVariant)
"""Models whose ``blob`` names one."""


def sweep(*, before: datetime) -> tuple[int, int]:
    """Delete blobs without a row that were last written before ``before`` (UTC), and report rows
    whose blob is missing, once each, as an event of severity ERROR. Returns how many of both.

    Uploads to the store that were broken off before that moment are ended with it. Raises
    StorageUnavailable where there are recordings and no store: they are away and not lost.

    Shelf by shelf, so that memory is bounded by a 256th of the store.
    """
    deleted = lost = 0
    if VoiceRecording.objects.exists() and not blobs.is_there():
        logger.error("the blob store is not there: nothing is swept")
        raise StorageUnavailable()
    abandoned = blobs.abandon_unfinished(before)
    if abandoned:
        logger.warning("%d uploads to the blob store were never finished and are gone", abandoned)
    for shelf in blobs.SHELVES:
        folder = f"{blobs.FOLDER}/{shelf}"
        # Rows first: a blob is there before its row is.
        rows = {
            name: model
            for model in HOLDERS
            for name in model._default_manager.filter(
                blob__startswith=f"{folder}/", lost_at__isnull=True
            )
            .order_by()
            .values_list("blob", flat=True)
        }
        try:
            names = [f"{folder}/{name}" for name in blobs.store().listdir(folder)[1]]
        except FileNotFoundError:
            names = []
        deleted += _delete_orphans([name for name in names if name not in rows], before)
        for name in rows.keys() - set(names):
            lost += _report_lost(rows[name], name)
    return deleted, lost


def _delete_orphans(names: list[str], before: datetime) -> int:
    orphans = []
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        held = {
            name
            for model in HOLDERS
            for name in model._default_manager.filter(blob__in=batch)
            .order_by()
            .values_list("blob", flat=True)
        }
        orphans += [name for name in batch if name not in held and _older(name, before)]
    blobs.remove(orphans)
    return len(orphans)


def _older(name: str, before: datetime) -> bool:
    try:
        return blobs.store().get_modified_time(name) < before
    except FileNotFoundError:
        return False


@transaction.atomic
def _report_lost(model: type[Model], name: str) -> int:
    """The event of a missing blob, unless the row has gone with it meanwhile, or the blob is an
    original that is being destroyed."""
    muted = model is MutedVariant
    wanted = {"muted__blob": name} if muted else {"blob": name}
    rows = VoiceRecording.objects.select_for_update(of=("self",)).select_related("muted")
    recording = rows.filter(**wanted).first()
    if recording is None or blobs.store().exists(name):
        return 0
    variant = muting.variant_of(recording)
    row: VoiceRecording | MutedVariant | None = variant if muted else recording
    going = variant is not None and variant.state == MutedVariant.State.DESTROYING
    if row is None or row.lost_at is not None or (going and not muted):
        return 0
    row.lost_at = timezone.now()
    row.save(update_fields=["lost_at"])
    record(
        actor=Actor.system("phi.sweep_orphan_blobs"),
        event_type="recording",
        action="lost",
        obj=recording,
        severity=Severity.ERROR,
        details={
            "call": recording.call_id,
            "captured_at": recording.captured_at,
            "variant": MUTED if muted else ORIGINAL,
        },
    )
    return 1
