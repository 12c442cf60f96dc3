"""The admin opens for a verified second factor only."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from unfold.sites import UnfoldAdminSite

from audit.services import record
from core.actors import actor_of


class VerifiedAdminSite(UnfoldAdminSite):  # type: ignore[misc]
    """An admin site for active staff whose second factor was proved in this session.

    ``enrol`` and ``verify`` are the second step of signing in; ``recovery_codes`` and what is
    under ``second-factors/`` are for those who are in.
    """

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        verified = getattr(user, "otp_device", None) is not None
        return bool(user.is_active and user.is_staff and verified)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        def step(name: str) -> Callable[..., HttpResponse]:
            return self._sign_in_view(name)

        def factor(name: str) -> Callable[..., HttpResponse]:
            return self.admin_view(self._own_view("secondfactors", name))

        codes = self.admin_view(step("recovery_codes"))
        options = self._own_view("secondfactors", "passkey_options")
        own: list[URLPattern | URLResolver] = [
            path("login/code/", step("verify"), name="verify"),
            path("login/enrol/", step("enrol"), name="enrol"),
            path("login/passkey-options/", options, name="passkey_options"),
            path("recovery-codes/", codes, name="recovery_codes"),
            path("second-factors/", factor("second_factors"), name="second_factors"),
            path("second-factors/add/", factor("passkey_add"), name="passkey_add"),
            path(
                "second-factors/<uuid:passkey_id>/",
                factor("passkey_rename"),
                name="passkey_rename",
            ),
            path(
                "second-factors/<uuid:passkey_id>/remove/",
                factor("passkey_remove"),
                name="passkey_remove",
            ),
        ]
        return own + super().get_urls()

    def _sign_in_view(self, name: str) -> Callable[..., HttpResponse]:
        """A step of accounts.signin."""
        return self._own_view("signin", name)

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
        return self._sign_in_view("sign_in")(request)

    @method_decorator(never_cache)
    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        with transaction.atomic():
            if request.method == "POST" and request.user.is_authenticated:
                record(
                    actor=actor_of(request),
                    event_type="sign_in",
                    action="ended",
                    obj=request.user,
                    details={"where": "admin"},
                )
            response: HttpResponse = super().logout(request, extra_context)
        return response

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        from django.contrib.auth.views import PasswordChangeView
        from unfold.forms import AdminOwnPasswordChangeForm

        from accounts.models import User
        from accounts.services import set_password

        class OwnPasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc]
            def save(self, commit: bool = True) -> User:
                set_password(
                    actor=actor_of(request),
                    user=self.user,
                    password=self.cleaned_data["new_password1"],
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
