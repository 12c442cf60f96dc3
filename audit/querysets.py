"""Reading the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from core.ids import moment_of

_MOST_VALUES = 1000


def _distinct(column: str) -> list[str]:
    """The values of an indexed column, by one step in the index for each and not by reading it."""
    step = f"SELECT {column} FROM audit_auditevent"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE found(value) AS (({step} ORDER BY {column} LIMIT 1) UNION ALL"
            f" SELECT ({step} WHERE {column} > value ORDER BY {column} LIMIT 1) FROM found"
            " WHERE value IS NOT NULL) SELECT value FROM found WHERE value IS NOT NULL LIMIT %s",
            [_MOST_VALUES],
        )
        return [value for (value,) in cursor.fetchall()]


def event_types() -> list[str]:
    """Every type that an event has, in order."""
    return _distinct("event_type")


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

    def received(self, since: datetime | None, until: datetime | None) -> Self:
        """Events received from ``since`` on and before ``until`` (UTC; None is no bound)."""
        rows = self if since is None else self.filter(received_at__gte=since)
        return rows if until is None else rows.filter(received_at__lt=until)

    def with_action(self, action: str) -> Self:
        """Events of any type with this action. The index begins with the type: all are named."""
        return self._each("event_type").filter(action=action)

    def about_id(self, object_id: str) -> Self:
        """Events whose object, of whatever type, has this id."""
        return self._each("object_type").filter(object_id=object_id)

    def in_request(self, id_: str) -> Self:
        """Events of the request with this id, which has no index: within ten minutes of its
        beginning, which our own ids tell; of one that a caller chose, within the last day."""
        try:
            began = moment_of(UUID(id_))
        except ValueError:
            began = None
        if began is None:
            since, until = timezone.now() - timedelta(days=1), None
        else:
            since, until = began - timedelta(minutes=1), began + timedelta(minutes=10)
        return self.received(since, until).filter(request_id=id_)

    def acted(self, actor: str) -> Self:
        """Events of the actor with this id; for what cannot be an account's id, with this id or
        name. Names have no index: such a look-up reads every event of its period."""
        try:
            UUID(actor)
        except ValueError:
            return self.filter(Q(actor_id=actor) | Q(actor_name=actor))
        return self.filter(actor_id=actor)

    def _each(self, column: str) -> Self:
        """All rows, told by every value that ``column`` has, so that an index that begins with it
        serves a condition on its next column. With a thousand values, left as it is."""
        values = _distinct(column)
        return (
            self.all() if len(values) >= _MOST_VALUES else self.filter(**{f"{column}__in": values})
        )


class AccessReviewQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def waiting(self) -> Self:
        """Not signed off yet."""
        return self.filter(reviewed_at__isnull=True)

    def overdue(self, now: datetime) -> Self:
        """Not signed off, and past their time by ``now`` (UTC)."""
        return self.waiting().filter(due_at__lt=now)
