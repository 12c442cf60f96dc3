"""A corpus of made-up calls to develop and to measure masking: `calls(seed, count)`.

    python -m bench.masking_corpus --seed development --count 1500 > calls.jsonl

Written without looking at what the library knows, so that a figure says something about calls that
nobody has seen. The development seed is for reading failures, the reporting seed for figures alone.
A call is a dictionary: `turns`, and `gold` with the code points of each datum in its turn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from bench.masking_corpus.build import LABELS, QUESTIONS, STATEMENTS, negative, positive

DEVELOPMENT, REPORTING = 20_261_130, 77_041_913
SEEDS = {"development": DEVELOPMENT, "reporting": REPORTING}
COUNT = 2000
NEGATIVE = 0.35

__all__ = ["COUNT", "DEVELOPMENT", "LABELS", "NEGATIVE", "QUESTIONS", "REPORTING", "SEEDS"]
__all__ += ["STATEMENTS", "calls"]


def calls(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """The same calls for the same seed, whatever their number."""
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        yield (negative if rng.random() < NEGATIVE else positive)(rng, number, seed)
