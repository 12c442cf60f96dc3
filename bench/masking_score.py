"""How well spans cover gold: pure functions over calls of `bench.masking_corpus` and any masker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

REACH = {"SSN", "PHONE", "EMAIL"}
ROWS = ("spoken cards", "spoken SSN, phone, e-mail", "other spoken labels", "written, all")


class Found(NamedTuple):
    """A masker's span: turn, code points, label."""

    turn: int
    start: int
    end: int
    label: str


def row(gold: dict[str, Any]) -> str:
    """The row of the bounds that a datum counts in. The last four of a card are no card number."""
    if gold["form"] == "written":
        return ROWS[3]
    if gold.get("partial") and gold["label"] != "SSN":
        return ROWS[2]
    if gold["label"] == "CARD":
        return ROWS[0]
    return ROWS[1] if gold["label"] in REACH else ROWS[2]


def missed(call: dict[str, Any], gold: dict[str, Any], spans: Iterable[Found]) -> str:
    """The letters and digits of the datum that no span covers, whatever its label."""
    text = call["turns"][gold["turn"]]["text"]
    covered: set[int] = set()
    for span in spans:
        if span.turn == gold["turn"]:
            covered.update(range(max(span.start, gold["start"]), min(span.end, gold["end"])))
    return "".join(
        text[at]
        for at in range(gold["start"], gold["end"])
        if at not in covered and text[at].isalnum()
    )


def labelled(gold: dict[str, Any], spans: Iterable[Found]) -> bool:
    return any(span.label == gold["label"] and _overlap(span, gold) > 0 for span in spans)


def _overlap(span: Found, gold: dict[str, Any]) -> int:
    if span.turn != gold["turn"]:
        return 0
    return max(0, min(span.end, gold["end"]) - max(span.start, gold["start"]))


def right(span: Found, gold: Sequence[dict[str, Any]]) -> tuple[bool, bool]:
    """Whether it overlaps gold at all, and whether half of its characters lie in gold."""
    inside = sum(_overlap(span, each) for each in gold)
    return inside > 0, inside * 2 >= span.end - span.start


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def score(
    calls: Sequence[dict[str, Any]], found: Callable[[dict[str, Any]], list[Found]]
) -> dict[str, Any]:
    """Recall by row and by label and form, negatives touched, precision."""
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    labels: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    negatives = {"all": [0, 0], "long digits": [0, 0], "no long digits": [0, 0]}
    spans_all = spans_right = spans_half = 0
    for call in calls:
        spans = found(call)
        for gold in call["gold"]:
            hit = not missed(call, gold, spans)
            named = hit and labelled(gold, spans)
            name = f"{gold['label']} {gold['form']}" + " in part" * bool(gold.get("partial"))
            for counts in (rows[row(gold)], labels[name]):
                counts[0] += 1
                counts[1] += hit
                counts[2] += named
        if call["kind"] == "negative":
            long = "long digits" if call.get("long_digits") else "no long digits"
            for name in ("all", long):
                negatives[name][0] += 1
                negatives[name][1] += bool(spans)
        for span in spans:
            some, half = right(span, call["gold"])
            spans_all += 1
            spans_right += some
            spans_half += half

    def recall(counts: list[int]) -> dict[str, Any]:
        return {
            "count": counts[0],
            "found": share(counts[1], counts[0]),
            "with_label": share(counts[2], counts[0]),
        }

    return {
        "recall": {name: recall(rows[name]) for name in ROWS if name in rows},
        "labels": {name: recall(labels[name]) for name in sorted(labels)},
        "negatives_touched": {
            name: {"calls": counts[0], "touched": share(counts[1], counts[0])}
            for name, counts in negatives.items()
        },
        "precision": {
            "spans": spans_all,
            "overlapping": share(spans_right, spans_all),
            "half_inside": share(spans_half, spans_all),
        },
    }
