"""Where the value that a cue announces may stand: behind it, or in the turns that follow."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from masking.cues import Cue
from masking.languages.table import Language
from masking.tokens import Tokens

TURNS = 3
"""A value may come this many turns after the cue."""
WINDOW = 48
"""Tokens of a turn that are looked at: constant for each cue."""


def leads(tokens: Tokens, language: Language, value: int) -> bool:
    """Whether a value is where an answer has it: first in its turn or sentence, or behind "it's",
    "sure" or "the number is". "It leaves at six forty five" answers no question for a number."""
    if tokens.opens_clause(value):
        return True
    word = tokens.text[value - 1]
    if word in language.leads:
        return True
    before = tokens.text[value - 2] if value - 2 >= tokens.first[tokens.turn[value]] else ""
    return word in language.links and before in language.linked


class Answers:
    """The windows of any cue of a call."""

    def __init__(self, tokens: Tokens, language: Language, cues: Sequence[Cue]) -> None:
        self.tokens, self.language = tokens, language
        self.strong = [cue for cue in cues if not cue.weak]
        self.starts = [cue.first for cue in self.strong]

    def windows(self, cue: Cue, turns: int = TURNS) -> Iterator[tuple[int, int]]:
        """Ranges of tokens, the second exclusive: the rest of the cue's turn up to another cue,
        then turn by turn up to the first cue for something else."""
        tokens = self.tokens
        turn = tokens.turn[cue.last]
        end = tokens.first[turn + 1]
        other = self._other(cue, cue.last + 1, within=True)
        yield cue.last + 1, min(end, other, cue.last + 1 + WINDOW)
        other = self._other(cue, end)
        for following in range(turn + 1, min(turn + 1 + turns, len(tokens.speakers))):
            start, stop = tokens.bounds(following)
            if other <= start:
                return
            yield start, min(stop, other, start + WINDOW)

    def leads(self, value: int) -> bool:
        """Whether a value is where an answer has it; always where the language does not say."""
        return not self.language.leads or leads(self.tokens, self.language, value)

    def _other(self, cue: Cue, token: int, *, within: bool = False) -> int:
        """The first token, from one on, of a cue for something else."""
        at = bisect_right(self.starts, token - 1)
        for each in self.strong[at : at + 8]:
            passing = within and each.label == "OTHER" and each.first == each.last
            # "The record number on the form is": a form is spoken of, and no number of it.
            if each.label != cue.label and not passing:
                return each.first
        return len(self.tokens)
