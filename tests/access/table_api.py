"""Who may use the API: people by the scopes of their roles, applications by those of their keys."""

from __future__ import annotations

from tests.access.rows import (
    AUDITOR,
    CARE,
    DPO,
    NO_ROLE,
    NOBODY,
    OFFICER,
    ROLES,
    SECURITY,
    Use,
    row,
    scoped,
)
from tests.phi.audio import sound

CALLS = OFFICER | DPO | CARE
AUDIT = OFFICER | DPO | SECURITY | AUDITOR
APPLICATIONS_ALONE = NOBODY

TURNS = [{"speaker": "caller", "text": "Good morning.", "start_ms": 0, "end_ms": 900}]
CALL = {
    "direction": "inbound",
    "regions": ["US-TX", "US-TX"],
    "purposes": ["record", "transcribe"],
    "language": "en",
    "is_ai": True,
}
SPOKEN = {"interaction": "greeting", "version": 1, "spoken_at_ms": 7}
CONSENT = {
    "subject": "$consent.datasubject",
    "purpose": "record",
    "decision": "given",
    "method": "verbal",
    "notice_version": 1,
    "call": "$consent.call",
}
OUTSIDE = {
    "subject": "$consent.datasubject",
    "disclosed_at": "2026-03-01T10:00:00Z",
    "recipient": "An office",
    "description": "One result",
    "purpose": "A notice",
    "authority": "512b",
}

