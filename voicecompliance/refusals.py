"""Stored bytes that do not open, wherever it shows: one CRITICAL event, and a plain word to
whoever asked. The parts below raise ``CiphertextRefused`` and leave the rest to this. So do keys
that cannot be loaded, which are no event: nothing that is stored is in doubt."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from celery.signals import task_failure
from django.contrib import admin
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.refusals import record_refusal, told
from core.actors import Actor, actor_of
from core.errors import CiphertextRefused, KeyDestroyed, Problem
from core.fields import KeyMissing
from core.rest.exceptions import is_api, problem_response
from core.wrapping import RETRY_AFTER, KeyUnavailable
from vault.keys import covered_by

logger = logging.getLogger(__name__)

TITLE = "What is stored was refused"
KEY_TITLE = "An encryption key is missing"
DESTROYED_TITLE = "The key of this was destroyed"
UNAVAILABLE_TITLE = "The encryption keys are not to be had"
UNAVAILABLE = (
    "The wrapping keys cannot be loaded where they are kept. Nothing was stored or shown: try again"
    " later."
)
Outage = CiphertextRefused | KeyUnavailable


def answer(request: HttpRequest, error: Outage) -> HttpResponse:
    """What the one who asked is told: nothing of the content, and that it was recorded. A key that
    is missing or cannot be loaded is an outage, which ends when the key is there (503)."""
    if not is_api(request):
        return _page(request, error)
    if isinstance(error, KeyUnavailable):
        problem = Problem(
            UNAVAILABLE,
            code="key-unavailable",
            status=503,
            title="Encryption keys unavailable",
            headers={"Retry-After": str(int(RETRY_AFTER))},
        )
    elif isinstance(error, KeyMissing):
        problem = Problem(
            told(error), code="key-missing", status=503, title="Encryption key missing"
        )
    else:
        problem = Problem(
            told(error), code="ciphertext-refused", status=500, title="Stored data refused"
        )
    return problem_response(problem)


def _page(request: HttpRequest, error: Outage) -> HttpResponse:
    match error:
        case KeyUnavailable():
            title, status, template = UNAVAILABLE_TITLE, 503, "key_missing.html"
        case KeyMissing():
            title, status, template = KEY_TITLE, 503, "key_missing.html"
        case KeyDestroyed():
            title, status, template = DESTROYED_TITLE, 500, "ciphertext_refused.html"
        case _:
            title, status, template = TITLE, 500, "ciphertext_refused.html"
    known: dict[str, Any] = {
        "title": title,
        "destroyed": isinstance(error, KeyDestroyed),
        "request_id": vars(request).get("request_id", ""),
    }
    try:
        if isinstance(error, KeyMissing):
            known["covered"] = covered_by(error.key_id)
        return render(
            request, template, {**admin.site.each_context(request), **known}, status=status
        )
    except (CiphertextRefused, KeyUnavailable):
        # What the page itself is made of does not open.
        return HttpResponse(title, content_type="text/plain", status=status)


class RefusedCiphertextMiddleware:
    """The last of the middleware, so that it hears first of what a view raised: by then the
    view's transaction has been rolled back, and the event is in one of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, KeyUnavailable):
            # An outage of the keys' own store: nothing that is stored is in doubt.
            logger.error("the wrapping keys are not to be had: %s", error)
            return answer(request, error)
        if not isinstance(error, CiphertextRefused):
            return None
        logger.error("stored bytes were refused: %s (%s)", error, error.of or "unnamed")
        record_refusal(actor=actor_of(request), error=error)
        return answer(request, error)


def _outside_a_view(request: HttpRequest | None = None, **kwargs: Any) -> None:
    """What other middleware raised, such as the one that finds out who asks."""
    error = sys.exc_info()[1]
    if isinstance(error, CiphertextRefused):
        actor = Actor.anonymous(request.META.get("REMOTE_ADDR", "") if request else "")
        record_refusal(actor=actor, error=error)


def _in_a_task(sender: Any = None, exception: Any = None, **kwargs: Any) -> None:
    if isinstance(exception, CiphertextRefused):
        record_refusal(actor=Actor.system(getattr(sender, "name", "task")), error=exception)


def connect() -> None:
    """Listen to failures of tasks and of middleware."""
    got_request_exception.connect(_outside_a_view, dispatch_uid="ciphertext-refused")
    task_failure.connect(_in_a_task, dispatch_uid="ciphertext-refused", weak=False)
