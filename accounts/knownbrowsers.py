"""Browsers that have signed in to an account before: a cookie says so, signed.

It opens nothing. It keeps wrong tries of strangers from standing in the way of somebody who
comes back (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). Each sign-in gives
a new one, whose tally is empty.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from accounts.models import User

_SALT = "accounts.known-browser"
_SECONDS = 90 * 86_400


def cookie_name() -> str:
    """Bound to this host alone where the cookie goes by https (RFC 6265bis, 4.1.3.2)."""
    return "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"


def mark_of(request: HttpRequest | Request, user: User | None = None) -> str:
    """The mark of a browser that has signed in before, to ``user``'s account where one is given;
    else nothing."""
    try:
        whose, mark = signing.loads(
            request.COOKIES.get(cookie_name(), ""), salt=_SALT, max_age=_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(mark) if user is None or whose == str(user.pk) else ""


def remember(response: HttpResponse, user: User) -> None:
    """Give the browser a new mark: somebody has just signed in as ``user`` with it."""
    response.set_cookie(
        cookie_name(),
        signing.dumps([str(user.pk), secrets.token_urlsafe(16)], salt=_SALT),
        max_age=_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
