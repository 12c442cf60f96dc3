from django.db import models
from django.utils import timezone

from core.ids import uuid7


class PlainEvent(models.Model):
    """The columns that a reporter fills, with as many indexes as the audit log has."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    received_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    occurred_at = models.DateTimeField(null=True)
    event_type = models.CharField(max_length=80, db_index=True)
    action = models.CharField(max_length=80)
    severity = models.CharField(max_length=8, default="INFO")
    user_id = models.CharField(max_length=80, blank=True, db_index=True)
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.id)
