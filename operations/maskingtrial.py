"""What is masked in a text that an officer tries: nothing of it is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from masking import Rule, Span, Turn, find, mask
from masking.reasons import TITLES, explain
from operations.recognisers import recogniser

MAX_TEXT = 100_000
MOST_SHOWN = 500
"""Findings that are told one by one; the text shows all."""

_SPEAKER = re.compile(
    r"\s*((?:agent|assistant|bot|caller|customer|patient|user|speaker)(?: \d{1,3})?):[ \t]*(.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a turn's text; `number` is that of its finding, 0 where it stays."""

    text: str
    number: int = 0
    label: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One finding as the page tells it. ``is_new``: the rule that is being tried brought it."""

    number: int
    label: str
    title: str
    why: str
    reason: str
    percent: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """A text with what is found in it, and without."""

    turns: list[tuple[str, list[Piece]]]
    findings: list[Found]
    counts: list[tuple[str, str, int]]
    """Label, its words, how many; by label."""
    masked: str
    added: int = 0
    """How many findings are new by the rule that is being tried."""
    more: int = field(default=0)
    """Findings beyond those that are told one by one."""


def parse(text: str) -> list[Turn]:
    """The turns of "Agent: ..." and "Caller: ..." lines; without any, one turn of all of it.

    A line that names nobody goes on with the turn before it.
    """
    lines = text.splitlines()
    if not any(_SPEAKER.match(line) for line in lines):
        return [Turn("", text)]
    turns: list[tuple[str, list[str]]] = []
    for line in lines:
        spoken = _SPEAKER.match(line)
        if spoken:
            turns.append((spoken[1], [spoken[2]]))
        elif turns:
            turns[-1][1].append(line)
        elif line.strip():
            turns.append(("", [line]))
    return [Turn(speaker, "\n".join(said)) for speaker, said in turns]


def attempt(
    text: str,
    *,
    policy: str,
    language: str,
    region: str | None,
    rules: Sequence[Rule],
    draft: Rule | None = None,
) -> Trial:
    """What is masked in `text` by the detectors, the `rules`, and the one that is being tried."""
    turns = parse(text)
    search = partial(
        find, turns, policy=policy, language=language, region=region, recogniser=recogniser()
    )
    spans = search(rules=rules)
    known: set[tuple[int, int, int, str]] | None = None
    if draft is not None:
        known = {_place(span) for span in spans}
        # A rule that is tried again under its own name takes its own place.
        others = [rule for rule in rules if rule.name != draft.name]
        spans = search(rules=[*others, draft])
    findings = [
        Found(
            number,
            span.label,
            TITLES.get(span.label, span.label),
            explain(span.reason, span.label),
            span.reason,
            round(span.score * 100),
            known is not None and _place(span) not in known,
        )
        for number, span in enumerate(spans, start=1)
    ]
    counted = Counter(span.label for span in spans)
    masked = mask(turns, spans)
    return Trial(
        turns=_pieces(turns, spans, findings),
        findings=findings[:MOST_SHOWN],
        counts=[(label, TITLES.get(label, label), n) for label, n in sorted(counted.items())],
        masked="\n".join(
            f"{turn.speaker}: {turn.text}" if turn.speaker else turn.text for turn in masked
        ),
        added=sum(found.is_new for found in findings),
        more=max(0, len(findings) - MOST_SHOWN),
    )


def _place(span: Span) -> tuple[int, int, int, str]:
    return span.turn, span.start, span.end, span.label


def _pieces(
    turns: Sequence[Turn], spans: Sequence[Span], findings: Sequence[Found]
) -> list[tuple[str, list[Piece]]]:
    shown: list[tuple[str, list[Piece]]] = [(turn.speaker, []) for turn in turns]
    position = dict.fromkeys(range(len(turns)), 0)
    for span, found in zip(spans, findings, strict=True):
        pieces, text = shown[span.turn][1], turns[span.turn].text
        if position[span.turn] < span.start:
            pieces.append(Piece(text[position[span.turn] : span.start]))
        pieces.append(Piece(text[span.start : span.end], found.number, found.label, found.is_new))
        position[span.turn] = span.end
    for index, turn in enumerate(turns):
        if position[index] < len(turn.text):
            shown[index][1].append(Piece(turn.text[position[index] :]))
    return shown
