"""Who may be given what: roles that take a second person, and the last administrator."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import ADMINISTRATOR, ROLES, allows, titles_of
from accounts.services.factors import end_sessions
from audit.services import Severity, record
from core.actors import PERSON, Actor
from core.errors import Conflict, Forbidden

MANAGE = "accounts.change_user"
DECIDE = "operations.decide_approval"

ENTRUSTED = frozenset(
    code for code, role in ROLES.items() if allows(role, MANAGE) or allows(role, DECIDE)
)
"""Roles that manage people or decide on what others ask for. Giving one takes two people: whoever
could give it alone could make the second person up."""

DECIDERS = frozenset(code for code, role in ROLES.items() if allows(role, DECIDE))


def groups_of(roles: Iterable[str]) -> list[Group]:
    """The roles' groups. Raises ValidationError for an unknown role."""
    wanted = set(roles)
    if strangers := sorted(wanted - ROLES.keys()):
        raise ValidationError({"roles": f"There is no role {', '.join(strangers)}."})
    return list(Group.objects.filter(name__in=wanted))


def lock_rights(actor: Actor) -> None:
    """Hold until commit what decides who administers; before any person's row is locked.

    One lock for every act that may take an administrator away, so that two at once see each
    other, and always first, so that they cannot wait for each other. Raises Forbidden for an actor
    who has been suspended meanwhile.
    """
    # Not FOR UPDATE, which would hold up whoever only points to the role.
    Group.objects.select_for_update(no_key=True).get(name=ADMINISTRATOR)
    if actor.kind == PERSON and User.objects.filter(pk=actor.id, is_active=False).exists():
        # Suspended by another while this act waited for the lock.
        raise Forbidden("Your account was suspended.")


def keep_an_administrator(row: User) -> None:
    """Raises Conflict ``last-administrator`` where ``row`` is the last active one; under
    ``lock_rights``."""
    administrators = User.objects.filter(
        groups__name=ADMINISTRATOR, is_active=True, is_staff=True
    ).values_list("pk", flat=True)
    if list(administrators) == [row.pk]:
        raise Conflict(
            "This is the last active administrator: make another one first.",
            code="last-administrator",
        )


def not_left(row: User) -> None:
    """Raises Conflict ``has-left`` for somebody who has left."""
    if row.left_at is not None:
        raise Conflict(
            "This person has left: nothing but a new invitation changes that.", code="has-left"
        )


def others_decide(actor: Actor) -> bool:
    """Whether somebody besides the actor decides, or ever did.

    Ever: who suspends, off-boards or deprives the deciders one by one does not come to act alone
    by it. Where that leaves nobody to agree, the server's console is the way.
    """
    found = User.objects.filter(decider_since__isnull=False)
    return found.exclude(pk=actor.id).exists() if actor.kind == PERSON else found.exists()


def waits_for_another(actor: Actor, gained: Iterable[str]) -> frozenset[str]:
    """Which of the roles ``gained`` the actor may not give alone. None while nobody else has ever
    decided: a first officer has to be able to make the second person."""
    found = frozenset(gained) & ENTRUSTED
    if not found or actor.kind != PERSON or not others_decide(actor):
        return frozenset()
    return found


def note_decider(row: User) -> None:
    """Remember from when on the person could decide; in the transaction of the act by which they
    can. A person who has not come in yet cannot."""
    if row.decider_since is None and row.is_active and DECIDERS & set(row.role_codes):
        row.decider_since = timezone.now()
        row.save(update_fields=["decider_since"])


def alone(actor: Actor, gained: Iterable[str]) -> bool:
    """Whether a person gives by themselves what else takes two: to be said in the event."""
    return actor.kind == PERSON and bool(frozenset(gained) & ENTRUSTED)


def refuse_alone(waiting: frozenset[str]) -> None:
    """Raises Conflict ``second-person-needed`` where roles wait for another."""
    if waiting:
        codes = [code for code in ROLES if code in waiting]
        raise Conflict(
            f"A second person has to agree to: {titles_of(codes)}.", code="second-person-needed"
        )


@transaction.atomic
def give_roles(*, actor: Actor, user: User, roles: Iterable[str], asked_by: str) -> User:
    """Add roles that a second person, the actor, has agreed to; ``asked_by`` is the id of the
    first. Ends the person's sessions and tokens.

    Raises ValidationError for an unknown role, Forbidden for one's own, Conflict ``has-left``.
    """
    if actor.id == str(user.pk):
        raise Forbidden("Nobody may change their own roles or rights.", code="own-rights")
    row = User.objects.select_for_update().get(pk=user.pk)
    not_left(row)
    before = sorted(row.groups.values_list("name", flat=True))
    row.groups.add(*groups_of(roles))
    vars(row).pop("role_codes", None)
    note_decider(row)
    after = sorted(row.groups.values_list("name", flat=True))
    if before != after:
        end_sessions(row)
    record(
        actor=actor,
        event_type="person",
        action="roles_given",
        obj=row,
        details={"roles_before": before, "roles_after": after, "asked_by": asked_by},
        severity=Severity.WARNING,
    )
    return row
