"""A statement that the server plans once a connection.

It is run by libpq itself: for a row of eighteen values psycopg's way there takes as long as the
server takes for the whole statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID
from weakref import WeakSet

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import errors, pq

Value: TypeAlias = str | bytes | datetime | UUID | None

_TEXT, _BINARY = int(pq.Format.TEXT), int(pq.Format.BINARY)


class Prepared:
    """One statement; ``sql`` has ``$1``, ``$2`` and so on for its values.

    ``name`` is the plan's name within a connection, and nobody else's.
    """

    def __init__(self, name: str, sql: str) -> None:
        self.sql = sql
        self._name = name.encode()
        self._planned: WeakSet[psycopg.Connection[Any]] = WeakSet()

    def execute(self, values: Sequence[Value]) -> None:
        """Run it on Django's connection, results unread. Raises what a cursor of Django's does."""
        django = connections[DEFAULT_DB_ALIAS]
        if django.connection is None:
            django.connect()
        held: Any = django.connection
        with django.wrap_database_errors:
            # psycopg begins a transaction with its first statement: libpq would begin none.
            begun = held.autocommit or held.pgconn.transaction_status != pq.TransactionStatus.IDLE
            if settings.PREPARED_STATEMENTS and begun:
                self.plan(held)
                parameters, formats = zip(*map(_parameter, values), strict=True)
                _checked(held, held.pgconn.exec_prepared(self._name, parameters, formats))
            else:
                cursor = psycopg.RawCursor(held)
                cursor.execute(self.sql, values, prepare=settings.PREPARED_STATEMENTS)

    def plan(self, held: psycopg.Connection[Any]) -> None:
        """See to it that the server of this connection has the plan, for ``EXECUTE`` too."""
        if held not in self._planned:
            _checked(held, held.pgconn.prepare(self._name, self.sql.encode()))
            self._planned.add(held)


def _parameter(value: Value) -> tuple[bytes | None, int]:
    if isinstance(value, str):
        encoded = value.encode()
        if b"\0" in encoded:
            # libpq would read up to it and keep the rest back.
            raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
        return encoded, _TEXT
    if isinstance(value, bytes):
        return value, _BINARY
    if isinstance(value, UUID):
        return value.bytes, _BINARY
    if isinstance(value, datetime):
        return value.isoformat().encode(), _TEXT
    if value is None:
        return None, _TEXT
    raise TypeError(f"{type(value).__name__} is no value of a prepared statement")


def _checked(held: Any, result: Any) -> None:
    if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        if held.pgconn.status == pq.ConnStatus.BAD:
            # Such a result has no code that would tell.
            raise psycopg.OperationalError(held.pgconn.get_error_message())
        raise errors.error_from_result(result, encoding=held.info.encoding)
