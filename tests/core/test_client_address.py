"""Whose address counts behind a proxy, and whose word is not believed."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpResponse
from django.test import Client, RequestFactory

from audit.models import AuditEvent
from core.actors import actor_of
from core.middleware import ClientAddressMiddleware
from voicecompliance import environment

PROXIES = ("10.0.0.0/8", "fd00:1::/64", "192.0.2.7")


@pytest.fixture
def address(settings):
    """The address that the product sees, for a speaker and what it forwards."""
    settings.TRUSTED_PROXIES = tuple(ip_network(each) for each in PROXIES)

    def seen(speaker, forwarded=None):
        headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
        request = RequestFactory().get("/", REMOTE_ADDR=speaker, **headers)
        ClientAddressMiddleware(lambda request: HttpResponse())(request)
        return actor_of(request).address

    return seen


@pytest.mark.parametrize(
    ("speaker", "forwarded", "seen"),
    [
        # Nobody in between, or nobody that is trusted.
        ("198.51.100.4", None, "198.51.100.4"),
        ("198.51.100.4", "203.0.113.9", "198.51.100.4"),
        ("192.0.2.8", "203.0.113.9", "192.0.2.8"),
        # One proxy, and two.
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "203.0.113.9, 192.0.2.7", "203.0.113.9"),
        ("10.0.0.5", "203.0.113.9,10.1.1.1 , fd00:1::5", "203.0.113.9"),
        # What the caller wrote before the first proxy wrote.
        ("10.0.0.5", "127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "10.0.0.9, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "10.0.0.9, 203.0.113.9, 192.0.2.7", "203.0.113.9"),
        # The proxy itself asks; or it forwards nothing, or no address.
        ("10.0.0.5", "10.0.0.9", "10.0.0.9"),
        ("10.0.0.5", None, "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "unknown", "10.0.0.5"),
        ("10.0.0.5", "203.0.113.9, <script>", "10.0.0.5"),
        ("10.0.0.5", "203.0.113.9, <script>, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.5", "203.0.113.9,", "10.0.0.5"),
        ("10.0.0.5", "010.0.0.1", "10.0.0.5"),
        ("10.0.0.5", "203.0.113.9 198.51.100.4", "10.0.0.5"),
        # IPv6, mapped addresses, ports.
        ("fd00:1::9", "2001:db8::1", "2001:db8::1"),
        ("fd00:2::9", "2001:db8::1", "fd00:2::9"),
        ("::ffff:10.0.0.5", "::ffff:203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.5", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.5", "[2001:db8::1]", "2001:db8::1"),
        # A socket without addresses, and thousands of hops.
        ("", "203.0.113.9", ""),
        ("10.0.0.5", "203.0.113.9, " * 5000 + "10.0.0.6", "203.0.113.9"),
        ("10.0.0.5", ", ".join(["10.0.0.6"] * 5000), "10.0.0.6"),
    ],
)
def test_whose_address_counts(address, speaker, forwarded, seen):
    assert address(speaker, forwarded) == seen


def test_without_trusted_proxies_nothing_is_read(settings):
    settings.TRUSTED_PROXIES = ()
    with pytest.raises(MiddlewareNotUsed):
        ClientAddressMiddleware(lambda request: HttpResponse())


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "seen"), [((), "127.0.0.1"), (("127.0.0.1",), "203.0.113.9")])
def test_the_whole_product_sees_it(settings, proxies, seen):
    settings.TRUSTED_PROXIES = tuple(ip_network(each) for each in proxies)
    body = {"username": "nobody-here", "password": "wrong" * 4}
    Client().post("/admin/login/", body, headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.9"})
    assert AuditEvent.objects.get(event_type="sign_in").actor_address == seen


def test_the_setting_is_read_loudly(monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.5, fd00:1::/64")
    assert environment.networks("TRUSTED_PROXIES") == (
        ip_network("10.0.0.5/32"),
        ip_network("fd00:1::/64"),
    )
    monkeypatch.setenv("TRUSTED_PROXIES", "")
    assert environment.networks("TRUSTED_PROXIES") == ()
    for wrong in ("*", "10.0.0.5/8", "proxy.example.com", "10.0.0.5;10.0.0.6"):
        monkeypatch.setenv("TRUSTED_PROXIES", wrong)
        with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
            environment.networks("TRUSTED_PROXIES")
