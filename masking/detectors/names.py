"""Names of people: by cue, by who is known to be in the call, by gazetteer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from masking.answers import Answers
from masking.detectors.codes import Speller
from masking.detectors.finding import Finding
from masking.detectors.persons import (
    BEHIND,
    MEDIUM,
    OTHER,
    QUESTION,
    STRONG,
    TITLE,
    Persons,
    is_verbal,
    listed,
    triggers,
)
from masking.tokens import Tokens

LOOK, ANSWER_TURNS = 8, 3
SPELLED_TURNS = 4
SHORT = 8
"""Most words of a turn that asks for a name and does little else."""


def find_names(
    tokens: Tokens,
    speller: Speller,
    known: Sequence[str],
    emails: Sequence[int],
    answers: Answers,
) -> Iterator[Finding]:
    """The names of a call. `known` are full names of people in it; `emails` the turns in which
    an e-mail address was spoken of, where what is spelled is no name."""
    return iter(Names(tokens, speller, known, emails, answers).all())


class Names(Persons):
    """Finds the names of a call."""

    def all(self) -> list[Finding]:
        """Every finding, in order."""
        tokens, text = self.tokens, self.tokens.text
        starts, kinds = triggers(self.language.code)
        for at in self.written.where(starts):
            if kinds[self.written.text[at]] & OTHER:
                self.not_names.update(self._other(at))
        hits = [(at, kinds[text[at]]) for at in tokens.where(starts)]
        for at, kind in hits:
            if kind & STRONG and self._ends_with(self.strong, at):
                self._after(at + 1, "name.cue", 0.85)
                self.context.append(tokens.turn[at])
            if kind & TITLE:
                self._titled(at)
            if kind & QUESTION and self._starts_with(self.questions, at):
                self.asked.append(at)
                self.context.append(tokens.turn[at])
            if kind & MEDIUM and self._ends_with(self.medium, at):
                self._after_medium(at + 1)
            if kind & BEHIND and self._starts_with(self.behind, at):
                self._before(at)
        self.asked += self._short_questions()
        for at in self.asked:
            self._answer(at)
        names = listed(self.language.code).intersection(tokens.words)
        names |= self.given.intersection(tokens.words)
        for at in tokens.where(names):
            word = text[at]
            if word in self.given and at not in tokens.claimed and at not in self.found:
                if word not in self.language.stops or (self.cased and tokens.capital(at)):
                    end = self._name(at, tokens.first[tokens.turn[at] + 1], sure=False)
                    self._mark(at, max(end, at + 1), "name.known", 0.95)
            elif at not in tokens.claimed:
                self._listed(at)
        self._again()
        findings = self._joined()
        taken = {at for finding in findings for at in finding.tokens}
        findings += self._spelled(taken)
        return findings

    def _short_questions(self) -> Iterator[int]:
        """Turns that ask for a name in so many words: "name?", "and the name on the bill"."""
        tokens, people = self.tokens, self.people
        for at in tokens.where(people.name_words):
            low, end = tokens.bounds(tokens.turn[at])
            if (
                end - low <= SHORT
                and (at == low or tokens.text[at - 1] not in people.other_names)
                and people.tells.isdisjoint(tokens.text[at + 1 : end])
            ):
                yield at

    def _after(self, at: int, reason: str, score: float) -> int:
        """Marks the name behind a cue, and answers whether there was one."""
        tokens = self.tokens
        if not at or at >= len(tokens):
            return 0
        stop = tokens.first[tokens.turn[at - 1] + 1]
        start = at
        while (
            at < stop
            and at - start < LOOK
            and self._small_word(tokens.text[at])
            and not (self.cased and tokens.capital(at) and self._is_listed(at))
        ):
            at += 1
        end = self._name(at, stop, sure=True)
        if end > at:
            self._mark(at, end, reason, score)
        return end - at

    def _small_word(self, word: str) -> bool:
        """Whether a word may stand before a name that was announced."""
        return (
            word in self.people.answers
            or word in self.language.fillers
            or word in self.people.titles
        )

    def _after_medium(self, at: int) -> None:
        """A name that the gazetteer knows, or that is written as one, or two words of which the
        second is a surname."""
        tokens = self.tokens
        if at >= len(tokens) or tokens.turn[at] != tokens.turn[at - 1] or at in self.found:
            return
        if tokens.opens_clause(at) and tokens.gap[at] not in (", ", ": "):
            return
        stop = tokens.first[tokens.turn[at] + 1]
        if tokens.text[at] in self.people.titles and at + 1 < stop:
            at += 1
        end = self._name(at, stop, sure=True)
        if end <= at:
            return
        two = end > at + 1 and (
            tokens.text[end - 1] in self.last or tokens.text[end - 1] in self.second
        )
        capital = self.cased and all(tokens.capital(each) for each in range(at, end))
        known = tokens.text[at] in self.first
        doubtful = tokens.text[at] in self.doubtful
        if self.cased and not capital:
            return
        capital = capital and self.telling
        kin = tokens.text[at - 1] in self.people.kin
        behind = end >= stop or tokens.text[end] in self.language.stops
        asked = end >= stop and tokens.text[at - 1] in self.people.asked_for
        if (kin or asked) and doubtful and end == at + 1 and behind and (capital or not self.cased):
            self._mark(at, end, "name.cue", 0.65)
        if known or two or (doubtful and capital and self._closes(end, stop)):
            self._mark(at, end, "name.cue", 0.75)
        elif capital and (end > at + 1 or (end == at + 1 and self._closes(end, stop))):
            self._mark(at, end, "name.cue", 0.6)

    def _before(self, at: int) -> None:
        """Capitals before "speaking": "Cedar Valley Clinic, Philippa speaking"."""
        tokens = self.tokens
        if not self.cased or tokens.text[at] not in self.people.answering:
            return
        low, first = tokens.first[tokens.turn[at]], at
        while (
            first > low
            and at - first < 2
            and not tokens.opens_clause(first)
            and (
                self._free(first - 1)
                and tokens.capital(first - 1)
                and tokens.text[first - 1] not in self.language.stops
            )
        ):
            first -= 1
        if first < at:
            self._mark(first, at, "name.cue", 0.65)

    def _titled(self, at: int) -> None:
        tokens = self.tokens
        stop = tokens.first[tokens.turn[at] + 1]
        if at + 1 >= stop or (tokens.opens_clause(at + 1) and "." not in tokens.gap[at + 1]):
            return
        following = tokens.text[at + 1]
        short = tokens.text[at] in self.people.sure_titles
        capital = self.telling and tokens.capital(at + 1)
        if following in self.language.stops and not capital:
            return
        listed = following in self.last or following in self.first
        if not (short or listed or capital):
            low = tokens.first[tokens.turn[at]]
            bare = at == low or tokens.text[at - 1] not in self.people.determiners
            if self.cased or not bare or not self.people.determiners or is_verbal(following):
                return
        end = self._name(at + 1, stop, sure=True)
        if end > at + 1:
            self._mark(at + 1, end, "name.title", 0.85)

    def _answer(self, at: int) -> None:
        """The name in the answer to a question for one."""
        tokens = self.tokens
        turn = tokens.turn[at]
        for following in range(turn + 1, min(turn + 1 + ANSWER_TURNS, len(tokens.speakers))):
            if tokens.speakers[following] == tokens.speakers[turn]:
                continue
            start, stop = tokens.bounds(following)
            found = self.speller.spelled(start, min(stop, start + LOOK + 16))
            limit = found[0] if found else stop
            first = start
            while (
                first < limit
                and first - start < LOOK
                and (
                    first in tokens.number
                    or first in tokens.claimed
                    or tokens.text[first] in self.language.stops
                    or self._small_word(tokens.text[first])
                )
                and not (
                    self._is_listed(first)
                    and self.cased
                    and tokens.capital(first)
                    and not tokens.opens_sentence(first)
                )
                and not self._doubtful_full(first, limit)
            ):
                first += 1
            end = self._name(first, limit, sure=True)
            if (
                end > first
                and self.answers.leads(first)
                and (
                    self._is_listed(first)
                    or end - first > 1
                    or self._closes(end, stop)
                    or (self.telling and tokens.capital(first))
                    or end == limit
                    or tokens.text[end] in self.language.stops
                )
            ):
                self._mark(first, end, "name.question", 0.8)
            if found:
                return
            if end > first:
                return

    def _listed(self, at: int) -> None:
        """A first name of the gazetteer, by what stands around it."""
        tokens, text = self.tokens, self.tokens.text
        if at in self.found:
            return
        stop = tokens.first[tokens.turn[at] + 1]
        word = text[at]
        end = self._name(at, stop, sure=False)
        if end <= at:
            return
        capital = self.cased and tokens.capital(at)
        low = tokens.first[tokens.turn[at]]
        dates = self.language.dates
        if (
            word in dates.months
            and at > low
            and (at - 1 in tokens.number or text[at - 1] in dates.joints | dates.ordinals)
        ):
            # "The fourth of June".
            return
        if at > low and (text[at - 1] in self.people.places or self._for_a_letter(at)):
            return
        if word in self.people.places or (
            end < stop and end in tokens.number and not (at > low and self._told(at))
        ):
            # "Santa Rosa", "Apollo 13".
            return
        sure = word in self.first
        told = at > low and self._told(at)
        if (end < stop and text[end] in self.people.things) or text[end - 1] in self.people.things:
            # "The Chase branch", "Jefferson Park", "a Stanley cup".
            return
        if self._followed(end, stop):
            told = True
        if (
            told
            and word in self.first
            and end == at + 1 == stop - 1
            and self._free(end)
            and (text[end] not in self.language.stops and not tokens.opens_clause(end))
        ):
            # A surname that nobody knows, at the turn's end.
            end += 1
        if (
            end == at + 1 < stop - 1
            and text[end + 1] in self.people.answering
            and (
                self._followed(end + 1, stop)
                and self._free(end)
                and text[end] not in self.language.stops
                and not tokens.opens_clause(end)
            )
        ):
            # "Wiesenthal" in "Franziska Wiesenthal speaking".
            end, told = end + 1, True
        if (
            told
            and sure
            and end == at + 1 < stop - 1
            and self._free(end)
            and text[end] not in self.language.stops
            and not tokens.opens_clause(end)
            and (text[end + 1] in self.language.stops or tokens.opens_clause(end + 1))
            and not is_verbal(text[end])
            and (not self.cased or tokens.capital(end))
        ):
            # "This is Nkechi Uzoma, I'm a patient": a surname that nobody knows.
            end += 1
        surname = end > at + 1 and (
            text[end - 1] in self.last or (text[end - 1] in self.second and (sure or told))
        )
        if self.cased and not capital:
            return
        if (
            told
            and word in self.doubtful
            and end == at + 1 == stop - 1
            and low == at - 2
            and self._free(end)
            and text[end] not in self.language.stops
        ):
            # "This is Hope Winters": nothing else is said.
            self._mark(at, stop, "name.cue", 0.6)
            return
        if word in self.doubtful and not surname:
            if (
                told
                and end == at + 1 < stop
                and text[at - 1] in self.people.hails
                and text[end] in self.people.vocatives
            ):
                self._mark(at, end, "name.cue", 0.6)
            return
        if told and sure:
            score, reason = 0.75, "name.cue"
        elif told or (surname and sure):
            score, reason = 0.65, "name.gazetteer"
        elif surname:
            score, reason = 0.5, "name.gazetteer"
        elif sure and self.telling and capital and not tokens.opens_sentence(at):
            score, reason = 0.6, "name.gazetteer"
        elif sure:
            score, reason = 0.4, "name.gazetteer"
        else:
            return
        self._mark(at, end, reason, score)

    def _told(self, at: int) -> bool:
        before = at - 1
        word = self.tokens.text[before]
        return word in self.weak and self._ends_with(self.weak, before)

    def _followed(self, end: int, stop: int) -> bool:
        return (
            end < stop
            and self.tokens.text[end] in self.behind
            and (self._starts_with(self.behind, end))
        )

    def _again(self) -> None:
        """The names that were announced, wherever they are said again."""
        tokens = self.tokens
        said = {
            tokens.text[at]
            for at, (_, score, _) in self.found.items()
            if score >= 0.75 and len(tokens.text[at]) > 2
        }
        said = {
            word
            for word in said
            if word not in self.language.stops and word not in self.people.particles
        }
        for at in tokens.where(frozenset(said)):
            word = tokens.text[at]
            if at not in self.found and at not in tokens.claimed:
                listed = word in self.first or word in self.last
                if listed or not self.cased or tokens.capital(at):
                    score = 0.7 if word in self.first or self.cased else 0.6
                    self.found[at] = (at, score, "name.read_back")
                    end = tokens.first[tokens.turn[at] + 1]
                    if (
                        self.telling
                        and at + 1 < end
                        and at + 1 not in self.found
                        and self._free(at + 1)
                        and tokens.capital(at + 1)
                        and not tokens.opens_clause(at + 1)
                        and tokens.text[at + 1] not in self.language.stops
                    ):
                        # "My name is Rose, Rose Little."
                        self.found[at + 1] = (at, score, "name.read_back")

    def _joined(self) -> list[Finding]:
        """Tokens in a row are one name."""
        tokens = self.tokens
        findings: list[Finding] = []
        row: list[int] = []
        for at in sorted(self.found):
            if row and (
                at != row[-1] + 1
                or tokens.turn[at] != tokens.turn[row[-1]]
                or tokens.opens_clause(at)
            ):
                findings.append(self._finding(row))
                row = []
            row.append(at)
        if row:
            findings.append(self._finding(row))
        return findings

    def _finding(self, row: list[int]) -> Finding:
        _, score, reason = max((self.found[at] for at in row), key=lambda each: each[1])
        return Finding(row, "NAME", score, reason)

    def _spelled(self, taken: set[int]) -> Iterable[Finding]:
        """Names that are spelled, where a name is spoken of or was just said."""
        tokens = self.tokens
        turns = set()
        said = {tokens.turn[at] for at in taken} | set(self.context)
        for turn in said:
            for following in range(turn, min(turn + SPELLED_TURNS, len(tokens.speakers))):
                if following not in self.emails:
                    turns.add(following)
        yield from self._beside(taken)
        for turn in sorted(turns):
            start, stop = tokens.bounds(turn)
            at = start
            while at < stop:
                found = self.speller.spelled(at, stop)
                if not found:
                    break
                at = found[-1] + 1
                if taken.isdisjoint(found):
                    yield Finding(found, "NAME", 0.75, "name.spelled")

    def _beside(self, taken: set[int]) -> Iterator[Finding]:
        """A word with its spelling behind or before it: "Price, P R I C E"."""
        tokens = self.tokens
        done = -1
        for at in self.speller.lettered if len(self.speller.lettered) > 2 else ():
            if at < done or at in tokens.claimed or len(tokens.text[at]) > 1:
                continue
            stop = at
            end = tokens.first[tokens.turn[at] + 1]
            while stop < end and len(tokens.text[stop]) == 1 and tokens.text[stop].isalpha():
                stop += 1
            word = "".join(tokens.text[at:stop])
            if len(word) >= 3 and taken.isdisjoint(range(at, stop)):
                low = tokens.first[tokens.turn[at]]
                near = [*range(max(low, at - 5), at), *range(stop, min(end, stop + 3))]
                said = [each for each in near if tokens.text[each] == word]
                if said and tokens.turn[at] not in self.emails:
                    taken.update(range(at, stop))
                    yield Finding(range(at, stop), "NAME", 0.75, "name.spelled")
                    new = [each for each in said if each not in taken]
                    if new and new[0] not in tokens.claimed:
                        taken.add(new[0])
                        yield Finding([new[0]], "NAME", 0.75, "name.spelled")
            done = stop
