"""Notices: published by two people."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import record
from consent.models import Notice
from core.actors import Actor
from core.errors import Conflict, NotFound
from operations.models import Approval
from operations.services.approvals import request_approval

PUBLISH = "consent.publish_notice"


@transaction.atomic
def ask_to_publish(*, actor: Actor, notice_id: UUID) -> Approval:
    """Ask a second person to publish a draft; they are shown its words and their hash.

    Raises NotFound, Conflict where it is published already.
    """
    notice = Notice.objects.select_related("purpose").filter(id=notice_id).first()
    if notice is None:
        raise NotFound()
    if notice.published_at is not None:
        raise Conflict("This notice is published already.", code="already-published")
    return request_approval(
        actor=actor,
        kind=PUBLISH,
        reason=f"Publish the notice for {notice.purpose.code} ({notice.language},"
        f" version {notice.version}).",
        parameters={"notice_id": str(notice.id), "sha256": notice.sha256},
        object_label=Notice._meta.label,
        object_id=notice.id,
    )


def publish(*, actor: Actor, notice_id: UUID, sha256: str) -> Notice:
    """Publish the draft as it was when asked; in the approval's transaction.

    Raises Conflict where its words have changed since, or it is published.
    """
    notice = Notice.objects.select_for_update().filter(id=notice_id).first()
    if notice is None:
        raise NotFound()
    if notice.published_at is not None or notice.sha256 != sha256:
        raise Conflict("The draft was changed or published meanwhile.", code="draft-changed")
    notice.published_at = timezone.now()
    notice.save(update_fields=["published_at"])
    record(
        actor=actor,
        event_type="notice",
        action="published",
        obj=notice,
        details={"version": notice.version, "language": notice.language, "sha256": sha256},
    )
    return notice
