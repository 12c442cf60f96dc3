"""The log's months: which have a partition, and which were dropped with the right to.

A missing month is legitimate when a sealed event of ``retention`` says that it was dropped, and it
was older than seven years then. That event is itself dropped seven years later: a month that must
have gone before a month that was dropped rightly is taken for dropped as well.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg
from dateutil.relativedelta import relativedelta

from audit import canonical

KEPT = relativedelta(years=7)
_NAME = re.compile(r"audit_auditevent_([0-9]{4})_(0[1-9]|1[0-2])\Z")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Promise:
    """A root that an event says the log had at a size."""

    size: int
    root: bytes
    event_id: str


@dataclass(slots=True)
class Months:
    """``attached``: partition's oid to month ("2026_11"). ``dropped``: month to how many events
    went and the size that the log had by then. ``refused``: why a dropped month is not accepted.
    ``before``: every month up to this one may be gone without an event of its own.
    """

    attached: dict[int, str] = field(default_factory=dict)
    dropped: dict[str, tuple[int, int]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    before: str = ""
    promises: list[Promise] = field(default_factory=list)

    def fault(self, month: str, index: int | None) -> tuple[str, str] | None:
        """Why an entry of ``month`` may not be without its event: code and sentence, else None."""
        if month in self.dropped:
            if index is not None and index < self.dropped[month][1]:
                return None
            return (
                "deleted-row",
                "The event's row is gone, and it came after its month was dropped.",
            )
        if month <= self.before:
            return None
        if month in self.attached.values():
            return "deleted-row", "The event's row is gone; its month was never dropped."
        why = self.refused.get(month, "no sealed event of retention says that it was.")
        year, number = month.split("_")
        end = datetime(int(year), int(number), 1, tzinfo=UTC) + relativedelta(months=1)
        if end + KEPT > datetime.now(UTC):
            return "dropped-partition", f"The month {month} was dropped inside the keep time: {why}"
        return "dropped-partition", f"The month {month} was dropped unrecorded: {why}"


def month_of(microseconds: int) -> str:
    """The month (UTC) of a PostgreSQL timestamp in microseconds since 2000. Raises
    OverflowError."""
    day = datetime.fromordinal(_EPOCH.toordinal() + microseconds // 86_400_000_000)
    return f"{day.year:04d}_{day.month:02d}"


def read(connection: psycopg.Connection[Any], now: datetime) -> Months:
    """The partitions that are attached, and what sealed events say of those that are not."""
    months = Months()
    cursor = psycopg.Cursor(connection)
    cursor.execute(
        "SELECT c.oid::bigint, c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = 'audit_auditevent'::regclass"
    )
    for oid, name in cursor.fetchall():
        months.attached[oid] = name.removeprefix("audit_auditevent_")
    cursor.execute(
        "SELECT e.id::text, CASE WHEN isfinite(e.received_at)"
        " THEN floor(extract(epoch FROM e.received_at))::bigint END, e.object_id,"
        " e.details::text, l.index"
        " FROM audit_auditevent e LEFT JOIN audit_leaf l ON l.event_id = e.id"
        " WHERE e.event_type = 'retention' AND e.action = 'partition_dropped'"
        # Only the system drops: what an application or a person reports under that name is theirs.
        " AND e.actor_kind = 'system' AND e.object_type = 'audit.AuditEvent' ORDER BY e.id"
    )
    last = ""
    for id_, seconds, name, details, index in cursor.fetchall():
        found = _NAME.match(name)
        if not found or not 2000 <= int(found[1]) <= 9000:
            continue
        start = datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)
        month, end = f"{start:%Y_%m}", start + relativedelta(months=1)
        told = _read(details)
        why = _objection(told, _moment(seconds), start, end, index, now)
        if not why and month in months.attached.values():
            why = "its partition is still there."
        if why:
            months.refused[month] = f"event {id_} says so, but {why}"
            continue
        root = base64.b64decode(told["root"])
        count, size = months.dropped.get(month, (0, 0))
        months.dropped[month] = (count + told["count"], max(size, told["size"]))
        months.promises.append(Promise(told["size"], root, id_))
        last = max(last, f"{end - KEPT - relativedelta(months=1):%Y_%m}")
    months.before = last
    return months


def _read(details: str) -> Any:
    """What the details say; None where nobody can read them."""
    try:
        return orjson.loads(details)
    except ValueError:
        return None


def _moment(seconds: int | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _objection(
    told: Any,
    at: datetime | None,
    start: datetime,
    end: datetime,
    index: int | None,
    now: datetime,
) -> str | None:
    if index is None:
        return "that event is not sealed yet: seal, and verify again."
    if at is None:
        return "that event has no time that anything could have happened at."
    if end + KEPT > at:
        return "the month was not seven years old by then."
    if at > now:
        return "that event is dated in the future."
    try:
        whole = (
            type(told["count"]) is int
            and type(told["size"]) is int
            and len(base64.b64decode(told["root"], validate=True)) == 32
            and told["from"] == canonical.moment(start)
            and told["to"] == canonical.moment(end)
        )
    except (KeyError, TypeError, ValueError):
        whole = False
    if not whole:
        return "it does not name the period, the count, the log's size and its root."
    if told["size"] > index:
        return "it names a size that the log had not reached."
    return None
