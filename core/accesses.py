"""Which events of the log are looks at what: said by the app that writes them.

The log's report counts them and the review of activity chooses among them. A kind of look for
which no app has named an event is not counted at all, which is not the same as nought.
"""

from __future__ import annotations

from dataclasses import dataclass

FAILED_SIGN_INS = "failed_sign_ins"
HEALTH_RECORDS = "health_records"
RECORDINGS = "recordings"
TRANSCRIPTS = "transcripts"
ORIGINALS = "originals"
EXPORTS = "exports"
BREAK_GLASS = "break_glass"
VOICE_PROFILES = "voice_profiles"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of look: its words, and whether a reviewer works through a sample of them
    (45 CFR 164.308(a)(1)(ii)(D))."""

    code: str
    title: str
    reviewed: bool


KINDS = (
    Kind(FAILED_SIGN_INS, "Failed sign-ins", reviewed=False),
    Kind(HEALTH_RECORDS, "Health records read", reviewed=True),
    Kind(RECORDINGS, "Recordings played", reviewed=True),
    Kind(TRANSCRIPTS, "Masked transcripts read", reviewed=False),
    Kind(ORIGINALS, "Original transcripts read", reviewed=True),
    Kind(EXPORTS, "Exports and results handed out", reviewed=True),
    Kind(VOICE_PROFILES, "Voice profiles read", reviewed=True),
    Kind(BREAK_GLASS, "Break-glass accesses", reviewed=True),
)

_events: dict[str, set[Pair]] = {kind.code: set() for kind in KINDS}


def declare(code: str, *events: Pair) -> None:
    """Say that events of these (type, action) are looks of kind ``code``. KeyError for none."""
    _events[code].update(events)


def events_of(code: str) -> frozenset[Pair]:
    """The (type, action) pairs declared for a kind."""
    return frozenset(_events[code])


def reviewed() -> dict[Pair, str]:
    """The pairs whose events are reviewed, and their kind."""
    return {
        pair: kind.code for kind in KINDS if kind.reviewed for pair in sorted(_events[kind.code])
    }
