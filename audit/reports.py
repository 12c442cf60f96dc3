"""The audit report of a period. Its status comes from checks and from nothing else."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from audit.figures import Figures, figures
from core import accesses, evidence, reports
from core.evidence import FAIL, PASS, UNKNOWN
from core.reports import Column, Document, Fact, Figure, Line, Progress, Section, Table

CODE = "audit"
DEFAULT_DAYS = 30
NOTE = (
    "Counts are of sealed events: what this system saw, and what applications reported to it."
    " What it was never told of is in no count; days are UTC, by the server's time of receipt."
)


class MomentField(forms.Field):
    """An ISO 8601 moment, UTC where it names no zone; a date alone is its first moment (UTC)."""

    widget = forms.DateInput(attrs={"type": "date"})
    default_error_messages = {"invalid": "Give an ISO 8601 date or date and time."}

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        text = str(value).strip()
        try:
            day = parse_date(text)
            moment = datetime.combine(day, time()) if day else parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or not 2000 <= moment.year < 2200:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


class Period(forms.Form):
    """From when, until when (not included). Left out: the thirty days that end with today."""

    # ``from`` is a word of Python's, so the fields are named by hand.
    to = MomentField(required=False, label="To (not included)")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = MomentField(required=False, label="From")
        self.order_fields(["from", "to"])

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        if self.errors:
            return data
        tomorrow = timezone.now().astimezone(UTC).date() + timedelta(days=1)
        end = data.get("to") or datetime.combine(tomorrow, time(), UTC)
        start = data.get("from") or end - timedelta(days=DEFAULT_DAYS)
        if start >= end:
            self.add_error("to", "The end must be after the start.")
        return {"from": start, "to": end}


def build(values: Mapping[str, Any], progress: Progress) -> Document:
    """The report of ``from`` to ``to`` (not included), both UTC."""
    start, end = values["from"], values["to"]
    codes = [check.code for check in evidence.checks() if check.code.startswith("audit.")]
    steps = len(codes) + 1
    progress(0, steps, "counting")
    found = figures(start, end)
    lines = []
    for done, code in enumerate(codes, 1):
        progress(done, steps, code)
        lines.append(reports.line_of(code))
    progress(steps, steps, "")
    point = found.checkpoint
    return Document(
        code=CODE,
        title="Audit report",
        organisation=settings.ORGANISATION,
        parameters={"from": start, "to": end},
        moment=end if point is None else point.signed_at,
        as_of=None
        if point is None
        else {
            "origin": point.origin,
            "size": point.size,
            "root": base64.b64encode(bytes(point.root)).decode(),
            "signed_at": point.signed_at,
        },
        note=NOTE,
        facts=tuple(_facts(found, start, end)),
        checks=(*_period_checks(found, start), *lines),
        sections=tuple(_sections(found)),
    )


def _facts(found: Figures, start: datetime, end: datetime) -> Iterable[Fact]:
    yield Fact("from", "From", start)
    yield Fact("to", "To (not included)", end)
    if found.checkpoint is None:
        yield Fact("checkpoint", "Checkpoint", "none: nothing of the period is sealed")
        return
    point = found.checkpoint
    yield Fact("checkpoint", "Covered by the checkpoint of size", point.size)
    yield Fact("checkpoint_signed_at", "Signed at", point.signed_at)
    yield Fact("checkpoint_root", "Root", base64.b64encode(bytes(point.root)).decode())


def _period_checks(found: Figures, start: datetime) -> Iterable[Line]:
    """What can be said of this period alone."""
    waiting = f"{found.unsealed} events not sealed yet"
    since = found.unsealed_since
    sealed = since is None
    yield Line(
        "period.sealed",
        "Everything received in the period is sealed",
        PASS if sealed else UNKNOWN,
        waiting,
        "Every committed event of the period has its place in the log."
        if since is None
        else f"They are in no count; the oldest waits since {since:%Y-%m-%d %H:%M:%S} UTC.",
        ("HIPAA 164.312(c)(1)",),
    )
    gaps = len(found.gaps)
    yield Line(
        "period.gaps",
        "No gap in sealing",
        FAIL if gaps else PASS,
        f"{gaps} gaps of over 60 seconds",
        "For a time events waited over a minute for their seal; they are sealed now."
        if gaps
        else "No sealed event waited over a minute between two checkpoints.",
        ("HIPAA 164.312(b)",),
    )
    before = found.dropped_before
    cut = before is not None and before > start
    yield Line(
        "period.kept",
        "The log still has the whole period",
        UNKNOWN if cut else PASS,
        "" if before is None else f"months from {before:%Y-%m} are kept",
        "Months of the period were dropped after their keep time; what was received in them is in"
        " no count."
        if cut
        else "No month of the period has been dropped.",
        ("HIPAA 164.316(b)(2)(i)",),
    )


def _sections(found: Figures) -> Iterable[Section]:
    people = sum(1 for kind, id_, _, _ in found.by_actor if id_)
    yield Section(
        "totals",
        "Totals",
        figures=(
            Figure("events", "Events", found.total),
            Figure(
                "reported",
                "Reported by applications",
                sum(count for *_, reported, count in found.by_action if reported),
                "not seen by this system itself",
            ),
            Figure("unique_actors", "Unique actors", people, "that gave an id"),
            Figure("unsealed", "Not sealed yet", found.unsealed, "in no other count"),
            Figure("sealing_gaps", "Gaps in sealing", len(found.gaps), "over 60 seconds"),
        ),
    )
    yield Section(
        "accesses",
        "Looks, exports and failed sign-ins",
        "Each is a count of what this system saw itself; what applications report is in none.",
        figures=tuple(_accesses(found)),
    )
    yield _table("severity", "By severity", (("severity", "Severity"),), found.by_severity)
    yield _table("type", "By type", (("event_type", "Type"),), found.by_type)
    yield _table(
        "action",
        "By type and action",
        (("event_type", "Type"), ("action", "Action"), ("by", "Seen by")),
        (
            (event_type, action, "an application" if reported else "this system", count)
            for event_type, action, reported, count in found.by_action
        ),
    )
    yield _table(
        "actor",
        "By actor",
        (("actor_kind", "Kind"), ("actor_id", "Id"), ("actor_name", "Name")),
        found.by_actor,
    )
    yield _table("day", "By day", (("day", "Day"),), found.by_day)
    yield Section(
        "gaps",
        "Gaps in sealing",
        "Times at which committed events waited over 60 seconds for the next checkpoint, and how"
        " many did.",
        table=Table(
            (
                Column("from", "From"),
                Column("to", "To"),
                Column("size", "Checkpoint", number=True),
                Column("events", "Events", number=True),
            ),
            tuple((gap.opened_at, gap.closed_at, gap.size, gap.events) for gap in found.gaps),
        ),
    )


def _accesses(found: Figures) -> Iterable[Figure]:
    counts = {
        (kind, action): count for kind, action, reported, count in found.by_action if not reported
    }
    for kind in accesses.KINDS:
        pairs = accesses.events_of(kind.code)
        if not pairs:
            yield Figure(kind.code, kind.title, None, "no part of this system records it yet")
            continue
        yield Figure(
            kind.code,
            kind.title,
            sum(counts.get(pair, 0) for pair in pairs),
            ", ".join(sorted(f"{event_type} {action}" for event_type, action in pairs)),
        )


def _table(
    code: str,
    title: str,
    keys: tuple[tuple[str, str], ...],
    rows: Iterable[tuple[Any, ...]],
) -> Section:
    columns = (*(Column(*key) for key in keys), Column("events", "Events", number=True))
    return Section(code, title, table=Table(columns, tuple(rows)))


reports.register(
    reports.Report(
        code=CODE,
        title="Audit report",
        permission="audit.view_auditevent",
        parameters=Period,
        build=build,
        about="What was done in a period, by whom and how often, and how far the log proves it.",
    )
)
