"""Keys, codes and passwords are in no log line, no audit event and no address."""

from __future__ import annotations

import io
import logging
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string
from rest_framework.test import APIClient

from accounts.models import ApiKey, SessionToken
from audit.models import AuditEvent
from tests.accounts.conftest import PASSWORD, code_of, found
from tests.accounts.test_admin import secret_on, url
from tests.accounts.test_commands import run

pytestmark = pytest.mark.django_db

READING = "/api/v1/consents/check"
WRONG_PASSWORD = "a wrong password canary"


@pytest.fixture
def logged():
    """Everything that is logged, at the finest level, as the console would have it."""
    conf = settings.LOGGING
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter(conf["formatters"]["line"]["format"]))
    for name in conf["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(conf["filters"][name]["()"])())
    loggers = [logging.getLogger(name) for name in (None, "django", "django.request", "redis")]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.DEBUG)
    loggers[0].addHandler(handler)
    yield stream
    loggers[0].removeHandler(handler)
    for each, level in zip(loggers, levels, strict=True):
        each.setLevel(level)


@pytest.fixture
def leads():
    """Addresses that answers lead to."""
    return []


@pytest.fixture
def browser(leads):
    class Noting(Client):
        def request(self, **kwargs):
            answer = super().request(**kwargs)
            leads.append(answer.get("Location", ""))
            return answer

    return Noting()


def test_secrets_stay_where_they_belong(make_person, enrol, browser, leads, clock, caller, logged):
    person = make_person("admin-one", "administrator", "compliance officer")
    device, recovery = enrol(person)
    secrets = [PASSWORD, WRONG_PASSWORD, device.secret, *recovery]
    secrets += [code.replace("-", "") for code in recovery]

    def code():
        secrets.append(code_of(device))
        clock.shift(30)
        secrets.append(code_of(device))
        return secrets[-1]

    # Signing in to the admin, wrong and right.
    browser.post("/admin/login/", {"username": "admin-one", "password": WRONG_PASSWORD})
    browser.post("/admin/login/", {"username": WRONG_PASSWORD, "password": PASSWORD})
    browser.post("/admin/login/", {"username": "admin-one", "password": PASSWORD})
    secrets.append(browser.cookies["sessionid"].value)
    browser.post("/admin/login/code/", {"code": "000001"})
    clock.shift(2)
    assert browser.post("/admin/login/code/", {"code": code()}).status_code == 302
    secrets.append(browser.cookies["sessionid"].value)

    # Keys made, rotated and refused in the admin and by command.
    body = {"application": str(caller.application.pk), "scopes": ["calls"], "days": "30"}
    keys = [caller.token, secret_on(browser.post("/admin/accounts/apikey/add/", body))]
    made = ApiKey.objects.get(prefix=keys[1].split("_")[1])
    keys.append(secret_on(browser.post(url(made, "rotate"), {"overlap": "1"})))
    assert browser.post(url(made, "rotate"), {"overlap": "1"}).status_code == 302
    keys.append(run("create_api_key", "Other", "--scopes", "mask,consents:read")[0].strip())
    keys.append(run("rotate_api_key", keys[3].split("_")[1])[0].strip())
    assert browser.post(url(made, "revoke")).status_code == 302

    # Session tokens: by a code, by a recovery code, and wrong.
    nobody = APIClient()
    for otp in (code(), recovery[0], "000002"):
        asked = {"username": "admin-one", "password": PASSWORD, "otp": otp}
        answer = nobody.post("/api/v1/auth/token", asked, format="json")
        if answer.status_code == 200:
            keys.append(answer.json()["token"])
        clock.shift(2)
    assert SessionToken.objects.count() == 2

    # Used, rightly and in every wrong place.
    for key in keys:
        used = APIClient()
        used.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
        assert used.get(READING).status_code in {401, 403, 422}
        used.get(f"{READING}?api_key={key}&token={key}")
        assert nobody.get(f"{READING}?api_key={key}").status_code == 401
        assert nobody.get(READING, {"access_token": key}).status_code == 401
        assert nobody.get(f"/api/v1/calls/{key}", HTTP_AUTHORIZATION=key).status_code == 404
        assert nobody.get(f"/{key}/é?{key}", HTTP_REFERER=f"/{key}").status_code == 404
        assert browser.get(f"/admin/{key}/?q={key}").status_code in {301, 302, 404}
        spoilt = [key + "\n", key + " ", key.upper(), "é" + key, key + "\x00", key * 1000]
        for each in spoilt:
            wrong = nobody.get(READING, HTTP_AUTHORIZATION=f"Bearer {each}", HTTP_X_REQUEST_ID=key)
            assert wrong.status_code == 401
            assert key not in wrong["X-Request-ID"]
        browser.post("/admin/login/", {"username": key[:150], "password": key})
        asked = {"username": key, "password": key, "otp": key[:64]}
        assert nobody.post("/api/v1/auth/token", asked, format="json").status_code == 401
        # An application reports what it holds.
        told = {"event_type": "note", "action": "sent", "user_id": key, "details": {"text": key}}
        reported = caller.client.post("/api/v1/audit/events", told, format="json")
        assert reported.status_code == 201
    used.post("/api/v1/auth/logout")
    assert browser.post("/admin/logout/").status_code == 200

    secrets += keys
    secrets += [re.sub(r"^vcs?_(?:[a-z0-9]{12}_)?", "", key) for key in keys]
    events = "\n".join(str(event) for event in AuditEvent.objects.values())
    assert len(keys) == 7
    assert '"rotated"' in events.replace("'", '"')
    lines = logged.getvalue()
    assert "Unauthorized" in lines
    assert any(leads)
    for secret in secrets:
        whole = re.compile(rf"(?<!\w){re.escape(secret)}(?!\w)")
        place = secrets.index(secret)
        assert not whole.search(events), place
        assert not whole.search(lines), place
        assert not whole.search("\n".join(leads)), place
        if len(secret) > 20:
            assert secret not in events + lines + "".join(leads), place


def test_a_refusal_is_logged_by_route_and_id(client, logged):
    for path, shown in (
        ("/nowhere/canary", "(no route)"),
        ("/nowhere/canaré\x00?x=canary", "(no route)"),
        ("/api/v1/calls/canary", "(no route)"),
        ("/api/v1/transcripts/0191e8f0-1234-7abc-8def-0123456789ab", "/api/v1/transcripts/<uuid"),
    ):
        logged.truncate(0)
        status = client.get(path, headers={"X-Request-ID": "00f067aa0ba902b7"}).status_code
        assert status in {401, 404}
        said = [line for line in logged.getvalue().splitlines() if "django.request" in line]
        assert shown in said[0]
        assert "[00f067aa0ba902b7 " in said[0]
        assert "canar" not in said[0]
        assert "0191e8f0" not in said[0]


def test_no_access_log_is_written():
    import inspect

    from voicecompliance.embedded import web

    assert found(r"log_access=(\w+),", inspect.getsource(web)) == "False"
