"""Routes. Each app keeps its own; here they are mounted."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views import defaults
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from core.errors import Forbidden, Malformed, NotFound, Problem
from core.rest.exceptions import is_api, problem_response
from voicecompliance.health import healthz, readyz
from voicecompliance.metrics import metrics

api: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("audit.urls")),
    path("", include("consent.urls")),
    path("", include("phi.urls")),
    path("", include("aiethics.urls")),
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    # Its script apart from its page, as the policy on scripts asks; a page has no OPTIONS.
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", metadata_class=None),
        name="docs",
    ),
]

urlpatterns = [
    path("", require_safe(RedirectView.as_view(pattern_name="admin:index")), name="home"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", include(api)),
    path("admin/", admin.site.urls),
]


def _bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem_response(Malformed())
    return defaults.bad_request(request, exception)


def _forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem_response(Forbidden())
    return defaults.permission_denied(request, exception)


def _not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem_response(NotFound())
    return defaults.page_not_found(request, exception)


def _fault(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        return problem_response(
            Problem(
                "Something failed on our side. The X-Request-ID names it in our logs.",
                code="internal-error",
                status=500,
            )
        )
    return defaults.server_error(request)


handler400 = _bad_request
handler403 = _forbidden
handler404 = _not_found
handler500 = _fault
