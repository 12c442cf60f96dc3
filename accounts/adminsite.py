"""The admin opens for a verified second factor only."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from unfold.sites import UnfoldAdminSite

from core.actors import actor_of


def came_from(request: HttpRequest) -> str:
    """The path of our own page that a form was sent from, or nothing where that is not known."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    if page.netloc != request.get_host():
        return ""
    return page.path + (f"?{page.query}" if page.query else "")


OWN_PAGES = (
    ("login/code/", "signin.verify", "verify"),
    ("login/enrol/", "signin.enrol", "enrol"),
    ("login/passkey-options/", "secondfactors.passkey_options", "passkey_options"),
    ("recovery-codes/", "signin.recovery_codes", "recovery_codes"),
    ("second-factors/", "secondfactors.second_factors", "second_factors"),
    ("second-factors/app/", "ownapp.app_add", "app_add"),
    ("second-factors/app/start/", "ownapp.app_start", "app_start"),
    ("second-factors/app/remove/", "ownapp.app_remove", "app_remove"),
    ("second-factors/add/", "secondfactors.passkey_add", "passkey_add"),
    ("second-factors/<uuid:passkey_id>/", "secondfactors.passkey_rename", "passkey_rename"),
    ("second-factors/<uuid:passkey_id>/remove/", "secondfactors.passkey_remove", "passkey_remove"),
    ("sessions/", "ownsessions.own_sessions", "sessions"),
    ("welcome/", "welcome.welcome", "welcome"),
    ("roles/", "rolespage.roles", "roles"),
    ("roles/people.csv", "rolespage.people_csv", "roles_csv"),
)
"""The site's pages of accounts: route, module and view, name."""
OPEN_PAGES = ("login/code/", "login/enrol/", "login/passkey-options/", "welcome/")
"""Those on the way in; the others are for who is in."""


def too_many(site: AdminSite, request: HttpRequest, wait: int, back: str) -> HttpResponse:
    """The page for somebody who must wait so many seconds: 429, and the way back."""
    request.current_app = site.name  # type: ignore[attr-defined]
    context = {**site.each_context(request), "title": "Too many requests"}
    response = TemplateResponse(
        request, "admin/too_many.html", {**context, "wait": wait, "back": back}, status=429
    )
    response["Retry-After"] = str(wait)
    return response.render()


_NOT_YOURS = (
    "That is not your password. After several wrong tries, further ones are not looked at for a"
    " while."
)


class VerifiedAdminSite(UnfoldAdminSite):  # type: ignore[misc]
    """An admin site for active staff whose second factor was proved in this session."""

    def has_permission(self, request: HttpRequest) -> bool:
        # Imported late: this module is read before the models are.
        from accounts.adminsessions import session_of

        held = session_of(request) is not None
        user: Any = request.user
        verified = getattr(user, "otp_device", None) is not None
        return bool(held and user.is_active and user.is_staff and verified)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own: list[URLPattern | URLResolver] = []
        for route, where, name in OWN_PAGES:
            view = self._own_view(*where.split("."))
            own.append(
                path(route, view if route in OPEN_PAGES else self.admin_view(view), name=name)
            )
        return own + super().get_urls()

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's; who was signed out in the middle of a POST comes back to the page that it
        was sent from, because its own address answers nobody who only asks for it."""
        inner = super().admin_view(view, cacheable)

        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not self.has_permission(request):
                login = reverse(f"{self.name}:login")
                return redirect_to_login(came_from(request) or reverse(f"{self.name}:index"), login)
            if wait := self._wait(request):
                return too_many(self, request, wait, reverse(f"{self.name}:index"))
            response: HttpResponse = inner(request, *args, **kwargs)
            return response

        return update_wrapper(door, inner)

    def _wait(self, request: HttpRequest) -> int | None:
        """Seconds for which whoever is signed in must wait; None where nobody is."""
        # Imported late: this module is read before the models are.
        from accounts.throttling import class_of, count_person

        if not self.has_permission(request):
            return None
        return count_person(request, class_of(None, str(request.method)))

    def _own_view(self, module: str, name: str) -> Callable[..., HttpResponse]:
        """A view of an accounts module: never cached, against CSRF, its fields out of reports."""

        def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            # Imported late: this module is read before the models are.
            views = import_module(f"accounts.{module}")
            answer: HttpResponse = getattr(views, name)(self, request, **kwargs)
            return answer

        view.__name__ = name
        return never_cache(csrf_protect(sensitive_post_parameters()(view)))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse(f"{self.name}:index"))
        return self._own_view("signin", "sign_in")(request)

    @method_decorator(never_cache)
    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        from accounts.adminsessions import leave
        from accounts.models import AdminSession

        with transaction.atomic():
            if request.method == "POST":
                leave(request, AdminSession.End.SIGNED_OUT)
            response: HttpResponse = super().logout(request, extra_context)
        # What the browser kept to come back to: behind it the next person would read on.
        response["Clear-Site-Data"] = '"cache"'
        return response

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        from django.contrib.auth.views import PasswordChangeView
        from unfold.forms import AdminOwnPasswordChangeForm

        from accounts.adminsessions import session_of
        from accounts.knownbrowsers import mark_of
        from accounts.models import User
        from accounts.proving import proved_lately
        from accounts.services import check_own_password, set_password

        session = session_of(request)
        if not proved_lately(request):
            messages.warning(request, "For a new password, prove one of your factors here first.")
            return HttpResponseRedirect(reverse(f"{self.name}:second_factors"))

        class OwnPasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc]
            def clean_old_password(self) -> str:
                old: str = self.cleaned_data["old_password"]
                mark = mark_of(request, self.user)
                if not check_own_password(
                    actor=actor_of(request), user=self.user, password=old, browser=mark
                ):
                    raise ValidationError(_NOT_YOURS, code="password_incorrect")
                return old

            def save(self, commit: bool = True) -> User:
                set_password(
                    actor=actor_of(request),
                    user=self.user,
                    password=self.cleaned_data["new_password1"],
                    keep_session=session.pk if session else None,
                )
                user: User = self.user
                return user

        request.current_app = self.name  # type: ignore[attr-defined]
        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse(f"{self.name}:password_change_done"),
            template_name=self.password_change_template or "registration/password_change_form.html",
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)
