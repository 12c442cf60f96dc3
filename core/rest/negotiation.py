"""Which representation is answered."""

from __future__ import annotations

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

_PLAIN = frozenset({"", "*/*", "application/json"})


class QuickNegotiation(DefaultContentNegotiation):
    """DRF's, with the usual case decided at once: JSON is asked for, or nothing in particular."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: Any = None
    ) -> tuple[Any, str]:
        meta = request.META
        if not meta.get("QUERY_STRING") and meta.get("HTTP_ACCEPT", "") in _PLAIN:
            first = renderers[0]
            if first.media_type == "application/json":
                return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
