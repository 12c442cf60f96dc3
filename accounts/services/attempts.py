"""Tries at an account, let through or not, in the database: a flushed cache forgets none."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import guessing
from accounts.guessing import ADDRESS, KNOWN_BROWSER, NAMES, STRANGERS, Tally
from accounts.models import AttemptTally, User
from audit.services import record
from core.actors import Actor
from core.lookups import keyed_hash
from core.networks import network_of

TALLIES_KEPT = timedelta(days=30)
"""No limit but an account's own remembers for longer."""
_CLOCK = Actor.system("accounts.services.attempts")


@dataclass(frozen=True, slots=True)
class Counted:
    """A tally that counts a try: as it is with it, and as it was."""

    place: str
    taken: Tally
    before: Tally | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, counted by an address's tally and an account's, or by a known browser's. One that
    nothing counts is not let through: nothing is looked at, and the answer is that of a wrong
    one."""

    counted: tuple[Counted, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether it is let through."""
        return bool(self.counted)

    @property
    def place(self) -> str:
        """What is forgotten once everything is proved: the account's, or the browser's."""
        return self.counted[-1].place


@dataclass(frozen=True, slots=True)
class Source:
    """Where a try comes from: a network address, and the mark of a browser that has signed in
    to the account before, if it showed one."""

    address: str
    browser: str = ""


@transaction.atomic
def take_attempt(*, source: Source, user: User | None, name: str = "") -> Attempt:
    """Count a try at ``user``'s account, or at the ``name`` that nobody has.

    In a transaction of its own, before anything is looked at. An unknown name has a tally as a
    known one has. An event where an account is slowed down or shut.
    """
    now = timezone.now()
    if user is not None and source.browser:
        place = _place("browser", f"{user.pk}:{source.browser}")
        tally = _locked(place)
        if tally is None or not tally.spent(KNOWN_BROWSER):
            taken = guessing.take(KNOWN_BROWSER, tally, now)
            _save(place, taken or tally)
            return Attempt((Counted(place, taken, tally),) if taken else ())
    where = _place("address", network_of(source.address))
    account = account_place(user) if user is not None else _place("name", _folded(name))
    limit = STRANGERS if user is not None else NAMES
    # Locked in one order. What the address may not try is no try at the account.
    here, there = _locked(where), _locked(account, user)
    from_here, at_account = guessing.take(ADDRESS, here, now), guessing.take(limit, there, now)
    if from_here is None or at_account is None:
        # Written all the same, so that a refusal takes as long.
        _save(where, here)
        _save(account, there)
        return Attempt()
    _save(where, from_here)
    _save(account, at_account)
    _record_bite(user, at_account)
    return Attempt((Counted(where, from_here, here), Counted(account, at_account, there)))


@transaction.atomic
def give_back_attempt(attempt: Attempt) -> None:
    """The try was right, and not all is proved yet: it does not count, and what went before
    does."""
    for each in attempt.counted:
        if tally := _locked(each.place):
            _save(each.place, guessing.give_back(tally, taken=each.taken, before=each.before))


def forget_attempts(place: str) -> None:
    """Everything is proved: the account's tally, or the browser's, begins anew.

    The address's does not: who guesses at others' accounts may have one of their own.
    """
    AttemptTally.objects.filter(place=place).delete()


def reopen_account(user: User) -> None:
    """Forget strangers' tries at ``user``'s account, because what they guessed at is no more: in
    the transaction, and the event, of a new password."""
    AttemptTally.objects.filter(place=account_place(user)).delete()


@transaction.atomic
def delete_old_tallies(now: datetime) -> int:
    """Delete tallies that count no more at ``now``; how many went."""
    number, _ = AttemptTally.objects.filter(user=None, tried_at__lt=now - TALLIES_KEPT).delete()
    if number:
        record(
            actor=_CLOCK,
            event_type="sign_in",
            action="attempts_forgotten",
            object_type=AttemptTally._meta.label,
            details={"rows": number},
        )
    return number


def account_place(user: User) -> str:
    """The place of strangers' tries at ``user``'s account."""
    return _place("account", str(user.pk))


def strangers_wait(user: User) -> timedelta | None:
    """How long until a stranger's next try is let through; None where none is any more."""
    row = AttemptTally.objects.filter(place=account_place(user)).first()
    if row is None:
        return timedelta(0)
    tally = Tally(row.tries, row.tried_at)
    return None if tally.spent(STRANGERS) else tally.left_to_wait(STRANGERS, timezone.now())


def _place(kind: str, value: str) -> str:
    return keyed_hash(f"attempt:{kind}", value)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _locked(place: str, user: User | None = None) -> Tally | None:
    """The tally, locked until commit; its row is made where there is none. ``user`` is whose
    account it is, if it is one's."""
    AttemptTally.objects.bulk_create(
        [AttemptTally(place=place, user=user, tries=0, tried_at=timezone.now())],
        ignore_conflicts=True,
    )
    row = AttemptTally.objects.select_for_update().get(place=place)
    return Tally(row.tries, row.tried_at) if row.tries else None


def _save(place: str, tally: Tally | None) -> None:
    kept = tally or Tally(0, timezone.now())
    AttemptTally.objects.filter(place=place).update(tries=kept.tries, tried_at=kept.tried_at)


def _record_bite(user: User | None, taken: Tally) -> None:
    """An event at the first try that makes the next one wait, and one at the last."""
    bites = {STRANGERS.free: ("slowed", "WARNING"), STRANGERS.most: ("shut", "CRITICAL")}
    if bite := bites.get(taken.tries):
        action, severity = bite
        record(
            actor=_CLOCK,
            event_type="sign_in",
            action=action,
            obj=user,
            details={"tries": taken.tries},
            severity=severity,
        )
