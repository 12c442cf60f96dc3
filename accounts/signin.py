"""Signing in to the admin, in two steps.

Step 1 asks for name and password and leaves a note in the session that somebody proved them:
nobody is signed in by it. Step 2 asks for a code, or enrols an authenticator app where there is
none, and signs in. The session's id changes at both.
"""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

import segno
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth import login as auth_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp import login as otp_login

from accounts.adminsessions import begin, leave
from accounts.forms import CodeForm, PasswordForm, SignInStep
from accounts.models import AdminSession, RecoveryCodeDevice, TotpDevice, User
from accounts.models.devices import Factor
from accounts.services import (
    check_password,
    confirm_enrolment,
    renew_recovery_codes,
    start_enrolment,
    use_code,
)
from accounts.services.factors import has_factor, seconds_to_wait
from accounts.throttling import address_of, count_sign_in
from audit.services import record
from core.actors import PERSON, Actor, actor_of
from core.errors import Conflict

if TYPE_CHECKING:
    from accounts.adminsite import VerifiedAdminSite

PENDING = "sign_in"
PENDING_SECONDS = 600
BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """Step 1: name and password."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            return _too_many(site, request, form, "accounts/sign_in.html", wait)
        user = check_password(
            actor=Actor.anonymous(address_of(request)),
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            where="admin",
            staff_only=True,
        )
        if user is not None:
            return _start_second_step(site, request, user)
        form.refuse("The user name or the password is not right.")
    context = {"form": form, "next": _safe_next(site, request), "title": "Sign in"}
    return _page(site, request, "accounts/sign_in.html", context)


def _start_second_step(site: VerifiedAdminSite, request: HttpRequest, user: User) -> HttpResponse:
    target = _safe_next(site, request)
    leave(request, AdminSession.End.SIGNED_IN_AGAIN)
    if SESSION_KEY in request.session:
        request.session.flush()
    else:
        request.session.cycle_key()
    request.session[PENDING] = {
        "user": str(user.pk),
        "hash": user.get_session_auth_hash(),
        "at": int(time.time()),
        "next": target,
    }
    if has_factor(user):
        return _redirect(site, "verify")
    start_enrolment(user=user)
    return _redirect(site, "enrol")


def verify(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """Step 2 for those with a factor: a one-time or recovery code."""
    user = _pending(request)
    if user is None:
        return _redirect(site, "login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            return _too_many(site, request, form, "accounts/verify.html", wait)
        actor = Actor.anonymous(address_of(request))
        device = use_code(actor=actor, user=user, code=form.cleaned_data["code"], where="admin")
        if device is not None:
            target = _finish(request, user, device)
            if isinstance(device, RecoveryCodeDevice):
                messages.warning(request, f"A recovery code was used up. {device.left} are left.")
            return HttpResponseRedirect(target)
        form.refuse(_wrong_code(user))
    return _page(site, request, "accounts/verify.html", {"form": form, "title": "Second step"})


@transaction.atomic
def enrol(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """Step 2 at the first sign-in: an authenticator app, proved by its first code."""
    user = _pending(request)
    device = TotpDevice.objects.filter(user=user, confirmed=False).first() if user else None
    if user is None or device is None:
        return _redirect(site, "login")
    form = CodeForm(request.POST or None, recovery=False)
    if request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            return _too_many(site, request, form, "accounts/enrol.html", wait, device)
        try:
            enrolled = confirm_enrolment(
                actor=_person(request, user), user=user, code=form.cleaned_data["code"]
            )
        except Conflict:
            return _redirect(site, "login")
        if enrolled is not None:
            confirmed, codes = enrolled
            target = _finish(request, user, confirmed)
            return _codes_page(site, request, user, codes, target)
        form.refuse(_wrong_code(user))
    return _page(site, request, "accounts/enrol.html", _enrol_context(form, device))


@transaction.atomic
def recovery_codes(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """A signed-in person's recovery codes: how many are left, new ones for a one-time code."""
    user: Any = request.user
    if request.method == "POST" and "kept" in request.POST:
        with transaction.atomic():
            record(actor=actor_of(request), event_type="factor", action="recovery_kept", obj=user)
        return HttpResponseRedirect(_safe_next(site, request))
    form = CodeForm(request.POST or None, recovery=False)
    if request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            return _too_many(site, request, form, "accounts/recovery_codes.html", wait)
        code = form.cleaned_data["code"]
        actor = actor_of(request)
        device = use_code(actor=actor, user=user, code=code, where="recovery_codes")
        if isinstance(device, TotpDevice):
            codes = renew_recovery_codes(actor=actor, user=user)
            return _codes_page(site, request, user, codes, reverse(f"{site.name}:index"))
        form.refuse(_wrong_code(user))
    held = RecoveryCodeDevice.objects.filter(user=user).first()
    context = {"form": form, "title": "Recovery codes", "left": held.left if held else 0}
    return _page(site, request, "accounts/recovery_codes.html", context)


