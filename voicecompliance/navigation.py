"""The admin's sidebar: what the person may open, grouped by what they come to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.rolespage import may_see
from operations.admin.maskingtrial import TRY
from operations.admin.reports import open_to

# Group: (label, model, icon). A model is shown to those who may view it.
GROUPS: dict[str, list[tuple[str, str, str]]] = {
    "Calls and consent": [
        ("Data subjects", "consent.datasubject", "person"),
        ("Calls", "consent.call", "call"),
        ("Consent records", "consent.consentrecord", "how_to_reg"),
        ("Notices", "consent.notice", "campaign"),
        ("Purposes", "consent.purpose", "flag"),
        ("Places", "consent.jurisdiction", "public"),
    ],
    "Recordings": [
        ("Recordings", "phi.voicerecording", "graphic_eq"),
        ("Transcripts", "phi.transcript", "notes"),
        ("Voice profiles", "phi.voiceprofile", "fingerprint"),
        ("Profiles destroyed", "phi.voiceprofiledestruction", "delete_sweep"),
    ],
    "Masking": [
        ("Masking rules", "operations.maskingrule", "visibility_off"),
    ],
    "Health records": [
        ("Health records", "phi.healthrecord", "health_and_safety"),
        ("Care relationships", "phi.carerelationship", "diversity_1"),
        ("Break-glass accesses", "phi.breakglass", "e911_emergency"),
        ("Minimum necessary", "phi.minimumnecessary", "filter_alt"),
    ],
    "Who looked, and who was told": [
        ("Who looked", "phi.access", "visibility"),
        ("Disclosures", "phi.disclosure", "outbox"),
        ("Accountings of disclosures", "phi.statementissued", "receipt_long"),
    ],
    "Responsible AI": [
        ("AI disclosures", "aiethics.disclosure", "record_voice_over"),
        ("Spoken disclosures", "aiethics.spokendisclosure", "check_circle"),
    ],
    "Retention": [
        ("Policies", "retention.retentionpolicy", "timer"),
        ("Legal holds", "retention.legalhold", "gavel"),
        ("Sweeps", "retention.retentionrun", "cleaning_services"),
        ("Tombstones", "retention.tombstone", "delete_forever"),
    ],
    "Work": [
        ("Approvals", "operations.approval", "group"),
        ("Jobs", "operations.job", "hourglass_top"),
        ("Notifications", "operations.notification", "notifications"),
    ],
    "Evidence": [
        ("Audit events", "audit.auditevent", "fact_check"),
        ("Access reviews", "audit.accessreview", "rate_review"),
        ("Checkpoints", "audit.checkpoint", "verified"),
        ("Outside copies", "audit.publication", "cloud_upload"),
        ("Wrapping keys", "vault.wrappingkey", "passkey"),
        ("Data keys", "vault.datakey", "key"),
    ],
    "People and applications": [
        ("People", "accounts.user", "badge"),
        ("Voice applications", "accounts.voiceapplication", "smart_toy"),
        ("API keys", "accounts.apikey", "vpn_key"),
        ("Admin sessions", "accounts.adminsession", "devices"),
        ("Session tokens", "accounts.sessiontoken", "token"),
    ],
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's navigation for this person; nothing is shown that they may not open."""
    groups: list[dict[str, Any]] = [
        {"items": [{"title": "Start", "icon": "home", "link": reverse("admin:index")}]}
    ]
    for title, entries in GROUPS.items():
        items = [
            {"title": label, "icon": icon, "link": _link(model)}
            for label, model, icon in entries
            if request.user.has_perm("{}.view_{}".format(*model.split(".")))  # type: ignore[union-attr]
        ]
        if title == "Masking" and request.user.has_perm(TRY):  # type: ignore[union-attr]
            page = reverse("admin:operations_maskingrule_try")
            items.append({"title": "Try masking", "icon": "experiment", "link": page})
        if title == "People and applications" and may_see(request):
            page = reverse("admin:roles")
            items.append({"title": "Roles", "icon": "rule_settings", "link": page})
        if title == "Evidence" and open_to(request):
            page = reverse("admin:operations_job_reports")
            items.append({"title": "Reports", "icon": "summarize", "link": page})
        if items:
            groups.append({"title": title, "collapsible": False, "items": items})
    return _marked(groups, request.path)


def _marked(groups: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    """With the one entry marked that the path lies below most nearly: a list's own further page
    has an entry of its own, and the list's would be marked beside it."""
    links = [item["link"] for group in groups for item in group["items"]]
    nearest = max((link for link in links if path.startswith(link)), key=len, default="")
    for group in groups:
        for item in group["items"]:
            if item["link"] != nearest and path.startswith(item["link"]):
                item["active"] = False
    return groups


def _link(model: str) -> str:
    return reverse("admin:{}_{}_changelist".format(*model.split(".")))
