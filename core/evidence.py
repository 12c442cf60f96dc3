"""Evidence: the owner of a safeguard says how to measure it, and every status reads that.

A status line, a report or a risk computes nothing of its own. A measurement that raises is
``unknown`` with the error's kind, never ``pass``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.utils import timezone

logger = logging.getLogger(__name__)

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """One answer: ``status`` pass, fail or unknown; ``figure`` what was counted, with its unit;
    ``detail`` one sentence; ``measured_at`` when (UTC)."""

    status: str
    figure: str
    detail: str
    measured_at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """A measurable safeguard: what it proves, for which articles, how long an answer holds, and
    the name of the admin page that shows what was measured."""

    code: str
    title: str
    articles: tuple[str, ...]
    measure: Callable[[], tuple[str, str, str]]
    good_for: timedelta = timedelta(minutes=5)
    link: str = ""


_checks: dict[str, Check] = {}


def declare(check: Check) -> None:
    """Register ``check``. Raises ValueError for a code already taken."""
    if check.code in _checks:
        raise ValueError(f"evidence check {check.code!r} is declared twice")
    _checks[check.code] = check


def checks() -> Iterator[Check]:
    """Every declared check, by code."""
    yield from (_checks[code] for code in sorted(_checks))


def measure(code: str) -> Result:
    """Measure now, whatever was measured before. Raises KeyError for an unknown code."""
    check = _checks[code]
    try:
        with transaction.atomic():
            status, figure, detail = check.measure()
    except Exception as error:
        # Any failure to measure is an answer of its own: we do not know.
        logger.exception("evidence check %s could not be measured", code)
        status, figure = UNKNOWN, ""
        detail = f"Could not be measured ({type(error).__name__})."
        if isinstance(error, DatabaseError):
            detail = "Could not be measured: the database refused the question."
    result = Result(status, figure, detail, timezone.now())
    cache.set(f"evidence:{code}", result, timeout=int(check.good_for.total_seconds()))
    return result


def read(code: str) -> Result:
    """The last measurement while it is good, else a new one. KeyError for an unknown code."""
    check = _checks[code]
    held: Result | None = cache.get(f"evidence:{code}")
    if held is not None and timezone.now() - held.measured_at < check.good_for:
        return held
    return measure(code)
