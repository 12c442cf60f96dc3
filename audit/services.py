"""Writing the log. One verb, one transaction, one event."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
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
from core.prepared import Prepared, Value

Severity = AuditEvent.Severity

# Months whose partition this process has seen committed.
_months: set[tuple[int, int]] = set()
_unsure: set[tuple[int, int]] = set()
_months_lock = threading.Lock()
# Events made before they are sent, in a batch: small enough that the server need not wait long
# for the first, large enough that each step's own cost is nothing.
_STEP = 50
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Entry:
    """One event to record: see ``record``. Not frozen: that takes four times as long to make."""

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
    written = [(entry, canonical.plain(dict(entry.details))) for entry in entries]
    _ensure_partition(now)
    common = _common(actor, now)
    if len(written) == 1:
        events = _events(common, written)
        _insert(events[0])
        return events
    return _copy(_events(common, step) for step in _steps(written)) if written else []


def record_alone(*, actor: Actor, entry: Entry) -> AuditEvent:
    """Write one event that is the whole act, such as one that is reported to us.

    Outside a transaction its single statement is one, at a third of the round trips.
    """
    now = timezone.now()
    if connection.in_atomic_block or (now.year, now.month) not in _months:
        with transaction.atomic():
            return record_many(actor=actor, entries=[entry])[0]
    event = _event(_common(actor, now), entry, redact(canonical.plain(dict(entry.details))))
    _insert(event)
    return event


def _events(
    common: Mapping[str, Any], written: list[tuple[Entry, dict[str, Any]]]
) -> list[AuditEvent]:
    details = redact_all([plain for _, plain in written])
    return [
        _event(common, entry, plain) for (entry, _), plain in zip(written, details, strict=True)
    ]


def _steps(written: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(written), _STEP):
        yield written[start : start + _STEP]


def _common(actor: Actor, now: datetime) -> dict[str, Any]:
    """What all events of one act have in common."""
    return {
        "received_at": now,
        "actor_kind": actor.kind,
        "actor_id": actor.id[:80],
        "actor_name": actor.name[:200],
        "actor_address": actor.address[:45],
        "request_id": request_id.get(),
    }


def _event(common: Mapping[str, Any], entry: Entry, details: dict[str, Any]) -> AuditEvent:
    """The event; ``details`` are the entry's once they are redacted."""
    obj, occurred_at = entry.obj, entry.occurred_at
    # Past Model.__init__, which takes longer than all the rest.
    event = AuditEvent.__new__(AuditEvent)
    event.__dict__.update(
        common,
        _state=ModelState(),
        id=uuid7(),
        occurred_at=None if occurred_at is None else occurred_at.astimezone(UTC),
        event_type=entry.event_type[:80],
        action=entry.action[:80],
        severity=str(entry.severity),
        object_type=entry.object_type[:80] if obj is None else obj._meta.label,
        object_id=entry.object_id[:80] if obj is None else str(obj.pk),
        details=details,
    )
    event.__dict__["entry"] = canonical.encode(fields_of(event))
    return event


_COLUMNS = (
    "id, received_at, occurred_at, event_type, action, severity, actor_kind, actor_id,"
    " actor_name, actor_address, object_type, object_id, request_id, details, entry"
)
_OUTBOX = "event_id, received_at, leaf_hash"
# One statement, one round trip: the event and its place in the queue.
_INSERT = Prepared(
    "audit_event",
    f"WITH written AS (INSERT INTO audit_auditevent ({_COLUMNS})"
    f" VALUES ({', '.join(f'${n}' for n in range(1, 16))}))"
    f" INSERT INTO audit_outbox ({_OUTBOX}) VALUES ($1, $2, $16)",
)


def _row(event: AuditEvent) -> tuple[Value, ...]:
    return (
        event.id,
        canonical.moment(event.received_at),
        event.occurred_at,
        event.event_type,
        event.action,
        event.severity,
        event.actor_kind,
        event.actor_id,
        event.actor_name,
        event.actor_address,
        event.object_type,
        event.object_id,
        event.request_id,
        orjson.dumps(event.details).decode(),
        bytes(event.entry),
    )


def _insert(event: AuditEvent) -> None:
    _INSERT.execute((*_row(event), leaf_hash(bytes(event.entry))))


def _copy(steps: Iterable[list[AuditEvent]]) -> list[AuditEvent]:
    """Write the events step by step: the server takes one in while the next is made."""
    events: list[AuditEvent] = []
    fields = copying.Fields()
    queue = []
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY audit_auditevent ({_COLUMNS}) FROM STDIN") as copy:
            for step in steps:
                rows = []
                for event in step:
                    id_ = event.id.hex.encode()
                    rows.append(copying.row((id_, *_fields(event, fields))))
                    leaf = copying.raw(leaf_hash(bytes(event.entry)))
                    queue.append(copying.row((id_, fields[event.received_at], leaf)))
                copy.write(b"".join(rows))
                events += step
        with cursor.copy(f"COPY audit_outbox ({_OUTBOX}) FROM STDIN") as copy:
            copy.write(b"".join(queue))
    return events


def _fields(event: AuditEvent, fields: copying.Fields) -> tuple[bytes, ...]:
    """``_row`` without its id, as COPY reads it."""
    return (
        fields[event.received_at],
        fields[event.occurred_at],
        fields[event.event_type],
        fields[event.action],
        fields[str(event.severity)],
        fields[event.actor_kind],
        fields[event.actor_id],
        fields[event.actor_name],
        fields[event.actor_address],
        fields[event.object_type],
        fields[event.object_id],
        fields[event.request_id],
        copying.json(orjson.dumps(event.details)),
        copying.raw(bytes(event.entry)),
    )


def fields_of(event: AuditEvent) -> dict[str, Any]:
    """The event's columns as the plain values that its ``entry`` encodes (format version 1)."""
    # Read from where the model keeps them: half the time of asking its descriptors.
    held = event.__dict__
    occurred_at = held["occurred_at"]
    return {
        "v": canonical.VERSION,
        "id": str(held["id"]),
        "received_at": canonical.moment(held["received_at"]),
        "occurred_at": None if occurred_at is None else canonical.moment(occurred_at),
        "event_type": held["event_type"],
        "action": held["action"],
        "severity": str(held["severity"]),
        "actor_kind": held["actor_kind"],
        "actor_id": held["actor_id"],
        "actor_name": held["actor_name"],
        "actor_address": held["actor_address"],
        "object_type": held["object_type"],
        "object_id": held["object_id"],
        "request_id": held["request_id"],
        "details": held["details"],
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
