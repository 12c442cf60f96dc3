"""What this app holds of people, how long, and how it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import Q

from consent.models import (
    Call,
    ConsentRecord,
    DataSubject,
    GateAnswer,
    Jurisdiction,
    Notice,
    Purpose,
)
from consent.querysets import predecessor_gone, relied_until
from consent.services.subjects import anonymise
from core import inventory
from core.inventory import Period


def export_profile(subject_id: UUID) -> Iterable[dict[str, Any]]:
    for subject in DataSubject.objects.filter(id=subject_id):
        yield {
            name: getattr(subject, name)
            for name in (
                "external_id",
                "name",
                "phone",
                "email",
                "date_of_birth",
                "patient_id",
                "region",
                "language",
                "created_at",
                "last_interaction_at",
            )
        }


def erase_profiles(subjects: Sequence[DataSubject]) -> list[str]:
    anonymise(subjects)
    return []


def export_calls(subject_id: UUID) -> Iterable[dict[str, Any]]:
    for call in Call.objects.filter(subject_id=subject_id).prefetch_related("answers"):
        yield {
            "id": call.id,
            "direction": call.direction,
            "regions": call.regions,
            "purposes": call.purposes,
            "language": call.language,
            "is_ai": call.is_ai,
            "started_at": call.started_at,
            "ended_at": call.ended_at,
            "gate_answers": [answer.answer for answer in call.answers.all()],
        }


def erase_calls(calls: Sequence[Call]) -> list[str]:
    Call.objects.filter(pk__in=[call.pk for call in calls]).delete()
    return []


def export_consents(subject_id: UUID) -> Iterable[dict[str, Any]]:
    records = ConsentRecord.objects.filter(subject_id=subject_id).select_related("purpose")
    for consent in records:
        yield {
            "id": consent.id,
            "purpose": consent.purpose.code,
            "decision": consent.decision,
            "method": consent.method,
            "decided_at": consent.decided_at,
            "expires_at": consent.expires_at,
            "notice_sha256": consent.notice_sha256,
            "evidence": consent.evidence,
        }


def erase_consents(records: Sequence[ConsentRecord]) -> list[str]:
    # Raw: the ORM would look for what points here, and nothing does.
    ConsentRecord.objects.filter(pk__in=[each.pk for each in records])._raw_delete("default")
    return []


inventory.declare(
    DataSubject,
    code="user_profiles",
    title="Profiles of data subjects",
    subject_path="id",
    clock="last_interaction_at",
    keep=Period(days=365),
    lawful_bases=("GDPR 6(1)(b)", "GDPR 6(1)(f)"),
    export=export_profile,
    erase=erase_profiles,
    live=Q(anonymised_at__isnull=True),
    in_place=True,
)
inventory.declare(
    Call,
    code="calls",
    title="Calls and the gate's answers",
    subject_path="subject_id",
    call_path="id",
    # From when we were told: a call said to have begun long ago is evidence just as long.
    clock="created_at",
    keep=Period(days=3 * 365, floor=relativedelta(years=3)),
    lawful_bases=("GDPR 6(1)(c)", "GDPR 6(1)(f)"),
    export=export_calls,
    erase=erase_calls,
    parts=(GateAnswer,),
)
inventory.declare(
    ConsentRecord,
    code="consents",
    title="Consent records",
    subject_path="subject_id",
    call_path="call_ref",
    # As long as it is relied on, then five years (GDPR 7(1)).
    clock=relied_until(ConsentRecord),
    starts="decided_at",
    deletable=predecessor_gone(ConsentRecord),
    keep=Period(days=5 * 365, floor=relativedelta(years=5)),
    key_class="consent_evidence",
    lawful_bases=("GDPR 7(1)", "GDPR 6(1)(c)"),
    export=export_consents,
    erase=erase_consents,
)
inventory.exempt(Purpose, reason="What data is used for; nobody's data.")
inventory.exempt(Notice, reason="The words that are read out; nobody's data.")
inventory.exempt(Jurisdiction, reason="Rules of law by place.")
