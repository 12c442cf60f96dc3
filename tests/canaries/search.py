"""Looking for planted values in bytes, however they are written."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

MARK = "Qzjx"
"""Begins every planted word: no other text holds it, so one search finds any of them."""

PHONES = [f"+120255501{number:02d}" for number in range(100)]
"""Numbers kept for fiction (555-0100 to 555-0199)."""

_DIGITS = "20255501"


def word() -> str:
    """A word that stands nowhere else."""
    return MARK + secrets.token_hex(6)


def _as_base64(value: bytes) -> Iterator[bytes]:
    """The characters that stand for ``value`` in base64, at each of its three places."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + value)
        first = -(-before * 8 // 6)
        yield whole[first : (before + len(value)) * 8 // 6]


def writings(value: str) -> Iterator[bytes]:
    """``value`` as it may stand in a dump, a log line, a message or a page of memory."""
    plain = value.encode()
    yield plain
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield value.encode("utf-16-le")
    yield from _as_base64(plain)
    for each in _as_base64(plain):
        yield each.translate(bytes.maketrans(b"+/", b"-_"))


class Search:
    """Finds planted values; ``found`` says which and where."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = set(values)
        self.found: dict[str, set[str]] = {}
        self.read = 0
        # By how they begin, so that one pass over the bytes serves a thousand values.
        starts: dict[bytes, dict[bytes, set[str]]] = {}
        for value in self.values:
            # A number is found with and without its country's code.
            wanted = value.removeprefix("+1")
            head = MARK if wanted.startswith(MARK) else _DIGITS
            for start, writing in zip(writings(head), writings(wanted), strict=True):
                # Base64 cut off where it still stands for one value alone may be several's.
                starts.setdefault(start, {}).setdefault(writing, set()).add(value)
        self._starts = starts

    def bytes(self, data: bytes, place: str) -> None:
        """Look through ``data``, which is from ``place``."""
        self.read += len(data)
        for start, wanted in self._starts.items():
            lengths = {len(each) for each in wanted}
            at = data.find(start)
            while at >= 0:
                for length in lengths:
                    if values := wanted.get(data[at : at + length]):
                        self.found.setdefault(place, set()).update(values)
                at = data.find(start, at + 1)

    def folder(self, folder: Path, place: str) -> int:
        """Look through every file below ``folder``, names too; how many there were."""
        count = 0
        for parent, _, names in os.walk(folder):
            for name in names:
                path = Path(parent) / name
                if not path.is_file():
                    continue
                count += 1
                self.bytes(os.fsencode(path), f"{place}: a file's name")
                try:
                    self.bytes(path.read_bytes(), f"{place}: {path.relative_to(folder)}")
                except FileNotFoundError:
                    # A running server's own: written and gone again.
                    continue
        return count
