"""Who looked at a person's data: narrowed, paged, and handed out as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from audit.services import record
from core import reports
from core.actors import Actor
from core.errors import Invalid
from core.reports import Column, Document, Fact, Section, Table
from phi.days import zone
from phi.models import Access
from phi.titles import Shown, shown

MOST = {"csv": 50_000, "pdf": 2_000}
HEADER = (
    *("accessed_at", "actor_kind", "actor_id", "actor_name", "kind", "object_type", "object_id"),
    *("purpose_of_use", "granted_by", "event_id"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which looks: by whom (the actor's id), of what kind, between which of the controller's
    days, both included. Empty: all."""

    actor_id: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None


def looks(subject_id: UUID, asked: Asked) -> QuerySet[Access]:
    """The looks at a person's data, the newest first."""
    rows = Access.objects.filter(subject_id=subject_id)
    if asked.actor_id:
        rows = rows.filter(actor_id=asked.actor_id)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.first is not None:
        rows = rows.filter(accessed_at__gte=datetime.combine(asked.first, time(), zone()))
    if asked.last is not None:
        after = asked.last + timedelta(days=1)
        rows = rows.filter(accessed_at__lt=datetime.combine(after, time(), zone()))
    return rows.order_by("-accessed_at", "-id")


def lookers(subject_id: UUID) -> list[tuple[str, str]]:
    """Who looked at all: id and name, by name."""
    rows = Access.objects.filter(subject_id=subject_id).order_by()
    found = dict(rows.values_list("actor_id", "actor_name").distinct())
    return sorted(found.items(), key=lambda each: each[1].casefold())


@transaction.atomic
def export(
    *, actor: Actor, subject: Model, asked: Asked, format_: str, names: bool = False
) -> reports.Rendered:
    """The looks as ``csv`` (for officers, whole) or ``pdf`` (for the person: ``names`` says
    whether staff are named, which is weighed by request: GDPR 15; CJEU C-579/21).

    Raises Invalid for another format, or for more looks than a file takes.
    """
    if format_ not in MOST:
        raise Invalid(errors={"format": ["Use csv or pdf."]})
    rows = list(looks(subject.pk, asked)[: MOST[format_] + 1])
    if len(rows) > MOST[format_]:
        raise Invalid(
            errors={"format": [f"More than {MOST[format_]:,} looks: ask for a shorter time."]}
        )
    if format_ == "csv":
        cells = [[_cell(getattr(row, name)) for name in HEADER] for row in rows]
        made = reports.Rendered(reports.csv_bytes(HEADER, cells), "text/csv; charset=utf-8", "csv")
    else:
        words = [shown(row) for row in rows]
        made = reports.render(_document(subject.pk, asked, words, names), "pdf")
    record(
        actor=actor,
        event_type="accesses",
        action="exported",
        obj=subject,
        details={
            "format": format_,
            "rows": len(rows),
            "from": asked.first,
            "to": asked.last,
            "kind": asked.kind or None,
            "named": names,
        },
    )
    return made


def _cell(value: object) -> object:
    return reports.plain(value) if isinstance(value, datetime) else value


def _document(subject_id: UUID, asked: Asked, rows: list[Shown], names: bool) -> Document:
    here = zone()
    period = f"{asked.first or 'the beginning'} to {asked.last or 'today'}"
    return Document(
        code="who_looked",
        title="Who looked at your data",
        organisation=settings.ORGANISATION,
        parameters={},
        moment=timezone.now(),
        note="Each time that somebody opened your data here, the newest first."
        + ("" if names else " Members of staff are not named."),
        facts=(
            Fact("subject", "You are known here as", str(subject_id)),
            Fact("period", "Covers", period),
            Fact("looks", "Times", len(rows)),
            Fact("zone", "Times are those of", str(here)),
        ),
        sections=(
            Section(
                "looks",
                "Looks",
                note="" if rows else "Nobody looked in this time.",
                table=Table(
                    (
                        Column("at", "When", number=True),
                        Column("by", "By whom"),
                        Column("what", "What"),
                        Column("purpose", "Purpose"),
                    ),
                    tuple(
                        (
                            f"{row.at.astimezone(here):%Y-%m-%d %H:%M}",
                            row.who if names or row.actor_kind != "Person" else "A member of staff",
                            row.what,
                            row.purpose or None,
                        )
                        for row in rows
                    ),
                )
                if rows
                else None,
            ),
        ),
    )
