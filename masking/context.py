"""What was said around a run: the cue in its own clause, the question before it, what follows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from masking.cues import Cue
from masking.languages.table import Language
from masking.phrasebook import by_first
from masking.runs import CURRENCY, NeutralTurns, Run
from masking.tokens import Tokens

QUESTION_TURNS = 2
AFTER_TOKENS = 8
ANNOUNCED_TOKENS = 5
HINT_TOKENS = 12


@dataclass(slots=True)
class Context:
    """`own`: the last cue before the run in its turn, with no number between; `question`: the
    last cue of the turns just before; `after`: a cue close behind; `behind`: the same where it
    announces no other number. `hint`: a weak cue close by. `counts`: it is an amount."""

    own: Cue | None
    question: Cue | None
    after: Cue | None
    counts: bool
    behind: Cue | None = None
    hint: str | None = None
    money: bool = False
    """Whether a currency's sign stands before it."""
    near: int = 99
    """How many tokens lie between the own cue and the run."""

    @property
    def label(self) -> str | None:
        """The label that was announced, if any."""
        cue = self.own or self.question
        return cue.label if cue else None


def is_end(cue: Cue, tokens: Tokens, language: Language) -> bool:
    """Whether a cue announces a number's end or beginning: "ending in", "it ends"."""
    said = {tokens.text[cue.first], tokens.text[cue.last]}
    return cue.label == "OTHER" and not said.isdisjoint(language.ends)


