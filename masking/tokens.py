"""One tokenizer over the whole call. Every detector answers in ranges of these tokens."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain, pairwise, repeat

from masking.fold import SEPARATOR, fold_all
from masking.languages.table import WRITTEN, Language
from masking.model import Turn

# Neither pattern gives anything back, so matching is linear. A digit never shares a token with a
# letter: "cvv123" is a cue and a number. In a group, so that split() gives what lies between as
# well: the fastest way to all positions that there is.
_ASCII = re.compile(r"([a-z]++(?:'[a-z]++)*+|[0-9]++|@)")
_UNICODE = re.compile(r"([^\W\d_]++(?:'[^\W\d_]++)*+|[0-9]++|@)")
_CLAUSE = re.compile(r"[.,;:!?\n()\u2026\"]|\s-+\s")
_SENTENCE = re.compile(r"[.;!?\n\u2026]")


@dataclass(slots=True)
class Tokens:
    """The call as parallel lists: one list item a token, in the order of speech."""

    view: str
    """What detectors read: the folded turns with a separator between them."""
    written: str
    """The same place by place as it was written, in capitals or not."""
    begins: list[int]
    """Where in the view each turn begins."""
    offsets: list[list[int] | None]
    """Each turn's places in its text as it came, or None where they are those of the view."""
    speakers: list[str]
    turn: list[int]
    start: list[int]
    end: list[int]
    """Where in the view each token starts and ends, exclusive."""
    text: list[str]
    gap: list[str]
    """What stands in the view between the token before it in its turn, or the turn's start, and
    the token."""
    words: dict[str, list[int]]
    """Every text that a token has, to its tokens."""
    first: list[int]
    """The first token of each turn, and after them the number of tokens."""
    number: dict[int, tuple[str, str]]
    """Token to how it reads as a number (kind, value), in order; detectors may claim entries."""
    counts: set[int] = field(default_factory=set)
    """Number words that count the digits which follow: "last four"."""
    claimed: set[int] = field(default_factory=set)
    """The tokens that a detector has taken for its own."""

    def __len__(self) -> int:
        return len(self.text)

    def where(self, words: frozenset[str]) -> list[int]:
        """The tokens that are one of some words, in order."""
        said = words.intersection(self.words)
        return sorted(chain.from_iterable([self.words[word] for word in said]))

    def original(self, first: int, last: int) -> tuple[int, int]:
        """The code points of the turn's own text under tokens `first` to `last`, inclusive."""
        turn = self.turn[first]
        begin, offsets = self.begins[turn], self.offsets[turn]
        start, end = self.start[first] - begin, self.end[last] - begin
        return (start, end) if offsets is None else (offsets[start], offsets[end - 1] + 1)

    def before(self, token: int) -> str:
        """The character of the view just before a token, or an empty string."""
        return self.gap[token][-1:]

    def bounds(self, turn: int) -> tuple[int, int]:
        """The first token of a turn and the one after its last."""
        return self.first[turn], self.first[turn + 1]

    def opens_clause(self, token: int) -> bool:
        """Whether a turn, sentence or clause begins with the token, as far as is written."""
        gap = self.gap[token]
        if gap == " ":
            return token == self.first[self.turn[token]]
        return token == self.first[self.turn[token]] or bool(_CLAUSE.search(gap))

    def opens_sentence(self, token: int) -> bool:
        """Whether a turn or sentence begins with the token, as far as is written."""
        gap = self.gap[token]
        if gap == " ":
            return token == self.first[self.turn[token]]
        return token == self.first[self.turn[token]] or bool(_SENTENCE.search(gap))

    def asks(self, turn: int) -> bool:
        """Whether a turn ends with a question mark."""
        end = self.begins[turn + 1] if turn + 1 < len(self.begins) else len(self.view)
        return self.view[self.begins[turn] : end].rstrip().endswith("?")

    def capital(self, token: int) -> bool:
        """Whether the token is written with a capital letter."""
        return self.written[self.start[token]].isupper()

    def cased(self, token: int) -> str:
        """The token as it is written."""
        return self.written[self.start[token] : self.end[token]]

    def read_in(self, language: Language) -> Tokens:
        """The same tokens with the numbers of another language, and none of them claimed."""
        number = _numbers(self.text, language)
        return replace(self, number=number, counts=set(), claimed=set())

    def claim(self, tokens: Sequence[int]) -> None:
        """Takes tokens out of the reach of the detectors that follow."""
        self.claimed.update(tokens)
        for token in tokens:
            self.number.pop(token, None)


def tokenize(turns: Sequence[Turn], language: Language) -> Tokens:
    """The tokens of a call, in time linear in its text."""
    folded = fold_all([turn.text for turn in turns])
    view, begins = folded.text, folded.begins
    parts = (_ASCII if view.isascii() else _UNICODE).split(view)
    ends = list(accumulate(map(len, parts)))
    text, gap, start = parts[1::2], parts[0:-1:2], ends[0:-1:2]
    first = [bisect_left(start, begin) for begin in begins]
    first.append(len(text))
    turn: list[int] = []
    for index, (low, stop) in enumerate(pairwise(first)):
        turn += repeat(index, stop - low)
        if low < stop:
            gap[low] = gap[low].rpartition(SEPARATOR)[2]
    words: dict[str, list[int]] = {}
    for place, word in enumerate(text):
        if word in words:
            words[word].append(place)
        else:
            words[word] = [place]
    return Tokens(
        view=view,
        written=folded.written,
        begins=begins,
        offsets=folded.offsets,
        speakers=[turn.speaker for turn in turns],
        turn=turn,
        start=start,
        end=ends[1::2],
        text=text,
        gap=gap,
        words=words,
        first=first,
        number=_numbers(text, language),
    )


def _numbers(text: Sequence[str], language: Language) -> dict[int, tuple[str, str]]:
    numbers = language.numbers
    # ":" is the first character after "9"; "@" and all letters come after it.
    return {
        place: numbers.get(word) or (WRITTEN, word)
        for place, word in enumerate(text)
        if word < ":" or word in numbers
    }
