"""Health records, care relationships and broken glass: what is held, how long, how it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from core import inventory
from core.inventory import Period
from phi.models import BreakGlass, CareRelationship, DataType, HealthRecord, MinimumNecessary
from phi.services.health import HEALTH_RECORDS, open_many

_STEP = 500


def export_health(subject_id: UUID) -> Iterable[dict[str, Any]]:
    """Every record with its content, but for psychotherapy notes, which the right of access
    leaves out (45 CFR 164.524(a)(1)(i)): of those it says that they are held."""
    last: UUID | None = None
    while True:
        rows = HealthRecord.objects.filter(subject_id=subject_id).order_by("id")
        step = list((rows if last is None else rows.filter(id__gt=last))[:_STEP])
        if not step:
            return
        last = step[-1].id
        for row, content in open_many(step):
            withheld = row.data_type == DataType.PSYCHOTHERAPY_NOTES
            yield {
                "id": row.id,
                "data_type": row.data_type,
                "recorded_at": row.recorded_at,
                "content": None if withheld else content,
                **({"withheld": "45 CFR 164.524(a)(1)(i)"} if withheld else {}),
            }


def erase_health(rows: Sequence[HealthRecord]) -> list[str]:
    HealthRecord.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return []


def export_relationships(subject_id: UUID) -> Iterable[dict[str, Any]]:
    """Who looked after the person, without the names of staff."""
    for row in CareRelationship.objects.filter(subject_id=subject_id):
        yield {"kind": row.kind, "starts_at": row.starts_at, "ends_at": row.ends_at}


def erase_relationships(rows: Sequence[CareRelationship]) -> list[str]:
    CareRelationship.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return []


def export_grants(subject_id: UUID) -> Iterable[dict[str, Any]]:
    """When the glass was broken and what the review said, without the names of staff."""
    for row in BreakGlass.objects.filter(subject_id=subject_id):
        yield {
            "granted_at": row.granted_at,
            "expires_at": row.expires_at,
            "reason": row.reason,
            "state": row.state,
            "reviewed_at": row.reviewed_at,
        }


def erase_grants(rows: Sequence[BreakGlass]) -> list[str]:
    BreakGlass.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return []


inventory.declare(
    HealthRecord,
    code=HEALTH_RECORDS,
    title="Health records",
    subject_path="subject_id",
    # Not when it was found or written: what is brought in may be older than the keep time.
    clock="created_at",
    # HIPAA sets no time for the records themselves: 45 CFR 164.316(b)(2)(i), six years, is about
    # documentation. State law on medical records varies, for minors above all: verify.
    # Six years with their leap days: 2190 would end before the duty does.
    keep=Period(days=2192),
    key_class="health",
    lawful_bases=("GDPR 9(2)(h)", "45 CFR 164.506(c)"),
    export=export_health,
    erase=erase_health,
)
inventory.declare(
    CareRelationship,
    code="care_relationships",
    title="Care relationships",
    subject_path="subject_id",
    # One that lasts has no end and stays.
    clock="ends_at",
    keep=Period(days=2192, floor=relativedelta(years=6)),
    lawful_bases=("GDPR 6(1)(c)", "45 CFR 164.514(d)(2)"),
    export=export_relationships,
    erase=erase_relationships,
)
inventory.declare(
    BreakGlass,
    code="break_glass",
    title="Break-glass accesses and their reviews",
    subject_path="subject_id",
    clock="granted_at",
    keep=Period(days=2555, floor=relativedelta(years=6)),
    lawful_bases=("GDPR 6(1)(c)", "45 CFR 164.312(a)(2)(ii)"),
    export=export_grants,
    erase=erase_grants,
)
inventory.exempt(
    MinimumNecessary, reason="Which role may see what for which purpose; nobody's data."
)
