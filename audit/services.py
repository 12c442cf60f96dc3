"""Writing the log. One verb, one transaction, one event."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.base import ModelState
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from audit import canonical, copying
from audit.merkle import leaf_hash
from audit.models import AuditEvent
from audit.redaction import redact, redact_all
from core.actors import Actor, request_id
from core.ids import uuid7

Severity = AuditEvent.Severity

# Months whose partition this process has seen committed.
_months: set[tuple[int, int]] = set()
_unsure: set[tuple[int, int]] = set()
_months_lock = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event to record: see ``record``."""

    event_type: str
    action: str
    obj: Model | None = None
    object_type: str = ""
    object_id: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    severity: str = Severity.INFO
    occurred_at: datetime | None = None


def record(
    *,
    actor: Actor,
    event_type: str,
    action: str,
    obj: Model | None = None,
    object_type: str = "",
    object_id: str = "",
    details: Mapping[str, Any] | None = None,
    severity: str = Severity.INFO,
    occurred_at: datetime | None = None,
) -> AuditEvent:
    """Write one event in the transaction of the act, so that neither is without the other.

    ``obj`` names the object by its model's label and primary key; ``details`` are redacted.
    Raises TransactionManagementError outside a transaction: an event alone proves nothing.
    """
    entry = Entry(
        event_type=event_type,
        action=action,
        obj=obj,
        object_type=object_type,
        object_id=object_id,
        details=details or {},
        severity=severity,
        occurred_at=occurred_at,
    )
    return record_many(actor=actor, entries=[entry])[0]


def record_many(*, actor: Actor, entries: Iterable[Entry]) -> list[AuditEvent]:
    """Write several events of one actor in the transaction of the act, in order.

    Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            "An audit event is written in the transaction of its act; there is none."
        )
    now = timezone.now()
    written = list(entries)
    details = redact_all([canonical.plain(dict(entry.details)) for entry in written])
    events = [
        _event(actor, entry, now, plain) for entry, plain in zip(written, details, strict=True)
    ]
    _ensure_partition(now)
    if len(events) == 1:
        _insert(events[0])
    elif events:
        _copy(events)
    return events


def record_alone(*, actor: Actor, entry: Entry) -> AuditEvent:
    """Write one event that is the whole act, such as one that is reported to us.

    Outside a transaction its single statement is one, at a third of the round trips.
    """
    now = timezone.now()
    if connection.in_atomic_block or (now.year, now.month) not in _months:
        with transaction.atomic():
            return record_many(actor=actor, entries=[entry])[0]
    event = _event(actor, entry, now)
    connection.ensure_connection()
    _insert(event)
    return event


def _event(
    actor: Actor, entry: Entry, now: datetime, details: dict[str, Any] | None = None
) -> AuditEvent:
    """The event; ``details`` are the entry's once they are redacted."""
    if details is None:
        details = redact(canonical.plain(dict(entry.details)))
    obj = entry.obj
    # Past Model.__init__, which takes longer than all the rest.
    event = AuditEvent.__new__(AuditEvent)
    event.__dict__.update(
        _state=ModelState(),
        id=uuid7(),
        received_at=now,
        occurred_at=None if entry.occurred_at is None else entry.occurred_at.astimezone(UTC),
        event_type=entry.event_type[:80],
        action=entry.action[:80],
        severity=entry.severity,
        actor_kind=actor.kind,
        actor_id=actor.id[:80],
        actor_name=actor.name[:200],
        actor_address=actor.address[:45],
        object_type=entry.object_type[:80] if obj is None else obj._meta.label,
        object_id=entry.object_id[:80] if obj is None else str(obj.pk),
        request_id=request_id.get(),
        details=details,
    )
    event.entry = canonical.encode(fields_of(event))
    return event


