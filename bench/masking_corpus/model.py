"""A call as it is built: turns of parts, some of them gold, written in a recogniser's style."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

PLAIN, WRITTEN, MIXED = "plain", "written", "mixed"
STYLES = (PLAIN, WRITTEN, MIXED)

_MARKS = re.compile(r"[.,?!;:\"]+(?=\s|$)")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Style:
    """How the recogniser of this call writes: `name`, and whether it has case and punctuation."""

    name: str
    cased: bool
    punctuated: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A datum as it is said: stretches a caller may pause between, and how they are joined."""

    label: str
    chunks: tuple[str, ...]
    form: str
    joint: str = " "
    partial: bool = False

    @property
    def text(self) -> str:
        return self.joint.join(self.chunks)


@dataclass(slots=True)
class Builder:
    """Collects turns, and the gold of each as code points of its finished text."""

    style: Style
    turns: list[dict[str, str]] = field(default_factory=list)
    gold: list[dict[str, Any]] = field(default_factory=list)
    groups: int = 0

    def say(self, speaker: str, parts: list[str | Value], group: str | None = None) -> None:
        """One turn. A value's letters stay as they are made, save a capital at a start."""
        text = ""
        for part in parts:
            if isinstance(part, str):
                text += self._plain(part) if not self.style.punctuated else part
                continue
            said = part.text
            if not self.style.cased:
                said = said.lower()
            elif part.form == "spoken" and (not text.strip() or text.rstrip()[-1] in ".?!"):
                said = said[0].upper() + said[1:]
            if said.strip() != said or not said:
                raise ValueError(f"not a datum: {part!r}")
            entry: dict[str, Any] = {
                "turn": len(self.turns),
                "start": len(text),
                "end": len(text) + len(said),
                "label": part.label,
                "form": part.form,
            }
            if part.partial:
                entry["partial"] = True
            if group is not None:
                entry["group"] = group
            if part.label:
                self.gold.append(entry)
            text += said
        self.turns.append({"speaker": speaker, "text": text.rstrip()})

    def group(self) -> str:
        """A name for the pieces of one datum that is said over several turns."""
        self.groups += 1
        return f"g{self.groups}"

    def _plain(self, text: str) -> str:
        text = _MARKS.sub("", text)
        return text if self.style.cased else text.lower()


def split_frame(frame: str) -> list[tuple[str, str]]:
    """A frame's pieces in order: ("text", ...) and ("slot", name)."""
    pieces = _SLOT.split(frame)
    return [
        ("slot" if at % 2 else "text", piece) for at, piece in enumerate(pieces) if piece or at % 2
    ]


def make_style(rng: random.Random) -> Style:
    """A quarter mixed; the rest half without case and punctuation, half with digits written."""
    name = rng.choices(STYLES, (40, 35, 25))[0]
    if name == PLAIN:
        return Style(name, cased=False, punctuated=False)
    if name == WRITTEN:
        return Style(name, cased=True, punctuated=True)
    full = rng.random() < 0.6
    return Style(name, cased=full, punctuated=full or rng.random() < 0.3)
