from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from aiethics.models import Disclosure, SpokenDisclosure
from core import inventory
from core.inventory import Period


def export_spoken(subject_id: UUID) -> Iterable[dict[str, Any]]:
    spoken = SpokenDisclosure.objects.filter(call__subject_id=subject_id)
    for each in spoken.select_related("disclosure"):
        yield {
            "call": each.call_id,
            "interaction": each.disclosure.interaction,
            "text": each.disclosure.text,
            "spoken_at_ms": each.spoken_at_ms,
            "recorded_at": each.recorded_at,
        }


def erase_spoken(rows: Sequence[SpokenDisclosure]) -> list[str]:
    SpokenDisclosure.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return []


inventory.declare(
    SpokenDisclosure,
    code="spoken_disclosures",
    title="Proof that the AI disclosure was said",
    subject_path="call__subject_id",
    call_path="call_id",
    clock="call__created_at",
    # As long as its call, so that the proof is never gone before what it proves.
    keep=Period(days=3 * 365, floor=relativedelta(years=3)),
    lawful_bases=("GDPR 6(1)(c)", "EU AI Act 50(1)"),
    export=export_spoken,
    erase=erase_spoken,
)
inventory.exempt(Disclosure, reason="Words that an AI says; nobody's data.")
