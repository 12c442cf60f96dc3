"""The audit report from daily counts against a GROUP BY over the events, in one run.

Real events over a year in a scratch database (1 million unless ``--events`` says otherwise), made
by SQL; the daily counts are filled from them by the migration's own statements. Whole days cost
what the daily rows cost; parts of days cost their events: ``--days`` sets how dense they are.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.scratch import scratch

TYPES, ACTIONS, ACTORS = 12, 4, 60

EVENTS = f"""
INSERT INTO audit_auditevent
SELECT md5(i::text)::uuid, %(start)s::timestamptz + i * %(step)s::interval, NULL,
    'type ' || i %% {TYPES}, 'action ' || (i / 7) %% {ACTIONS},
    (ARRAY['INFO', 'INFO', 'INFO', 'WARNING', 'ERROR'])[1 + i %% 5],
    'person', ((i * 31) %% {ACTORS})::text, 'person ' || (i * 31) %% {ACTORS}, '192.0.2.1',
    'phi.Transcript', md5((i / 3)::text), '', '{{}}', decode(md5(i::text), 'hex')
FROM generate_series(%(first)s::bigint, %(last)s::bigint) i
"""
LEAVES = """
INSERT INTO audit_leaf
SELECT i, md5(i::text)::uuid, %(start)s::timestamptz + i * %(step)s::interval,
    decode(md5(i::text) || md5(i::text), 'hex')
FROM generate_series(%(first)s::bigint, %(last)s::bigint) i
"""
RAW = """
SELECT event_type, action, severity, (received_at AT TIME ZONE 'UTC')::date, actor_id, count(*)
FROM audit_auditevent WHERE received_at >= %s AND received_at < %s
GROUP BY GROUPING SETS ((1, 2), (3), (4), (5))
"""


def fill(events: int, days: int, start: datetime) -> None:
    """As the owner: partitions, events, leaves, a checkpoint, and the daily counts of them."""
    from django.db import connection

    connection.settings_dict["OPTIONS"].pop("options", None)
    connection.close()
    step = f"{days * 86_400_000_000 // events} microseconds"
    migration = importlib.import_module("audit.migrations.0004_reports")
    with connection.cursor() as cursor:
        for day in range(0, days + 31, 27):
            cursor.execute("SELECT audit_ensure_partition(%s)", [start + timedelta(days=day)])
        for first in range(0, events, 500_000):
            last = min(first + 500_000, events) - 1
            values = {"start": start, "step": step, "first": first, "last": last}
            cursor.execute(EVENTS, values)
            cursor.execute(LEAVES, values)
        cursor.execute(
            "INSERT INTO audit_checkpoint VALUES (%s, 'bench', '', '', %s)",
            [events, start + timedelta(days=days)],
        )
        cursor.execute(migration.FILL)
        cursor.execute("VACUUM ANALYZE")


def milliseconds(function: Callable[[], object], times: int) -> float:
    function()
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        function()
        taken.append((time.perf_counter() - before) * 1000)
    return round(statistics.median(taken), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="up to 10,000,000")
    parser.add_argument("--days", type=int, default=365)
    arguments = parser.parse_args()
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - timedelta(days=arguments.days)
    with scratch("bench_audit_report"):
        from django.db import connection

        from audit.figures import figures
        from audit.rollups import differences
        from core import reports
        from core.database import WEB

        fill(arguments.events, arguments.days, start)
        differing, counted = differences(first=start.date(), last=today.date())
        assert (differing, counted) == (0, arguments.events)
        connection.close()
        connection.settings_dict["OPTIONS"]["options"] = f"-c role={WEB}"

        def raw() -> None:
            with connection.cursor() as cursor:
                cursor.execute(RAW, [start, today])
                cursor.fetchall()

        question = {"from": start.isoformat(), "to": today.isoformat()}
        found = figures(start, today)
        assert found.total == arguments.events
        whole = milliseconds(lambda: figures(start, today), 15)
        hours = timedelta(hours=12)
        edges = milliseconds(lambda: figures(start + hours, today - hours), 9)
        document = milliseconds(lambda: reports.render(reports.make("audit", question), "json"), 9)
        pdf = milliseconds(lambda: reports.render(reports.make("audit", question), "pdf"), 3)
        grouped = milliseconds(raw, 3)
        result = {
            "events": arguments.events,
            "days": arguments.days,
            "daily_rows": sum(_rows(table) for table in ("audit_dailycount", "audit_dailyactor")),
            "whole_days_ms": whole,
            "two_half_days_ms": edges,
            "json_report_ms": document,
            "pdf_report_ms": pdf,
            "group_by_ms": grouped,
            "report_to_group_by": round(whole / grouped, 4),
        }
        print(json.dumps(result, indent=2))


def _rows(table: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
