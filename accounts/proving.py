"""A factor proved on a page of the admin: by the browser's answer for a passkey, or by a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django_otp.models import Device

from accounts.adminsessions import session_of
from accounts.forms import CodeForm
from accounts.knownbrowsers import mark_of
from accounts.models import AdminSession, Passkey, RecoveryCodeDevice, User
from accounts.services import note_proof, use_code, use_passkey
from core.actors import Actor, actor_of

if TYPE_CHECKING:
    from accounts.adminsite import VerifiedAdminSite

CHALLENGE = "passkey_challenge"
WRONG_CODE = (
    "That code is not right, or was used already. After several wrong tries, further ones are not"
    " looked at for a while."
)
WRONG_PASSKEY = "That passkey did not do. Try again, or use a code."


def prove(
    request: HttpRequest, user: User, form: CodeForm, *, actor: Actor, where: str
) -> Device | None:
    """The device that a valid form proves, used up; else None, and the form says why."""
    device: Device | None
    if form.cleaned_data["passkey"]:
        device = use_passkey(
            actor=actor,
            user=user,
            challenge=challenge_of(request),
            answer=form.cleaned_data["passkey"],
            origin=origin_of(request),
            where=where,
        )
        if device is None:
            form.refuse(WRONG_PASSKEY)
    else:
        device = use_code(
            actor=actor,
            user=user,
            code=form.cleaned_data["code"],
            where=where,
            browser=mark_of(request, user),
        )
        if device is None:
            form.refuse(WRONG_CODE)
    return device


def prove_again(
    request: HttpRequest, session: AdminSession, form: CodeForm, *, where: str
) -> Device | None:
    """As ``prove``, by whoever is signed in; their admin session remembers when."""
    actor = actor_of(request)
    device = prove(request, session.user, form, actor=actor, where=where)
    if device is not None:
        note_proof(actor=actor, session=session, device=device)
        # OWASP ASVS 5.0, V7.2.4: what somebody had copied before the proof opens nothing after it.
        request.session.cycle_key()
        say_codes_left(request, device)
    return device


def say_codes_left(request: HttpRequest, device: Device) -> None:
    """A message on the next page where ``device`` is the recovery codes, and one is used up."""
    if isinstance(device, RecoveryCodeDevice):
        messages.warning(request, f"A recovery code was used up. {device.left} are left.")


def proved_lately(request: HttpRequest) -> bool:
    """Whether a factor was proved in this admin session within ``STEP_UP_SECONDS``."""
    session = session_of(request)
    return session is not None and session.proved_recently(timezone.now())


def note_challenge(request: HttpRequest, challenge: UUID) -> None:
    """Bind a challenge to this session, in place of any before it."""
    request.session[CHALLENGE] = str(challenge)


def challenge_of(request: HttpRequest) -> UUID | None:
    """The challenge that this session was given, taken out of it."""
    noted = request.session.pop(CHALLENGE, None)
    return UUID(noted) if noted else None


def origin_of(request: HttpRequest) -> str:
    """Scheme and host that the request came to."""
    return f"{request.scheme}://{request.get_host()}"


def passkeys_for(request: HttpRequest, user: User | None = None) -> dict[str, Any]:
    """For a page: whether the person has passkeys, where it is known who it is; whether passkeys
    can be used at this address, and at which they can. A passkey opens for its host's name
    alone, so never by 127.0.0.1."""
    domain = settings.OTP_WEBAUTHN_RP_ID
    host, _, port = request.get_host().rpartition(":")
    if not port.isdecimal():
        host, port = request.get_host(), ""
    return {
        "has_passkeys": user is not None
        and Passkey.objects.filter(user=user, confirmed=True).exists(),
        "passkeys_here": host == domain or host.endswith(f".{domain}"),
        "passkey_domain": domain,
        "passkey_start": f"{request.scheme}://{domain}{port and ':' + port}"
        + reverse("admin:index"),
    }


def redirect(site: VerifiedAdminSite, name: str) -> HttpResponse:
    """To the site's page of this name."""
    return HttpResponseRedirect(reverse(f"{site.name}:{name}"))


def page(
    site: VerifiedAdminSite,
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    status: int = 200,
) -> TemplateResponse:
    """A page of the site's own, outside any model."""
    request.current_app = site.name  # type: ignore[attr-defined]
    return TemplateResponse(
        request, template, {**site.each_context(request), **context}, status=status
    )
