"""Whence a request comes, and the id by which it is known."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from core.actors import request_id
from core.ids import uuid7

# Made by a machine: a UUID, a trace or span id (W3C Trace Context), a ULID. Words and numbers may
# be somebody's, and the id goes into logs and audit events, where no token of ours belongs either.
_FIT = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|(?=\d*[a-f])(?:[0-9a-f]{16}|[0-9a-f]{32})"
    r"|(?=\d*[A-Z])[0-7][0-9A-HJKMNP-TV-Z]{25}"
)


class RequestIdMiddleware:
    """Sets ``core.actors.request_id`` and answers it as ``X-Request-ID``: the caller's where a
    machine made it, else a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        known = given if _FIT.fullmatch(given) else str(uuid7())
        vars(request)["request_id"] = known
        token = request_id.set(known)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class ClientAddressMiddleware:
    """Puts the caller's address in the place of the proxy's, in ``REMOTE_ADDR``.

    ``X-Forwarded-For`` is read from its right end, where each proxy adds whom it heard from, for
    as long as the speaker is in ``TRUSTED_PROXIES``. What stands further to the left is whatever
    the caller wrote. Anything that is no address ends the reading: the last that was one counts.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.trusted = settings.TRUSTED_PROXIES
        if not self.trusted:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponse:
        speaker = _address(request.META.get("REMOTE_ADDR", ""))
        heard = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        while speaker is not None and heard and self._trusts(speaker):
            before = _address(heard.pop())
            if before is None:
                break
            speaker = before
        if speaker is not None:
            request.META["REMOTE_ADDR"] = str(speaker)
        return self.get_response(request)

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.trusted)


_WITH_PORT = re.compile(r"\[([^\[\]]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+")


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in a hop of ``X-Forwarded-For``, which some proxies write with a port."""
    text = text.strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
