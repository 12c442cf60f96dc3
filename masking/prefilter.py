"""Cheap tests that let most turns of most calls pass without a detector."""

from __future__ import annotations

import re
from collections.abc import Sequence

import re2  # type: ignore[import-untyped]

from masking.cues import FILLERS_INSIDE
from masking.fold import fold
from masking.languages import LANGUAGES
from masking.languages.table import HUNDRED, HUNDREDS, THOUSAND

_NUMBERS = {word: read for table in LANGUAGES.values() for word, read in table.numbers.items()}
_WORD = "(?:" + "|".join(sorted(_NUMBERS)) + ")"
# Words that are numbers of three digits or more by themselves.
_LARGE = "|".join(
    sorted(
        word
        for word, (kind, value) in _NUMBERS.items()
        if kind in (HUNDRED, HUNDREDS, THOUSAND) or len(value) > 2
    )
)
# What makes a short number personal: a phrase that announces one, and the words that a
# recogniser writes for a digit.
_ANNOUNCED = frozenset({"CVV", "PIN", "CARD", "SSN", "PHONE", "DOB", "ACCOUNT", "MRN", "CODE"})
_BETWEEN = f"[^a-z]+(?:(?:{'|'.join(sorted(FILLERS_INSIDE))})[^a-z]+)*"
_PHRASES = "|".join(
    sorted(
        {word for table in LANGUAGES.values() for word in table.homophones}
        | {
            # A digit of the phrase itself may stand right beside its words.
            _BETWEEN.join(word for word in phrase.split() if word.isalpha())
            for table in LANGUAGES.values()
            for label, phrases in table.cues.items()
            if label in _ANNOUNCED
            for phrase in phrases
        }
    )
)
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
    "|(?:^|[^a-z])(?:{large})(?:[^a-z]|$)"
)


def _pattern(flags: str, between: str) -> str:
    return flags + _PARTS.format(any=between, word=_WORD, large=_LARGE)


_SUSPICIOUS = re2.compile(_pattern("(?s)", "."))
_SUSPICIOUS_LINES = re2.compile(_pattern("(?m)", "[^\\n]"))
# Two patterns: as one they would be too large for RE2's automaton.
_TWO_DIGITS = re.compile(rb"(?s)[0-9].*[0-9]")
_TWO_DIGITS_IN_A_LINE = re.compile(rb"[0-9][^\n]*[0-9]")
_TELLING = re2.compile(rf"(?:^|[^a-z])(?:{_PHRASES})(?:[^a-z]|$)")


def holds_number(folded: str) -> bool:
    """Whether a folded text holds a digit or a number word of any language."""
    return bool(_HOLDS_NUMBER.search(folded.encode()))


def suspicious(text: str) -> bool:
    """Whether `find` can answer anything for `text` as the only turn; False is certain.

    Every detector needs an @ or a number: of seven digits, in words, or announced by a cue. A
    single digit is neither a code nor a number.
    """
    folded = fold(text).text.encode()
    if _SUSPICIOUS.search(folded):
        return True
    return bool(_TWO_DIGITS.search(folded) and _TELLING.search(folded))


def any_suspicious(texts: Sequence[str]) -> bool:
    """Whether `suspicious` may hold for one of `texts`, in one pass over all; False is certain."""
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):
        # A text of several lines is one text all the same.
        return any(suspicious(text) for text in texts)
    folded = fold(joined).text.encode()
    if _SUSPICIOUS_LINES.search(folded):
        return True
    return bool(_TWO_DIGITS_IN_A_LINE.search(folded) and _TELLING.search(folded))
