"""The values that go into the masker and come out of it."""

from __future__ import annotations

from dataclasses import dataclass

LABELS: frozenset[str] = frozenset(
    {
        "CARD",
        "CVV",
        "PIN",
        "SSN",
        "PHONE",
        "EMAIL",
        "DOB",
        "NAME",
        "ADDRESS",
        "ACCOUNT",
        "MRN",
        "PASSWORD",
        "IBAN",
        "IP",
        # A timed word that the turn's text does not account for and that holds a number.
        "NUMBER",
        # The data of a card's magnetic stripe.
        "TRACK",
    }
)

FORBIDDEN_AFTER_AUTHORISATION: frozenset[str] = frozenset({"CVV", "PIN", "TRACK"})
"""Never kept in any stored text or audio, encrypted or not (PCI DSS 4.0.1, 3.3.1)."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the recogniser heard it; times in milliseconds from the start of the call."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said without a break. `words` are the same words with their times."""

    speaker: str
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch to mask: `start` and `end` are code points of the turn's text, end exclusive.

    `score` is between 0 and 1, `reason` a stable code such as `card.luhn`. The times, in
    milliseconds, are those of the words it touches, or None where the turn has no words.
    """

    turn: int
    start: int
    end: int
    label: str
    score: float
    reason: str
    start_ms: int | None = None
    end_ms: int | None = None
