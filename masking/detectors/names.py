"""Names of people: by cue, by who is known to be in the call, by gazetteer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from masking.answers import Answers
from masking.detectors.codes import Speller
from masking.detectors.finding import Finding
from masking.fold import fold
from masking.gazetteer import (
    doubtful_first_names,
    doubtful_surnames,
    first_names,
    surnames,
)
from masking.languages import LANGUAGES
from masking.languages.table import Language
from masking.phrasebook import Table, by_first, by_last
from masking.tokens import Tokens

MOST, LOOK, ANSWER_TURNS = 5, 8, 3
SPELLED_TURNS = 4
_PARTS = str.maketrans("-'", "  ")


def find_names(
    tokens: Tokens,
    language: Language,
    known: Sequence[str],
    emails: Sequence[int],
    answers: Answers,
) -> Iterator[Finding]:
    """The names of a call. `known` are full names of people in it; `emails` the turns in which
    an e-mail address was spoken of, where what is spelled is no name."""
    return iter(_Names(tokens, language, known, emails, answers).all())


@cache
def _of(code: str) -> tuple[frozenset[str], frozenset[str]]:
    people = LANGUAGES[code].people
    tables = (
        by_first(people.others), by_last(people.strong), by_last(people.medium),
        by_first(people.questions), by_first(people.after),
    )  # fmt: skip
    triggers = frozenset(word for table in tables for word in table) | people.titles
    first, doubtful, _ = _lists(code)
    return triggers, first | doubtful


@cache
def _lists(code: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The first names, those that are words as well, and the surnames for a language."""
    people = LANGUAGES[code].people
    own = people.first_names | people.surnames
    return (
        (first_names() - people.no_names) | people.first_names,
        doubtful_first_names() - own,
        (surnames() - people.no_names) | people.surnames,
    )


def _triggers(language: Language) -> tuple[frozenset[str], frozenset[str]]:
    """The words at which something about a name may begin or end, and the first names."""
    return _of(language.code)


