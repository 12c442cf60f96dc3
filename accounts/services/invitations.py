"""Invitations: a person comes in by a link that works once and chooses their own password."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.models.tokens import token_hash
from accounts.services.rights import alone, groups_of, note_decider, refuse_alone, waits_for_another
from audit.services import Severity, record
from core.actors import PERSON, Actor
from core.errors import Conflict, Forbidden

PREFIX = "vci_"
LONGEST_LINK = 1000
"""Letters of what is taken for a link; ours have under two hundred."""


@transaction.atomic
def invite_person(
    *,
    actor: Actor,
    username: str,
    name: str = "",
    roles: Iterable[str] = (),
    is_staff: bool = True,
) -> tuple[User, str]:
    """A new person who cannot sign in yet, and the secret of their link, shown once.

    Raises ValidationError for a name that is taken or unfit or an unknown role, Conflict
    ``second-person-needed`` for a role that one person may not give.
    """
    user = User(username=username, name=name, is_staff=is_staff, is_active=False)
    user.clean()
    user.set_unusable_password()
    user.full_clean()
    groups = groups_of(roles)
    given = sorted(group.name for group in groups)
    refuse_alone(waits_for_another(actor, given))
    user.save(force_insert=True)
    user.groups.set(groups)
    invitation, secret = _new_link(actor, user)
    by_one = alone(actor, given)
    record(
        actor=actor,
        event_type="person",
        action="invited",
        obj=user,
        details={
            "invitation": invitation.pk,
            "expires_at": invitation.expires_at,
            "roles": given,
            "admin": is_staff,
            **({"alone": True} if by_one else {}),
        },
        severity=Severity.WARNING if by_one else Severity.INFO,
    )
    return user, secret


@transaction.atomic
def renew_invitation(*, actor: Actor, user: User) -> str:
    """A new link for somebody who has not come in yet, or has left; the old one ends.

    Who left comes back as the same person, invited and without roles. Raises Forbidden for
    oneself, Conflict ``not-invited`` for somebody who is in, or is suspended.
    """
    if actor.id == str(user.pk):
        raise Forbidden("Nobody invites themselves.", code="own-rights")
    row = User.objects.select_for_update().get(pk=user.pk)
    if row.standing not in {User.Standing.INVITED, User.Standing.LEFT}:
        raise Conflict("This person has come in already.", code="not-invited")
    again = row.left_at is not None
    if again:
        row.left_at = None
        row.save(update_fields=["left_at"])
    end_links(row, timezone.now())
    invitation, secret = _new_link(actor, row)
    record(
        actor=actor,
        event_type="person",
        action="invited_again" if again else "invitation_renewed",
        obj=row,
        details={"invitation": invitation.pk, "expires_at": invitation.expires_at},
        severity=Severity.WARNING if again else Severity.INFO,
    )
    return secret


@transaction.atomic
def withdraw_invitation(*, actor: Actor, user: User) -> None:
    """End the link of somebody who has not come in. Raises Conflict ``not-invited`` where none
    is open."""
    row = User.objects.select_for_update().get(pk=user.pk)
    if not end_links(row, timezone.now()):
        raise Conflict("There is no invitation to withdraw.", code="not-invited")
    record(actor=actor, event_type="person", action="invitation_withdrawn", obj=row)


@transaction.atomic
def accept_invitation(*, address: str, link: str, password: str) -> User | None:
    """Whoever holds the link comes in with a password of their own choice; the link is used up.

    None, after an event, for a link that is unknown, used, withdrawn or too old: which of these
    is not told. Raises ValidationError for a weak password; the link then still works. Of two
    at once one comes in.
    """
    invitation, user = _held(link)
    if invitation is None or user is None or not invitation.works(timezone.now()):
        record(
            actor=Actor.anonymous(address),
            event_type="person",
            action="invitation_refused",
            obj=user,
            details={"where": "admin"},
            severity=Severity.WARNING,
        )
        return None
    validate_password(password, user)
    user.set_password(password)
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    note_decider(user)
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    record(
        actor=Actor(PERSON, str(user.pk), user.username, address),
        event_type="person",
        action="invitation_accepted",
        obj=user,
        details={"invitation": invitation.pk},
    )
    return user


def secret_of(link: str) -> str:
    """What stands behind the ``#`` of a whole link, or the text itself."""
    return link[:LONGEST_LINK].rpartition("#")[2].strip()


def _held(link: str) -> tuple[Invitation | None, User | None]:
    """The invitation that the link names and its person, both locked: first the person, as
    every other verb does."""
    found = Invitation.objects.filter(token_hash=token_hash(secret_of(link))).first()
    if found is None:
        return None, None
    user = User.objects.select_for_update().get(pk=found.user_id)
    return Invitation.objects.select_for_update().get(pk=found.pk), user


def _new_link(actor: Actor, user: User) -> tuple[Invitation, str]:
    secret = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    invitation = Invitation.objects.create(
        user=user,
        token_hash=token_hash(secret),
        created_at=now,
        expires_at=now + timedelta(hours=settings.INVITATION_HOURS),
        made_by_id=actor.id,
        made_by_name=actor.name,
    )
    return invitation, secret


def end_links(user: User, now: datetime) -> int:
    """End the person's open link, in the transaction of the act that ends it; how many there
    were."""
    return user.invitations.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=now)
