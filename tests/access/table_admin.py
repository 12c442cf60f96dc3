"""Who may see and do what in the models' admin."""

from __future__ import annotations

from accounts import roles
from tests.access.rows import (
    ADMINISTRATOR,
    AUDITOR,
    CARE,
    DPO,
    NOBODY,
    OFFICER,
    SECURITY,
    Use,
    by,
    model,
    row,
)

LOOKERS = OFFICER | DPO | AUDITOR
EVIDENCE = LOOKERS | SECURITY
KEEPERS = SECURITY | ADMINISTRATOR
# Who has reports made follows the work and gets messages of it.
WORKERS = EVIDENCE | ADMINISTRATOR
REASON = {"reason": "It is needed."}
PLACE = {"title": "A place", "source": "Its code", "confidence": "verify", **REASON}

AUDIT = [
    *model("audit.auditevent", EVIDENCE),
    row("admin:audit_auditevent_prove", of="audit.auditevent", GET=by(EVIDENCE)),
    *model("audit.accessreview", EVIDENCE),
    row(
        "admin:audit_accessreview_sign_off",
        of="audit.accessreview",
        POST=by(OFFICER | DPO | SECURITY, 302, form={"outcome": "fine"}),
    ),
    *model("audit.checkpoint", EVIDENCE),
    row(
        "admin:audit_checkpoint_growth",
        of="audit.checkpoint",
        GET=by(EVIDENCE, query={"from": "$audit.checkpoint"}),
    ),
    row("admin:audit_checkpoint_seal_now", GET=by(EVIDENCE), POST=by(EVIDENCE, 302)),
    *model("audit.publication", EVIDENCE),
    *model("vault.datakey", EVIDENCE),
    *model("vault.wrappingkey", EVIDENCE),
    row(
        "admin:vault_wrappingkey_rewrap",
        of="vault.wrappingkey",
        POST=by(SECURITY, 302),
    ),
]

ACCOUNTS = [
    *model(
        "accounts.user",
        EVIDENCE | ADMINISTRATOR,
        add=KEEPERS,
        change=KEEPERS,
        added=Use(answer=200, form={"username": "new-one", "is_active": "on", "is_staff": "on"}),
        changed=Use(answer=302, form={"username": "new-name", "is_active": "on"}),
    ),
    row("admin:accounts_user_give_password", of="accounts.user", GET=by(KEEPERS), POST=by(KEEPERS)),
    row(
        "admin:accounts_user_take_factor",
        of="accounts.user",
        GET=by(KEEPERS),
        POST=by(KEEPERS, 302),
    ),
    row(
        "admin:accounts_user_suspend",
        of="accounts.user",
        GET=by(KEEPERS),
        POST=by(KEEPERS, 302, form=REASON),
    ),
    row(
        "admin:accounts_user_restore",
        of="accounts.user.suspended",
        GET=by(KEEPERS),
        POST=by(KEEPERS, 302),
    ),
    row(
        "admin:accounts_user_off_board",
        of="accounts.user",
        GET=by(KEEPERS),
        POST=by(KEEPERS, 302),
    ),
    row(
        "admin:accounts_user_renew_link",
        of="accounts.user.invited",
        GET=by(KEEPERS),
        POST=by(KEEPERS),
    ),
    row(
        "admin:accounts_user_withdraw_link",
        of="accounts.user.invited",
        GET=by(KEEPERS),
        POST=by(KEEPERS, 302),
    ),
    # Offered to whoever has asked for something about this person: none of these has.
    row(
        "admin:accounts_user_withdraw_request",
        of="accounts.user",
        seen=KEEPERS,
        GET=by(NOBODY),
        POST=by(NOBODY),
    ),
    *model(
        "accounts.voiceapplication",
        EVIDENCE | ADMINISTRATOR,
        add=KEEPERS,
        change=KEEPERS,
        added=Use(answer=302, form={"name": "Desk", "id_space": "organisation"}),
        changed=Use(answer=302, form={"name": "New name", "id_space": "organisation"}),
    ),
    *model(
        "accounts.apikey",
        EVIDENCE | ADMINISTRATOR,
        add=KEEPERS,
        added=Use(
            answer=200,
            form={"application": "$accounts.voiceapplication", "scopes": "mask", "days": "30"},
        ),
    ),
    row(
        "admin:accounts_apikey_revoke",
        of="accounts.apikey",
        GET=by(KEEPERS),
        POST=by(KEEPERS, 302),
    ),
    row(
        "admin:accounts_apikey_rotate",
        of="accounts.apikey",
        GET=by(KEEPERS),
        POST=by(KEEPERS, form={"overlap": "24"}),
    ),
    *model("accounts.sessiontoken", EVIDENCE | ADMINISTRATOR),
    row(
        "admin:accounts_sessiontoken_end",
        of="accounts.sessiontoken",
        GET=by(KEEPERS),
        POST=by(KEEPERS, 302),
    ),
    *model("accounts.adminsession", EVIDENCE | ADMINISTRATOR),
    row(
        "admin:accounts_adminsession_end",
        of="accounts.adminsession",
        GET=by(KEEPERS),
        POST=by(KEEPERS, 302),
    ),
]

