"""Runs: the numbers that people read out, over fillers, punctuation and turns."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from masking.cues import Cue
from masking.languages.table import (
    DIGIT,
    HUNDRED,
    HUNDREDS,
    REPEAT,
    TEEN,
    TENS,
    THOUSAND,
    WRITTEN,
    Language,
)
from masking.tokens import Tokens

CURRENCY = frozenset("$\u00a3\u20ac\u00a5")
MAX_FILLERS = 6
MAX_TURNS = 6
BRIEF = 4
"""Words of a turn that does not interrupt the other speaker, whatever they are: "got that one"."""


@dataclass(slots=True)
class Run:
    """One number of one speaker: its tokens and the digits that each of them stands for."""

    tokens: Sequence[int]
    parts: Sequence[str]
    digits: str
    parent: int
    """How many digits the run had before a card was taken out of it."""
    after_card: bool = False
    first: int = field(init=False)
    """The first token."""
    last: int = field(init=False)
    """The last token."""

    def __post_init__(self) -> None:
        self.first, self.last = self.tokens[0], self.tokens[-1]

    def part(self, start: int, stop: int, *, after_card: bool) -> Run:
        """The run of its elements `start` to `stop`, exclusive."""
        parts = self.parts[start:stop]
        return Run(self.tokens[start:stop], parts, "".join(parts), self.parent, after_card)


def drop_cue_numbers(tokens: Tokens, language: Language, cues: Iterable[Cue]) -> None:
    """Takes "three" in "three digits" and "four" in "the last four are" out of the numbers, but
    not in "one two three digits"."""
    for counted in tokens.where(language.counted):
        index = counted - 1
        if index not in tokens.number or tokens.turn[index] != tokens.turn[counted]:
            continue
        joined = index > 1 and tokens.text[index - 1] in language.joints
        before = index - 2 if joined else index - 1
        alone = before not in tokens.number and counted not in tokens.number
        one = tokens.number[index][1] == "1"
        if alone and (one or tokens.text[counted] in language.figures):
            # "One moment", "all nine digits".
            tokens.number.pop(index)
            tokens.counts.add(index)
    for cue in cues:
        if cue.first - 1 in tokens.number:
            continue
        for index in range(cue.first, cue.last + 1):
            if tokens.number.pop(index, None):
                tokens.counts.add(index)
    for part in tokens.where(language.parts):
        index = part + 1
        if index not in tokens.number:
            continue
        _, value = tokens.number[index]
        if index > 1 and index - 2 in tokens.number and tokens.gap[index - 1] in (" ", "-"):
            # "twenty first two thousand", "one four first": a date, or not worth the doubt.
            continue
        end = tokens.first[tokens.turn[index] + 1]
        following = index + 1
        while following < end and following in tokens.number and following - index < 12:
            following += 1
        rest = following - index - 1
        apart = index + 1 < end and "," in tokens.gap[index + 1]
        if len(value) == 1 and value in "23456" and (not rest or apart or rest == int(value)):
            tokens.number.pop(index)
            tokens.counts.add(index)


def find_runs(
    tokens: Tokens, language: Language, cues: Sequence[Cue], neutral: NeutralTurns
) -> list[Run]:
    """The runs of a call, in order of their first token.

    A run goes on over the other speaker's turns where these hold nothing but digits (an echo)
    and words such as "okay, go ahead". An echo is a run of its own.
    """
    runs = []
    for members in _group(tokens, _Bridges(tokens, language, cues, neutral)):
        parts = read([_kind(tokens, language, index) for index in members])
        digits = "".join(parts)
        if digits:
            runs.append(Run(members, parts, digits, len(digits)))
    runs.sort(key=lambda run: run.first)
    return runs


def _kind(tokens: Tokens, language: Language, index: int) -> tuple[str, str]:
    """How a token of a run reads; a homophone got into it between two digits."""
    return tokens.number.get(index) or (DIGIT, language.homophones[tokens.text[index]])


def _group(tokens: Tokens, bridges: _Bridges) -> Iterator[list[int]]:
    running: dict[str, list[int]] = {}
    for index in tokens.number:
        speaker = tokens.speakers[tokens.turn[index]]
        run = running.get(speaker)
        if run is None:
            running[speaker] = [index]
            continue
        gap = bridges.gap(run[-1], index, len(run))
        if gap is None:
            yield run
            running[speaker] = [index]
        else:
            run += gap
            run.append(index)
    yield from running.values()


class _Bridges:
    """Decides whether the way from one number token to the next of a speaker keeps one run."""

    def __init__(
        self, tokens: Tokens, language: Language, cues: Sequence[Cue], neutral: NeutralTurns
    ) -> None:
        self.tokens, self.language = tokens, language
        self.cue_starts = [cue.first for cue in cues]
        self.neutral = neutral
        self.counted = {tokens.text[index] for index in tokens.counts}

    def gap(self, last: int, index: int, size: int) -> list[int] | None:
        """The homophones on the way that are digits themselves, or None where the run ends."""
        tokens = self.tokens
        before, after = tokens.turn[last], tokens.turn[index]
        if tokens.before(index) in CURRENCY:
            # "For you two, that's $45": an amount begins here.
            return None
        if before == after:
            if index == last + 1:
                return []
            if index - last - 1 > MAX_FILLERS or self._cue_between(last, index):
                return None
            return self._within(last, index, size)
        if after - before > MAX_TURNS or self._cue_between(last, index):
            return None
        tail = tokens.first[before + 1]
        head = tokens.first[after]
        if tail - last > MAX_FILLERS + 1 or index - head > MAX_FILLERS:
            return None
        neutral = self.language.neutral
        words = [*tokens.text[last + 1 : tail], *tokens.text[head:index]]
        if all(word in neutral or word in self.counted for word in words) and all(
            self.neutral.turn(turn) or self._brief(turn) for turn in range(before + 1, after)
        ):
            return []
        return None

    def _brief(self, turn: int) -> bool:
        """Whether a turn is a word or two that no list may know: "grand", "lovely stuff"."""
        tokens = self.tokens
        first, end = tokens.bounds(turn)
        return end - first <= BRIEF and sum(at in tokens.number for at in range(first, end)) < 2

    def _cue_between(self, last: int, index: int) -> bool:
        at = bisect_left(self.cue_starts, last + 1)
        return at < len(self.cue_starts) and self.cue_starts[at] < index

    def _within(self, last: int, index: int, size: int) -> list[int] | None:
        homophones = []
        text, language = self.tokens.text, self.language
        # "And the last bit is": the number says of itself that it goes on.
        told = size > 2 and any(text[at] in language.parts for at in range(last + 1, index))
        for between in range(last + 1, index):
            word = text[between]
            if (
                word in language.bridges
                or word in language.fillers
                or between in self.tokens.counts
                or (told and word in language.neutral)
            ):
                continue
            if word not in self.language.homophones:
                return None
            homophones.append(between)
        if homophones and not (
            (self._single(last) or size > 3)
            and (self._single(index) or index + 1 in self.tokens.number)
        ):
            return None
        return homophones

    def _single(self, index: int) -> bool:
        kind, value = self.tokens.number[index]
        return kind in (DIGIT, REPEAT) or (kind == WRITTEN and len(value) == 1)


class NeutralTurns:
    """Which turns hold only digits, fillers and acknowledgements; each is read once."""

    def __init__(self, tokens: Tokens, language: Language) -> None:
        self.tokens, self.language = tokens, language
        self._known: dict[int, bool] = {}

    def turn(self, turn: int) -> bool:
        """Whether a turn is neutral."""
        known = self._known.get(turn)
        if known is None:
            known = self._known[turn] = self._read(turn)
        return known

    def _read(self, turn: int) -> bool:
        tokens, neutral, homophones = self.tokens, self.language.neutral, self.language.homophones
        first, stop = tokens.bounds(turn)
        for index, word in enumerate(tokens.text[first:stop], start=first):
            if not (
                index in tokens.number
                or word in neutral
                or index in tokens.counts
                or word in homophones
            ):
                return False
        return True


_PLAIN = frozenset({DIGIT, TEEN, WRITTEN})
"""The kinds that stand for the same digits whatever follows them."""


def read(kinds: Sequence[tuple[str, str]]) -> list[str]:
    """The digits that each element of a run stands for.

    "twenty three" is 2 and 3, "twenty" alone 20, "five hundred three" 5, 0 and 3, "double four"
    4 and 4. An element may stand for none.
    """
    parts = [value for _, value in kinds]
    for index, (kind, value) in enumerate(kinds):
        if kind in _PLAIN:
            continue
        following = kinds[index + 1] if index + 1 < len(kinds) else ("", "")
        if kind == TENS:
            units = following[0] == DIGIT and following[1] != "0"
            parts[index] = value if units else value + "0"
        elif kind in (HUNDRED, HUNDREDS):
            parts[index] = value + _zeros(following, 2)
        elif kind == THOUSAND:
            hundreds = following[0] == HUNDREDS or (
                following[0] == DIGIT and index + 2 < len(kinds) and kinds[index + 2][0] == HUNDRED
            )
            parts[index] = "" if hundreds else _zeros(following, 3)
        elif kind == REPEAT:
            single = following[0] in (DIGIT, WRITTEN) and len(following[1]) == 1
            parts[index] = following[1] * (int(value) - 1) if single else ""
    return parts


def _zeros(following: tuple[str, str], width: int) -> str:
    """The zeros of "hundred" or "thousand" that the words after it leave standing."""
    kind, value = following
    if kind in (TEEN, TENS):
        return "0" * (width - 2)
    if kind == DIGIT and value != "0":
        return "0" * (width - 1)
    return "0" * width
