"""The production settings: Django's own check of them, and what they send over HTTPS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Nothing is encrypted, signed or reached with these.
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "voicecompliance.settings_production",
    "SECRET_KEY": "for-the-deployment-check-alone-Zq7-xK2_mW9-tR4_vB6-nL8_pD3",
    "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "LOOKUP_KEY": "0123456789abcdef" * 4,
    "SIGNING_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "DATABASE_URL": "postgresql:///nothing?host=/nowhere",
    "DATABASE_ROLE": "web",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "CACHE_URL": "redis://127.0.0.1:1/1",
    "ALLOWED_HOSTS": "compliance.example.com",
    "METRICS_TOKEN": "for-the-deployment-check",
    "LOG_LEVEL": "CRITICAL",
}
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
told = {}
for scheme in ("http", "https"):
    client = Client(headers={"Host": "compliance.example.com", "X-Forwarded-Proto": scheme})
    for path in ("/admin/login/", "/admin/", "/api/v1/calls", "/healthz"):
        answer = client.get(path)
        told[f"{scheme} {path}"] = {
            "status": answer.status_code,
            "headers": dict(answer.headers),
            "cookies": {name: dict(each) for name, each in answer.cookies.items()},
        }
told["settings"] = {
    name: getattr(settings, name)
    for name in dir(settings)
    if name.startswith(("SESSION_COOKIE", "CSRF_COOKIE"))
}
print(json.dumps(told))
"""


def _without_playwrights(environment):
    """The environment without what the browser tests' library needs in this process."""
    return {
        name: value for name, value in environment.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"
    }


def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**_without_playwrights(os.environ), **ENVIRONMENT, **changes},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


CHECK = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")


def test_the_deployment_check_is_clean() -> None:
    done = run(*CHECK)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_deployment_check_can_fail() -> None:
    done = run(*CHECK, SECRET_KEY="short")
    assert done.returncode == 1
    assert "security.W009" in done.stderr


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What production answers, without a database: to those who have not signed in."""
    done = run("-c", ASK)
    assert done.returncode == 0, done.stderr
    answers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answers


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/", "/api/v1/calls", "/healthz"])
def test_strict_transport_security(told: dict[str, Any], path: str) -> None:
    """A year, subdomains, preload (RFC 6797; hstspreload.org)."""
    held = told[f"https {path}"]["headers"]["Strict-Transport-Security"]
    assert held == "max-age=31536000; includeSubDomains; preload"
    assert "Content-Security-Policy" in told[f"https {path}"]["headers"]


def test_plain_http_goes_to_https_and_is_refused_by_the_api(told: dict[str, Any]) -> None:
    for path in ("/admin/login/", "/admin/"):
        answer = told[f"http {path}"]
        assert answer["status"] == 301
        assert answer["headers"]["Location"] == f"https://compliance.example.com{path}"
        assert not answer["cookies"]
    # A program sent on would go on sending its key in the clear (OWASP ASVS 5.0, 4.1.2).
    assert told["http /api/v1/calls"]["status"] == 403
    # A probe inside the network has no certificate to ask.
    assert told["http /healthz"]["status"] == 200


def test_cookies_are_bound_to_the_host(told: dict[str, Any]) -> None:
    cookies = told["https /admin/login/"]["cookies"]
    assert set(cookies) == {"__Host-csrftoken"}
    for cookie in cookies.values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
    held = told["settings"]
    assert held["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    for kind in ("SESSION", "CSRF"):
        assert held[f"{kind}_COOKIE_SECURE"] is True
        assert held[f"{kind}_COOKIE_HTTPONLY"] is True
        assert held[f"{kind}_COOKIE_SAMESITE"] == "Lax"
        assert held[f"{kind}_COOKIE_PATH"] == "/"
        assert held[f"{kind}_COOKIE_DOMAIN"] is None
