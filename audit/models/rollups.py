"""What the log's reports are counted from: sealed events by day, and lapses of the sealer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class DailyCount(models.Model):
    """How many sealed events of one type, action and severity the server took in on one day
    (UTC): seen by this system, or ``reported`` to it. Written by the sealer in the transaction
    that seals them; a dropped month's rows go with it."""

    pk = models.CompositePrimaryKey("day", "event_type", "action", "severity", "reported")
    day = models.DateField()
    event_type = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    severity = models.CharField(max_length=8)
    reported = models.BooleanField(default=False, db_default=False)
    count = models.BigIntegerField()
    last_index = models.BigIntegerField(help_text="The highest place in the log among them.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="audit_dailycount_counts", condition=Q(count__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.event_type} {self.action} {self.severity}"


class DailyActor(models.Model):
    """How many sealed events of one actor the server took in on one day (UTC), and the name that
    the last of them gave."""

    pk = models.CompositePrimaryKey("day", "actor_kind", "actor_id")
    day = models.DateField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200)
    count = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="audit_dailyactor_counts", condition=Q(count__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.actor_kind} {self.actor_id}"


class SealingGap(models.Model):
    """Evidence that committed events waited over a minute for their seal: from when, until the
    checkpoint of ``size`` was signed. Written by the sealer, kept as long as the checkpoints."""

    size = models.BigIntegerField(primary_key=True)
    opened_at = models.DateTimeField(
        help_text="When the first of them was received, or the checkpoint before, if later."
    )
    closed_at = models.DateTimeField()
    events = models.BigIntegerField(help_text="How many of them waited over a minute.")

    class Meta:
        default_permissions = ("view",)
        ordering = ["-size"]
        indexes = [models.Index(fields=["closed_at"], name="audit_gap_closed")]
        constraints = [
            models.CheckConstraint(
                name="audit_gap_has_length", condition=Q(closed_at__gt=F("opened_at"))
            )
        ]

    def __str__(self) -> str:
        return f"Gap before checkpoint {self.size}"
