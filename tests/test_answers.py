"""Answers say what they are, may not be taken for anything else, and are kept by no cache."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from redis import Redis

from audit.sealing import seal
from core.actors import PERSON, Actor
from operations import services
from operations.jobs import JobResult
from tests.phi.audio import sound

pytestmark = pytest.mark.django_db


ORIGIN = {"Origin": "https://evil.example"}


@pytest.fixture
def answers(api, officer_client, subject, open_call, give_consent) -> list[tuple[str, Any]]:
    """One answer of each kind that there is: pages, JSON, text, CSV, PDF, sound, problems."""
    for purpose in ("record", "transcribe"):
        give_consent(subject.id, purpose)
    call = open_call(subject=str(subject.id))["id"]
    stored = api.generic(
        "PUT", f"/api/v1/calls/{call}/recording", sound(), content_type="audio/wav"
    )
    turn = {"speaker": "agent", "text": "Hello", "start_ms": 0, "end_ms": 9}
    api.post(f"/api/v1/calls/{call}/transcript", {"language": "en", "turns": [turn]}, format="json")
    seal()
    asked = [
        ("page", officer_client, "/admin/"),
        ("page", officer_client, f"/admin/consent/call/{call}/change/"),
        ("page", officer_client, "/admin/audit/auditevent/"),
        ("page", Client(), "/admin/login/"),
        ("json", api, "/healthz"),
        ("json", api, f"/api/v1/calls/{call}"),
        ("json", api, "/api/v1/audit/events"),
        ("json", api, "/api/v1/audit/report"),
        ("openapi", api, "/api/v1/schema/"),
        ("page", api, "/api/v1/docs/"),
        ("csv", api, "/api/v1/audit/report?format=csv"),
        ("pdf", api, "/api/v1/audit/report?format=pdf"),
        ("text", api, "/api/v1/audit/checkpoints/latest"),
        ("text", api, "/metrics"),
        ("wav", api, f"/api/v1/recordings/{stored.json()['id']}/audio?purpose_of_use=quality"),
        ("problem", api, "/api/v1/calls/nothing"),
        ("problem", Client(), "/api/v1/audit/events"),
        ("page", Client(), "/nothing"),
    ]
    return [(f"{kind} {path}", client.get(path, headers=ORIGIN)) for kind, client, path in asked]


TYPES = {
    "page": "text/html; charset=utf-8",
    "json": "application/json",
    "openapi": "application/vnd.oai.openapi+json",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "text": "text/plain; ",
    "wav": "audio/wav",
    "problem": "application/problem+json",
}


def test_answers_say_what_they_are_and_are_not_sniffed(answers):
    for name, answer in answers:
        kind = name.split()[0]
        assert answer["Content-Type"].startswith(TYPES[kind]), (name, answer["Content-Type"])
        if answer["Content-Type"].startswith("text/"):
            assert "charset=utf-8" in answer["Content-Type"], name
        assert answer["X-Content-Type-Options"] == "nosniff", name


def test_no_answer_is_kept_by_a_cache(answers):
    for name, answer in answers:
        assert "no-store" in answer["Cache-Control"], name


def test_no_answer_may_load_what_is_not_ours(answers):
    for name, answer in answers:
        policy = dict(
            each.strip().partition(" ")[::2]
            for each in answer["Content-Security-Policy"].split(";")
        )
        default = policy["default-src"]
        for directive in ("base-uri", "frame-ancestors"):
            assert policy[directive] == "'none'", name
        assert policy.get("object-src", default) == "'none'", name
        assert "'unsafe-inline'" not in policy.get("script-src", default), name
        for directive, sources in policy.items():
            assert set(sources.split()) <= {
                "'self'", "'none'", "data:", "'unsafe-eval'", "'unsafe-inline'",
            }, (name, directive)  # fmt: skip
        assert answer["Referrer-Policy"] == "same-origin", name
        assert not [each for each in answer.headers if each.startswith("Access-Control")], name


@override_settings(SECURE_HSTS_SECONDS=31536000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True)
def test_every_answer_says_https_for_a_year():
    for path in ("/", "/admin/", "/admin/login/", "/healthz", "/api/v1/calls", "/nothing"):
        answer = Client().get(path, secure=True)
        assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", path


def test_the_cache_holds_no_data(answers, caller):
    """Counters and the answers of checks; nothing of anybody, and no credential."""
    cached: dict[str, Any] = settings.CACHES["default"]
    server = Redis.from_url(cached["LOCATION"])
    keys = list(server.scan_iter())
    held = b"\n".join(keys) + b"\n".join(server.dump(key) or b"" for key in keys)
    assert keys
    for inside in ("Ada", "0143", "customer-17", "Hello", caller.token, caller.token[-20:]):
        assert inside.encode() not in held, inside


def test_downloads_have_names_of_ours(api, officer, officer_client, monkeypatch):
    """Whatever a job calls its result, a header holds letters, digits, dots, dashes."""
    for form in ("csv", "pdf"):
        answer = api.get(f"/api/v1/audit/report?format={form}&filename=evil.exe")
        assert answer["Content-Disposition"] == f'attachment; filename="audit-report.{form}"'
    job = services.start_job(
        actor=Actor(PERSON, str(officer.pk), officer.username),
        kind="retention.preview",
        parameters={},
    )
    name = 'a"; filename=evil.exe\r\nX-Evil: 1\u202e../../é.csv'
    made = JobResult(b"x", name, "text/csv")
    monkeypatch.setattr(services, "read_result", lambda **kwargs: made)
    answer = officer_client.post(f"/admin/operations/job/{job.pk}/download/")
    assert answer["Content-Disposition"] == (
        'attachment; filename="afilenameevil.exeX-Evil1.....csv"'
    )
    assert "X-Evil" not in answer


@override_settings(
    SESSION_COOKIE_NAME="__Host-sessionid",
    CSRF_COOKIE_NAME="__Host-csrftoken",
    SESSION_COOKIE_SECURE=True,
    CSRF_COOKIE_SECURE=True,
)
def test_cookies_are_for_this_host_and_out_of_reach(officer):
    """As production has them: two, and no script of ours or of anybody reads them."""
    client = Client(enforce_csrf_checks=True)
    page = client.get("/admin/login/", secure=True, headers={"Accept-Language": "es"})
    token = page.content.decode().partition('name="csrfmiddlewaretoken" value="')[2][:64]
    body = {"username": "officer-one", "password": "correct horse battery staple"}
    answer = client.post(
        "/admin/login/",
        {**body, "csrfmiddlewaretoken": token},
        secure=True,
        headers={"Referer": "https://testserver/admin/login/"},
    )
    assert answer.status_code == 302, answer.content
    seen = {**page.cookies, **answer.cookies}
    assert set(seen) == {"__Host-sessionid", "__Host-csrftoken"}
    for cookie in seen.values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert seen["__Host-sessionid"].value not in answer.content.decode()
    assert client.get("/admin/login/enrol/", secure=True).status_code == 200


def test_the_api_reads_no_cookie(officer_client):
    """So no other site's form can act by a browser that is signed in."""
    for method, path in (
        ("GET", "/api/v1/audit/events"),
        ("POST", "/api/v1/subjects"),
        ("POST", "/api/v1/auth/logout"),
    ):
        answer = officer_client.generic(method, path, b"{}", content_type="application/json")
        assert answer.status_code == 401
        assert "Access-Control-Allow-Origin" not in answer
    preflight = Client().options(
        "/api/v1/subjects",
        headers={
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert not [name for name in preflight.headers if name.startswith("Access-Control")]