class Surroundings:
    """Answers for any run of a call, each in the time of a binary search."""

    def __init__(
        self, tokens: Tokens, language: Language, cues: Sequence[Cue], neutral: NeutralTurns
    ) -> None:
        self.tokens, self.language, self.neutral = tokens, language, neutral
        self.cues = [cue for cue in cues if not cue.weak]
        self.hints = [cue for cue in cues if cue.weak]
        self._known: dict[tuple[int, int], Context] = {}
        self.starts = [cue.first for cue in self.cues]
        self.hint_starts = [cue.first for cue in self.hints]
        # "the one on the front" is no number that something else would be announced by.
        self.numbers = [
            place
            for place, (_, value) in tokens.number.items()
            if len(value) > 1 or place - 1 in tokens.number or place + 1 in tokens.number
        ]

    def of(self, run: Run) -> Context:
        """The context of a run; worked out once."""
        known = self._known.get((run.first, run.last))
        if known is None:
            known = self._known[run.first, run.last] = self._of(run)
        return known

    def _of(self, run: Run) -> Context:
        tokens = self.tokens
        at = bisect_left(self.starts, run.first)
        before = self.cues[at - 1] if at else None
        turn = tokens.turn[run.first]
        own = question = None
        hint_before: str | None = None
        near = 99
        if before is not None:
            distance = turn - tokens.turn[before.first]
            number = bisect_left(self.numbers, run.first)
            previous = self.numbers[number - 1] if number else -1
            if distance == 0 and before.first > previous:
                own, near = before, run.first - before.last - 1
            elif distance <= QUESTION_TURNS:
                question = before
        if own is not None and near <= 2 and is_end(own, tokens, self.language):
            # "My social ends in": the number's end, of the number that was named.
            for named in reversed(self.cues[max(0, at - 4) : at - 1]):
                if turn - tokens.turn[named.last] > QUESTION_TURNS:
                    break
                if named.label not in ("OTHER", "CODE", "EXPIRY", "ZIP"):
                    hint_before = named.label
                    break
        after = self._after(run)
        behind = None if after is None or self._announces(after) else after
        hint = hint_before or self._hint(run, turn)
        return Context(
            own, question, after, self._counts(run), behind, hint, self._money(run), near
        )

    def another_between(self, first: int, last: int) -> bool:
        """Whether something other than a card was asked for between two tokens: a code behind a
        card is no part of it."""
        between = slice(bisect_left(self.starts, first), bisect_left(self.starts, last))
        return any(cue.label != "CARD" for cue in self.cues[between])

    def _hint(self, run: Run, turn: int) -> str | None:
        tokens = self.tokens
        at = bisect_left(self.hint_starts, run.first)
        before = self.hints[at - 1] if at else None
        if (
            before is not None
            and run.first - before.last <= HINT_TOKENS
            and turn - tokens.turn[before.first] <= QUESTION_TURNS
        ):
            return before.label
        after = self.hints[at] if at < len(self.hints) else None
        if (
            after is not None
            and after.first - run.last <= AFTER_TOKENS
            and tokens.turn[after.first] == turn
        ):
            return after.label
        return None

    def _announces(self, cue: Cue) -> bool:
        tokens = self.tokens
        end = min(tokens.first[tokens.turn[cue.last] + 1], cue.last + 1 + ANNOUNCED_TOKENS)
        return not tokens.number.keys().isdisjoint(range(cue.last + 1, end))

    def _after(self, run: Run) -> Cue | None:
        at = bisect_left(self.starts, run.last + 1)
        if at == len(self.cues):
            return None
        cue = self.cues[at]
        if self.tokens.turn[cue.first] != self.tokens.turn[run.last]:
            return None
        number = bisect_left(self.numbers, run.last + 1)
        blocked = number < len(self.numbers) and self.numbers[number] < cue.first
        return None if blocked or cue.first - run.last > AFTER_TOKENS else cue

    def _money(self, run: Run) -> bool:
        before = self.tokens.before(run.first)
        return bool(before) and before in CURRENCY

    def _dated(self, run: Run) -> bool:
        """Whether the run is the day or year of a date, or a year behind "since"."""
        tokens, dates = self.tokens, self.language.dates
        size = len(run.digits)
        if size > 6:
            return size <= 8 and self._slashed(run) and run.digits.isdigit()
        low, end = tokens.bounds(tokens.turn[run.first])
        before = [at for at in (run.first - 1, run.first - 2) if at >= low]
        for at in before:
            word = tokens.text[at]
            if word in dates.months or word in dates.ordinals:
                return True
            if word in dates.before_years and at == run.first - 1 and size == 4:
                return run.digits[:2] in ("19", "20")
            if word not in dates.joints:
                break
        for at in range(run.last + 1, min(end, run.last + 3)):
            if tokens.text[at] in dates.months:
                return True
            if tokens.text[at] not in dates.joints:
                break
        return size >= 4 and self._slashed(run)

    def _slashed(self, run: Run) -> bool:
        """ "7/13/2019"."""
        tokens = self.tokens
        if run.last - run.first != 2:
            return False
        gaps = tokens.gap[run.first + 1 : run.last + 1]
        if gaps not in (["/", "/"], ["-", "-"]):
            return False
        first, second, year = run.parts
        day, month = sorted((int(first), int(second)), reverse=True)
        return (
            len(first) <= 2
            and len(second) <= 2
            and len(year) in (2, 4)
            and 1 <= month <= 12
            and day <= 31
        )

    def _timed(self, run: Run) -> bool:
        """ "six forty five a m", "half past", "ten to four"."""
        tokens = self.tokens
        if len(run.digits) > 4:
            return False
        end = tokens.first[tokens.turn[run.last] + 1]
        following = tokens.text[run.last + 1 : min(end, run.last + 4)]
        phrases = by_first(self.language.dates.times).get(following[0], ()) if following else ()
        if any(tuple(following[: len(phrase)]) == phrase for phrase in phrases):
            return True
        return ":" in tokens.gap[run.first + 1 : run.last + 1]

    def _counts(self, run: Run) -> bool:
        tokens, following = self.tokens, run.last + 1
        if self._money(run):
            return True
        if self._dated(run) or self._timed(run):
            return True
        if (
            run.digits == "1"
            and following < len(tokens)
            and tokens.text[following] in (self.language.moments)
        ):
            return True
        return (
            following < tokens.first[tokens.turn[run.last] + 1]
            and tokens.text[following] in self.language.units
        )
