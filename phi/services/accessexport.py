"""Handing out who looked: the accesses of a period as FHIR R4 AuditEvents, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.services import Severity, record
from core.actors import Actor
from core.errors import Invalid
from phi.fhir import audit_event
from phi.models import Access

LONGEST = timedelta(days=366)
UNLESS_SAID = timedelta(days=30)
_STEP = 1_000


@transaction.atomic
def export_fhir(
    *,
    actor: Actor,
    start: datetime | None = None,
    end: datetime | None = None,
    subject_id: UUID | None = None,
) -> Iterator[bytes]:
    """The lines of a period (UTC, the end not included), oldest first; thirty days that end now
    unless said otherwise. The event is written before the first line.

    Raises Invalid for a period that runs backwards or is longer than 366 days.
    """
    end = end or timezone.now()
    try:
        start = start or end - UNLESS_SAID
    except OverflowError:
        raise Invalid(errors={"to": ["Lies too far back."]}) from None
    if start >= end:
        raise Invalid(errors={"to": ["It ends before it starts."]})
    if end - start > LONGEST:
        raise Invalid(errors={"from": [f"At most {LONGEST.days} days at once."]})
    record(
        actor=actor,
        event_type="accesses",
        action="exported",
        object_type=Access._meta.label,
        severity=Severity.WARNING,
        details={"from": start, "to": end, "subject": subject_id, "format": "fhir"},
    )
    return _lines(start, end, subject_id)


def _lines(start: datetime, end: datetime, subject_id: UUID | None) -> Iterator[bytes]:
    """Page by page, so that a year takes no more memory than a day."""
    rows = Access.objects.filter(accessed_at__lt=end).order_by("accessed_at", "id")
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    at, last = start, UUID(int=0)
    while True:
        after = Q(accessed_at__gt=at) | Q(accessed_at=at, id__gt=last)
        # The first condition says nothing new, and lets the index begin there.
        step = list(rows.filter(after, accessed_at__gte=at)[:_STEP])
        if not step:
            return
        for access in step:
            yield orjson.dumps(audit_event(access), option=orjson.OPT_APPEND_NEWLINE)
        at, last = step[-1].accessed_at, step[-1].id