# An approval decides over what another asked for; a job and a message are somebody's own.
OPERATIONS = [
    *model("operations.approval", EVIDENCE),
    row(
        "admin:operations_approval_approve",
        of="operations.approval",
        seen=EVIDENCE,
        POST=by(OFFICER | DPO | SECURITY, 302),
    ),
    row(
        "admin:operations_approval_reject",
        of="operations.approval",
        seen=EVIDENCE,
        POST=by(OFFICER | DPO | SECURITY, 302, form=REASON),
    ),
    row(
        "admin:operations_approval_withdraw",
        of="operations.approval",
        owner="who asked",
        POST=by(EVIDENCE, 302),
    ),
    *model("operations.job", WORKERS),
    row("admin:operations_job_reports", GET=by(WORKERS)),
    row(
        "admin:operations_job_report",
        values={"code": "audit"},
        case="of the log",
        POST=by(EVIDENCE, 302, form={"from": "2026-01-01", "to": "2026-02-01", "format": "csv"}),
    ),
    row(
        "admin:operations_job_report",
        values={"code": "unused-keys"},
        case="of keys",
        POST=by(WORKERS, 302, form={"days": "90", "format": "csv"}),
    ),
    *(
        row(
            f"admin:operations_job_{verb}",
            of=f"operations.job.{state}",
            owner=roles.COMPLIANCE_OFFICER,
            POST=by(WORKERS, answer),
        )
        for verb, state, answer in (
            ("cancel", "queued", 302),
            ("retry", "cancelled", 302),
            ("download", "done", 200),
        )
    ),
    *model(
        "operations.notification",
        WORKERS,
        owner=roles.COMPLIANCE_OFFICER,
        acts=by(
            WORKERS,
            302,
            form={"action": "mark_all_read", "_selected_action": "$operations.notification"},
        ),
    ),
    row(
        "admin:operations_notification_read",
        of="operations.notification",
        owner=roles.COMPLIANCE_OFFICER,
        POST=by(WORKERS, 302),
    ),
]

RULE = {
    "name": "club-card",
    "label": "ACCOUNT",
    "kind": "cue",
    "text": "club card",
    "note": "It is needed.",
}
OPERATIONS += [
    *model(
        "operations.maskingrule",
        EVIDENCE,
        add=OFFICER,
        change=OFFICER,
        added=Use(answer=302, form={**RULE, "name": "another"}),
        changed=Use(answer=302, form={**RULE, "text": "the club's card"}),
    ),
    *(
        row(
            f"admin:operations_maskingrule_{verb}",
            of=f"operations.maskingrule.{state}",
            POST=by(OFFICER, 302, form=REASON),
        )
        for verb, state in (
            ("switch_off", "on"),
            ("switch_on", "off"),
            ("remove", "doomed"),
        )
    ),
    row(
        "admin:operations_maskingrule_try",
        GET=by(OFFICER | DPO),
        POST=by(
            OFFICER | DPO, form={"text": "My pin is 4821", "policy": "strict", "language": "en"}
        ),
    ),
]

