"""The log itself: staff and system acts, kept seven years and dropped by the month."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import connection

from audit.models import AuditEvent, Checkpoint, Leaf, Outbox, Publication, Tile
from core import inventory
from core.inventory import Dropped, Period


def drop(
    cutoff: datetime, *, held: Callable[[datetime, datetime], bool], dry_run: bool = False
) -> list[Dropped]:
    """Drop each month that lies wholly before ``cutoff`` and is not held.

    ``held(start, end)`` says whether a legal hold keeps that period. Runs in the deleter's
    transaction, as the dropper; the database refuses a month inside the seven years.
    """
    gone = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'audit_auditevent'::regclass ORDER BY c.relname"
        )
        names = [row[0] for row in cursor.fetchall()]
        for name in names:
            year, month = (int(part) for part in name.split("_")[-2:])
            start = datetime(year, month, 1, tzinfo=UTC)
            end = start + relativedelta(months=1)
            if end > cutoff or held(start, end):
                continue
            if dry_run:
                cursor.execute(
                    "SELECT count(*) FROM audit_auditevent"
                    " WHERE received_at >= %s AND received_at < %s",
                    [start, end],
                )
            else:
                cursor.execute("SELECT audit_drop_partition(%s)", [name])
            gone.append(Dropped(name, cursor.fetchone()[0], start, end))
    return gone


def export(subject_id: UUID) -> Iterable[dict[str, Any]]:
    """Events whose object is this subject: what was done with their data, when and by whom."""
    for event in AuditEvent.objects.about("consent.DataSubject", str(subject_id)).iterator():
        yield {
            "received_at": event.received_at,
            "event_type": event.event_type,
            "action": event.action,
            "actor_kind": event.actor_kind,
        }


inventory.exempt(Outbox, reason="Ids and hashes of events that are not sealed yet.")
inventory.exempt(Leaf, reason="Ids and hashes of events; what is left must still verify.")
inventory.exempt(Tile, reason="Hashes of the log's tree.")
inventory.exempt(Checkpoint, reason="Signed hashes of the log's tree.")
inventory.exempt(Publication, reason="Sizes and hashes of what was published, and where.")
inventory.declare(
    AuditEvent,
    code="audit_events",
    title="Audit log",
    clock="received_at",
    # 2,555 days and never under seven calendar years.
    keep=Period(days=2555, floor=relativedelta(years=7)),
    lawful_bases=("GDPR 6(1)(c)", "GDPR 5(2)", "HIPAA 164.316(b)(2)(i)"),
    export=export,
    drop=drop,
)
