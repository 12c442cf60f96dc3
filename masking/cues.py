"""Phrases that announce a number: "security code", "my social is", "order number"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from masking.languages import LANGUAGES
from masking.languages.table import Language
from masking.tokens import Tokens

_PRONOUNS = frozenset({"it", "that", "i", "you"})
FILLERS_INSIDE = frozenset({"um", "uh", "er", "erm", "eh", "em"})


QUESTION = 6
"""Most words of a turn that is nothing but a question."""


class Cue(NamedTuple):
    """Tokens `first` to `last`, inclusive, announce `label` (OTHER: something not masked)."""

    first: int
    last: int
    label: str
    weak: bool = False
    """Whether it is evidence only for a number of the right form."""


_Phrases = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]


@lru_cache(maxsize=32)
def _phrases(code: str) -> _Phrases:
    """First word to the rests of its phrases, the longest first.

    A card's security code may be asked for in another language than the call's, and missing it
    is the one mistake that PCI DSS does not forgive: those cues hold in every language.
    """
    table: dict[str, dict[tuple[str, ...], str]] = {}
    for language in LANGUAGES.values():
        for label, phrases in language.cues.items():
            if language.code != code and label not in ("CVV", "PIN"):
                continue
            for phrase in phrases:
                first, *rest = phrase.split()
                table.setdefault(first, {}).setdefault(tuple(rest), label)
    rows = {
        first: tuple(sorted(rests.items(), key=lambda item: -len(item[0])))
        for first, rests in table.items()
    }
    # "The password's" announces as "the password" does.
    return {f"{first}'s": row for first, row in rows.items()} | rows


def find_cues(tokens: Tokens, language: Language) -> list[Cue]:
    """The cues of a call in order, not overlapping; the longest phrase wins."""
    return list(_walk(tokens, _phrases(language.code), language.stops))


def _is_question(tokens: Tokens, first: int, last: int, stops: frozenset[str]) -> bool:
    """Whether a turn asks for what the cue names and does nothing else: "and your address?" """
    low, end = tokens.bounds(tokens.turn[first])
    return (
        end - low <= QUESTION
        and tokens.originals[tokens.turn[first]].rstrip().endswith("?")
        and all(tokens.text[at] in stops for at in (*range(low, first), *range(last + 1, end)))
    ) or (low, end) == (first, last + 1)


def _walk(tokens: Tokens, phrases: _Phrases, stops: frozenset[str]) -> Iterator[Cue]:
    texts = tokens.text
    free_from = 0
    for index, word in [each for each in enumerate(texts) if each[1] in phrases]:
        if index < free_from:
            continue
        following = texts[index + 1] if index + 1 < len(texts) else ""
        base = following[:-2] if following.endswith("'s") else following
        skips = following in FILLERS_INSIDE
        for rest, label in phrases[word]:
            if rest and not skips and rest[0] != following and rest[0] != base:
                continue
            last = _match(tokens, index, rest)
            if last is not None:
                free_from = last + 1
                weak = label.endswith("~") and not _is_question(tokens, index, last, stops)
                yield Cue(index, last, label.rstrip("~"), weak)
                break


def _match(tokens: Tokens, index: int, rest: tuple[str, ...]) -> int | None:
    """The last token of the phrase that starts at `index`, or None. Two fillers may be inside."""
    end = tokens.first[tokens.turn[index] + 1]
    at, skips = index + 1, 2
    for word in rest:
        while skips and at < end and tokens.text[at] in FILLERS_INSIDE:
            at, skips = at + 1, skips - 1
        if at >= end or (
            tokens.text[at] != word and (word in _PRONOUNS or tokens.text[at] != f"{word}'s")
        ):
            return None
        at += 1
    return at - 1
