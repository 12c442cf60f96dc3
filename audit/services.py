"""Writing the log. One verb, one transaction, one event."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from django.db.models import Model
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from audit import canonical
from audit.merkle import leaf_hash
from audit.models import AuditEvent
from audit.redaction import redact
from core.actors import Actor, request_id
from core.ids import uuid7

Severity = AuditEvent.Severity

# Months whose partition this process has seen committed.
_months: set[tuple[int, int]] = set()
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
    events = [_event(actor, entry, now) for entry in entries]
    _ensure_partition(now)
    if len(events) == 1:
        _insert(events[0])
    elif events:
        _copy(events)
    return events


def _event(actor: Actor, entry: Entry, now: datetime) -> AuditEvent:
    event = AuditEvent(
        id=uuid7(),
        received_at=now,
        occurred_at=entry.occurred_at,
        event_type=entry.event_type[:80],
        action=entry.action[:80],
        severity=entry.severity,
        actor_kind=actor.kind,
        actor_id=actor.id[:80],
        actor_name=actor.name[:200],
        actor_address=actor.address[:45],
        object_type=entry.obj._meta.label if entry.obj is not None else entry.object_type[:80],
        object_id=str(entry.obj.pk) if entry.obj is not None else entry.object_id[:80],
        request_id=request_id.get(),
        details=redact(canonical.plain(dict(entry.details))),
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
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, (*_row(event), event.id, event.received_at, leaf_hash(event.entry)))


def _copy(events: list[AuditEvent]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY audit_auditevent ({_COLUMNS}) FROM STDIN") as copy:
            for event in events:
                copy.write_row(_row(event))
        with cursor.copy(f"COPY audit_outbox ({_OUTBOX}) FROM STDIN") as copy:
            for event in events:
                copy.write_row((event.id, event.received_at, leaf_hash(event.entry)))


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
    if ensure_partition(moment):
        with _months_lock:
            _months.add(month)


def ensure_partition(moment: datetime) -> bool:
    """Make the partition of the month of ``moment`` (UTC). True when it was there already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_ensure_partition(%s)", [moment])
        row = cursor.fetchone()
    return bool(row and row[0])
