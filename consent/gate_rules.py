"""The gate's rules of consent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from consent.models import ConsentRecord, Jurisdiction, Notice, Purpose
from consent.querysets import is_in_effect
from consent.services.consents import best, languages_for
from core import gate
from core.gate import Asking, Question, Ruling

SUBJECT_CONSENT = "subject-consent"
ALL_PARTY = "all-party-consent"


def _asked(question: Question) -> list[str]:
    return list(dict.fromkeys((*question.purposes, "record")))


def _reason(latest: ConsentRecord | None, question: Question) -> str:
    if latest is None:
        return "consent-missing"
    if is_in_effect(latest.decision, latest.expires_at, question.at):
        return "consent-given"
    if latest.decision == ConsentRecord.Decision.GIVEN:
        return "consent-expired"
    return f"consent-{latest.decision}"


@gate.rule
def subject_consent(question: Question) -> Iterable[Ruling]:
    """Each purpose that rests on consent needs the subject's, in effect now (GDPR 6(1)(a),
    7; TCPA 47 CFR 64.1200(a); BIPA 740 ILCS 14/15(b))."""
    purposes = Purpose.objects.filter(code__in=_asked(question))
    held = _latest([question.subject_id] if question.subject_id else [], _asked(question))
    for purpose in purposes:
        if not purpose.requires_consent:
            yield Ruling(
                purpose.code,
                True,
                f"basis:{purpose.lawful_basis}",
                "no-consent-needed",
                strictness=1,
            )
            continue
        latest = held.get((question.subject_id, purpose.code)) if question.subject_id else None
        reason = _reason(latest, question) if question.subject_id else "caller-unknown"
        granted = reason == "consent-given"
        yield Ruling(
            purpose.code,
            granted,
            SUBJECT_CONSENT,
            reason,
            strictness=1,
            consent_id=latest.id if latest else None,
            expires_at=latest.expires_at if latest and granted else None,
        )


@gate.rule
def all_party_consent(question: Question) -> Iterable[Ruling]:
    """Where the law of any party's place asks for all parties' consent to a recording, every
    party must have given it (such as California Penal Code 632, 632.7: a call that touches the
    State follows the stricter rule).

    The organisation's own end consents by calling the gate; every further party must be named
    and have a record of their own. A country of which the part is not told counts as its
    strictest part.
    """
    place = _all_party_place(question.regions)
    if place is None:
        return
    rule = f"{ALL_PARTY}:{place}"
    others = set(question.other_subject_ids) - {question.subject_id}
    parties = [p for p in (question.subject_id, *sorted(others)) if p]
    held = _latest(parties, ["record"])
    further = max(0, len(question.regions) - 2)
    reason = "consent-given"
    if question.subject_id is None:
        reason = "caller-unknown"
    elif len(others) < further:
        reason = "other-party-unknown"
    else:
        for party in parties:
            found = _reason(held.get((party, "record")), question)
            if found != "consent-given":
                reason = found if party == question.subject_id else f"other-party-{found}"
                break
    yield Ruling("record", reason == "consent-given", rule, reason, strictness=10)


def _latest(
    subjects: Sequence[UUID], purposes: Sequence[str]
) -> dict[tuple[UUID | None, str], ConsentRecord]:
    if not subjects:
        return {}
    records = ConsentRecord.objects.latest(subjects, purposes)
    return {(record.subject_id, record.purpose.code): record for record in records}


def _all_party_place(regions: Sequence[str]) -> str | None:
    """The first region whose law asks for all parties' consent, by its own or its country's
    entry; a bare country counts when any of its parts asks."""
    countries = {region[:2] for region in regions}
    strict = {
        code
        for code in Jurisdiction.objects.filter(all_party_recording=True).values_list(
            "code", flat=True
        )
        if code[:2] in countries
    }
    for region in regions:
        if region in strict or region[:2] in strict:
            return region
        if "-" not in region and any(code.startswith(f"{region}-") for code in strict):
            return region
    return None


@gate.asker
def ask_for_consent(question: Question, refused: Sequence[Ruling]) -> Iterable[Asking]:
    """What may still be asked for: the notice of each purpose that lacks a yes. A no is not
    asked again in the same breath."""
    codes = [
        ruling.purpose
        for ruling in refused
        if ruling.reason in {"consent-missing", "consent-expired", "caller-unknown"}
    ]
    notices: dict[str, dict[str, Notice]] = {}
    for notice in Notice.objects.latest_for(codes, languages_for(question.language)):
        notices.setdefault(notice.purpose.code, {})[notice.language] = notice
    for code in codes:
        chosen: Notice | None = best(notices.get(code, {}), question.language)
        if chosen is not None:
            yield Asking(code, chosen.id, chosen.version, chosen.text, chosen.language)
