"""Cheap tests that let most turns of most calls pass without a detector."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import re2  # type: ignore[import-untyped]

from masking.fold import fold
from masking.languages import LANGUAGES
from masking.languages.table import HUNDRED, HUNDREDS, TENS, THOUSAND

_NUMBERS = {word: read for table in LANGUAGES.values() for word, read in table.numbers.items()}
# A thousand compound words as alternatives are too much for RE2's automaton: any word with one of
# their stems in it passes.
_STEMS = sorted({stem for table in LANGUAGES.values() for stem in table.stems})


def _any(words: Iterable[str]) -> str:
    """A pattern of words; those with a stem in them by it."""
    listed = set(words)
    stems = [stem for stem in _STEMS if any(stem in word for word in listed)]
    rest = sorted(word for word in listed if not any(stem in word for stem in stems))
    compounds = [f"[a-z\u00df]*(?:{'|'.join(stems)})[a-z\u00df]*"] if stems else []
    return "(?:" + "|".join([*rest, *compounds]) + ")"


_WORD = _any(_NUMBERS)
# Words that are numbers of three digits or more by themselves.
_LARGE = _any(
    word
    for word, (kind, value) in _NUMBERS.items()
    if kind in (HUNDRED, HUNDREDS, THOUSAND) or len(value) > 2
)
_TENS = re2.compile(
    "(?s)(?:^|[^a-z])"
    + _any(word for word, (kind, value) in _NUMBERS.items() if kind == TENS or len(value) > 1)
    + "(?:[^a-z]|$)"
)
# What makes a short number personal: a phrase that announces one, and the words that a
# recogniser writes for a digit.
_ANNOUNCED = frozenset({"CVV", "PIN", "CARD", "SSN", "PHONE", "DOB", "ACCOUNT", "MRN", "CODE"})
_HOMOPHONES = frozenset(word for table in LANGUAGES.values() for word in table.homophones)
_STARS = ("xx", "xxx", "xxxx")
_LETTERS = re.compile(r"[^\W\d_]+")
_STARRED = re.compile(r"[*\u2022]")


def _phrases() -> Mapping[str, tuple[frozenset[str], ...]]:
    """First word to the words of each phrase that begins with it, without its digits."""
    found: dict[str, set[frozenset[str]]] = {}
    for table in LANGUAGES.values():
        for label, phrases in table.cues.items():
            for phrase in phrases:
                if label.rstrip("~") not in _ANNOUNCED and table.ends.isdisjoint(phrase.split()):
                    continue
                first, *rest = [word for word in phrase.split() if word.isalpha()] or [""]
                found.setdefault(first, set()).add(frozenset(rest))
        # "The last four", "****1234" and "xx-1234" announce as well.
        found |= {part: {frozenset()} for part in table.parts}
    found |= {marks: {frozenset()} for marks in _STARS}
    found.pop("", None)
    return {first: tuple(rests) for first, rests in found.items()}


_PHRASES = _phrases()


def _telling(folded: str) -> bool:
    """Whether the words of an announcing phrase are in a folded text, in whatever order, or a
    word that a recogniser writes for a digit."""
    words = set(_LETTERS.findall(folded))
    if not words.isdisjoint(_HOMOPHONES) or _STARRED.search(folded):
        return True
    return any(rest <= words for word in words & _PHRASES.keys() for rest in _PHRASES[word])


# Boundaries are spelled out: \b takes an underscore or a digit for part of a word.
_HOLDS_NUMBER = re2.compile(rf"(?s)[0-9]|(?:^|[^a-z]){_WORD}(?:[^a-z]|$)")
# Where nothing announces it, a written number has seven digits or is none. {any} is what may
# stand between two parts of one text.
_PARTS = (
    "@"
    "|[0-9](?:{any}*[0-9]){{6}}"
    "|[0-9](?:{any}*[^a-z])?{word}(?:[^a-z]|$)"
    "|(?:^|[^a-z]){word}(?:[^a-z]{any}*)?[0-9]"
    "|(?:^|[^a-z]){word}[^a-z](?:{any}*[^a-z])?{word}(?:[^a-z]|$)"
    "|(?:^|[^a-z]){large}(?:[^a-z]|$)"
)


def _pattern(flags: str, between: str) -> str:
    return flags + _PARTS.format(any=between, word=_WORD, large=_LARGE)


_SUSPICIOUS = re2.compile(_pattern("(?s)", "."))
_SUSPICIOUS_LINES = re2.compile(_pattern("(?m)", "[^\\n]"))
_TWO_DIGITS = re.compile(rb"(?s)[0-9].*[0-9]")
_TWO_DIGITS_IN_A_LINE = re.compile(rb"[0-9][^\n]*[0-9]")


def _has_digits(encoded: bytes, two: re.Pattern[bytes]) -> bool:
    """Whether there are two digits, or a word that stands for two: "twenty"."""
    return bool(two.search(encoded) or _TENS.search(encoded))


def holds_number(folded: str) -> bool:
    """Whether a folded text holds a digit or a number word of any language."""
    return bool(_HOLDS_NUMBER.search(folded.encode()))


def suspicious(text: str) -> bool:
    """Whether `find` can answer anything for `text` as the only turn; False is certain.

    Every detector needs an @ or a number: of seven digits, in words, or announced by a cue. A
    single digit is neither a code nor a number.
    """
    folded = fold(text).text
    encoded = folded.encode()
    if _SUSPICIOUS.search(encoded):
        return True
    return _has_digits(encoded, _TWO_DIGITS) and _telling(folded)


def any_suspicious(texts: Sequence[str]) -> bool:
    """Whether `suspicious` may hold for one of `texts`, in one pass over all; False is certain."""
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):
        # A text of several lines is one text all the same.
        return any(suspicious(text) for text in texts)
    folded = fold(joined).text
    encoded = folded.encode()
    if _SUSPICIOUS_LINES.search(encoded):
        return True
    return _has_digits(encoded, _TWO_DIGITS_IN_A_LINE) and _telling(folded)
