"""Headers of every answer, and what is refused before anybody looks at a request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from core.errors import Forbidden, Invalid, Problem
from core.rest.exceptions import is_api, problem_response

_PAGE = (
    "default-src 'self'",
    "script-src 'self'",
    # Unfold and Swagger UI write styles into their tags.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "media-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
# A page outside the admin: the API's documents, an error.
PAGE_POLICY = "; ".join(_PAGE)
# Unfold's pages are put together by Alpine, which makes functions of the expressions in their
# tags: without 'unsafe-eval' Chromium reports 60 and more violations on each page, and no menu,
# theme or dialogue works. No inline script runs, so that nothing written into a page does.
ADMIN_POLICY = PAGE_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")
# What is no page loads nothing, opened in a browser all the same.
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

PERMISSIONS = ", ".join(
    (
        *(f"{name}=()" for name in ("accelerometer", "autoplay", "camera", "display-capture")),
        *(f"{name}=()" for name in ("geolocation", "gyroscope", "magnetometer", "microphone")),
        *(f"{name}=()" for name in ("midi", "payment", "serial", "usb", "xr-spatial-tracking")),
        # Passkeys.
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    )
)


def policy_for(request: HttpRequest, response: HttpResponse) -> str:
    """The Content Security Policy of an answer (W3C CSP Level 3)."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return DATA_POLICY
    return ADMIN_POLICY if request.path.startswith("/admin/") else PAGE_POLICY


class SecurityHeadersMiddleware:
    """The headers that Django does not set (OWASP ASVS 5.0, 3.4), and answers kept out of
    caches: all but the static files may hold personal data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", policy_for(request, response))
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response


class PageMethodsMiddleware:
    """Pages take GET, HEAD and POST alone (OWASP ASVS 5.0, 4.1.4). Django's admin answers any
    other method as it answers GET, past the checks and the events that name GET and POST; the
    API's views name their own methods."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD", "POST"} or is_api(request):
            return self.get_response(request)
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])


class TransportMiddleware:
    """Refuses methods that nobody needs, TRACE among them, which could show a caller's own
    credentials to a script (ASVS 5.0, V13.4.4); and, where everything is asked by https, API
    calls by plain http. A browser is sent on to https; a program that was would go on sending
    its key in the clear, and nobody would notice (V4.1.2). A query parameter of the API counts
    once: of two, a proxy might read the first and we the last (V15.3.7)."""

    METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in self.METHODS:
            return problem_response(
                Problem(
                    code="method-not-allowed",
                    status=405,
                    headers={"Allow": ", ".join(sorted(self.METHODS))},
                )
            )
        if settings.SECURE_SSL_REDIRECT and is_api(request) and not request.is_secure():
            return problem_response(
                Forbidden(
                    "Call the API by https. Revoke the key that was sent by plain http.",
                    code="https-required",
                )
            )
        if is_api(request) and (repeated := _repeated(request)):
            return problem_response(
                Invalid(errors={name: ["It was given more than once."] for name in repeated})
            )
        return self.get_response(request)


def _repeated(request: HttpRequest) -> list[str]:
    """Query parameters that are given more than once; a name that ends in ``[]`` is a list's."""
    query = request.GET.lists() if request.META.get("QUERY_STRING") else ()
    return [name for name, values in query if len(values) > 1 and not name.endswith("[]")]
