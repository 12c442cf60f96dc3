"""The codes that were said, to know them again where they are read back."""

from __future__ import annotations

from itertools import accumulate

from masking.runs import NeutralTurns, Run
from masking.tokens import Tokens

NEAR_TURNS = 4
MAX_CODES = 8
"""A call has a code or two; looking for each of many in each number would be quadratic."""


class Answers:
    """Every code found so far, by its digits and by its turn."""

    def __init__(self, tokens: Tokens, neutral: NeutralTurns) -> None:
        self.tokens, self.neutral = tokens, neutral
        self.labels: dict[str, str] = {}
        self.by_turn: dict[int, list[str]] = {}

    def add(self, run: Run, label: str) -> None:
        """Takes a run for a code."""
        self.labels[run.digits] = label
        for turn in {self.tokens.turn[run.first], self.tokens.turn[run.last]}:
            codes = self.by_turn.setdefault(turn, [])
            if len(codes) < MAX_CODES:
                codes.append(run.digits)

    def repeated(self, run: Run) -> str | None:
        """The label of the code that a run says again: as it is, among more, or in part."""
        if not self.labels:
            return None
        label = self.labels.get(run.digits)
        if label is None and len(self.labels) <= MAX_CODES and len(run.digits) <= 12:
            label = next((self.labels[code] for code in self.labels if _among(run, code)), None)
        return label or self._part(run)

    def _part(self, run: Run) -> str | None:
        """ "Seven eight, and?": an echo of the first digits while the rest is still to come."""
        turn, size = self.tokens.turn[run.first], len(run.digits)
        if size > 4 or (size == 1 and not self.neutral.turn(turn)):
            return None
        if size == 1 and self.tokens.text[run.first] in ("oh", "o"):
            first, end = self.tokens.bounds(turn)
            if end - first > 1:
                return None
        for near in range(turn - NEAR_TURNS, turn + NEAR_TURNS + 1):
            for code in self.by_turn.get(near, ()):
                if run.digits in code:
                    return self.labels[code]
        return None


def _among(run: Run, code: str) -> bool:
    """Whether whole elements of a run spell the code: 123 is not in 51239."""
    at = run.digits.find(code)
    if at < 0:
        return False
    ends = {0, *accumulate(map(len, run.parts))}
    while at >= 0:
        if at in ends and at + len(code) in ends:
            return True
        at = run.digits.find(code, at + 1)
    return False
