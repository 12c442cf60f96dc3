"""E-mail addresses, written and read out."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from masking.answers import Answers
from masking.cues import Cue
from masking.detectors.codes import Speller
from masking.detectors.finding import Finding
from masking.gazetteer import first_names
from masking.languages.table import Language
from masking.phrasebook import longest_first
from masking.tokens import Tokens

# RFC 5321 4.5.3.1: a local part has at most 64 octets, a domain 255. The bounds also keep the
# look around each @ constant, so "a@a@a@..." stays linear.
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\"]{1,64}\Z")
_DOMAIN = re.compile(r"(?:[^\W_]|-){1,63}(?:\.(?:[^\W_]|-){1,63}){1,8}")

_TOP_LEVEL = frozenset(
    "com net org edu gov mil info biz io ai app dev co uk us ca de es fr it nl be at ch eu mx br"
    " ar au nz in jp me tv health bank email online pl se no dk fi ie pt ru cn kr za ac".split()
)
_GLUE = frozenset({".", "-", "_", "+", ""})
MOST_LOCAL, MOST_PLAIN, MOST_DOMAIN, MOST_SMALL = 40, 4, 24, 3
"""Tokens of a local part that are read out, plain words of it, tokens of a domain, small words
that open a local part."""
CUE_TURNS = 8


def find_emails(tokens: Tokens) -> Iterator[Finding]:
    """The written addresses of a call; claimed, so that no other detector reads them."""
    for index in tokens.words.get("@", ()):
        finding = _around(tokens, index)
        if finding is not None:
            tokens.claim(finding.tokens)
            yield finding


def _around(tokens: Tokens, at: int) -> Finding | None:
    turn = tokens.turn[at]
    view = tokens.view
    local = _LOCAL.search(view[max(tokens.begins[turn], tokens.start[at] - 64) : tokens.start[at]])
    domain = _DOMAIN.match(view[tokens.end[at] : tokens.end[at] + 255])
    if local is None or domain is None:
        return None
    start = tokens.start[at] - len(local.group())
    end = tokens.end[at] + len(domain.group())
    low, high = tokens.first[turn], tokens.first[turn + 1]
    # A token cut by the bound belongs to the address as a whole.
    first = max(low, bisect_right(tokens.start, start, low, high) - 1)
    if tokens.end[first] <= start:
        first += 1
    last = bisect_right(tokens.start, end - 1, low, high) - 1
    return Finding(range(first, last + 1), "EMAIL", 0.95, "email.address")


def find_spoken_emails(
    tokens: Tokens,
    speller: Speller,
    cues: Sequence[Cue],
    answers: Answers,
    written: Sequence[Finding],
) -> Iterator[Finding]:
    """The addresses that were read out: "john dot smith at gmail dot com". They are claimed."""
    reader = _Spoken(tokens, speller.language, cues)
    yield from reader.led(written)
    mail = speller.language.mail
    for index in tokens.where(mail.beginnings):
        word = tokens.text[index]
        if index in tokens.claimed:
            continue
        if word in mail.at or word == "@":
            finding = reader.at(index)
        elif word in mail.providers:
            finding = reader.provider(index)
        else:
            continue
        if finding is not None:
            tokens.claim(finding.tokens)
            yield finding
            turn = tokens.turn[finding.tokens[-1]]
            after = finding.tokens[-1] + 1
            end = min(after + MOST_LOCAL, tokens.first[min(turn + 3, len(tokens.speakers))])
            found = speller.spelled(after, end, 4)
            if found:
                tokens.claim(found)
                yield Finding(found, "EMAIL", 0.7, "email.spelled")
    for cue in cues:
        if cue.label != "EMAIL":
            continue
        for place, (start, stop) in enumerate(answers.windows(cue, turns=5)):
            asked = (
                tokens.speakers[tokens.turn[start - 1 if not place else start]]
                != (tokens.speakers[tokens.turn[cue.first]])
            )
            if place == 1 and asked and not any(at in tokens.claimed for at in range(start, stop)):
                found = reader.answer(start, stop)
                if found:
                    tokens.claim(found)
                    yield Finding(found, "EMAIL", 0.65, "email.question")
            found = speller.spelled(start, stop, 4)
            if found:
                if found[0] > start and tokens.text[found[0] - 1] in mail.joints:
                    found.insert(0, found[0] - 1)
                tokens.claim(found)
                yield Finding(found, "EMAIL", 0.7, "email.spelled")


class _Spoken:
    def __init__(self, tokens: Tokens, language: Language, cues: Sequence[Cue]) -> None:
        self.tokens, self.language, self.mail = tokens, language, language.mail
        self.cues = [cue.last for cue in cues if cue.label == "EMAIL"]
        self.names = first_names()

    def at(self, index: int) -> Finding | None:
        """The address around an "at"."""
        tokens = self.tokens
        turn = tokens.turn[index]
        domain = self._domain(index + 1, tokens.first[turn + 1])
        later: range | None = None
        if domain is None and index + 1 >= tokens.first[turn + 1] - 1:
            later = self._next_turn(turn)
            if later is not None:
                domain = self._domain(later.start, later.stop)
        if domain is None:
            return None
        local = self._local(index - 1)
        announced = self._announced(index)
        if not local and announced and self._opens(index):
            before = self._turn_before(turn)
            local = self._local(before) if before is not None else []
        if not local and announced and self._opens(index):
            return Finding([index, *domain], "EMAIL", 0.65, "email.domain")
        if local and announced:
            local = [*self._small_words(local[0]), *local]
            if local[0] > tokens.first[turn] and tokens.text[local[0] - 1] in self.mail.joints:
                # "Monica" - "mm-hm" - "dot Middleton at".
                local.insert(0, local[0] - 1)
        if not local:
            return None
        score = self._score(local, domain, announced)
        if score is None:
            return None
        return Finding([*local, index, *domain], "EMAIL", score, "email.spoken")

    def led(self, written: Iterable[Finding]) -> Iterator[Finding]:
        """The words before a written address that was asked for and that a recogniser took off
        it: "F Banks 71@temple.edu", "all one word@"."""
        for finding in written:
            first = finding.tokens[0]
            if self._announced(first):
                before = self._local(first - 1) if first else []
                if not before or before[-1] != first - 1:
                    before = []
                words = [*self._small_words(before[0] if before else first), *before]
                if words and len(words) <= 2 * MOST_SMALL:
                    self.tokens.claim(words)
                    yield Finding(words, "EMAIL", 0.65, "email.spoken")

    def _small_words(self, first: int) -> range:
        """The "mum of" in "mum of three at": what opens an answer and leads to no address."""
        tokens, text = self.tokens, self.tokens.text
        low = max(tokens.first[tokens.turn[first]], first - MOST_LOCAL)
        at = bisect_left(self.cues, first)
        if at and self.cues[at - 1] >= low:
            low = self.cues[at - 1] + 1
        skip = (
            self.language.people.answers
            | self.language.leads
            | self.language.copulas
            | self.language.fillers
        )
        while low < first and (text[low] in skip or low in tokens.claimed):
            low += 1
        told = not self.language.copulas.isdisjoint(text[low:first]) or any(
            tokens.opens_clause(each) for each in range(low + 1, first + 1)
        )
        return range(low, first) if first - low <= MOST_SMALL and not told else range(0)

    def _opens(self, index: int) -> bool:
        """Whether nothing but fillers comes before an "at" in its turn."""
        first = self.tokens.first[self.tokens.turn[index]]
        if index - first >= 6:
            return False
        before = self.tokens.text[first:index]
        return all(
            word in self.language.fillers or word in self.language.people.answers for word in before
        )

    def answer(self, start: int, stop: int) -> list[int]:
        """A local part that was given by itself in answer to a question for an address."""
        tokens, text = self.tokens, self.tokens.text
        fillers, answers = self.language.fillers, self.language.people.answers
        first = start
        while first < stop and (
            (
                (
                    text[first] in fillers
                    or text[first] in answers
                    or text[first] in self.mail.asides
                )
                and not self._small(first)
            )
            or first in tokens.counts
            or text[first] in self.language.moments
        ):
            first += 1
        last, plain, signs, joined = first - 1, 0, 0, False
        for at in range(first, min(stop, first + MOST_LOCAL)):
            word = text[at]
            if at in tokens.claimed or (
                at > first and tokens.opens_clause(at) and not (self._small(at) or joined)
            ):
                break
            if word in self.mail.joints:
                joined, signs = True, signs + 1
            elif self._small(at):
                last, joined, signs = at, False, signs + 1
            elif word in self.mail.asides:
                continue
            elif joined or (word not in self.language.stops and plain < MOST_PLAIN):
                plain += not joined
                last, joined = at, False
            else:
                break
        found = list(range(first, last + 1))
        named = any(text[at] in self.names for at in found)
        return found if signs > 1 or (signs and plain) or (named and len(found) == 1) else []

    def provider(self, index: int) -> Finding | None:
        """An address whose "at" the recogniser dropped; only where one was asked for."""
        tokens = self.tokens
        domain = self._domain(index, tokens.first[tokens.turn[index] + 1])
        if domain is None or not self._announced(index):
            return None
        local = self._local(index - 1)
        if not local and not self._opens(index):
            return None
        # Alone where the other side said the "at": "john smith" - "at?" - "gmail dot com".
        return Finding([*local, *domain], "EMAIL", 0.8 if local else 0.65, "email.spoken")

    def _announced(self, index: int) -> bool:
        """Whether an address was spoken of shortly before, or is just behind."""
        at = bisect_left(self.cues, index)
        turn = self.tokens.turn
        if at and turn[index] - turn[self.cues[at - 1]] <= CUE_TURNS:
            return True
        return at < len(self.cues) and self.cues[at] - index < MOST_DOMAIN

    def _next_turn(self, turn: int) -> range | None:
        for following in range(turn + 1, min(turn + 3, len(self.tokens.speakers))):
            if self.tokens.speakers[following] == self.tokens.speakers[turn]:
                return range(*self.tokens.bounds(following))
        return None

    def _turn_before(self, turn: int) -> int | None:
        for before in range(turn - 1, max(-1, turn - 3), -1):
            if self.tokens.speakers[before] == self.tokens.speakers[turn]:
                start, stop = self.tokens.bounds(before)
                return stop - 1 if stop > start else None
        return None

    def _domain(self, start: int, stop: int) -> list[int] | None:
        """The tokens of a domain: words or letters, a dot, a top-level domain, and so on."""
        text, gap, fillers = self.tokens.text, self.tokens.gap, self.language.fillers
        stop = min(stop, start + MOST_DOMAIN)
        at, labels, spelled, best = start, 0, 0, None
        while at < stop and at not in self.tokens.claimed:
            word = text[at]
            if word == "@" and at > start:
                break
            dotted = at > start and gap[at] == "."
            if word in self.mail.dots and labels:
                at += 1
                if at >= stop:
                    break
                word, dotted = text[at], True
            if dotted and labels:
                end = self._top_level(at, stop)
                if end is not None:
                    best = at = end
                    labels += 1
                    more = at < stop and (text[at] in self.mail.dots or gap[at] == ".")
                    if not more:
                        break
                    continue
            elif best is not None:
                break
            if len(word) == 1 or word in self.language.spelling.letters:
                spelled += 1
            elif word not in fillers and word not in self.mail.joints:
                labels += 1
            elif word not in self.mail.joints and labels:
                break
            if spelled:
                labels = max(labels, 1)
            if labels > 5 or (labels > 3 and not spelled and not dotted):
                break
            at += 1
        return list(range(start, best)) if best is not None else None

    def _top_level(self, at: int, stop: int) -> int | None:
        text = self.tokens.text
        if text[at] in _TOP_LEVEL:
            return at + 1
        letters = ""
        while at < stop and len(text[at]) == 1 and len(letters) < 4:
            letters += text[at]
            at += 1
            if letters in _TOP_LEVEL:
                return at
        return None

    def _local(self, last: int) -> list[int]:
        """The tokens of the local part that ends at `last`."""
        tokens, mail = self.tokens, self.mail
        text, gap = tokens.text, tokens.gap
        if last < 0:
            return []
        low = max(tokens.first[tokens.turn[last]], last - MOST_LOCAL)
        at, plain, joined = last, 0, False
        first = last + 1
        while at >= low:
            word = text[at]
            small = self._small(at)
            taken_back = word in mail.back or (at < last and text[at + 1] in mail.back)
            if at < last and not (joined or small or taken_back or self._small(at + 1)):
                between = gap[at + 1]
                if any(char in between for char in ",.?!;:") and between not in _GLUE:
                    break
            if at in tokens.claimed:
                break
            glued = at < last and gap[at + 1] in _GLUE and gap[at + 1] != ""
            if word in mail.joints:
                joined = True
            elif small or joined or glued:
                first, joined = at, False
            elif (
                (word in mail.back and first <= last)
                or word in mail.asides
                or self._as_in(at)
                or (first > last and (word in self.mail.back or word in self.language.fillers))
                or (word in mail.at and at < last and self._taken_back(at, first))
            ):
                pass
            elif word in mail.stops or plain == MOST_PLAIN:
                break
            else:
                plain += 1
                first = at
            at -= 1
        while first <= last and text[first] in mail.asides and not self._small(first):
            first += 1
        return list(range(first, last + 1))

    def _small(self, at: int) -> bool:
        """A letter, a digit, a number or a letter's name."""
        word = self.tokens.text[at]
        return (
            (len(word) == 1 and word != "@")
            or at in self.tokens.number
            or (
                word in self.language.spelling.letters
                and word not in self.language.spelling.doubtful
            )
        )

    def _taken_back(self, at: int, first: int) -> bool:
        """ "at yahoo, no sorry, at gmail dot com": the first "at" belongs to it as well."""
        between = self.tokens.text[at + 1 : first + 8]
        return not self.mail.back.isdisjoint(between[: MOST_PLAIN + 4])

    def _as_in(self, at: int) -> bool:
        """ "for boy", "as in boy" behind a "b"."""
        text = self.tokens.text
        for phrase in longest_first(self.language.spelling.as_in):
            letter = at - len(phrase) - 1
            if (
                letter >= 0
                and tuple(text[letter + 1 : at]) == phrase
                and text[letter] == (text[at][0])
            ):
                return True
            if (
                text[at] == phrase[-1]
                and at + 1 < len(text)
                and at - len(phrase) >= 0
                and tuple(text[at - len(phrase) + 1 : at + 1]) == phrase
                and text[at + 1].startswith(text[at - len(phrase)])
                and len(text[at - len(phrase)]) == 1
            ):
                return True
        return False

    def _score(self, local: list[int], domain: list[int], announced: bool) -> float | None:
        tokens, mail = self.tokens, self.mail
        words = [tokens.text[at] for at in local]
        if "www" in words:
            return None
        if announced or not mail.providers.isdisjoint(tokens.text[at] for at in domain):
            return 0.9
        spelled = sum(len(word) == 1 for word in words)
        letters = sum(len(tokens.text[at]) == 1 for at in domain)
        if any(word in mail.joints for word in words) or spelled > 1 or letters > 2:
            return 0.8
        if any(at in tokens.number for at in local) or not self.names.isdisjoint(words):
            return 0.7
        return 0.4 if len(words) == 1 else None
