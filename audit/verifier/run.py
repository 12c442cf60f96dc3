"""``verify``: the whole log, as the database stands at one moment."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection as django_connection
from django.db import transaction
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from audit import note as notes
from audit.verifier import copies, months, work
from audit.verifier.findings import Counts, Finding, Findings
from audit.verifier.tree import Grown, Point
from core import signing

SMALL = 20_000
"""Below so many entries other processes cost more than they save."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification came to.

    ``events``: rows of events read; ``size`` and ``root``: of the tree that their leaves make;
    ``unsealed``: events that wait for their seal, checked as well; ``dropped``: leaves whose
    month was dropped rightly; ``copies``: checkpoints of outside copies that were compared;
    ``faults``: how many things are wrong, of which ``first_bad`` is the first in the log.
    """

    events: int
    size: int
    root: bytes
    unsealed: int
    checkpoints: int
    copies: int
    dropped: int
    faults: int
    first_bad: Finding | None

    @property
    def ok(self) -> bool:
        return self.faults == 0

    def document(self) -> dict[str, Any]:
        """As ``verify_audit --json`` prints it."""
        bad = self.first_bad
        return {
            "ok": self.ok,
            "events": self.events,
            "size": self.size,
            "root": b64encode(self.root).decode(),
            "unsealed": self.unsealed,
            "checkpoints": self.checkpoints,
            "copies": self.copies,
            "dropped": self.dropped,
            "faults": self.faults,
            "first_bad": None
            if bad is None
            else {"id": bad.id, "index": bad.index, "code": bad.code, "reason": bad.reason},
        }


def verify(*, outside: Sequence[str] = (), keys: Sequence[str] = (), processes: int = 1) -> Verdict:
    """Check every event, leaf, tile and checkpoint, and that the log leads to ``outside``.

    ``outside``: texts kept elsewhere, each a run of signed notes. ``keys``: verifier keys of
    which one must have signed each note; the installation's own when there is none. Reads one
    snapshot; in a transaction that is open already, that one, in this process. Raises BadNote
    for a bad key.
    """
    trusted = [notes.parse_verifier_key(key) for key in keys] or [
        (settings.AUDIT_ORIGIN, signing.public_key_raw())
    ]
    kept, findings = copies.points(outside, trusted)
    with _snapshot() as (connection, snapshot):
        work.prepare(connection)
        calendar = months.read(connection, timezone.now())
        promised = [
            Point(each.size, each.root, f"event {each.event_id}") for each in calendar.promises
        ]
        ranges = work.ranges(connection)
        parts: list[work.Part] = [
            work.Tree(trusted, [*kept, *promised]),
            *(work.Entries(calendar, low, high) for low, high in ranges),
        ]
        several = processes > 1 and snapshot and _entries(connection) >= SMALL
        if several:
            results = work.apart(connection, _conninfo(connection), snapshot, parts, processes)
        else:
            results = work.here(connection, parts)
        return _conclude(connection, results, calendar, findings, copies=len(kept))


@contextmanager
def _snapshot() -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """The database at one moment; the snapshot's name, none inside another transaction."""
    inside = django_connection.in_atomic_block
    with transaction.atomic():
        with django_connection.cursor() as cursor:
            if inside:
                snapshot = ""
            else:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                (snapshot,) = cursor.fetchone()
        yield django_connection.connection, snapshot


def _conninfo(connection: psycopg.Connection[Any]) -> str:
    parameters = connection.info.get_parameters()
    return make_conninfo(**parameters, password=connection.info.password or None)


def _entries(connection: psycopg.Connection[Any]) -> int:
    cursor = psycopg.Cursor(connection)
    cursor.execute(
        "SELECT coalesce((SELECT max(index) FROM audit_leaf), 0)"
        " + (SELECT count(*) FROM audit_outbox)"
    )
    (count,) = cursor.fetchone() or (0,)
    return int(count)


