"""Every error under /api leaves as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.encoding import force_str
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.errors import Forbidden, Invalid, Malformed, NotFound, Problem, TooLarge

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


def as_problem(error: Exception) -> Problem | None:
    """``error`` as a problem, or None where it is a fault of ours."""
    match error:
        case Problem():
            return error
        case Http404() | exceptions.NotFound():
            return NotFound()
        case exceptions.ValidationError():
            return Invalid(errors=_field_errors(error.detail))
        case ValidationError():
            messages = getattr(error, "message_dict", None) or {"body": error.messages}
            return Invalid(errors=messages)
        case exceptions.ParseError():
            return Malformed()
        case exceptions.NotAuthenticated():
            return Problem(
                "No credentials were given.",
                code="not-authenticated",
                status=401,
                headers={"WWW-Authenticate": "Bearer"},
            )
        case exceptions.AuthenticationFailed():
            return Problem(
                force_str(error.detail),
                code="invalid-token",
                status=401,
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
            )
        case exceptions.Throttled():
            wait = max(1, int(getattr(error, "wait", None) or 1))
            return Problem(
                f"Too many requests. Try again in {wait} s.",
                code="rate-limited",
                status=429,
                headers={"Retry-After": str(wait)},
            )
        case PermissionDenied() | exceptions.PermissionDenied():
            return Forbidden()
        case exceptions.UnsupportedMediaType():
            return Problem(code="unsupported-media-type", status=415)
        case exceptions.MethodNotAllowed():
            return Problem(code="method-not-allowed", status=405)
        case exceptions.NotAcceptable():
            return Problem(code="not-acceptable", status=406)
        case RequestDataTooBig():
            return TooLarge()
        case exceptions.APIException():
            return Problem(status=error.status_code)
    return None


def _field_errors(detail: Any, path: str = "") -> dict[str, list[str]]:
    """DRF's nested details as one level: a dotted path to its messages."""
    if isinstance(detail, dict):
        flat: dict[str, list[str]] = {}
        for key, value in detail.items():
            if isinstance(key, int):
                flat.update(_field_errors(value, f"{path}[{key}]"))
                continue
            name = "body" if key == "non_field_errors" else str(key)
            flat.update(_field_errors(value, f"{path}.{name}" if path else name))
        return flat
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        flat = {}
        for place, item in enumerate(detail):
            if item:
                flat.update(_field_errors(item, f"{path}[{place}]"))
        return flat
    messages = detail if isinstance(detail, list) else [detail]
    return {path or "body": [force_str(message) for message in messages]}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER."""
    problem = as_problem(error)
    if problem is None:
        return None
    set_rollback()
    headers = dict(problem.headers)
    if isinstance(error, exceptions.MethodNotAllowed) and "view" in context:
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    return Response(
        problem.document(), status=problem.status, headers=headers, content_type=CONTENT_TYPE
    )


def problem_response(problem: Problem) -> HttpResponse:
    """For answers outside DRF (404 and 500 handlers, middleware)."""
    response = JsonResponse(problem.document(), status=problem.status, content_type=CONTENT_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def is_api(request: HttpRequest) -> bool:
    """Whether the path belongs to the API, so that errors are JSON."""
    return request.path.startswith("/api/")