class _Names:
    def __init__(
        self,
        tokens: Tokens,
        language: Language,
        known: Sequence[str],
        emails: Sequence[int],
        answers: Answers,
    ) -> None:
        self.answers = answers
        self.tokens, self.language, self.people = tokens, language, language.people
        self.first, self.doubtful, self.last = _lists(language.code)
        self.second = doubtful_surnames()
        self.given = {
            part for name in known for part in fold(name).text.translate(_PARTS).split()
            if len(part) > 1
        }
        self.emails = frozenset(emails)
        self.cased = not all(text == text.lower() for text in tokens.originals)
        self.telling = self.cased and not language.people.capital_nouns
        """Whether a capital within a sentence is evidence for a name."""
        self.found: dict[int, tuple[int, float, str]] = {}
        self.asked: list[int] = []
        self.context: list[int] = []
        self.speller = Speller(tokens, language)
        self.others = by_first(self.people.others)
        self.not_names: set[int] = set()
        self.medium = by_last(self.people.medium)
        self.strong, self.weak = by_last(self.people.strong), by_last(self.people.weak)
        self.questions, self.behind = by_first(self.people.questions), by_first(self.people.after)

    def all(self) -> list[Finding]:
        """Every finding, in order."""
        tokens, people = self.tokens, self.people
        text = tokens.text
        triggers, listed = _triggers(self.language)
        hits = [(at, word) for at, word in enumerate(text) if word in triggers]
        for at, word in hits:
            if word in self.others:
                self.not_names.update(self._other(at))
        for at, word in hits:
            if word in self.strong and self._ends_with(self.strong, at):
                self._after(at + 1, "name.cue", 0.85)
                self.context.append(tokens.turn[at])
            if word in people.titles:
                self._titled(at)
            if word in self.questions and self._starts_with(self.questions, at):
                self.asked.append(at)
                self.context.append(tokens.turn[at])
            if word in self.medium and self._ends_with(self.medium, at):
                self._after_medium(at + 1)
            if word in self.behind and self._starts_with(self.behind, at):
                self._before(at)
        for at in self.asked:
            self._answer(at)
        if self.given:
            listed = listed | self.given
        for at, word in [(at, word) for at, word in enumerate(text) if word in listed]:
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

    def _other(self, at: int) -> range:
        """The tokens of what looks like a name and is none, or none."""
        text = self.tokens.text
        for entry in self.others[text[at]]:
            if tuple(text[at : at + len(entry)]) == entry:
                return range(at, at + len(entry))
        return range(0)

    def _ends_with(self, table: Table, at: int) -> bool:
        text, turn = self.tokens.text, self.tokens.turn
        for entry in table[text[at]]:
            size = len(entry)
            if size == 1:
                return True
            if size <= at + 1 and text[at - 1] == entry[-2]:
                first = at - size + 1
                if tuple(text[first : at + 1]) == entry and turn[first] == turn[at]:
                    return True
        return False

    def _starts_with(self, table: Table, at: int) -> bool:
        text, turn = self.tokens.text, self.tokens.turn
        for entry in table[text[at]]:
            size = len(entry)
            if size == 1:
                return True
            if at + size <= len(text) and text[at + 1] == entry[1]:
                if tuple(text[at : at + size]) == entry and turn[at + size - 1] == turn[at]:
                    return True
        return False

    def _free(self, at: int) -> bool:
        tokens = self.tokens
        word = tokens.text[at]
        if word in self.language.spelling.letters and self._spelling(at):
            return False
        return at not in tokens.claimed and at not in tokens.number and at not in (
            self.not_names
        ) and (
            word.isalpha() or (word.replace("'", "").isalpha() and not word.endswith("'s"))
        )

    def _spelling(self, at: int) -> bool:
        """Whether a letter's name stands beside other letters or digits."""
        tokens = self.tokens
        low, end = tokens.bounds(tokens.turn[at])
        beside = [each for each in (at - 1, at + 1) if low <= each < end]
        return any(each in tokens.number or self.speller.letter(each) for each in beside)

    def _for_a_letter(self, at: int) -> bool:
        """ "nancy" in "n for nancy"."""
        tokens = self.tokens
        low = tokens.first[tokens.turn[at]]
        for phrase in self.language.spelling.as_in:
            letter = at - len(phrase) - 1
            if letter >= low and tuple(tokens.text[letter + 1 : at]) == phrase and (
                tokens.text[letter] == tokens.text[at][0]
            ):
                return True
        return False

    def _is_listed(self, at: int) -> bool:
        word = self.tokens.text[at]
        return word in self.first or word in self.doubtful or word in self.last

    def _initial(self, at: int) -> bool:
        """Whether what stands before a token is an initial with its full stop."""
        return len(self.tokens.text[at - 1]) == 1 and self.tokens.gap[at] == ". "

    def _name(self, at: int, stop: int, *, sure: bool) -> int:
        """The token after the name that begins at `at`; `at` where none does. `sure` where
        something announced it, so that a first word that nobody knows may be one."""
        tokens, people = self.tokens, self.people
        start = at
        while at < stop and at - start < MOST and self._free(at):
            word = tokens.text[at]
            if at > start and tokens.opens_clause(at) and not self._initial(at):
                break
            capital = self.telling and tokens.capital(at)
            if len(word) == 1:
                # An initial, with a name behind it.
                if word in self.language.spelling.doubtful and not capital:
                    break
                if at + 1 >= stop or not (self._is_listed(at + 1) or capital) or (
                    len(tokens.text[at + 1]) == 1
                ):
                    break
            elif word in people.particles and at > start:
                if at + 1 >= stop or not (
                    self._is_listed(at + 1) or tokens.text[at + 1] not in self.language.stops
                ):
                    break
            elif word in self.language.stops and not (capital and self._is_listed(at)) and not (
                sure and at == start and word in self.doubtful and at + 1 < stop
                and (tokens.text[at + 1] in self.last or tokens.text[at + 1] in self.second)
            ):
                break
            elif at > start:
                closes = at + 1 >= stop or tokens.opens_clause(at + 1) or (
                    tokens.text[at + 1] in self.language.stops
                )
                if not (
                    self._is_listed(at)
                    or (word in self.second and (closes or capital))
                    or (capital and not tokens.opens_sentence(at))
                    or (sure and at == start + 1 and closes)
                ):
                    break
            elif not (sure or self._is_listed(at)):
                break
            at += 1
        while at > start and tokens.text[at - 1] in people.particles and at - 1 > start:
            at -= 1
        return at

    def _mark(self, start: int, end: int, reason: str, score: float) -> None:
        for at in range(start, end):
            known = self.found.get(at)
            if known is None or known[1] < score:
                self.found[at] = (start, score, reason)

    def _after(self, at: int, reason: str, score: float) -> int:
        """Marks the name behind a cue, and answers whether there was one."""
        tokens = self.tokens
        if not at or at >= len(tokens):
            return 0
        stop = tokens.first[tokens.turn[at - 1] + 1]
        start = at
        skip = self.people.answers | self.language.fillers | self.people.titles
        while at < stop and at - start < LOOK and tokens.text[at] in skip and not (
            self.cased and tokens.capital(at) and self._is_listed(at)
        ):
            at += 1
        end = self._name(at, stop, sure=True)
        if end > at:
            self._mark(at, end, reason, score)
        return end - at

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
        if known or two or (doubtful and capital and self._closes(end, stop)):
            self._mark(at, end, "name.cue", 0.75)
        elif capital and end > at + 1:
            self._mark(at, end, "name.cue", 0.6)

    def _before(self, at: int) -> None:
        """Capitals before "speaking": "Cedar Valley Clinic, Philippa speaking"."""
        tokens = self.tokens
        if not self.cased or tokens.text[at] not in self.people.answering:
            return
        low, first = tokens.first[tokens.turn[at]], at
        while first > low and at - first < 2 and not tokens.opens_clause(first) and (
            self._free(first - 1)
            and tokens.capital(first - 1)
            and tokens.text[first - 1] not in self.language.stops
        ):
            first -= 1
        if first < at:
            self._mark(first, at, "name.cue", 0.65)

    def _closes(self, end: int, stop: int) -> bool:
        return end >= stop or self.tokens.opens_clause(end)

    def _titled(self, at: int) -> None:
        tokens = self.tokens
        stop = tokens.first[tokens.turn[at] + 1]
        if at + 1 >= stop or tokens.opens_clause(at + 1) and "." not in tokens.gap[at + 1]:
            return
        following = tokens.text[at + 1]
        short = tokens.text[at] in self.people.sure_titles
        capital = self.telling and tokens.capital(at + 1)
        if following in self.language.stops and not capital:
            return
        if not (short or capital or following in self.last or following in self.first):
            return
        if not short and not self.cased and following not in self.last | self.first:
            return
        end = self._name(at + 1, stop, sure=True)
        if end > at + 1:
            self._mark(at + 1, end, "name.title", 0.85)

    def _answer(self, at: int) -> None:
        """The name in the answer to a question for one."""
        tokens = self.tokens
        turn = tokens.turn[at]
        for following in range(turn + 1, min(turn + 1 + ANSWER_TURNS, len(tokens.views))):
            if tokens.speakers[following] == tokens.speakers[turn]:
                continue
            start, stop = tokens.bounds(following)
            found = self.speller.spelled(start, min(stop, start + LOOK + 16))
            limit = found[0] if found else stop
            skip = (
                self.people.answers | self.language.fillers | self.people.titles
                | self.language.stops
            )
            first = start
            while first < limit and first - start < LOOK and (
                first in tokens.number or first in tokens.claimed or tokens.text[first] in skip
            ) and not (
                self._is_listed(first) and self.cased and tokens.capital(first)
                and not tokens.opens_sentence(first)
            ) and not self._doubtful_full(first, limit):
                first += 1
            end = self._name(first, limit, sure=True)
            if end > first and self.answers.leads(first) and (
                self._is_listed(first) or end - first > 1 or self._closes(end, stop)
                or (self.telling and tokens.capital(first)) or end == limit
                or tokens.text[end] in self.language.stops
            ):
                self._mark(first, end, "name.question", 0.8)
            if found:
                return
            if end > first:
                return

    def _doubtful_full(self, at: int, stop: int) -> bool:
        """ "will parks": a first name that is a word, with a surname behind it."""
        text = self.tokens.text
        return at + 1 < stop and text[at] in self.doubtful and (
            text[at + 1] in self.last or text[at + 1] in self.second
        )

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
        if at > low and (text[at - 1] in self.people.places or self._for_a_letter(at)):
            return
        sure = word in self.first
        told = at > low and self._told(at)
        if self._followed(end, stop):
            told = True
        if told and word in self.first and end == at + 1 == stop - 1 and self._free(end) and (
            text[end] not in self.language.stops and not tokens.opens_clause(end)
        ):
            # A surname that nobody knows, at the turn's end.
            end += 1
        surname = end > at + 1 and (text[end - 1] in self.last or (
            text[end - 1] in self.second and (sure or told)
        ))
        if self.cased and not capital:
            return
        if word in self.doubtful and not surname:
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
        return end < stop and self.tokens.text[end] in self.behind and (
            self._starts_with(self.behind, end)
        )

    def _again(self) -> None:
        """The names that were announced, wherever they are said again."""
        tokens = self.tokens
        said = {
            tokens.text[at]
            for at, (_, score, _) in self.found.items()
            if score >= 0.75 and len(tokens.text[at]) > 2
        }
        said -= self.language.stops | self.people.particles
        if not said:
            return
        for at, word in [each for each in enumerate(tokens.text) if each[1] in said]:
            if at not in self.found and at not in tokens.claimed:
                listed = word in self.first or word in self.last
                if listed or not self.cased or tokens.capital(at):
                    score = 0.7 if word in self.first or self.cased else 0.6
                    self.found[at] = (at, score, "name.read_back")

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
            for following in range(turn, min(turn + SPELLED_TURNS, len(tokens.views))):
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
        letters = [at for at, word in enumerate(tokens.text) if len(word) == 1 and word.isalpha()]
        done = -1
        for at in letters if len(letters) > 2 else ():
            if at < done or at in tokens.claimed:
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
