"""What is said near a number that was found: the rest of it, or the number put right."""

from __future__ import annotations

from collections.abc import Sequence

from masking.context import Context
from masking.detectors.finding import Finding
from masking.languages.table import Language
from masking.runs import NeutralTurns, Run
from masking.tokens import Tokens

WHOLE = {"CARD": 16, "SSN": 9, "PHONE": 11}
"""How many digits a number has at most, as a rule; a piece of one may be followed by the rest."""
NEAR, CLOSE, REPAIR = 20, 4, 12
"""Most tokens between a piece and the rest, the same for two digits, and between a number and
what puts it right."""


class Beside:
    """The last number that each speaker said and that was found, in the order of speech."""

    def __init__(
        self, tokens: Tokens, language: Language, cards: Sequence[Finding], neutral: NeutralTurns
    ) -> None:
        self.tokens, self.back, self.neutral = tokens, language.repairs, neutral
        self.cards = sorted(cards, key=lambda card: card.tokens[0], reverse=True)
        self.last: dict[str, tuple[int, str, int]] = {}
        """By speaker: the last token, the label and how many digits it had."""

    def _hear(self, before: int) -> None:
        """Takes in the cards that were said before a token."""
        while self.cards and self.cards[-1].tokens[0] < before:
            card = self.cards.pop()
            digits = sum(len(self.tokens.number.get(at, ("", ""))[1]) for at in card.tokens)
            self._note(card.tokens[-1], card.label, digits)

    def _note(self, last: int, label: str, digits: int) -> None:
        self.last[self.tokens.speakers[self.tokens.turn[last]]] = (last, label, digits)

    def add(self, run: Run, finding: Finding | None) -> None:
        """Takes a number that was found as the last of its speaker."""
        if finding is not None and finding.score >= 0.6:
            self._note(run.last, finding.label, len(run.digits))

    def piece(self, run: Run, context: Context) -> Finding | None:
        """What the run is where it goes on with the number before it, or puts it right."""
        tokens = self.tokens
        self._hear(run.first)
        found = self.last.get(tokens.speakers[tokens.turn[run.first]])
        size = len(run.digits)
        if found is None or context.own is not None or context.counts or size < 2:
            return None
        last, label, digits = found
        between = run.first - last - 1
        turn, before = tokens.turn[run.first], tokens.turn[last]
        if turn - before > 2 or (turn > before and not self.neutral.turn(turn)):
            return None
        if between <= REPAIR and not self.back.isdisjoint(tokens.text[last + 1 : run.first]):
            return Finding(run.tokens, label, 0.62, f"{label.lower()}.correction")
        near = between <= (NEAR if size > 2 else CLOSE)
        if near and digits >= 3 and digits + size <= WHOLE.get(label, 0):
            return Finding(run.tokens, label, 0.61, f"{label.lower()}.part")
        if label == "CARD" and tokens.turn[run.first] == tokens.turn[last]:
            # "Remove the one that I read out and leave 1858."
            return Finding(run.tokens, "CARD", 0.45, "card.part")
        return None
