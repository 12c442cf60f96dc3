"""Checkpoints that were kept outside, one after the other in a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from audit.verifier.findings import Finding, Findings
from audit.verifier.tree import Point, read_note


def read_notes(text: str) -> list[str]:
    """The notes in a run of signed notes, in order; a last one without signatures, whose writing
    was cut short, is left out."""
    blocks = [block.strip("\n") for block in text.replace("\r\n", "\n").split("\n\n")]
    held = [block for block in blocks if block]
    # Any other disorder makes a note that does not hold, and is told.
    return [
        f"{body}\n\n{signatures}\n" for body, signatures in zip(held[::2], held[1::2], strict=False)
    ]


def points(texts: Iterable[str], keys: Sequence[tuple[str, bytes]]) -> tuple[list[Point], Findings]:
    """What copies (each a run of notes) say of the log, and what makes them no proof: no note,
    one that none of ``keys`` signed, two roots at one size."""
    roots: dict[int, bytes] = {}
    findings = Findings()
    for copy, text in enumerate(texts, 1):
        notes = read_notes(text)
        if not notes:
            findings.add(_bad("It holds no signed checkpoint.", copy))
        for number, note in enumerate(notes, 1):
            told = read_note(note, keys)
            if isinstance(told, str):
                findings.add(_bad(f"Its note {number} does not hold: {told}", copy))
            elif roots.setdefault(told.size, told.root) != told.root:
                findings.add(_bad(f"There are two roots at {told.size} events.", copy))
    return [Point(size, root, "outside") for size, root in sorted(roots.items())], findings


def _bad(reason: str, copy: int) -> Finding:
    return Finding("bad-copy", reason, f"outside copy {copy}")
