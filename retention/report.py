"""What a run of the deleter tells: items, counts, and how a category went wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

DELETED, DUE, HELD, FAILED = "deleted", "due", "held", "failed"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing past its end: ``outcome`` deleted, due (in a dry run), held or failed;
    ``decided_by`` policy, default or hold; ``reason`` in words."""

    category: str
    id: str
    clock: datetime
    ends: datetime
    outcome: str
    decided_by: str
    reason: str


@dataclass(slots=True)
class Counts:
    """One category's figures. ``deleted`` counts what would go in a dry run, where ``kept`` is
    what has not ended yet; partitions count their rows."""

    days: int
    decided_by: str
    deleted: int = 0
    held: int = 0
    failed: int = 0
    kept: int | None = None
    error: str = ""


@dataclass(slots=True)
class Report:
    """A run's outcome, per category by its code."""

    run_id: UUID
    at: datetime
    dry_run: bool
    categories: dict[str, Counts] = field(default_factory=dict)

    @property
    def deleted(self) -> int:
        return sum(counts.deleted for counts in self.categories.values())

    @property
    def held(self) -> int:
        return sum(counts.held for counts in self.categories.values())

    @property
    def failed(self) -> int:
        return sum(counts.failed for counts in self.categories.values())

    @property
    def error(self) -> str:
        """The categories that went wrong, with the kind of error; empty when none did."""
        return "; ".join(
            f"{code}: {counts.error}" for code, counts in self.categories.items() if counts.error
        )

    def counts(self) -> dict[str, dict[str, Any]]:
        """The figures as JSON values."""
        return {
            code: {name: value for name, value in asdict(counts).items() if value not in (None, "")}
            for code, counts in self.categories.items()
        }
