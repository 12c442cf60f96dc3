"""Passwords checked, and the API's session tokens."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password as check_hash
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts import otp
from accounts.models import SessionToken, TotpDevice, User
from accounts.models.tokens import token_hash
from accounts.services.factors import use_code
from audit.services import record
from core.actors import PERSON, Actor
from core.errors import Problem

EXPIRED_TOKENS_KEPT = timedelta(days=30)
_SOME_SECRET = otp.new_secret()


def check_password(
    *, actor: Actor, username: str, password: str, where: str, staff_only: bool = False
) -> User | None:
    """The active person with this name and password, else None after an audit event.

    ``staff_only`` asks for one who may open the admin. An unknown name, a wrong password and an
    inactive account do the same work: one look-up, one Argon2 hash, one event. The typed name is
    not kept: it may be a password in the wrong field.
    """
    try:
        user = User.objects.get_by_natural_key(username)
    except User.DoesNotExist:
        user = None
    if user is None:
        make_password(password)
        right = False
    else:
        right = check_hash(password, user.password, _rehash(user))
    if user is not None and right and user.is_active and (user.is_staff or not staff_only):
        return user
    with transaction.atomic():
        record(
            actor=actor,
            event_type="sign_in",
            action="failed",
            obj=user,
            details={"where": where},
            severity="WARNING",
        )
    return None


def _rehash(user: User) -> Callable[[str], None]:
    def setter(raw: str) -> None:
        # The same password under newer parameters: sessions hang on the hash and end, once.
        user.set_password(raw)
        user.save(update_fields=["password"])

    return setter


def _pretend_code(user: User | None, code: str) -> None:
    """The look-up and the arithmetic of a code check, for nobody."""
    TotpDevice.objects.filter(user_id=user.pk if user else None, confirmed=True).first()
    otp.matching_step(_SOME_SECRET, otp.totp_shaped(code) or "", time.time())


def issue_session_token(
    *, actor: Actor, username: str, password: str, code: str
) -> tuple[SessionToken, str]:
    """A token for one hour (``SESSION_TOKEN_SECONDS``), and its text, which is not shown again.

    ``code`` is a one-time or a recovery code. Raises Problem ``invalid-credentials`` (401), the
    same for whatever is wrong; a wrong code counts against the factor only after the right
    password, so that a stranger cannot lock anybody out.
    """
    user = check_password(actor=actor, username=username, password=password, where="api")
    device = None
    if user is None:
        _pretend_code(user, code)
    else:
        device = use_code(actor=actor, user=user, code=code, where="api")
    if user is None or device is None:
        raise Problem(
            "The name, password or code is not right.", code="invalid-credentials", status=401
        )
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
            details={"where": "api", "session": token.pk, "factor": token.factor},
        )
    return token, text


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
