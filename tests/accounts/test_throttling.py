"""Rate limits: what is counted under what, what the log is told, and what happens when the
counter is away."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.urls import URLResolver, get_resolver
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.test import APIClient

from accounts import throttling
from accounts.services import create_api_key
from accounts.throttling import count, network_of
from tests.accounts.conftest import PASSWORD, code_of, events
from voicecompliance import environment

pytestmark = pytest.mark.django_db

READING = "/api/v1/consents/check"
WRITING = "/api/v1/auth/logout"
EVENT = {"event_type": "call", "action": "answered"}


@pytest.fixture
def rates(settings):
    """Set some rates; the others are out of the way."""

    def choose(**chosen):
        names = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
        given = {name.replace("_", "-"): text for name, text in chosen.items()}
        settings.REST_FRAMEWORK = {
            **settings.REST_FRAMEWORK,
            "DEFAULT_THROTTLE_RATES": {**dict.fromkeys(names, "9999/min"), **given},
        }

    return choose


@pytest.fixture(autouse=True)
def _counting(monkeypatch, clock):
    monkeypatch.setattr(throttling, "_away_until", 0.0)


def client_with(token, **extra):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}", **extra)
    return client


def limited(answer):
    assert answer.status_code == 429, answer.content
    assert answer.json()["type"].endswith("/rate-limited")
    assert answer["Retry-After"] == "55"
    return True


def test_what_is_refused_is_counted_too(rates, api, stranger):
    rates(write="3/min")
    for _ in range(3):
        assert api.post(WRITING).status_code == 403
    assert limited(api.post(WRITING))
    assert stranger.client.post(WRITING).status_code == 403


def test_a_missing_scope_is_counted(rates, make_caller):
    rates(read="2/min")
    narrow = make_caller("Narrow", scopes=["mask"]).client
    assert [narrow.get(READING).status_code for _ in range(3)] == [403, 403, 429]


def test_each_class_and_each_key_has_its_own(rates, caller, system):
    rates(read="1/min", write="1/min", ingest="1/min")
    api = caller.client
    assert api.get(READING).status_code == 422
    assert limited(api.get(READING))
    assert api.head(READING).status_code == 429
    assert api.post(WRITING).status_code == 403
    assert limited(api.post(WRITING))
    assert api.post("/api/v1/audit/events", EVENT, format="json").status_code == 201
    assert limited(api.post("/api/v1/audit/events", EVENT, format="json"))
    _, other = create_api_key(actor=system, application=caller.application, scopes=["mask"])
    assert client_with(other).post(WRITING).status_code == 403


def test_originals_are_a_class_of_their_own(rates, api):
    rates(sensitive="1/min")
    assert api.get(f"/api/v1/recordings/{uuid4()}/audio").status_code == 422
    assert limited(api.get("/api/v1/audit/report"))
    shown = f"/api/v1/transcripts/{uuid4()}"
    assert api.get(shown, {"view": "masked"}).status_code == 404
    assert limited(api.get(shown, {"view": "original", "purpose_of_use": "quality"}))


def test_all_of_a_persons_tokens_are_one(rates, officer, officer_codes, clock):
    rates(read="2/min")
    tokens = []
    for _ in range(2):
        body = {
            "username": "officer-one",
            "password": PASSWORD,
            "otp": code_of(officer_codes[0]),
        }
        tokens.append(APIClient().post("/api/v1/auth/token", body, format="json").json()["token"])
        clock.shift(30)
    first, second = (client_with(token) for token in tokens)
    assert first.get(READING).status_code == second.get(READING).status_code == 422
    assert first.get(READING).status_code == second.get(READING).status_code == 429
    (event,) = events("rate_limit")
    assert (event.actor_kind, event.object_type) == ("person", "accounts.User")
    assert event.object_id == str(officer.pk)


def test_wrong_tokens_are_counted_by_address(rates, caller):
    rates(stranger="4/min")
    wrong = client_with(caller.token[:-1] + ("A" if caller.token[-1] != "A" else "B"))
    assert [wrong.get(READING).status_code for _ in range(2)] == [401, 401]
    assert client_with("nothing").get(READING).status_code == 401
    assert APIClient().get(READING).status_code == 401
    assert limited(wrong.get(READING))
    assert limited(APIClient().get(READING))
    # From elsewhere it is still a wrong token; and a right one is let in from anywhere.
    assert wrong.get(READING, REMOTE_ADDR="192.0.2.9").status_code == 401
    assert caller.client.get(READING).status_code == 422
    (event,) = events("rate_limit")
    assert (event.actor_kind, event.actor_address) == ("anonymous", "127.0.0.1")
    assert (event.action, event.severity) == ("reached", "WARNING")
    assert event.details == {"class": "stranger", "by": "address", "limit": 4, "seconds": 60}


def test_pages_without_credentials_are_counted(rates):
    rates(stranger="1/min")
    nobody = APIClient()
    assert nobody.get("/api/v1/schema/").status_code == 200
    assert limited(nobody.get("/api/v1/schema/"))
    assert nobody.post("/api/v1/auth/token", {}, format="json").status_code == 429


def test_an_address_has_a_limit_over_all_its_keys(rates, caller, stranger):
    rates(address="2/min")
    assert caller.client.get(READING).status_code == 422
    assert stranger.client.post(WRITING).status_code == 403
    assert limited(caller.client.get(READING))
    assert caller.client.get(READING, REMOTE_ADDR="192.0.2.9").status_code == 422
    assert events("rate_limit")[0].details["by"] == "address"


def test_what_a_key_is_refused_is_not_counted_against_its_address(rates, caller, stranger):
    rates(read="1/min", address="3/min")
    caller.client.get(READING)
    for _ in range(5):
        assert limited(caller.client.get(READING))
    assert stranger.client.get(READING).status_code == 422


def test_one_event_for_each_window(rates, caller, clock):
    rates(read="1/min")
    for _ in range(4):
        caller.client.get(READING)
    (event,) = events("rate_limit")
    assert (event.actor_kind, event.object_type) == ("application", "accounts.ApiKey")
    assert event.object_id == str(caller.key.pk)
    assert event.details == {"class": "read", "by": "key", "limit": 1, "seconds": 60}
    clock.shift(60)
    for _ in range(3):
        caller.client.get(READING)
    assert len(events("rate_limit")) == 2


def test_a_refusal_stands_without_its_event(rates, api, monkeypatch, caplog):
    def full(**kwargs):
        raise DatabaseError("no room")

    rates(read="1/min")
    monkeypatch.setattr(throttling, "record", full)
    assert api.get(READING).status_code == 422
    assert limited(api.get(READING))
    assert "no event says so" in caplog.text


def test_signing_in_is_counted_and_told(rates, client):
    rates(sign_in="1/min")
    body = {"username": "nobody-here", "password": "wrong" * 4}
    assert client.post("/admin/login/", body).status_code == 200
    for _ in range(2):
        assert client.post("/admin/login/", body)["Retry-After"] == "55"
    (event,) = events("rate_limit")
    assert event.details["class"] == "sign-in"


def test_the_admin_is_counted_by_person(rates, officer, officer_client, sign_in, make_person):
    rates(read="2/min")
    page = "/admin/accounts/voiceapplication/"
    assert officer_client.get(page).status_code == officer_client.head(page).status_code == 200
    refused = officer_client.get(page)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "55"
    assert "Try again in 55 s" in refused.content.decode()
    other = sign_in(make_person("other-one", "administrator", "security officer"))
    assert other.get(page).status_code == 200
    assert [event.object_id for event in events("rate_limit")] == [str(officer.pk)]


def test_sensitive_acts_are_counted_by_person(rates, make_person, sign_in, caller):
    rates(sensitive="1/min")
    desk = sign_in(make_person("admin-one", "administrator", "security officer"))
    path = f"/admin/accounts/apikey/{caller.key.pk}/revoke/"
    assert desk.post(path).status_code == 302
    assert desk.get(path).status_code == 200
    refused = desk.post(path)
    assert refused.status_code == 429
    assert "Nothing has been done" in refused.content.decode()
    assert len(events("api_key", "revoked")) == 1


def test_a_window_is_fixed_and_its_end_is_told(rates, clock):
    rates(read="3/min")
    for _ in range(3):
        assert count(("read", "a")) is None
    assert (count(("read", "a")).wait, count(("read", "b"))) == (55, None)
    clock.shift(54)
    assert count(("read", "a")).wait == 1
    clock.shift(1)
    assert count(("read", "a")) is None


def test_counting_is_one_round_trip(rates, monkeypatch):
    rates()
    count(("read", "a"))
    sent = []
    client = throttling._counter().registered_client
    real = type(client).execute_command

    def counted(self, *args, **options):
        sent.append(args[0])
        return real(self, *args, **options)

    monkeypatch.setattr(type(client), "execute_command", counted)
    assert count(("read", "a"), ("address", "b")) is None
    assert sent == ["EVALSHA"]


def test_a_server_that_forgot_the_script_is_told_again(rates):
    rates(read="1/min")
    throttling._counter().registered_client.script_flush()
    assert count(("read", "a")) is None
    assert count(("read", "a")).first


def test_racing_requests_pass_as_often_as_they_may(rates):
    rates(read="20/min")
    found = []
    threads = [
        threading.Thread(target=lambda: found.extend(count(("read", "a")) for _ in range(10)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(None) == 20
    assert [bite.first for bite in found if bite].count(True) == 1


def test_the_counter_away_stops_nobody_and_is_not_waited_for(rates, monkeypatch, caplog):
    rates(read="1/min")
    asked = []

    def away(*args, **kwargs):
        asked.append(args)
        raise RedisConnectionError("away")

    counter = throttling._counter()
    monkeypatch.setattr(type(counter), "__call__", away)
    for _ in range(5):
        assert count(("read", "a")) is None
    assert len(asked) == 1
    assert "not counted" in caplog.text
    monkeypatch.undo()
    monkeypatch.setattr(throttling, "_away_until", 0.0)
    assert count(("read", "a")) is None
    assert count(("read", "a")) is not None


@pytest.mark.parametrize(
    ("text", "expected"), [("6000/min", (6000, 60)), ("5/s", (5, 1)), ("9/day", (9, 86400))]
)
def test_rates(settings, text, expected):
    settings.REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": {"read": text}}
    assert throttling.rate("read") == expected


@pytest.mark.parametrize("text", ["", "0/min", "-1/min", "5", "5/fortnight", "many/min", "5/min\n"])
def test_a_rate_that_is_none_stops_the_start(monkeypatch, text):
    monkeypatch.setenv("RATE_READ", text)
    with pytest.raises(ImproperlyConfigured, match="RATE_READ"):
        environment.rate("RATE_READ", "1/min")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("", ""),
    ],
)
def test_under_what_an_address_is_counted(address, network):
    assert network_of(address) == network


def test_one_customers_ipv6_addresses_are_one(rates):
    rates(stranger="2/min")
    answers = [
        APIClient().get(READING, REMOTE_ADDR=f"2001:db8::{number}").status_code
        for number in range(1, 4)
    ]
    assert answers == [401, 401, 429]


def test_classes_are_declared_by_their_names():
    declared = {}
    waiting = list(get_resolver().url_patterns)
    while waiting:
        route = waiting.pop()
        if isinstance(route, URLResolver):
            waiting += route.url_patterns
        elif rates := getattr(getattr(route.callback, "view_class", None), "rate_classes", None):
            declared[route.callback.view_class] = rates
    assert len(declared) >= 5
    for view, rates in declared.items():
        assert set(rates.values()) <= set(throttling.CLASSES), view
        assert all(hasattr(view, method.lower()) for method in rates), view
