"""One's own authenticator app in the admin, beside a passkey: added, and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils import timezone

from accounts.forms import CodeForm
from accounts.models import TotpDevice
from accounts.proving import WRONG_CODE, page, proved_lately, redirect
from accounts.services import add_app, remove_app, start_app
from accounts.throttling import count_sign_in
from core.actors import actor_of
from core.errors import Conflict

if TYPE_CHECKING:
    from accounts.adminsite import VerifiedAdminSite


def qr_context(device: TotpDevice) -> dict[str, Any]:
    """The picture and the text of an app's secret, for a page that shows it once."""
    qr = segno.make(device.config_url, error="m", micro=False)
    return {
        "qr": qr.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=False),
        "secret": device.spoken_secret,
    }


def app_start(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """A new secret, by POST, for somebody who has proved a factor lately."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    user: Any = request.user
    if not proved_lately(request):
        return _prove_first(site, request)
    try:
        start_app(user=user)
    except Conflict as conflict:
        messages.error(request, conflict.detail)
        return redirect(site, "second_factors")
    return redirect(site, "app_add")


def app_add(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """The secret that waits, and its first code."""
    user: Any = request.user
    device = TotpDevice.objects.filter(user=user, confirmed=False).first()
    if device is None or not device.waits(timezone.now()):
        return redirect(site, "second_factors")
    if not proved_lately(request):
        return _prove_first(site, request)
    form = CodeForm(request.POST or None, recovery=False)
    wait = None
    if request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            form.ask_to_wait(wait)
        else:
            try:
                added = add_app(actor=actor_of(request), user=user, code=form.cleaned_data["code"])
            except Conflict as conflict:
                messages.error(request, conflict.detail)
                return redirect(site, "second_factors")
            if added is not None:
                messages.success(request, "The authenticator app was added.")
                return redirect(site, "second_factors")
            form.refuse(WRONG_CODE)
    context = {
        "title": "Add an authenticator app",
        "form": form,
        "back": reverse(f"{site.name}:second_factors"),
        **qr_context(device),
    }
    answer = page(site, request, "accounts/app_add.html", context, status=429 if wait else 200)
    if wait:
        answer["Retry-After"] = str(wait)
    return answer


def app_remove(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """Take one's own app away, for somebody who has proved a factor lately."""
    user: Any = request.user
    if not proved_lately(request):
        return _prove_first(site, request)
    if request.method == "POST":
        try:
            remove_app(actor=actor_of(request), user=user)
            messages.success(request, "The authenticator app was removed.")
        except Conflict as conflict:
            messages.error(request, conflict.detail)
        return redirect(site, "second_factors")
    context = {
        "title": "Remove authenticator app",
        "question": "Remove the authenticator app? Its codes open nothing any more, and what was"
        " opened with it ends; it cannot be undone.",
        "back": reverse(f"{site.name}:second_factors"),
    }
    return page(site, request, "admin/confirm.html", context)


def _prove_first(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    messages.error(request, "Prove one of your factors again first.")
    return redirect(site, "second_factors")
