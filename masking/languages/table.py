"""What a language must say about its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# How a number word reads, besides `written` digits.
DIGIT, TEEN, TENS, HUNDRED, HUNDREDS, THOUSAND, REPEAT = (
    "digit", "teen", "tens", "hundred", "hundreds", "thousand", "repeat",
)  # fmt: skip
WRITTEN = "written"


def words(text: str) -> frozenset[str]:
    """The words of a list written as prose."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Language:
    """One language's words, lower-case and without accents, as `fold` leaves them."""

    code: str
    digits: Mapping[str, str]
    """A word for one digit: zero, oh, one."""
    teens: Mapping[str, str]
    """A word for two digits that takes no unit after it: ten, seventeen, veintidos."""
    tens: Mapping[str, str]
    """A word for tens, with the first digit: twenty is 2."""
    hundred: frozenset[str]
    """Multiplies what stands before it: hundred."""
    hundreds: Mapping[str, str]
    """A word for a whole number of hundreds, with the first digit: doscientos is 2."""
    thousand: frozenset[str]
    repeat: Mapping[str, int]
    """double, triple."""
    homophones: Mapping[str, str]
    """Words that a recogniser writes for a digit; read so only between two single digits."""
    fillers: frozenset[str]
    """Words inside a number that a speaker reads out; they neither end it nor add to it."""
    neutral: frozenset[str]
    """A turn of these alone (and digits) does not interrupt the other speaker's number."""
    units: frozenset[str]
    """A number before one of these counts something: dollars, days."""
    cues: Mapping[str, tuple[str, ...]]
    """Label to the phrases that announce it; OTHER announces something that is not
    masked, EXPIRY a card's expiry, CODE some code: a card's, when a card was just read out."""
    numbers: Mapping[str, tuple[str, str]] = field(init=False)
    """Every number word with its kind and value, made from the tables above."""

    def __post_init__(self) -> None:
        numbers: dict[str, tuple[str, str]] = {}
        numbers.update((word, (DIGIT, value)) for word, value in self.digits.items())
        numbers.update((word, (TEEN, value)) for word, value in self.teens.items())
        numbers.update((word, (TENS, value)) for word, value in self.tens.items())
        numbers.update((word, (HUNDRED, "")) for word in self.hundred)
        numbers.update((word, (HUNDREDS, value)) for word, value in self.hundreds.items())
        numbers.update((word, (THOUSAND, "")) for word in self.thousand)
        numbers.update((word, (REPEAT, str(times))) for word, times in self.repeat.items())
        object.__setattr__(self, "numbers", numbers)
