"""The verbs of retention: another keep time, a hold and its release, a subject's export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import record
from core import inventory
from core.actors import Actor
from core.errors import Conflict, Invalid, NotFound
from operations.models import Approval, Job
from operations.permissions import require_person
from operations.services import request_approval, start_job
from retention.locks import lock_holds
from retention.models import LegalHold
from retention.schedule import bounds

POLICY_KIND = "retention.policy"
RELEASE_KIND = "retention.release_hold"
PREVIEW_KIND = "retention.preview"


def check_days(code: str, days: int) -> None:
    """Raises Invalid for an unknown kind, or days outside what its declaration allows."""
    try:
        declaration = inventory.get(code)
    except KeyError:
        raise Invalid(errors={"code": ["There is no such kind of data."]}) from None
    least, most = bounds(declaration)
    most = min(most or 36500, 36500)
    if not least <= days <= most:
        raise Invalid(errors={"days": [f"{code} may be kept {least} to {most} days."]})


def request_policy(
    *,
    actor: Actor,
    code: str,
    days: int,
    reason: str,
    effective_from: datetime | None = None,
) -> Approval:
    """Ask that kind ``code`` be kept ``days`` days, from a moment on or from the approval.

    Raises Invalid outside the declaration's bounds or for a moment that has passed, Forbidden
    without ``retention.set_policy``.
    """
    check_days(code, days)
    if effective_from is not None and effective_from <= timezone.now():
        raise Invalid(errors={"effective_from": ["A keep time cannot change in the past."]})
    return request_approval(
        actor=actor,
        kind=POLICY_KIND,
        reason=reason,
        parameters={"code": code, "days": days, "effective_from": effective_from},
        object_label="retention.RetentionPolicy",
        object_id=code,
    )


@transaction.atomic
def place_hold(
    *,
    actor: Actor,
    matter: str,
    reason: str,
    custodian: str,
    subject_id: UUID | None = None,
    call_id: UUID | None = None,
    category: str = "",
    period_from: datetime | None = None,
    period_to: datetime | None = None,
) -> LegalHold:
    """Hold what matches every criterion given, from now until it is released.

    One person may place a hold: it destroys nothing. Waits for a batch of the deleter that is
    under way, so that nothing matching goes after this returns. Raises Invalid without a
    criterion, for an unknown kind or a period that runs backwards; Forbidden without
    ``retention.place_hold``.
    """
    require_person(actor, "retention.place_hold")
    errors: dict[str, list[str]] = {}
    for name, value, most in (
        ("matter", matter, 120),
        ("reason", reason, 500),
        ("custodian", custodian, 200),
    ):
        if not 1 <= len(value.strip()) <= most:
            errors[name] = [f"Give 1 to {most} characters."]
    if category and category not in {each.code for each in inventory.declarations()}:
        errors["category"] = ["There is no such kind of data."]
    if not (subject_id or call_id or category or period_from or period_to):
        errors["body"] = ["Say what is held: a subject, a call, a kind or a period."]
    if period_from and period_to and period_from > period_to:
        errors["period_to"] = ["The period ends before it starts."]
    if errors:
        raise Invalid(errors=errors)
    lock_holds(exclusive=True)
    hold = LegalHold.objects.create(
        matter=matter.strip(),
        reason=reason.strip(),
        custodian=custodian.strip(),
        subject_id=subject_id,
        call_id=call_id,
        category=category,
        period_from=period_from,
        period_to=period_to,
        placed_by_id=actor.id,
        placed_by_name=actor.name,
        placed_at=timezone.now(),
    )
    record(
        actor=actor,
        event_type="retention",
        action="hold_placed",
        obj=hold,
        details={
            "matter": hold.matter,
            "reason": hold.reason,
            "subject_id": subject_id,
            "call_id": call_id,
            "category": category,
            "period_from": period_from,
            "period_to": period_to,
        },
    )
    return hold


@transaction.atomic
def request_release(*, actor: Actor, hold_id: UUID, reason: str) -> Approval:
    """Ask that a hold be released; another person decides.

    Raises NotFound, Conflict when it is released already or its release was asked for,
    Forbidden without ``retention.release_hold``.
    """
    hold = LegalHold.objects.select_for_update().filter(pk=hold_id).first()
    if hold is None:
        raise NotFound()
    if hold.released_at is not None:
        raise Conflict("The hold is released already.", code="already-released")
    asked = Approval.objects.open(timezone.now()).filter(kind=RELEASE_KIND, object_id=str(hold.pk))
    if asked.exists():
        raise Conflict("Its release waits for a decision already.", code="already-requested")
    return request_approval(
        actor=actor,
        kind=RELEASE_KIND,
        reason=reason,
        parameters={"hold_id": hold.pk},
        object_label=LegalHold._meta.label,
        object_id=hold.pk,
    )


def start_preview(*, actor: Actor) -> Job:
    """Start the job that lists what would go now. Forbidden without ``retention.preview``."""
    return start_job(actor=actor, kind=PREVIEW_KIND)


def export_subject(subject_id: UUID) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Everything held about a subject, kind by kind, as each kind's owner exports it.

    A read: whoever hands the data out audits that (GDPR art. 15; HIPAA 164.524).
    """
    for declaration in inventory.declarations():
        rows = list(declaration.export(subject_id))
        if rows:
            yield declaration.code, rows
