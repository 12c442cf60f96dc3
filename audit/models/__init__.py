"""The audit log's tables."""

from audit.models.events import AuditEvent
from audit.models.publications import Publication
from audit.models.reviews import AccessReview
from audit.models.rollups import DailyActor, DailyCount, SealingGap
from audit.models.seals import Checkpoint, Leaf, Outbox, Tile

__all__ = [
    "AccessReview",
    "AuditEvent",
    "Checkpoint",
    "DailyActor",
    "DailyCount",
    "Leaf",
    "Outbox",
    "Publication",
    "SealingGap",
    "Tile",
]
