"""Passwords checked, and the API's session tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password as check_hash
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import SessionToken, TotpDevice, User
from accounts.models.tokens import token_hash
from accounts.services.attempts import (
    Attempt,
    Source,
    forget_attempts,
    give_back_attempt,
    take_attempt,
)
from accounts.services.factors import record_spent, record_wrong, spend_code, use_code
from audit.services import record
from core.actors import PERSON, Actor
from core.errors import Problem

EXPIRED_TOKENS_KEPT = timedelta(days=30)


def check_password(
    *,
    actor: Actor,
    username: str,
    password: str,
    where: str,
    staff_only: bool = False,
    browser_of: Callable[[User], str] = lambda user: "",
) -> tuple[User, Attempt] | None:
    """The active person with this name and password, else None after an audit event.

    ``staff_only`` asks for one who may open the admin; ``browser_of`` gives the mark of a browser
    that has signed in to somebody's account before. The attempt is given back already, and is to
    be forgotten once the second factor is proved too. An unknown name, a wrong password, an
    inactive account and one that is tried too often do the same work: one look-up, the tallies,
    one Argon2 hash, one event. The typed name is not kept: it may be a password in the wrong
    field.
    """
    user = _named(username)
    browser = browser_of(user) if user is not None else ""
    attempt = take_attempt(source=Source(actor.address, browser), user=user, name=username)
    found = _right(user, password, attempt, staff_only=staff_only)
    if found is not None:
        give_back_attempt(attempt)
        return found, attempt
    with transaction.atomic():
        _record_failed(actor, user, where, attempt)
    return None


def check_own_password(*, actor: Actor, user: User, password: str, browser: str = "") -> bool:
    """Whether it is the password of ``user``, who is signed in. Counted as every try at the account
    is: a session that somebody left open is no place to guess at it. A wrong one is an event."""
    attempt = take_attempt(source=Source(actor.address, browser), user=user)
    if attempt.allowed and check_hash(password, user.password):
        give_back_attempt(attempt)
        return True
    with transaction.atomic():
        _record_failed(actor, user, "password_change", attempt)
    return False


def _named(username: str) -> User | None:
    try:
        return User.objects.get_by_natural_key(username)
    except User.DoesNotExist:
        return None


def _right(
    user: User | None, password: str, attempt: Attempt, *, staff_only: bool = False
) -> User | None:
    if user is None or not attempt.allowed:
        make_password(password)
        return None
    right = check_hash(password, user.password, _rehash(user))
    good = right and user.is_active and (user.is_staff or not staff_only)
    return user if good else None


def _record_failed(actor: Actor, user: User | None, where: str, attempt: Attempt) -> None:
    record(
        actor=actor,
        event_type="sign_in",
        action="failed",
        obj=user,
        details={"where": where, "looked_at": attempt.allowed},
        severity="WARNING",
    )


def _rehash(user: User) -> Callable[[str], None]:
    def setter(raw: str) -> None:
        # The same password under newer parameters: sessions hang on the hash and end, once.
        user.set_password(raw)
        user.save(update_fields=["password"])

    return setter


def issue_session_token(
    *, actor: Actor, username: str, password: str, code: str
) -> tuple[SessionToken, str]:
    """A token for one hour (``SESSION_TOKEN_SECONDS``), and its text, which is not shown again.

    ``code`` is a one-time or a recovery code. Raises Problem ``invalid-credentials`` (401), the
    same after the same work for whatever is wrong: password and code are one try.
    """
    named = _named(username)
    attempt = take_attempt(source=Source(actor.address), user=named, name=username)
    user = _right(named, password, attempt)
    with transaction.atomic():
        device = spend_code(user, code, actor=actor)
        if user is None:
            _record_failed(actor, named, "api", attempt)
        elif device is None:
            record_wrong(actor, user, "api")
        else:
            record_spent(actor, user, "api", device)
    if user is None or device is None:
        raise Problem(
            "The name, password or code is not right.", code="invalid-credentials", status=401
        )
    give_back_attempt(attempt)
    forget_attempts(attempt.place)
    text = f"vcs_{secrets.token_urlsafe(32)}"
    factor = SessionToken.Factor
    with transaction.atomic():
        token = SessionToken.objects.create(
            user=user,
            token_hash=token_hash(text),
            session_hash=user.get_session_auth_hash(),
            factor=factor.TOTP if isinstance(device, TotpDevice) else factor.RECOVERY_CODE,
            expires_at=timezone.now() + timedelta(seconds=settings.SESSION_TOKEN_SECONDS),
        )
        record(
            actor=Actor(PERSON, str(user.pk), user.username, actor.address),
            event_type="sign_in",
            action="succeeded",
            obj=user,
            details={"where": "api", "signed_in_as": token.pk, "factor": token.factor},
        )
    return token, text


def prove_token_again(*, actor: Actor, token_id: UUID, code: str) -> SessionToken:
    """The token with a fresh proof of a second factor, ``code``, used up by this.

    Raises Problem ``invalid-credentials`` (401) for a wrong code, after an event.
    """
    token = SessionToken.objects.select_related("user").get(pk=token_id)
    device = use_code(actor=actor, user=token.user, code=code, where="api_step_up")
    if device is None:
        raise Problem("The code is not right.", code="invalid-credentials", status=401)
    with transaction.atomic():
        token.proved_at = timezone.now()
        token.save(update_fields=["proved_at"])
        record(
            actor=actor,
            event_type="factor",
            action="proved_again",
            obj=token.user,
            details={"signed_in_as": token.pk, "factor": device.model_label()},
        )
    return token


@transaction.atomic
def revoke_session_token(*, actor: Actor, token_id: UUID) -> None:
    """End a session token now. A second time changes nothing and is no event."""
    ended = SessionToken.objects.filter(pk=token_id, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if ended:
        record(
            actor=actor,
            event_type="sign_in",
            action="ended",
            object_type=SessionToken._meta.label,
            object_id=str(token_id),
            details={"where": "api"},
        )


@transaction.atomic
def delete_expired_tokens(now: datetime) -> int:
    """Delete session tokens that ended over 30 days before ``now``; how many went.

    Their evidence is in the audit log: the sign-in, and the end where one was asked for.
    """
    old = SessionToken.objects.filter(expires_at__lt=now - EXPIRED_TOKENS_KEPT)
    number, _ = old.delete()
    if number:
        record(
            actor=Actor.system("accounts.services.delete_expired_tokens"),
            event_type="session_token",
            action="expired_deleted",
            object_type=SessionToken._meta.label,
            details={"rows": number},
        )
    return number
