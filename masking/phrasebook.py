"""Phrases by their first or last word, made once for each list of a language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

Phrase = tuple[str, ...]
Table = Mapping[str, tuple[Phrase, ...]]
Pairs = Mapping[str, Mapping[str, tuple[Phrase, ...]]]
"""First or last word to the word beside it in a phrase, "" for none, to the phrases."""


@cache
def by_first(entries: frozenset[Phrase]) -> Table:
    """First word to its phrases, the longest first."""
    return _by(entries, 0)


@cache
def by_last(entries: frozenset[Phrase]) -> Table:
    """Last word to its phrases, the longest first."""
    return _by(entries, -1)


@cache
def pairs_by_first(entries: frozenset[Phrase]) -> Pairs:
    """First word to second word to phrases."""
    return {word: _by_second(rows, 1) for word, rows in by_first(entries).items()}


@cache
def pairs_by_last(entries: frozenset[Phrase]) -> Pairs:
    """Last word to the word before it to phrases."""
    return {word: _by_second(rows, -2) for word, rows in by_last(entries).items()}


def _by_second(rows: tuple[Phrase, ...], place: int) -> Mapping[str, tuple[Phrase, ...]]:
    table: dict[str, list[Phrase]] = {}
    for row in rows:
        table.setdefault(row[place] if len(row) > 1 else "", []).append(row)
    return {word: tuple(entries) for word, entries in table.items()}


def _by(entries: frozenset[Phrase], place: int) -> Table:
    table: dict[str, list[Phrase]] = {}
    for entry in sorted(entries, key=len, reverse=True):
        table.setdefault(entry[place], []).append(entry)
    return {word: tuple(rows) for word, rows in table.items()}


@cache
def longest_first(entries: frozenset[Phrase]) -> tuple[Phrase, ...]:
    """The phrases, the longest first: "as in" before "as", in every process the same."""
    return tuple(sorted(entries, key=lambda entry: (-len(entry), entry)))
