"""Every event against its entry, and every entry against its leaf.

One statement joins a range of events with their places, a leaf or a row of the outbox, whichever
side has rows; the columns are written down again as canonical bytes and must be the entry, byte
for byte. Knows no Django, so that a process of its own starts at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg import capabilities
from psycopg.types.string import ByteaBinaryLoader

from audit import canonical
from audit.verifier.findings import Counts, Finding, Findings
from audit.verifier.months import Months, month_of

CHUNK = 1000
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_MOMENTS = 10_000

_TEXTS = (
    "event_type action severity actor_kind actor_id actor_name actor_address object_type"
    " object_id request_id"
).split()
_QUERY = """
SELECT coalesce(e.id, p.event_id), e.tableoid::bigint, e.received_at, e.occurred_at, {texts},
    e.details, e.entry, p.index, p.received_at, p.leaf_hash
FROM (SELECT *, tableoid FROM audit_auditevent WHERE {range_of_id}) e
FULL JOIN (
    SELECT index, event_id, received_at, leaf_hash FROM audit_leaf WHERE {range_of_place}
    UNION ALL
    SELECT NULL::bigint, event_id, received_at, leaf_hash FROM audit_outbox WHERE {range_of_place}
) p ON p.event_id = e.id
"""

Row = tuple[Any, ...]


def check_entries(
    connection: psycopg.Connection[Any], months: Months, low: UUID | None, high: UUID | None
) -> tuple[Counts, Findings]:
    """Check the events and places with ids from ``low`` up to ``high`` (None is no bound)."""
    counts, findings = Counts(), Findings()
    moments = _Moments()
    attached, dumps, loads = months.attached, orjson.dumps, orjson.loads
    sort = orjson.OPT_SORT_KEYS
    both = 0
    daily, actors = counts.daily, counts.actors
    for row in _rows(connection, low, high):
        (
            id_,
            table,
            received,
            occurred,
            event_type,
            action,
            severity,
            actor_kind,
            actor_id,
            actor_name,
            actor_address,
            object_type,
            object_id,
            request_id,
            details,
            entry,
            index,
            placed,
            leaf,
        ) = row
        if entry is None or leaf is None:
            _unpaired(row, months, counts, findings)
            continue
        both += 1
        name = id_.hex()
        try:
            text, month, day = moments[received]
            written = dumps(
                {
                    "action": action,
                    "actor_address": actor_address,
                    "actor_id": actor_id,
                    "actor_kind": actor_kind,
                    "actor_name": actor_name,
                    "details": loads(details[1:]),
                    "event_type": event_type,
                    "id": f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}",
                    "object_id": object_id,
                    "object_type": object_type,
                    "occurred_at": None if occurred is None else moments[occurred][0],
                    "received_at": text,
                    "request_id": request_id,
                    "severity": severity,
                    "v": 1,
                },
                option=sort,
            )
        except (ValueError, OverflowError, TypeError):
            written, month = b"", ""
        else:
            if index is not None:
                key = (day, event_type, action, severity, actor_kind == "reporter")
                daily[key] = daily.get(key, 0) + 1
                who = (day, actor_kind, actor_id)
                actors[who] = actors.get(who, 0) + 1
        if (
            written != entry
            or sha256(b"\0" + entry).digest() != leaf
            or placed != received
            or attached.get(table) != month
        ):
            fault = explain(row, months)
            if fault is not None:
                findings.add(_finding(row, *fault))
    counts.both = both
    counts.events += both
    return counts, findings


def _rows(
    connection: psycopg.Connection[Any], low: UUID | None, high: UUID | None
) -> Iterator[Row]:
    bounds = [f"{{0}} >= '{low}'"] if low else []
    bounds += [f"{{0}} < '{high}'"] if high else []
    where = " AND ".join(bounds) or "true"
    query = _QUERY.format(
        texts=", ".join(f"e.{name}" for name in _TEXTS),
        range_of_id=where.format("id"),
        range_of_place=where.format("event_id"),
    )
    if capabilities.has_stream_chunked():
        # The server goes on while we compare, and keeps nothing.
        cursor = psycopg.Cursor(connection)
        _as_bytes(cursor)
        yield from cursor.stream(query.encode(), binary=True, size=CHUNK)
        return
    with psycopg.ServerCursor(connection, "audit_entries") as held:
        _as_bytes(held)
        held.execute(query.encode(), binary=True)
        while rows := held.fetchmany(CHUNK):
            yield from rows


def _as_bytes(cursor: psycopg.Cursor[Any]) -> None:
    """What is only compared need not be understood."""
    for kind in ("uuid", "timestamptz", "jsonb"):
        cursor.adapters.register_loader(kind, ByteaBinaryLoader)


class _Moments(dict[bytes, tuple[str, str, str]]):
    """PostgreSQL's eight bytes of a time to its canonical text, its month and its day."""

    def __missing__(self, raw: bytes) -> tuple[str, str, str]:
        if len(self) >= _MOST_MOMENTS:
            self.clear()
        microseconds = int.from_bytes(raw, "big", signed=True)
        moment = _EPOCH + timedelta(microseconds=microseconds)
        text = canonical.moment(moment)
        found = self[raw] = (text, month_of(microseconds), text[:10])
        return found


