"""Counts of sealed events by day, kept by the sealer as it seals.

A report over years reads some thousand rows instead of some million events. What is counted is
sealed: an event without a place in the log is in no count, and the report tells how many wait.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

GAP = timedelta(seconds=60)
"""Committed events that wait longer than this for their seal are a gap in sealing."""

# The new leaves joined to their events; the bounds of received_at leave the other months unread.
# The last name in the log's order is the day's name of an actor.
_ADD = """
WITH sealed AS MATERIALIZED (
    SELECT l.index, (e.received_at AT TIME ZONE 'UTC')::date AS day, e.event_type, e.action,
        e.severity, e.actor_kind = 'reporter' AS reported, e.actor_kind, e.actor_id, e.actor_name
    FROM audit_leaf l
    JOIN audit_auditevent e ON e.received_at = l.received_at AND e.id = l.event_id
    WHERE l.index >= %(start)s AND l.index < %(stop)s
        AND e.received_at BETWEEN %(first)s AND %(last)s
), counted AS (
    INSERT INTO audit_dailycount AS held
        (day, event_type, action, severity, reported, count, last_index)
    SELECT day, event_type, action, severity, reported, count(*), max(index)
    FROM sealed GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (day, event_type, action, severity, reported) DO UPDATE
    SET count = held.count + EXCLUDED.count, last_index = EXCLUDED.last_index
)
INSERT INTO audit_dailyactor AS held (day, actor_kind, actor_id, actor_name, count)
SELECT day, actor_kind, actor_id, (array_agg(actor_name ORDER BY index DESC))[1], count(*)
FROM sealed GROUP BY 1, 2, 3
ON CONFLICT (day, actor_kind, actor_id) DO UPDATE
SET count = held.count + EXCLUDED.count, actor_name = EXCLUDED.actor_name
"""

_GAP = """
INSERT INTO audit_sealinggap (size, opened_at, closed_at, events)
SELECT %(stop)s, opened_at, closed_at, (
    SELECT count(*) FROM audit_leaf
    WHERE index >= %(start)s AND index < %(stop)s AND received_at < closed_at - %(gap)s
)
FROM (
    SELECT greatest(%(first)s::timestamptz, before.signed_at) AS opened_at,
        this.signed_at AS closed_at
    FROM audit_checkpoint this LEFT JOIN audit_checkpoint before ON before.size = %(start)s
    WHERE this.size = %(stop)s
) span
WHERE closed_at - opened_at > %(gap)s
"""


def add(*, start: int, stop: int) -> None:
    """Count the events at the places ``start`` to ``stop`` (not included) of the log.

    In the sealer's transaction and as the sealer, once its leaves and checkpoint are written.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(received_at), max(received_at) FROM audit_leaf"
            " WHERE index >= %s AND index < %s",
            [start, stop],
        )
        first, last = cursor.fetchone()
        values = {"start": start, "stop": stop, "first": first, "last": last, "gap": GAP}
        cursor.execute(_ADD, values)
        cursor.execute(_GAP, values)


def forget(*, start: datetime, end: datetime) -> None:
    """Delete the counts of a dropped month, in the transaction that drops it (as the dropper)."""
    days = [start.date(), end.date()]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_dailycount WHERE day >= %s AND day < %s", days)
        cursor.execute("DELETE FROM audit_dailyactor WHERE day >= %s AND day < %s", days)


# Both ways round, so that a row missing on either side is a difference.
_DIFFERENCES = """
WITH sealed AS MATERIALIZED (
    SELECT l.index, (e.received_at AT TIME ZONE 'UTC')::date AS day, e.event_type, e.action,
        e.severity, e.actor_kind = 'reporter' AS reported, e.actor_kind, e.actor_id, e.actor_name
    FROM audit_auditevent e
    JOIN audit_leaf l ON l.event_id = e.id
    WHERE e.received_at >= %(first)s AND e.received_at < %(last)s
), raw_counts AS (
    SELECT day, event_type, action, severity, reported, count(*) AS count,
        max(index) AS last_index
    FROM sealed GROUP BY 1, 2, 3, 4, 5
), kept_counts AS (
    SELECT day, event_type, action, severity, reported, count, last_index
    FROM audit_dailycount
    WHERE day >= %(first_day)s AND day < %(last_day)s
), raw_actors AS (
    SELECT day, actor_kind, actor_id,
        (array_agg(actor_name ORDER BY index DESC))[1]::varchar AS actor_name, count(*) AS count
    FROM sealed GROUP BY 1, 2, 3
), kept_actors AS (
    SELECT day, actor_kind, actor_id, actor_name, count FROM audit_dailyactor
    WHERE day >= %(first_day)s AND day < %(last_day)s
)
SELECT
    (SELECT count(*) FROM (TABLE raw_counts EXCEPT TABLE kept_counts) a)
    + (SELECT count(*) FROM (TABLE kept_counts EXCEPT TABLE raw_counts) b)
    + (SELECT count(*) FROM (TABLE raw_actors EXCEPT TABLE kept_actors) c)
    + (SELECT count(*) FROM (TABLE kept_actors EXCEPT TABLE raw_actors) d),
    (SELECT count(*) FROM sealed)
"""


def differences(*, first: date, last: date) -> tuple[int, int]:
    """Compare the kept counts of the days ``first`` to ``last`` (not included, UTC) with counts
    of the sealed events themselves: how many rows differ, and how many events were counted."""
    values: dict[str, Any] = {
        "first": f"{first.isoformat()}T00:00:00Z",
        "last": f"{last.isoformat()}T00:00:00Z",
        "first_day": first,
        "last_day": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, values)
        differing, events = cursor.fetchone()
    return int(differing), int(events)
