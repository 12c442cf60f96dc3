"""The audit log's rows."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from audit.querysets import AuditEventQuerySet
from core.ids import uuid7


class AuditEvent(models.Model):
    """Evidence that something was done, or refused: by whom, to what, when, in which request.

    Written in the transaction of the act and never changed: triggers refuse UPDATE, DELETE and
    TRUNCATE. Actor and object are plain values, so that the event outlives both. The table is
    partitioned by the month of ``received_at`` (migration 0001); its key there is
    (received_at, id). ``entry`` holds the canonical bytes of all the other columns.
    """

    class Severity(models.TextChoices):
        INFO = "INFO", "Info"
        WARNING = "WARNING", "Warning"
        ERROR = "ERROR", "Error"
        CRITICAL = "CRITICAL", "Critical"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    received_at = models.DateTimeField(help_text="When the server took the event in (UTC).")
    occurred_at = models.DateTimeField(
        null=True, blank=True, help_text="When it happened, where the reporter says so."
    )
    event_type = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.INFO)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=80, blank=True)
    actor_name = models.CharField(
        max_length=200, blank=True, help_text="The actor's name at the time."
    )
    actor_address = models.CharField(max_length=45, blank=True)
    object_type = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    details: Any = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    entry = models.BinaryField(editable=False)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = "audit event"
        # The table, its indexes, triggers and partitions are made by SQL in migration 0001.
        ordering = ["-received_at", "-id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.event_type} {self.action} ({self.id})"
