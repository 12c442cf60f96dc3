r"""Rows in PostgreSQL's text COPY format.

https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". Not the binary one: of
that the server keeps up to 1,000 rows before it writes the first, whereas from text it writes
at every 64 kB, and so works while the next rows are made.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

NULL = rb"\N"


def row(fields: Iterable[bytes]) -> bytes:
    """One row of fields that are ready."""
    return b"\t".join(fields) + b"\n"


def escaped(value: bytes) -> bytes:
    """A text, UTF-8, without NUL."""
    if b"\\" in value:
        value = value.replace(b"\\", rb"\\")
    return value.replace(b"\t", rb"\t").replace(b"\n", rb"\n").replace(b"\r", rb"\r")


def json(value: bytes) -> bytes:
    """A json, encoded: no control character stands in it but as an escape."""
    return value.replace(b"\\", rb"\\") if b"\\" in value else value


def raw(value: bytes) -> bytes:
    """A bytea."""
    return rb"\\x" + value.hex().encode()


class Fields(dict[str | datetime | None, bytes]):
    """Texts and times as fields; each is encoded once, for the rows of a batch have most in
    common."""

    def __missing__(self, value: str | datetime | None) -> bytes:
        if value is None:
            field = NULL
        else:
            text = value if isinstance(value, str) else value.isoformat()
            field = escaped(text.encode())
        self[value] = field
        return field
