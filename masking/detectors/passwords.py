"""Passwords and memorable words: whatever was said after the cue or in answer to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from masking.answers import Answers
from masking.cues import Cue
from masking.detectors.codes import Speller
from masking.detectors.finding import Finding
from masking.tokens import Tokens

MOST, LOOK = 14, 10
_ENDS = re.compile(r"[.?!;]\s|[.?!;]$|,\s")


def find_passwords(
    tokens: Tokens, speller: Speller, cues: Sequence[Cue], answers: Answers
) -> Iterator[Finding]:
    """The values of password cues; they are claimed."""
    reader = _Values(tokens, speller, answers)
    for cue in cues:
        code = cue.label == "PIN" and tokens.text[cue.first].startswith("pass")
        if cue.label != "PASSWORD" and not code:
            continue
        told = False
        found = reader.before(cue)
        if found and not code:
            tokens.claim(found)
            yield Finding(found, "PASSWORD", 0.8, "password.cue_after")
            continue
        for place, (start, stop) in enumerate(answers.windows(cue, turns=3)):
            if place == 0:
                own = reader.own(start, stop)
                told = own is None and not reader.asks(cue) and not reader.questions(cue)
                found = own or []
            else:
                if tokens.speakers[tokens.turn[cue.first]] == tokens.speakers[tokens.turn[start]]:
                    continue
                found = reader.answer(start, stop, told=told)
            if found and code and found[0] in tokens.number:
                # A passcode of digits is a PIN.
                break
            if found:
                tokens.claim(found)
                how = "question" if place else "cue"
                yield Finding(found, "PASSWORD", 0.8, f"password.{how}")
                break


class _Values:
    def __init__(self, tokens: Tokens, speller: Speller, answers: Answers) -> None:
        self.leads = answers.leads
        self.tokens, self.language = tokens, speller.language
        self.speller, self.words = speller, speller.language.passwords

    def own(self, start: int, stop: int) -> list[int] | None:
        """The value in the cue's own turn: [] where there is none, None where something else is
        said of the password."""
        text, language = self.tokens.text, self.language
        at, linked = start, text[start - 1].endswith("'s")
        if at < stop and text[at] in self.words.where:
            # "The password on it is Meadowlark."
            for link in range(at, min(stop, at + 6)):
                if text[link] in self.words.links:
                    at, linked = link, True
                    break
        while at < stop and at - start < LOOK and text[at] in language.copulas:
            linked = True
            at += 1
        asides = language.mail.asides - self.words.signs
        while linked and at + 1 < stop and at - start < LOOK and text[at] in asides:
            # "All lower case", said of what follows.
            at += 1
        if at >= stop:
            return []
        colon = ":" in self.tokens.gap[start] if start < stop else False
        quoted = '"' in self.tokens.gap[at]
        if not (linked or colon or quoted):
            if text[at] in language.denials or at > start:
                return None
            word = text[at]
            stops = word in language.stops and word not in language.spelling.joints
            found = [] if stops else self._value(at, stop)
            odd = any(
                each in self.tokens.number or text[each] in self.words.signs for each in found
            )
            return found if odd else []
        sign = text[at] in language.spelling.joints or text[at] in self.words.signs
        if text[at] in language.denials:
            return None
        if text[at] in language.stops and not quoted and not sign:
            return None
        return self._value(at, stop)

    def questions(self, cue: Cue) -> bool:
        """Whether the cue's turn is a short one that ends with a question mark."""
        turn = self.tokens.turn[cue.first]
        low, end = self.tokens.bounds(turn)
        return end - low <= LOOK and self.tokens.asks(turn)

    def asks(self, cue: Cue) -> bool:
        """Whether the cue's turn asks for the value."""
        tokens = self.tokens
        turn = tokens.turn[cue.first]
        low = max(tokens.first[turn], cue.first - 12)
        return not self.words.asks.isdisjoint(tokens.text[low : cue.first])

    def answer(self, start: int, stop: int, *, told: bool) -> list[int]:
        """The value of an answer. Where something was `told` of the password, and it may not have
        been asked for, only one that begins with "it's"."""
        text, language = self.tokens.text, self.language
        at = start
        if told and self.words.its.isdisjoint(text[start : min(stop, start + 4)]):
            return []
        skips = (language.copulas, language.people.answers, language.fillers, language.leads,
                 language.stops, language.denials, language.moments)  # fmt: skip
        while at < stop and at - start < 2 * LOOK:
            sign = text[at] in language.spelling.joints or text[at] in self.words.signs
            small = (
                self.speller.element(at)
                and text[at] not in language.interjections
                and at not in self.tokens.counts
                and (
                    text[at] not in language.spelling.doubtful
                    or len(self.speller.code(at, stop)) > 2
                )
            )
            stops = any(text[at] in words for words in skips)
            # "Is it penguin?"
            linked = language.copulas - self.words.owners
            plain = (
                1 <= at - start <= 2
                and stop - at <= 2
                and linked.issuperset(text[start:at])
                and text[at] not in self.words.refusals
            )
            if at in self.tokens.number and self.speller.counts(at, stop):
                # "Five hours": how long it took, and no password.
                break
            if (sign or small or not stops) and (plain or self.leads(at)):
                return [] if at in self.tokens.claimed else self._value(at, stop)
            if text[at] in self.words.refusals:
                break
            at += 1
        return []

    def before(self, cue: Cue) -> list[int]:
        """The value in "falcon seven is my password"."""
        tokens, text, language, words = self.tokens, self.tokens.text, self.language, self.words
        low = tokens.first[tokens.turn[cue.first]]
        at = cue.first - 1
        if (
            at < low
            or text[at] not in words.owners
            or at - 1 < low
            or (text[at - 1] not in words.owned)
        ):
            return []
        last = first = at - 2
        while (
            first >= low
            and last - first < MOST
            and (
                self.speller.element(first)
                or text[first] in words.signs
                or (text[first] not in language.stops and text[first] not in language.denials)
            )
        ):
            if first in tokens.claimed or (first < last and tokens.opens_clause(first + 1)):
                break
            first -= 1
        return list(range(first + 1, last + 1))

    def _value(self, first: int, stop: int) -> list[int]:
        tokens, language = self.tokens, self.language
        last, at = first, first
        while at < min(stop, first + MOST):
            word = tokens.text[at]
            sign = word in self.words.signs or word in language.spelling.joints
            if (
                at > first
                and _ENDS.search(tokens.gap[at])
                and not (self.speller.element(at) or sign)
            ):
                break
            if at > first and word in language.stops and not self.speller.element(at):
                joined = word in language.spelling.joints or word in language.fillers
                sign = (
                    word in language.mail.at
                    and at + 1 < stop
                    and (tokens.text[at + 1] in self.words.at_signs)
                )
                if not joined and not sign and word not in self.words.inside:
                    break
            else:
                last = at
            at += 1
        return list(range(first, last + 1))
