"""Lines of the log: one for what happened, in UTC, and none that a caller wrote."""

from __future__ import annotations

import io
import logging
import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from rest_framework.test import APIClient

from core.actors import request_id
from voicecompliance.logs import LineFormatter, RequestIdFilter, RouteFilter

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) [\w.]+"
    r" \[\S+ \S+\] "
)


def fail(request):
    raise RuntimeError(f"it failed\n2026-01-01T00:00:00.000Z INFO root [- -] {request.GET['q']}")


urlpatterns = [path("api/v1/fails", fail), path("fails", fail)]
handler500 = "voicecompliance.urls._fault"


@pytest.fixture
def written():
    """What the real formatter and filters write, read when called."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter(settings.LOGGING["formatters"]["line"]["format"]))
    for each in (RequestIdFilter(), RouteFilter()):
        handler.addFilter(each)
    logging.getLogger().addHandler(handler)
    yield stream.getvalue
    logging.getLogger().removeHandler(handler)


def test_the_settings_name_this_formatter():
    (handler,) = settings.LOGGING["handlers"].values()
    line = settings.LOGGING["formatters"][handler["formatter"]]
    assert line["class"] == f"{LineFormatter.__module__}.{LineFormatter.__qualname__}"
    assert settings.LOGGING["root"]["handlers"] == ["console"]
    assert handler["class"] == "logging.StreamHandler", "standard error, and nowhere else"


@pytest.mark.parametrize(
    "planted",
    ["a\nINFO forged", "a\r\nINFO forged", "a\x1b[2Kb", "a\x00b", "a\x85b", "a\u2028b", "a\u202eb"],
)
def test_no_caller_begins_a_line(written, planted):
    logging.getLogger("voicecompliance.test").warning("read %s and went on", planted)
    (line,) = written().splitlines()
    assert LINE.match(line)
    assert line.isprintable()
    assert line.endswith("and went on")


def test_an_exceptions_own_words_are_set_in(written):
    try:
        raise ValueError("a\n2026-01-01T00:00:00.000Z CRITICAL root [- -] forged\x1b[0m\rb")
    except ValueError:
        logging.getLogger("voicecompliance.test").exception("it failed")
    first, *rest = written().splitlines()
    assert LINE.match(first)
    assert len(rest) > 3
    assert all(line.startswith("    ") and line.isprintable() for line in rest)
    assert any("forged" in line for line in rest)


def test_moments_are_utc(monkeypatch):
    record = logging.LogRecord("x", logging.INFO, "f", 1, "text", (), None)
    record.created, record.msecs = 1_800_000_000.25, 250.0
    text = LineFormatter("%(asctime)s %(message)s").format(record)
    assert text == "2027-01-15T08:00:00.250Z text"


def test_a_line_carries_the_requests_id(written):
    token = request_id.set("abc-12345")
    try:
        logging.getLogger("voicecompliance.test").warning("something")
    finally:
        request_id.reset(token)
    assert "[abc-12345 -] something" in written()


@pytest.mark.django_db
def test_a_refusal_says_who_what_and_when(written, make_caller):
    narrow = make_caller("Narrow", scopes=["mask"])
    answer = narrow.client.post("/api/v1/calls", {}, format="json")
    assert answer.status_code == 403
    (line,) = (each for each in written().splitlines() if "Forbidden" in each)
    assert LINE.match(line)
    assert f"[{answer['X-Request-ID']} application:{narrow.application.pk}]" in line
    assert "/api/v1/calls" in line


@pytest.mark.django_db
def test_a_refused_page_says_who(written, make_person, sign_in):
    person = make_person("somebody", "care staff")
    assert sign_in(person).get("/admin/accounts/user/").status_code == 403
    (line,) = (each for each in written().splitlines() if "Forbidden" in each)
    assert f"person:{person.pk}]" in line


@pytest.mark.django_db
def test_a_token_that_does_not_hold_is_told_without_it(written):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer vc_canarycanary_" + "x" * 43)
    assert client.post("/api/v1/calls", {}, format="json").status_code == 401
    assert "Unauthorized" in written()
    assert "canary" not in written()


@override_settings(ROOT_URLCONF="tests.test_logs", ALLOWED_HOSTS=["testserver"])
@pytest.mark.parametrize("place", ["/api/v1/fails", "/fails"])
def test_a_fault_is_told_to_us_and_not_to_the_caller(written, place):
    client = Client(raise_request_exception=False)
    answer = client.get(place, {"q": "secret-of-the-query"})
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 500
    body = answer.content.decode()
    for inside in ("RuntimeError", "Traceback", "it failed", "secret-of", "test_logs", "django"):
        assert inside not in body, inside
    first, *rest = written().splitlines()
    assert LINE.match(first)
    assert " ERROR " in first
    assert answer["X-Request-ID"] in first
    assert "secret-of-the-query" not in first
    assert any("RuntimeError" in line for line in rest)
    assert all(line.startswith("    ") for line in rest)
    if place.startswith("/api/"):
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"].endswith("/internal-error")
