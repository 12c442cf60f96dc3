"""Spans out, placeholders in."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence

from masking.fold import fold
from masking.model import Span, Turn, Word
from masking.prefilter import holds_number
from masking.timing import Timing


def mask(
    turns: Sequence[Turn],
    spans: Sequence[Span],
    *,
    labels: Collection[str] | None = None,
) -> list[Turn]:
    """The turns with each span replaced by "[LABEL]"; only spans of `labels` when given.

    `spans` are those that `find` gave for the same turns. Words that touch a span become one
    word "[LABEL]" that keeps the time of all of them; "[NUMBER]" where they are not all of the
    span's text, so that nobody takes their time for the span's. Where a turn's words do not
    follow its text, what they hold cannot be told from the spans, so each of them with a number
    in it is masked as well ("[NUMBER]"), whatever `labels` says.
    """
    by_turn: dict[int, list[Span]] = {}
    for span in spans:
        if labels is None or span.label in labels:
            by_turn.setdefault(span.turn, []).append(span)
    return [_mask_turn(turn, by_turn.get(index, [])) for index, turn in enumerate(turns)]


def _mask_turn(turn: Turn, spans: list[Span]) -> Turn:
    spans.sort(key=lambda span: span.start)
    words = _mask_words(turn, spans) if turn.words else turn.words
    if not spans:
        return turn if words == turn.words else dataclasses.replace(turn, words=words)
    pieces, position = [], 0
    for span in spans:
        pieces += [turn.text[position : span.start], f"[{span.label}]"]
        position = span.end
    pieces.append(turn.text[position:])
    return dataclasses.replace(turn, text="".join(pieces), words=words)


def _mask_words(turn: Turn, spans: list[Span]) -> tuple[Word, ...]:
    timing = Timing(turn)
    covered: dict[int, Span] = {}
    free = 0
    for span in spans:
        # A word that touches two spans is the first one's; so each word is visited once.
        touched = timing.touching(span.start, span.end)
        if not timing.accounts_for(span.start, span.end):
            span = dataclasses.replace(span, label="NUMBER")
        for index in range(max(touched.start, free), touched.stop):
            covered[index] = span
        free = max(free, touched.stop)
    timing.ranges  # noqa: B018 - settles `follows`
    masked: list[Word] = []
    previous: Span | None = None
    for index, word in enumerate(turn.words):
        owner = covered.get(index)
        if owner is None and not timing.follows and holds_number(fold(word.text).text):
            masked.append(dataclasses.replace(word, text="[NUMBER]"))
        elif owner is not None and owner is previous:
            joined = masked[-1]
            start, end = min(joined.start_ms, word.start_ms), max(joined.end_ms, word.end_ms)
            masked[-1] = dataclasses.replace(joined, start_ms=start, end_ms=end)
        elif owner is not None:
            masked.append(dataclasses.replace(word, text=f"[{owner.label}]"))
        else:
            masked.append(word)
        previous = owner
    return tuple(masked)
