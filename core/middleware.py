"""The request's id: taken from the caller where it is fit to print, else made."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.actors import request_id
from core.ids import uuid7

# With a letter: a bare number may be somebody's, and the id goes into logs and audit events.
_FIT = re.compile(r"(?=[0-9._-]*[A-Za-z])[A-Za-z0-9._-]{8,64}\Z")


class RequestIdMiddleware:
    """Sets ``core.actors.request_id`` and answers it as ``X-Request-ID``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        token = request_id.set(given if _FIT.match(given) else str(uuid7()))
        # Django logs a refused request after this middleware is through.
        vars(request)["request_id"] = request_id.get()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)
