"""Passkeys: enrolled, used, renamed, removed. An answer is taken once, right or wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.ceremonies import Ceremony, Refused
from accounts.models import Passkey, PasskeyChallenge, TotpDevice, User
from accounts.services.factors import has_factor, lock_person, new_recovery_codes
from audit.services import record
from core.actors import Actor
from core.errors import Conflict, Invalid, NotFound

Kind = PasskeyChallenge.Ceremony

LONGEST_NAME = 64


@transaction.atomic
def put_challenge(*, user: User | None, ceremony: str, origin: str) -> tuple[UUID, dict[str, Any]]:
    """A new challenge: its row's id, for the session, and the options for the browser.

    Registration excludes the authenticators that the person has enrolled already. ``user`` is
    None where nobody has been named: any passkey may answer. No event: nothing opens by it until
    it is answered.
    """
    helper = Ceremony(origin)
    if user is not None and ceremony == Kind.REGISTRATION:
        options, challenge = helper.registration(user)
    else:
        options, challenge = helper.authentication(user)
    row = PasskeyChallenge.objects.create(
        user=user,
        ceremony=ceremony,
        challenge=challenge,
        expires_at=timezone.now() + timedelta(seconds=settings.OTP_WEBAUTHN_TIMEOUT_SECONDS),
    )
    return row.pk, options


def delete_expired_challenges(now: datetime) -> int:
    """Delete challenges that nobody has answered; how many went. No event: they open nothing."""
    number, _ = PasskeyChallenge.objects.filter(expires_at__lte=now).delete()
    return number


@transaction.atomic
def enrol_passkey(
    *, actor: Actor, user: User, challenge: UUID | None, answer: str, name: str, origin: str
) -> tuple[Passkey, list[str]] | None:
    """The first factor: a passkey, and ten recovery codes, shown once. None after an event where
    the answer does not hold. Raises Conflict where the person has a factor already, and Invalid
    for a name that does not do."""
    lock_person(user)
    if has_factor(user):
        raise Conflict("A second factor is enrolled already.")
    passkey = _register(actor, user, challenge, answer, name, origin, where="enrolment")
    if passkey is None:
        return None
    # The secret of an app that was shown beside it ends unused.
    TotpDevice.objects.filter(user=user, confirmed=False).delete()
    return passkey, new_recovery_codes(user)


@transaction.atomic
def add_passkey(
    *, actor: Actor, user: User, challenge: UUID | None, answer: str, name: str, origin: str
) -> Passkey | None:
    """A further passkey; the caller has asked for a factor. None after an event where the answer
    does not hold. Raises Conflict where there is no factor yet, and Invalid for a name that does
    not do."""
    lock_person(user)
    if not has_factor(user):
        raise Conflict("A first factor is enrolled at the first sign-in.")
    return _register(actor, user, challenge, answer, name, origin, where="second_factors")


@transaction.atomic
def use_passkey(
    *, actor: Actor, user: User, challenge: UUID | None, answer: str, origin: str, where: str
) -> Passkey | None:
    """The passkey that ``answer`` proves, else None after an event.

    ``challenge`` is the row that this session was given. It is used up in any case; so is each
    value of the authenticator's counter, where it has one.
    """
    lock_person(user)
    try:
        asked = _take(user, challenge, Kind.AUTHENTICATION)
        passkey = Ceremony(origin).authenticate(user, challenge=asked, answer=answer)
    except Refused as refused:
        _record_refused(actor, user, where, refused)
        return None
    _record_used(actor, user, where, passkey)
    return passkey


@transaction.atomic
def use_passkey_alone(
    *, actor: Actor, challenge: UUID | None, answer: str, origin: str
) -> Passkey | None:
    """The passkey that ``answer`` proves, of an active person of the admin whom nobody has named
    before; else None after an event. See ``use_passkey`` for what is used up."""
    user = None
    try:
        asked = _take(None, challenge, Kind.SIGN_IN)
        user = Ceremony.owner_of(answer)
        lock_person(user)
        if not (user.is_active and user.is_staff):
            raise Refused("inactive")
        passkey = Ceremony(origin).authenticate(user, challenge=asked, answer=answer)
    except Refused as refused:
        _record_refused(actor, user, "admin", refused)
        return None
    _record_used(actor, user, "admin", passkey)
    return passkey


@transaction.atomic
def rename_passkey(*, actor: Actor, user: User, passkey_id: UUID, name: str) -> Passkey:
    """Raises NotFound for a passkey that is not the person's, Invalid for a name."""
    lock_person(user)
    passkey = _own(user, passkey_id)
    name = _fit_name(user, name, passkey)
    if passkey.name == name:
        return passkey
    passkey.name = name
    passkey.save(update_fields=["name"])
    record(
        actor=actor,
        event_type="factor",
        action="passkey_renamed",
        obj=user,
        details={"passkey": passkey.pk},
    )
    return passkey


