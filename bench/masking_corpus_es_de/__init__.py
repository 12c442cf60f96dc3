"""A corpus of made-up Spanish and German calls, as `bench.masking_corpus` is for English.

Hand-written frames with places for values that a generator makes, spoken or written. The
development seed is for reading failures, the reporting seed for figures alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from bench.masking_corpus.model import Builder, make_style, split_frame
from bench.masking_corpus_es_de import frames_de, frames_es
from bench.masking_corpus_es_de.values import Values

FRAMES = {
    "es": (frames_es.POSITIVE, frames_es.NEGATIVE),
    "de": (frames_de.POSITIVE, frames_de.NEGATIVE),
}
REGIONS = {"es": "ES", "de": "DE"}
NEGATIVE = 0.35


def calls(language: str, seed: int, count: int) -> Iterator[dict[str, Any]]:
    """The same calls of a language for the same seed, whatever their number."""
    for number in range(count):
        rng = random.Random(f"{language}/{seed}/{number}")
        positive, negative = FRAMES[language]
        kind = "negative" if rng.random() < NEGATIVE else "positive"
        frame = rng.choice(negative if kind == "negative" else positive)
        yield call(language, rng, frame, kind, f"{language}-{seed}-{number}")


def call(language: str, rng: random.Random, frame: str, kind: str, name: str) -> dict[str, Any]:
    """One call: a frame is turns with " / " between, "A:" the agent's and "C:" the caller's."""
    style = make_style(rng)
    values, builder = Values(language, rng, style), Builder(style)
    for turn in frame.split(" / "):
        who, text = turn.split(": ", 1)
        parts = [
            values.make(piece) if kind == "slot" else piece for kind, piece in split_frame(text)
        ]
        builder.say("agent" if who == "A" else "caller", parts)
    return {
        "id": name,
        "kind": kind,
        "style": style.name,
        "turns": builder.turns,
        "region": REGIONS[language],
        "language": language,
        "names": [],
        "gold": builder.gold,
        "long_digits": "{LONG" in frame,
    }
