"""Cheap tests that let most turns of most calls pass without a detector."""

from __future__ import annotations

import re2  # type: ignore[import-untyped]

from masking.fold import fold
from masking.languages import LANGUAGES
from masking.languages.table import HUNDRED, HUNDREDS, THOUSAND

_NUMBERS = {word: kind for table in LANGUAGES.values() for word, (kind, _) in table.numbers.items()}
_WORD = "(?:" + "|".join(sorted(_NUMBERS)) + ")"
_LARGE = "|".join(
    sorted(word for word, kind in _NUMBERS.items() if kind in (HUNDRED, HUNDREDS, THOUSAND))
)
# Boundaries are spelled out: \b takes an underscore or a digit for part of a word.
_HOLDS_NUMBER = re2.compile(rf"(?s)[0-9]|(?:^|[^a-z]){_WORD}(?:[^a-z]|$)")
_SUSPICIOUS = re2.compile(
    rf"(?s)@"
    rf"|[0-9].*[0-9]"
    rf"|[0-9](?:.*[^a-z])?{_WORD}(?:[^a-z]|$)"
    rf"|(?:^|[^a-z]){_WORD}(?:[^a-z].*)?[0-9]"
    rf"|(?:^|[^a-z]){_WORD}[^a-z](?:.*[^a-z])?{_WORD}(?:[^a-z]|$)"
    rf"|(?:^|[^a-z])(?:{_LARGE})(?:[^a-z]|$)"
)


def holds_number(folded: str) -> bool:
    """Whether a folded text holds a digit or a number word of any language."""
    return bool(_HOLDS_NUMBER.search(folded.encode()))


def suspicious(text: str) -> bool:
    """Whether `find` can answer anything for `text` as the only turn; False is certain.

    Every detector needs an @ or two numbers, the cue of the security code included: a single
    digit is neither a code nor a number.
    """
    return bool(_SUSPICIOUS.search(fold(text).text.encode()))
