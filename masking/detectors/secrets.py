"""Card security codes and PINs: the two that may not be stored after authorisation.

PCI DSS 4.0.1, 3.3.1.2 and 3.3.1.3. A miss here is a breach and a false alarm a blotted number,
so every doubt is decided for masking, and both policies find the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from masking.answers import leads
from masking.context import Context, Surroundings
from masking.cues import Cue
from masking.detectors.answers import Answers
from masking.detectors.finding import Finding
from masking.model import FORBIDDEN_AFTER_AUTHORISATION as SECRETS
from masking.runs import Run

ANSWER_TURNS = 16
"""An answer may come this many turns after its question: callers fetch their cards."""
CORRECTION_TURNS = 3
"""A correction or read-back of an answer may come this many turns after it."""
SHORTEST, LONGEST = 3, 12  # a recogniser adds digits too; from 13 on it is a card
OTHER_CUE_TOKENS = 6
LOOKED_AT = 24
"""Tokens of an answer that are searched for homophones: constant for each run."""
CARD_TURNS = 8
"""So long after a card number a bare "code" or what follows the expiry is its security code."""


@dataclass(slots=True)
class _Scope:
    """An open question for a code, from its cue on."""

    labels: list[str]
    turn: int
    collected: int = 0
    answered_turn: int | None = None
    disturbed: bool = False

    def label(self, size: int) -> str:
        if size > 4 and "PIN" in self.labels:
            return "PIN"
        if size == 3 and "CVV" in self.labels:
            return "CVV"
        return self.labels[-1]


@dataclass(slots=True)
class Secrets:
    """The codes of a call and the runs that are none."""

    findings: list[Finding] = field(default_factory=list)
    rest: list[Run] = field(default_factory=list)


def find_secrets(
    runs: Sequence[Run],
    cues: Sequence[Cue],
    cards: Sequence[Finding],
    surroundings: Surroundings,
) -> Secrets:
    """Codes by a cue before or after, as an answer, behind a card, and read back."""
    sweep = _Sweep(runs, cards, surroundings)
    found = Secrets()
    doubtful: list[tuple[Run, Context]] = []
    waiting = iter([*cues, None])
    cue = next(waiting)
    for run in runs:
        while cue is not None and cue.first < run.first:
            sweep.hear(cue)
            cue = next(waiting)
        context = surroundings.of(run)
        finding = sweep.judge(run, context)
        if finding is None:
            doubtful.append((run, context))
        else:
            found.findings.append(finding)
    for run, context in doubtful:
        label = None if context.counts else sweep.answers.repeated(run)
        if label is None:
            found.rest.append(run)
        else:
            finding = Finding(run.tokens, label, 0.8, f"{label.lower()}.read_back")
            found.findings.append(finding)
    return found


class _Sweep:
    """One pass over the call, in the order of speech."""

    def __init__(
        self, runs: Iterable[Run], cards: Iterable[Finding], surroundings: Surroundings
    ) -> None:
        self.tokens, self.language = surroundings.tokens, surroundings.language
        self.scope: _Scope | None = None
        self.neutral = surroundings.neutral
        self.answers = Answers(self.tokens, self.neutral)
        self.card_ends = sorted(card.tokens[-1] for card in cards)
        self.in_turn: dict[int, int] = {}
        for run in runs:
            if len(run.digits) <= LONGEST:
                for token, part in zip(run.tokens, run.parts, strict=True):
                    turn = self.tokens.turn[token]
                    self.in_turn[turn] = self.in_turn.get(turn, 0) + len(part)

    def hear(self, cue: Cue) -> None:
        """Opens a scope at a question for a code; another subject closes it once answered."""
        turn = self.tokens.turn[cue.first]
        scope = self.scope
        if cue.label in SECRETS:
            together = scope is not None and scope.turn == turn and scope.answered_turn is None
            earlier = scope.labels if scope is not None and together else []
            self.scope = _Scope([*(one for one in earlier if one != cue.label), cue.label], turn)
        elif scope is not None and cue.label != "CODE":
            if scope.answered_turn is not None:
                self.scope = None
            else:
                # "Is that the number next to the expiry date?" - "No, on the back": stay open.
                scope.disturbed = True

    def judge(self, run: Run, context: Context) -> Finding | None:
        """The finding of a run that is a code by itself or by the question before it."""
        size = len(run.digits)
        own = context.own
        if size > LONGEST:
            return None
        if own is not None and own.label in SECRETS and self._by_cue(run, own, context):
            return self._accept(run, self._label(own.label, size), 0.95, "cue")
        if own is not None and not context.money and self._follows_expiry(run, own):
            return self._accept(run, "CVV", 0.7, "after_expiry")
        if own is not None and self._about_something_else(run, own):
            return None
        if context.label == "CODE" and self._bare_code(run, context):
            return self._accept(run, "CVV", 0.7, "code")
        if run.after_card and not context.counts and self._behind_card(run.digits):
            return self._accept(run, "CVV", 0.7, "after_card")
        if context.counts:
            return None
        after = context.after
        if after is not None and after.label in SECRETS and SHORTEST <= size <= 8:
            return self._accept(run, after.label, 0.9, "cue_after")
        scope = self._open_scope(run)
        if scope is None:
            return None
        if not self._answering(run):
            return None
        if scope.answered_turn is not None:
            same_turn = self.tokens.turn[run.first] == scope.answered_turn
            if SHORTEST <= size <= 8 or (same_turn and size < SHORTEST and self._spread_out(run)):
                return self._accept(run, scope.label(size), 0.6, "correction")
            return None
        if self._answers(run, scope):
            return self._accept(run, scope.label(size), 0.9, "question")
        return None

    def _label(self, label: str, size: int) -> str:
        if self.scope is not None and label in self.scope.labels:
            return self.scope.label(size)
        return label

    def _by_cue(self, run: Run, own: Cue, context: Context) -> bool:
        size = len(run.digits)
        if context.counts and run.first - own.last > 3:
            return False
        if size >= SHORTEST or (size == 2 and len(run.tokens) == 2):
            return True
        return self._spread_out(run)

    def _about_something_else(self, run: Run, own: Cue) -> bool:
        if own.label in SECRETS or run.first - own.last > OTHER_CUE_TOKENS:
            return False
        if own.label == "CODE":
            return False
        # "The number on my card is 123", "the year I was born, 1967": said to the question for
        # a code, these are the code.
        return own.label not in ("CARD", "DOB") or len(run.digits) > 4

    def _follows_expiry(self, run: Run, own: Cue) -> bool:
        """ "Expires March 27, 123": more digits than a date, with a code due."""
        size = len(run.digits)
        asked = self._open_scope(run)
        due = asked is not None and asked.answered_turn is None
        if own.label == "EXPIRY":
            date = size <= 4 or (size == 6 and run.digits[2:4] == "20")
            return not date and (due or self._card_before(run))
        return own.label == "OTHER" and due and size >= 6

    def _bare_code(self, run: Run, context: Context) -> bool:
        """ "And the code?": three digits always, for nothing else asked so has three; four
        where a card was just read out."""
        size = len(run.digits)
        return not context.counts and (size == 3 or (size == 4 and self._card_before(run)))

    def _card_before(self, run: Run) -> bool:
        at = bisect_left(self.card_ends, run.first)
        if not at:
            return False
        turn = self.tokens.turn
        return turn[run.first] - turn[self.card_ends[at - 1]] <= CARD_TURNS

    def _behind_card(self, digits: str) -> bool:
        """Card, expiry and code in one breath, with or without the expiry (MMYY or MMYYYY)."""
        size = len(digits)
        if size in (3, 7, 8, 9, 10) or self.scope is not None:
            return size >= SHORTEST
        return size == 4 and not 1 <= int(digits[:2]) <= 12

    def _answering(self, run: Run) -> bool:
        """Whether the run stands where an answer does, or ends its turn: "we won fourteen to
        five last night" answers no question for a code."""
        turn, text = self.tokens.turn[run.first], self.tokens.text
        low, end = self.tokens.bounds(turn)
        if not self.language.leads or self.neutral.turn(turn):
            return True
        if leads(self.tokens, self.language, run.first):
            return True
        before = text[run.first - 1] if run.first > low else ""
        if before in self.language.homophones or run.first - 1 in self.tokens.number:
            before = text[run.first - 2] if run.first - 1 > low else ""
        if before in self.language.prepositions:
            return False
        # "It's rubbed off a bit, 986 I think": the only number of the very next turn.
        alone = self.scope is not None and self.scope.turn == turn - 1
        return run.last + 1 == end or (
            alone and len(run.digits) in (3, 4) and self.in_turn.get(turn) == len(run.digits)
        )

    def _open_scope(self, run: Run) -> _Scope | None:
        scope, turn = self.scope, self.tokens.turn[run.first]
        if scope is not None:
            since = scope.turn if scope.answered_turn is None else scope.answered_turn
            limit = ANSWER_TURNS if scope.answered_turn is None else CORRECTION_TURNS
            if turn - since > limit:
                self.scope = scope = None
        return scope

    def _answers(self, run: Run, scope: _Scope) -> bool:
        size = len(run.digits)
        if size >= SHORTEST:
            # A house number or a year is as long: past other subjects only the usual lengths.
            return not scope.disturbed or size <= (8 if "PIN" in scope.labels else 4)
        if self._spread_out(run):
            return True
        turn = self.tokens.turn[run.first]
        if not self.neutral.turn(turn):
            return False
        return size == 2 or size + self._homophones(turn) >= SHORTEST

    def _homophones(self, turn: int) -> int:
        """How many digits homophones may be in a turn; the count stops mattering at three."""
        first = self.tokens.first[turn]
        words = self.tokens.text[first : min(self.tokens.first[turn + 1], first + LOOKED_AT)]
        return sum(word in self.language.homophones for word in words)

    def _spread_out(self, run: Run) -> bool:
        """ "The first is one, then a two, and the last one is three": bits of one code."""
        turn = self.tokens.turn[run.first]
        interjection = len(run.tokens) == 1 and (
            self.tokens.text[run.first] in self.language.interjections
        )
        return not interjection and SHORTEST <= self.in_turn.get(turn, 0) <= 10

    def _accept(self, run: Run, label: str, score: float, how: str) -> Finding:
        size = len(run.digits)
        if size >= SHORTEST:
            self.answers.add(run, label)
        scope = self.scope
        if scope is not None:
            scope.collected += size
            if scope.collected >= SHORTEST * len(scope.labels):
                scope.answered_turn = self.tokens.turn[run.last]
        return Finding(self._widened(run, label), label, score, f"{label.lower()}.{how}")

    def _widened(self, run: Run, label: str) -> Sequence[int]:
        """With "for" and "to" at the ends of a number that is too short without them."""
        if len(run.digits) >= (4 if label == "PIN" else 3):
            return run.tokens
        turn, text = self.tokens.turn, self.tokens.text
        tokens = list(run.tokens)
        for edge, step in ((run.first, -1), (run.last, 1)):
            index = edge + step
            while abs(index - edge) <= SHORTEST and 0 <= index < len(turn):
                if turn[index] != turn[edge] or text[index] not in self.language.homophones:
                    break
                tokens.append(index)
                index += step
        return sorted(tokens)