def _finish(request: HttpRequest, user: User, device: Factor) -> str:
    """Sign in with a proved device; the address to go on to."""
    target: str = request.session.pop(PENDING)["next"]
    auth_login(request, user, backend=BACKEND)
    otp_login(request, device)
    begin(request, user, device)
    return target


def _pending(request: HttpRequest) -> User | None:
    """Whoever proved name and password in this session within the last ten minutes."""
    note = request.session.get(PENDING)
    if not note or not 0 <= time.time() - note["at"] <= PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=note["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(note["hash"], user.get_session_auth_hash()):
        return None
    return user


def _person(request: HttpRequest, user: User) -> Actor:
    return Actor(PERSON, str(user.pk), user.username, address_of(request))


def _wrong_code(user: User) -> str:
    wait = seconds_to_wait(user)
    again = f" Try again in {wait} s." if wait > 1 else ""
    return f"That code is not right, or was used already.{again}"


def _safe_next(site: VerifiedAdminSite, request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else reverse(f"{site.name}:index")


def _redirect(site: VerifiedAdminSite, name: str) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"{site.name}:{name}"))


def _page(
    site: VerifiedAdminSite,
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    status: int = 200,
) -> TemplateResponse:
    request.current_app = site.name  # type: ignore[attr-defined]
    return TemplateResponse(
        request, template, {**site.each_context(request), **context}, status=status
    )


def _too_many(
    site: VerifiedAdminSite,
    request: HttpRequest,
    form: SignInStep,
    template: str,
    wait: int,
    device: TotpDevice | None = None,
) -> HttpResponse:
    form.refuse(f"Too many tries from your network. Try again in {wait} s.")
    context = {"form": form, "title": "Sign in", "next": _safe_next(site, request)}
    if device is not None and isinstance(form, CodeForm):
        context = _enrol_context(form, device)
    response = _page(site, request, template, context, status=429)
    response["Retry-After"] = str(wait)
    return response


def _enrol_context(form: CodeForm, device: TotpDevice) -> dict[str, Any]:
    qr = segno.make(device.config_url, error="m", micro=False)
    return {
        "form": form,
        "title": "Set up your second factor",
        "qr": qr.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=False),
        "secret": device.spoken_secret,
    }


def _codes_page(
    site: VerifiedAdminSite, request: HttpRequest, user: User, codes: list[str], target: str
) -> HttpResponse:
    """The codes, in this answer alone: not in the session, a cookie or the log."""
    lines = [f"Recovery codes of {user.username}. Each works once.", "", *codes, ""]
    text = base64.b64encode("\n".join(lines).encode()).decode()
    context = {
        "title": "Keep your recovery codes",
        "codes": codes,
        "download": f"data:text/plain;charset=utf-8;base64,{text}",
        "next": target,
    }
    response = _page(site, request, "accounts/recovery_codes_once.html", context)
    # Inside the transaction: codes that could not be shown are codes that were not made.
    return response.render()
