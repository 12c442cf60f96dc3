"""Rotation: everything that is wrapped under an old key, wrapped under the newest.

Small keys and short text are rewritten, content never. What is still to do is said by the data
itself (each value names its key), so that a rotation that was killed goes on where it was, two
at once do no harm, and the end is proved by counting. Both keys are in the list meanwhile: no
read fails. A row is written only while it still holds the value that was read, so that neither a
newer value is lost nor a destroyed key comes back.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg import Cursor

from audit.services import record
from core import wrapping
from core.actors import Actor
from core.errors import CiphertextRefused
from core.fields import PREFIX, rewrap
from vault.columns import Column, by_key, columns
from vault.keys import count_and_keep, newest_row
from vault.models import WrappingKey

logger = logging.getLogger(__name__)

BATCH = 4000
# A whole pass over a column is made again for rows that somebody else held or wrote meanwhile.
PASSES = 5
# Shorter than PostgreSQL's deadlock_timeout (1 s): of two who wait for each other it is always
# the rotation that gives way.
LOCK_TIMEOUT = "200ms"

_FIRST = (
    "SELECT {pk}::text, {column} FROM {table} WHERE {column} IS NOT NULL"
    " AND NOT starts_with({column}, %s) ORDER BY {pk} LIMIT %s::bigint"
)
_NEXT = (
    "SELECT {pk}::text, {column} FROM {table} WHERE {column} IS NOT NULL"
    " AND NOT starts_with({column}, %s) AND {pk} > %s::{pk_type} ORDER BY {pk} LIMIT %s::bigint"
)

Progress = Callable[[int, int], None]
Row = tuple[str, str, str]


@dataclass(slots=True)
class Rewrapped:
    """What a rotation did: the key's id that everything is under now, how many values were
    rewritten, how many are left under which other key ("" for values from before key ids), and
    how many did not open."""

    to: str
    values: int = 0
    refused: int = 0
    left: dict[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether nothing is left under another key."""
        return not any(self.left.values())


def waiting(counts: dict[str, Counter[str]], to: str) -> dict[str, int]:
    """How many values lie under other keys than ``to``, by key id."""
    return {key: rows for key, rows in sorted(by_key(counts).items()) if key != to and rows}


def rewrap_all(*, actor: Actor, progress: Progress | None = None, batch: int = BATCH) -> Rewrapped:
    """Wrap under the newest key whatever is under another. One event when it begins, one when it
    ends. Raises KeyUnavailable where the newest key cannot be loaded.

    ``progress(done, total)`` is called between batches, outside a transaction.
    """
    result = Rewrapped(wrapping.ring().newest.id)
    to = newest_row()
    before = waiting(count_and_keep(), result.to)
    total = sum(before.values())
    _record(actor, "rotation_started", to, before)
    say = progress or (lambda done, total: None)
    say(0, total)
    for column in columns():
        for _ in range(PASSES):
            missed = _pass(column, result, batch, lambda: say(min(result.values, total), total))
            if not missed:
                break
    result.left = waiting(count_and_keep(), result.to)
    _record(
        actor,
        "rotation_finished",
        to,
        result.left,
        values=result.values,
        refused=result.refused,
        complete=result.complete,
    )
    say(total, total)
    return result


@transaction.atomic
def _record(
    actor: Actor, action: str, to: WrappingKey, others: dict[str, int], **details: Any
) -> None:
    # By their rows: the ids of keys look like numbers, which the log masks.
    rows = {row.key_id: str(row.pk) for row in WrappingKey.objects.all()}
    named = {rows.get(each or WrappingKey.BEFORE_IDS, "?"): n for each, n in others.items()}
    record(
        actor=actor,
        event_type="vault",
        action=action,
        obj=to,
        details={"under_others": named, **details},
    )


def _pass(column: Column, result: Rewrapped, batch: int, say: Callable[[], None]) -> int:
    """Once over a column. Returns how many rows somebody else held or changed meanwhile."""
    done = missed = refused = 0
    with _writer(column) as write:
        pending: tuple[Future[int], int] | None = None

        def settle() -> None:
            nonlocal done, missed
            if pending is not None:
                written, asked = pending[0].result(), pending[1]
                done += written
                missed += asked - written
                result.values += written
                say()

        for page in _pages(column, result.to, batch):
            made, bad = _rewrapped(column, page)
            refused += bad
            settle()
            pending = write(made), len(made)
        settle()
    if not missed:
        result.refused += refused
    return missed


def _pages(column: Column, to: str, batch: int) -> Iterator[list[tuple[str, str]]]:
    """Rows under other keys, by primary key: (primary key as text, stored value)."""
    names = column.sql()
    last: str | None = None
    while True:
        statement, values = _FIRST.format(**names), [f"{PREFIX}{to}:"]
        if last is not None:
            statement = _NEXT.format(**names)
            values.append(last)
        values.append(str(batch))
        page = _raw(statement, values, rows=True)
        if page:
            yield page
        if len(page) < batch:
            return
        last = page[-1][0]


def _rewrapped(column: Column, page: list[tuple[str, str]]) -> tuple[list[Row], int]:
    made: list[Row] = []
    context = column.field.context
    bad = 0
    for pk, stored in page:
        try:
            made.append((pk, stored, rewrap(context, pk, stored)))
        except CiphertextRefused:
            # Its key is missing, or it was changed: counted at the end, named by
            # verify_encryption, and left as it is.
            bad += 1
    return made, bad


@contextmanager
def _writer(column: Column) -> Iterator[Callable[[list[Row]], Future[int]]]:
    """Write while the next batch is read and encrypted: on a connection of its own, but inside
    a caller's transaction, which must see it, on the caller's."""
    if connection.in_atomic_block:

        def at_once(made: list[Row]) -> Future[int]:
            future: Future[int] = Future()
            future.set_result(_write(column, made))
            return future

        yield at_once
        return
    with ThreadPoolExecutor(1) as pool:
        try:
            yield lambda made: pool.submit(_write, column, made)
        finally:
            pool.submit(lambda: connection.close()).result()


def _write(column: Column, made: list[Row]) -> int:
    if not made:
        return 0
    try:
        return _update(column, made, "")
    except OperationalError:
        # Somebody holds one of the rows for longer: the others are written, that one is left
        # to the next pass.
        names = column.sql()
        free = (
            "AND t.{pk} IN (SELECT h.{pk} FROM {table} h"
            " WHERE h.{pk} = ANY(%b::text[]::{pk_type}[]) FOR UPDATE SKIP LOCKED)"
        ).format(**names)
        return _update(column, made, free)


def _update(column: Column, made: list[Row], free: str) -> int:
    names = column.sql()
    pks, old, new = (list(each) for each in zip(*made, strict=True))
    statement = (
        "UPDATE {table} AS t SET {column} = u.fresh"
        " FROM unnest(%b::text[], %b::text[], %b::text[]) AS u(pk, held, fresh)"
        " WHERE t.{pk} = u.pk::{pk_type} AND t.{column} = u.held "
    ).format(**names)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        written: int = _raw(statement + free, [pks, old, new, *([pks] if free else [])])
    return written


def _raw(statement: str, values: list[Any], *, rows: bool = False) -> Any:
    """The driver's own cursor: parameters and rows go in binary, which the ORM's do not."""
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        # By its class: Django's connections make cursors that bind on the client's side.
        Cursor(connection.connection) as cursor,
    ):
        cursor.execute(statement, values, binary=True)
        return cursor.fetchall() if rows else cursor.rowcount
