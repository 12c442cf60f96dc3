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
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts.adminsessions import session_of
from accounts.adminsite import came_from
from accounts.forms import CodeForm
from accounts.models import RecoveryCodeDevice
from accounts.services.factors import seconds_to_wait
from accounts.services.sessions import prove_again
from accounts.throttling import count_sign_in
from core.actors import actor_of

PREFIX = "step-up"
CODE = f"{PREFIX}-code"
BACK = f"{PREFIX}-back"
_NOT_CARRIED = {CODE, BACK, "csrfmiddlewaretoken"}

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
    too many tries). Raises PermissionDenied outside an admin session."""
    if request.method != "POST":
        return None
    session = session_of(request)
    if session is None:
        raise PermissionDenied
    given = request.POST.get(CODE)
    form = CodeForm(request.POST if given is not None else None, prefix=PREFIX)
    _forget_code(request)
    if session.proved_recently(timezone.now()):
        return None
    status = 403
    if given is not None and form.is_valid():
        if wait := count_sign_in(request):
            form.refuse(f"Too many tries from your network. Try again in {wait} s.")
            status = 429
        else:
            code = form.cleaned_data["code"]
            device = prove_again(actor=actor_of(request), session=session, code=code)
            if device is not None:
                if isinstance(device, RecoveryCodeDevice):
                    messages.warning(
                        request, f"A recovery code was used up. {device.left} are left."
                    )
                return None
            wait = seconds_to_wait(session.user)
            again = f" Try again in {wait} s." if wait > 1 else ""
            form.refuse(f"That code is not right, or was used already.{again}")
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
    }
    response = TemplateResponse(request, "accounts/step_up.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(wait)
    return response.render()


def _forget_code(request: HttpRequest) -> None:
    """The act sees what was entered for it, and no code."""
    if CODE in request.POST:
        entered = request.POST.copy()
        del entered[CODE]
        entered._mutable = False
        request.POST = entered  # type: ignore[assignment]


def _back(request: HttpRequest) -> str:
    # The question's own page has the act's address, which may answer to a POST alone.
    page = request.POST.get(BACK) or came_from(request)
    ours = page.startswith("/") and not page.startswith("//") and "\\" not in page
    return page if ours else reverse("admin:index")
