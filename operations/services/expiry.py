"""What operations keeps for a short while, and deletes."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from audit.services import record
from core.actors import Actor
from operations.models import IdempotencyRecord, Notification
from operations.querysets import KEPT_NOTE


@transaction.atomic
def delete_idempotency_records(*, actor: Actor, now: datetime) -> int:
    """Delete kept answers of 24 hours and more. Returns how many; none is no event."""
    count, _ = IdempotencyRecord.objects.expired(now).delete()
    if count:
        record(
            actor=actor,
            event_type="operations",
            action="idempotency_records_deleted",
            object_type=IdempotencyRecord._meta.label,
            details={"count": count},
        )
    return count


@transaction.atomic
def delete_notifications(*, actor: Actor, now: datetime) -> int:
    """Delete messages of 90 days and more, read or not. Returns how many; none is no event."""
    count, _ = Notification.objects.filter(created_at__lte=now - KEPT_NOTE).delete()
    if count:
        record(
            actor=actor,
            event_type="operations",
            action="notifications_deleted",
            object_type=Notification._meta.label,
            details={"count": count},
        )
    return count


@transaction.atomic
def delete_expired_sessions(*, actor: Actor, now: datetime) -> int:
    """Delete the admin's sessions that ended before ``now`` (UTC). Returns how many; none is no
    event."""
    count, _ = Session.objects.filter(expire_date__lt=now).delete()
    if count:
        record(
            actor=actor,
            event_type="operations",
            action="sessions_deleted",
            object_type=Session._meta.label,
            details={"count": count},
        )
    return count
