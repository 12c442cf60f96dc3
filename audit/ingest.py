"""Reading events that reporters send, one or a batch, fast.

A body that is right in every part is decoded and checked by msgspec in one step. Anything else
goes the long way through ``serializers.EventIn``, which says what is wrong with each item, or
accepts what the short way does not read (a date without a time, a number as a name). The short
way accepts nothing that the long way refuses: a property test compares them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from audit.redaction import REDACTED, plain_name, redact, redact_all
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
    except (ValueError, TypeError, RecursionError):
        # A TypeError is orjson's for an integer beyond 64 bits.
        return None


def _entries(events: Sequence[_Event], now: datetime, *, small: bool) -> Iterator[Entry]:
    latest = now + AHEAD
    users = redact_all([None if e.user_id is None else e.user_id.strip() for e in events])
    for event, user in zip(events, users, strict=True):
        details, moment = event.details, event.occurred_at
        if moment is not None:
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            if not EARLIEST <= moment <= latest:
                raise ValueError
        if not (small or len(orjson.dumps(details)) <= LONGEST_DETAILS):
            raise ValueError
        if not shallow(details):
            raise ValueError
        yield _entry(event.event_type, event.action, user, details, event.severity, moment)


def shallow(value: Any, left: int = DEEPEST_DETAILS) -> bool:
    """Whether ``value`` nests at most ``left`` deep."""
    kind = type(value)
    if kind is dict:
        value = value.values()
    elif kind is not list:
        return True
    if not left:
        return False
    for item in value:
        kind = type(item)
        if (kind is dict or kind is list) and not shallow(item, left - 1):
            return False
    return True


def _holds_names(value: Any) -> bool:
    if type(value) is dict:
        if not NAMES.isdisjoint(value):
            return True
        value = value.values()
    for item in value:
        kind = type(item)
        if (kind is dict or kind is list) and _holds_names(item):
            return True
    return False


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
    details: dict[str, Any],
    severity: str,
    occurred_at: datetime | None,
) -> Entry:
    """What is recorded. Whom it is about is the event's object, so that it can be looked up:
    type ``user``, and the id that the reporter gave, unless that is itself personal data."""
    user = None if user_id is None else redact(user_id.strip())
    return _entry(event_type, action, user, details, severity, occurred_at)


def _entry(
    event_type: str,
    action: str,
    user: str | None,
    details: dict[str, Any],
    severity: str,
    occurred_at: datetime | None,
) -> Entry:
    return Entry(
        event_type=plain_name(event_type.strip()),
        action=plain_name(action.strip()),
        object_type="" if user is None else USER,
        object_id="" if user is None else user,
        details=without_names(details) if _holds_names(details) else details,
        severity=severity,
        occurred_at=occurred_at,
    )


def report(*, actor: Actor, entries: Sequence[Entry]) -> list[AuditEvent]:
    """Write what ``actor`` reports: all of it, or nothing.

    Its kind is ``reporter``, whatever the event is called: a report that says sign_in failed is
    never taken for a sign-in that failed here.
    """
    actor = actor.reporting()
    if len(entries) == 1:
        return [record_alone(actor=actor, entry=entries[0])]
    with transaction.atomic():
        return record_many(actor=actor, entries=entries)
