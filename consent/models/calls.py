"""Calls, and what the gate said before each."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from consent.querysets import CallQuerySet
from core.ids import uuid7


class Call(models.Model):
    """A call that a voice application announced before it spoke."""

    class Direction(models.TextChoices):
        INBOUND = "inbound", "Inbound"
        OUTBOUND = "outbound", "Outbound"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey("accounts.VoiceApplication", models.PROTECT, related_name="+")
    subject = models.ForeignKey(
        "consent.DataSubject", models.PROTECT, null=True, blank=True, related_name="calls"
    )
    direction = models.CharField(max_length=8, choices=Direction)
    regions = ArrayField(models.CharField(max_length=6))
    timezone = models.CharField(max_length=64, blank=True)
    model_version = models.CharField(max_length=120, blank=True)
    purposes = ArrayField(models.CharField(max_length=40))
    language = models.CharField(max_length=16)
    is_ai = models.BooleanField("AI speaks")
    other_subject_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["application", "-id"], name="consent_call_application"),
            models.Index(fields=["started_at"], name="consent_call_started"),
            models.Index(fields=["created_at"], name="consent_call_created"),
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_call_direction_known",
                condition=Q(direction__in=["inbound", "outbound"]),
            ),
            models.CheckConstraint(
                name="consent_call_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"Call {self.id}"


class GateAnswer(models.Model):
    """What the gate was asked about a call and what it answered; append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="answers")
    answered_at = models.DateTimeField()
    question: Any = models.JSONField()
    answer: Any = models.JSONField()

    class Meta:
        default_permissions = ("view",)
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Gate answer {self.id}"


class Jurisdiction(models.Model):
    """A place whose law asks more of a recording than one party's consent."""

    class Confidence(models.TextChoices):
        SETTLED = "settled", "Settled text"
        VERIFY = "verify", "Check the wording before relying on it"

    code = models.CharField(
        primary_key=True,
        max_length=6,
        help_text="ISO 3166-2 such as US-CA, or a country such as DE for all of it.",
    )
    title = models.CharField(max_length=80)
    all_party_recording = models.BooleanField(
        "all parties must consent to recording", default=False
    )
    source = models.CharField(max_length=200, help_text="The statute.")
    confidence = models.CharField(max_length=8, choices=Confidence, default=Confidence.VERIFY)
    note = models.TextField(blank=True, max_length=1000)

    class Meta:
        default_permissions = ("view", "change", "add")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="consent_jurisdiction_confidence_known",
                condition=Q(confidence__in=["settled", "verify"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
