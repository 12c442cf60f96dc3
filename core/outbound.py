"""The one way out by HTTP: to public addresses alone, however the host is named.

A host is resolved once, every address that it has is checked, and the connection goes to a
checked address itself, so that a name that changes its mind between check and use (DNS
rebinding) gains nothing. The certificate, Host and SNI stay those of the name. Redirects are
answers like any other and are not followed.
"""

from __future__ import annotations

import base64
import hmac
import ipaddress
import socket
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpcore
import httpx
from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

SECONDS = 10.0
CONNECT_SECONDS = 5.0
# What an answer may weigh; what is sent is the caller's affair.
MOST_BYTES = 64 * 1024

# Refused beside what `ipaddress` does not call global: ranges that older versions of it let
# pass, transition prefixes that carry another address inside, and a metadata service that
# lies on a public address (Azure's 168.63.129.16).
_REFUSED = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16"
        " 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15"
        " 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
        " 2001::/23 2001:db8::/32 2002::/16 3fff::/20"
    ).split()
]
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


class OutboundRefused(Exception):
    """We do not go there: the address is not one that may be asked. Trying again changes nothing
    unless the address or the settings change."""


class OutboundFailed(Exception):
    """The other side could not be reached, took too long or answered too much."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: HTTP status, headers by lower-case name, body (at most ``most`` bytes)."""

    status: int
    headers: dict[str, str]
    body: bytes


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could be asked at ``address``.

    False for loopback, private, link-local, shared, multicast, reserved and documentation
    addresses, metadata services, and IPv6 that carries IPv4 inside (mapped, 6to4, Teredo,
    NAT64).
    """
    if isinstance(address, ipaddress.IPv6Address) and (
        address not in _GLOBAL_UNICAST or address.scope_id is not None
    ):
        return False
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in network for network in _REFUSED if network.version == address.version)


def resolve(host: str, port: int) -> list[Address]:
    """Every address of ``host``, checked. Raises OutboundRefused where one of them may not be
    asked, OutboundFailed where there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutboundFailed(f"{host} has no address.") from None
    addresses = list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found))
    if not addresses:
        raise OutboundFailed(f"{host} has no address.")
    loopback = settings.OUTBOUND_ALLOW_LOOPBACK and all(each.is_loopback for each in addresses)
    if not loopback and not all(is_public(each) for each in addresses):
        raise OutboundRefused(f"{host} is not a public address.")
    return addresses


def check_url(url: str) -> httpx.URL:
    """``url`` read and held to scheme, port and form; resolves nothing. Raises OutboundRefused,
    with a text that names the host at most: a path may hold a secret."""
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise OutboundRefused("The address is not a URL.") from None
    if not parts.host:
        raise OutboundRefused("The address names no host.")
    if parts.userinfo:
        raise OutboundRefused(f"The address of {parts.host} holds a user or a password.")
    loopback = settings.OUTBOUND_ALLOW_LOOPBACK
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise OutboundRefused(f"{parts.host} is not asked by https.")
    if not loopback and (parts.port or 443) not in settings.OUTBOUND_PORTS:
        raise OutboundRefused(f"Port {parts.port} of {parts.host} is not one of OUTBOUND_PORTS.")
    return parts


