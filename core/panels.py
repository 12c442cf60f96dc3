"""Parts that an app adds to another app's page in the admin, without either importing up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page of one model's object.

    ``context`` gets the request and the object and returns the template's context, or None to
    leave the panel out; ``permission`` ("app.codename") hides it from those without.
    """

    model: str
    title: str
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]
    permission: str
    order: int = 0


_panels: list[Panel] = []


def add(panel: Panel) -> None:
    """Register ``panel``."""
    _panels.append(panel)


def shown(request: HttpRequest, model: str, obj: Any) -> list[dict[str, Any]]:
    """The panels that this person sees on ``obj``'s page, ready to be rendered."""
    result = []
    for panel in sorted(_panels, key=lambda each: each.order):
        if panel.model != model or not request.user.has_perm(panel.permission):  # type: ignore[union-attr]
            continue
        context = panel.context(request, obj)
        if context is not None:
            result.append({"title": panel.title, "template": panel.template, **context})
    return result