def _conclude(
    connection: psycopg.Connection[Any],
    results: Iterator[Any],
    calendar: months.Months,
    findings: Findings,
    *,
    copies: int,
) -> Verdict:
    counts, grown = Counts(), Grown()
    for result in results:
        if isinstance(result, Grown):
            grown = result
            findings.merge(grown.findings)
        else:
            counts.merge(result[0])
            findings.merge(result[1])
    cursor = psycopg.Cursor(connection)
    cursor.execute("SELECT (SELECT count(*) FROM audit_leaf), (SELECT count(*) FROM audit_outbox)")
    leaves, waiting = cursor.fetchone() or (0, 0)
    _find_doubles(cursor, findings, counts, leaves + waiting)
    _compare_dropped(findings, counts, calendar)
    _compare_published(cursor, findings)
    if not findings.count:
        # Of events that are not what they were, the counts say nothing.
        _compare_daily(connection, findings, counts)
    return Verdict(
        events=counts.events,
        size=grown.size,
        root=grown.root,
        unsealed=waiting,
        checkpoints=grown.checkpoints,
        copies=copies,
        dropped=sum(counts.dropped.values()),
        faults=findings.count,
        first_bad=findings.first,
    )


def _find_doubles(
    cursor: psycopg.Cursor[Any], findings: Findings, counts: Counts, places: int
) -> None:
    """Each place has one event at most: one that stands twice was met twice by its place."""
    cursor.execute(
        "SELECT event_id::text, index FROM audit_outbox JOIN audit_leaf USING (event_id)"
        " ORDER BY index LIMIT 1"
    )
    row = cursor.fetchone()
    if row is not None:
        findings.add(Finding("double-row", "The sealed event waits for a second seal.", *row))
        return
    if counts.both + counts.without_event == places:
        return
    cursor.execute(
        "SELECT id::text, (SELECT index FROM audit_leaf WHERE event_id = id LIMIT 1)"
        " FROM audit_auditevent GROUP BY id HAVING count(*) > 1 ORDER BY 2, 1 LIMIT 1"
    )
    row = cursor.fetchone() or ("unknown", None)
    findings.add(Finding("double-row", "The event is there more than once.", row[0], row[1]))


def _compare_dropped(findings: Findings, counts: Counts, calendar: months.Months) -> None:
    for month, (told, _) in sorted(calendar.dropped.items()):
        gone = counts.dropped.get(month, 0)
        if gone != told:
            findings.add(
                Finding(
                    "dropped-count",
                    f"The event that tells of its drop counts {told} events; {gone} leaves of"
                    f" {month} are without an event.",
                    f"month {month}",
                )
            )


def _compare_daily(connection: psycopg.Connection[Any], findings: Findings, counts: Counts) -> None:
    """The daily counts that reports are made from are those of the events."""
    kinds: tuple[tuple[str, str, dict[Any, int]], ...] = (
        ("audit_dailycount", "event_type, action, severity, reported", counts.daily),
        ("audit_dailyactor", "actor_kind, actor_id", counts.actors),
    )
    for table, columns, counted in kinds:
        with psycopg.ServerCursor(connection, table) as cursor:
            cursor.execute(f"SELECT day::text, {columns}, count FROM {table}".encode())
            for *key, kept in cursor:
                _compare_count(findings, tuple(key), counted.pop(tuple(key), 0), kept)
        for missing, there in counted.items():
            _compare_count(findings, missing, there, 0)


def _compare_count(findings: Findings, key: tuple[Any, ...], there: int, kept: int) -> None:
    if there == kept:
        return
    named = " ".join(str(part) for part in key[1:4] if str(part))
    findings.add(
        Finding(
            "counts-differ",
            f"The counts that reports are made from say {kept} of {named}; there are {there} sealed"
            " events.",
            f"day {key[0]}",
        )
    )


def _compare_published(cursor: psycopg.Cursor[Any], findings: Findings) -> None:
    """A checkpoint that was handed to an outside copy is stored as it was."""
    cursor.execute(
        "SELECT p.size FROM audit_publication p LEFT JOIN audit_checkpoint c ON c.size = p.size"
        " WHERE p.state = 'published' AND encode(sha256(convert_to(c.note, 'UTF8')), 'hex')"
        " IS DISTINCT FROM p.note_hash ORDER BY p.size LIMIT 1"
    )
    row = cursor.fetchone()
    if row is not None:
        findings.add(
            Finding(
                "checkpoint-missing",
                "A checkpoint that was handed to an outside copy is not stored as it was.",
                f"checkpoint {row[0]}",
                max(row[0] - 1, 0),
                2,
            )
        )
