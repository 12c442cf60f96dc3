"""What a credential may do: scopes for views, and whose rows it sees."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils import timezone
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.authentication import Credential
from accounts.models import VoiceApplication
from core.errors import Forbidden

logger = logging.getLogger(__name__)

_Row = TypeVar("_Row", bound=Model)
_MISSING = object()


class HasScope(BasePermission):
    """Reads ``view.required_scopes``: a scope for each method.

    A method's scope may be None: any credential will do. A view whose ``required_scopes`` is
    None is open to everybody; a view without the attribute is closed, so that none is open by
    forgetting it. Raises Forbidden ``missing-scope``, naming the scope. ``view.recent_factor``
    names the methods for which people must have proved a second factor lately.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        required: Any = getattr(view, "required_scopes", _MISSING)
        if required is None:
            return True
        if request.auth is None:
            return False
        if required is _MISSING:
            logger.error("%s has no required_scopes: refused", type(view).__qualname__)
            raise Forbidden()
        method = "GET" if request.method == "HEAD" else str(request.method)
        # OPTIONS tells nothing of the data; a method that is not there gets its 405.
        if method == "OPTIONS" or not hasattr(view, method.lower()):
            return True
        if method not in required:
            logger.error("%s has no scope for %s: refused", type(view).__qualname__, method)
            raise Forbidden()
        require_scope(request, required[method])
        if method in getattr(view, "recent_factor", ()):
            require_recent_factor(request)
        return True


def require_scope(request: Request, scope: str | None) -> None:
    """Raises Forbidden ``missing-scope`` where the credential lacks ``scope``; None is free."""
    if scope is not None and scope not in credential_of(request).scopes:
        raise Forbidden(
            f"This needs the scope {scope}.", code="missing-scope", title="Missing scope"
        )


def require_recent_factor(request: Request) -> None:
    """Raises Forbidden ``factor-needed`` where a person has not proved a second factor within
    ``STEP_UP_SECONDS``; an application has none and passes."""
    credential = credential_of(request)
    if credential.user is None:
        return
    oldest = timezone.now() - timedelta(seconds=settings.STEP_UP_SECONDS)
    if credential.proved_at is None or credential.proved_at < oldest:
        raise Forbidden(
            "Prove your second factor again, by POST /auth/factor, and repeat the request.",
            code="factor-needed",
            title="Second factor needed again",
        )


def credential_of(request: Request) -> Credential:
    """The request's credential. Raises Forbidden without one."""
    if not isinstance(request.auth, Credential):
        raise Forbidden()
    return request.auth


def application_of(request: Request) -> VoiceApplication:
    """The calling voice application. Raises Forbidden ``application-only`` for people."""
    application = credential_of(request).application
    if application is None:
        raise Forbidden(
            "Only a voice application may do this, with its API key.", code="application-only"
        )
    return application


def require_permission(request: Request, permission: str) -> None:
    """Raises Forbidden ``missing-permission`` where a person's roles lack ``permission``.

    An application passes: its key's scopes have been read already.
    """
    user = credential_of(request).user
    if user is not None and not user.has_perm(permission):
        raise Forbidden("Your role does not allow this.", code="missing-permission")


def visible_applications(request: Request) -> QuerySet[VoiceApplication]:
    """The applications whose rows the caller sees: an application its own, a person all."""
    application = credential_of(request).application
    every = VoiceApplication.objects.all()
    return every if application is None else every.filter(pk=application.pk)


def only_visible(
    request: Request, rows: QuerySet[_Row], path: str = "application"
) -> QuerySet[_Row]:
    """``rows`` that the caller sees, where ``path`` leads to the application that wrote them.

    Another's rows are left out, so that a look-up of one finds nothing: 404, as for none.
    """
    application = credential_of(request).application
    return rows if application is None else rows.filter(**{path: application})
