"""What was handed to an outside copy of the log."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.ids import uuid7


class Publication(models.Model):
    """A checkpoint on its way to one outside copy, or arrived there: evidence of when others held
    a root that the log must still lead to.

    A publisher has at most one row that has not arrived. ``due_at`` is when that one is tried
    next; whoever takes it up moves the time ahead, so that a second worker leaves it alone and a
    killed one's work comes back.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        PUBLISHED = "published", "Published"
        HALTED = "halted", "Halted: the copy contradicts the log"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    publisher = models.CharField(max_length=500, help_text="The address, without its secrets.")
    size = models.BigIntegerField(help_text="The checkpoint's size, in events.")
    note_hash = models.CharField(max_length=64, help_text="SHA-256 of the signed note, in hex.")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True, help_text="Of the last try.")

    class Meta:
        default_permissions = ("view",)
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="audit_publication_state",
                condition=Q(state__in=["waiting", "published", "halted"]),
            ),
            models.CheckConstraint(
                name="audit_publication_published_at",
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True)),
            ),
            models.UniqueConstraint(
                name="audit_publication_once",
                fields=["publisher", "size"],
                condition=Q(state="published"),
            ),
            models.UniqueConstraint(
                name="audit_publication_one_in_hand",
                fields=["publisher"],
                condition=~Q(state="published"),
            ),
        ]

    def __str__(self) -> str:
        return f"Checkpoint {self.size} at {self.publisher}"
