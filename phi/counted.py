"""Chunks that pass by, counted and hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Counted:
    """Passes chunks on, and knows their number of bytes and, at the end, their SHA-256 as hex.
    ``watch`` hears the number so far before each chunk, and may raise."""

    chunks: Iterable[bytes]
    watch: Callable[[int], None]
    size: int = 0
    sha256: str = ""

    def __iter__(self) -> Iterator[bytes]:
        hashed = hashlib.sha256()
        for chunk in self.chunks:
            self.size += len(chunk)
            self.watch(self.size)
            hashed.update(chunk)
            yield chunk
        self.sha256 = hashed.hexdigest()