RETENTION = [
    *model("retention.retentionpolicy", LOOKERS),
    row(
        "admin:retention_retentionpolicy_ask",
        values={"code": "voice_recordings"},
        GET=by(OFFICER),
        POST=by(OFFICER, 302, form={"days": "20", **REASON}),
    ),
    *model(
        "retention.legalhold",
        LOOKERS,
        add=OFFICER | DPO,
        added=Use(
            answer=302,
            form={"matter": "m", "reason": "r", "custodian": "c", "category": "calls"},
        ),
    ),
    row(
        "admin:retention_legalhold_release",
        of="retention.legalhold",
        seen=LOOKERS,
        POST=by(OFFICER | DPO, 302, form=REASON),
    ),
    *model("retention.retentionrun", LOOKERS),
    row("admin:retention_retentionrun_preview", POST=by(OFFICER | DPO, 302)),
    *model("retention.tombstone", LOOKERS),
]

CONSENT = [
    *model("consent.datasubject", LOOKERS | CARE),
    *model("consent.call", LOOKERS | CARE),
    *model("consent.consentrecord", LOOKERS | CARE),
    *model("consent.purpose", LOOKERS | CARE),
    *model(
        "consent.notice",
        LOOKERS | CARE,
        add=OFFICER | DPO,
        change=OFFICER | DPO,
        added=Use(answer=302, form={"purpose": "$consent.purpose", "language": "en", "text": "x"}),
        changed=Use(
            answer=302, form={"purpose": "$consent.purpose", "language": "en", "text": "y"}
        ),
    ),
    row(
        "admin:consent_notice_publish",
        of="consent.notice",
        seen=LOOKERS | CARE,
        POST=by(OFFICER, 302),
    ),
    *model(
        "consent.jurisdiction",
        LOOKERS | CARE,
        add=OFFICER | DPO,
        change=OFFICER | DPO,
        added=Use(answer=302, form={"code": "FR-IDF", **PLACE}),
        changed=Use(answer=302, form=PLACE),
    ),
]

CONTENT = [
    *model("phi.voicerecording", LOOKERS | CARE),
    row(
        "admin:phi_voicerecording_play",
        of="phi.voicerecording",
        GET=by(OFFICER | DPO | CARE, 302),
        POST=by(OFFICER | DPO | CARE, form={"purpose_of_use": "operations"}),
    ),
    row(
        "admin:phi_voicerecording_mute",
        of="phi.voicerecording",
        GET=by(OFFICER | DPO, 302),
        POST=by(OFFICER | DPO, 302),
    ),
    # Without the grant that the player gives to one person for one purpose: refused to all.
    row(
        "admin:phi_voicerecording_audio",
        of="phi.voicerecording",
        seen=OFFICER | DPO | CARE,
        GET=by(NOBODY),
    ),
    *model("phi.voiceprofile", LOOKERS),
    row(
        "admin:phi_voiceprofile_end",
        of="phi.voiceprofile",
        GET=by(OFFICER | DPO),
        POST=by(OFFICER | DPO, 302, form=REASON),
    ),
    *model("phi.voiceprofiledestruction", LOOKERS),
    row(
        "admin:phi_voiceprofiledestruction_confirm",
        of="phi.voiceprofiledestruction",
        POST=by(OFFICER | DPO, 302, form=REASON),
    ),
    *model("phi.transcript", LOOKERS | CARE),
    row(
        "admin:phi_transcript_original",
        of="phi.transcript",
        GET=by(OFFICER | DPO | CARE, 302),
        POST=by(OFFICER | DPO | CARE, form={"purpose_of_use": "operations"}),
    ),
    row(
        "admin:phi_transcript_search",
        GET=by(OFFICER | DPO),
        POST=by(OFFICER | DPO, form={"text": "help", "language": "en"}),
    ),
    row("admin:phi_transcript_index", POST=by(OFFICER | DPO, 302)),
]

