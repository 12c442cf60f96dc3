"""What every answer tells the browser: scripts, frames, referrers, caches."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tests.access.routes import Route


@cache
def _rules(policy: str) -> dict[str, str]:
    return dict(re.findall(r"([a-z-]+) ([^;]+)", policy))


def wrong_headers(route: Route, answer: Any) -> list[str]:
    """What is missing or too weak in an answer's headers, a word each."""
    policy = answer.headers.get("Content-Security-Policy", "")
    rules = _rules(policy)
    scripts = rules.get("script-src", rules.get("default-src", "*"))
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    eval_allowed = route.is_admin and is_page
    held = {
        "scripts": not {"'unsafe-inline'", "*", "data:", "https:", "http:"} & set(scripts.split()),
        "eval": "'unsafe-eval'" not in scripts or eval_allowed,
        "data": is_page or rules.get("default-src") == "'none'",
        "frames": rules.get("frame-ancestors") == "'none'",
        "base": rules.get("base-uri") == "'none'",
        "objects": rules.get("object-src", rules.get("default-src")) == "'none'",
        "forms": rules.get("form-action") in {"'self'", "'none'"},
        "X-Frame-Options": answer.headers.get("X-Frame-Options") == "DENY",
        "nosniff": answer.headers.get("X-Content-Type-Options") == "nosniff",
        "referrer": answer.headers.get("Referrer-Policy") == "same-origin",
        "opener": answer.headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "resource": answer.headers.get("Cross-Origin-Resource-Policy") == "same-origin",
        "permissions": {"camera=()", "microphone=()", "geolocation=()"}
        <= set(answer.headers.get("Permissions-Policy", "").split(", ")),
        "cache": "no-store" in answer.headers.get("Cache-Control", ""),
        "request id": "X-Request-ID" in answer.headers,
    }
    return [name for name, right in held.items() if not right]