def _unpaired(row: Row, months: Months, counts: Counts, findings: Findings) -> None:
    """An event without a place, or a place without its event."""
    index, placed = row[16], row[17]
    if row[1] is not None and row[15] is None:
        counts.both += 1
        counts.events += 1
        findings.add(_finding(row, "entry-edited", "The event's row is there without its entry."))
        return
    if row[15] is not None:
        counts.events += 1
        findings.add(
            _finding(
                row,
                "row-without-leaf",
                "The event has no leaf and does not wait for one: it was put in, or its place"
                " was taken away.",
            )
        )
        return
    counts.without_event += 1
    try:
        month = month_of(int.from_bytes(placed, "big", signed=True))
    except (ValueError, OverflowError, TypeError):
        month = "none"
    fault = months.fault(month, index) if month != "none" else ("deleted-row", "The row is gone.")
    if fault is None:
        counts.dropped[month] = counts.dropped.get(month, 0) + 1
    else:
        findings.add(_finding(row, *fault))


def _finding(row: Row, code: str, reason: str) -> Finding:
    named = f"leaf {row[16]}" if row[0] is None else str(UUID(bytes=row[0]))
    return Finding(code, reason, named, row[16])


def explain(row: Row, months: Months) -> tuple[str, str] | None:
    """Which of an event's values is wrong: code and sentence; None where nothing is."""
    received, entry, placed, leaf = row[2], row[15], row[17], row[18]
    state = "" if row[16] is not None else " (it is not sealed yet)"
    known = sha256(b"\0" + entry).digest() == leaf
    columns = _columns(row)
    try:
        told = orjson.loads(entry)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return "entry-edited", f"The entry is no JSON object{state}."
    names = sorted({*columns, *told})
    missing = object()
    differing = [n for n in names if columns.get(n, missing) != told.get(n, missing)]
    # 1 and 1.0, and true and 1, are equal in Python and are not the same bytes.
    same = canonical.encode(columns) if not differing else b""
    if differing:
        listed = ", ".join(differing)
        if known and told.get("v") != canonical.VERSION:
            return "unknown-version", f"The entry is of a version that is not known here{state}."
        if "id" in differing and told.get("id") is not None:
            return (
                "swapped-row",
                f"The row holds the entry of event {str(told.get('id'))[:60]}: rows were swapped"
                f" or the id was changed{state}.",
            )
        if known:
            code = "changed-timestamp" if differing == ["received_at"] else "edited-field"
            return code, f"Not what the entry says: {listed}{state}."
        if sha256(b"\0" + canonical.encode(columns)).digest() == leaf:
            return "entry-edited", f"The entry was changed, the columns were not: {listed}{state}."
        return "edited-event", f"Columns and entry were changed, and differ: {listed}{state}."
    if not known:
        if same != entry:
            return "entry-edited", f"The entry does not hash to its leaf{state}."
        return (
            "edited-event",
            "The event does not hash to its leaf: columns and entry were changed alike, or the"
            f" leaf was{state}.",
        )
    if same != entry:
        return "not-canonical", f"A value is written in another form than in the entry{state}."
    if placed != received:
        return "changed-timestamp", f"The leaf has another time of receipt than the event{state}."
    month = month_of(int.from_bytes(received, "big", signed=True))
    if months.attached.get(row[1]) != month:
        return (
            "wrong-partition",
            f"The event of {month} lies in the partition {months.attached.get(row[1])}{state}.",
        )
    return None


def _columns(row: Row) -> dict[str, Any]:
    """The columns as ``audit.services.fields_of`` gives them."""

    def moment(raw: bytes | None) -> Any:
        if raw is None:
            return None
        try:
            return _Moments()[raw][0]
        except OverflowError:
            return "out of range"

    try:
        details = orjson.loads(row[14][1:])
    except (ValueError, TypeError):
        details = "unreadable"
    return {
        "v": canonical.VERSION,
        "id": str(UUID(bytes=row[0])),
        "received_at": moment(row[2]),
        "occurred_at": moment(row[3]),
        **dict(zip(_TEXTS, row[4:14], strict=True)),
        "details": details,
    }
