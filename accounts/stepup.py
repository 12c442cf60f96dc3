"""Sensitive acts ask for the second factor again when the last proof is too old (NIST SP
800-63B-4, 2.2.3; OWASP ASVS 5.0, 7.5.3).

The page with the question carries what was entered: with the right code the act is done at
once, and before that nothing is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts.adminsessions import session_of
from accounts.adminsite import came_from, too_many
from accounts.forms import CodeForm
from accounts.proving import passkeys_for, prove_again
from accounts.throttling import SENSITIVE, count_person, count_sign_in

PREFIX = "step-up"
CODE = f"{PREFIX}-code"
PASSKEY = f"{PREFIX}-passkey"
BACK = f"{PREFIX}-back"
_NOT_CARRIED = {CODE, PASSKEY, BACK, "csrfmiddlewaretoken"}

View = TypeVar("View", bound=Callable[..., Any])


def recent_factor(act: str) -> Callable[[View], View]:
    """A view or a verb of the admin whose POST needs a recent proof of the second factor.

    ``act`` says what will be done, after "to". Goes outside a transaction: what is written
    about the code stays, whatever becomes of the act.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def asked(*args: Any, **kwargs: Any) -> Any:
            request = next(each for each in args if isinstance(each, HttpRequest))
            return ask(request, act) or view(*args, **kwargs)

        return asked  # type: ignore[return-value]

    return decorate


def ask(request: HttpRequest, act: str) -> HttpResponse | None:
    """None where ``request`` may go on; else the page that asks for a code, and 403 (429 after
    too many tries, or too many such acts). Raises PermissionDenied outside an admin session."""
    if request.method != "POST":
        return None
    session = session_of(request)
    if session is None:
        raise PermissionDenied
    given = CODE in request.POST or PASSKEY in request.POST
    form = CodeForm(request.POST if given else None, prefix=PREFIX)
    _forget_proof(request)
    if session.proved_recently(timezone.now()):
        return _limit(request)
    status = 403
    if given and form.is_valid():
        if wait := count_sign_in(request):
            form.ask_to_wait(wait)
            status = 429
        elif prove_again(request, session, form, where="step_up"):
            return _limit(request)
    request.current_app = admin.site.name  # type: ignore[attr-defined]
    context = {
        **admin.site.each_context(request),
        "title": "Confirm that it is you",
        "form": form,
        "act": act,
        "minutes": max(1, settings.STEP_UP_SECONDS // 60),
        "carried": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in _NOT_CARRIED
            for value in values
        ],
        "back": _back(request),
        **passkeys_for(request, session.user),
    }
    response = TemplateResponse(request, "accounts/step_up.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(wait)
    return response.render()


def _limit(request: HttpRequest) -> HttpResponse | None:
    """None, or the page for whoever does too many such acts in a short time."""
    wait = count_person(request, SENSITIVE)
    return too_many(admin.site, request, wait, _back(request)) if wait else None


def _forget_proof(request: HttpRequest) -> None:
    """The act sees what was entered for it, and neither code nor passkey."""
    if CODE in request.POST or PASSKEY in request.POST:
        entered = request.POST.copy()
        for name in (CODE, PASSKEY):
            entered.pop(name, None)
        entered._mutable = False
        request.POST = entered  # type: ignore[assignment]


def _back(request: HttpRequest) -> str:
    # The question's own page has the act's address, which may answer to a POST alone.
    page = request.POST.get(BACK) or came_from(request)
    ours = page.startswith("/") and not page.startswith("//") and "\\" not in page
    return page if ours else reverse("admin:index")