def send(
    method: str,
    url: str,
    *,
    content: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    most: int = MOST_BYTES,
) -> Answer:
    """One request, one answer, of any status.

    ``seconds`` is for all of it, from the first look-up to the last byte; ``most`` is the longest
    body in bytes. Raises OutboundRefused and OutboundFailed.
    """
    until = time.monotonic() + seconds
    parts = check_url(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = resolve(parts.raw_host.decode(), port)
    if not settings.OUTBOUND_ALLOW_LOOPBACK or not addresses[0].is_loopback:
        _hold_to_the_rules(parts)
    sent = {
        "Host": parts.netloc.decode(),
        "Accept-Encoding": "identity",
        "User-Agent": "voicecompliance",
        "Content-Length": str(len(content)),
        **(headers or {}),
    }
    with _Watch(until) as watch:
        backend = _Pinned(addresses, watch)
        limits = dict.fromkeys(("connect", "read", "write", "pool"), max(seconds, 0.1))
        try:
            with (
                httpcore.ConnectionPool(
                    ssl_context=httpx.create_ssl_context(), network_backend=backend
                ) as pool,
                pool.stream(
                    method,
                    httpcore.URL(
                        scheme=parts.raw_scheme,
                        host=parts.raw_host,
                        port=port,
                        target=parts.raw_path,
                    ),
                    headers=list(sent.items()),
                    content=content,
                    extensions={"timeout": limits},
                ) as response,
            ):
                body = _read(response.iter_stream(), most, parts.host)
                if watch.over:
                    # A body without a stated length ends where the connection is cut.
                    raise OutboundFailed(f"{parts.host} took over {seconds:g} seconds.")
                heads = {
                    name.decode("latin-1").lower(): value.decode("latin-1")
                    for name, value in response.headers
                }
                return Answer(response.status, heads, body)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            if watch.over:
                raise OutboundFailed(f"{parts.host} took over {seconds:g} seconds.") from None
            raise OutboundFailed(
                f"{parts.host} could not be asked ({type(error).__name__})."
            ) from None


def _hold_to_the_rules(parts: httpx.URL) -> None:
    """What loopback may do, others may not: plain http, any port."""
    if parts.scheme != "https" or (parts.port or 443) not in settings.OUTBOUND_PORTS:
        raise OutboundRefused(f"{parts.host} is not asked by https on one of OUTBOUND_PORTS.")


def _read(chunks: Iterable[bytes], most: int, host: str) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise OutboundFailed(f"{host} answered with more than {most} bytes.")
    return bytes(body)


class _Watch:
    """Cuts a connection when its time is over, whatever it is doing: a time-out per read would
    let a byte every few seconds hold a worker for hours."""

    def __init__(self, until: float) -> None:
        self._until = until
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self.over = False

    def __enter__(self) -> _Watch:
        self._timer = threading.Timer(max(self._until - time.monotonic(), 0), self._cut)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._sockets:
                each.close()
            self._sockets.clear()

    def add(self, connected: socket.socket) -> None:
        # A copy: wrapping a socket in TLS takes the original's descriptor away.
        with self._lock:
            self._sockets.append(connected.dup())
            if self.over:
                self._shut()

    def left(self) -> float:
        return max(self._until - time.monotonic(), 0.001)

    def _cut(self) -> None:
        with self._lock:
            self.over = True
            self._shut()

    def _shut(self) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class _Pinned(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, whatever host it is asked for."""

    def __init__(self, addresses: Sequence[Address], watch: _Watch) -> None:
        self._addresses = addresses
        self._watch = watch
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                stream = self._real.connect_tcp(
                    str(address),
                    port,
                    timeout=min(CONNECT_SECONDS, self._watch.left()),
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            self._watch.add(stream.get_extra_info("socket"))
            return stream
        raise failure


def webhook_headers(*, message_id: str, content: bytes, secret: str) -> dict[str, str]:
    """The three headers of a signed webhook (Standard Webhooks 1.0, HMAC-SHA-256).

    ``message_id`` stays the same when a message is sent again, so that the receiver can tell;
    ``secret`` is ``whsec_`` and base64. Raises ValueError for any other secret.
    """
    key = webhook_key(secret)
    moment = str(int(time.time()))
    signed = f"{message_id}.{moment}.".encode() + content
    signature = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature}",
    }


def webhook_key(secret: str) -> bytes:
    """The bytes of a ``whsec_`` secret. Raises ValueError unless it is 24 to 64 bytes in base64,
    as Standard Webhooks asks."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    if not secret.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError("A webhook secret is whsec_ and the base64 of 24 to 64 bytes.")
    return key
