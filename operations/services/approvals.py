"""Four eyes: one person asks, another decides, and the act happens in the deciding transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import Severity, record
from core.actors import PERSON, Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from operations import approvals
from operations.models import Approval
from operations.permissions import may, require_person
from operations.services.notifications import notify, notify_holders

DECIDE = "operations.decide_approval"
OPEN_FOR = timedelta(days=14)
PERSON_LABEL = "accounts.User"
"""The object of an approval that is about a person, who then does not decide."""


def _page(approval: Approval) -> str:
    return reverse("admin:operations_approval_change", args=[approval.pk])


def _reason(reason: str) -> str:
    given = reason.strip()
    if not given or len(given) > 500:
        raise Invalid(errors={"reason": ["Give a reason of 1 to 500 characters."]})
    return given


@transaction.atomic
def request_approval(
    *,
    actor: Actor,
    kind: str,
    reason: str,
    parameters: Mapping[str, Any] | None = None,
    object_label: str = "",
    object_id: object = "",
    open_for: timedelta = OPEN_FOR,
) -> Approval:
    """Ask for an act of a registered ``kind``; whoever may decide is told.

    Raises Invalid for an unknown kind or no reason, Forbidden for anybody but a person with the
    kind's permission.
    """
    try:
        registered = approvals.get(kind)
    except KeyError:
        raise Invalid(errors={"kind": ["There is no such kind of approval."]}) from None
    require_person(actor, registered.permission)
    now = timezone.now()
    approval = Approval.objects.create(
        kind=kind,
        object_label=object_label,
        object_id=str(object_id),
        parameters=dict(parameters or {}),
        reason=_reason(reason),
        requested_by_id=actor.id,
        requested_by_name=actor.name,
        created_at=now,
        expires_at=now + open_for,
    )
    record(
        actor=actor,
        event_type="approval",
        action="requested",
        obj=approval,
        details={
            "kind": kind,
            "object": f"{object_label} {object_id}".strip(),
            "parameters": approval.parameters,
            "reason": approval.reason,
        },
    )
    notify_holders(
        permission=DECIDE,
        title=f"To decide: {registered.title}",
        body="Another person asked for this. It takes a second one to agree.",
        link=_page(approval),
    )
    return approval


def refusal_for(approval: Approval, actor: Actor, now: datetime) -> Problem | None:
    """Why ``actor`` may not decide on ``approval`` now (UTC); None where they may."""
    if actor.kind != PERSON:
        return Forbidden("Only a person may decide.")
    if approval.state != Approval.State.PENDING:
        return Conflict(f"It is {approval.state} already.", code="already-decided")
    if approval.expires_at <= now:
        return Conflict("It waited too long and has expired.", code="approval-expired")
    if approval.requested_by_id == actor.id:
        return Problem(
            "You asked for this: another person has to decide.",
            code="same-person",
            status=403,
            title="It takes two people",
        )
    if (approval.object_label, approval.object_id) == (PERSON_LABEL, actor.id):
        return Forbidden("It is about you: another person has to decide.", code="own-matter")
    if not may(actor, DECIDE):
        return Forbidden("Your role does not decide on approvals.")
    return None


def _locked(approval_id: UUID) -> Approval:
    approval = Approval.objects.select_for_update().filter(pk=approval_id).first()
    if approval is None:
        raise NotFound()
    return approval


def _lost(approval: Approval) -> Problem | None:
    """Why this can no longer be done for the one who asked; None where it can."""
    try:
        permission = approvals.get(approval.kind).permission
    except KeyError:
        return Conflict("There is no such kind of approval any more.")
    asker = Actor(PERSON, approval.requested_by_id, approval.requested_by_name)
    if not may(asker, permission):
        return Conflict("Who asked for it is not allowed it any more.", code="asker-not-allowed")
    return None


def _decide(actor: Actor, approval_id: UUID, state: str, reason: str) -> Approval:
    now = timezone.now()
    with transaction.atomic():
        approval = _locked(approval_id)
        refusal = refusal_for(approval, actor, now)
        if refusal is None and state == Approval.State.APPROVED:
            refusal = _lost(approval)
        if refusal is None:
            approval.state = state
            approval.decided_by_id, approval.decided_by_name = actor.id, actor.name
            approval.decided_at, approval.decision_reason = now, reason
            approval.save()
            if state == Approval.State.APPROVED:
                approvals.get(approval.kind).apply(approval, actor)
            notify(
                person_id=approval.requested_by_id,
                title=f"Your request was {state}",
                link=_page(approval),
            )
        record(
            actor=actor,
            event_type="approval",
            action=str(state) if refusal is None else "decision_refused",
            obj=approval,
            severity=Severity.INFO if refusal is None else Severity.WARNING,
            details={"kind": approval.kind, "reason": reason}
            | ({} if refusal is None else {"wanted": str(state), "problem": refusal.code}),
        )
    # Raised after the block, so that the refusal's own event stays.
    if refusal is not None:
        raise refusal
    return approval


def approve(*, actor: Actor, approval_id: UUID, reason: str = "") -> Approval:
    """Agree, and do what was asked for in the same transaction. Agreeing twice does it once.

    Raises NotFound; Problem 403 ``same-person`` for the one who asked; Forbidden ``own-matter``
    for the one it is about, and without ``operations.decide_approval``; Conflict when decided or
    expired, and ``asker-not-allowed`` where the one who asked lost the permission or was
    deactivated meanwhile; and what the act raises, which undoes the decision. A refusal is
    audited.
    """
    return _decide(actor, approval_id, Approval.State.APPROVED, reason.strip()[:500])


def reject(*, actor: Actor, approval_id: UUID, reason: str) -> Approval:
    """Refuse, with a reason. Raises as ``approve`` does, and Invalid without a reason."""
    return _decide(actor, approval_id, Approval.State.REJECTED, _reason(reason))


@transaction.atomic
def withdraw(*, actor: Actor, approval_id: UUID) -> Approval:
    """Take back one's own request. Raises NotFound for another's, Conflict once decided."""
    approval = _locked(approval_id)
    if actor.kind != PERSON or approval.requested_by_id != actor.id:
        raise NotFound()
    if approval.state != Approval.State.PENDING:
        raise Conflict(f"It is {approval.state} already.", code="already-decided")
    approval.state = Approval.State.WITHDRAWN
    approval.decided_at = timezone.now()
    approval.save(update_fields=["state", "decided_at"])
    record(
        actor=actor,
        event_type="approval",
        action="withdrawn",
        obj=approval,
        details={"kind": approval.kind},
    )
    return approval


@transaction.atomic
def expire_approvals(*, actor: Actor, now: datetime) -> int:
    """Close what waited past its time (UTC), and tell who asked. Returns how many."""
    overdue = list(Approval.objects.overdue(now).select_for_update(skip_locked=True)[:1000])
    for approval in overdue:
        approval.state, approval.decided_at = Approval.State.EXPIRED, now
        approval.save(update_fields=["state", "decided_at"])
        record(
            actor=actor,
            event_type="approval",
            action="expired",
            obj=approval,
            details={"kind": approval.kind},
        )
        notify(
            person_id=approval.requested_by_id,
            title="Your request expired undecided",
            link=_page(approval),
        )
    return len(overdue)
