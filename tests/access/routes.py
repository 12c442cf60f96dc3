"""Every route that the URL resolver knows, each under one key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLResolver, get_resolver

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_APPS = re.compile(r"\(\?P<app_label>([^)]+)\)")


@dataclass(frozen=True)
class Route:
    """A route: its key, its whole pattern and the view behind it.

    The key is the name with its namespaces (``admin:consent_call_change``); the pattern where
    there is no name; with the app's label behind it where one pattern stands for several apps.
    """

    key: str
    pattern: str
    view: Any

    @property
    def is_admin(self) -> bool:
        return self.pattern.startswith("admin/")

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    @property
    def parameters(self) -> list[str]:
        """The names of the pattern's parameters."""
        return _PARAMETER.findall(self.pattern.replace("?P<", "<"))

    def path(self, values: Mapping[str, Any]) -> str:
        """The address, with ``values`` for the parameters. KeyError for one that is missing."""
        plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", self.pattern)
        plain = plain.replace("^", "").replace("$", "").replace("\\Z", "")
        return "/" + _PARAMETER.sub(lambda match: str(values[match[1]]), plain)


def _walk(patterns: Any, before: str, namespaces: tuple[str, ...]) -> Iterator[Route]:
    for each in patterns:
        pattern = before + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = (*namespaces, each.namespace) if each.namespace else namespaces
            yield from _walk(each.url_patterns, pattern, inner)
            continue
        key = ":".join((*namespaces, each.name)) if each.name else pattern
        apps = _APPS.search(pattern)
        if apps is None:
            yield Route(key, pattern, each.callback)
            continue
        for label in apps[1].split("|"):
            yield Route(f"{key}/{label}", pattern.replace(apps[0], label), each.callback)


@cache
def routes() -> tuple[Route, ...]:
    """All of them, in the resolver's order."""
    return tuple(_walk(get_resolver().url_patterns, "", ()))
