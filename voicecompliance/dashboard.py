"""The start page: evidence as it was last measured, and what waits for the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core import evidence


def tiles(request: HttpRequest) -> dict[str, Any]:
    """Template context of the start page."""
    return {"evidence": [(check, evidence.read(check.code)) for check in evidence.checks()]}
