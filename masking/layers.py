"""One set of spans laid over another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from masking.model import Span


def over(below: Sequence[Span], above: Iterable[Span]) -> list[Span]:
    """Both sets in order and without overlap: where they meet, ``above`` covers what is below,
    of which the ends stay. Times stay those of the whole span that a piece was cut from."""
    above = list(above)
    if not above:
        return list(below)
    result: list[Span] = []
    top: dict[int, list[Span]] = {}
    inside = {
        (span.turn, place, span.label) for span in below for place in range(span.start, span.end)
    }
    for span in sorted(above, key=lambda each: (each.turn, each.start, -each.end)):
        if all((span.turn, place, span.label) in inside for place in range(span.start, span.end)):
            continue
        row = top.setdefault(span.turn, [])
        if row and span.start < row[-1].end:
            # Two of them meet: one stretch, under the first one's label.
            row[-1] = replace(row[-1], end=max(row[-1].end, span.end))
        else:
            row.append(span)
    if not top:
        return list(below)
    # Both are in order: what ends before one span begins is never looked at again.
    passed = dict.fromkeys(top, 0)
    for span in below:
        row = top.get(span.turn, [])
        at = passed.get(span.turn, 0)
        while at < len(row) and row[at].end <= span.start:
            at += 1
        passed[span.turn] = at
        start = span.start
        while at < len(row) and row[at].start < span.end:
            if row[at].start > start:
                result.append(replace(span, start=start, end=row[at].start))
            start = max(start, row[at].end)
            at += 1
        if start < span.end:
            result.append(span if start == span.start else replace(span, start=start))
    result += (span for row in top.values() for span in row)
    return sorted(result, key=lambda each: (each.turn, each.start))
