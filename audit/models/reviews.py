"""Accesses put before a second pair of eyes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from audit.querysets import AccessReviewQuerySet
from core.fields import EncryptedTextField
from core.ids import uuid7

FLAGGING = [
    *("outside-hours", "many-reads", "new-kind"),
    *("own-record", "same-surname", "many-people"),
]


class AccessReview(models.Model):
    """Evidence that an access was looked at by somebody else, and what they found.

    The regular review of records of activity that 45 CFR 164.308(a)(1)(ii)(D) asks for. The
    access itself is the audit event named; actor and event are plain values, as there. The
    database refuses a reviewer who is the one reviewed.
    """

    class Why(models.TextChoices):
        SAMPLED = "sampled", "Sampled"
        FLAGGED = "flagged", "Flagged"

    class Rule(models.TextChoices):
        SAMPLE = "sample", "In the day's sample"
        OUTSIDE_HOURS = "outside-hours", "Outside 06:00 to 22:00"
        MANY_READS = "many-reads", "Unusually many within an hour"
        NEW_KIND = "new-kind", "First of its kind by this person in 90 days"
        OWN_RECORD = "own-record", "The data of the person who looked"
        SAME_SURNAME = "same-surname", "The same surname as the person who looked"
        MANY_PEOPLE = "many-people", "Unusually many people within an hour"

    class Outcome(models.TextChoices):
        FINE = "fine", "Fine"
        CONCERN = "concern", "Concern"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event_id = models.UUIDField(unique=True, help_text="The audit event of the access.")
    accessed_at = models.DateTimeField(help_text="When the access was recorded (UTC).")
    kind = models.CharField(max_length=32, help_text="What was accessed.")
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200, blank=True)
    object_type = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    why = models.CharField(max_length=8, choices=Why)
    rule = models.CharField(max_length=16, choices=Rule)
    accesses = models.PositiveIntegerField(
        default=1, help_text="How many accesses of that person and hour it stands for."
    )
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reviewer_id = models.CharField(max_length=80, blank=True)
    reviewer_name = models.CharField(max_length=200, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    note: Any = EncryptedTextField(context="audit.accessreview.note", null=True, blank=True)

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "access review"
        ordering = ["reviewed_at", "due_at", "id"]
        default_permissions = ("view",)
        permissions = [("sign_off_access", "Can sign off other people's accesses")]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(reviewed_at__isnull=True),
                name="audit_review_open",
            ),
            models.Index(fields=["actor_id"], name="audit_review_actor"),
            models.Index(fields=["object_id"], name="audit_review_object"),
        ]
        constraints = [
            models.CheckConstraint(
                name="audit_review_why_known",
                condition=Q(why="sampled", rule="sample") | Q(why="flagged", rule__in=FLAGGING),
            ),
            models.CheckConstraint(
                name="audit_review_signed_whole",
                condition=Q(reviewed_at__isnull=True, reviewer_id="", outcome="")
                | (
                    Q(reviewed_at__isnull=False, outcome__in=["fine", "concern"])
                    & ~Q(reviewer_id="")
                ),
                violation_error_message="A review has a reviewer, a time and an outcome.",
            ),
            models.CheckConstraint(
                name="audit_review_by_another",
                condition=Q(reviewer_id="") | ~Q(reviewer_id=F("actor_id")),
                violation_error_message="Nobody reviews their own accesses.",
            ),
            models.CheckConstraint(
                name="audit_review_concern_says_why",
                condition=~Q(outcome="concern") | Q(note__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.id})"
