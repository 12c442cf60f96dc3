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
from phi.services import breakglass, care, health


def record_parts(request: HttpRequest, record: HealthRecord) -> dict[str, Any]:
    """The way to the content, for those who may read it."""
    user: Any = request.user
    data_type = DataType(record.data_type)
    return {
        "record": record,
        "form": purpose_form("health") if user.has_perm(health.READ) else None,
        "law": SPECIALLY_PROTECTED.get(data_type, ""),
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
    return {
        "grant": grant,
        "types": sorted(
            (
                {
                    "title": DataType(row["data_type"]).label,
                    "law": SPECIALLY_PROTECTED.get(DataType(row["data_type"]), ""),
                    "n": row["n"],
                    "latest": row["latest"],
                    "link": f"{listed}?q={subject.pk}&data_type={row['data_type']}",
                }
                for row in rows
            ),
            key=lambda each: each["title"],
        ),
    }


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
