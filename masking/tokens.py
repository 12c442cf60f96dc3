"""One tokenizer over the whole call. Every detector answers in ranges of these tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, repeat

from masking.fold import View, fold
from masking.languages.table import WRITTEN, Language
from masking.model import Turn

# No alternative can be entered in two ways, so matching is linear. A digit never shares a token
# with a letter: "cvv123" is a cue and a number. In the group, so that split() gives what lies
# between as well: the fastest way to all positions that there is.
_ASCII = re.compile(r"([0-9]+|[a-z]+(?:'[a-z]+)*|@)")
_UNICODE = re.compile(r"([0-9]+|[^\W\d_]+(?:'[^\W\d_]+)*|@)")
_CLAUSE = re.compile(r"[.,;:!?\n()\u2026\"]|\s-+\s")
_SENTENCE = re.compile(r"[.;!?\n\u2026]")


@dataclass(slots=True)
class Tokens:
    """The call as parallel lists: one list item a token, in the order of speech."""

    turn: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    gap: list[str] = field(default_factory=list)
    """What stands in the view between the token before it in its turn, or the turn's start, and
    the token."""
    number: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Token to how it reads as a number (kind, value), in order; detectors may claim entries."""
    views: list[View] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    """The first token of each turn, and after them the number of tokens."""
    originals: list[str] = field(default_factory=list)
    """The text of each turn as it came."""
    counts: set[int] = field(default_factory=set)
    """Number words that count the digits which follow: "last four"."""
    claimed: set[int] = field(default_factory=set)
    """The tokens that a detector has taken for its own."""

    elements: dict[int, bool] = field(default_factory=dict)
    """What is known of tokens as letters and digits of a code."""

    def __len__(self) -> int:
        return len(self.text)

    def original(self, first: int, last: int) -> tuple[int, int]:
        """The code points of the turn's own text under tokens `first` to `last`, inclusive."""
        return self.views[self.turn[first]].original(self.start[first], self.end[last])

    def before(self, token: int) -> str:
        """The character of the view just before a token, or an empty string."""
        return self.gap[token][-1:]

    def bounds(self, turn: int) -> tuple[int, int]:
        """The first token of a turn and the one after its last."""
        return self.first[turn], self.first[turn + 1]

    def opens_clause(self, token: int) -> bool:
        """Whether a turn, sentence or clause begins with the token, as far as is written."""
        return token == self.first[self.turn[token]] or bool(_CLAUSE.search(self.gap[token]))

    def opens_sentence(self, token: int) -> bool:
        """Whether a turn or sentence begins with the token, as far as is written."""
        return token == self.first[self.turn[token]] or bool(_SENTENCE.search(self.gap[token]))

    def capital(self, token: int) -> bool:
        """Whether the token is written with a capital letter."""
        turn = self.turn[token]
        start, _ = self.views[turn].original(self.start[token], self.end[token])
        return self.originals[turn][start].isupper()

    def claim(self, tokens: Sequence[int]) -> None:
        """Takes tokens out of the reach of the detectors that follow."""
        self.claimed.update(tokens)
        for token in tokens:
            self.number.pop(token, None)


def tokenize(turns: Sequence[Turn], language: Language) -> Tokens:
    """The tokens of a call, in time linear in its text."""
    tokens = Tokens()
    text = tokens.text
    for index, turn in enumerate(turns):
        view = fold(turn.text)
        tokens.views.append(view)
        tokens.speakers.append(turn.speaker)
        tokens.originals.append(turn.text)
        tokens.first.append(len(text))
        parts = (_ASCII if view.text.isascii() else _UNICODE).split(view.text)
        ends = list(accumulate(map(len, parts)))
        text += parts[1::2]
        tokens.gap += parts[0:-1:2]
        tokens.start += ends[0:-1:2]
        tokens.end += ends[1::2]
        tokens.turn += repeat(index, len(parts) // 2)
    tokens.first.append(len(text))
    numbers = language.numbers
    # ":" is the first character after "9"; "@" and all letters come after it.
    tokens.number = {
        place: numbers.get(word) or (WRITTEN, word)
        for place, word in enumerate(text)
        if word in numbers or word < ":"
    }
    return tokens
