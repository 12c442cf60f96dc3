"""What a detector answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Finding(NamedTuple):
    """Tokens, in order, that together are one piece of personal data; they may cross turns."""

    tokens: Sequence[int]
    label: str
    score: float
    reason: str
