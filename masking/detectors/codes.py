"""Codes of letters and digits: accounts, medical record numbers, IBANs, read out or written."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from masking.answers import Answers
from masking.checks import IBAN_LENGTHS, iban
from masking.cues import Cue
from masking.detectors.finding import Finding
from masking.languages.table import Language
from masking.phrasebook import by_first, by_last, longest_first
from masking.runs import read
from masking.tokens import Tokens

LOOK, MOST, BETWEEN, MOST_LETTERS = 12, 64, 3, 5
_VOWELS = frozenset("aeiou")


def find_codes(
    tokens: Tokens, speller: Speller, cues: Sequence[Cue], answers: Answers
) -> Iterator[Finding]:
    """Codes with a letter in them; a number alone is a run. They are claimed."""
    reader, language = speller, speller.language
    for index in _countries(reader):
        end = min(tokens.first[tokens.turn[index] + 1], index + MOST)
        found = reader.code(index, end)
        if len(found) == 1:
            # A country's code that is a word as well, written small: "es", "de".
            found = [index, *reader.code(index + 1, end)]
        whole = _grouped(tokens, index)
        if whole:
            tokens.claim(whole)
            yield Finding(whole, "IBAN", 0.97, "iban.checked")
            continue
        said = _country(reader, found)
        expected = IBAN_LENGTHS.get(said[:2].upper(), 0)
        if expected and said[2:4].isdigit() and abs(len(said) - expected) <= 3:
            found = _cut(reader, found, expected)
            good = iban(_country(reader, found))
            word = not reader.element(found[0]) and (
                len(said) != max(expected, 20) or tokens.text[found[0]] in reader.language.stops
            )
            if not good and word:
                # "It would be 4111 ...": no country, but a word.
                continue
            tokens.claim(found)
            yield Finding(found, "IBAN", 0.97 if good else 0.7, "iban.checked" if good else "iban")
    for cue in cues:
        least = language.codes.get(cue.label)
        if least is None:
            continue
        if cue.weak:
            end = tokens.first[tokens.turn[cue.last] + 1]
            found = reader.first_code(
                cue.last + 1, min(end, cue.last + 4), least + 1, reach=min(end, cue.last + MOST)
            )
            if found and found[0] <= cue.last + 2:
                tokens.claim(found)
                yield Finding(found, cue.label, 0.75, f"{cue.label.lower()}.hint")
            continue
        for place, (start, stop) in enumerate(answers.windows(cue, turns=4)):
            found = reader.first_code(start, stop, least if not place else min(least, 4))
            if found and (not place or answers.leads(found[0])):
                tokens.claim(found)
                how = "question" if place else "cue"
                if cue.label == "ZIP":
                    yield Finding(found, "ADDRESS", 0.75, "address.post_code")
                else:
                    yield Finding(found, cue.label, 0.85, f"{cue.label.lower()}.{how}")
                if cue.label != "IBAN" and not place:
                    break
            elif any(at in tokens.number for at in range(start, min(stop, start + LOOK))):
                break


def with_letters(numbers: Iterable[Finding], reader: Speller) -> Iterator[Finding]:
    """Numbers of the kinds that may hold letters, with those that stand beside them."""
    for finding in numbers:
        if finding.label in reader.language.codes:
            first, last = finding.tokens[0], finding.tokens[-1]
            whole = reader.beside(first, last)
            before, after = range(whole.start, first), range(last + 1, whole.stop)
            yield finding._replace(tokens=[*before, *finding.tokens, *after])
        else:
            yield finding


def _countries(reader: Speller) -> Iterator[int]:
    """The tokens at which an IBAN may begin: a country's letters, then digits."""
    tokens = reader.tokens
    text = tokens.text
    for at in list(tokens.number):
        low = tokens.first[tokens.turn[at]]
        if at in tokens.claimed or at == low or at - 1 in tokens.number:
            continue
        if len(text[at - 1]) == 2 and text[at - 1].upper() in IBAN_LENGTHS:
            yield at - 1
            continue
        # Two letters, each as it is or with "as in dog" behind it.
        second = reader.letter_ending(at - 1, low)
        first = None if second is None else reader.letter_ending(second - 1, low)
        if second is not None and first is not None:
            pair = reader.letter(first) + reader.letter(second)
            if pair.upper() in IBAN_LENGTHS:
                yield first


def _country(reader: Speller, found: Sequence[int]) -> str:
    """What was said, with the country's code where it is no letter to the speller."""
    said, first = reader.said(found), reader.tokens.text[found[0]]
    return said if reader.element(found[0]) else first + said


