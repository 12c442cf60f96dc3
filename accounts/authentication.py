"""Who calls the API: an application's key or a person's session token, as a Bearer token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey, SessionToken, User, VoiceApplication
from accounts.models.tokens import token_hash
from accounts.querysets import key_with
from accounts.roles import scopes_of
from accounts.services.applications import note_use
from accounts.throttling import address_of, class_of, limit_credential, limit_stranger
from core.actors import APPLICATION, PERSON, Actor

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema

# Matched as a whole: neither a newline nor anything else may follow.
_API_KEY = re.compile(r"vc_([a-z0-9]{12})_[A-Za-z0-9_-]{43}")
_SESSION_TOKEN = re.compile(r"vcs_[A-Za-z0-9_-]{43}")
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Credential:
    """What ``request.auth`` is: what may be done, and on whose behalf.

    Exactly one of ``application`` and ``user`` is set. ``id`` tells credentials apart for rate
    limits; where a person calls, ``session_token`` is the token's row id and ``proved_at`` when a
    second factor was last proved with it; ``key`` is an application's.
    """

    id: str
    scopes: frozenset[str]
    application: VoiceApplication | None = None
    user: User | None = None
    session_token: UUID | None = None
    proved_at: datetime | None = None
    key: ApiKey | None = None


@dataclass(frozen=True, slots=True)
class ApplicationPrincipal:
    """``request.user`` where an application calls: known, and nobody with a role."""

    application: VoiceApplication
    is_authenticated: bool = True
    is_anonymous: bool = False
    is_active: bool = True
    is_staff: bool = False

    @property
    def pk(self) -> UUID:
        return self.application.pk

    def get_username(self) -> str:
        return self.application.name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``. Every token that does not hold gets the same 401.

    Sets ``actor`` on the request, and on Django's under it, for the audit log. An API key costs
    one query, and a second at most once a minute, which notes its use. Counts the request, before
    anything else is asked of it: what is refused is counted too. Raises Throttled.
    """

    def authenticate(self, request: Request) -> tuple[Any, Credential] | None:
        address = address_of(request)
        try:
            found = _credential(request, address)
        except AuthenticationFailed:
            limit_stranger(request)
            raise
        if found is None:
            limit_stranger(request)
            return None
        principal, credential, actor = found
        for each in (request, request._request):
            vars(each)["actor"] = actor
        view = (request.parser_context or {}).get("view")
        limit_credential(request, credential, class_of(view, str(request.method)), actor)
        if credential.key is not None:
            note_use(key=credential.key, address=address)
        return principal, credential

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _credential(request: Request, address: str) -> tuple[Any, Credential, Actor] | None:
    """Who calls, with what, as whom in the log; None without a Bearer token. Raises
    AuthenticationFailed for one that does not hold."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        return None
    if len(token) > _LONGEST:
        raise _refused()
    if match := _API_KEY.fullmatch(token):
        key = _api_key(match[1], token)
        application = key.application
        return (
            ApplicationPrincipal(application),
            Credential(
                id=f"key:{key.pk}",
                scopes=frozenset(key.scopes),
                application=application,
                key=key,
            ),
            Actor(APPLICATION, str(application.pk), application.name, address),
        )
    if _SESSION_TOKEN.fullmatch(token):
        held = _session_token(token)
        user = held.user
        return (
            user,
            Credential(
                id=f"person:{user.pk}",
                scopes=scopes_of(user.role_codes),
                user=user,
                session_token=held.pk,
                proved_at=held.last_proof,
            ),
            Actor(PERSON, str(user.pk), user.username, address),
        )
    raise _refused()


def _refused() -> AuthenticationFailed:
    return AuthenticationFailed("The token is not known, has ended or was withdrawn.")


def _api_key(prefix: str, token: str) -> ApiKey:
    key = key_with(prefix)
    # Compared in any case, so that a known prefix takes no longer than an unknown one.
    right = constant_time_compare(key.secret_hash if key else "0" * 64, token_hash(token))
    if key is None or not right or not key.works(timezone.now()):
        raise _refused()
    return key


def _session_token(token: str) -> SessionToken:
    held = SessionToken.objects.select_related("user").filter(token_hash=token_hash(token)).first()
    if held is None or not held.works(timezone.now()):
        raise _refused()
    return held


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes it."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A voice application's API key (vc_…) or a person's session token"
            " (vcs_…) from POST /auth/token.",
        }
