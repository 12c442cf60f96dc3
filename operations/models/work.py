"""Work that outlasts a request, decisions of two people, messages, and repeated requests."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from core.fields import EncryptedTextField
from core.ids import uuid7
from operations.querysets import (
    ApprovalQuerySet,
    IdempotencyRecordQuerySet,
    JobQuerySet,
    NotificationQuerySet,
)


class Job(models.Model):
    """Evidence of one piece of work in the background: who asked for it, how far it came, what
    it ended in, and until when its result can be fetched.

    ``claim`` names the worker's run that holds the job: a run that lost it writes nothing more.
    The result is sealed under the job's own key, which goes when the result expires.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=80)
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(null=True, blank=True)
    progress_note = models.CharField(max_length=200, blank=True)
    parameters: Any = models.JSONField(
        default=dict,
        blank=True,
        encoder=DjangoJSONEncoder,
        help_text="Ids and settings, no text.",
    )
    requested_by_kind = models.CharField(max_length=16)
    requested_by_id = models.CharField(max_length=80)
    requested_by_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(help_text="When it was last handed to the queue.")
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, editable=False)
    attempts = models.PositiveIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    error = models.CharField(max_length=300, blank=True)
    result = models.BinaryField(null=True, editable=False)
    result_name = models.CharField(max_length=120, blank=True)
    result_type = models.CharField(max_length=120, blank=True)
    result_expires_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("manage_job", "Can cancel, retry and fetch other people's jobs")]
        indexes = [
            models.Index(
                fields=["state", "heartbeat_at"],
                condition=Q(state__in=["queued", "running"]),
                name="operations_job_open",
            ),
            models.Index(
                fields=["result_expires_at"],
                condition=Q(result__isnull=False),
                name="operations_job_result",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "succeeded", "failed", "cancelled"]),
                name="operations_job_state_known",
            ),
            models.CheckConstraint(
                condition=Q(result__isnull=True)
                | Q(state="succeeded", result_expires_at__isnull=False),
                name="operations_job_result_expires",
                violation_error_message="A result belongs to a finished job and expires.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"]) | Q(finished_at__isnull=False),
                name="operations_job_end_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"

    @property
    def is_open(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    @property
    def percent(self) -> int | None:
        """Progress in whole percent; None where the total is not known."""
        if self.state == self.State.SUCCEEDED:
            return 100
        if not self.progress_total:
            return None
        return max(0, min(100, self.progress_done * 100 // self.progress_total))


class Approval(models.Model):
    """Evidence that two people agreed to an act: who asked for it and why, who decided and when.

    The database itself refuses a decision by the one who asked, and agreement by the person
    whom it is about.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=80)
    object_label = models.CharField(
        max_length=80,
        blank=True,
        help_text="What it is about: a model's label or a code's kind.",
    )
    object_id = models.CharField(max_length=80, blank=True)
    parameters: Any = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    requested_by_id = models.CharField(max_length=80)
    requested_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by_id = models.CharField(max_length=80, blank=True)
    decided_by_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("decide_approval", "Can decide what another person asked for")]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state="pending"),
                name="operations_approval_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "pending",
                        "approved",
                        "rejected",
                        "withdrawn",
                        "expired",
                    ]
                ),
                name="operations_approval_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"])
                | (
                    Q(decided_at__isnull=False)
                    & ~Q(decided_by_id="")
                    & ~Q(decided_by_id=F("requested_by_id"))
                ),
                name="operations_approval_two_people",
                violation_error_message="It takes another person to decide.",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(requested_by_id=""),
                name="operations_approval_is_asked",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved", object_label="accounts.User")
                | ~Q(object_id=F("decided_by_id")),
                name="operations_approval_not_of_oneself",
                violation_error_message="Nobody agrees to what is done for themselves.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class Notification(models.Model):
    """Evidence that a person, or whoever holds a role, was told something.

    Holds no personal data: a title, a sentence, and a link to where the matter itself is. A
    role's message is read once, by the first who takes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient_id = models.CharField(max_length=80, blank=True, help_text="A person's id.")
    role = models.CharField(max_length=150, blank=True, help_text="Or a role, by its name.")
    title = models.CharField(max_length=120)
    body = models.CharField(max_length=500, blank=True)
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    read_by_id = models.CharField(max_length=80, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["recipient_id", "read_at"], name="operations_note_person"),
            models.Index(fields=["role", "read_at"], name="operations_note_role"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(recipient_id="") & ~Q(role="")) | (~Q(recipient_id="") & Q(role="")),
                name="operations_note_one_recipient",
                violation_error_message="A message goes to a person or to a role.",
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__startswith="/"),
                name="operations_note_link_is_ours",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class IdempotencyRecord(models.Model):
    """Evidence of what a caller's keyed request was answered, for 24 hours.

    Inserted in the request's own transaction before the act, so that the unique index makes a
    second request with the same key wait for the first. The answer is stored encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    caller_kind = models.CharField(max_length=16)
    caller_id = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    body_hash = models.CharField(max_length=64, help_text="Keyed hash of the body, as hex.")
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    response: Any = EncryptedTextField(
        context="operations.idempotencyrecord.response", null=True, blank=True
    )
    created_at = models.DateTimeField(db_index=True)

    objects = IdempotencyRecordQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["caller_kind", "caller_id", "key"],
                name="operations_idempotency_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} ({self.id})"
