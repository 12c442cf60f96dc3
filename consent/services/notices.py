"""Notices: drafted by one person, published by two."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from audit.services import record
from consent.models import Notice, Purpose
from core.actors import Actor
from core.errors import Conflict, Invalid, NotFound
from operations.models import Approval
from operations.services.approvals import request_approval

PUBLISH = "consent.publish_notice"


@transaction.atomic
def draft_notice(*, actor: Actor, purpose: Purpose, language: str, text: str) -> Notice:
    """A new draft of the words for a purpose in a language (BCP 47). Versions count up from 1.

    Raises Invalid for empty words, Conflict where another version was drafted meanwhile.
    """
    return _write(actor, Notice(), purpose, language, text, "drafted")


@transaction.atomic
def redraft_notice(
    *, actor: Actor, notice_id: UUID, purpose: Purpose, language: str, text: str
) -> Notice:
    """Other words for a draft; asked to be published before, it has to be asked again.

    Raises as ``draft_notice`` does, NotFound, and Conflict once it is published.
    """
    notice = Notice.objects.select_for_update().filter(id=notice_id).first()
    if notice is None:
        raise NotFound()
    if notice.published_at is not None:
        raise Conflict("This notice is published already.", code="already-published")
    return _write(actor, notice, purpose, language, text, "redrafted")


def _write(
    actor: Actor, notice: Notice, purpose: Purpose, language: str, text: str, action: str
) -> Notice:
    if not text.strip():
        raise Invalid(errors={"text": ["Must not be empty."]})
    before = notice.sha256 or None
    if notice._state.adding or (notice.purpose_id, notice.language) != (purpose.id, language):
        versions = Notice.objects.filter(purpose=purpose, language=language)
        notice.version = (versions.aggregate(newest=Max("version"))["newest"] or 0) + 1
    notice.purpose, notice.language, notice.text = purpose, language, text.strip()
    notice.sha256 = hashlib.sha256(notice.text.encode()).hexdigest()
    try:
        with transaction.atomic():
            notice.save()
    except IntegrityError:
        raise Conflict("Another version was drafted meanwhile.") from None
    record(
        actor=actor,
        event_type="notice",
        action=action,
        obj=notice,
        details={
            "purpose": purpose.code,
            "language": language,
            "version": notice.version,
            "sha256": notice.sha256,
            "sha256_before": before,
        },
    )
    return notice


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
