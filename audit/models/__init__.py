"""The audit log's tables."""

from audit.models.events import AuditEvent
from audit.models.publications import Publication
from audit.models.seals import Checkpoint, Leaf, Outbox, Tile

__all__ = ["AuditEvent", "Checkpoint", "Leaf", "Outbox", "Publication", "Tile"]
