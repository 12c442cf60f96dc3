"""Reading events that reporters send, one or a batch, fast.

A body that is right in every part is decoded and checked by msgspec in one step. Anything else
goes the long way through ``serializers.EventIn``, which says what is wrong with each item, or
accepts what the short way does not read (a date without a time, a number as a name). The short
way accepts nothing that the long way refuses: a property test compares them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from audit.models import AuditEvent
from audit.redaction import REDACTED, plain_name, plain_text
from audit.services import Entry, record_alone, record_many
from core.actors import Actor

MOST = 1000
"""Events in a batch."""
LONGEST_DETAILS = 32 * 1024
"""Bytes of an event's details as JSON without white space."""
DEEPEST_DETAILS = 32
"""Objects and lists inside one another, the details themselves included."""
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""How far a reporter's clock may be ahead of ours."""
USER = "user"
"""The object's type where a reporter says whom an event is about."""

Read = tuple[list[Entry], bool]
"""Events, and whether they came as a batch."""

NAMES = frozenset({"name", "Name", "NAME"})

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^\S")]


class _Event(msgspec.Struct, gc=False):
    event_type: _Name
    action: _Name
    user_id: _Name | None = None
    details: dict[str, Any] = {}
    severity: Literal["INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    occurred_at: datetime | None = None


_one = msgspec.json.Decoder(_Event)
_many = msgspec.json.Decoder(Annotated[list[_Event], msgspec.Meta(min_length=1, max_length=MOST)])


def read_quickly(request: HttpRequest) -> Read | None:
    """The events of a body that holds, and whether they are a batch; None where it takes the
    long way: to say what is wrong, or to read what is merely unusual. Never raises."""
    if request.content_type != "application/json":
        return None
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    if len(body) > settings.MAX_JSON_BYTES or b"\\u0000" in body:
        return None
    try:
        if not body.isascii():
            # Text under names that are not ours is read by nobody, and must be text all the same.
            body.decode()
        batch = body.lstrip(b" \t\r\n").startswith(b"[")
        events = _many.decode(body) if batch else [_one.decode(body)]
        small = len(body) <= LONGEST_DETAILS and not batch
        return list(_entries(events, timezone.now(), small=small)), batch
    except (ValueError, RecursionError):
        return None


def _entries(events: Sequence[_Event], now: datetime, *, small: bool) -> Iterator[Entry]:
    latest = now + AHEAD
    for event in events:
        details, moment = event.details, event.occurred_at
        if moment is not None:
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            if not EARLIEST <= moment <= latest:
                raise ValueError
        if not ((small or len(orjson.dumps(details)) <= LONGEST_DETAILS) and shallow(details)):
            raise ValueError
        yield entry_of(
            event.event_type, event.action, event.user_id, details, event.severity, moment
        )


def shallow(value: Any, left: int = DEEPEST_DETAILS) -> bool:
    """Whether ``value`` nests at most ``left`` deep."""
    kind = type(value)
    if kind is dict:
        return left > 0 and all(shallow(item, left - 1) for item in value.values())
    if kind is list:
        return left > 0 and all(shallow(item, left - 1) for item in value)
    return True


def _holds_names(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return not NAMES.isdisjoint(value) or any(_holds_names(item) for item in value.values())
    return kind is list and any(_holds_names(item) for item in value)


def without_names(value: Any) -> Any:
    """``value`` without what stands under ``name``: what a reporter names so is a person."""
    if isinstance(value, dict):
        return {
            key: REDACTED if key in NAMES and isinstance(item, str) else without_names(item)
            for key, item in value.items()
        }
    return [without_names(item) for item in value] if isinstance(value, list) else value


def entry_of(
    event_type: str,
    action: str,
    user_id: str | None,
    details: Mapping[str, Any],
    severity: str,
    occurred_at: datetime | None,
) -> Entry:
    """What is recorded. Whom it is about is the event's object, so that it can be looked up:
    type ``user``, and the id that the reporter gave, unless that is itself personal data."""
    return Entry(
        event_type=plain_name(event_type.strip()),
        action=plain_name(action.strip()),
        object_type="" if user_id is None else USER,
        object_id="" if user_id is None else plain_text(user_id.strip()),
        details=without_names(details) if _holds_names(details) else details,
        severity=severity,
        occurred_at=occurred_at,
    )


def report(*, actor: Actor, entries: Sequence[Entry]) -> list[AuditEvent]:
    """Write what ``actor`` reports: all of it, or nothing."""
    if len(entries) == 1:
        return [record_alone(actor=actor, entry=entries[0])]
    with transaction.atomic():
        return record_many(actor=actor, entries=entries)
