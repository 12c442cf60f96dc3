"""The accounting of disclosures: which are told of, in which words and by when. Pure.

45 CFR 164.528 (settled). Dates are the controller's; who asks "now" is an argument.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from dateutil.relativedelta import relativedelta

YEARS = relativedelta(years=6)
FREE_EVERY = relativedelta(months=12)
ANSWER_WITHIN = timedelta(days=60)
EXTENSION = timedelta(days=30)
ORAL = timedelta(days=30)
COMPLIANCE_DATE = date(2003, 4, 14)
"""From this day on disclosures are accounted for (45 CFR 164.528(a)(1)(ix), 164.534)."""

RECURRING = frozenset("512a 512b 512c 512d 512e 512f 512g 512h 512i 512j 512k 512l 502a2ii".split())
"""Authorities whose repeats may be told of in one entry (164.528(b)(3))."""


def first_day(asked_on: date) -> date:
    """The first day of the six years that a statement asked for on ``asked_on`` covers
    (164.528(a)(1)). Of 29 February, six years before is 28 February: a day more, not less."""
    return asked_on - YEARS


def due_on(asked_on: date) -> date:
    """The day by which the statement is due (164.528(c)(1)(i))."""
    return asked_on + ANSWER_WITHIN


def extended_to(asked_on: date) -> date:
    """The day by which it is due after the one extension, told in writing with its reasons
    within the first sixty days (164.528(c)(1)(ii))."""
    return due_on(asked_on) + EXTENSION


def free_from(last: date | None) -> date | None:
    """The first day on which the next statement is free again after one of ``last``
    (164.528(c)(2)); None where there was none. Twelve months after 29 February are over on
    28 February."""
    return None if last is None else last + FREE_EVERY


def is_free(last: date | None, on: date) -> bool:
    """Whether a statement made ``on`` that day is free, the one before being of ``last``."""
    again = free_from(last)
    return again is None or on >= again


def oral_until(stated_on: date) -> date:
    """The last day of a suspension asked for by word of mouth (164.528(a)(2)(ii))."""
    return stated_on + ORAL


@dataclass(frozen=True, slots=True)
class Suspension:
    """From the day of the agency's statement to the last day it asks for, both included."""

    stated_on: date
    ends_on: date

    def holds_on(self, day: date) -> bool:
        """Whether it suspends the right on ``day``."""
        return self.stated_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Made:
    """One disclosure as it was recorded. ``exclusion``: why it need not be told of, or "".
    ``corrects`` names the row whose place it takes; a ``void`` row only takes it away."""

    id: UUID
    on: date
    recipient: str
    address: str
    description: str
    purpose: str
    authority: str
    exclusion: str = ""
    corrects: UUID | None = None
    void: bool = False
    suspensions: tuple[Suspension, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement: a disclosure in full, how many more like it there were, and the
    day of the last."""

    first: Made
    times: int
    last_on: date


def owed(made: Iterable[Made], *, first: date, last: date, today: date) -> list[Made]:
    """The disclosures from ``first`` to ``last`` that a statement of ``today`` must tell of, in
    the order in which they were made: neither corrected nor void nor excluded, and not
    suspended today."""
    rows = list(made)
    corrected = {row.corrects for row in rows}
    kept = [
        row
        for row in rows
        if first <= row.on <= last
        and row.id not in corrected
        and not row.void
        and not row.exclusion
        and not any(each.holds_on(today) for each in row.suspensions)
    ]
    return sorted(kept, key=lambda row: (row.on, row.id))


def entries(rows: Iterable[Made]) -> list[Entry]:
    """``rows``, in their order, as the lines of a statement: repeats to the same recipient for
    one purpose are one line at the place of the first (164.528(b)(3)). What differs in a word of
    what was disclosed, or went to another address, is a line of its own."""
    groups: dict[object, list[Made]] = {}
    for row in rows:
        key: object = row.id
        if row.authority in RECURRING:
            words = (row.recipient, row.address, row.description, row.purpose)
            key = (row.authority, *map(_folded, words))
        groups.setdefault(key, []).append(row)
    return [Entry(held[0], len(held), held[-1].on) for held in groups.values()]


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
