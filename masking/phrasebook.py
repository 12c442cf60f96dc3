"""Phrases by their first or last word, made once for each list of a language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

Phrase = tuple[str, ...]
Table = Mapping[str, tuple[Phrase, ...]]


@cache
def by_first(entries: frozenset[Phrase]) -> Table:
    """First word to its phrases, the longest first."""
    return _by(entries, 0)


@cache
def by_last(entries: frozenset[Phrase]) -> Table:
    """Last word to its phrases, the longest first."""
    return _by(entries, -1)


def _by(entries: frozenset[Phrase], place: int) -> Table:
    table: dict[str, list[Phrase]] = {}
    for entry in sorted(entries, key=len, reverse=True):
        table.setdefault(entry[place], []).append(entry)
    return {word: tuple(rows) for word, rows in table.items()}


@cache
def longest_first(entries: frozenset[Phrase]) -> tuple[Phrase, ...]:
    """The phrases, the longest first: "as in" before "as", in every process the same."""
    return tuple(sorted(entries, key=lambda entry: (-len(entry), entry)))
