"""Phrases that announce a number: "security code", "my social is", "order number"."""

from __future__ import annotations

from collections.abc import Mapping
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


_Rows = tuple[tuple[tuple[str, ...], str], ...]


class _Phrases(NamedTuple):
    """The phrases that begin with one word: what follows it and the label, the longest first."""

    alone: _Rows
    """Those of which nothing follows."""
    by_second: Mapping[str, _Rows]
    """Second word to those that may be meant where it follows."""


@lru_cache(maxsize=32)
def _phrases(code: str) -> tuple[frozenset[str], Mapping[str, _Phrases]]:
    """The first words of phrases, and each of them to its phrases.

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
    rows = {first: _by_second(rests) for first, rests in table.items()}
    # "The password's" announces as "the password" does.
    rows = {f"{first}'s": row for first, row in rows.items()} | rows
    return frozenset(rows), rows


def _by_second(rests: Mapping[tuple[str, ...], str]) -> _Phrases:
    rows = tuple(sorted(rests.items(), key=lambda item: -len(item[0])))
    alone = tuple(row for row in rows if not row[0])
    # "Number's" is "number" too, and behind a filler all may follow.
    seconds = {word for rest in rests for word in (rest[:1] and (rest[0], f"{rest[0]}'s"))}
    by_second = {
        word: tuple(row for row in rows if row[0][:1] in ((), (word,), (word.removesuffix("'s"),)))
        for word in seconds
    }
    return _Phrases(alone, by_second | dict.fromkeys(FILLERS_INSIDE, rows))


def find_cues(tokens: Tokens, language: Language) -> list[Cue]:
    """The cues of a call in order, not overlapping; the longest phrase wins."""
    firsts, phrases = _phrases(language.code)
    texts = tokens.text
    cues: list[Cue] = []
    free_from = 0
    for index in tokens.where(firsts):
        if index < free_from:
            continue
        following = texts[index + 1] if index + 1 < len(texts) else ""
        meant = phrases[texts[index]]
        for rest, label in meant.by_second.get(following, meant.alone):
            last = _match(tokens, index, rest) if rest else index
            if last is not None:
                free_from = last + 1
                weak = label.endswith("~") and not _is_question(tokens, index, last, language.stops)
                cues.append(Cue(index, last, label.rstrip("~"), weak))
                break
    return cues


def _is_question(tokens: Tokens, first: int, last: int, stops: frozenset[str]) -> bool:
    """Whether a turn asks for what the cue names and does nothing else: "and your address?" """
    turn = tokens.turn[first]
    low, end = tokens.bounds(turn)
    return (low, end) == (first, last + 1) or (
        end - low <= QUESTION
        and tokens.asks(turn)
        and all(tokens.text[at] in stops for at in (*range(low, first), *range(last + 1, end)))
    )


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
