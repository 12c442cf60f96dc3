"""A person's own sessions: what is signed in as them, and ending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts.adminsessions import session_of
from accounts.models import AdminSession, SessionToken
from accounts.services import end_admin_session, end_others, revoke_session_token
from accounts.stepup import ask
from core.actors import actor_of

if TYPE_CHECKING:
    from accounts.adminsite import VerifiedAdminSite


def own_sessions(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """GET: the list. POST: end the ``session`` or the ``token`` with this id, or all ``others``.

    Another person's is not there (404), like one that was never made. Ending asks for the factor
    again where the last proof is old (OWASP ASVS 5.0, V7.5.2).
    """
    user: Any = request.user
    this = session_of(request)
    if this is None:  # pragma: no cover - the site has asked already
        raise Http404
    now = timezone.now()
    sessions = AdminSession.objects.filter(user=user, ended_at=None)
    tokens = SessionToken.objects.filter(user=user, revoked_at=None, expires_at__gt=now)
    if request.method == "POST":
        if question := ask(request, "end a session"):
            return question
        actor = actor_of(request)
        if "others" in request.POST:
            number = end_others(actor=actor, user=user, keep=this.pk)
            messages.success(request, f"{number} ended.")
        elif "token" in request.POST:
            token_id = _own(SessionToken, user, request.POST["token"])
            revoke_session_token(actor=actor, token_id=token_id)
            messages.success(request, "The session token was ended.")
        else:
            session_id = _own(AdminSession, user, request.POST.get("session", ""))
            end_admin_session(actor=actor, session_id=session_id, reason=AdminSession.End.REVOKED)
            messages.success(request, "The session was ended.")
        return HttpResponseRedirect(reverse(f"{site.name}:sessions"))
    open_sessions = [each for each in sessions if not each.over(now)]
    held = user.get_session_auth_hash()
    open_tokens = [each for each in tokens if each.session_hash == held]
    request.current_app = site.name  # type: ignore[attr-defined]
    context = {
        **site.each_context(request),
        "title": "Your sessions",
        "this": this,
        "sessions": open_sessions,
        "tokens": open_tokens,
        "others": len(open_sessions) + len(open_tokens) - 1,
    }
    return TemplateResponse(request, "accounts/sessions.html", context)


def _own(model: Any, user: Any, text: str) -> UUID:
    """The id of the person's own row. Raises Http404."""
    try:
        id_ = UUID(text)
    except ValueError:
        raise Http404 from None
    if not model.objects.filter(pk=id_, user=user).exists():
        raise Http404
    return id_
