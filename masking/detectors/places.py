"""The parts of a postal address: house, flat, town, state and post code."""

from __future__ import annotations

import re

from masking.cues import FILLERS_INSIDE
from masking.detectors.codes import Speller
from masking.languages.table import DIGIT, TENS
from masking.phrasebook import Table, by_first
from masking.runs import read
from masking.tokens import Tokens

TAIL = 16
"""Most tokens after a street that belong to its address."""
_CODE = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?[0-9][a-z]{2}")
# Royal Mail's PAF guide, chapter "Postcodes": outward and inward code.
_UK = re.compile(r"\b[a-z]{1,2}[0-9][a-z0-9]?[^\S\x1f]?[0-9][a-z]{2}\b", re.IGNORECASE)


class Places:
    """Reads the parts of addresses out of tokens."""

    def __init__(self, tokens: Tokens, speller: Speller) -> None:
        language = speller.language
        self.tokens, self.language, self.words = tokens, language, language.places
        self.speller, self.spelling = speller, language.spelling
        self.cased = tokens.written != tokens.written.lower()
        self.doubted = False
        """Whether the last street was one by its words alone, which have other uses."""
        self.found: list[int] = []
        """The first token of each address so far."""
        self.openers = by_first(self.words.openers)
        self.regions = by_first(self.words.regions)
        self.post_codes = by_first(self.words.post_codes)

    def _ordinal(self, at: int) -> bool:
        """ "5th", "second", "forty second": the street's own number."""
        tokens = self.tokens
        ordinals = self.language.dates.ordinals
        word = tokens.text[at]
        if word in ordinals:
            return True
        if at + 1 >= len(tokens) or tokens.turn[at] != tokens.turn[at + 1]:
            return False
        following = tokens.text[at + 1]
        if following not in ordinals:
            return False
        if word < ":":
            return tokens.gap[at + 1] == "" and len(following) == 2
        return at in tokens.number and tokens.number[at][0] == TENS and len(following) > 2

    def _of_name(self, at: int) -> bool:
        tokens = self.tokens
        word = tokens.text[at]
        if at in tokens.claimed or word == "@":
            return False
        if word in self.language.dates.ordinals or self._ordinal(at):
            return True
        if at in tokens.number:
            return True
        if word in self.language.stops:
            return word in self.words.inside_names
        return True

    def _part_before(self, first: int, low: int) -> tuple[int, bool]:
        """With "flat 3" or "apartment two b" before the house number."""
        tokens = self.tokens
        for at in range(first - 1, max(low - 1, first - 7), -1):
            if tokens.text[at] in self.words.parts:
                return at, True
            if tokens.text[at] in self.language.stops and len(tokens.text[at]) > 1:
                break
        return first, False

    def _tail(self, at: int, announced: bool) -> tuple[int, bool]:
        """The token after all that belongs to the address, and whether there was anything."""
        tokens = self.tokens
        end = tokens.first[tokens.turn[at - 1] + 1]
        stop = min(end, at + 2 * TAIL)
        start = at
        if at < stop and tokens.text[at] in self.words.directions:
            at += 1
        at = self._part(at, stop)
        paused = at
        while paused < stop and tokens.text[paused] in FILLERS_INSIDE:
            paused += 1
        place = self._place(paused, stop)
        place = place if place > paused else self._place(at, stop)
        at = max(at, place)
        at = self._part(at, stop)
        code = self._post_code(at, stop, place > start or announced)
        return max(at, code), max(at, code) > start

    def _part(self, at: int, stop: int) -> int:
        """After "apartment 3 b", "unit 12", "#4"."""
        tokens = self.tokens
        text = tokens.text
        if at < stop and "#" in tokens.gap[at] and at in tokens.number:
            return at + 1
        ordinal = at + 1 < stop and self._ordinal(at) and text[at + 1] in self.words.parts
        if ordinal:
            return at + 2
        if (
            at < stop
            and at + 2 < stop
            and at in tokens.number
            and text[at + 2] in (self.words.parts)
        ):
            return at + 3
        if at + 1 >= stop or text[at] not in self.words.parts:
            return at
        following = at + 1
        if text[following] in self.words.number_words:
            following += 1
        count = 0
        while (
            following < stop
            and count < 4
            and (
                following in tokens.number
                or len(text[following]) == 1
                or text[following] in self.language.spelling.letters
                or text[following] in self.words.doors
                or text[following] in self.words.floors
            )
        ):
            if count and tokens.opens_clause(following):
                break
            following += 1
            count += 1
        return following if count else at

    def _place(self, at: int, stop: int) -> int:
        """After the town and the state that follow a street; `at` where there are none."""
        tokens = self.tokens
        start = at
        if at < stop and tokens.text[at] in self.words.within:
            at += 1
        known = match_phrase(tokens, self.regions, at, stop)
        best = start
        if known:
            best = known
            again = match_phrase(tokens, self.regions, known, stop)
            abbreviated = self._abbreviation(known, stop)
            return max(again or 0, abbreviated or 0, best)
        # A town that nobody knows counts where a state, a post code or the clause's end follows.
        for size in (1, 2, 3):
            name = at + size
            if name > stop or not self._town(name - 1, at):
                break
            region = match_phrase(tokens, self.regions, name, stop) or self._abbreviation(
                name, stop
            )
            if region:
                return region
            if self._post_code(name, stop, True) > name:
                return name
            ends = name == tokens.first[tokens.turn[at - 1] + 1] or tokens.opens_clause(name)
            if ends:
                return name
        region = self._abbreviation(at, stop)
        return region or best

    def _town(self, at: int, first: int) -> bool:
        tokens = self.tokens
        word = tokens.text[at]
        return (
            at not in tokens.number
            and at not in tokens.claimed
            and (word not in self.language.stops or tokens.capital(at))
            and word not in self.language.fillers
            and len(word) > 1
            and (at == first or not tokens.opens_clause(at))
        )

    def _abbreviation(self, at: int, stop: int) -> int | None:
        tokens = self.tokens
        if at >= stop or tokens.text[at] not in self.words.abbreviations:
            return None
        if at + 1 < stop and at + 1 in tokens.number and not tokens.gap[at + 1]:
            # "WV8 1YR" is a post code.
            return None
        if tokens.cased(at).isupper():
            return at + 1
        word, language = tokens.text[at], self.language
        doubtful = (
            word in language.stops
            or word in language.fillers
            or word in self.words.ambiguous
            or word in language.numbers
        )
        ends = at + 1 == tokens.first[tokens.turn[at] + 1]
        return at + 1 if not doubtful and (ends or at + 1 in tokens.number) else None

    def _post_code(self, at: int, stop: int, placed: bool) -> int:
        """After a post code of five digits, or nine; `at` where there is none."""
        tokens = self.tokens
        announced = match_phrase(tokens, self.post_codes, at, stop)
        first = announced or at
        while announced and first < stop and tokens.text[first] in self.language.copulas:
            first += 1
        last, digits = first, ""
        members: list[tuple[str, str]] = []
        while last < stop and last in tokens.number and len(members) < 9:
            members.append(tokens.number[last])
            digits = "".join(read(members))
            last += 1
            goes_on = (
                last < stop
                and last in tokens.number
                and (
                    "-" in tokens.gap[last]
                    or (members[-1][0] == TENS and tokens.number[last][0] == DIGIT)
                )
            )
            if len(digits) >= 5 and not goes_on:
                break
        if len(digits) in (4, 5, 9) and (announced or placed):
            return last
        if placed and at + 1 < stop and at not in tokens.number and self.speller.letter(at):
            found = self.speller.code(at, min(stop, at + 2 * TAIL))
            if _CODE.fullmatch(self.speller.said(found)):
                return found[-1] + 1
        if placed and at + 3 < stop and len(tokens.text[at]) <= 2 and at not in tokens.number:
            end = at
            while end < min(stop, at + 10):
                word = tokens.text[end]
                if not (end in tokens.number or len(word) <= 2 or self.speller.letter(end)):
                    break
                end += 1
                said = self.speller.said(list(range(at, end)))
                plain = "".join(
                    tokens.text[each] if not self.speller.element(each) else ""
                    for each in range(at, end)
                )
                if end > at + 2 and not plain and _CODE.fullmatch(said):
                    return end
            if at + 1 in tokens.number:
                match = _UK.match(tokens.written, tokens.start[at])
                if match:
                    last = at
                    while last < stop and tokens.start[last] < match.end():
                        last += 1
                    return last
        return at

    def _behind_number(self, at: int, stop: int) -> int:
        """After doors, floors, post code and town, in whatever order."""
        tokens = self.tokens
        for _ in range(6):
            more = at
            if at < stop and tokens.text[at] in self.words.doors:
                more = at + 1
            elif at < stop and tokens.text[at] in self.words.floors:
                more = at + 1
                if more < stop and (
                    tokens.text[more] in self.words.doors or len(self.speller.letter(more)) == 1
                ):
                    more += 1
            else:
                more = max(self._part(at, stop), self._post_code(at, stop, True))
                if more == at:
                    more = self._place(at, stop)
            if more == at:
                break
            at = more
        return at

    def _code_before(self, at: int) -> list[int]:
        """The post code before a town, where that is its place: "10115 Berlin"."""
        tokens = self.tokens
        first = at
        while (
            self.words.number_last
            and at - first < 5
            and (
                first - 1 in tokens.number
                and first - 1 >= tokens.first[tokens.turn[at]]
                and not (first < at and tokens.opens_clause(first))
            )
        ):
            first -= 1
        found = list(range(first, at))
        digits = "".join(read([tokens.number[each] for each in found]))
        return found if len(digits) == 5 else []

    def _within_name(self, at: int) -> bool:
        """Whether a word may be of a street's name, or lead to its number."""
        tokens, word = self.tokens, self.tokens.text[at]
        if tokens.opens_sentence(at) and self.tokens.gap[at].strip() != ".":
            return False
        return (
            word not in self.language.stops
            or word in self.words.inside_names
            or word in self.words.number_words
            or word in self.language.copulas
        )

    def _attached(self, first: int, kind: int) -> bool:
        """Whether the word before belongs to the street: "Berliner Allee", "Am Alten Markt"."""
        tokens = self.tokens
        word = tokens.text[first - 1]
        if tokens.opens_clause(first) or first - 1 in tokens.number:
            return False
        if tokens.gap[first] == "-":
            return True
        if tokens.text[kind] not in self.words.kinds and (
            tokens.text[kind] not in self.words.weak_kinds
        ):
            return False
        return word in self.words.inside_names or (
            first == kind and word not in self.language.stops
        )


def match_phrase(tokens: Tokens, table: Table, at: int, stop: int) -> int | None:
    """The token after the longest phrase of a table that begins at `at`."""
    if at >= stop:
        return None
    for entry in table.get(tokens.text[at], ()):
        if at + len(entry) <= stop and tuple(tokens.text[at : at + len(entry)]) == entry:
            return at + len(entry)
    return None
