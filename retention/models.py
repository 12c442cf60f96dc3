"""How long things stay, what must not go, and the proof of what went."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from core.ids import uuid7
from retention.querysets import LegalHoldQuerySet, RetentionPolicyQuerySet


class RetentionPolicy(models.Model):
    """Evidence of a decision on how long one kind of data stays: by whom, agreed by whom, why.

    Append-only: a change is a new version. Without any, the declaration's own days hold.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=80, help_text="The kind's code in the inventory.")
    days = models.PositiveIntegerField(help_text="Kept for this many days.")
    reason = models.CharField(max_length=500)
    effective_from = models.DateTimeField()
    approval_id = models.UUIDField(null=True, blank=True, unique=True)
    set_by_id = models.CharField(max_length=80)
    set_by_name = models.CharField(max_length=200)
    approved_by_id = models.CharField(max_length=80)
    approved_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    objects = RetentionPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "retention policy"
        verbose_name_plural = "retention policies"
        ordering = ["code", "-effective_from", "-id"]
        default_permissions = ("view",)
        permissions = [("set_policy", "Can ask for another keep time")]
        indexes = [models.Index(fields=["code", "-effective_from"], name="retention_policy_now")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(approved_by_id=F("set_by_id")),
                name="retention_policy_two_people",
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=36500),
                name="retention_policy_days_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.days} days"


class LegalHold(models.Model):
    """Evidence that something had to be kept for a matter, from when until when, and why.

    Each criterion given must match a row (its subject, its call, its kind, its clock inside the
    period, both ends included). A period alone binds every kind. Released by two people.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.CharField(max_length=120, help_text="The matter's file number or name.")
    reason = models.CharField(max_length=500)
    custodian = models.CharField(max_length=200, help_text="Who answers for the matter.")
    subject_id = models.UUIDField(null=True, blank=True, db_index=True)
    call_id = models.UUIDField(null=True, blank=True, db_index=True)
    category = models.CharField(max_length=80, blank=True, help_text="A kind's code.")
    period_from = models.DateTimeField(null=True, blank=True)
    period_to = models.DateTimeField(null=True, blank=True)
    placed_by_id = models.CharField(max_length=80)
    placed_by_name = models.CharField(max_length=200)
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by_id = models.CharField(max_length=80, blank=True)
    released_by_name = models.CharField(max_length=200, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("place_hold", "Can place a legal hold"),
            ("release_hold", "Can ask for a legal hold's release"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject_id__isnull=False)
                | Q(call_id__isnull=False)
                | ~Q(category="")
                | Q(period_from__isnull=False)
                | Q(period_to__isnull=False),
                name="retention_hold_has_a_criterion",
                violation_error_message="Say what is held: a subject, a call, a kind or a period.",
            ),
            models.CheckConstraint(
                condition=Q(period_from__isnull=True)
                | Q(period_to__isnull=True)
                | Q(period_from__lte=F("period_to")),
                name="retention_hold_period_runs_forward",
                violation_error_message="The period ends before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.id}"


class RetentionRun(models.Model):
    """Evidence that the deleter ran: when, as of which moment, and what it did to each kind.

    A run without an end was killed; the next one goes on where it stopped.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    started_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    dry_run = models.BooleanField(default=False)
    at = models.DateTimeField(help_text="The moment that ends were compared with.")
    counts: Any = models.JSONField(
        default=dict,
        help_text="Per kind: deleted (or, in a dry run, due), held, failed.",
    )
    error = models.CharField(max_length=300, blank=True)
    only = models.CharField(
        max_length=80,
        blank=True,
        db_default="",
        default="",
        help_text="The kind of which named items went; empty for a sweep of all.",
    )

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("preview", "Can preview what would be deleted")]

    def __str__(self) -> str:
        return f"run {self.id}"


class Tombstone(models.Model):
    """Evidence that one item was destroyed: what kind, which, when, and under how many days.

    Append-only, and ids alone: it says that something is gone and nothing of what it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(RetentionRun, on_delete=models.PROTECT, related_name="tombstones")
    category = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80, help_text="The row's id or the partition's name.")
    subject_id = models.UUIDField(null=True, blank=True, db_index=True)
    clock = models.DateTimeField(help_text="The moment its keep time ran from.")
    policy_days = models.PositiveIntegerField()
    deleted_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        # Not unique: an id that was blanked and used again may end again.
        indexes = [
            models.Index(fields=["category", "object_id"], name="retention_tombstone_of"),
            models.Index(fields=["object_id"], name="retention_tombstone_object"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.object_id}"
