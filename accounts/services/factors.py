"""Second factors: enrolled, used, renewed, reset."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts import otp
from accounts.models import (
    AdminSession,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    RecoveryCodeDevice,
    SessionToken,
    TotpDevice,
    User,
)
from accounts.models.devices import Factor
from accounts.services.attempts import Source, give_back_attempt, take_attempt
from audit.refusals import record_refusal
from audit.services import record
from core.actors import Actor
from core.errors import CiphertextRefused, Conflict, Forbidden

_SOME_SECRET = otp.new_secret()
_NOBODY = UUID(int=0)


@transaction.atomic
def start_enrolment(*, user: User) -> TotpDevice:
    """A fresh, unconfirmed authenticator secret in place of any unconfirmed one.

    No event: nothing opens by it until ``confirm_enrolment``. Raises Conflict where the person
    has a factor already: only ``reset_factor`` takes one away.
    """
    lock_person(user)
    if has_factor(user):
        raise Conflict("A second factor is enrolled already.")
    TotpDevice.objects.filter(user=user, confirmed=False).delete()
    return TotpDevice.objects.create(user=user, name="Authenticator app", confirmed=False)


@transaction.atomic
def confirm_enrolment(
    *, actor: Actor, user: User, code: str
) -> tuple[TotpDevice, list[str]] | None:
    """Enrol the app whose code this is: the device and ten recovery codes, shown once.

    None for a wrong code, which is an event. Raises Conflict where
    nothing waits to be confirmed, or has waited for more than ten minutes.
    """
    lock_person(user)
    device = TotpDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or not device.waits(timezone.now()) or has_factor(user):
        raise Conflict("There is no enrolment to confirm.")
    if not _matches(actor, device, code):
        record_wrong(actor, user, "enrolment")
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    codes = new_recovery_codes(user)
    record(actor=actor, event_type="factor", action="enrolled", obj=user, details={"kind": "totp"})
    return device, codes


@transaction.atomic
def start_app(*, user: User) -> TotpDevice:
    """A fresh, unconfirmed secret for somebody who has another factor and has just proved it.

    No event: nothing opens by it until ``add_app``. Raises Conflict where there is an app.
    """
    lock_person(user)
    if TotpDevice.objects.filter(user=user, confirmed=True).exists():
        raise Conflict("You have an authenticator app: remove it first.", code="app-held")
    TotpDevice.objects.filter(user=user, confirmed=False).delete()
    return TotpDevice.objects.create(user=user, name="Authenticator app", confirmed=False)


@transaction.atomic
def add_app(*, actor: Actor, user: User, code: str) -> TotpDevice | None:
    """Confirm the app whose code this is, beside another factor; recovery codes stay.

    None for a wrong code, which is an event. Raises Conflict where nothing waits to be confirmed,
    or has waited for more than ten minutes.
    """
    lock_person(user)
    device = TotpDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or not device.waits(timezone.now()):
        raise Conflict("There is no app to confirm: begin again.")
    if not _matches(actor, device, code):
        record_wrong(actor, user, "add_app")
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    record(actor=actor, event_type="factor", action="enrolled", obj=user, details={"kind": "totp"})
    return device


@transaction.atomic
def remove_app(*, actor: Actor, user: User) -> None:
    """Take the person's app away; sessions that it opened end, others stay.

    Raises Conflict ``last-factor`` where neither a passkey nor a recovery code would be left, and
    ``no-app`` without an app. By a recovery code whoever has lost the phone gets to a new app.
    """
    lock_person(user)
    device = TotpDevice.objects.filter(user=user, confirmed=True).first()
    if device is None:
        raise Conflict("You have no authenticator app.", code="no-app")
    codes = RecoveryCode.objects.filter(device__user=user, used_at=None)
    if not (Passkey.objects.filter(user=user, confirmed=True).exists() or codes.exists()):
        raise Conflict("The last factor stays: add another one first.", code="last-factor")
    record(
        actor=actor,
        event_type="factor",
        action="removed",
        obj=user,
        details={"kind": "totp"},
        severity="WARNING",
    )
    device.delete()


def use_code(
    *, actor: Actor, user: User, code: str, where: str, browser: str = ""
) -> Factor | None:
    """The device that ``code`` proves, used up; else None after an event.

    None too, whatever the code, where the account is tried too often: ``browser`` is the mark of
    one that has signed in to it before. Which factor is asked follows from the code's shape; what
    has neither shape is no try.
    """
    if not (otp.totp_shaped(code) or otp.recovery_shaped(code)):
        with transaction.atomic():
            record_wrong(actor, user, where, looked_at=False)
        return None
    attempt = take_attempt(source=Source(actor.address, browser), user=user)
    with transaction.atomic():
        device = spend_code(user, code, actor=actor) if attempt.allowed else None
        if device is None:
            record_wrong(actor, user, where, looked_at=attempt.allowed)
            return None
        give_back_attempt(attempt)
        record_spent(actor, user, where, device)
    return device


def spend_code(user: User | None, code: str, *, actor: Actor) -> Factor | None:
    """The device of ``user`` that ``code`` proves, used up; in a transaction. For nobody it does
    the same work. Rows are locked, so that of two uses at once one is right. An app whose secret
    does not open matches no code, and that is an event."""
    shaped = otp.recovery_shaped(code)
    model: type[Factor] = RecoveryCodeDevice if shaped else TotpDevice
    held = model.objects.select_for_update().filter(user_id=user.pk if user else _NOBODY)
    device = held.filter(confirmed=True).first()
    if device is not None and (shaped or otp.totp_shaped(code)):
        return device if _matches(actor, device, code) else None
    if shaped:
        RecoveryCode.objects.filter(
            device_id=_NOBODY, code_hash=otp.recovery_hash(shaped), used_at=None
        ).update(used_at=timezone.now())
    else:
        _match_nothing(code)
    return None


def _matches(actor: Actor, device: Factor, code: str) -> bool:
    """Whether ``code`` is right, used up. What does not open is as a wrong code: an error of its
    own would tell a stranger that the password before it was right."""
    try:
        return device.verify_token(code)
    except CiphertextRefused as error:
        error.of = error.of or f"accounts.totpdevice.secret|{device.pk}"
        _match_nothing(code)
        record_refusal(actor=actor, error=error)
        return False


def _match_nothing(code: str) -> None:
    otp.matching_step(_SOME_SECRET, otp.totp_shaped(code) or "", time.time())


@transaction.atomic
def renew_recovery_codes(*, actor: Actor, user: User) -> list[str]:
    """Ten new recovery codes, shown once; the old ones end. The caller has asked for a code."""
    lock_person(user)
    codes = new_recovery_codes(user)
    record(actor=actor, event_type="factor", action="recovery_renewed", obj=user)
    return codes


@transaction.atomic
def reset_factor(*, actor: Actor, user: User, asked_by: str | None = None) -> None:
    """Take away a person's factors and end their sessions and tokens.

    At the next sign-in, password alone leads to a new enrolment: whoever asks for this must be
    known to be that person by other means (NIST SP 800-63B, 4.2.2.2). Raises Forbidden for
    oneself: the officer who acts is the second person, and whoever holds a stolen session of
    the first does not get to choose a new factor. Of somebody who manages people or decides on
    what others ask for it takes two officers: Conflict ``second-person-needed``, unless the
    actor agrees to what ``asked_by`` (an id) has asked for, or nobody else could.
    """
    # Imported late: rights ends sessions by this module.
    from accounts.services.rights import alone, not_left, refuse_alone, waits_for_another

    if actor.id == str(user.pk):
        raise Forbidden("Another officer resets your second factor.", code="own-factor")
    row = User.objects.select_for_update().get(pk=user.pk)
    not_left(row)
    details: dict[str, Any] = {}
    if asked_by is not None:
        details["asked_by"] = asked_by
    else:
        refuse_alone(waits_for_another(actor, row.role_codes))
        if alone(actor, row.role_codes):
            details["alone"] = True
    details |= take_factors(user)
    end_sessions(user, reason=AdminSession.End.FACTOR)
    record(
        actor=actor,
        event_type="factor",
        action="reset",
        obj=user,
        details=details,
        severity="WARNING",
    )


def take_factors(user: User) -> dict[str, int]:
    """Delete every factor of ``user``, in the transaction of the act that takes them; how many
    of each kind there were."""
    apps, _ = TotpDevice.objects.filter(user=user).delete()
    sets = RecoveryCodeDevice.objects.filter(user=user).count()
    RecoveryCodeDevice.objects.filter(user=user).delete()
    passkeys, _ = Passkey.objects.filter(user=user).delete()
    PasskeyChallenge.objects.filter(user=user).delete()
    return {"authenticator_apps": apps, "passkeys": passkeys, "recovery_sets": sets}


def end_sessions(
    user: User, *, reason: str = AdminSession.End.RIGHTS, keep: UUID | None = None
) -> None:
    """End every session and token of ``user`` from the next request on; in a transaction.

    ``reason`` is what the person reads; the event is the caller's. ``keep`` is the one admin
    session that stays, where the person does it there.
    """
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    now = timezone.now()
    SessionToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    sessions = AdminSession.objects.filter(user=user, ended_at=None)
    if keep is not None:
        sessions = sessions.exclude(pk=keep)
    sessions.update(ended_at=now, end_reason=reason)


def has_factor(user: User) -> bool:
    """Whether the person has a confirmed factor of any kind."""
    return any(
        model.objects.filter(user=user, confirmed=True).exists()
        for model in (TotpDevice, Passkey, RecoveryCodeDevice)
    )


def factor_held() -> Q:
    """For a queryset of people: whether each has a confirmed app or passkey. Recovery codes alone
    are for when one is lost, and do not count."""
    app, passkey = (
        model.objects.filter(user=OuterRef("pk"), confirmed=True) for model in (TotpDevice, Passkey)
    )
    return Q(Exists(app)) | Q(Exists(passkey))


def lock_person(user: User) -> None:
    """Hold the person's row until commit: their factors change one act at a time."""
    User.objects.select_for_update().only("pk").get(pk=user.pk)


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes in place of any older ones; in the transaction of the act that gives them."""
    RecoveryCodeDevice.objects.filter(user=user).delete()
    device = RecoveryCodeDevice.objects.create(user=user, name="Recovery codes", confirmed=True)
    codes = [otp.new_recovery_code() for _ in range(otp.RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(device=device, code_hash=otp.recovery_hash(otp.recovery_shaped(code) or ""))
        for code in codes
    )
    return codes


def record_wrong(actor: Actor, user: User, where: str, *, looked_at: bool = True) -> None:
    """The event of a code that did not do, or was not looked at."""
    record(
        actor=actor,
        event_type="factor",
        action="wrong",
        obj=user,
        details={"where": where, "looked_at": looked_at},
        severity="WARNING",
    )


def record_spent(actor: Actor, user: User, where: str, device: Factor) -> None:
    """The event of a recovery code used up; a one-time code's is that of what it was for."""
    if isinstance(device, RecoveryCodeDevice):
        record(
            actor=actor,
            event_type="factor",
            action="recovery_used",
            obj=user,
            details={"where": where, "left": device.left},
            severity="WARNING",
        )