DISCLOSED = {
    "disclosed_at": "2026-03-01 10:00",
    "recipient": "An office",
    "description": "One result",
    "purpose": "A notice",
    "authority": "512f",
}
WHO = [
    *model("phi.access", EVIDENCE),
    row("admin:phi_access_of", of="consent.datasubject", GET=by(EVIDENCE)),
    row(
        "admin:phi_access_export",
        of="consent.datasubject",
        POST=by(EVIDENCE, form={"format": "csv"}),
    ),
    *model("phi.disclosure", LOOKERS),
    row(
        "admin:phi_disclosure_record",
        of="consent.datasubject",
        GET=by(OFFICER | DPO),
        POST=by(OFFICER | DPO, 302, form=DISCLOSED),
    ),
    row(
        "admin:phi_disclosure_statement",
        of="consent.datasubject",
        GET=by(OFFICER | DPO),
        POST=by(OFFICER | DPO, 302, form={"asked_on": "2026-03-01"}),
    ),
    row(
        "admin:phi_disclosure_correct",
        of="phi.disclosure",
        GET=by(OFFICER | DPO),
        POST=by(OFFICER | DPO, 302, form=DISCLOSED),
    ),
    row(
        "admin:phi_disclosure_suspend",
        of="phi.disclosure",
        GET=by(OFFICER | DPO),
        POST=by(
            OFFICER | DPO,
            302,
            form={"form": "oral", "agency": "Police", "stated_on": "2026-03-01"},
        ),
    ),
    *model("phi.statementissued", LOOKERS),
    row(
        "admin:phi_statementissued_download",
        of="phi.statementissued",
        POST=by(OFFICER | DPO),
    ),
]

HEALTH = [
    *model("phi.healthrecord", LOOKERS | CARE),
    row(
        "admin:phi_healthrecord_read",
        of="phi.healthrecord",
        GET=by(OFFICER | CARE, 302),
        POST=by(OFFICER | CARE, form={"purpose_of_use": "patient_request"}),
    ),
    row("admin:phi_healthrecord_accesses", GET=by(EVIDENCE), POST=by(EVIDENCE)),
    *model(
        "phi.carerelationship",
        LOOKERS | CARE,
        add=OFFICER | DPO,
        added=Use(
            answer=302,
            form={
                "person": "$accounts.user.carer",
                "subject": "$consent.datasubject",
                "kind": "covering",
                "starts_at_0": "2020-01-01",
                "starts_at_1": "00:00:00",
                "ends_at_0": "2020-02-01",
                "ends_at_1": "00:00:00",
            },
        ),
    ),
    row(
        "admin:phi_carerelationship_end",
        of="phi.carerelationship",
        POST=by(OFFICER | DPO, 302),
    ),
    *model("phi.breakglass", LOOKERS | CARE),
    *(
        row(
            f"admin:phi_breakglass_{name}",
            of="phi.breakglass",
            POST=by(OFFICER | DPO, 302, form=REASON),
        )
        for name in ("justify", "condemn")
    ),
    row(
        "admin:phi_breakglass_open",
        of="consent.datasubject",
        GET=by(CARE),
        POST=by(CARE, 302, form={"reason": "Found unconscious", "understood": "on"}),
    ),
    *model("phi.minimumnecessary", LOOKERS | CARE),
    row(
        "admin:phi_minimumnecessary_ask",
        values={"role": "care staff", "data_type": "diagnosis"},
        GET=by(OFFICER),
        POST=by(OFFICER, 302, form={"purposes": ["treatment"], **REASON}),
    ),
]

ETHICS = [
    *model(
        "aiethics.disclosure",
        LOOKERS,
        add=OFFICER,
        added=Use(answer=302, form={"interaction": "greeting", "language": "en", "text": "x"}),
    ),
    *model("aiethics.spokendisclosure", LOOKERS),
]

ROWS = [*AUDIT, *ACCOUNTS, *OPERATIONS, *RETENTION, *CONSENT, *CONTENT, *WHO, *HEALTH, *ETHICS]
