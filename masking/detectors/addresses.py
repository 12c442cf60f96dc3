"""Postal addresses: a number and a street, or whatever was said where an address was asked."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence

from masking.answers import Answers
from masking.cues import Cue
from masking.detectors.codes import Speller
from masking.detectors.finding import Finding
from masking.detectors.places import TAIL, Places, match_phrase
from masking.languages.table import WRITTEN
from masking.runs import read
from masking.tokens import Tokens

APART_TURNS = 6
NAME_WORDS, NUMBER_TOKENS, FREE, LOOK, MOST_LED = 5, 7, 24, 12, 4
"""Most words of a street's name, tokens of its number, tokens of an address without a street,
tokens before it in an answer."""


def find_addresses(
    tokens: Tokens, speller: Speller, cues: Sequence[Cue], answers: Answers
) -> Iterator[Finding]:
    """Streets with their number, what follows them, and answers to a question for an address.
    They are claimed."""
    reader = Addresses(tokens, speller)
    announced: dict[int, int] = {}
    for cue in cues:
        if cue.label == "ADDRESS":
            for start, stop in answers.windows(cue, turns=4):
                for at in range(start, stop):
                    announced.setdefault(at, cue.first)
    for index in reader.candidates():
        if index in tokens.claimed or reader.goes_on(index):
            continue
        reader.doubted = False
        found = reader.street(index, index in announced)
        if found:
            reader.found.append(found[0])
            tokens.claim(found)
            if reader.doubted:
                yield Finding(found, "ADDRESS", 0.5, "address.street")
                continue
            reason = "address.cue" if index in announced else "address.street"
            yield Finding(found, "ADDRESS", 0.9 if index in announced else 0.8, reason)
    for cue in cues:
        if cue.label == "ADDRESS" and not cue.weak:
            for start, stop in answers.windows(cue, turns=2):
                if any(at in tokens.claimed for at in range(start, stop)):
                    break
                found = reader.led(reader.free(start, stop), start)
                asked = start < stop and reader.answers(cue, start)
                if not found and asked:
                    found = reader.described(start, stop)
                if found:
                    reader.found.append(found[0])
                    tokens.claim(found)
                    yield Finding(found, "ADDRESS", 0.7, "address.question")
                    break
    yield from reader.boxes()
    yield from _asked_apart(reader, cues)
    for found in reader.lone():
        tokens.claim(found)
        yield Finding(found, "ADDRESS", 0.75, "address.region")


def _asked_apart(reader: Addresses, cues: Sequence[Cue]) -> Iterator[Finding]:
    """The parts of an address that were asked for one by one: "and the city?" """
    tokens = reader.tokens
    asked = reader.words.asked
    asking = [index for index in tokens.where(frozenset(asked)) if reader.asks(index)]
    if not asking:
        return
    spoken = sorted(
        {tokens.turn[cue.first] for cue in cues if cue.label in ("ADDRESS", "ZIP") and not cue.weak}
        | {tokens.turn[at] for at in reader.found}
    )
    for index in asking:
        turn = tokens.turn[index]
        place = bisect_right(spoken, turn)
        if tokens.text[index - 1] == "house":
            insort(spoken, turn)
            place = bisect_right(spoken, turn)
        if not place or turn - spoken[place - 1] > APART_TURNS:
            continue
        if tokens.first[turn + 1] - tokens.first[turn] > 14:
            continue
        for following in range(turn + 1, min(turn + 3, len(tokens.speakers))):
            if tokens.speakers[following] == tokens.speakers[turn]:
                continue
            found = reader.part(*tokens.bounds(following), town=asked[tokens.text[index]])
            if found:
                tokens.claim(found)
                insort(spoken, following)
                yield Finding(found, "ADDRESS", 0.7, "address.question")
            break


class Addresses(Places):
    """Finds addresses in the tokens of a call."""

    def candidates(self) -> list[int]:
        """The tokens that may make a street."""
        words, tokens = self.words, self.tokens
        if not words.suffixes:
            return tokens.where(words.streets)
        ended = {word for word in tokens.words if len(word) > 5 and word.endswith(words.suffixes)}
        return tokens.where(words.streets | ended)

    def goes_on(self, at: int) -> bool:
        """Whether a kind is a name of the street that follows: "Harbor View Avenue"."""
        if self.words.number_last:
            return False
        tokens = self.tokens
        end = tokens.first[tokens.turn[at] + 1]
        for following in range(at + 1, min(end, at + 3)):
            if tokens.opens_clause(following) or following in tokens.number:
                return False
            word = tokens.text[following]
            if word in self.words.kinds or word in self.words.weak_kinds:
                return True
            if word in self.language.stops:
                return False
        return False

    def street(self, at: int, announced: bool) -> list[int]:
        """The address around a street's kind; [] where it is none."""
        if self.words.number_last:
            return self._number_last(at, announced)
        tokens = self.tokens
        low = tokens.first[tokens.turn[at]]
        name = at - 1
        while name >= low and at - name <= NAME_WORDS and self._of_name(name):
            if name in tokens.number and not self._ordinal(name):
                break
            name -= 1
        numbered = (
            tokens.text[at] in self.words.numbered
            and at + 1 < len(tokens)
            and (at + 1 in tokens.number)
        )
        # "twelve oh four fifth avenue": the ordinal is the street's, the numbers the house's.
        last = name
        if last < low or last not in tokens.number or last in tokens.claimed:
            return []
        if last == at - 1 and not (numbered or tokens.text[at] in self.words.whole):
            return []
        first = last
        said = last + 1
        while first - 1 >= low and last - first < 2 * NUMBER_TOKENS:
            if first - 1 in tokens.number and first - 1 not in tokens.claimed:
                first -= 1
            elif tokens.text[first - 1] in self.words.inside_numbers and (
                first - 2 >= low and first - 2 in tokens.number
            ):
                first -= 2
            elif tokens.text[first - 1] in self.language.mail.back and (
                first - 2 >= low and first - 2 in tokens.number and last - first < 6
            ):
                # "Two one eight nine, sorry, five oh five": the house is the last of them.
                said = min(said, first) if said <= last else first
                first -= 2
            else:
                break
        said = first if said > last else said
        members = [each for each in range(said, last + 1) if each in tokens.number]
        digits = "".join(read([tokens.number[each] for each in members]))
        if not 1 <= len(digits) <= 6:
            return []
        if any(char in tokens.gap[each] for each in range(last + 1, at + 1) for char in ".?!;:,"):
            return []
        between = tokens.text[last + 1 : at]
        if any(word in self.language.units for word in between[:1]) and not self._ordinal(last + 1):
            return []
        street = at + 1
        while (
            numbered
            and street < len(tokens)
            and street in tokens.number
            and street - at < 4
            and (street == at + 1 or not tokens.opens_clause(street))
        ):
            street += 1
        end, more = self._tail(street, announced)
        first, opened = self._part_before(first, low)
        weak = tokens.text[at] in self.words.weak_kinds
        capital = all(tokens.capital(each) for each in range(last + 1, at + 1))
        if weak and not (announced or more or capital or opened):
            self.doubted = True
            if len(digits) < 2 or end != tokens.first[tokens.turn[at] + 1]:
                return []
        return list(range(first, end))

    def _number_last(self, at: int, announced: bool) -> list[int]:
        tokens = self.tokens
        low, end = tokens.bounds(tokens.turn[at])
        stop = min(end, at + TAIL + LOOK)
        first = number = at
        if tokens.text[at] in self.words.leading_kinds:
            number = at + 1
            while number < stop and number not in tokens.number and number - at <= NAME_WORDS:
                if not self._within_name(number):
                    break
                number += 1
        else:
            while first > low and at - first < NAME_WORDS and self._attached(first, at):
                first -= 1
            number = at + 1
        copulas, number_words = self.language.copulas, self.words.number_words
        while (
            number < stop
            and number not in tokens.number
            and (tokens.text[number] in copulas or tokens.text[number] in number_words)
        ):
            number += 1
        if number >= stop or number not in tokens.number:
            return []
        last = number
        while last + 1 < stop and last - number < NUMBER_TOKENS:
            if last + 1 in tokens.number:
                last += 1
            elif tokens.text[last + 1] in self.language.joints and (
                last + 2 < stop and last + 2 in tokens.number
            ):
                last += 2
            else:
                break
        if last + 1 < stop and tokens.text[last + 1] in self.language.units:
            return []
        after = last + 1
        for _ in range(2):
            # "12 a", "107, 2º B".
            if (
                after < stop
                and len(tokens.text[after]) == 1
                and tokens.text[after].isalpha()
                and (
                    tokens.gap[after] == ""
                    or (
                        tokens.gap[after] == " "
                        and tokens.text[after] not in self.spelling.doubtful
                    )
                )
            ):
                after += 1
        return list(range(first, self._behind_number(after, stop)))

    def free(self, start: int, stop: int) -> list[int]:
        """What answers a question for an address and holds a number or a box."""
        tokens = self.tokens
        stop = min(stop, start + LOOK + FREE)
        at = start
        while at < min(stop, start + LOOK):
            if match_phrase(tokens, self.openers, at, stop) or (
                at in tokens.number
                and at not in tokens.claimed
                and not self.speller.counts(at, stop)
            ):
                found = self._freely(at, stop)
                if found:
                    return found
                while at + 1 < stop and at + 1 in tokens.number:
                    at += 1
            at += 1
        return []

    def answers(self, cue: Cue, start: int) -> bool:
        """Whether a window is a turn of the other side."""
        tokens = self.tokens
        turn = tokens.turn[start]
        return (
            start == tokens.first[turn]
            and tokens.speakers[turn] != tokens.speakers[tokens.turn[cue.first]]
        )

    def led(self, found: list[int], start: int) -> list[int]:
        """With the words that open an answer: "the corner house, 303 Mulberry", "b 207"."""
        tokens, text = self.tokens, self.tokens.text
        skip = self.language.fillers | self.language.people.answers | self.language.leads
        if not found or found[0] - start > MOST_LED:
            return found
        first = start
        while first < found[0] and text[first] in skip | self.language.copulas:
            first += 1
        between = range(first, found[0])
        if any(at in tokens.claimed or tokens.opens_sentence(at + 1) for at in between):
            return found
        return [*between, *found]

    def described(self, start: int, stop: int) -> list[int]:
        """An answer without a number, up to its town or its kind of street: "the old dairy,
        Lower Farm, near Cardiff"."""
        tokens, text = self.tokens, self.tokens.text
        if stop - start > LOOK:
            return []
        skip = self.language.fillers | self.language.people.answers | self.language.leads
        first = start
        while first < stop and text[first] in skip:
            first += 1
        last = first - 1
        for at in range(first, stop):
            after = match_phrase(tokens, self.regions, at, stop)
            if after:
                last = after - 1
            elif (
                self.cased
                and at > first
                and tokens.opens_clause(at)
                and (tokens.capital(at) and tokens.capital(first))
            ):
                last = max(last, self._capitals(at, stop) - 1)
            elif at > first and (text[at] in self.words.kinds or text[at] in self.words.weak_kinds):
                last = at
        return list(range(first, last + 1)) if last - first >= 2 else []

    def _capitals(self, at: int, stop: int) -> int:
        """The token after the words with capitals that begin at one."""
        while (
            at < stop
            and self.tokens.capital(at)
            and self.tokens.text[at] not in (self.language.stops)
        ):
            at += 1
        return at

    def boxes(self) -> Iterator[Finding]:
        """Post office boxes, wherever they are said."""
        tokens = self.tokens
        for at in tokens.words.get("box", ()):
            if tokens.text[max(0, at - 2) : at] == ["post", "office"]:
                low, end = tokens.bounds(tokens.turn[at])
                if at - 2 >= low and at + 1 < end and at + 1 in tokens.number:
                    found = self._freely(at - 2, min(end, at + FREE))
                    if found and at not in tokens.claimed:
                        tokens.claim(found)
                        yield Finding(found, "ADDRESS", 0.8, "address.box")
                        continue
            low, end = tokens.bounds(tokens.turn[at])
            if at + 1 >= end or at + 1 not in tokens.number or at in tokens.claimed:
                continue
            for size in (1, 2):
                first = at - size
                if first >= low and "".join(tokens.text[first:at]) == "po":
                    found = self._freely(first, min(end, first + FREE)) or [first, at, at + 1]
                    tokens.claim(found)
                    yield Finding(found, "ADDRESS", 0.8, "address.box")
                    break

    def _freely(self, first: int, stop: int) -> list[int]:
        tokens = self.tokens
        last, run, words = first, 0, 0
        for at in range(first, min(stop, first + FREE)):
            word = tokens.text[at]
            if at in tokens.claimed:
                break
            if at > first and re.search(r"[.?!;]\s", tokens.gap[at]):
                break
            if word in self.language.stops and at not in tokens.number and len(word) > 1:
                run += 1
                if run > 1 or word in self.words.breaks:
                    break
                continue
            run = 0
            words += at not in tokens.number
            last = at
        number = tokens.number.get(first)
        if (
            number
            and number[0] != WRITTEN
            and number[1] in "12"
            and (first + 1 not in tokens.number)
        ):
            # "Which one, home or work?"
            return []
        return list(range(first, last + 1)) if words >= 2 else []

    def asks(self, at: int) -> bool:
        """Whether a word such as "city" asks for it: "state your name" does not."""
        tokens = self.tokens
        low, end = tokens.bounds(tokens.turn[at])
        return at == low or at + 1 == end or tokens.text[at - 1] in (self.words.asking)

    def part(self, start: int, stop: int, *, town: bool) -> list[int]:
        """A town, a state, or the number of a house, a flat or a post code, as an answer."""
        tokens, language = self.tokens, self.language
        at = start
        while (
            at < stop
            and at - start < LOOK
            and (
                tokens.text[at] in language.fillers
                or tokens.text[at] in language.people.answers
                or tokens.text[at] in self.words.within
                or (tokens.text[at] in language.stops and at not in tokens.number)
            )
        ):
            at += 1
        if at >= stop or at in tokens.claimed:
            return []
        if at in tokens.number or not town:
            last = self._part(at, stop)
            if last == at:
                while last < stop and last in tokens.number and last - at < 8:
                    last += 1
                while (
                    last < stop
                    and last > at
                    and self._of_name(last)
                    and last - at < 10
                    and (not tokens.opens_clause(last))
                ):
                    last += 1
                if last < stop and tokens.text[last] in language.units:
                    return []
            return list(range(at, last))
        last = max(self._place(at, stop), at)
        while last < stop and last - at < 3 and self._town(last, at):
            last += 1
        last = max(last, match_phrase(tokens, self.regions, last, stop) or 0)
        code = self._post_code(last, stop, True)
        return list(range(at, max(last, code)))

    def lone(self) -> Iterator[list[int]]:
        """A town, a state and a post code by themselves: "Springfield, IL 62704"."""
        tokens = self.tokens
        for at in tokens.where(self.words.areas):
            word = tokens.text[at]
            if at in tokens.claimed or at == tokens.first[tokens.turn[at]]:
                continue
            stop = tokens.first[tokens.turn[at] + 1]
            if word in self.regions:
                after = match_phrase(tokens, self.regions, at, stop)
            elif word in self.words.abbreviations:
                after = self._abbreviation(at, stop)
            else:
                continue
            if after is None:
                continue
            before = self._code_before(at)
            if before:
                yield [*before, *range(at, after)]
                continue
            end = self._post_code(after, min(stop, after + 9), True)
            size = len(
                "".join(read([tokens.number[e] for e in range(after, end) if e in tokens.number]))
            )
            if end > after and size >= 5 and self._town(at - 1, at - 1):
                yield list(range(at - 1, end))
