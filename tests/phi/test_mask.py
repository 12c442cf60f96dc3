"""POST /mask."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from audit.models import AuditEvent
from core.actors import PERSON, Actor
from operations.services import add_masking_rule
from phi.api.content import CallTranscriptView, MaskView
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
    assert set(found) == {"turn", "start", "end", "label", "reason", "score"}
    assert found["reason"] == "email.address"
    assert 0 < found["score"] <= 1
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
        {"text": "a" * 1_000_001},
        {"turns": [{"text": "a" * 10_000}] * 101},
        {"text": "a", "region": "XX"},
        {"text": "a", "names": "Ada Example"},
        {"text": "a", "names": [5]},
        {"text": "a", "names": ["a" * 201]},
        {"text": "a", "names": ["Ada Example"] * 21},
        {"text": "a", "language": "english please"},
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


def test_what_is_wrong_is_told(api: APIClient) -> None:
    def told(body: Any) -> Any:
        return api.post("/api/v1/mask", body, format="json").json()["errors"]

    assert told({}) == {"text": ["Give a text, or turns."]}
    assert told({"text": "a", "turns": TURNS}) == {"turns": ["Give a text or turns, not both."]}
    assert "1,000,000 characters" in str(told({"turns": [{"text": "a" * 10_000}] * 101}))


def test_the_largest_text_is_masked(api: APIClient) -> None:
    text = "nothing " * 124_000 + "ada@example.com"
    told = api.post("/api/v1/mask", {"text": text}, format="json").json()
    assert told["text"].endswith("nothing [EMAIL]")


def test_the_organisations_rules_hold(api: APIClient, officer: Any) -> None:
    add_masking_rule(
        actor=Actor(PERSON, str(officer.pk), officer.username),
        name="club-card",
        label="ACCOUNT",
        kind="pattern",
        text=r"\bkc-?[0-9]{4}\b",
        note="Numbers of the club's cards.",
    )
    turns = [{"speaker": "KC1234", "text": "mine is kc-1234"}]
    for policy in ("strict", "balanced"):
        told = api.post("/api/v1/mask", {"turns": turns, "policy": policy}, format="json").json()
        assert told["turns"] == [{"speaker": "[ACCOUNT]", "text": "mine is [ACCOUNT]"}]
        assert told["findings"][0]["reason"] == "rule.club-card"


def test_is_counted_as_a_transcript_is() -> None:
    assert MaskView.rate_classes == CallTranscriptView.rate_classes


def test_names_that_are_known_are_masked(api: APIClient) -> None:
    body = {"text": "that was zorblatt, i think", "names": ["Quillon Zorblatt"]}
    told = api.post("/api/v1/mask", body, format="json").json()
    assert told["text"] == "that was [NAME], i think"
    assert told["findings"][0]["reason"] == "name.known"
