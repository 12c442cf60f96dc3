"""What is refused before anybody looks at a request, and what a production start demands."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.test import Client

from audit.models import AuditEvent
from tests.docs.pages import ROOT

pytestmark = pytest.mark.django_db

PLACES = ["/", "/healthz", "/readyz", "/metrics", "/admin/", "/admin/login/", "/api/v1/calls"]


@pytest.mark.parametrize("path", [*PLACES, "/api/v1/schema/", "/nothing"])
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "DEBUG"])
def test_methods_that_nobody_needs(client, path, method):
    answer = client.generic(
        method, path, headers={"Authorization": "Bearer canary", "X-C": "canary"}
    )
    assert answer.status_code == 405
    assert "TRACE" not in answer["Allow"]
    assert b"canary" not in answer.content


@pytest.fixture
def behind_tls(settings):
    """As production has it: everything by https, the proxy says which."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^api/"]


def test_pages_go_on_to_https_and_the_api_does_not(behind_tls, caller):
    page = Client().get("/admin/login/")
    assert page.status_code == 301
    assert page["Location"] == "https://testserver/admin/login/"
    for answer in (
        caller.client.post("/api/v1/mask", {"text": "x"}, format="json"),
        Client().get("/api/v1/schema/"),
        Client().get("/api/v1/nothing"),
    ):
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("/https-required")
        assert "Location" not in answer
    caller.key.refresh_from_db()
    assert caller.key.last_used_at is None, "nobody looked at the key"
    answer = caller.client.post(
        "/api/v1/mask", {"text": "x"}, format="json", HTTP_X_FORWARDED_PROTO="https"
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["purpose=record&purpose=marketing_calls", "purpose=record&purpose=record"]
)
def test_a_parameter_given_twice_counts_for_nothing(api, subject, query):
    answer = api.get(f"/api/v1/consents/check?subject={subject.id}&{query}")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["purpose"]
    once = api.get(f"/api/v1/consents/check?subject={subject.id}&purpose=record")
    assert once.status_code == 200


def test_a_list_may_have_several(api):
    assert api.get("/api/v1/audit/events?x[]=1&x[]=2").status_code == 200


def test_a_body_is_read_from_the_body_alone(api):
    """A query parameter is never taken for a field of the body, nor a body for a query."""
    answer = api.post("/api/v1/subjects?external_id=17", {"name": "Ada"}, format="json")
    assert answer.status_code == 422
    assert "external_id" in answer.json()["errors"]
    answer = api.generic(
        "GET",
        "/api/v1/consents/check",
        b'{"external_id": "17", "purpose": "record"}',
        content_type="application/json",
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "key", "authorization"])
def test_no_credential_is_read_from_the_address(caller, name):
    answer = Client().get(f"/api/v1/audit/events?{name}={caller.token}")
    assert answer.status_code == 401
    form = Client().post(
        "/api/v1/mask", {name: caller.token, "text": "x"}, content_type="application/json"
    )
    assert form.status_code == 401


def test_the_address_is_the_connections(caller):
    """Headers that anybody can send name nobody's address (operators.md: the server in front)."""
    claims = {
        "X-Forwarded-For": "198.51.100.7",
        "X-Real-IP": "198.51.100.7",
        "Forwarded": "for=198.51.100.7",
        "Client-IP": "198.51.100.7",
        "True-Client-IP": "198.51.100.7",
    }
    caller.client.post("/api/v1/subjects", {"external_id": "1"}, format="json", headers=claims)
    caller.key.refresh_from_db()
    assert caller.key.last_used_address == "127.0.0.1"
    assert set(AuditEvent.objects.values_list("actor_address", flat=True)) <= {"127.0.0.1", ""}


SETTINGS = "voicecompliance.settings_production"
REMOTE = "postgresql://u:p@db.example.com/c"


def environment(**changes):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "VC_HOME") if name in os.environ}
    given = {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "SECRET_KEY": "for-this-test-alone-Zq7-xK2_mW9-tR4_vB6-nL8_pD3-qq",
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "LOOKUP_KEY": "ab" * 32,
        "SIGNING_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "DATABASE_URL": "postgresql:///compliance",
        "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
        "CACHE_URL": "redis://127.0.0.1:6379/1",
        "ALLOWED_HOSTS": "compliance.example.com",
        "METRICS_TOKEN": "for-this-test-alone",
        **changes,
    }
    return kept | {name: value for name, value in given.items() if value is not None}


def started(code="", **changes):
    return subprocess.run(
        [sys.executable, "-c", f"from {SETTINGS} import *\n{code}"],
        env=environment(**changes),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


NAMES = "__Host-sessionid __Host-csrftoken None"


def test_production_starts():
    done = started(
        "print(DEBUG, SECURE_SSL_REDIRECT, SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS)\n"
        "print(SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, SESSION_COOKIE_HTTPONLY)\n"
        "print(SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, globals().get('SESSION_COOKIE_DOMAIN'))\n"
        "print(any(app.startswith(('debug', 'demo')) for app in INSTALLED_APPS))"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "False True 31536000 True",
        "True True True",
        NAMES,
        "False",
    ]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DATABASE_URL", None, "DATABASE_URL must be set"),
        ("CELERY_BROKER_URL", None, "CELERY_BROKER_URL must be set"),
        ("ALLOWED_HOSTS", None, "ALLOWED_HOSTS must be set"),
        ("METRICS_TOKEN", None, "METRICS_TOKEN must be set"),
        ("OUTBOUND_ALLOW_LOOPBACK", "true", "development alone"),
        ("DATABASE_URL", REMOTE, "sslmode=verify-full"),
        ("DATABASE_URL", f"{REMOTE}?sslmode=prefer", "sslmode=verify-full"),
        (
            "DATABASE_URL",
            f"{REMOTE}?sslmode=require",
            "sslmode=verify-full",
        ),
        ("CELERY_BROKER_URL", "redis://queue.example.com:6379/0", "needs TLS: rediss://"),
        ("CELERY_BROKER_URL", "amqp://queue.example.com//", "needs TLS: amqps://"),
        ("CACHE_URL", "redis://cache.example.com:6379/1", "needs TLS: rediss://"),
    ],
)
def test_production_refuses(name, value, told):
    done = started(**{name: value})
    assert done.returncode != 0
    assert told in done.stderr.splitlines()[-1]
    assert "u:p" not in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"{REMOTE}?sslmode=verify-full"),
        ("DATABASE_URL", "postgresql://u@/c?host=/run/postgresql"),
        ("CELERY_BROKER_URL", "rediss://queue.example.com:6379/0"),
        ("CACHE_URL", "rediss://cache.example.com:6379/1"),
    ],
)
def test_production_takes(name, value):
    done = started(**{name: value})
    assert done.returncode == 0, done.stderr


def test_hosts_that_are_not_ours(settings):
    settings.ALLOWED_HOSTS = ["compliance.example.com"]
    answer = Client().get("/admin/login/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert not re.search(r"evil\.example", answer.content.decode())
