"""What takes two people: another keep time, and the release of a hold."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone

from audit.services import record
from core.actors import Actor
from core.errors import Conflict
from operations.approvals import approval_kind
from operations.models import Approval
from retention.models import LegalHold, RetentionPolicy
from retention.services import POLICY_KIND, RELEASE_KIND, check_days


def _effective(approval: Approval) -> datetime | None:
    value = approval.parameters.get("effective_from")
    return None if value is None else datetime.fromisoformat(value).astimezone(UTC)


def _describe_policy(approval: Approval) -> str:
    start = _effective(approval)
    when = "at once" if start is None else f"from {start:%Y-%m-%d %H:%M} UTC"
    return (
        f"{approval.parameters['code']} will be kept for {approval.parameters['days']} days,"
        f" {when}. What is older then goes with the next hourly sweep."
    )


@approval_kind(
    POLICY_KIND,
    title="Another keep time",
    permission="retention.set_policy",
    describe=_describe_policy,
)
def set_policy(approval: Approval, actor: Actor) -> RetentionPolicy:
    """Write the new version. Raises Invalid where the bounds have changed since it was asked."""
    code, days = approval.parameters["code"], approval.parameters["days"]
    check_days(code, days)
    now = timezone.now()
    policy = RetentionPolicy.objects.create(
        code=code,
        days=days,
        reason=approval.reason,
        # Never backwards: a start that passed while the request waited is now.
        effective_from=max(_effective(approval) or now, now),
        approval_id=approval.pk,
        set_by_id=approval.requested_by_id,
        set_by_name=approval.requested_by_name,
        approved_by_id=actor.id,
        approved_by_name=actor.name,
        created_at=now,
    )
    record(
        actor=actor,
        event_type="retention",
        action="policy_set",
        obj=policy,
        details={
            "code": code,
            "days": days,
            "effective_from": policy.effective_from,
            "reason": policy.reason,
            "asked_by": policy.set_by_id,
        },
    )
    return policy


def _describe_release(approval: Approval) -> str:
    return (
        f"Legal hold {approval.parameters['hold_id']} will be released. What it kept and what has"
        " ended since goes with the next hourly sweep, unless another hold binds it."
    )


@approval_kind(
    RELEASE_KIND,
    title="Release of a legal hold",
    permission="retention.release_hold",
    describe=_describe_release,
)
def release_hold(approval: Approval, actor: Actor) -> LegalHold:
    """Release the hold. Raises Conflict when it is released already."""
    hold = LegalHold.objects.select_for_update().get(pk=UUID(approval.parameters["hold_id"]))
    if hold.released_at is not None:
        raise Conflict("The hold is released already.", code="already-released")
    hold.released_at = timezone.now()
    hold.released_by_id, hold.released_by_name = actor.id, actor.name
    hold.save(update_fields=["released_at", "released_by_id", "released_by_name"])
    record(
        actor=actor,
        event_type="retention",
        action="hold_released",
        obj=hold,
        details={"matter": hold.matter, "reason": approval.reason},
    )
    return hold
