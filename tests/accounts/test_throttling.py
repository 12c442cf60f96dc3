"""Rate limits, and what happens when their counter is away."""

from __future__ import annotations

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts import throttling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _slow(settings):
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {"caller": "3/min", "sign-in": "2/min"},
    }


def test_a_caller_over_the_limit_is_told_when(api, stranger, clock):
    for _ in range(3):
        assert api.post("/api/v1/auth/logout").status_code == 403
    answer = api.post("/api/v1/auth/logout")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "55"
    assert answer.json()["type"].endswith("/rate-limited")
    assert stranger.client.post("/api/v1/auth/logout").status_code == 403


def test_each_has_a_window_of_its_own(clock):
    for _ in range(3):
        assert throttling.count("caller", "a") is None
    assert throttling.count("caller", "a") == 55
    assert throttling.count("caller", "b") is None
    clock.shift(55)
    assert throttling.count("caller", "a") is None


def test_the_counter_away_stops_nobody(monkeypatch, caplog):
    def away(*args, **kwargs):
        raise RedisConnectionError("away")

    monkeypatch.setattr(throttling._counter(), "incr", away)
    for _ in range(5):
        assert throttling.count("caller", "a") is None
    assert "not counted" in caplog.text


@pytest.mark.parametrize(
    ("text", "expected"), [("6000/min", (6000, 60)), ("5/s", (5, 1)), ("9/day", (9, 86400))]
)
def test_rates(settings, text, expected):
    settings.REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": {"caller": text}}
    assert throttling.rate("caller") == expected
