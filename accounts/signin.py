"""Signing in to the admin, in two steps.

Step 1 asks for name and password and leaves a note in the session that somebody proved them:
nobody is signed in by it. Step 2 asks for a passkey or a code, or enrols a passkey or an
authenticator app where there is none, and signs in. The session's id changes at both.
"""

from __future__ import annotations

import base64
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth import login as auth_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp import login as otp_login
from django_otp.models import Device

from accounts.adminsessions import begin, leave
from accounts.forms import CodeForm, PasskeyAnswerForm, PasskeyForm, PasswordForm, SignInStep
from accounts.knownbrowsers import mark_of, remember
from accounts.models import AdminSession, RecoveryCodeDevice, TotpDevice, User
from accounts.ownapp import qr_context
from accounts.proving import (
    WRONG_CODE,
    WRONG_PASSKEY,
    challenge_of,
    origin_of,
    page,
    passkeys_for,
    prove,
    redirect,
    say_codes_left,
)
from accounts.services import (
    check_password,
    confirm_enrolment,
    enrol_passkey,
    renew_recovery_codes,
    start_enrolment,
    use_passkey_alone,
)
from accounts.services.attempts import forget_attempts
from accounts.services.factors import has_factor
from accounts.throttling import address_of, count_sign_in
from audit.services import record
from core.actors import PERSON, Actor, actor_of
from core.errors import Conflict, Invalid

if TYPE_CHECKING:
    from accounts.adminsite import VerifiedAdminSite

