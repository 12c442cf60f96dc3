"""Which stretches of a recording to silence, from what was masked in its transcript.

Every time is in milliseconds from the recording's start. Where less is known of a time, more is
silenced; a recording in which something was said at a time that it does not have, or faster than
anybody speaks, is silenced whole, because then its clock and the transcript's are not the same one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from masking.apply import mask
from masking.model import FORBIDDEN_AFTER_AUTHORISATION, LABELS, Span, Turn
from masking.timing import Timing

PADDING_MS = 150
"""Silenced before and after, as recognisers place a word's edges only so well."""
JOIN_MS = 300
"""Two silenced stretches with less than this between them are one."""
OVERRUN_MS = 2_000
"""How far a transcript may go on after its recording's end before its times count as wrong."""
HASTE_MS = 10
"""Milliseconds of a written character for all speakers together, less than which are not
milliseconds: seconds, or hundredths of them."""
FASTEST_MS = 40
"""Milliseconds of a written character for somebody who speaks 25 of them a second: nobody does
for long (English is read out at about 15)."""

Interval = tuple[int, int]
_PLACEHOLDER = re.compile(r"\[([A-Z]{2,16})\]")


def placeholders(turns: Sequence[Turn]) -> list[Span]:
    """The spans of a transcript that was masked before, as "[LABEL]" stands in its texts."""
    return [
        Span(index, match.start(), match.end(), match[1], 1.0, "placeholder")
        for index, turn in enumerate(turns)
        for match in _PLACEHOLDER.finditer(turn.text)
        if match[1] in LABELS
    ]


def mute_intervals(
    turns: Sequence[Turn],
    spans: Sequence[Span],
    duration_ms: int,
    *,
    labels: Collection[str] | None = None,
) -> list[Interval]:
    """The stretches to silence, in order, apart, inside 0 to ``duration_ms``; only for spans of
    ``labels`` when given.

    ``spans`` are those that ``find`` gave for the same turns, or ``placeholders``. In order of
    what is known: the words that a span touches, where the words follow the text; a part of the
    turn, by its characters; the turn; what lies between the turns before and after; everything.
    What must not be kept at all (PCI DSS 4.0.1, 3.3.1) never rests on an estimate: without words
    that follow the text its whole turn goes. Every word that ``mask`` masks is inside. Linear in
    the text.
    """
    chosen = [span for span in spans if labels is None or span.label in labels]
    pieces = list(_masked_words(turns, spans, labels))
    rooms = _Rooms(turns, duration_ms)
    timings: dict[int, Timing] = {}
    for span in chosen:
        timing = timings.setdefault(span.turn, Timing(turns[span.turn]))
        pieces += _pieces(span, timing, rooms)
    if pieces and (
        rooms.last > duration_ms + OVERRUN_MS
        or rooms.last < rooms.characters * HASTE_MS
        or any(start >= duration_ms for start, _ in pieces)
    ):
        return _joined([(0, duration_ms)], duration_ms)
    return _joined(pieces, duration_ms)


def _masked_words(
    turns: Sequence[Turn], spans: Sequence[Span], labels: Collection[str] | None
) -> Iterable[Interval]:
    """The times of the words that stand as "[LABEL]" in what may be read: numbers too that
    were timed and are not in the text."""
    for turn in mask(turns, spans, labels=labels):
        for word in turn.words:
            match = _PLACEHOLDER.fullmatch(word.text)
            if match is not None and match[1] in LABELS:
                yield word.start_ms, max(word.start_ms, word.end_ms)


def _pieces(span: Span, timing: Timing, rooms: _Rooms) -> Iterable[Interval]:
    words = [timing.turn.words[at] for at in timing.touching(span.start, span.end)]
    starts = [word.start_ms for word in words]
    ends = [word.end_ms for word in words]
    if span.start_ms is not None and span.end_ms is not None:
        starts.append(span.start_ms)
        ends.append(span.end_ms)
    if starts and max(ends) > min(starts):
        yield min(starts), max(ends)
        if timing.follows:
            return
    # Also where there are words that are not those of the text: one may lack its time.
    exact = rooms.exact(span.turn)
    if span.label in FORBIDDEN_AFTER_AUTHORISATION or exact is None:
        yield rooms.of(span.turn)
    else:
        yield _estimated(span, timing, exact)


def _estimated(span: Span, timing: Timing, exact: Interval) -> Interval:
    """The span's place in its turn where that is all that is known: as early as it can begin and
    as late as it can end. What stands before and after it took its time to say, at the turn's
    own pace or at the fastest that there is, whichever is faster."""
    start, end = exact
    length = max(1, len(timing.turn.text))
    pace = min(FASTEST_MS, (end - start) / length)
    return start + int(span.start * pace), end - int((length - span.end) * pace)


class _Rooms:
    """The time that each turn can have taken."""

    def __init__(self, turns: Sequence[Turn], duration_ms: int) -> None:
        self._known = [_times(turn) for turn in turns]
        self._exact = [_own(turn) for turn in turns]
        self._duration = duration_ms
        self.last = max((known[1] for known in self._known if known), default=0)
        self.characters = sum(
            len(turn.text) for turn, known in zip(turns, self._known, strict=True) if known
        )
        # The nearest turns before and after of which anything is known.
        self._before: list[Interval | None] = []
        self._after: list[Interval | None] = []
        for found, known in (
            (self._before, self._known),
            (self._after, list(reversed(self._known))),
        ):
            nearest: Interval | None = None
            for each in known:
                found.append(nearest)
                nearest = each or nearest
        self._after.reverse()

    def exact(self, turn: int) -> Interval | None:
        """From the turn's start to its end, where both are given."""
        start, end = self._exact[turn]
        return (start, end) if start is not None and end is not None and end > start else None

    def of(self, turn: int) -> Interval:
        """Where the turn must lie. Where its neighbours speak over each other, all of them."""
        start, end = self._exact[turn]
        before, after = self._before[turn], self._after[turn]
        if start is None:
            start = before[1] if before else 0
        if end is None:
            end = after[0] if after else self._duration
        if end <= start:
            around = [each for each in (before, after, self._known[turn]) if each]
            start = min([start, end, *(each[0] for each in around)])
            end = max([start, end, *(each[1] for each in around)])
        if known := self._known[turn]:
            start, end = min(start, known[0]), max(end, known[1])
        return (start, end) if end > start else (0, self._duration)


def _own(turn: Turn) -> tuple[int | None, int | None]:
    """The turn's own times; a turn that takes none says nothing."""
    if turn.start_ms is not None and turn.start_ms == turn.end_ms:
        return None, None
    return turn.start_ms, turn.end_ms


def _times(turn: Turn) -> Interval | None:
    """The first and the last moment that is known of the turn and its words; None for none."""
    found = [moment for moment in _own(turn) if moment is not None]
    for word in turn.words:
        if word.end_ms > word.start_ms:
            found += word.start_ms, word.end_ms
    return (min(found), max(found)) if found else None


def _joined(pieces: Iterable[Interval], duration_ms: int) -> list[Interval]:
    """Padded, clamped, and joined where less than JOIN_MS lies between."""
    joined: list[Interval] = []
    for start, end in sorted(pieces):
        start, end = max(0, start - PADDING_MS), min(duration_ms, end + PADDING_MS)
        if start >= end:
            continue
        if joined and start - joined[-1][1] < JOIN_MS:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
