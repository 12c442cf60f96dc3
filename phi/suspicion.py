"""Which looks at people's data a reviewer should see, besides those that the log's own review
finds. Pure: the people's names and identifiers come in as questions.

A flag is a question, not an accusation, and every rule is wrong at times. ``own-record`` finds a
namesake; ``same-surname`` finds strangers (see ``phi.names``); ``many-people`` finds whoever
works through a list that they were given. None finds a colleague's neighbour: the day's sample is
for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from audit.suspicion import MANY_PEOPLE, OWN_RECORD, SAME_SURNAME, Access, Choice
from core.actors import PERSON


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one person's data."""

    access: Access
    subject_id: UUID


Relation = Callable[[str, UUID], bool]
"""Whether something holds between a member of staff (the actor's id) and a data subject."""


def flagged(
    looks: Iterable[Look],
    *,
    zone: tzinfo,
    limit: int,
    is_own: Relation,
    is_namesake: Relation,
) -> list[Choice]:
    """What stands out among looks by people, the most telling first.

    One choice for a member of staff and a person looked at (``is_own``, else ``is_namesake``),
    which stands for all their looks at that person; and one for a member of staff and clock hour
    in which they looked at more than ``limit`` people.
    """
    pairs: dict[tuple[str, UUID], list[Access]] = {}
    hours: dict[tuple[str, datetime], dict[UUID, Access]] = {}
    for look in sorted(looks, key=lambda each: (each.access.at, each.access.event_id)):
        access = look.access
        if access.actor_kind != PERSON:
            continue
        pairs.setdefault((access.actor_id, look.subject_id), []).append(access)
        hour = access.at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        hours.setdefault((access.actor_id, hour), {}).setdefault(look.subject_id, access)
    own, namesakes, many = [], [], []
    for (actor_id, subject_id), held in pairs.items():
        if is_own(actor_id, subject_id):
            own.append(Choice(held[0], OWN_RECORD, len(held)))
        elif is_namesake(actor_id, subject_id):
            namesakes.append(Choice(held[0], SAME_SURNAME, len(held)))
    for people in hours.values():
        if len(people) > limit:
            many.append(Choice(list(people.values())[limit], MANY_PEOPLE, len(people)))
    return [*own, *namesakes, *many]
