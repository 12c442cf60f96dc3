"""The parts of a verification, in this process or in several that see one snapshot."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import psycopg

from audit.verifier.entries import check_entries
from audit.verifier.findings import Counts, Findings
from audit.verifier.months import Months
from audit.verifier.tree import Grown, Point, check_tree

CHUNK = 25_000
"""Entries in one statement: what a join may have to hold."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Grow the tree and compare checkpoints, tiles and what others say."""

    keys: Sequence[tuple[str, bytes]]
    others: Sequence[Point]

    def run(self, connection: psycopg.Connection[Any]) -> Grown:
        return check_tree(connection, self.keys, self.others)


@dataclass(frozen=True, slots=True)
class Entries:
    """Check the events and places with ids in a range."""

    months: Months
    low: UUID | None
    high: UUID | None

    def run(self, connection: psycopg.Connection[Any]) -> tuple[Counts, Findings]:
        return check_entries(connection, self.months, self.low, self.high)


Part = Tree | Entries


def ranges(
    connection: psycopg.Connection[Any], *, chunk: int = CHUNK
) -> list[tuple[UUID | None, UUID | None]]:
    """All ids in ranges of about ``chunk`` leaves each; the first and the last are open."""
    cursor = psycopg.Cursor(connection)
    cursor.execute("SELECT coalesce(max(index), 0) FROM audit_leaf")
    (last,) = cursor.fetchone() or (0,)
    cursor.execute(
        "SELECT event_id::text FROM audit_leaf WHERE index = ANY(%s)",
        [list(range(chunk, last, chunk))],
    )
    bounds = sorted({UUID(text) for (text,) in cursor.fetchall()})
    return list(pairwise([None, *bounds, None]))


def prepare(connection: psycopg.Connection[Any]) -> None:
    """Rows are wanted to the last, and in the order of ids both sides have an index; a hash of
    whole events would take twice the time."""
    psycopg.Cursor(connection).execute(
        "SELECT set_config('cursor_tuple_fraction', '1', true),"
        " set_config('work_mem', '32MB', true), set_config('jit', 'off', true),"
        " set_config('enable_hashjoin', 'off', true)"
    )


def here(connection: psycopg.Connection[Any], parts: Iterable[Part]) -> Iterator[Any]:
    """One part after the other on ``connection``."""
    for part in parts:
        yield part.run(connection)


_connection: psycopg.Connection[Any] | None = None


def _open(conninfo: str, snapshot: str) -> None:
    global _connection
    _connection = psycopg.connect(conninfo)
    cursor = psycopg.Cursor(_connection)
    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    cursor.execute(b"SET TRANSACTION SNAPSHOT '%b'" % snapshot.encode())
    prepare(_connection)


def _run(part: Part) -> Any:
    assert _connection is not None
    return part.run(_connection)


def apart(
    connection: psycopg.Connection[Any],
    conninfo: str,
    snapshot: str,
    parts: Sequence[Part],
    processes: int,
) -> Iterator[Any]:
    """The parts in so many processes, this one among them, that read the same ``snapshot``,
    which ``connection`` holds open. This one begins with the first part and goes on with what the
    others have not begun."""
    # A forked process starts at once; with threads about it might start with a lock held.
    forks = sys.platform == "linux" and threading.active_count() == 1
    with ProcessPoolExecutor(
        processes - 1,
        mp_context=get_context("fork" if forks else "spawn"),
        initializer=_open,
        initargs=(conninfo, snapshot),
    ) as pool:
        others = [(part, pool.submit(_run, part)) for part in parts[1:]]
        yield parts[0].run(connection)
        elsewhere = []
        for part, future in reversed(others):
            if future.cancel():
                yield part.run(connection)
            else:
                elsewhere.append(future)
        for future in elsewhere:
            yield future.result()
