"""A person's standing: suspended, restored, gone for good."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import secondpair
from accounts.models import ApiKey, User
from accounts.services.factors import end_sessions, take_factors
from accounts.services.invitations import end_links
from accounts.services.rights import keep_an_administrator, lock_rights, not_left, note_decider
from audit.services import Severity, record
from core import handovers
from core.actors import Actor
from core.errors import Conflict, Forbidden, Invalid
from core.handovers import Handover

LONGEST_REASON = 500


@transaction.atomic
def suspend_person(*, actor: Actor, user: User, reason: str) -> User:
    """Nothing opens to the person from the next request on, until they are restored.

    Raises Forbidden for oneself, Invalid without a reason of 1 to 500 characters, Conflict
    ``has-left``, ``not-active`` and ``last-administrator``.
    """
    _another(actor, user)
    given = reason.strip()
    if not given or len(given) > LONGEST_REASON:
        raise Invalid(errors={"reason": ["Give a reason of 1 to 500 characters."]})
    lock_rights(actor)
    row = User.objects.select_for_update().get(pk=user.pk)
    not_left(row)
    if not row.is_active:
        raise Conflict("This person is not active.", code="not-active")
    keep_an_administrator(row)
    row.is_active = False
    row.save(update_fields=["is_active"])
    end_sessions(row)
    record(
        actor=actor,
        event_type="person",
        action="suspended",
        obj=row,
        details={"reason": given},
        severity=Severity.WARNING,
    )
    return row


@transaction.atomic
def restore_person(*, actor: Actor, user: User) -> User:
    """The person may sign in again, with the roles and factors that they had.

    Raises Forbidden for oneself, Conflict ``has-left``, ``not-suspended`` for somebody who is
    active or has not accepted their invitation.
    """
    _another(actor, user)
    row = User.objects.select_for_update().get(pk=user.pk)
    not_left(row)
    if row.standing != User.Standing.SUSPENDED:
        raise Conflict("This person is not suspended.", code="not-suspended")
    row.is_active = True
    row.save(update_fields=["is_active"])
    note_decider(row)
    record(actor=actor, event_type="person", action="restored", obj=row)
    return row


@transaction.atomic
def off_board_person(*, actor: Actor, user: User, successor: User | None) -> User:
    """The person leaves for good: no way in, no factor, no role, and their open work with a
    successor. The row stays, because the log names it.

    Raises Forbidden for oneself, and ``own-matter`` where the actor would give themselves access
    to somebody's data; Conflict ``has-left``, ``last-administrator``,
    ``successor-needed`` where work is open, ``successor-not-fit`` for one who is not active or
    lacks a permission that the work takes.
    """
    _another(actor, user)
    lock_rights(actor)
    ids = [user.pk] if successor is None else [user.pk, successor.pk]
    # By id, so that two such acts lock in one order.
    rows = {
        row.pk: row for row in User.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }
    row, heir = rows[user.pk], rows[successor.pk] if successor is not None else None
    not_left(row)
    if row.is_active:
        keep_an_administrator(row)
    moved = _hand_over(actor, row, heir)
    withdrawn = secondpair.withdraw_about(row.pk)
    roles = sorted(row.groups.values_list("name", flat=True))
    factors = take_factors(row)
    end_links(row, timezone.now())
    row.is_active, row.left_at = False, timezone.now()
    row.set_unusable_password()
    row.save(update_fields=["is_active", "left_at", "password"])
    row.groups.clear()
    end_sessions(row)
    record(
        actor=actor,
        event_type="person",
        action="off_boarded",
        obj=row,
        details={
            "successor": heir.pk if heir is not None else None,
            "work": moved,
            "roles_before": roles,
            "factors": factors,
            "withdrawn": withdrawn,
        },
        severity=Severity.WARNING,
    )
    return row


def open_work(user: User) -> list[tuple[Handover, int]]:
    """Each kind of work that the person has open, and how much of it."""
    counted = [(kind, kind.count(str(user.pk))) for kind in handovers.registered()]
    return [(kind, number) for kind, number in counted if number]


def keys_made_by(user: User) -> list[ApiKey]:
    """The API keys that the person made and that open something now, newest first."""
    now = timezone.now()
    made = ApiKey.objects.filter(created_by=user.username).select_related("application")
    return [key for key in made if key.works(now)]


def lacking(successor: User, work: Iterable[tuple[Handover, int]], user: User) -> list[str]:
    """The kinds of work, by their titles, that the successor's roles do not allow."""
    held = successor.get_all_permissions()
    return [kind.title for kind, _ in work if kind.needs(str(user.pk)) - held]


def gained(actor: Actor, successor: User, work: Iterable[tuple[Handover, int]]) -> list[str]:
    """The kinds of work, by their titles, that give the successor access and so may not be handed
    to them by themselves."""
    if actor.id != str(successor.pk):
        return []
    return [kind.title for kind, _ in work if kind.own_matter]


def _hand_over(actor: Actor, row: User, heir: User | None) -> dict[str, dict[str, list[str]]]:
    work = open_work(row)
    if work and heir is None:
        raise Conflict("Name a successor for the open work.", code="successor-needed")
    if heir is None:
        return {}
    if heir.pk == row.pk or not heir.is_active:
        raise Conflict("The successor has to be another, active person.", code="successor-not-fit")
    if titles := lacking(heir, work, row):
        raise Conflict(
            f"The successor's roles do not allow: {', '.join(titles)}.", code="successor-not-fit"
        )
    if titles := gained(actor, heir, work):
        raise Forbidden(
            f"Another person has to hand this over to you: {', '.join(titles)}.", code="own-matter"
        )
    moved = {}
    for kind, _ in work:
        said = kind.hand_over(str(row.pk), str(heir.pk))
        moved[kind.code] = {word: list(rows) for word, rows in said.items() if rows}
    return moved


def _another(actor: Actor, user: User) -> None:
    if actor.id == str(user.pk):
        raise Forbidden("Nobody may change their own roles or rights.", code="own-rights")
