"""The organisation's masking rules hold wherever words are stored."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.models import ConsentRecord
from core.actors import PERSON, Actor
from operations.services import add_masking_rule, switch_masking_rule
from phi.models import Transcript
from phi.services.transcripts import ORIGINAL, open_turns
from vault import services as vault

pytestmark = pytest.mark.django_db

SAID = "My club number is KC-204815 and the magic words are zebra nine"


@pytest.fixture
def keeper(officer: Any) -> Actor:
    return Actor(PERSON, str(officer.pk), officer.username)


@pytest.fixture
def rules(keeper: Actor) -> list[Any]:
    """One for what is masked, and one for what may never be kept."""
    texts = {"club": ("ACCOUNT", r"\bkc-?\d{6}\b"), "magic": ("PIN", r"\bzebra [a-z]+\b")}
    return [
        add_masking_rule(actor=keeper, name=name, label=label, kind="pattern", text=text, note="n")
        for name, (label, text) in texts.items()
    ]


@pytest.fixture
def call(subject: Any, open_call: Any, give_consent: Any) -> Any:
    call = open_call(subject=str(subject.id))["id"]
    for purpose in ("record", "transcribe"):
        give_consent(subject.id, purpose, call=call)
    return call


def tell(api: Any, call: Any) -> dict[str, Any]:
    turns = [{"speaker": "kc204815", "text": SAID, "start_ms": 0, "end_ms": 900}]
    body = {"language": "en", "turns": turns}
    answer = api.post(f"/api/v1/calls/{call}/transcript", body, format="json")
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


def test_a_transcript_is_masked_by_them(api: Any, call: Any, rules: list[Any]) -> None:
    told = tell(api, call)
    masked = "My club number is [ACCOUNT] and the magic words are [PIN]"
    assert (told["turns"][0]["speaker"], told["turns"][0]["text"]) == ("[ACCOUNT]", masked)
    assert told["findings"] == {"ACCOUNT": 1, "PIN": 1}
    transcript = Transcript.objects.select_related("call").get()
    [original] = open_turns(transcript, ORIGINAL)
    assert original["text"] == "My club number is KC-204815 and the magic words are [PIN]"


def test_one_that_is_off_masks_nothing(
    api: Any, call: Any, rules: list[Any], keeper: Actor
) -> None:
    for rule in rules:
        switch_masking_rule(actor=keeper, rule_id=rule.pk, on=False, reason="r")
    assert tell(api, call)["turns"][0]["text"] == SAID


def test_they_cost_a_transcript_one_query(api: Any, call: Any, rules: list[Any]) -> None:
    api.post("/api/v1/mask", {"text": SAID}, format="json")
    with CaptureQueriesContext(connection) as asked:
        tell(api, call)
    about = [each["sql"] for each in asked if "operations_maskingrule" in each["sql"]]
    assert len(about) == 1
    assert "maskingruleset" in about[0]


def test_a_spoken_answer_keeps_no_code_of_theirs(
    subject: Any, give_consent: Any, rules: list[Any]
) -> None:
    given = give_consent(subject.id, "record", evidence={"answer_text": SAID})
    row = ConsentRecord.objects.get(pk=given["id"])
    context = f"consent.consentrecord.answer|{row.pk}"
    sealed = bytes(row.answer_sealed or b"")
    kept = vault.open_(subject.id, context, sealed).decode()
    assert kept == "My club number is KC-204815 and the magic words are [PIN]"
