"""What two people do together here."""

from __future__ import annotations

from uuid import UUID

from consent.models import Notice
from consent.services.jurisdictions import CHANGE, FIELDS, change_place
from consent.services.notices import PUBLISH, publish
from core.actors import Actor
from operations.approvals import approval_kind
from operations.models import Approval


def describe(approval: Approval) -> str:
    notice = Notice.objects.filter(id=approval.parameters["notice_id"]).first()
    return "" if notice is None else f"These words take effect at once: “{notice.text}”"


@approval_kind(
    PUBLISH,
    title="Publish a notice",
    permission="consent.publish_notice",
    describe=describe,
)
def apply(approval: Approval, actor: Actor) -> None:
    publish(
        actor=actor,
        notice_id=UUID(approval.parameters["notice_id"]),
        sha256=approval.parameters["sha256"],
    )


def describe_place(approval: Approval) -> str:
    before, after = approval.parameters["before"], approval.parameters["after"]
    said = [
        f"{name.replace('_', ' ')}: {'–' if before is None else before[name]} → {after[name]}"
        for name in FIELDS
        if before is None or before[name] != after[name]
    ]
    return f"{approval.parameters['place']}: " + "; ".join(said)


@approval_kind(
    CHANGE,
    title="Change what a place's law asks",
    permission="consent.change_jurisdiction",
    describe=describe_place,
)
def apply_place(approval: Approval, actor: Actor) -> None:
    change_place(
        actor=actor,
        code=approval.parameters["place"],
        before=approval.parameters["before"],
        after=approval.parameters["after"],
    )
