"""The log itself: staff and system acts, kept seven years and dropped by the month."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import connection

from audit import rollups
from audit.models import (
    AccessReview,
    AuditEvent,
    Checkpoint,
    DailyActor,
    DailyCount,
    Leaf,
    Outbox,
    Publication,
    SealingGap,
    Tile,
)
from core import inventory
from core.inventory import Dropped, Period


def drop(
    cutoff: datetime, *, held: Callable[[datetime, datetime], bool], dry_run: bool = False
) -> list[Dropped]:
    """Drop the first month that lies wholly before ``cutoff`` and is not held; in a dry run,
    tell of every one.

    ``held(start, end)`` says whether a legal hold keeps that period. Runs in the deleter's
    transaction, as the dropper; the database refuses a month inside the seven years. One month
    at a time, and only where its lock is had at once: whoever writes events waits behind it.
    Raises RuntimeError for a month with events that are not sealed yet.
    """
    gone = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
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
                gone.append(Dropped(name, cursor.fetchone()[0], start, end))
                continue
            if Outbox.objects.filter(received_at__gte=start, received_at__lt=end).exists():
                raise RuntimeError(f"{name} has events that are not sealed yet.")
            evidence = _sealed_state()
            cursor.execute("SELECT audit_drop_partition(%s)", [name])
            (rows,) = cursor.fetchone()
            rollups.forget(start=start, end=end)
            return [Dropped(name, rows, start, end, evidence)]
    return gone


def _sealed_state() -> dict[str, Any]:
    """The checkpoint that commits to everything dropped now: its size and root (base64). The
    leaves stay, so that what is left verifies against it."""
    latest = Checkpoint.objects.order_by("-size").first()
    if latest is None:
        return {}
    return {"size": latest.size, "root": base64.b64encode(bytes(latest.root)).decode()}


def export(subject_id: UUID) -> Iterable[dict[str, Any]]:
    """Events whose object is this subject: what was done with their data, when and by whom."""
    for event in AuditEvent.objects.about("consent.DataSubject", str(subject_id)).iterator():
        yield {
            "received_at": event.received_at,
            "event_type": event.event_type,
            "action": event.action,
            "actor_kind": event.actor_kind,
        }


def export_reviews(subject_id: UUID) -> Iterable[dict[str, Any]]:
    """Nothing: a review is of a member of staff, and names what they opened by its id alone."""
    return ()


def erase_reviews(rows: Sequence[AccessReview]) -> list[str]:
    AccessReview.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return []


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
inventory.exempt(
    DailyCount, reason="Counts of events; the rows of a dropped month go with the month."
)
inventory.exempt(
    DailyActor,
    reason="Counts of events by member of staff, application or part of the system; the rows of a"
    " dropped month go with the month.",
)
inventory.exempt(SealingGap, reason="Times at which the sealer was late.")
inventory.declare(
    AccessReview,
    code="access_reviews",
    title="Reviews of accesses",
    clock="created_at",
    # Documentation of the review of activity: six years (45 CFR 164.316(b)(2)(i)).
    keep=Period(days=2192, floor=relativedelta(years=6)),
    lawful_bases=("GDPR 6(1)(c)", "HIPAA 164.308(a)(1)(ii)(D)", "HIPAA 164.316(b)(2)(i)"),
    export=export_reviews,
    erase=erase_reviews,
)
