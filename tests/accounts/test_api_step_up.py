"""What is most sensitive asks people for a recent second factor, over the API too."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.models import SessionToken
from tests.accounts.conftest import PASSWORD, code_of, events

pytestmark = pytest.mark.django_db
FACTOR, REPORT = "/api/v1/auth/factor", "/api/v1/audit/report"


@pytest.fixture
def device(officer_codes):
    return officer_codes[0]


@pytest.fixture
def me(officer, device, clock):
    """The officer's session with the API, an hour's worth."""
    body = {"username": "officer-one", "password": PASSWORD, "otp": code_of(device)}
    token = APIClient().post("/api/v1/auth/token", body, format="json").json()["token"]
    clock.shift(30)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def needed(answer):
    return answer.status_code == 403 and answer.json()["type"].endswith("/factor-needed")


def test_after_five_minutes_a_code_is_asked_for(me, device, clock):
    clock.shift(270)
    assert me.get(REPORT).status_code == 200
    clock.shift(1)
    assert needed(me.get(REPORT))
    # What is not sensitive goes on.
    assert me.get("/api/v1/audit/events").status_code == 200
    answer = me.post(FACTOR, {"otp": code_of(device)}, format="json")
    assert answer.status_code == 200
    assert answer.json() == {"proved_until": "2026-11-24T12:10:36Z"}
    assert me.get(REPORT).status_code == 200
    (event,) = events("factor", "proved_again")
    assert event.details["signed_in_as"] == str(SessionToken.objects.get().pk)


def test_originals_and_sound_ask(me, device, api, clock):
    clock.shift(301)
    nothing = "01a20eae-42db-7683-afa7-b5c216626d4a"
    original = f"/api/v1/transcripts/{nothing}?view=original&purpose_of_use=operations"
    assert needed(me.get(original))
    assert needed(me.get(f"/api/v1/recordings/{nothing}/audio?purpose_of_use=operations"))
    assert me.get(f"/api/v1/transcripts/{nothing}").status_code == 404
    # An application has no second factor, and its key is asked for none.
    assert api.get(original).status_code == 404


def test_a_wrong_and_a_used_code(me, device, clock):
    clock.shift(300)
    code = code_of(device)
    wrong = me.post(FACTOR, {"otp": "000000"}, format="json")
    assert wrong.status_code == 401
    assert wrong.json()["type"].endswith("/invalid-credentials")
    assert events("factor", "wrong")[-1].details["where"] == "api_step_up"
    assert me.post(FACTOR, {"otp": code}, format="json").status_code == 200
    assert me.post(FACTOR, {"otp": code}, format="json").status_code == 401
    assert me.post(FACTOR, {"otp": ""}, format="json").status_code == 422


def test_a_proof_outlives_no_token(me, device, clock):
    clock.shift(3400)
    answer = me.post(FACTOR, {"otp": code_of(device)}, format="json")
    assert answer.json()["proved_until"] == "2026-11-24T13:00:35Z"


def test_a_key_has_none(api):
    answer = api.post(FACTOR, {"otp": "000000"}, format="json")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/people-only")


def test_tries_are_counted(me, device, settings):
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**rates, "sign-in": "1/h"},
    }
    me.post(FACTOR, {"otp": "000000"}, format="json")
    answer = me.post(FACTOR, {"otp": "000000"}, format="json")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