_COLUMNS = (
    "id, received_at, occurred_at, event_type, action, severity, actor_kind, actor_id,"
    " actor_name, actor_address, object_type, object_id, request_id, details, entry"
)
_OUTBOX = "event_id, received_at, leaf_hash"
# One statement, one round trip: the event and its place in the queue.
_INSERT = (
    f"WITH written AS (INSERT INTO audit_auditevent ({_COLUMNS})"
    f" VALUES ({', '.join(['%s'] * 15)}))"
    f" INSERT INTO audit_outbox ({_OUTBOX}) VALUES (%s, %s, %s)"
)


def _row(event: AuditEvent) -> tuple[Any, ...]:
    return (
        event.id,
        event.received_at,
        event.occurred_at,
        event.event_type,
        event.action,
        str(event.severity),
        event.actor_kind,
        event.actor_id,
        event.actor_name,
        event.actor_address,
        event.object_type,
        event.object_id,
        event.request_id,
        orjson.dumps(event.details).decode(),
        event.entry,
    )


def _insert(event: AuditEvent) -> None:
    values = (*_row(event), event.id, event.received_at, leaf_hash(bytes(event.entry)))
    # A cursor of the driver's own, that binds and plans on the server: Django's pastes the values
    # into the text, which is then parsed and planned anew for every event.
    with connection.wrap_database_errors:
        psycopg.Cursor(connection.connection).execute(
            _INSERT, values, prepare=settings.PREPARED_STATEMENTS
        )


def _copy(events: list[AuditEvent]) -> None:
    with connection.cursor() as cursor:
        statement = f"COPY audit_auditevent ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
        with cursor.copy(statement) as copy:
            copying.write(copy.write, _packed(events))
        statement = f"COPY audit_outbox ({_OUTBOX}) FROM STDIN (FORMAT BINARY)"
        with cursor.copy(statement) as copy:
            copying.write(copy.write, _packed_outbox(events))


def _packed(events: list[AuditEvent]) -> Iterator[bytes]:
    """``_row`` of each, as COPY reads it."""
    texts, moments = copying.Texts(), copying.Moments()
    count = copying.columns(15)
    for event in events:
        yield b"".join(
            (
                count,
                copying.uuid(event.id),
                moments[event.received_at],
                moments[event.occurred_at],
                texts[event.event_type],
                texts[event.action],
                texts[str(event.severity)],
                texts[event.actor_kind],
                texts[event.actor_id],
                texts[event.actor_name],
                texts[event.actor_address],
                texts[event.object_type],
                texts[event.object_id],
                texts[event.request_id],
                copying.json(orjson.dumps(event.details)),
                copying.raw(bytes(event.entry)),
            )
        )


def _packed_outbox(events: list[AuditEvent]) -> Iterator[bytes]:
    moments = copying.Moments()
    count = copying.columns(3)
    for event in events:
        moment, leaf = moments[event.received_at], leaf_hash(bytes(event.entry))
        yield b"".join((count, copying.uuid(event.id), moment, copying.raw(leaf)))


def fields_of(event: AuditEvent) -> dict[str, Any]:
    """The event's columns as the plain values that its ``entry`` encodes (format version 1)."""
    return {
        "v": canonical.VERSION,
        "id": str(event.id),
        "received_at": canonical.moment(event.received_at),
        "occurred_at": None if event.occurred_at is None else canonical.moment(event.occurred_at),
        "event_type": event.event_type,
        "action": event.action,
        "severity": str(event.severity),
        "actor_kind": event.actor_kind,
        "actor_id": event.actor_id,
        "actor_name": event.actor_name,
        "actor_address": event.actor_address,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "request_id": event.request_id,
        "details": event.details,
    }


def _ensure_partition(moment: datetime) -> None:
    """See to it that the month has a partition; asks the database once a process and month."""
    month = (moment.year, moment.month)
    if month in _months:
        return
    there = ensure_partition(moment)
    with _months_lock:
        if not there:
            # Made by this transaction, which may yet roll back: never taken for granted here.
            _unsure.add(month)
        elif month not in _unsure:
            _months.add(month)


def ensure_partition(moment: datetime) -> bool:
    """Make the partition of the month of ``moment`` (UTC). True when it was there already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_ensure_partition(%s)", [moment])
        row = cursor.fetchone()
    return bool(row and row[0])
