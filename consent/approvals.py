"""What two people do together here."""

from __future__ import annotations

from uuid import UUID

from consent.models import Notice
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
