"""What proves the log: the outbox, the leaves in their order, the tree's tiles, checkpoints."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Outbox(models.Model):
    """An event that is written and not yet sealed; in the transaction of the event.

    The sealer takes committed rows from here and deletes them: sequence values and times commit
    out of order, a row in a queue does not.
    """

    event_id = models.UUIDField(primary_key=True)
    received_at = models.DateTimeField()
    leaf_hash = models.BinaryField(help_text="SHA-256 of 0x00 and the event's entry.")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.event_id)


class Leaf(models.Model):
    """An event's place in the log: evidence of what it was when it was written.

    Stays when the event's month is dropped, so that what is left still verifies.
    """

    index = models.BigIntegerField(primary_key=True, help_text="From 0, without a gap.")
    event_id = models.UUIDField(unique=True)
    received_at = models.DateTimeField()
    leaf_hash = models.BinaryField()

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="audit_leaf_index_from_0", condition=Q(index__gte=0))
        ]

    def __str__(self) -> str:
        return f"Leaf {self.index}"


class Tile(models.Model):
    """256 hashes of the tree side by side (C2SP tlog-tiles): of leaves at level 0, of the tiles
    below above it. Only whole tiles are kept, so that none is ever changed."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField(help_text="256 times 32 bytes.")
    root = models.BinaryField(help_text="The hash of the subtree that this tile spans.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="audit_tile_once", fields=["level", "index"])]

    def __str__(self) -> str:
        return f"Tile {self.level}/{self.index}"


class Checkpoint(models.Model):
    """The sealed state of the whole log up to ``size``, signed (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(primary_key=True, help_text="How many events it commits to.")
    origin = models.CharField(max_length=200)
    root = models.BinaryField()
    note = models.TextField(help_text="The signed note, as it is published.")
    signed_at = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)
        ordering = ["-size"]
        constraints = [
            models.CheckConstraint(name="audit_checkpoint_holds_events", condition=Q(size__gt=0))
        ]

    def __str__(self) -> str:
        return f"Checkpoint {self.size}"
