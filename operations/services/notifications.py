"""Telling people. A message is part of the act that sends it, whose event is the audit's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from audit.services import record
from core.actors import PERSON, Actor
from core.errors import Invalid, NotFound
from operations.models import Notification


def notify(
    *,
    person_id: object = "",
    role: str = "",
    title: str,
    body: str = "",
    link: str = "",
    at: datetime | None = None,
) -> Notification:
    """Tell one person, or whoever holds a role. ``link`` is a path of ours.

    Title and body hold no personal data: they say that there is something, the link says what.
    Raises Invalid without exactly one recipient, or for a link that leads elsewhere.
    """
    if bool(person_id) == bool(role):
        raise Invalid("A message goes to a person or to a role.")
    if link and (not link.startswith("/") or link.startswith("//")):
        raise Invalid("A message links to a page of ours.")
    return Notification.objects.create(
        recipient_id=str(person_id) if person_id else "",
        role=role,
        title=title[:120],
        body=body[:500],
        link=link[:300],
        created_at=at or timezone.now(),
    )


def notify_holders(*, permission: str, title: str, body: str = "", link: str = "") -> int:
    """Tell every role that holds ``permission`` (``app.codename``). Returns how many roles."""
    app, _, codename = permission.partition(".")
    roles = list(
        Group.objects.filter(
            permissions__codename=codename, permissions__content_type__app_label=app
        )
        .order_by("name")
        .values_list("name", flat=True)
        .distinct()
    )
    # One moment for all: whoever holds several of the roles is shown one message.
    at = timezone.now()
    for role in roles:
        notify(role=role, title=title, body=body, link=link, at=at)
    return len(roles)


@transaction.atomic
def mark_read(*, actor: Actor, notification_id: UUID, roles: tuple[str, ...] = ()) -> Notification:
    """Note that the actor read a message of theirs or of one of their ``roles``; again: no-op.

    Raises NotFound for another's.
    """
    note: Notification | None = None
    if actor.kind == PERSON:
        note = (
            Notification.objects.for_person(actor.id, roles)
            .select_for_update()
            .filter(pk=notification_id)
            .first()
        )
    if note is None:
        raise NotFound()
    if note.read_at is None:
        note.read_at = timezone.now()
        note.read_by_id = actor.id
        note.save(update_fields=["read_at", "read_by_id"])
        record(actor=actor, event_type="notification", action="read", obj=note)
    return note