ROWS = [
    # Signing in -------------------------------------------------------------------------------
    row(
        "auth-token",
        open=True,
        POST=Use(answer=401, body={"username": "nobody", "password": "x", "otp": "000000"}),
    ),
    row(
        "auth-factor",
        POST=scoped(None, ROLES | NO_ROLE, 401, applications=False, body={"otp": "000000"}),
    ),
    row("auth-logout", POST=scoped(None, ROLES | NO_ROLE, 204, applications=False)),
    # Calls and consent ------------------------------------------------------------------------
    row(
        "subjects",
        POST=scoped("consents:write", OFFICER | DPO, 201, body={"external_id": "customer-99"}),
    ),
    row("calls", POST=scoped("calls", APPLICATIONS_ALONE, 201, body=CALL)),
    row(
        "call",
        of="consent.call",
        owner="application",
        GET=scoped("calls", CALLS),
        PATCH=scoped("calls", APPLICATIONS_ALONE, body={"subject": "$consent.datasubject"}),
    ),
    row(
        "call-end",
        of="consent.call",
        owner="application",
        POST=scoped("calls", APPLICATIONS_ALONE, body={"ended_at": "$now"}),
    ),
    row(
        "consents",
        of="consent.call",
        owner="application",
        POST=scoped("consents:write", OFFICER | DPO, 201, body=CONSENT),
    ),
    row(
        "consent-check",
        of="consent.datasubject",
        GET=scoped(
            "consents:read",
            OFFICER | DPO | AUDITOR | CARE,
            query={"subject": "$consent.datasubject", "purpose": "record"},
        ),
    ),
    # A subject's consents are the organisation's: every application may show them.
    row(
        "receipt",
        of="consent.consentrecord",
        GET=scoped("consents:read", OFFICER | DPO | AUDITOR | CARE),
    ),
    # Recordings and transcripts ---------------------------------------------------------------
    row(
        "call-recording",
        of="consent.call",
        owner="application",
        # The planted call has this very recording: the same bytes give the same answer.
        PUT=scoped("recordings:write", APPLICATIONS_ALONE, 200, raw=sound()),
    ),
    row(
        "call-transcript",
        of="consent.call.untold",
        owner="application",
        POST=scoped(
            "transcripts:write", APPLICATIONS_ALONE, 201, body={"language": "en", "turns": TURNS}
        ),
    ),
    row(
        "recording-audio",
        of="phi.voicerecording",
        owner="application",
        GET=scoped("recordings:read", CALLS, query={"purpose_of_use": "operations"}),
    ),
    row(
        "transcript",
        of="phi.transcript",
        owner="application",
        GET=scoped("transcripts:read", CALLS),
    ),
    row(
        "transcript",
        case="original",
        of="phi.transcript",
        owner="application",
        GET=scoped(
            "transcripts:read", CALLS, query={"view": "original", "purpose_of_use": "operations"}
        ),
    ),
    # Health records ---------------------------------------------------------------------------
    row(
        "health-records",
        POST=scoped(
            "phi:write",
            APPLICATIONS_ALONE,
            201,
            body={
                "subject": "$consent.datasubject",
                "data_type": "allergy",
                "content": "None known",
                "purpose_of_use": "treatment",
            },
        ),
    ),
    row(
        "health-record",
        of="phi.healthrecord",
        owner="application",
        GET=scoped("phi:read", OFFICER | CARE, query={"purpose_of_use": "patient_request"}),
    ),
    row("accesses-fhir", GET=scoped("audit:read", OFFICER | DPO | AUDITOR | SECURITY)),
    row(
        "care-relationships",
        GET=scoped("phi:read", OFFICER | CARE),
        POST=scoped(
            "phi:write",
            APPLICATIONS_ALONE,
            201,
            # Long ago: the planted one is of the same two people.
            body={
                "person": "$accounts.user.carer",
                "subject": "$consent.datasubject",
                "starts_at": "2020-01-01T00:00:00Z",
                "ends_at": "2020-02-01T00:00:00Z",
            },
        ),
    ),
    row(
        "care-relationship",
        of="phi.carerelationship",
        owner="application",
        DELETE=scoped("phi:write", APPLICATIONS_ALONE, 204),
    ),
    # Voice profiles ---------------------------------------------------------------------------
    row(
        "voice-profiles",
        POST=scoped(
            "phi:write",
            APPLICATIONS_ALONE,
            201,
            body={
                "subject": "$consent.datasubject",
                "vendor": "Another",
                "template_ref": "x",
                "consent": "$consent.consentrecord.release",
            },
        ),
    ),
    row(
        "voice-profile",
        of="phi.voiceprofile",
        owner="application",
        GET=scoped("phi:read", OFFICER),
        DELETE=scoped("phi:write", APPLICATIONS_ALONE, 204),
    ),
    row(
        "voice-profile-interactions",
        of="phi.voiceprofile",
        owner="application",
        POST=scoped("phi:write", APPLICATIONS_ALONE, body={}),
    ),
    row("mask", POST=scoped("mask", CALLS | SECURITY, body={"text": "Hello.", "language": "en"})),
    # Disclosures to outside parties -----------------------------------------------------------
    row(
        "outside-disclosures",
        of="consent.datasubject",
        GET=scoped("phi:read", OFFICER, query={"subject": "$consent.datasubject"}),
        POST=scoped("phi:write", APPLICATIONS_ALONE, 201, body=OUTSIDE),
    ),
    row(
        "outside-disclosures-statement",
        of="consent.datasubject",
        GET=scoped(
            "phi:read",
            OFFICER,
            applications=False,
            query={"subject": "$consent.datasubject"},
        ),
    ),
    # Disclosures ------------------------------------------------------------------------------
    row(
        "disclosures",
        GET=scoped("calls", CALLS, query={"interaction": "greeting", "language": "en"}),
    ),
    row(
        "call-disclosures",
        of="consent.call",
        owner="application",
        POST=scoped(
            "calls",
            APPLICATIONS_ALONE,
            201,
            body={**SPOKEN, "spoken_at_ms": 5},
        ),
    ),
    # The audit log: one organisation's, so that who may read it reads all of it ----------------
    row(
        "audit-events",
        GET=scoped("audit:read", AUDIT),
        POST=scoped("audit:write", SECURITY, 201, body={"event_type": "t", "action": "a"}),
    ),
    row("audit-proof", of="audit.auditevent", GET=scoped("audit:read", AUDIT)),
    row("audit-checkpoint", GET=scoped("audit:read", AUDIT)),
    row(
        "audit-consistency",
        GET=scoped(
            "audit:read", AUDIT, query={"from": "$audit.checkpoint", "to": "$audit.checkpoint"}
        ),
    ),
    row("audit-report", GET=scoped("audit:read", AUDIT)),
    # The contract itself holds nobody's data ---------------------------------------------------
    row("schema", open=True, GET=Use()),
    row("docs", open=True, GET=Use(), OPTIONS=Use(answer=405)),
]
