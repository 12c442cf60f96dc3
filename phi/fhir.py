"""Accesses as FHIR R4 AuditEvent resources (https://hl7.org/fhir/R4/auditevent.html)."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from core import accesses
from core.actors import PERSON
from phi.models import Access, PurposeOfUse

MEDIA_TYPE = "application/fhir+ndjson"
"""One resource a line, as Bulk Data Access (FHIR) writes them."""

_TERMS = "http://terminology.hl7.org/CodeSystem"
_ACT_REASON = f"{_TERMS}/v3-ActReason"
_OURS = "urn:voicecompliance"
# PurposeOfUse, value set http://terminology.hl7.org/ValueSet/v3-PurposeOfUse; for "authorised" it
# has no code, and the binding is extensible: text alone.
_REASONS = {
    PurposeOfUse.TREATMENT: ("TREAT", "treatment"),
    PurposeOfUse.PAYMENT: ("HPAYMT", "healthcare payment"),
    PurposeOfUse.OPERATIONS: ("HOPERAT", "healthcare operations"),
    PurposeOfUse.PATIENT_REQUEST: ("PATRQT", "patient requested"),
    PurposeOfUse.EMERGENCY: ("ETREAT", "Emergency Treatment"),
    PurposeOfUse.LEGAL: ("HLEGAL", "legal"),
    PurposeOfUse.QUALITY: ("HQUALIMP", "health quality improvement"),
}
_BREAK_GLASS = ("BTG", "break the glass")
_GRANTED_BY_GLASS = "break_glass"
# AuditEvent.subtype and action by kind of look (restful-interaction; audit-event-action).
_WRITES = {accesses.HEALTH_WRITES: ("create", "C"), accesses.EXPORTS: ("search", "R")}


def audit_event(access: Access) -> dict[str, Any]:
    """One look as an AuditEvent, as plain JSON: who, whose, what, why and when; no name of the
    person looked at."""
    interaction, action = _WRITES.get(access.kind, ("read", "R"))
    reasons = _reasons(access)
    return {
        "resourceType": "AuditEvent",
        "id": str(access.id),
        "type": {
            "system": f"{_TERMS}/audit-event-type",
            "code": "rest",
            "display": "RESTful Operation",
        },
        "subtype": [
            {"system": "http://hl7.org/fhir/restful-interaction", "code": interaction},
            {"system": f"{_OURS}:access-kind", "code": access.kind},
        ],
        "action": action,
        "recorded": access.accessed_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "outcome": "0",
        **({"purposeOfEvent": reasons} if reasons else {}),
        "agent": [
            {
                "type": {
                    "coding": [
                        {
                            "system": f"{_TERMS}/v3-ParticipationType",
                            "code": "IRCP",
                            "display": "information recipient",
                        }
                    ]
                },
                "who": {
                    "type": "Practitioner" if access.actor_kind == PERSON else "Device",
                    "identifier": {
                        "system": f"{_OURS}:{access.actor_kind or 'unknown'}",
                        "value": access.actor_id or "unknown",
                    },
                },
                **({"altId": access.actor_name} if access.actor_name else {}),
                "requestor": True,
            }
        ],
        "source": {
            "observer": {"type": "Device", "display": "voicecompliance"},
            "type": [
                {
                    "system": f"{_TERMS}/security-source-type",
                    "code": "4",
                    "display": "Application Server",
                }
            ],
        },
        "entity": [
            {
                "what": {
                    "type": "Patient",
                    "identifier": {
                        "system": f"{_OURS}:consent.DataSubject",
                        "value": str(access.subject_id),
                    },
                },
                "type": {"system": f"{_TERMS}/audit-entity-type", "code": "1", "display": "Person"},
                "role": {"system": f"{_TERMS}/object-role", "code": "1", "display": "Patient"},
            },
            {
                "what": {
                    "identifier": {
                        "system": f"{_OURS}:{access.object_type or 'unknown'}",
                        "value": access.object_id or "unknown",
                    }
                },
                "type": {
                    "system": f"{_TERMS}/audit-entity-type",
                    "code": "2",
                    "display": "System Object",
                },
                "role": {
                    "system": f"{_TERMS}/object-role",
                    "code": "4",
                    "display": "Domain Resource",
                },
                "detail": [{"type": "audit-event", "valueString": str(access.event_id)}],
            },
        ],
    }


def _reasons(access: Access) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if access.purpose_of_use:
        purpose = PurposeOfUse(access.purpose_of_use)
        coding = _REASONS.get(purpose)
        found.append(_reason(*coding) if coding else {"text": str(purpose.label)})
    if access.granted_by == _GRANTED_BY_GLASS:
        found.append(_reason(*_BREAK_GLASS))
    return found


def _reason(code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": _ACT_REASON, "code": code, "display": display}]}
