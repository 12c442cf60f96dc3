"""What may be a name: words of the gazetteer, initials, particles, and what is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from masking.answers import Answers
from masking.cues import FILLERS_INSIDE
from masking.detectors.codes import Speller
from masking.fold import fold
from masking.gazetteer import (
    doubtful_first_names,
    doubtful_surnames,
    first_names,
    surnames,
)
from masking.languages import LANGUAGES
from masking.phrasebook import (
    Pairs,
    by_first,
    by_last,
    longest_first,
    pairs_by_first,
    pairs_by_last,
)
from masking.tokens import Tokens

MOST = 5
_PARTS = str.maketrans("-'", "  ")


# What a word may begin or end: bits, because a word may be of several kinds.
OTHER, STRONG, TITLE, QUESTION, MEDIUM, BEHIND = (1 << bit for bit in range(6))


@cache
def triggers(code: str) -> tuple[frozenset[str], Mapping[str, int]]:
    """The words at which something about a name may begin or end, and what that may be."""
    people = LANGUAGES[code].people
    found: dict[str, int] = {}
    for trigger, words in (
        (OTHER, by_first(people.others).keys()),
        (STRONG, by_last(people.strong).keys()),
        (TITLE, people.titles),
        (QUESTION, by_first(people.questions).keys()),
        (MEDIUM, by_last(people.medium).keys()),
        (BEHIND, by_first(people.after).keys()),
    ):
        for word in words:
            found[word] = found.get(word, 0) | trigger
    return frozenset(found), found


@cache
def listed(code: str) -> frozenset[str]:
    """All first names, those that are words as well among them."""
    first, doubtful, _ = _lists(code)
    return first | doubtful


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


def is_verbal(word: str) -> bool:
    """ "my name is misspelled": words that are hardly ever names unless a list has them."""
    return len(word) > 5 and word.endswith(("ed", "ing", "ly"))


class Persons:
    """Reads names out of tokens."""

    def __init__(
        self,
        tokens: Tokens,
        speller: Speller,
        known: Sequence[str],
        emails: Sequence[int],
        answers: Answers,
    ) -> None:
        self.answers, language = answers, speller.language
        self.language, self.people = language, language.people
        people = language.people
        self.first, self.doubtful, self.last = _lists(language.code)
        self.written = tokens
        self.tokens = self._without_possessives(tokens)
        self.second = doubtful_surnames()
        self.given = {
            part
            for name in known
            for part in fold(name).text.translate(_PARTS).split()
            if len(part) > 1
        }
        self.emails = frozenset(emails)
        self.cased = tokens.written != tokens.written.lower()
        self.telling = self.cased and not language.people.capital_nouns
        """Whether a capital within a sentence is evidence for a name."""
        self.found: dict[int, tuple[int, float, str]] = {}
        self.asked: list[int] = []
        self.context: list[int] = []
        self.speller = speller
        self.others = by_first(people.others)
        self.not_names: set[int] = set()
        self.medium, self.strong = pairs_by_last(people.medium), pairs_by_last(people.strong)
        self.weak = pairs_by_last(people.weak)
        self.questions, self.behind = pairs_by_first(people.questions), pairs_by_first(people.after)

    def _without_possessives(self, tokens: Tokens) -> Tokens:
        """The same tokens with "david" for "david's"."""
        owners = [word for word in tokens.words if word.endswith("'s") and word[:-2] in self.first]
        if not owners:
            return tokens
        text, words = list(tokens.text), dict(tokens.words)
        for word in owners:
            places = words.pop(word)
            name = word[:-2]
            words[name] = sorted([*words.get(name, ()), *places])
            for at in places:
                text[at] = name
        return replace(tokens, text=text, words=words)

    def _other(self, at: int) -> range:
        """The tokens of what looks like a name and is none, or none."""
        text = self.written.text
        for entry in self.others[text[at]]:
            if tuple(text[at : at + len(entry)]) == entry:
                return range(at, at + len(entry))
        return range(0)

    def _ends_with(self, table: Pairs, at: int) -> bool:
        """Whether a phrase of a table, in which the token's word is, ends with a token."""
        text, turn = self.tokens.text, self.tokens.turn
        entries = table[text[at]]
        if "" in entries:
            return True
        for entry in entries.get(text[at - 1], ()) if at else ():
            first = at - len(entry) + 1
            if first >= 0 and turn[first] == turn[at] and tuple(text[first : at + 1]) == entry:
                return True
        return False

    def _starts_with(self, table: Pairs, at: int) -> bool:
        """Whether a phrase of a table, in which the token's word is, begins with a token."""
        text, turn = self.tokens.text, self.tokens.turn
        entries, following = table[text[at]], text[at + 1] if at + 1 < len(text) else ""
        if "" in entries:
            return True
        for entry in (*entries.get(following, ()), *entries.get(following.removesuffix("'s"), ())):
            last = at + len(entry) - 1
            if (
                last < len(text)
                and turn[last] == turn[at]
                and text[at:last] == list(entry[:-1])
                and text[last] in (entry[-1], f"{entry[-1]}'s")
            ):
                return True
        return False

    def _free(self, at: int) -> bool:
        tokens = self.tokens
        word = tokens.text[at]
        if word in self.language.spelling.letters and self._spelling(at):
            return False
        return (
            at not in tokens.claimed
            and at not in tokens.number
            and at not in tokens.counts
            and at not in self.not_names
            and word not in self.people.kin
            and (word.isalpha() or (word.replace("'", "").isalpha() and not word.endswith("'s")))
        )

    def _spelling(self, at: int) -> bool:
        """Whether a letter's name stands beside other letters or digits."""
        tokens = self.tokens
        low, end = tokens.bounds(tokens.turn[at])
        beside = [each for each in (at - 1, at + 1) if low <= each < end]
        doubtful = self.language.spelling.doubtful
        return any(
            each in tokens.number
            or (self.speller.letter(each) and tokens.text[each] not in doubtful)
            for each in beside
        )

    def _for_a_letter(self, at: int) -> bool:
        """ "nancy" in "n for nancy"."""
        tokens = self.tokens
        low = tokens.first[tokens.turn[at]]
        for phrase in longest_first(self.language.spelling.as_in):
            letter = at - len(phrase) - 1
            if (
                letter >= low
                and tuple(tokens.text[letter + 1 : at]) == phrase
                and (tokens.text[letter] == tokens.text[at][0])
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
            if at > start and word in FILLERS_INSIDE and at + 1 < stop and self._is_listed(at + 1):
                # "Jerome, uh, Callahan".
                at += 1
                continue
            if len(word) == 1:
                # An initial, with a name behind it.
                if word in self.language.spelling.doubtful and not capital:
                    break
                if (
                    at + 1 >= stop
                    or not (
                        self._is_listed(at + 1) or capital or tokens.text[at + 1] in self.second
                    )
                    or (len(tokens.text[at + 1]) == 1)
                ):
                    break
            elif word in people.particles and at > start:
                if at + 1 >= stop or not (
                    self._is_listed(at + 1) or tokens.text[at + 1] not in self.language.stops
                ):
                    break
            elif (
                word in self.language.stops
                and not (capital and self._is_listed(at))
                and not (
                    sure
                    and at == start
                    and word in self.doubtful
                    and (at + 1 >= stop or self._doubtful_full(at, stop))
                )
            ):
                break
            elif at > start:
                closes = (
                    at + 1 >= stop
                    or tokens.opens_clause(at + 1)
                    or (tokens.text[at + 1] in self.language.stops)
                )
                if not (
                    self._is_listed(at)
                    or (word in self.second and (closes or capital))
                    or (capital and not tokens.opens_sentence(at))
                    or (
                        sure
                        and at == start + 1
                        and (capital or not is_verbal(word))
                        and self._closes_soon(at, stop)
                    )
                    or (sure and closes and self._leads_surname(at - 1, start))
                ):
                    break
            elif not self._is_listed(at) and (not sure or (is_verbal(word) and not capital)):
                break
            at += 1
        while at > start and tokens.text[at - 1] in people.particles and at - 1 > start:
            at -= 1
        return at

    def _closes_soon(self, at: int, stop: int) -> bool:
        """Whether what may be a name ends behind a token, or behind as many more as people of
        this language have surnames."""
        tokens = self.tokens
        for end in range(at + 1, at + 1 + self.people.unknown):
            if end >= stop or tokens.opens_clause(end) or tokens.text[end] in self.language.stops:
                return True
            if not self._free(end):
                return False
        return False

    def _leads_surname(self, at: int, start: int) -> bool:
        """Whether a surname that nobody knows may follow a token within a name."""
        word = self.tokens.text[at]
        return (
            word in self.first
            or word in self.people.particles
            or (at - start < self.people.unknown)
        )

    def _mark(self, start: int, end: int, reason: str, score: float) -> None:
        for at in range(start, end):
            known = self.found.get(at)
            if known is None or known[1] < score:
                self.found[at] = (start, score, reason)

    def _closes(self, end: int, stop: int) -> bool:
        return end >= stop or self.tokens.opens_clause(end)

    def _doubtful_full(self, at: int, stop: int) -> bool:
        """ "will parks": a first name that is a word, with a surname behind it."""
        text = self.tokens.text
        return (
            at + 1 < stop
            and text[at] in self.doubtful
            and (text[at + 1] in self.last or text[at + 1] in self.second)
        )
