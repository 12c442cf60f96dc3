"""Dates of birth: a date is one on a birth cue or question alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from masking.answers import Answers
from masking.cues import Cue
from masking.detectors.finding import Finding
from masking.languages.table import DIGIT, TEEN, TENS, THOUSAND, Language
from masking.runs import read
from masking.tokens import Tokens

LOOK, MOST, BETWEEN, BEFORE = 14, 30, 3, 8
"""Tokens up to a date's first, of a date, between two parts of it, between it and a cue behind."""
MOST_REPEATS = 64
PIECE_TURNS, BRIEF = 8, 4
"""Turns over which a date may be told in pieces, and words of a turn that only listens."""


def find_births(
    tokens: Tokens, language: Language, cues: Sequence[Cue], answers: Answers
) -> Iterator[Finding]:
    """Dates behind, before or in answer to a birth cue, and the same dates said again. They are
    claimed."""
    reader = _Dates(tokens, language)
    said: set[tuple[str, ...]] = set()
    for cue in cues:
        if cue.label != "DOB":
            continue
        for finding in _of(cue, reader, answers):
            said.add(reader.key(finding.tokens))
            tokens.claim(finding.tokens)
            yield finding
    if said:
        for found in reader.again(said):
            tokens.claim(found)
            yield Finding(found, "DOB", 0.8, "dob.read_back")


def _of(cue: Cue, reader: _Dates, answers: Answers) -> Iterator[Finding]:
    tokens = reader.tokens
    before = reader.before(cue.first)
    for place, (start, stop) in enumerate(answers.windows(cue, turns=4)):
        if place == 1 and before:
            break
        found = reader.at(start, stop)
        if found and place and not (answers.leads(found[0]) or (place == 1 and reader.full(found))):
            continue
        if found:
            whole = reader.whole(found)
            yield Finding(found, "DOB", 0.9, "dob.question" if place else "dob.cue")
            tokens.claim(found)
            if not whole:
                yield from _rest(found, reader)
            elif place > 1:
                yield from _piece_by_piece(cue, reader)
            yield from _repeated(found, reader, answers)
            return
    if not before:
        yield from _piece_by_piece(cue, reader)
    if before:
        yield Finding(before, "DOB", 0.85, "dob.cue_after")
        tokens.claim(before)
        yield from _repeated(before, reader, answers)


def _piece_by_piece(cue: Cue, reader: _Dates) -> Iterator[Finding]:
    """A date in turns of its own parts alone: "July" - "okay" - "seventh" - "and?" - "1982"."""
    tokens = reader.tokens
    turn = tokens.turn[cue.first]
    found: list[list[int]] = []
    for following in range(turn + 1, min(turn + PIECE_TURNS, len(tokens.speakers))):
        start, stop = tokens.bounds(following)
        if stop - start > LOOK:
            break
        parts = [at for at in range(start, stop) if reader.is_part(at)]
        if tokens.speakers[following] == tokens.speakers[turn]:
            if parts or stop - start > BRIEF:
                break
            continue
        if not parts or any(reader.is_talk(at) for at in range(start, stop)):
            break
        found.append(list(range(parts[0], parts[-1] + 1)))
    if any(reader.named(at) for piece in found for at in piece):
        for piece in found:
            tokens.claim(piece)
            yield Finding(piece, "DOB", 0.75, "dob.question")


def _repeated(found: Sequence[int], reader: _Dates, answers: Answers) -> Iterator[Finding]:
    """The date in the mouth of the other side right after, in whatever form."""
    tokens = reader.tokens
    turn = tokens.turn[found[-1]]
    for following in range(turn + 1, min(turn + 3, len(tokens.speakers))):
        if tokens.speakers[following] == tokens.speakers[turn]:
            continue
        start, stop = tokens.bounds(following)
        again = reader.at(start, stop)
        if again and reader.full(again) and answers.leads(again[0]):
            tokens.claim(again)
            yield Finding(again, "DOB", 0.75, "dob.read_back")


def _rest(found: Sequence[int], reader: _Dates) -> Iterator[Finding]:
    """What is left of a date that was said in two turns: "march third" - "okay" - "1982"."""
    tokens = reader.tokens
    turn = tokens.turn[found[0]]
    if found[-1] + 3 < tokens.first[turn + 1]:
        return
    for following in range(turn + 1, min(turn + 3, len(tokens.speakers))):
        if tokens.speakers[following] == tokens.speakers[turn]:
            start, stop = tokens.bounds(following)
            more = reader.at(start, min(stop, start + 4))
            if more:
                yield Finding(more, "DOB", 0.8, "dob.question")
            return


