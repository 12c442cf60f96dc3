"""``Idempotency-Key`` for apps below the one that keeps the answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def idempotent(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a view's ``post`` with what the setting ``IDEMPOTENCY`` names, on first use."""
    kept: list[Callable[..., Any]] = []

    @wraps(handler)
    def post(*args: Any, **kwargs: Any) -> Any:
        if not kept:
            kept.append(import_string(settings.IDEMPOTENCY)(handler))
        return kept[0](*args, **kwargs)

    return post
