"""The admin site: verified people only, and a start page of evidence."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.generic import RedirectView

from accounts.adminsite import VerifiedAdminSite
from voicecompliance.dashboard import tiles

# Views of Django and Unfold that only show something, and ask for no method.
SHOWN = {
    *("index", "app_index", "search", "i18n_javascript", "password_change_done"),
    *("history_view", "autocomplete_view", "catch_all_view", "shortcut"),
}


class AdminSite(VerifiedAdminSite):
    """Our admin in place of Django's default site."""

    site_title = "Voice Compliance"
    site_header = "Voice Compliance"
    index_title = "Start"
    enable_nav_sidebar = True

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """As Django's, and what only shows takes no POST."""
        only_shows = (
            getattr(view, "__name__", "") in SHOWN
            or getattr(view, "view_class", None) is RedirectView
        )
        return super().admin_view(_safe(view) if only_shows else view, cacheable)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Nothing here completes what is typed: Django's view would look people up unseen."""
        raise Http404

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {**(extra_context or {}), **tiles(request)})


def _safe(view: Callable[..., Any]) -> Callable[..., Any]:
    """``view`` for GET and HEAD alone, its own attributes kept."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return view(request, *args, **kwargs)

    return inner
