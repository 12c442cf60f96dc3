"""The admin site: verified people only, and a start page of evidence."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accounts.adminsite import VerifiedAdminSite
from voicecompliance.dashboard import tiles


class AdminSite(VerifiedAdminSite):
    """Our admin in place of Django's default site."""

    site_title = "Voice Compliance"
    site_header = "Voice Compliance"
    index_title = "Start"
    enable_nav_sidebar = True

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Nothing here completes what is typed: Django's view would look people up unseen."""
        raise Http404

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {**(extra_context or {}), **tiles(request)})
