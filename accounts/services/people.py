"""People: made, changed, given a password. Coming and going: ``invitations``, ``standing``."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import QuerySet

from accounts import otp
from accounts.models import AdminSession, User
from accounts.roles import ADMINISTRATOR, COMPLIANCE_OFFICER
from accounts.services.attempts import reopen_account
from accounts.services.factors import end_sessions, has_factor
from accounts.services.rights import (
    ENTRUSTED,
    alone,
    groups_of,
    keep_an_administrator,
    lock_rights,
    not_left,
    note_decider,
    others_decide,
    refuse_alone,
    waits_for_another,
)
from accounts.services.standing import restore_person, suspend_person
from audit.services import Severity, record
from core.actors import PERSON, Actor
from core.errors import Conflict, Forbidden

FIRST_OFFICER = "officer"


def new_password() -> str:
    """A random password of 123 bits in groups of five, without letters that look alike."""
    return otp.new_recovery_code()


@transaction.atomic
def create_person(
    *,
    actor: Actor,
    username: str,
    roles: Iterable[str],
    password: str,
    name: str = "",
    is_staff: bool = True,
) -> User:
    """A new person with these role codes. Raises ValidationError for a name that is taken or
    unfit, a weak password or an unknown role.

    For commands, which act at the server; officers invite.
    """
    user = User(username=username, name=name, is_staff=is_staff)
    user.clean()
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    groups = groups_of(roles)
    user.save(force_insert=True)
    user.groups.set(groups)
    note_decider(user)
    record(
        actor=actor,
        event_type="person",
        action="created",
        obj=user,
        details={"roles": sorted(group.name for group in groups), "admin": is_staff},
    )
    return user


@transaction.atomic
def change_person(
    *,
    actor: Actor,
    user: User,
    username: str,
    name: str,
    is_staff: bool,
    roles: Iterable[str],
    is_active: bool | None = None,
) -> User:
    """Set what may be set. A change of role or of ``is_staff`` ends the person's sessions and
    tokens; one of ``is_active`` suspends or restores, with that verb's rules and its event.

    Raises ValidationError, and Forbidden where people change their own roles or rights: nobody
    gives power to themselves, and nobody locks themselves out by a slip. Raises Conflict
    ``second-person-needed`` for a role that one person may not give, ``last-administrator``,
    ``has-left``.
    """
    lock_rights(actor)
    row = User.objects.select_for_update().get(pk=user.pk)
    not_left(row)
    if is_active is not None and is_active != row.is_active:
        if is_active:
            row = restore_person(actor=actor, user=row)
        else:
            row = suspend_person(actor=actor, user=row, reason="Set inactive.")
    groups = groups_of(roles)
    before = sorted(row.groups.values_list("name", flat=True))
    after = sorted(group.name for group in groups)
    wanted = {"username": username, "name": name, "is_staff": is_staff}
    fields = [field for field, value in wanted.items() if getattr(row, field) != value]
    rights = before != after or "is_staff" in fields
    if rights and actor.id == str(row.pk):
        raise Forbidden("Nobody may change their own roles or rights.", code="own-rights")
    if not rights and not fields:
        return row
    gained = set(after) - set(before)
    refuse_alone(waits_for_another(actor, gained))
    if row.is_active and (ADMINISTRATOR not in after or not is_staff):
        keep_an_administrator(row)
    by_one = alone(actor, gained)
    for field in fields:
        setattr(row, field, wanted[field])
    row.full_clean()
    row.save(update_fields=fields)
    row.groups.set(groups)
    vars(row).pop("role_codes", None)
    note_decider(row)
    if rights:
        end_sessions(row)
    record(
        actor=actor,
        event_type="person",
        action="changed",
        obj=row,
        details={
            "fields": sorted(fields),
            "admin": row.is_staff,
            "roles_before": before,
            "roles_after": after,
            **({"alone": True} if by_one else {}),
        },
        severity=Severity.WARNING if by_one else Severity.INFO,
    )
    return row


@transaction.atomic
def set_password(
    *, actor: Actor, user: User, password: str, keep_session: UUID | None = None
) -> None:
    """Give ``user`` this password and end their sessions and tokens, but for the admin session
    in which they do it themselves. Raises ValidationError, and Conflict for somebody who has
    left, has an invitation to choose a password by, or (``second-person-needed``) has a role that
    takes two people and no factor yet."""
    not_left(user)
    if user.standing == User.Standing.INVITED:
        raise Conflict("This person chooses a password by the invitation.", code="invited")
    if (
        actor.kind == PERSON
        and actor.id != str(user.pk)
        and ENTRUSTED & set(user.role_codes)
        and not has_factor(user)
        and others_decide(actor)
    ):
        # Whoever knows a password where there is no factor enrols one, and is that person.
        raise Conflict(
            "Somebody who manages people or decides, and has no second factor yet, gets a password"
            " at the server: manage.py reset_factor --password.",
            code="second-person-needed",
        )
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user, reason=AdminSession.End.PASSWORD, keep=keep_session)
    reopen_account(user)
    record(actor=actor, event_type="person", action="password_set", obj=user)


@transaction.atomic
def create_first_officer(*, actor: Actor) -> tuple[User, str] | None:
    """The first compliance officer and administrator with a random password, shown once; None
    when there is an active compliance officer already."""
    # Held until commit, so that two starts at once make one officer.
    group = Group.objects.select_for_update().get(name=COMPLIANCE_OFFICER)
    if active_officers().exists():
        return None
    taken = {name.lower() for name in User.objects.values_list("username", flat=True)}
    username, number = FIRST_OFFICER, 1
    while username in taken:
        number += 1
        username = f"{FIRST_OFFICER}-{number}"
    password = new_password()
    roles = [group.name, ADMINISTRATOR]
    return create_person(actor=actor, username=username, roles=roles, password=password), password


def active_officers() -> QuerySet[User]:
    """Active people in the compliance officer's role."""
    return User.objects.filter(groups__name=COMPLIANCE_OFFICER, is_active=True, is_staff=True)
