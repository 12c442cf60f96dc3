"""POST /mask."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from audit.models import AuditEvent
from tests.phi.conftest import CODE, CODE_TURNS, TURNS, problem

pytestmark = pytest.mark.django_db


def test_masks_text(api: APIClient) -> None:
    before = AuditEvent.objects.count()
    text = "  write to ada@example.com  "
    answer = api.post("/api/v1/mask", {"text": text}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["text"] == "  write to [EMAIL]  "
    (found,) = answer.json()["findings"]
    assert found["turn"] == 0
    assert found["label"] == "EMAIL"
    assert text[found["start"] : found["end"]] == "ada@example.com"
    assert set(found) == {"turn", "start", "end", "label", "reason"}
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("policy", ["strict", "balanced"])
def test_masks_turns(api: APIClient, policy: str) -> None:
    answer = api.post("/api/v1/mask", {"turns": CODE_TURNS, "policy": policy}, format="json")
    told = answer.json()
    assert told["turns"][1]["text"] == "The security code is [CVV]"
    assert CODE not in str(told["turns"])
    assert told["findings"][0]["turn"] == 1


def test_times_may_be_left_out(api: APIClient) -> None:
    turns = [{"speaker": "caller", "text": "hello"}]
    told = api.post("/api/v1/mask", {"turns": turns}, format="json").json()
    assert told == {"turns": turns, "findings": []}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "a", "turns": TURNS},
        {"text": None},
        {"text": "a", "policy": "loose"},
        {"text": 5},
        {"text": True},
        {"text": 1.5},
        {"text": "a" * 100_001},
        {"turns": []},
        {"turns": [{"speaker": "a"}]},
        [],
    ],
)
def test_bad_bodies(api: APIClient, body: Any) -> None:
    problem(api.post("/api/v1/mask", body, format="json"), 422, "invalid")


def test_needs_its_scope(make_caller: Any) -> None:
    other = make_caller("Other", scopes=["calls"])
    answer = other.client.post("/api/v1/mask", {"text": "a"}, format="json")
    problem(answer, 403, "missing-scope")


def test_nobody(client: Any) -> None:
    problem(
        client.post("/api/v1/mask", {"text": "a"}, "application/json"), 401, "not-authenticated"
    )


def test_a_speakers_label_is_masked_too(api: APIClient) -> None:
    turns = [{"speaker": "ada@example.com", "text": "hello"}]
    answer = api.post("/api/v1/mask", {"turns": turns, "language": "en"}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["turns"][0]["speaker"] == "[EMAIL]"
