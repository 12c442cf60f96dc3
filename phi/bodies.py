"""Reading a raw request body, and writing a part of a recording: HTTP alone."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, UnreadablePostError

from core.errors import Malformed, Problem, TooLarge

CHUNK = 64 * 1024
DRAINED_BYTES = 32 * 1024 * 1024
DRAINED_SECONDS = 5.0


def too_large(limit: int) -> TooLarge:
    """The refusal of a body over ``limit`` bytes."""
    return TooLarge(f"A recording may hold {limit} bytes at most.", code="body-too-large")


class Body:
    """A request's body in chunks, read once. ``limit`` is in bytes.

    ``chunks`` raises TooLarge (``body-too-large``) past the limit, and Malformed
    (``truncated-upload``) where the connection ends before the promised length.
    """

    def __init__(self, request: HttpRequest, limit: int) -> None:
        self._request = request
        self._limit = limit
        self.read = 0
        try:
            self.length: int | None = max(0, int(request.META.get("CONTENT_LENGTH") or ""))
        except ValueError:
            self.length = None

    def refuse_too_large(self) -> None:
        """Raises TooLarge where the promised length says so already."""
        if self.length is not None and self.length > self._limit:
            raise too_large(self._limit)

    def _next(self, size: int = CHUNK) -> bytes:
        source: Any = self._request
        meta = self._request.META
        if self.length is None and meta.get("wsgi.input_terminated"):
            # Chunked: the server marks a stream that ends by itself.
            source = meta["wsgi.input"]
        elif self.length is None and "HTTP_TRANSFER_ENCODING" in meta:
            raise Problem("Send a Content-Length.", code="length-required", status=411)
        try:
            piece: bytes = source.read(size)
        except (UnreadablePostError, OSError):
            raise _truncated() from None
        self.read += len(piece)
        return piece

    def chunks(self) -> Iterator[bytes]:
        """The body, 64 KiB at most at a time."""
        while piece := self._next():
            if self.read > self._limit:
                raise too_large(self._limit)
            yield piece
        if self.length is not None and self.read < self.length:
            raise _truncated()

    def drain(self) -> None:
        """Read on for a while and throw away, so that a client that is still sending gets to
        read the refusal instead of a broken connection."""
        until = time.monotonic() + DRAINED_SECONDS
        left = DRAINED_BYTES
        try:
            while left > 0 and time.monotonic() < until and (piece := self._next()):
                left -= len(piece)
        except Problem:
            return


def _truncated() -> Malformed:
    return Malformed(
        "The body ended before the length that its header promises.",
        code="truncated-upload",
        title="Truncated upload",
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """The bytes from ``start`` to ``end`` (exclusive); ``partial`` where a range was asked for."""

    start: int
    end: int
    partial: bool


_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z", re.ASCII)


def stretch_of(header: str, size: int) -> Stretch:
    """What a Range header asks for of ``size`` bytes (RFC 9110, 14.2).

    Several ranges, or what cannot be read, count as none. Raises Problem 416.
    """
    match = _RANGE.match(header.replace(" ", "").lower())
    if match is None or match[1] == match[2] == "":
        return Stretch(0, size, False)
    if match[1] == "":
        start, end = max(0, size - int(match[2])), size
    else:
        start = int(match[1])
        end = min(size, int(match[2]) + 1) if match[2] else size
        if match[2] and int(match[2]) < start:
            return Stretch(0, size, False)
    if start >= end:
        raise Problem(
            "The range lies outside the recording.",
            code="range-not-satisfiable",
            status=416,
            headers={"Content-Range": f"bytes */{size}"},
        )
    return Stretch(start, end, True)


class Pieces:
    """A stretch of a reader as a streaming response's content; closes the reader with itself."""

    def __init__(self, reader: io.RawIOBase, stretch: Stretch) -> None:
        self._reader = reader
        self._left = stretch.end - stretch.start
        reader.seek(stretch.start)

    def __iter__(self) -> Pieces:
        return self

    def __next__(self) -> bytes:
        piece = self._reader.read(min(CHUNK, self._left)) if self._left else b""
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._reader.close()
