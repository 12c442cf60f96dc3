"""The registry of background work. Each app registers its kinds in its own ``jobs.py``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.actors import Actor


class Cancelled(Exception):
    """Raised by ``JobContext.progress`` when somebody asked to stop; let it pass."""


class Superseded(Exception):
    """Raised when another worker took the job over: this run writes nothing more."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a job hands back: a file's bytes, its name and media type, kept ``days`` days."""

    content: bytes
    name: str
    media_type: str = "application/octet-stream"
    days: int = 7


@dataclass(slots=True)
class JobContext:
    """What a running job knows: its id, its parameters, and who asked for it."""

    job_id: UUID
    parameters: Mapping[str, Any]
    actor: Actor
    claim: UUID
    every: float = 0.25
    _last: float = field(default=float("-inf"), repr=False)

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far it is (``note`` without personal data), at most every quarter second.

        To be called outside a transaction, or nobody sees it. Raises Cancelled when somebody
        asked to stop, Superseded when another worker has the job.
        """
        moment = time.monotonic()
        if moment - self._last < self.every and done != total:
            return
        self._last = moment
        # The services are above the registry.
        from operations.services import report_progress

        report_progress(job_id=self.job_id, claim=self.claim, done=done, total=total, note=note)


Run = Callable[[JobContext], JobResult | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A registered kind: its function, and the permission that starting it needs."""

    code: str
    title: str
    permission: str
    run: Run


_kinds: dict[str, JobKind] = {}


def job_kind(code: str, *, title: str, permission: str) -> Callable[[Run], Run]:
    """Register the decorated function as a kind of job. ValueError for a code already taken.

    The function may be run again from its start when a worker dies: it must be safe to repeat.
    """

    def register(function: Run) -> Run:
        if code in _kinds:
            raise ValueError(f"job kind {code!r} is registered twice")
        _kinds[code] = JobKind(code, title, permission, function)
        return function

    return register


def get(code: str) -> JobKind:
    """The kind with ``code``. Raises KeyError."""
    return _kinds[code]


def kinds() -> Iterator[JobKind]:
    """Every kind, by code."""
    yield from (_kinds[code] for code in sorted(_kinds))
