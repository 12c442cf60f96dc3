"""Which events of the log are looks at what: said by the app that writes them.

The log's report counts them and the review of activity chooses among them. A kind of look for
which no app has named an event is not counted at all, which is not the same as nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Model

from core.actors import Actor

FAILED_SIGN_INS = "failed_sign_ins"
HEALTH_RECORDS = "health_records"
HEALTH_WRITES = "health_writes"
RECORDINGS = "recordings"
TRANSCRIPTS = "transcripts"
ORIGINALS = "originals"
EXPORTS = "exports"
BREAK_GLASS = "break_glass"
PROFILES = "profiles"
CALLS = "calls"
DISCLOSURES = "disclosures"
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
    Kind(HEALTH_WRITES, "Health records written", reviewed=False),
    Kind(RECORDINGS, "Recordings played", reviewed=True),
    Kind(TRANSCRIPTS, "Masked transcripts read", reviewed=False),
    Kind(ORIGINALS, "Original transcripts read", reviewed=True),
    Kind(EXPORTS, "Exports and results handed out", reviewed=True),
    Kind(VOICE_PROFILES, "Voice profiles read", reviewed=True),
    Kind(BREAK_GLASS, "Break-glass accesses", reviewed=True),
    Kind(PROFILES, "Identifiers of people read", reviewed=True),
    Kind(CALLS, "Calls and consents opened", reviewed=False),
    Kind(DISCLOSURES, "Disclosures to outside parties read", reviewed=False),
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


class Look(Protocol):
    """Notes a look: the verb of the app that keeps who looked at whom."""

    def __call__(
        self,
        *,
        actor: Actor,
        kind: str,
        event_type: str,
        action: str,
        obj: Model,
        subject_id: UUID,
    ) -> Any: ...


_look: Look | None = None


def kept_by(verb: Look) -> None:
    """Say which verb keeps who looked. ValueError where another is known already."""
    global _look
    if _look is not None and _look is not verb:
        raise ValueError("Who looked is kept by one verb, and one is registered already.")
    _look = verb


def look(
    *, actor: Actor, kind: str, event_type: str, action: str, obj: Model, subject_id: UUID
) -> None:
    """Note a look at a person's data, in the caller's transaction, for an app that lies below
    the one that keeps who looked. Raises RuntimeError where nobody keeps it: a look that cannot
    be noted does not happen."""
    if _look is None:
        raise RuntimeError("No app keeps who looked.")
    _look(
        actor=actor,
        kind=kind,
        event_type=event_type,
        action=action,
        obj=obj,
        subject_id=subject_id,
    )
