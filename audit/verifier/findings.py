"""What a verification finds wrong, and which of it comes first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    ``id`` names an event, or what it is where no event can be named ("checkpoint 7"); ``index``
    is its place in the log, None for what has none. ``code`` is stable; ``reason`` is for people.
    Of two at one place the lower ``rank`` is the more exact.
    """

    code: str
    reason: str
    id: str
    index: int | None = None
    rank: int = 0

    @property
    def order(self) -> tuple[bool, int, int, str]:
        return (self.index is None, self.index or 0, self.rank, self.id)


@dataclass(slots=True)
class Findings:
    """How many there are, and the first: never a list, which a rewritten log would fill."""

    count: int = 0
    first: Finding | None = None

    def add(self, finding: Finding) -> None:
        self.count += 1
        if self.first is None or finding.order < self.first.order:
            self.first = finding

    def merge(self, other: Findings) -> None:
        """Take in what another part of the work found."""
        count = self.count + other.count
        if other.first is not None:
            self.add(other.first)
        self.count = count


@dataclass(slots=True)
class Counts:
    """Rows that one part of the work has seen."""

    events: int = 0
    both: int = 0
    without_event: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    # Of sealed events: (day, type, action, severity, whether reported), and (day, kind, id).
    daily: dict[tuple[str, str, str, str, bool], int] = field(default_factory=dict)
    actors: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def merge(self, other: Counts) -> None:
        self.events += other.events
        self.both += other.both
        self.without_event += other.without_event
        _add(self.dropped, other.dropped)
        _add(self.daily, other.daily)
        _add(self.actors, other.actors)


def _add(sums: dict[Key, int], more: dict[Key, int]) -> None:
    for key, count in more.items():
        sums[key] = sums.get(key, 0) + count
