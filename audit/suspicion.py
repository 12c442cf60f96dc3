"""Which accesses of a day a reviewer should see: a sample, and what stands out. Pure.

The rules are plain and few on purpose: a flag is a question to a reviewer, not an accusation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from core.actors import PERSON

SAMPLE = "sample"
OUTSIDE_HOURS = "outside-hours"
MANY_READS = "many-reads"
NEW_KIND = "new-kind"
OWN_RECORD = "own-record"
SAME_SURNAME = "same-surname"
MANY_PEOPLE = "many-people"

FIRST_HOUR, LAST_HOUR = 6, 22
"""Ordinary hours in the controller's time zone: from 06:00 until before 22:00."""


@dataclass(frozen=True, slots=True)
class Access:
    """One event of access, of the kind ``kind`` (core.accesses)."""

    event_id: UUID
    at: datetime
    kind: str
    actor_kind: str
    actor_id: str
    actor_name: str
    object_type: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An access to review, by which rule, and how many it stands for."""

    access: Access
    rule: str
    accesses: int = 1


def flagged(
    accesses: Iterable[Access],
    *,
    zone: tzinfo,
    limit: int,
    known: Callable[[str, str], bool],
) -> list[Choice]:
    """What stands out among a day's accesses by people; one choice for a person, hour and rule.

    ``limit``: more accesses than this within one clock hour are many. ``known(actor_id, kind)``:
    whether that person had accessed that kind in the time before. Each event is chosen once, by
    the first rule that applies.
    """
    hours: dict[tuple[str, datetime], list[Access]] = {}
    firsts: dict[tuple[str, str], Access] = {}
    for access in sorted(accesses, key=lambda each: (each.at, each.event_id)):
        if access.actor_kind != PERSON:
            continue
        hour = access.at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        hours.setdefault((access.actor_id, hour), []).append(access)
        firsts.setdefault((access.actor_id, access.kind), access)
    found: dict[UUID, Choice] = {}
    for (_, hour), held in hours.items():
        if len(held) > limit:
            _choose(found, Choice(held[limit], MANY_READS, len(held)))
        if not FIRST_HOUR <= hour.hour < LAST_HOUR:
            _choose(found, Choice(held[0], OUTSIDE_HOURS, len(held)))
    for (actor_id, kind), access in firsts.items():
        if not known(actor_id, kind):
            _choose(found, Choice(access, NEW_KIND))
    return list(found.values())


def _choose(found: dict[UUID, Choice], choice: Choice) -> None:
    found.setdefault(choice.access.event_id, choice)


def sampled(
    accesses: Sequence[Access],
    *,
    percent: int,
    minimum: int,
    draw: Callable[[UUID], str],
) -> list[Choice]:
    """A sample of ``percent`` of a day's accesses, at least ``minimum`` where there are so many.

    ``draw`` puts the events in an order that those who make them cannot foresee, and that is the
    same when asked again.
    """
    size = min(len(accesses), max(minimum, math.ceil(len(accesses) * percent / 100)))
    order = sorted(accesses, key=lambda each: draw(each.event_id))
    return [Choice(access, SAMPLE) for access in order[:size]]
