"""What was disclosed of a person to outside parties, and what they were told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from core import inventory
from core.inventory import Period
from phi.days import day_of
from phi.models import Disclosure, DisclosureSuspension, StatementIssued
from phi.services.disclosed import open_all
from phi.services.suspensions import Chains


def export_disclosures(subject_id: UUID) -> Iterable[dict[str, Any]]:
    """Every disclosure that stands, those too that an accounting leaves out; not one that an
    agency has had suspended."""
    today = day_of(timezone.now())
    chains = Chains(subject_id)
    rows = Disclosure.objects.filter(subject_id=subject_id, void=False, corrected_by__isnull=True)
    told = [
        row
        for row in rows.order_by("disclosed_at", "id")
        if chains.suspended_until(row.pk, today) is None
    ]
    for row, texts in open_all(told):
        yield {
            "id": row.pk,
            "disclosed_at": row.disclosed_at,
            **texts,
            "authority": row.authority,
        }


def erase_disclosures(rows: Sequence[Disclosure]) -> list[str]:
    Disclosure.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return []


def export_statements(subject_id: UUID) -> Iterable[dict[str, Any]]:
    for row in StatementIssued.objects.filter(subject_id=subject_id).defer("document_sealed"):
        yield {
            "id": row.pk,
            "asked_on": row.asked_on,
            "from": row.first_on,
            "to": row.last_on,
            "issued_at": row.issued_at,
            "sha256": row.document_sha256,
        }


def erase_statements(rows: Sequence[StatementIssued]) -> list[str]:
    StatementIssued.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return []


inventory.declare(
    Disclosure,
    code="disclosures_made",
    title="Disclosures to outside parties",
    subject_path="subject_id",
    clock="disclosed_at",
    # Six years back from the request (45 CFR 164.528(a)(1)), and the 90 days to answer it in.
    keep=Period(days=2282, floor=relativedelta(years=6)),
    key_class="health",
    lawful_bases=("GDPR 6(1)(c)", "45 CFR 164.528"),
    export=export_disclosures,
    erase=erase_disclosures,
    parts=(DisclosureSuspension,),
)
inventory.declare(
    StatementIssued,
    code="disclosure_statements",
    title="Accountings of disclosures",
    subject_path="subject_id",
    clock="issued_at",
    keep=Period(days=2192, floor=relativedelta(years=6)),
    key_class="health",
    lawful_bases=("GDPR 6(1)(c)", "45 CFR 164.528(d)", "45 CFR 164.530(j)"),
    export=export_statements,
    erase=erase_statements,
)
