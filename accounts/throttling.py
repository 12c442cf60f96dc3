"""Rate limits: fixed windows counted in the shared cache.

When the cache is down, requests pass and the log says so. The limits keep one caller from
crowding out the others; what keeps a guesser out is slow password hashes, the second factor's
own doubling wait (in the database) and 256-bit keys, and those do not rest on the cache. To
stop every call because a counter is away would be the greater harm.
"""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from accounts.knownbrowsers import mark_of
from core.networks import network_of

logger = logging.getLogger(__name__)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def rate(scope: str) -> tuple[int, int]:
    """Requests and seconds of the scope's rate, as ``6000/min`` says. KeyError without one."""
    text = str(api_settings.DEFAULT_THROTTLE_RATES[scope])
    number, _, period = text.partition("/")
    return int(number), _SECONDS[period[0]]


def count(scope: str, ident: str) -> int | None:
    """Count one request of ``ident``; None while it may pass, else the seconds to wait."""
    limit, period = rate(scope)
    now = int(time.time())
    key = f"throttle:{scope}:{ident}:{now // period}"
    try:
        # One round trip; Django's cache would take two, and a new client for each.
        counter = _counter()
        seen = int(counter.incr(key))
        if seen == 1:
            counter.expire(key, period + 1)
    except (RedisError, OSError, ValueError) as error:
        logger.error("rate limit %s not counted: %s", scope, type(error).__name__)
        return None
    return None if seen <= limit else period - now % period


@lru_cache(maxsize=1)
def _counter() -> Redis:
    """The cache's server."""
    cache: dict[str, Any] = settings.CACHES["default"]
    return Redis.from_url(cache["LOCATION"], **cache["OPTIONS"])


def address_of(request: HttpRequest | Request) -> str:
    """The caller's network address, as the server in front says."""
    return str(request.META.get("REMOTE_ADDR", ""))


class CallerThrottle(BaseThrottle):
    """Each credential has the rate ``caller``; without one, each address."""

    seconds: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        held: Any = request.auth
        ident = held.id if held is not None else f"address:{address_of(request)}"
        self.seconds = count("caller", ident)
        return self.seconds is None

    def wait(self) -> float | None:
        return self.seconds


def count_sign_in(request: HttpRequest | Request, scope: str = "sign-in") -> int | None:
    """Count a try to sign in: None while it may pass, else the seconds to wait.

    By address; a browser that has signed in before counts by itself, so that its neighbours'
    tries do not stand in its way.
    """
    mark = mark_of(request)
    ident = f"browser:{mark}" if mark else f"address:{network_of(address_of(request))}"
    return count(scope, ident)