def _grouped(tokens: Tokens, first: int) -> list[int]:
    """An IBAN as it is printed, in groups, if it passes its check; [] otherwise."""
    end = min(tokens.first[tokens.turn[first] + 1], first + MOST)
    said = ""
    expected = IBAN_LENGTHS.get(tokens.text[first].upper(), 0)
    for at in range(first, end):
        if at in tokens.claimed:
            break
        said += tokens.text[at]
        if len(said) >= expected:
            return list(range(first, at + 1)) if expected and iban(said) else []
    return []


def _cut(reader: Speller, found: list[int], expected: int) -> list[int]:
    """Without what follows an IBAN that passes its check."""
    for size in range(len(found), 0, -1):
        said = _country(reader, found[:size])
        if len(said) == expected and iban(said):
            return found[:size]
        if len(said) < expected:
            break
    return found


class Speller:
    """Reads letters, digits and what stands between them."""

    def __init__(self, tokens: Tokens, language: Language) -> None:
        self.tokens, self.language, self.spelling = tokens, language, language.spelling
        self._joins = by_last(language.spelling.as_in)
        self._capitals = tokens.written != tokens.view
        self._known: dict[int, bool] = {}

    @cached_property
    def lettered(self) -> list[int]:
        """The tokens that may name a letter, in order."""
        tokens, letters = self.tokens, self.spelling.words
        if not tokens.view.isascii():
            letters |= {word for word in tokens.words if len(word) == 1 and word.isalpha()}
        return tokens.where(letters)

    def letter(self, at: int) -> str:
        """The letter that a token names, or ""."""
        word = self.tokens.text[at]
        if len(word) == 1 and word.isalpha():
            # "treinta y dos": no letter, but inside a number.
            inside = word in self.language.joints and at - 1 in self.tokens.number
            return "" if inside and at + 1 in self.tokens.number else word
        return self.spelling.letters.get(word, "")

    def _glued(self, at: int) -> bool:
        """Whether a token is joined in writing to a digit beside it: AB123456, MRN-0045."""
        tokens = self.tokens
        word, gap = tokens.text[at], tokens.gap
        if gap[at] == " " and at + 1 < len(gap) and gap[at + 1] == " ":
            return False
        if len(word) > 6 or not word.isalpha():
            return False
        low, end = tokens.bounds(tokens.turn[at])
        left = at > low and gap[at] in ("", "-") and tokens.text[at - 1] < ":"
        right = at + 1 < end and gap[at + 1] in ("", "-") and tokens.text[at + 1] < ":"
        return left or right

    def element(self, at: int) -> bool:
        """Whether a token is a letter or digits of a code."""
        tokens = self.tokens
        if at in tokens.claimed:
            return False
        if at in tokens.number:
            return True
        known = self._known.get(at)
        if known is None:
            known = bool(self.letter(at)) or self._glued(at) or self._upper(at)
            self._known[at] = known
        return known

    def _upper(self, at: int) -> bool:
        """Capitals that are no word: the bank's code in an IBAN in groups of four."""
        if not self._capitals or len(self.tokens.text[at]) > 4:
            return False
        written = self.tokens.cased(at)
        return 2 <= len(written) <= 4 and written.isupper() and written.isalpha()

    def said(self, found: Sequence[int]) -> str:
        """The letters and digits of a code, lower-case."""
        tokens = self.tokens
        members = [at for at in found if at in tokens.number]
        digits = dict(zip(members, read([tokens.number[at] for at in members]), strict=True))
        parts = []
        for at in found:
            if at in digits:
                parts.append(digits[at])
            elif self.letter(at):
                parts.append(self.letter(at))
            elif self._glued(at) or self._upper(at):
                parts.append(tokens.text[at])
        return "".join(parts)

    def code(self, first: int, stop: int) -> list[int]:
        """The code that begins at a token: up to its last letter or digit."""
        tokens, text = self.tokens, self.tokens.text
        last = at = first
        while at < stop and at - last <= BETWEEN:
            if self.element(at):
                # "a" and "i" are words unless a letter or digit stands beside them.
                doubtful = self.spelling.doubtful
                ends = at + 1 >= stop or tokens.opens_clause(at + 1)
                if text[at] in doubtful and not (
                    (at + 1 < stop and self.element(at + 1) and text[at + 1] not in doubtful)
                    or (at - 1 == last and at > first and self.letter(last))
                    or (at - 1 == last and at > first and ends and at - 1 in tokens.number)
                    or self._glued(at)
                    or self._as_in(at + 1, stop)
                ):
                    break
                last = at
            else:
                skip = self._as_in(at, stop)
                if skip:
                    at = last = skip
                elif (
                    text[at] in self.language.homophones
                    and at - 1 == last
                    and (at - 1 in tokens.number and at + 1 < stop and at + 1 in tokens.number)
                ):
                    last = at
                elif not (
                    text[at] in self.spelling.joints
                    or text[at] in self.language.fillers
                    or text[at] in self.language.bridges
                ):
                    break
            at += 1
        return list(range(first, last + 1))

    def _as_in(self, at: int, stop: int) -> int | None:
        """The last token of "as in boy" behind a "b", or None."""
        text = self.tokens.text
        letter = self.letter(at - 1) if at else ""
        for phrase in longest_first(self.spelling.as_in):
            end = at + len(phrase)
            if (
                end < stop
                and letter
                and tuple(text[at:end]) == phrase
                and (text[end].startswith(letter) or len(phrase) > 1)
            ):
                return end
        return None

    def letter_ending(self, at: int, low: int) -> int | None:
        """Where the letter stands that ends at a token: there, or before its "as in dog"."""
        if at < low:
            return None
        if self.letter(at):
            return at
        for phrase in self._joins.get(self.tokens.text[at - 1], ()) if at else ():
            letter = at - len(phrase) - 1
            if (
                letter >= low
                and tuple(self.tokens.text[letter + 1 : at]) == phrase
                and self.letter(letter)
            ):
                return letter
        return None

    def counts(self, at: int, stop: int) -> bool:
        """Whether the number at a token counts something or is a time: "twenty-four pence"."""
        text = self.tokens.text
        while at < stop and at in self.tokens.number:
            at += 1
        if at >= stop:
            return False
        times = by_first(self.language.dates.times).get(text[at], ())
        return text[at] in self.language.units or any(
            tuple(text[at : at + len(phrase)]) == phrase for phrase in times
        )

    def beside(self, first: int, last: int) -> range:
        """A number with the letters right before and behind it: "G L one one seven", "oh five
        alpha alpha"."""
        tokens = self.tokens
        low, end = tokens.bounds(tokens.turn[first])
        low, end = max(low, first - MOST_LETTERS), min(end, last + 1 + MOST_LETTERS)
        start, stop = first, last + 1
        while start > low and self._is_letter(start - 1):
            start -= 1
        while stop < end and self._is_letter(stop):
            stop += 1
        if start < first and tokens.text[start] in self.spelling.doubtful:
            # "A seven two": an article.
            start += 1
        if stop > last + 1 and tokens.text[stop - 1] in self.spelling.doubtful:
            stop -= 1
        return range(start, stop)

    def _is_letter(self, at: int) -> bool:
        tokens = self.tokens
        return (
            at not in tokens.claimed
            and at not in tokens.number
            and (
                bool(self.letter(at))
                or self._glued(at)
                or (len(tokens.text[at]) == 2 and _VOWELS.isdisjoint(tokens.text[at]))
            )
            and (len(tokens.text[at]) > 1 or tokens.text[at] not in self.language.homophones)
        )

    def first_code(self, start: int, stop: int, least: int, reach: int | None = None) -> list[int]:
        """The first code that begins in a window, goes on up to `reach`, and has a letter and
        enough of all; [] for none."""
        tokens = self.tokens
        reach = stop if reach is None else reach
        for at in range(start, min(stop, start + LOOK)):
            if not self.element(at) or (
                tokens.text[at] in self.language.stops
                and len(tokens.text[at]) > 1
                and not self._glued(at)
                # Letters whose names are words: "te ese", "te" before digits at a clause's start.
                and not (
                    self.letter(at)
                    and self.element(at + 1 if at + 1 < stop else at)
                    and (tokens.opens_clause(at) or (at + 1 < stop and self.letter(at + 1)))
                )
            ):
                continue
            found = self.code(at, min(reach, at + MOST))
            said = self.said(found)
            lettered = any(each not in tokens.number for each in found if self.element(each))
            digits = sum(char.isdigit() for char in said)
            if lettered and len(said) >= least and (digits >= 2 or len(found) >= 4):
                return found
            if found and at in tokens.number and digits >= least:
                return []
        return []

    def spelled(self, start: int, stop: int, least: int = 3) -> list[int]:
        """The first word of a window that is spelled, letter by letter; [] for none."""
        free = start
        for place in range(bisect_left(self.lettered, start), len(self.lettered)):
            at = self.lettered[place]
            if at >= stop:
                break
            if at >= free and self.letter(at) and at not in self.tokens.claimed:
                found = self.code(at, stop)
                letters = sum(bool(self.letter(each)) for each in found)
                numbers = [each for each in found if each in self.tokens.number]
                # "o" is a letter here, whatever it is in a number.
                if letters >= least and all(len(self.tokens.text[each]) == 1 for each in numbers):
                    return found
                free = found[-1] + 1
        return []
