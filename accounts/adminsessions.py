"""The admin session that a request belongs to: looked at once, and ended where it is over."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils import timezone
from django_otp.models import Device

from accounts.models import AdminSession, User
from accounts.services.sessions import (
    CLOCK,
    end_admin_session,
    keep_alive,
    start_admin_session,
)
from accounts.throttling import address_of
from core.actors import actor_of

KEY = "admin_session"
"""Where Django's session holds the row's id."""
_LOOKED_AT = "admin_session_looked_at"

End = AdminSession.End
WHY = {
    End.SIGNED_OUT: "You have signed out.",
    End.SIGNED_IN_AGAIN: "You have signed in again since.",
    End.IDLE: "You were signed out because the admin was not used for a while.",
    End.TOO_OLD: "You were signed out because your session had become as old as one may.",
    End.REVOKED: "You ended this session from another one.",
    End.TAKEN: "An officer ended this session.",
    End.PASSWORD: "You were signed out because your password was changed.",
    End.FACTOR: "You were signed out because your second factor was changed.",
    End.RIGHTS: "You were signed out because your roles or rights were changed.",
}


def begin(request: HttpRequest, user: User, device: Device) -> None:
    """Note the session of somebody who has just signed in; an event."""
    session = start_admin_session(
        user=user,
        device=device,
        address=address_of(request),
        agent=request.headers.get("User-Agent", ""),
    )
    request.session[KEY] = str(session.pk)
    vars(request).pop(_LOOKED_AT, None)


def leave(request: HttpRequest, reason: str) -> None:
    """End the request's session, if it has one, for a reason that the person has given."""
    if session := session_of(request):
        end_admin_session(actor=actor_of(request), session_id=session.pk, reason=reason)


def session_of(request: HttpRequest) -> AdminSession | None:
    """The request's admin session while it holds, else None.

    One that has ended, or ends now, signs the browser out and leaves a message that says why.
    """
    held = vars(request)
    if _LOOKED_AT not in held:
        held[_LOOKED_AT] = _look(request)
    session: AdminSession | None = held[_LOOKED_AT]
    return session


def _look(request: HttpRequest) -> AdminSession | None:
    # Before the person is looked at, which empties a session that a new password or role ended.
    row_id = request.session.get(KEY)
    if row_id is None:
        return None
    session = AdminSession.objects.filter(pk=row_id).first()
    if session is not None and session.ended_at is None:
        user = request.user
        if user.pk == session.user_id and getattr(user, "otp_device", None) is not None:
            session = keep_alive(session=session, now=timezone.now())
        else:
            # Deactivated, or its passkey removed: what no verb has ended by itself.
            reason = End.FACTOR if user.pk == session.user_id else End.RIGHTS
            end_admin_session(actor=CLOCK, session_id=session.pk, reason=reason)
            session.refresh_from_db()
    if session is not None and session.ended_at is None:
        return session
    logout(request)
    if session is not None:
        messages.warning(request, f"{WHY[End(session.end_reason)]} Sign in to go on.")
    return None