class _Dates:
    def __init__(self, tokens: Tokens, language: Language) -> None:
        self.tokens, self.language, self.words = tokens, language, language.dates

    def _part(self, at: int) -> bool:
        tokens = self.tokens
        if at in tokens.claimed:
            return False
        word = tokens.text[at]
        return at in tokens.number or word in self.words.months or word in self.words.ordinals

    def at(self, start: int, stop: int) -> list[int]:
        """The date whose first token is among the first of a window; [] for none."""
        for first in range(start, min(stop, start + LOOK)):
            if self._part(first):
                found = self._from(first, stop)
                if found:
                    if first > start and self.tokens.text[first - 1] in (self.words.openers):
                        found.insert(0, first - 1)
                    return found
        return []

    def before(self, cue: int) -> list[int]:
        """The date that ends shortly before a cue in the same turn; [] for none."""
        low = self.tokens.first[self.tokens.turn[cue]]
        for last in range(cue - 1, max(low - 1, cue - 1 - BEFORE), -1):
            if self._part(last):
                first = at = last
                while at >= max(low, last - MOST) and first - at <= BETWEEN:
                    if self._part(at):
                        first = at
                    elif not self._between(at):
                        break
                    at -= 1
                return self._from(first, last + 1)
        return []

    is_part = _part

    def named(self, at: int) -> bool:
        """Whether a token is a month or an ordinal."""
        word = self.tokens.text[at]
        return word in self.words.months or word in self.words.ordinals

    def is_talk(self, at: int) -> bool:
        """Whether a token is neither of a date nor of the small talk around one."""
        word = self.tokens.text[at]
        return not (
            self._part(at)
            or self._between(at)
            or word in self.language.neutral
            or word in self.language.copulas
        )

    def _between(self, at: int) -> bool:
        word = self.tokens.text[at]
        return word in self.words.joints or word in self.language.fillers

    def _from(self, first: int, stop: int) -> list[int]:
        last = at = first
        while at < min(stop, first + MOST) and at - last <= BETWEEN:
            if self._part(at):
                if self._digits(range(first, at + 1)) > 10:
                    break
                last = at
            elif not self._between(at) or (
                self._complete(first, last) and not self._goes_on(last, at)
            ):
                break
            at += 1
        found = range(first, last + 1)
        return list(found) if self._dated(found) else []

    def _goes_on(self, last: int, at: int) -> bool:
        """Whether a year goes on over its joint: "two thousand" - "and" - "five"."""
        number = self.tokens.number
        return (
            self.tokens.text[at] in self.language.joints
            and number.get(last, ("",))[0] == THOUSAND
            and number.get(at + 1, ("",))[0] in (DIGIT, TEEN, TENS)
        )

    def _complete(self, first: int, last: int) -> bool:
        """Whether a date has month and year: "January second 1972, and" what comes is another."""
        found = range(first, last + 1)
        members = [self.tokens.number[at] for at in found if at in self.tokens.number]
        digits = "".join(read(members))
        named = any(self.tokens.text[at] in self.words.months for at in found)
        return named and len(digits) >= 4 and digits[-4:-2] in ("19", "20")

    def _digits(self, found: range) -> int:
        return sum(len(self.tokens.number[at][1]) or 2 for at in found if at in self.tokens.number)

    def _dated(self, found: range) -> bool:
        """Whether it is a date and no count: a month with a day or year, or enough digits."""
        text = [self.tokens.text[at] for at in found]
        months = sum(word in self.words.months for word in text)
        ordinals = sum(word in self.words.ordinals for word in text)
        members = [self.tokens.number[at] for at in found if at in self.tokens.number]
        digits = len("".join(read(members)))
        following = found[-1] + 1
        counted = (
            following < self.tokens.first[self.tokens.turn[found[0]] + 1]
            and self.tokens.text[following] in self.language.units
            and self.tokens.text[following] not in self.words.ordinals
        )
        if months:
            return bool(digits or ordinals)
        if counted or digits > 8:
            return False
        if len(found) == 1 and digits == 4:
            return text[0][:2] in ("19", "20")
        return digits >= 4 or (bool(ordinals) and digits >= 2)

    def whole(self, found: Sequence[int]) -> bool:
        """Whether a date has its year."""
        members = [self.tokens.number[at] for at in found if at in self.tokens.number]
        return len("".join(read(members))) >= 4

    def full(self, found: Sequence[int]) -> bool:
        """Whether a date has a month and a year, or is written with both."""
        tokens = self.tokens
        members = [tokens.number[at] for at in found if at in tokens.number]
        digits = len("".join(read(members)))
        months = any(tokens.text[at] in self.words.months for at in found)
        joined = any(tokens.gap[at] in ("/", "-", ".") for at in found[1:])
        return digits >= 4 if months else joined and 4 < digits <= 8

    def key(self, found: Sequence[int]) -> tuple[str, ...]:
        """What makes two sayings of a date the same."""
        return tuple(self.tokens.text[at] for at in found if not self._between(at))

    def again(self, said: set[tuple[str, ...]]) -> Iterator[list[int]]:
        """The dates of a call that were said before as a date of birth."""
        tokens, at, tries = self.tokens, 0, 0
        starts = {key[0] for key in said if key}
        longest = max(map(len, said))
        for at, word in enumerate(tokens.text):
            if word not in starts or not self._part(at):
                continue
            tries += 1
            if tries > MOST_REPEATS:
                return
            found = self._from(at, min(tokens.first[tokens.turn[at] + 1], at + 3 * longest))
            if found and self.key(found) in said:
                yield found
