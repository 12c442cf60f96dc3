"""Reading a raw request body, and writing a part of a recording: HTTP alone."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, UnreadablePostError

from core.errors import CiphertextRefused, Malformed, Problem

CHUNK = 64 * 1024
DRAINED_BYTES = 256 * 1024 * 1024
DRAINED_OF_ANYBODY = 8 * 1024 * 1024
DRAINED_SECONDS = 5.0


class Body:
    """A request's body in chunks, read once. ``length`` is what its header promises, in bytes;
    None where it promises nothing, and then it is not read."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.read = 0
        self._chunked = _is_chunked(request)
        self.length = None if self._chunked else _promised(request)

    def _next(self, size: int = CHUNK) -> bytes:
        source: Any = self._request
        if self._chunked:
            # A body without a length cannot be told from one that was cut off: the server ends
            # both alike.
            raise Problem("Send a Content-Length.", code="length-required", status=411)
        try:
            piece: bytes = source.read(size)
        except (UnreadablePostError, OSError):
            raise _truncated() from None
        self.read += len(piece)
        return piece

    def chunks(self) -> Iterator[bytes]:
        """The body, 64 KiB at most at a time. Raises Malformed ``truncated-upload`` where the
        connection ends before the promised length, Problem 411."""
        while piece := self._next():
            yield piece
        if self.length is not None and self.read < self.length:
            raise _truncated()

    def drain(self, limit: int = DRAINED_BYTES) -> None:
        """Read on and throw away, so that a client that is still sending gets to read the
        refusal instead of a broken connection. Not where it waits for our word before it sends,
        nor where more is to come than ``limit`` bytes: that would be read for nothing."""
        if "HTTP_EXPECT" in self._request.META or (self.length or 0) - self.read > limit:
            return
        until = time.monotonic() + DRAINED_SECONDS
        try:
            while limit > 0 and time.monotonic() < until and (piece := self._next()):
                limit -= len(piece)
        except Problem:
            return


def _is_chunked(request: HttpRequest) -> bool:
    """Whether the body has no promised length."""
    return "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()


def _promised(request: HttpRequest) -> int:
    try:
        return max(0, int(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


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
    """A stretch of a reader as a streaming response's content; closes the reader with itself.

    ``refused`` hears of bytes that do not open. The connection then ends short of the promised
    length, which is all that can be said once the head is out: no byte of theirs is sent.
    """

    def __init__(
        self,
        reader: io.RawIOBase,
        stretch: Stretch,
        refused: Callable[[CiphertextRefused], None] | None = None,
    ) -> None:
        self._reader, self._refused = reader, refused
        self._left = stretch.end - stretch.start
        reader.seek(stretch.start)

    def __iter__(self) -> Pieces:
        return self

    def __next__(self) -> bytes:
        try:
            piece = self._reader.read(min(CHUNK, self._left)) if self._left else b""
        except CiphertextRefused as error:
            self.close()
            if self._refused is not None:
                self._refused(error)
            raise
        except Problem:
            # The store went away: the log has it.
            self.close()
            raise
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._reader.close()
