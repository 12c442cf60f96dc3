"""Reads over jobs, approvals, messages, kept answers and masking rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

HEARTBEAT_EVERY = timedelta(seconds=10)
STALE_AFTER = timedelta(seconds=90)
LOST_AFTER = timedelta(minutes=10)
KEPT_ANSWER = timedelta(hours=24)
KEPT_NOTE = timedelta(days=90)


class JobQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """``now`` is UTC."""

    def claimable(self, now: datetime) -> Self:
        """Waiting, or running under a worker that gave no sign of life for 90 seconds."""
        return self.filter(
            Q(state="queued") | Q(state="running", heartbeat_at__lt=now - STALE_AFTER)
        )

    def stalled(self, now: datetime) -> Self:
        """Whose worker died, or whose message the queue lost (ten minutes without a start)."""
        return self.filter(
            Q(state="queued", queued_at__lt=now - LOST_AFTER)
            | Q(state="running", heartbeat_at__lt=now - STALE_AFTER)
        )

    def with_expired_result(self, now: datetime) -> Self:
        """Whose sealed result must go."""
        return self.filter(result__isnull=False, result_expires_at__lte=now)


class ApprovalQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """``now`` is UTC."""

    def open(self, now: datetime) -> Self:
        """Waiting for a decision."""
        return self.filter(state="pending", expires_at__gt=now)

    def overdue(self, now: datetime) -> Self:
        """Waited past their time."""
        return self.filter(state="pending", expires_at__lte=now)


class NotificationQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def for_person(self, person_id: object, roles: Iterable[str]) -> Self:
        """To this person, or to a role that they hold. What was told to several of their roles at
        once (``notify_holders``) is one message to them: that of the first."""
        held = list(roles)
        rows = self.filter(Q(recipient_id=str(person_id)) | Q(role__in=held))
        if len(held) < 2:
            return rows
        same = {name: OuterRef(name) for name in ("created_at", "title", "body", "link")}
        twins = self.model._default_manager.filter(role__in=held, role__lt=OuterRef("role"), **same)
        return rows.filter(~Exists(twins.order_by()))

    def unread(self) -> Self:
        """Not read yet."""
        return self.filter(read_at__isnull=True)


class IdempotencyRecordQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def expired(self, now: datetime) -> Self:
        """Kept for 24 hours or longer by ``now`` (UTC)."""
        return self.filter(created_at__lte=now - KEPT_ANSWER)


class MaskingRuleQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def active(self) -> Self:
        """Those that are switched on, by name."""
        return self.filter(is_on=True).order_by("name")
