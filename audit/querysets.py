"""Reading the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models

from core.ids import moment_of


class AuditEventQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Look-ups that let PostgreSQL skip the partitions that cannot match."""

    def with_id(self, id_: UUID) -> Self:
        """The event with this id: its own time-stamp says which partition to read."""
        moment = moment_of(id_)
        found = self.filter(id=id_)
        if moment is None:
            return found
        day = timedelta(days=1)
        return found.filter(received_at__range=(moment - day, moment + day))

    def about(self, object_type: str, object_id: str) -> Self:
        """Events whose object is the one named."""
        return self.filter(object_type=object_type, object_id=object_id)


class AccessReviewQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def waiting(self) -> Self:
        """Not signed off yet."""
        return self.filter(reviewed_at__isnull=True)

    def overdue(self, now: datetime) -> Self:
        """Not signed off, and past their time by ``now`` (UTC)."""
        return self.waiting().filter(due_at__lt=now)
