"""One tokenizer over the whole call. Every detector answers in ranges of these tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from masking.fold import View, fold
from masking.languages.table import WRITTEN, Language
from masking.model import Turn

# No alternative can be entered in two ways, so matching is linear. A digit never shares a token
# with a letter: "cvv123" is a cue and a number.
_ASCII = re.compile(r"[0-9]+|[a-z]+(?:'[a-z]+)*|@")
_UNICODE = re.compile(r"[0-9]+|[^\W\d_]+(?:'[^\W\d_]+)*|@")


@dataclass(slots=True)
class Tokens:
    """The call as parallel lists: one list item a token, in the order of speech."""

    turn: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    number: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Token to how it reads as a number (kind, value), in order; detectors may claim entries."""
    views: list[View] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    """The first token of each turn, and after them the number of tokens."""

    def __len__(self) -> int:
        return len(self.text)

    def original(self, first: int, last: int) -> tuple[int, int]:
        """The code points of the turn's own text under tokens `first` to `last`, inclusive."""
        return self.views[self.turn[first]].original(self.start[first], self.end[last])

    def before(self, token: int) -> str:
        """The character of the view just before a token, or an empty string."""
        start = self.start[token]
        return self.views[self.turn[token]].text[start - 1 : start] if start else ""


def tokenize(turns: Sequence[Turn], language: Language) -> Tokens:
    """The tokens of a call, in time linear in its text."""
    tokens = Tokens()
    numbers = language.numbers
    for index, turn in enumerate(turns):
        view = fold(turn.text)
        tokens.views.append(view)
        tokens.speakers.append(turn.speaker)
        tokens.first.append(len(tokens.text))
        pattern = _ASCII if view.text.isascii() else _UNICODE
        for match in pattern.finditer(view.text):
            word = match.group()
            if word in numbers:
                tokens.number[len(tokens.text)] = numbers[word]
            elif "0" <= word[0] <= "9":
                tokens.number[len(tokens.text)] = (WRITTEN, word)
            tokens.text.append(word)
            tokens.turn.append(index)
            tokens.start.append(match.start())
            tokens.end.append(match.end())
    tokens.first.append(len(tokens.text))
    return tokens
