"""Rate limits: fixed windows counted in the shared cache (docs/adr/0009-rate-limits.md).

Every request to the API is counted once, in one round trip: under the credential that it proves
and its class, and under its address; where it proves none, under its address alone, as a
stranger's. So a stream of wrong tokens meets a limit, and a credential that holds is never
refused for what strangers at its address did.

When the cache is down, requests pass and the log says so. The limits keep one caller from
crowding out the others; what keeps a guesser out is slow password hashes, the tallies of
``accounts.guessing`` (in the database) and 256-bit keys, and those do not rest on the cache. To
stop every call because a counter is away would be the greater harm.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from redis import Redis
from redis.commands.core import Script
from redis.exceptions import RedisError
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from accounts.knownbrowsers import mark_of
from audit.services import record
from core.actors import Actor, actor_of
from core.networks import network_of

if TYPE_CHECKING:
    from accounts.authentication import Credential

logger = logging.getLogger(__name__)

READ, WRITE, INGEST, SENSITIVE = "read", "write", "ingest", "sensitive"
CLASSES = (READ, WRITE, INGEST, SENSITIVE)
"""What a credential's requests are counted as. A view that is neither a read by GET nor a write
by anything else says so for each method in ``rate_classes``."""
SIGN_IN, PASSKEY = "sign-in", "passkey"
"""Tries at a password or a code, and at a passkey, of an address or a browser known to it."""
BROWSER = "browser"
STRANGER = "stranger"
"""Requests that prove no credential, of an address."""
ADDRESS = "address"
"""Requests of all credentials together, of an address."""

_READS = frozenset({"GET", "OPTIONS"})
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
AWAY_SECONDS = 5
"""For how long nothing is counted after the cache did not answer."""

# Stops at the first that is over, so that what is refused under one name is not counted under
# the next. ``over`` is 1 for one caller alone in each window: who tells the audit log.
_SCRIPT = """
for place, key in ipairs(KEYS) do
  local seen = redis.call('INCR', key)
  if seen == 1 then redis.call('EXPIRE', key, ARGV[2 * place]) end
  local over = seen - tonumber(ARGV[2 * place - 1])
  if over > 0 then return {place, over} end
end
return {0, 0}
"""
_away_until = 0.0


@dataclass(frozen=True, slots=True)
class Bite:
    """A limit that was reached: which, how many seconds to wait, whether it is the first refusal
    of the window."""

    scope: str
    ident: str
    wait: int
    first: bool


@lru_cache(maxsize=64)
def _parsed(text: str) -> tuple[int, int]:
    number, _, period = text.partition("/")
    return int(number), _SECONDS[period[0]]


def rate(scope: str) -> tuple[int, int]:
    """Requests and seconds of the scope's rate, as ``6000/min`` says. KeyError without one."""
    return _parsed(str(api_settings.DEFAULT_THROTTLE_RATES[scope]))


def count(*counted: tuple[str, str]) -> Bite | None:
    """Count one request under each (scope, ident) in turn; the first limit reached, or None."""
    global _away_until
    if time.monotonic() < _away_until:
        return None
    now = int(time.time())
    keys, figures = [], []
    for scope, ident in counted:
        limit, period = rate(scope)
        keys.append(f"rate:{scope}:{ident}:{now // period}")
        figures += [limit, period + 1]
    try:
        place, over = _counter()(keys, figures)
    except (RedisError, OSError, ValueError) as error:
        # A cache that hangs would hold up each request for its time-out.
        _away_until = time.monotonic() + AWAY_SECONDS
        logger.error("requests not counted for %s s: %s", AWAY_SECONDS, type(error).__name__)
        return None
    if not place:
        return None
    scope, ident = counted[place - 1]
    period = figures[2 * place - 1] - 1
    return Bite(scope, ident, period - now % period, over == 1)


@lru_cache(maxsize=1)
def _counter() -> Script:
    """The script, on the cache's server."""
    cache: dict[str, Any] = settings.CACHES["default"]
    return Redis.from_url(cache["LOCATION"], **cache["OPTIONS"]).register_script(_SCRIPT)


def address_of(request: HttpRequest | Request) -> str:
    """The caller's network address: core.middleware has put it in the proxy's place."""
    return str(request.META.get("REMOTE_ADDR", ""))


def class_of(view: Any, method: str) -> str:
    """What a request to ``view`` is counted as."""
    declared: dict[str, str] = getattr(view, "rate_classes", {})
    method = "GET" if method == "HEAD" else method
    return declared.get(method) or (READ if method in _READS else WRITE)


def limit_credential(
    request: HttpRequest | Request, credential: Credential, scope: str, actor: Actor
) -> None:
    """Count a request that proved ``credential``. Raises Throttled."""
    address = network_of(address_of(request))
    bite = count((scope, credential.id), (ADDRESS, address))
    if bite is not None:
        _tell(bite, actor)
        raise Throttled(bite.wait)


def limit_sensitive(request: Request) -> None:
    """Count a request that turns out to ask for an original. Raises Throttled."""
    held: Any = request.auth
    if held is not None:
        limit_credential(request, held, SENSITIVE, actor_of(request))


def limit_stranger(request: Request) -> None:
    """Count a request that proved nothing. Raises Throttled."""
    vars(request._request)["counted"] = True
    bite = count((STRANGER, network_of(address_of(request))))
    if bite is not None:
        _tell(bite, Actor.anonymous(address_of(request)))
        raise Throttled(bite.wait)


def count_person(request: HttpRequest, scope: str) -> int | None:
    """Count a request of whoever is signed in to the admin, together with what they do by the
    API: None while it may pass, else the seconds to wait."""
    actor = actor_of(request)
    bite = count((scope, f"person:{actor.id}"))
    if bite is None:
        return None
    _tell(bite, actor)
    return bite.wait


def count_sign_in(request: HttpRequest | Request, scope: str = SIGN_IN) -> int | None:
    """Count a try to sign in: None while it may pass, else the seconds to wait.

    By address; a browser that has signed in before counts by itself, so that its neighbours'
    tries do not stand in its way.
    """
    mark = mark_of(request)
    bite = count((scope, f"{BROWSER}:{mark}" if mark else network_of(address_of(request))))
    if bite is None:
        return None
    _tell(bite, Actor.anonymous(address_of(request)))
    return bite.wait


class StrangerThrottle(BaseThrottle):
    """Counts requests to views that ask for no credential; the others are counted where their
    credential is looked at, because DRF throttles nothing that it refuses before."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.auth is None and "counted" not in vars(request._request):
            limit_stranger(request)
        return True


_NAMED = {"key": "accounts.ApiKey", "person": "accounts.User"}


def _tell(bite: Bite, actor: Actor) -> None:
    """One event for each limit, identity and window. The refusal stands without it."""
    if not bite.first:
        return
    kind, _, pk = bite.ident.partition(":")
    named = _NAMED.get(kind)
    limit, seconds = rate(bite.scope)
    try:
        with transaction.atomic():
            record(
                actor=actor,
                event_type="rate_limit",
                action="reached",
                object_type=named or "",
                object_id=pk if named else "",
                details={
                    "class": bite.scope,
                    "by": kind if named or kind == BROWSER else ADDRESS,
                    "limit": limit,
                    "seconds": seconds,
                },
                severity="WARNING",
            )
    except Exception:
        logger.exception("a rate limit was reached and no event says so")
