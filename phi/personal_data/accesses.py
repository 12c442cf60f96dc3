"""Who looked at whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from core import inventory
from core.inventory import Period
from phi.models import Access


def export_accesses(subject_id: UUID) -> Iterable[dict[str, Any]]:
    """Every look at the person's data, without the names of staff: whether they are told those
    is weighed by request (GDPR 15; CJEU C-579/21)."""
    for access in Access.objects.filter(subject_id=subject_id):
        yield {
            "accessed_at": access.accessed_at,
            "by": access.actor_kind,
            "kind": access.kind,
            "purpose_of_use": access.purpose_of_use,
        }


def erase_accesses(rows: Sequence[Access]) -> list[str]:
    Access.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return []


inventory.declare(
    Access,
    code="accesses",
    title="Who looked at a person's data",
    subject_path="subject_id",
    clock="accessed_at",
    # As long as the log: HIPAA 164.316(b)(2)(i) asks for six years.
    keep=Period(days=2555, floor=relativedelta(years=6)),
    lawful_bases=("GDPR 6(1)(c)", "45 CFR 164.312(b)"),
    export=export_accesses,
    erase=erase_accesses,
)