@transaction.atomic
def remove_passkey(*, actor: Actor, user: User, passkey_id: UUID) -> None:
    """Take a passkey away; sessions that it opened end, others stay.

    Raises NotFound for one that is not the person's, and Conflict ``last-factor`` where neither
    another passkey nor an authenticator app would be left: recovery codes are for when the
    factor is lost, and are none.
    """
    lock_person(user)
    passkey = _own(user, passkey_id)
    others = Passkey.objects.filter(user=user, confirmed=True).exclude(pk=passkey.pk)
    if not (others.exists() or TotpDevice.objects.filter(user=user, confirmed=True).exists()):
        raise Conflict("The last factor stays: add another one first.", code="last-factor")
    record(
        actor=actor,
        event_type="factor",
        action="removed",
        obj=user,
        details={"kind": "passkey", "passkey": passkey.pk},
        severity="WARNING",
    )
    passkey.delete()


def _register(
    actor: Actor,
    user: User,
    challenge: UUID | None,
    answer: str,
    name: str,
    origin: str,
    *,
    where: str,
) -> Passkey | None:
    name = _fit_name(user, name)
    try:
        asked = _take(user, challenge, Kind.REGISTRATION)
        passkey = Ceremony(origin).register(user, challenge=asked, answer=answer, name=name)
    except Refused as refused:
        _record_refused(actor, user, where, refused)
        return None
    record(
        actor=actor,
        event_type="factor",
        action="enrolled",
        obj=user,
        details={"kind": "passkey", "passkey": passkey.pk, "backed_up": passkey.backup_state},
    )
    return passkey


def _record_used(actor: Actor, user: User, where: str, passkey: Passkey) -> None:
    record(
        actor=actor,
        event_type="factor",
        action="passkey_used",
        obj=user,
        details={"where": where, "passkey": passkey.pk},
    )


def _take(user: User | None, challenge: UUID | None, ceremony: str) -> str:
    """The challenge, used up. Raises Refused where it is not waiting, or no more."""
    found = PasskeyChallenge.objects.select_for_update().filter(user=user, ceremony=ceremony)
    row = found.filter(pk=challenge).first() if challenge else None
    if row is None:
        raise Refused("challenge")
    row.delete()
    if row.expires_at <= timezone.now():
        raise Refused("expired")
    return row.challenge


def _own(user: User, passkey_id: UUID) -> Passkey:
    passkey = Passkey.objects.filter(pk=passkey_id, user=user, confirmed=True).first()
    if passkey is None:
        raise NotFound("You have no such passkey.")
    return passkey


def _fit_name(user: User, name: str, passkey: Passkey | None = None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(errors={"name": [f"A name of 1 to {LONGEST_NAME} letters."]})
    others = Passkey.objects.filter(user=user, name=name)
    if passkey is not None:
        others = others.exclude(pk=passkey.pk)
    if others.exists():
        raise Invalid(errors={"name": ["You have a passkey of this name already."]})
    return name


def _record_refused(actor: Actor, user: User | None, where: str, refused: Refused) -> None:
    # A counter that went back tells of a copied authenticator: somebody should look.
    severity = "ERROR" if refused.reason in {"counter", "another_person"} else "WARNING"
    record(
        actor=actor,
        event_type="factor",
        action="refused",
        obj=user,
        details={"kind": "passkey", "where": where, "reason": refused.reason},
        severity=severity,
    )
