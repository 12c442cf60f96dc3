"""The data of a card's magnetic stripe, as readers give it (ISO/IEC 7813, tracks 1 and 2)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import re2  # type: ignore[import-untyped]

from masking.model import Span, Turn

# %B number ^ name ^ expiry, service code and the issuer's own ?   and   ; number = the same ?
_TRACK = re2.compile(
    r"%?[Bb][0-9 ]{12,25}\^[^^\n]{2,26}\^[0-9]{4,40}[^?\s]{0,30}\??"
    r"|;?[0-9]{12,19}[=Dd][0-9]{4,40}\??"
)


# Far cheaper than the pattern, and in nearly every call the end of it.
_LONG = re.compile(r"(?<![0-9 ])[0-9 ]{12,}+[\^=Dd]")
_DIGITS = re.compile(r"[0-9][0-9 ]{10}[0-9].{0,30}[\^=Dd]", re.DOTALL)


def may_hold_track(text: str) -> bool:
    """Whether a track may be in a text, or in one of several; False is certain."""
    return bool(_LONG.search(text))


def tracks(turns: Sequence[Turn]) -> list[Span]:
    """Where a turn's text holds a track; never kept after authorisation (PCI DSS 3.3.1.1)."""
    return [
        Span(place, match.start(), match.end(), "TRACK", 1.0, "track", turn.start_ms, turn.end_ms)
        for place, turn in enumerate(turns)
        if len(turn.text) > 16 and _DIGITS.search(turn.text)
        for match in _TRACK.finditer(turn.text.encode("utf-8", "replace").decode())
    ]
