"""Rows in PostgreSQL's binary COPY format: less to send and nothing for the server to parse.

https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format". A field is its length
in four bytes and its bytes; a null has the length -1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from struct import Struct
from uuid import UUID

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BLOCK = 64 * 1024

_moment = Struct(">iq").pack
_length = Struct(">i").pack
_count = Struct(">h").pack


def columns(number: int) -> bytes:
    """What each row of so many columns begins with."""
    return _count(number)


def uuid(value: UUID) -> bytes:
    return b"\0\0\0\x10" + value.bytes


def raw(value: bytes) -> bytes:
    """A bytea."""
    return _length(len(value)) + value


def json(value: bytes) -> bytes:
    """A jsonb: its format's version, then the text."""
    return _length(len(value) + 1) + b"\x01" + value


class Texts(dict[str, bytes]):
    """Strings as fields; each is encoded once, for the rows of a batch have most in common."""

    def __missing__(self, value: str) -> bytes:
        field = self[value] = raw(value.encode())
        return field


class Moments(dict[datetime | None, bytes]):
    """Times as fields, to the microsecond."""

    def __missing__(self, value: datetime | None) -> bytes:
        field = self[value] = (
            NULL if value is None else _moment(8, (value - _EPOCH) // _MICROSECOND)
        )
        return field


def write(send: Callable[[bytes], None], rows: Iterable[bytes]) -> None:
    """Send the whole stream in blocks, so that the server works while more is made."""
    for block in _blocks(rows):
        send(block)


def _blocks(rows: Iterable[bytes]) -> Iterator[bytes]:
    held, size = [HEADER], 0
    for row in rows:
        held.append(row)
        size += len(row)
        if size > _BLOCK:
            yield b"".join(held)
            held, size = [], 0
    held.append(TRAILER)
    yield b"".join(held)
