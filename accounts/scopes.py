"""What a credential may be good for. Names are the API's contract."""

from __future__ import annotations

from collections.abc import Iterable

SCOPES: dict[str, str] = {
    "calls": "Announce calls, read the gate's answer, end calls, report disclosures",
    "consents:read": "Ask whether consent is given; read receipts",
    "consents:write": "Record consents, denials and withdrawals",
    "recordings:read": "Play recordings",
    "recordings:write": "Upload recordings",
    "transcripts:read": "Read transcripts",
    "transcripts:write": "Send transcripts",
    "phi:read": "Read health records",
    "phi:write": "Write health records",
    "decisions:read": "Read decisions and fairness",
    "decisions:write": "Report decisions",
    "audit:read": "Read audit events, proofs and reports",
    "audit:write": "Write audit events",
    "requests:read": "Read data subject requests",
    "requests:write": "Open data subject requests",
    "threats": "Threat assessment, call signals and challenges",
    "mask": "Mask text",
}


def unknown(scopes: Iterable[str]) -> list[str]:
    """Those of ``scopes`` that do not exist, in order."""
    return sorted(set(scopes) - SCOPES.keys())
