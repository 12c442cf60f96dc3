"""One's own second factors in the admin: looked at, passkeys added, renamed and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse

from accounts.adminsessions import session_of
from accounts.forms import CodeForm, PasskeyForm, PasskeyNameForm
from accounts.models import Passkey, RecoveryCode, TotpDevice, User
from accounts.models.passkeys import PasskeyChallenge
from accounts.proving import (
    WRONG_PASSKEY,
    challenge_of,
    note_challenge,
    origin_of,
    page,
    passkeys_for,
    prove_again,
    proved_lately,
    redirect,
)
from accounts.services import add_passkey, put_challenge, remove_passkey, rename_passkey
from accounts.services.factors import has_factor
from accounts.throttling import count_sign_in
from core.actors import actor_of
from core.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from accounts.adminsite import VerifiedAdminSite

Kind = PasskeyChallenge.Ceremony


def passkey_options(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """What the browser's Web Authentication takes, by POST of ``ceremony``, as JSON.

    To register for somebody who enrols a first factor or has proved one lately; to authenticate
    for somebody who is signed in, or has a passkey and got past the first step; to sign in for
    anybody. 403 otherwise.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if wait := count_sign_in(request, "passkey"):
        answer = JsonResponse({"error": "too-many"}, status=429)
        answer["Retry-After"] = str(wait)
        return answer
    ceremony = request.POST.get("ceremony")
    user = _whose(site, request, ceremony)
    if user is None and ceremony != Kind.SIGN_IN:
        return JsonResponse({"error": "forbidden"}, status=403)
    challenge, options = put_challenge(user=user, ceremony=str(ceremony), origin=origin_of(request))
    note_challenge(request, challenge)
    return JsonResponse(options)


def _whose(site: VerifiedAdminSite, request: HttpRequest, ceremony: str | None) -> User | None:
    from accounts.signin import pending

    signed_in = site.has_permission(request)
    user: Any = request.user if signed_in else pending(request)
    if user is None or ceremony not in (Kind.REGISTRATION, Kind.AUTHENTICATION):
        return None
    if ceremony == Kind.REGISTRATION:
        allowed = proved_lately(request) if signed_in else not has_factor(user)
    else:
        allowed = Passkey.objects.filter(user=user, confirmed=True).exists()
    return user if allowed else None


def second_factors(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """The person's factors; a proof of one opens the form for a further passkey."""
    user: Any = request.user
    session = session_of(request)
    form = CodeForm(request.POST or None)
    status = 200
    if session is not None and request.method == "POST" and form.is_valid():
        if wait := count_sign_in(request):
            form.ask_to_wait(wait)
            status = 429
        elif prove_again(request, session, form, where="second_factors"):
            return redirect(site, "second_factors")
    answer = _page(site, request, user, form=form, status=status)
    if status == 429:
        answer["Retry-After"] = str(wait)
    return answer


def passkey_add(site: VerifiedAdminSite, request: HttpRequest) -> HttpResponse:
    """A further passkey, by POST, for somebody who has proved a factor lately."""
    user: Any = request.user
    if request.method != "POST":
        return redirect(site, "second_factors")
    if not proved_lately(request):
        messages.error(request, "Prove one of your factors again first.")
        return redirect(site, "second_factors")
    form = PasskeyForm(request.POST)
    if form.is_valid():
        try:
            added = add_passkey(
                actor=actor_of(request),
                user=user,
                challenge=challenge_of(request),
                answer=form.cleaned_data["passkey"],
                name=form.cleaned_data["name"],
                origin=origin_of(request),
            )
        except Invalid as invalid:
            form.add_error("name", invalid.errors["name"])
        else:
            if added is not None:
                messages.success(request, f"The passkey {added.name} was added.")
                return redirect(site, "second_factors")
            form.refuse(WRONG_PASSKEY)
    return _page(site, request, user, passkey_form=form)


def passkey_rename(site: VerifiedAdminSite, request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Another name for a passkey of one's own."""
    passkey = _own(request, passkey_id)
    form = PasskeyNameForm(request.POST or None, initial={"name": passkey.name})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            rename_passkey(
                actor=actor_of(request), user=passkey.user, passkey_id=passkey.pk, name=name
            )
            return redirect(site, "second_factors")
        except Invalid as invalid:
            form.add_error("name", invalid.errors["name"])
    back = reverse(f"{site.name}:second_factors")
    context = {"title": "Rename passkey", "form": form, "back": back}
    return page(site, request, "accounts/passkey_rename.html", context)


def passkey_remove(site: VerifiedAdminSite, request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Take a passkey of one's own away, for somebody who has proved a factor lately."""
    passkey = _own(request, passkey_id)
    if not proved_lately(request):
        messages.error(request, "Prove one of your factors again first.")
        return redirect(site, "second_factors")
    if request.method == "POST":
        try:
            remove_passkey(actor=actor_of(request), user=passkey.user, passkey_id=passkey.pk)
            messages.success(request, f"The passkey {passkey.name} was removed.")
        except Conflict as conflict:
            messages.error(request, conflict.detail)
        except NotFound:
            raise Http404 from None
        return redirect(site, "second_factors")
    context = {
        "title": "Remove passkey",
        "question": f"Remove the passkey {passkey.name}? It opens nothing here any more, and what"
        " was opened with it ends; it cannot be undone.",
        "back": reverse(f"{site.name}:second_factors"),
    }
    return page(site, request, "admin/confirm.html", context)


def _own(request: HttpRequest, passkey_id: UUID) -> Passkey:
    """A passkey of the person's. Raises Http404 for another's too."""
    user: Any = request.user
    passkey = Passkey.objects.filter(pk=passkey_id, user=user, confirmed=True).first()
    if passkey is None:
        raise Http404
    return passkey


def _page(
    site: VerifiedAdminSite,
    request: HttpRequest,
    user: User,
    *,
    form: CodeForm | None = None,
    passkey_form: PasskeyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    passkeys = list(Passkey.objects.filter(user=user, confirmed=True))
    app = TotpDevice.objects.filter(user=user, confirmed=True).first()
    context = {
        "title": "Second factors",
        "passkeys": passkeys,
        "app": app,
        "removable": len(passkeys) + (app is not None) > 1,
        # A lost phone: by a recovery code to a new app.
        "app_removable": app is not None
        and (
            bool(passkeys) or RecoveryCode.objects.filter(device__user=user, used_at=None).exists()
        ),
        "proved": proved_lately(request),
        "form": form or CodeForm(),
        "passkey_form": passkey_form or PasskeyForm(),
        **passkeys_for(request, user),
    }
    return page(site, request, "accounts/second_factors.html", context, status=status)
