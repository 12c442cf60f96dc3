"""Health records as parts of admin pages: of a record's own and of a data subject's."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from core import panels
from core.panels import Panel
from phi.models import SPECIALLY_PROTECTED, DataType, HealthRecord
from phi.panels import purpose_form
from phi.services import breakglass, care, health, minimum

PROTECTED = "specially_protected"
"""In place of the types that somebody may not see named: no type's own code."""


def title_of(shown: str) -> str:
    """A type's title, or that of all which are not named."""
    return "Specially protected" if shown == PROTECTED else str(DataType(shown).label)


def named_types(request: HttpRequest) -> set[str]:
    """The types whose names the person may see (45 CFR 164.502(b)), looked up once a request."""
    user: Any = request.user
    found: set[str] | None = vars(request).get("named_health_types")
    if found is None:
        found = vars(request)["named_health_types"] = minimum.named_types(user.role_codes)
    return found


def record_parts(request: HttpRequest, record: HealthRecord) -> dict[str, Any]:
    """The way to the content, for those who may read it."""
    user: Any = request.user
    named = record.data_type in named_types(request)
    return {
        "record": record,
        "form": purpose_form("health") if user.has_perm(health.READ) else None,
        "law": SPECIALLY_PROTECTED.get(DataType(record.data_type), "") if named else "",
        "grant": _grant(user, record.subject_id),
    }


def subject_records(request: HttpRequest, subject: Any) -> dict[str, Any]:
    """How many records of which type there are; to care staff of their own patients alone. To
    the others it does not say whether there is any, and shows how the glass is broken."""
    user: Any = request.user
    grant = _grant(user, subject.pk)
    hidden = care.is_bound(user) and grant is None
    if hidden and not care.has_relationship(user, subject.pk, timezone.now()):
        may_break = user.has_perm(breakglass.BREAK) and subject.anonymised_at is None
        page = reverse("admin:phi_breakglass_open", args=[subject.pk])
        return {"locked": True, "open": page if may_break else ""}
    rows = (
        HealthRecord.objects.filter(subject_id=subject.pk)
        .order_by()
        .values("data_type")
        .annotate(n=Count("id"), latest=Max("recorded_at"))
    )
    listed = reverse("admin:phi_healthrecord_changelist")
    named = named_types(request)
    types: dict[str, dict[str, Any]] = {}
    for row in rows:
        shown = row["data_type"] if row["data_type"] in named else PROTECTED
        line = types.setdefault(
            shown,
            {
                "title": title_of(shown),
                "law": "" if shown == PROTECTED else SPECIALLY_PROTECTED.get(DataType(shown), ""),
                "n": 0,
                "latest": row["latest"],
                "link": f"{listed}?q={subject.pk}&data_type={shown}",
            },
        )
        line["n"] += row["n"]
        line["latest"] = max(line["latest"], row["latest"])
    return {"grant": grant, "types": sorted(types.values(), key=lambda each: each["title"])}


def _grant(user: Any, subject_id: Any) -> Any:
    if not care.is_bound(user):
        return None
    return breakglass.live_grant(user, subject_id, timezone.now())


def register() -> None:
    """Put the parts on their pages."""
    panels.add(
        Panel(
            model="phi.HealthRecord",
            title="Content",
            template="phi/health_panel.html",
            context=record_parts,
            permission="phi.view_healthrecord",
            order=10,
        )
    )
    panels.add(
        Panel(
            model="consent.DataSubject",
            title="Health records",
            template="phi/health_types_panel.html",
            context=subject_records,
            permission="phi.view_healthrecord",
            order=10,
        )
    )
