"""The open question for a number: what is read out after it, in pieces or whole, answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from masking.context import Context
from masking.cues import Cue
from masking.runs import NeutralTurns, Run
from masking.tokens import Tokens

EXPECTED: Mapping[str, int] = {
    "CARD": 15, "SSN": 9, "PHONE": 10, "ACCOUNT": 8, "MRN": 6, "IBAN": 14, "IP": 9,
}  # fmt: skip
"""The labels that are asked for in digits, and how many of them answer the question."""
TURNS = 4
"""An answer, or its next piece, may come this many turns later."""


@dataclass(slots=True)
class _Scope:
    labels: list[str]
    turn: int
    first: int
    """The first token of the first cue."""
    collected: int = 0
    last_turn: int | None = None


class Scopes:
    """One pass over the call, in the order of speech."""

    def __init__(self, tokens: Tokens, neutral: NeutralTurns, leads: Callable[[int], bool]) -> None:
        self._leads = leads
        self.tokens, self.neutral = tokens, neutral
        self.scope: _Scope | None = None

    def hear(self, cue: Cue) -> None:
        """Opens a scope at a cue; another subject closes it, unless both are asked at once."""
        scope, turn = self.scope, self.tokens.turn[cue.first]
        if cue.label not in EXPECTED:
            if scope is not None and (turn != scope.turn or cue.label == "OTHER"):
                asked = scope.turn == turn - 1 and not scope.collected
                # "It's on the back of the order form": said on the way to the answer.
                self.scope = scope if asked and cue.label == "OTHER" else None
            return
        if scope is not None and cue.label == scope.labels[0]:
            scope.turn = turn
            return
        if scope is not None and scope.turn == turn and not scope.collected:
            scope.labels.append(cue.label)
            return
        self.scope = _Scope([cue.label], turn, cue.first)

    def answers(self, run: Run, context: Context) -> str | None:
        """The label of what the run answers, wholly or in part."""
        scope, tokens = self.scope, self.tokens
        if scope is None or context.counts:
            return None
        own = context.own
        if own is not None and own.label not in scope.labels and context.near <= 6:
            return None
        turn, size = tokens.turn[run.first], len(run.digits)
        since = scope.turn if scope.last_turn is None else max(scope.turn, scope.last_turn)
        if turn - since > TURNS or not size:
            return None
        label = own.label if own is not None and own.label in scope.labels else scope.labels[0]
        bare = self.neutral.turn(turn)
        if scope.collected >= EXPECTED[label]:
            # Done: what comes now is the next of several, a correction, or something else.
            if len(scope.labels) > 1:
                scope.labels.pop(0)
                label, scope.collected = scope.labels[0], 0
            elif not bare or size < 2:
                return None
        if size == 1 and not (bare and scope.collected):
            return None
        own_here = own is not None and own.label in scope.labels
        if not (own_here or bare or size >= 7 or self._leads(run.first)):
            return None
        if size < 3 and not bare and not scope.collected:
            return None
        scope.collected += size
        scope.last_turn = turn
        return label
