"""Content Security Policy, and what is refused before anybody looks at a request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.errors import Forbidden, Invalid, Problem
from core.rest.exceptions import is_api, problem_response

# Unfold's Alpine needs 'unsafe-eval' for scripts and inline styles; no inline script runs.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",
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
)


class ContentSecurityPolicyMiddleware:
    """Sets the policy on every answer, and keeps pages of personal data out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response


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
