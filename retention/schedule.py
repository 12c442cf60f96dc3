"""When things end, and what decides it. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import (
    BinaryField,
    BooleanField,
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields import UUIDField

from core.fields import EncryptedTextField
from core.inventory import Declaration
from retention.models import LegalHold, RetentionPolicy
from retention.querysets import CLOCK

DEFAULT, POLICY, HOLD = "default", "policy", "hold"
SUBJECT = "retention_subject"
HELD_BY = "retention_hold"
OVER = "retention_over"


@dataclass(frozen=True, slots=True)
class Keep:
    """How long a kind stays now: ``days``, and whether a ``policy`` or the ``default`` says so."""

    declaration: Declaration
    days: int
    decided_by: str

    def cutoff(self, now: datetime) -> datetime:
        """What started at or before this has ended by ``now`` (UTC)."""
        return self.declaration.keep.cutoff(now, self.days)

    def end(self, start: datetime) -> datetime:
        """When what started then ends."""
        return self.declaration.keep.end(start, self.days)

    @property
    def reason(self) -> str:
        """In words: what decides the end."""
        by = "a policy" if self.decided_by == POLICY else "the default"
        return f"kept for {self.days} days by {by}"


def keep_of(
    declaration: Declaration, now: datetime, policies: dict[str, int] | None = None
) -> Keep:
    """The keep time of a kind at ``now`` (UTC). ``policies`` saves the query for many kinds."""
    if policies is None:
        policies = RetentionPolicy.objects.filter(code=declaration.code).days_by_code(now)
    days = policies.get(declaration.code)
    if days is None:
        return Keep(declaration, declaration.keep.days, DEFAULT)
    return Keep(declaration, days, POLICY)


_STARTS = [datetime(year, month, 1, tzinfo=UTC) for year in range(2023, 2031) for month in (1, 3)]


def bounds(declaration: Declaration) -> tuple[int, int | None]:
    """The least and the most days that a policy may set; the most is None without a ceiling.

    Calendar bounds are turned into days generously: they bind row by row whatever the policy.
    """

    def lengths(period: relativedelta) -> list[int]:
        return [(start + period - start).days for start in _STARTS]

    keep = declaration.keep
    least = 1 if keep.floor is None else min(min(lengths(keep.floor)), keep.days)
    most = None if keep.ceiling is None else max(max(lengths(keep.ceiling)), keep.days)
    return max(1, least), most


def rows_of(declaration: Declaration) -> QuerySet[Any]:
    """The kind's rows that still count, each with its clock and its subject's id (or null).

    Ciphertext columns are deferred: what is to be destroyed is not decrypted first, and a row
    that no longer decrypts can still go.
    """
    clock = F(declaration.clock) if isinstance(declaration.clock, str) else declaration.clock
    subject: Any = Value(None, output_field=UUIDField(null=True))
    if declaration.subject_path is not None:
        subject = F(declaration.subject_path)
    sealed = [
        field.name
        for field in declaration.model._meta.concrete_fields
        if isinstance(field, EncryptedTextField | BinaryField)
    ]
    rows = declaration.model._base_manager.filter(declaration.live)
    return rows.annotate(**{CLOCK: clock, SUBJECT: subject}).defer(*sealed)


def with_over(rows: QuerySet[Any], declaration: Declaration, now: datetime) -> QuerySet[Any]:
    """The rows, each with whether what it was kept for has ended by ``now`` (UTC)."""
    over: Any = Value(False, BooleanField())
    if declaration.over is not None:
        over = Case(When(declaration.over(now), then=True), default=False)
    return rows.annotate(**{OVER: over})


def ended(keep: Keep, now: datetime) -> QuerySet[Any]:
    """Rows past their end at ``now``, held or not; each with the id of a hold that binds it.

    Without those that something still kept refers to: what is held below holds what it hangs on.
    """
    declaration = keep.declaration
    cutoff = keep.cutoff(now)
    holds = LegalHold.objects.binding_rows_of(declaration).order_by("pk")
    past = Q(**{f"{CLOCK}__lte": cutoff})
    if declaration.starts is not None:
        past &= Q(**{f"{declaration.starts}__lte": cutoff})
    if declaration.over is not None:
        past |= declaration.over(now)
    rows = with_over(rows_of(declaration), declaration, now).filter(declaration.deletable, past)
    for child, field in declaration.children():
        below = child.model._base_manager.filter(**{field: OuterRef("pk")})
        rows = rows.exclude(Exists(below))
    return rows.annotate(**{HELD_BY: Subquery(holds.values("pk")[:1])})


@dataclass(frozen=True, slots=True)
class Explanation:
    """When a row goes (None: never so far) and why: ``decided_by`` policy, default or hold."""

    ends: datetime | None
    decided_by: str
    days: int
    hold_id: UUID | None
    sentence: str


def explain(declaration: Declaration, row: Any, now: datetime) -> Explanation:
    """When ``row`` goes at the earliest, and what decides it, as of ``now`` (UTC)."""
    keep = keep_of(declaration, now)
    holds = LegalHold.objects.binding_rows_of(declaration).order_by("pk")
    found = (
        with_over(rows_of(declaration), declaration, now)
        .filter(pk=row.pk)
        .annotate(**{HELD_BY: Subquery(holds.values("pk")[:1])})
        .values_list(CLOCK, HELD_BY, OVER)
        .first()
    )
    if found is None:
        return Explanation(None, keep.decided_by, keep.days, None, "Gone already.")
    clock, hold_id, over = found
    if over and hold_id is None:
        sentence = f"Goes with the next sweep: {declaration.over_reason}."
        return Explanation(now, keep.decided_by, keep.days, None, sentence)
    if clock is None:
        sentence = "No end yet: the moment that its time runs from has not come."
        return Explanation(None, keep.decided_by, keep.days, hold_id, sentence)
    ends = keep.end(clock)
    when = f"{ends.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if hold_id is not None:
        sentence = f"Stays while legal hold {hold_id} binds it; else it goes on {when}."
        return Explanation(ends, HOLD, keep.days, hold_id, sentence)
    for child, field in declaration.children():
        if child.model._base_manager.filter(**{field: row.pk}).exists():
            sentence = f"Stays as long as something of it is kept: {child.title}."
            return Explanation(ends, keep.decided_by, keep.days, None, sentence)
    sentence = f"Goes on {when}: {keep.reason}"
    plain = clock + timedelta(days=keep.days)
    if ends > plain:
        sentence += ", and never before its least keep time"
    elif ends < plain:
        sentence += ", and never after its longest keep time"
    return Explanation(ends, keep.decided_by, keep.days, None, f"{sentence}.")
