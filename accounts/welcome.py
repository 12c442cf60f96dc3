"""Coming in by invitation: the link, a password of one's own, then the second step.

The link's secret stands behind a ``#``, which no browser sends: it comes to the server in the
form's body alone, and is in no log line and no Referer (RFC 9110, 4.2.5 and 10.1.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from accounts.forms import WelcomeForm
from accounts.proving import page, redirect
from accounts.services import accept_invitation
from accounts.signin import start_second_step
from accounts.throttling import address_of, count_sign_in

if TYPE_CHECKING:
    from accounts.adminsite import VerifiedAdminSite

NO_SUCH_LINK = "This link does not work: it was used, withdrawn or too old. Ask for a new one."


def welcome(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """GET: an empty form, whatever the link. POST: come in. Tries are counted as at sign-in."""
    form = WelcomeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            form.ask_to_wait(wait)
            status = 429
        elif answer := _come_in(site, request, form):
            return answer
    context = {"form": form, "title": "Welcome"}
    response = page(site, request, "accounts/welcome.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(wait)
    return response


def _come_in(
    site: VerifiedAdminSite, request: HttpRequest, form: WelcomeForm
) -> HttpResponse | None:
    try:
        user = accept_invitation(
            address=address_of(request),
            link=form.cleaned_data["link"],
            password=form.cleaned_data["password"],
        )
    except ValidationError as error:
        form.add_error("password", error)
        return None
    if user is None:
        form.refuse(NO_SUCH_LINK)
        return None
    messages.success(request, f"Your password is set. Your user name is {user.username}.")
    if not user.is_staff:
        return redirect(site, "login")
    return start_second_step(site, request, user)
