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
    """One statement without results; ``sql`` has ``$1``, ``$2`` and so on for its values.

    ``name`` is the plan's name within a connection, and nobody else's.
    """

    def __init__(self, name: str, sql: str) -> None:
        self.sql = sql
        self._name = name.encode()
        self._planned: WeakSet[psycopg.Connection[Any]] = WeakSet()

    def execute(self, values: Sequence[Value]) -> None:
        """Run it on Django's connection. Raises django.db.Error as a cursor would."""
        django = connections[DEFAULT_DB_ALIAS]
        if django.connection is None:
            django.connect()
        held: Any = django.connection
        with django.wrap_database_errors:
            # psycopg begins a transaction with its first statement: libpq would begin none.
            begun = held.autocommit or held.pgconn.transaction_status != pq.TransactionStatus.IDLE
            if settings.PREPARED_STATEMENTS and begun:
                self._by_libpq(held, values)
            else:
                cursor = psycopg.RawCursor(held)
                cursor.execute(self.sql, values, prepare=settings.PREPARED_STATEMENTS)

    def _by_libpq(self, held: Any, values: Sequence[Value]) -> None:
        if held not in self._planned:
            _checked(held, held.pgconn.prepare(self._name, self.sql.encode()))
            self._planned.add(held)
        parameters, formats = zip(*map(_parameter, values), strict=True)
        _checked(held, held.pgconn.exec_prepared(self._name, parameters, formats))


def _parameter(value: Value) -> tuple[bytes | None, int]:
    kind = type(value)
    if kind is str:
        encoded = value.encode()  # type: ignore[union-attr]
        if b"\0" in encoded:
            # libpq would read up to it and keep the rest back.
            raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
        return encoded, _TEXT
    if kind is bytes:
        return value, _BINARY  # type: ignore[return-value]
    if kind is UUID:
        return value.bytes, _BINARY  # type: ignore[union-attr]
    if kind is datetime:
        return value.isoformat().encode(), _TEXT  # type: ignore[union-attr]
    if value is None:
        return None, _TEXT
    raise TypeError(f"{kind.__name__} is no value of a prepared statement")


def _checked(held: Any, result: Any) -> None:
    if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        raise errors.error_from_result(result, encoding=held.info.encoding)
