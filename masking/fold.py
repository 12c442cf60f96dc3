"""A view of a text in which look-alikes are equal, with the way back to the original.

The original is never rewritten: detectors read the view, and offsets lead home. One character
of the text becomes one or no character of the view: Unicode decimals become ASCII digits,
full-width letters plain ones, accents and everything invisible (zero-width characters, soft
hyphens, controls, lone surrogates) go, so that none of them can hide a number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

_INVISIBLE = frozenset({"Cf", "Cc", "Cs", "Mn", "Me"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")  # Hangul fillers: letters that show nothing
_QUOTES = frozenset("\u2018\u2019\u02bc\u02b9\uff07`\u00b4")
SEPARATOR = "\x1f"
"""Stands between turns that are read together: `fold` leaves it in no text."""
_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SEEN = bytes([*range(0x09, 0x0E), *range(0x20, 0x7F)])
"""The ASCII characters that stay."""


class _Fold(dict[int, str | None]):
    """A translation table that works out a character when it is first met."""

    def __missing__(self, code: int) -> str | None:
        folded = _fold_character(chr(code))
        # The table is shared and lives as long as the process: keep it small.
        if len(self) < 20_000:
            self[code] = folded
        return folded


def _fold_character(char: str) -> str | None:
    if char in "\t\n\v\f\r":
        return char
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    if char in _QUOTES:
        return "'"
    category = unicodedata.category(char)
    if category in _INVISIBLE or char in _BLANK_LETTERS:
        return None
    if category.startswith("Z") or char == "\u2800":
        return " "
    if category == "Pd" or char == "\u2212":
        return "-"
    plain = [c for c in unicodedata.normalize("NFKD", char) if unicodedata.category(c) != "Mn"]
    if len(plain) == 1:
        char = plain[0]
    lower = char.lower()
    return lower if len(lower) == 1 else char


_FOLD = _Fold()


class View(NamedTuple):
    """`text` is what detectors read; `offsets` is None where it lines up with the original."""

    text: str
    offsets: list[int] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original's range for a non-empty range of the view."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def fold(text: str) -> View:
    """The view of `text`, in time linear in its length. Never raises."""
    if text.isascii() and not _ASCII_CONTROL.search(text):
        return View(text.lower(), None)
    folded = text.translate(_FOLD)
    if len(folded) == len(text):
        return View(folded, None)
    return View(folded, [i for i, char in enumerate(text) if _FOLD[ord(char)] is not None])


class Views(NamedTuple):
    """The views of several texts as one, with a separator between them."""

    text: str
    written: str
    """The same place by place as it was written."""
    begins: list[int]
    """Where each view begins."""
    offsets: list[list[int] | None]
    """The offsets of each view."""


def fold_all(texts: Sequence[str]) -> Views:
    """The views of texts, in time linear in their length and at once where they are ASCII."""
    written = SEPARATOR.join(texts)
    # All that is left of plain texts without what stays are the separators between them.
    if written.isascii() and len(written.encode().translate(None, _SEEN)) == len(texts[1:]):
        return Views(written.lower(), written, _begins(texts), [None] * len(texts))
    views = [fold(text) for text in texts]
    aligned = [
        text if view.offsets is None else "".join([text[place] for place in view.offsets])
        for text, view in zip(texts, views, strict=True)
    ]
    folded = [view.text for view in views]
    return Views(
        SEPARATOR.join(folded),
        SEPARATOR.join(aligned),
        _begins(folded),
        [view.offsets for view in views],
    )


def _begins(texts: Sequence[str]) -> list[int]:
    return list(accumulate([len(text) + 1 for text in texts[:-1]], initial=0)) if texts else []
