"""Consents: recorded, looked up, receipted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import masking
from audit import canonical
from audit.services import record
from consent.models import Call, ConsentRecord, DataSubject, Notice, Purpose
from consent.querysets import is_in_effect
from consent.services.subjects import touch
from core import signing
from core.actors import Actor
from core.errors import Invalid
from core.ids import uuid7
from operations.maskingrules import active_rules
from vault import services as vault

Decision = ConsentRecord.Decision
Method = ConsentRecord.Method
Strength = Purpose.Strength

_ORDER = {Strength.IMPLIED: 0, Strength.EXPRESS: 1, Strength.WRITTEN: 2}
STRENGTH = {
    Method.STAY_ON_LINE: Strength.IMPLIED,
    Method.VERBAL: Strength.EXPRESS,
    Method.DTMF: Strength.EXPRESS,
    Method.WEB: Strength.WRITTEN,
    Method.WRITTEN: Strength.WRITTEN,
}


def purpose_with(code: str) -> Purpose:
    """The purpose. Raises Invalid for a code that no purpose has."""
    purpose = Purpose.objects.filter(code=code).first()
    if purpose is None:
        raise Invalid(errors={"purpose": [f"There is no purpose {code!r}."]})
    return purpose


def same_language(language: str) -> tuple[str, ...]:
    """The language itself and its primary subtag (BCP 47)."""
    return tuple(dict.fromkeys((language, language.split("-")[0].lower())))


def languages_for(language: str) -> tuple[str, ...]:
    """What words may be in, best first: the language, its primary subtag, then English."""
    return tuple(dict.fromkeys((*same_language(language), "en")))


def best(found: dict[str, Any], language: str) -> Any | None:
    """The entry of ``found`` (by language) that fits ``language`` best, or None."""
    return next((found[code] for code in languages_for(language) if code in found), None)


def _notice(purpose: Purpose, version: int, language: str) -> Notice:
    found = {
        notice.language: notice
        for notice in Notice.objects.published().filter(
            purpose=purpose, version=version, language__in=languages_for(language)
        )
    }
    notice: Notice | None = best(found, language)
    if notice is None:
        raise Invalid(
            errors={"notice_version": [f"{purpose.code} has no published notice {version}."]}
        )
    return notice


@transaction.atomic
def record_consent(
    *,
    actor: Actor,
    application_id: UUID | None,
    subject: DataSubject,
    purpose: Purpose,
    decision: str,
    method: str,
    notice_version: int | None,
    call: Call | None = None,
    language: str = "",
    evidence: dict[str, Any] | None = None,
    answer_text: str = "",
    expires_at: datetime | None = None,
) -> ConsentRecord:
    """Write down one decision. A yes needs its notice and a method strong enough.

    A no or a withdrawal is taken by any means (GDPR 7(3); 47 CFR 64.1200(a)(10)). Raises
    Invalid, code ``method-too-weak`` with the rule's name, else by field.
    """
    now = timezone.now()
    notice = None
    if decision == Decision.GIVEN:
        if notice_version is None:
            raise Invalid(errors={"notice_version": ["A consent names the notice it answers."]})
        if _ORDER[STRENGTH[Method(method)]] < _ORDER[Strength(purpose.strength)]:
            raise Invalid(
                f"{method} is too weak for {purpose.code}, which needs"
                f" {purpose.strength} consent ({purpose.source}).",
                code="method-too-weak",
                rule=f"{purpose.strength}-consent",
                errors={"method": [f"{purpose.code} needs {purpose.strength} consent."]},
            )
        if expires_at is not None and expires_at <= now:
            raise Invalid(errors={"expires_at": ["Must be in the future."]})
    if notice_version is not None:
        spoken = language or (call.language if call else "") or subject.language or "en"
        notice = _notice(purpose, notice_version, spoken)
    # Decisions of one person queue here, so that each knows the one it replaces.
    DataSubject.objects.select_for_update(no_key=True).get(pk=subject.pk)
    before = ConsentRecord.objects.latest([subject.id], [purpose.code]).first()
    consent = ConsentRecord(
        id=uuid7(),
        subject=subject,
        purpose=purpose,
        decision=decision,
        method=method,
        notice=notice,
        notice_sha256="" if notice is None else notice.sha256,
        call_ref=None if call is None else call.id,
        application_ref=application_id,
        recorded_by=actor.name,
        evidence=evidence or {},
        decided_at=max(timezone.now(), before.decided_at) if before else timezone.now(),
        expires_at=expires_at if decision == Decision.GIVEN else None,
        supersedes=None if before is None else before.id,
    )
    if answer_text:
        consent.answer_sealed = vault.seal(
            subject.id,
            vault.KeyClass.CONSENT_EVIDENCE,
            f"consent.consentrecord.answer|{consent.id}",
            _without_security_codes(
                answer_text, language or (call.language if call else "") or subject.language or "en"
            ).encode(),
        )
    consent.save(force_insert=True)
    touch(subject.id)
    record(
        actor=actor,
        event_type="consent",
        action=decision,
        obj=consent,
        details={
            "subject": subject.id,
            "purpose": purpose.code,
            "method": method,
            "notice_sha256": consent.notice_sha256,
            "call": consent.call_ref,
        },
    )
    return consent


def _without_security_codes(text: str, language: str) -> str:
    """PCI DSS 4.0.1, 3.3.1: no stored form holds a card's security code or PIN."""
    turn = masking.Turn(speaker="caller", text=text)
    spans = masking.find([turn], language=language, rules=active_rules())
    return masking.mask([turn], spans, labels=masking.FORBIDDEN_AFTER_AUTHORISATION)[0].text


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands on a purpose: what ``/consents/check`` answers."""

    granted: bool
    decision: str | None
    record_id: UUID | None
    decided_at: datetime | None
    expires_at: datetime | None


def standing(*, subject_id: UUID, purpose: str, now: datetime) -> Standing:
    """The latest effective decision. Never asked: not granted, no decision."""
    latest = ConsentRecord.objects.latest([subject_id], [purpose]).first()
    if latest is None:
        return Standing(False, None, None, None, None)
    return Standing(
        is_in_effect(latest.decision, latest.expires_at, now),
        latest.decision,
        latest.id,
        latest.decided_at,
        latest.expires_at,
    )


def receipt(consent: ConsentRecord) -> dict[str, Any]:
    """A consent receipt with the fields of ISO/IEC TS 27560:2023, signed.

    The signature is Ed25519 over the RFC 8785 bytes of ``receipt``.
    """
    notice = consent.notice
    body = canonical.plain(
        {
            "receipt_metadata": {
                "schema_version": "ISO/IEC TS 27560:2023",
                "receipt_id": consent.id,
                "record_id": consent.id,
                "pii_principal_id": consent.subject_id,
            },
            "pii_processing": {
                "privacy_notice": None
                if notice is None
                else {
                    "notice_id": notice.id,
                    "version": notice.version,
                    "language": notice.language,
                    "sha256": consent.notice_sha256,
                },
                "purposes": [
                    {
                        "purpose": consent.purpose.code,
                        "title": consent.purpose.title,
                        "lawful_basis": consent.purpose.lawful_basis,
                    }
                ],
                "pii_controllers": [{"name": settings.ORGANISATION}],
            },
            "event": {
                "event_type": consent.decision,
                "event_time": consent.decided_at,
                "validity_until": consent.expires_at,
                "consent_type": STRENGTH[Method(consent.method)],
                "method": consent.method,
                "call": consent.call_ref,
            },
        }
    )
    return {
        "receipt": body,
        "signature": {
            "algorithm": "Ed25519",
            "canonicalization": "RFC 8785",
            "public_key": signing.public_key(),
            "value": signing.sign(canonical.encode(body)),
        },
    }