PENDING = "sign_in"
_SIGN_IN, _VERIFY, _ENROL, _CODES = (
    f"accounts/{name}.html" for name in ("sign_in", "verify", "enrol", "recovery_codes")
)
PENDING_SECONDS = 600
_WRONG = (
    "The user name or the password is not right. After several wrong tries, further ones are not"
    " looked at for a while; a passkey always opens."
)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """Step 1: name and password. Or both steps at once: a passkey, which the person's body or
    PIN has unlocked, is two factors by itself (NIST SP 800-63B-4, 3.1.7) and cannot be guessed."""
    if request.POST.get("passkey"):
        return _sign_in_by_passkey(site, request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            return _too_many(
                site, request, form, _SIGN_IN, wait, _sign_in_context(site, request, form)
            )
        found = check_password(
            actor=Actor.anonymous(address_of(request)),
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            where="admin",
            staff_only=True,
            browser_of=partial(mark_of, request),
        )
        if found is not None:
            return start_second_step(site, request, found[0], found[1].place)
        form.refuse(_WRONG)
    return page(site, request, _SIGN_IN, _sign_in_context(site, request, form))


def _sign_in_by_passkey(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    answered = PasskeyAnswerForm(request.POST)
    form = PasswordForm()
    if answered.is_valid():
        if wait := count_sign_in(request, "passkey"):
            return _too_many(
                site, request, form, _SIGN_IN, wait, _sign_in_context(site, request, form)
            )
        passkey = use_passkey_alone(
            actor=Actor.anonymous(address_of(request)),
            challenge=challenge_of(request),
            answer=answered.cleaned_data["passkey"],
            origin=origin_of(request),
        )
        if passkey is not None:
            target = _safe_next(site, request)
            _begin_anew(request)
            _enter(request, passkey.user, passkey)
            return _go_on(passkey.user, target)
    form.refuse(WRONG_PASSKEY)
    return page(site, request, _SIGN_IN, _sign_in_context(site, request, form))


def _sign_in_context(
    site: VerifiedAdminSite, request: HttpRequest, form: PasswordForm
) -> dict[str, Any]:
    return {
        "form": form,
        "next": _safe_next(site, request),
        "title": "Sign in",
        "carried": [("next", _safe_next(site, request))],
        **passkeys_for(request),
    }


def _begin_anew(request: HttpRequest) -> None:
    """Nothing of the session before, and another id."""
    leave(request, AdminSession.End.SIGNED_IN_AGAIN)
    if SESSION_KEY in request.session:
        request.session.flush()
    else:
        request.session.cycle_key()


def start_second_step(
    site: VerifiedAdminSite, request: HttpRequest, user: User, place: str = ""
) -> HttpResponse:
    """Go on to step 2 with somebody who has just proved or chosen their password; ``place`` is
    where tries at it were counted."""
    target = _safe_next(site, request)
    _begin_anew(request)
    request.session[PENDING] = {
        "user": str(user.pk),
        "hash": user.get_session_auth_hash(),
        "at": int(time.time()),
        "next": target,
        "place": place,
    }
    if has_factor(user):
        return redirect(site, "verify")
    start_enrolment(user=user)
    return redirect(site, "enrol")


def verify(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """Step 2 for those with a factor: a passkey, a one-time or a recovery code."""
    user = pending(request)
    if user is None:
        return redirect(site, "login")
    form = CodeForm(request.POST or None)
    context = {"form": form, "title": "Second step", **passkeys_for(request, user)}
    if request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            return _too_many(site, request, form, _VERIFY, wait, context)
        actor = Actor.anonymous(address_of(request))
        device = prove(request, user, form, actor=actor, where="admin")
        if device is not None:
            note = request.session.pop(PENDING)
            _enter(request, user, device, note["place"])
            return _go_on(user, note["next"])
    return page(site, request, _VERIFY, context)


@transaction.atomic
def enrol(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """Step 2 at the first sign-in: a passkey, or an authenticator app proved by its first code."""
    user = pending(request)
    device = TotpDevice.objects.filter(user=user, confirmed=False).first() if user else None
    if user is None or device is None or not device.waits(timezone.now()):
        return redirect(site, "login")
    form: SignInStep
    if "passkey" in request.POST:
        form = PasskeyForm(request.POST)
    else:
        form = CodeForm(request.POST or None, recovery=False)
    if request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            context = _enrol_context(request, user, form, device)
            return _too_many(site, request, form, _ENROL, wait, context)
        try:
            enrolled = _enrolled(request, user, form)
        except Conflict:
            return redirect(site, "login")
        if enrolled is not None:
            confirmed, codes = enrolled
            note = request.session.pop(PENDING)
            _enter(request, user, confirmed, note["place"])
            answer = _codes_page(site, request, user, codes, note["next"])
            remember(answer, user)
            return answer
    context = _enrol_context(request, user, form, device)
    return page(site, request, _ENROL, context)


def _enrolled(
    request: HttpRequest, user: User, form: SignInStep
) -> tuple[Device, list[str]] | None:
    """The factor that the form enrols and the recovery codes, or None and the form says why."""
    enrolled: tuple[Device, list[str]] | None = None
    if isinstance(form, CodeForm):
        code = form.cleaned_data["code"]
        enrolled = confirm_enrolment(actor=_person(request, user), user=user, code=code)
        if enrolled is None:
            form.refuse(WRONG_CODE)
        return enrolled
    try:
        enrolled = enrol_passkey(
            actor=_person(request, user),
            user=user,
            challenge=challenge_of(request),
            answer=form.cleaned_data["passkey"],
            name=form.cleaned_data["name"],
            origin=origin_of(request),
        )
    except Invalid as invalid:
        form.add_error("name", invalid.errors["name"])
        return None
    if enrolled is None:
        form.refuse(WRONG_PASSKEY)
    return enrolled


def recovery_codes(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """A signed-in person's recovery codes: how many are left, new ones for another factor."""
    user: Any = request.user
    actor = actor_of(request)
    if request.method == "POST" and "kept" in request.POST:
        with transaction.atomic():
            record(actor=actor, event_type="factor", action="recovery_kept", obj=user)
        return HttpResponseRedirect(_safe_next(site, request))
    form = CodeForm(request.POST or None, recovery=False)
    held = RecoveryCodeDevice.objects.filter(user=user).first()
    context = {"form": form, "title": "Recovery codes", "left": held.left if held else 0}
    context |= passkeys_for(request, user)
    if request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            return _too_many(site, request, form, _CODES, wait, context)
        if prove(request, user, form, actor=actor, where="recovery_codes") is not None:
            with transaction.atomic():
                codes = renew_recovery_codes(actor=actor, user=user)
                return _codes_page(site, request, user, codes, reverse(f"{site.name}:index"))
    return page(site, request, _CODES, context)


def _enter(request: HttpRequest, user: User, device: Device, place: str = "") -> None:
    """Sign in with a proved device; ``place`` is where the password's tries were counted."""
    auth_login(request, user, backend=BACKEND)
    otp_login(request, device)
    begin(request, user, device)
    forget_attempts(place)
    say_codes_left(request, device)


def _go_on(user: User, target: str) -> HttpResponse:
    answer = HttpResponseRedirect(target)
    remember(answer, user)
    return answer


def pending(request: HttpRequest) -> User | None:
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


def _safe_next(site: VerifiedAdminSite, request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else reverse(f"{site.name}:index")


def _too_many(
    site: VerifiedAdminSite,
    request: HttpRequest,
    form: SignInStep,
    template: str,
    wait: int,
    context: dict[str, Any],
) -> HttpResponse:
    """The page again, with what it says otherwise and that it takes no tries for a while."""
    form.ask_to_wait(wait)
    response = page(site, request, template, context, status=429)
    response["Retry-After"] = str(wait)
    return response


def _enrol_context(
    request: HttpRequest, user: User, form: SignInStep, device: TotpDevice
) -> dict[str, Any]:
    by_code = isinstance(form, CodeForm)
    return {
        **passkeys_for(request, user),
        "form": form,
        "code_form": form if by_code else CodeForm(recovery=False),
        "passkey_form": PasskeyForm(initial={"name": "My passkey"}) if by_code else form,
        "title": "Set up your second factor",
        **qr_context(device),
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
    response = page(site, request, "accounts/recovery_codes_once.html", context)
    # Inside the transaction: codes that could not be shown are codes that were not made.
    return response.render()
