"""POST /auth/token and /auth/logout."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import SessionToken
from accounts.services import delete_expired_tokens, reset_factor, set_password
from tests.accounts.conftest import PASSWORD, code_of, events

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/token"


@pytest.fixture
def client():
    return APIClient()


@pytest.fixture
def body(officer_codes):
    return {"username": "Officer-ONE", "password": PASSWORD, "otp": code_of(officer_codes[0])}


def bearer(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_a_token_for_an_hour(client, body, officer):
    answer = client.post(URL, body, format="json")
    assert answer.status_code == 200
    data = answer.json()
    assert data["role"] == "compliance officer"
    assert data["expires_at"] == "2026-11-24T13:00:35Z"
    token = SessionToken.objects.get()
    assert data["token"] not in str(vars(token))
    assert token.factor == "totp"
    (event,) = events("sign_in", "succeeded")
    assert event.actor_id == str(officer.pk)
    assert data["token"] not in str(event.details)


def test_a_recovery_code_does_too(client, body, officer_codes):
    answer = client.post(URL, {**body, "otp": officer_codes[1][0]}, format="json")
    assert answer.status_code == 200
    assert SessionToken.objects.get().factor == "recovery_code"


def test_wrong_name_password_code_and_inactive_are_one_answer(
    client, body, officer, officer_codes, monkeypatch
):
    hashed: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def noted(*args, real=real, name=name):
            hashed.append(name)
            return real(*args)

        monkeypatch.setattr(Argon2PasswordHasher, name, noted)
    answers = [
        client.post(URL, {**body, **wrong}, format="json")
        for wrong in ({"username": "nobody"}, {"password": "wrong"}, {"otp": "000000"})
    ]
    officer.is_active = False
    officer.save()
    answers.append(client.post(URL, body, format="json"))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["type"].endswith("/invalid-credentials")
    # One Argon2 hash each, whoever it was.
    assert len(hashed) == 4
    assert not SessionToken.objects.exists()


def test_a_failed_sign_in_keeps_no_typed_name(client, body, officer):
    client.post(URL, {**body, "username": "hunter2-in-the-wrong-field"}, format="json")
    client.post(URL, {**body, "password": "wrong"}, format="json")
    unknown, known = events("sign_in", "failed")
    assert (unknown.object_id, known.object_id) == ("", str(officer.pk))
    assert "hunter2" not in f"{unknown.details}{unknown.entry!r}"
    assert unknown.actor_kind == "anonymous"


def test_the_same_code_again(client, body):
    assert client.post(URL, body, format="json").status_code == 200
    assert client.post(URL, body, format="json").status_code == 401


def test_without_a_factor_there_is_no_token(client, make_person):
    make_person("newcomer", "auditor")
    body = {"username": "newcomer", "password": PASSWORD, "otp": "123456"}
    assert client.post(URL, body, format="json").status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"username": ""},
        {"username": "x" * 151},
        {"password": ""},
        {"password": "x" * 1025},
        {"otp": ""},
        {"otp": "1" * 65},
        {"username": None},
        {"username": {"a": 1}},
    ],
)
def test_bad_bodies_are_no_tries(client, body, change, settings):
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**rates, "sign-in": "1/min"},
    }
    for _ in range(3):
        answer = client.post(URL, {**body, **change}, format="json")
        assert answer.status_code == 422
        assert next(iter(change)) in answer.json()["errors"]
    assert not events("sign_in")
    assert client.post(URL, body, format="json").status_code == 200


def test_too_many_tries(client, body, settings):
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**rates, "sign-in": "2/min"},
    }
    for _ in range(2):
        assert client.post(URL, {**body, "username": "x"}, format="json").status_code == 401
    answer = client.post(URL, body, format="json")
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert client.post(URL, body, format="json", REMOTE_ADDR="192.0.2.9").status_code == 200


def test_text_that_is_none(client, body):
    raw = '{"username": "a\\u0000b", "password": "x", "otp": "1"}'
    assert client.post(URL, raw, content_type="application/json").status_code == 400
    raw = '{"username": "\\ud800", "password": "x", "otp": "1"}'
    assert client.post(URL, raw, content_type="application/json").status_code == 400


def test_log_out_ends_the_token(client, body):
    me = bearer(client.post(URL, body, format="json").json()["token"])
    assert me.post("/api/v1/auth/logout").status_code == 204
    assert me.post("/api/v1/auth/logout").status_code == 401
    assert len(events("sign_in", "ended")) == 1


def test_a_key_cannot_log_out(api):
    answer = api.post("/api/v1/auth/logout")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/people-only")


def test_logging_out_as_nobody(client):
    answer = client.post("/api/v1/auth/logout")
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("/not-authenticated")


@pytest.mark.parametrize("ending", ["hour", "inactive", "password", "factor", "role"])
def test_a_token_ends_at_the_next_request(client, body, officer, system, clock, ending):
    from accounts.services import change_person

    me = bearer(client.post(URL, body, format="json").json()["token"])
    same = {"username": officer.username, "name": "", "is_staff": True}
    match ending:
        case "hour":
            clock.shift(3600)
        case "inactive":
            # Past every service: the row alone must do.
            type(officer).objects.update(is_active=False)
        case "password":
            set_password(actor=system, user=officer, password="another long password indeed")
        case "factor":
            reset_factor(actor=system, user=officer)
        case "role":
            change_person(actor=system, user=officer, is_active=True, roles=["auditor"], **same)
    answer = me.post("/api/v1/auth/logout")
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("/invalid-token")


def test_old_tokens_are_deleted(client, body):
    client.post(URL, body, format="json")
    now = timezone.now()
    assert delete_expired_tokens(now + dt.timedelta(days=30)) == 0
    assert delete_expired_tokens(now + dt.timedelta(days=31)) == 1
    assert events("session_token", "expired_deleted")[0].details == {"rows": 1}
