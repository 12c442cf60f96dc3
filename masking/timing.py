"""Where a turn's timed words lie in its text.

Words follow the text when each of them is found in it, in order, and nothing that can be said
lies between. Where they do not (a recogniser that writes 123 and times "one two three"), a word
is given the text between its neighbours that are found.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property

from masking.fold import View, fold
from masking.model import Turn

_LOOK_AHEAD = 64
"""How far, in code points, a word may be from the end of the one before it."""


class Timing:
    """The words of one turn as ranges of its text; lazy, and linear in both."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.follows = True
        """Whether the words follow the text; known once `ranges` is."""

    @cached_property
    def ranges(self) -> list[tuple[int, int]]:
        """The text range of each word, in order; starts and ends never fall."""
        return _fill(self._found, len(self.turn.text))

    @cached_property
    def _found(self) -> list[tuple[int, int] | None]:
        """The same, and None for a word that is not in the text."""
        view = fold(self.turn.text)
        found: list[tuple[int, int] | None] = []
        position = 0
        for word in self.turn.words:
            place = _place(view.text, fold(word.text).text.strip(), position)
            found.append(None if place is None else _original(view, *place))
            if place is None or _sayable(view.text[position : place[0]]):
                self.follows = False
            position = place[1] if place else position
        if _sayable(view.text[position:]):
            self.follows = False
        return found

    def accounts_for(self, start: int, end: int) -> bool:
        """Whether all that can be said of a range of the text is in words that are found."""
        for index in self.touching(start, end):
            place = self._found[index]
            if place is None or _sayable(self.turn.text[start : place[0]]):
                return False
            start = max(start, place[1])
        return not _sayable(self.turn.text[start:end])

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self.ranges]

    @cached_property
    def _ends(self) -> list[int]:
        return [end for _, end in self.ranges]

    def between(self, start: int, end: int) -> tuple[int | None, int | None]:
        """The time in milliseconds from the first to the last word that touches a range."""
        if not self.turn.words:
            return None, None
        touched = self.touching(start, end)
        if not touched:
            return None, None
        return self.turn.words[touched[0]].start_ms, self.turn.words[touched[-1]].end_ms

    def touching(self, start: int, end: int) -> range:
        """The words that touch a range of the text, by binary search.

        A word without any text of its own belongs to what is on either side of it.
        """
        first = bisect_right(self._ends, start)
        while first and self.ranges[first - 1] == (start, start):
            first -= 1
        last = bisect_left(self._starts, end, first)
        while last < len(self.ranges) and self.ranges[last] == (end, end):
            last += 1
        return range(first, last)


def _place(text: str, word: str, position: int) -> tuple[int, int] | None:
    if not word:
        return position, position
    bare = word.strip(".,;:!?\u00a1\u00bf\"'()-\u2026")
    for spelled in dict.fromkeys((word, bare)):
        if spelled:
            at = text.find(spelled, position, position + len(spelled) + _LOOK_AHEAD)
            if at >= 0:
                return at, at + len(spelled)
    return None if bare else (position, position)


def _original(view: View, start: int, end: int) -> tuple[int, int] | None:
    """A word of punctuation alone lies nowhere: it takes the place of the word before it."""
    return view.original(start, end) if start < end else None


def _sayable(text: str) -> bool:
    return any(map(str.isalnum, text))


def _fill(found: list[tuple[int, int] | None], length: int) -> list[tuple[int, int]]:
    """Gives the words that were not found the text between those that were."""
    following = [length] * (len(found) + 1)
    for index in range(len(found) - 1, -1, -1):
        item = found[index]
        following[index] = following[index + 1] if item is None else item[0]
    ranges: list[tuple[int, int]] = []
    previous = 0
    for index, item in enumerate(found):
        ranges.append(item or (previous, max(previous, following[index])))
        previous = item[1] if item else previous
    return ranges
