"""The figures of a period of the log: whole days from the daily counts, the edges from events.

One statement, one view of the data: a sealer at work between two of them would have an event
counted twice or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from audit.models import AuditEvent, Checkpoint, SealingGap

DAY = timedelta(days=1)

# Of the edges only what is sealed is counted, as in the daily counts: what is not in the queue.
_EDGE = """
    SELECT (e.received_at AT TIME ZONE 'UTC')::date AS day, e.event_type, e.action, e.severity,
        e.actor_kind = 'reporter' AS reported, e.actor_kind, e.actor_id
    FROM audit_auditevent e
    WHERE e.received_at >= %({0}_from)s AND e.received_at < %({0}_to)s
        AND e.id NOT IN (SELECT event_id FROM waiting)
"""
_FIGURES = f"""
WITH waiting AS MATERIALIZED (
    SELECT event_id, received_at FROM audit_outbox
    WHERE received_at >= %(from)s AND received_at < %(to)s
), edges AS MATERIALIZED (
    SELECT day, event_type, action, severity, reported, actor_kind, actor_id, count(*) AS count
    FROM ({_EDGE.format("head")} UNION ALL {_EDGE.format("tail")}) parts
    GROUP BY 1, 2, 3, 4, 5, 6, 7
), counts AS (
    SELECT day, event_type, action, severity, reported, count, last_index
    FROM audit_dailycount
    WHERE day >= %(first_day)s AND day < %(last_day)s
    UNION ALL
    SELECT day, event_type, action, severity, reported, count, NULL FROM edges
), sums AS (
    SELECT day, event_type, action, reported, severity, sum(count)::bigint AS count,
        max(last_index) AS last_index
    FROM counts
    GROUP BY GROUPING SETS ((event_type, action, reported), (severity), (day))
), actors AS (
    SELECT day, actor_kind, actor_id, actor_name, count FROM audit_dailyactor
    WHERE day >= %(first_day)s AND day < %(last_day)s
    UNION ALL
    SELECT day, actor_kind, actor_id, (
        -- One look-up by index an actor, where a sort of every event's name would cost more.
        SELECT e.actor_name FROM audit_auditevent e
        WHERE e.actor_id = part.actor_id AND e.actor_kind = part.actor_kind
            AND e.received_at >= %(from)s AND e.received_at < %(to)s
            AND e.received_at < (part.day + 1)::timestamp AT TIME ZONE 'UTC'
            AND e.id NOT IN (SELECT event_id FROM waiting)
        ORDER BY e.received_at DESC, e.id DESC LIMIT 1
    ), count
    FROM (
        SELECT day, actor_kind, actor_id, sum(count)::bigint AS count FROM edges GROUP BY 1, 2, 3
    ) part
), people AS (
    -- The latest day's name: a day has one, and ten characters.
    SELECT actor_kind, actor_id, sum(count)::bigint AS count,
        substr(max((day::text || actor_name) COLLATE "C"), 11) AS actor_name
    FROM actors GROUP BY 1, 2
)
SELECT
    (SELECT coalesce(json_agg(json_build_array(event_type, action, reported, count)), '[]')
        FROM sums WHERE event_type IS NOT NULL),
    (SELECT coalesce(json_agg(json_build_array(severity, count)), '[]')
        FROM sums WHERE severity IS NOT NULL),
    (SELECT coalesce(json_agg(json_build_array(day, count)), '[]')
        FROM sums WHERE day IS NOT NULL),
    (SELECT coalesce(json_agg(json_build_array(actor_kind, actor_id, actor_name, count)), '[]')
        FROM people),
    (SELECT count(*) FROM waiting),
    (SELECT min(received_at) FROM waiting),
    greatest(
        (SELECT max(last_index) FROM sums),
        (SELECT max(last_index) FROM audit_dailycount
            WHERE day IN (%(head_day)s, %(tail_day)s))
    )
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Sealed events of a period. ``by_action`` tells what this system saw from what applications
    reported to it (True). ``unsealed`` wait for their seal, the oldest since
    ``unsealed_since``, and are in no count. ``checkpoint`` is the first that commits to
    everything counted. ``dropped_before``: what the log received before this moment went with its
    months, after its keep time; None where nothing has gone."""

    by_action: tuple[tuple[str, str, bool, int], ...]
    by_severity: tuple[tuple[str, int], ...]
    by_day: tuple[tuple[date, int], ...]
    by_actor: tuple[tuple[str, str, str, int], ...]
    unsealed: int
    unsealed_since: datetime | None
    checkpoint: Checkpoint | None
    gaps: tuple[SealingGap, ...]
    dropped_before: datetime | None

    @property
    def total(self) -> int:
        return sum(count for *_, count in self.by_action)

    @property
    def by_type(self) -> tuple[tuple[str, int], ...]:
        sums: dict[str, int] = {}
        for event_type, *_, count in self.by_action:
            sums[event_type] = sums.get(event_type, 0) + count
        return tuple(sorted(sums.items()))


def edges(start: datetime, end: datetime) -> dict[str, Any]:
    """How [start, end) falls into whole days (UTC) and up to two parts of days."""
    first = _midnight(start)
    if first < start:
        first += DAY
    last = _midnight(end)
    if last < first:
        # Inside one day: no whole one, and one part.
        first = last = _midnight(start)
        head, tail = (start, end), (end, end)
    else:
        head, tail = (start, first), (last, end)
    return {
        "from": start,
        "to": end,
        "head_from": head[0],
        "head_to": head[1],
        "tail_from": tail[0],
        "tail_to": tail[1],
        "first_day": first.date(),
        "last_day": last.date(),
        # Days of which a part is read: their counts say how far the log had come by their end.
        "head_day": head[0].date() if head[0] < head[1] else None,
        "tail_day": tail[0].date() if tail[0] < tail[1] else None,
    }


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


def _rank(row: list[Any]) -> int:
    return [str(severity) for severity in AuditEvent.Severity].index(row[0])


def figures(start: datetime, end: datetime) -> Figures:
    """The figures of [start, end), both UTC. Four queries, whatever the period."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, edges(start, end))
        actions, severities, days, actors, unsealed, since, last_index = cursor.fetchone()
        cursor.execute(
            "SELECT min(substring(c.relname from '[0-9]{4}_[0-9]{2}$')),"
            " (SELECT received_at FROM audit_leaf WHERE index = 0)"
            " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'audit_auditevent'::regclass"
        )
        month, oldest = cursor.fetchone()
    kept_from = None if month is None else datetime.strptime(month, "%Y_%m").replace(tzinfo=UTC)
    # Leaves stay when their month goes: the first tells whether one has gone.
    gone = kept_from is not None and oldest is not None and oldest < kept_from
    point = None
    if last_index is not None:
        point = Checkpoint.objects.filter(size__gt=last_index).order_by("size").first()
    gaps = SealingGap.objects.filter(closed_at__gt=start, opened_at__lt=end).order_by("size")
    return Figures(
        by_action=tuple(sorted(tuple(row) for row in actions)),
        by_severity=tuple((severity, count) for severity, count in sorted(severities, key=_rank)),
        by_day=tuple(sorted((date.fromisoformat(day), count) for day, count in days)),
        by_actor=tuple(
            (kind, id_, name, count)
            for kind, id_, name, count in sorted(actors, key=lambda row: (-row[3], row[0], row[1]))
        ),
        unsealed=unsealed,
        unsealed_since=since,
        checkpoint=point,
        gaps=tuple(gaps),
        dropped_before=kept_from if gone else None,
    )
