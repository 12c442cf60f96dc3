"""Stored bytes that do not open, wherever it shows: one CRITICAL event, and a plain word to
whoever asked. The parts below raise ``CiphertextRefused`` and leave the rest to this."""

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
from core.errors import CiphertextRefused, Problem
from core.fields import KeyMissing
from core.rest.exceptions import is_api, problem_response

logger = logging.getLogger(__name__)

TITLE = "What is stored was refused"
KEY_TITLE = "An encryption key is missing"


def answer(request: HttpRequest, error: CiphertextRefused) -> HttpResponse:
    """What the one who asked is told: nothing of the content, and that it was recorded. A key that
    is missing is an outage, which ends when the key is put back (503)."""
    missing = isinstance(error, KeyMissing)
    if is_api(request):
        return problem_response(
            Problem(
                told(error),
                code="key-missing" if missing else "ciphertext-refused",
                status=503 if missing else 500,
                title="Encryption key missing" if missing else "Stored data refused",
            )
        )
    return _page(request, error)


def _page(request: HttpRequest, error: CiphertextRefused) -> HttpResponse:
    missing = error.key_id if isinstance(error, KeyMissing) else ""
    title, status = (KEY_TITLE, 503) if missing else (TITLE, 500)
    known = {
        "title": title,
        "missing_key": missing,
        "request_id": vars(request).get("request_id", ""),
    }
    try:
        return render(
            request,
            "ciphertext_refused.html",
            {**admin.site.each_context(request), **known},
            status=status,
        )
    except CiphertextRefused:
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
