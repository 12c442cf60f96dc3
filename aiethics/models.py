"""What an AI says about itself, and the proof that it said so."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from aiethics.querysets import DisclosureQuerySet
from core.ids import uuid7


class Disclosure(models.Model):
    """The words by which an AI tells that it is one, per interaction and language, in numbered
    versions; a published version is never edited (trigger, migration 0002)."""

    class Interaction(models.TextChoices):
        GREETING = "greeting", "Greeting"
        CONFIRMATION = "confirmation", "Confirmation"
        ESCALATION = "escalation", "Escalation to a person"
        CLOSING = "closing", "Closing"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    interaction = models.CharField(max_length=12, choices=Interaction)
    language = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    text = models.TextField(max_length=1000)
    published_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        default_permissions = ("view", "add")
        ordering = ["interaction", "language", "-version"]
        constraints = [
            models.CheckConstraint(
                name="aiethics_interaction_known",
                condition=Q(interaction__in=["greeting", "confirmation", "escalation", "closing"]),
            ),
            models.UniqueConstraint(
                name="aiethics_disclosure_version_once",
                fields=["interaction", "language", "version"],
            ),
            models.CheckConstraint(
                name="aiethics_disclosure_version_from_one", condition=Q(version__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interaction} {self.language} v{self.version}"


class SpokenDisclosure(models.Model):
    """Proof that a disclosure was said on a call, and how far into it (EU AI Act 50(1))."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey("consent.Call", models.PROTECT, related_name="spoken_disclosures")
    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="+")
    spoken_at_ms = models.PositiveIntegerField(help_text="From the call's start, in milliseconds.")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        default_permissions = ("view",)
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="aiethics_said_once_at_a_moment",
                fields=["call", "disclosure", "spoken_at_ms"],
            )
        ]

    def __str__(self) -> str:
        return f"Spoken disclosure {self.id}"
