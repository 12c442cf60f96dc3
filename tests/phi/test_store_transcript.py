"""POST /calls/{id}/transcript."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import masking
from audit.models import AuditEvent
from masking import Turn, Word
from phi.models import Transcript, VoiceRecording
from phi.services.transcripts import MASKED, ORIGINAL, open_turns, store_transcript
from tests.phi.audio import sound
from tests.phi.conftest import CODE, CODE_TURNS, TURNS, problem

pytestmark = pytest.mark.django_db

Tell = Callable[..., Any]


def test_masks_seals_and_answers(call: str, tell: Tell, events: Any) -> None:
    answer = tell(call)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    transcript = Transcript.objects.get()
    assert told["id"] == str(transcript.id)
    assert told["findings"] == {"EMAIL": 1}
    assert told["turns"][0] == TURNS[0]
    assert told["turns"][1]["text"] == "My e-mail is [EMAIL]"
    assert parse_datetime(told["delete_after"]) == transcript.captured_at + timedelta(days=90)
    for sealed in (transcript.masked_sealed, transcript.original_sealed):
        assert bytes(sealed)[0] == 1
        assert b"e-mail" not in bytes(sealed)
    assert open_turns(transcript, ORIGINAL) == TURNS
    (event,) = events("transcript")
    assert (event.action, event.object_id) == ("stored", str(transcript.id))
    assert event.details["findings"] == ["EMAIL: 1"]


def test_a_security_code_is_in_no_stored_form(call: str, tell: Tell) -> None:
    told = tell(call, CODE_TURNS).json()
    assert told["findings"] == {"CVV": 1}
    transcript = Transcript.objects.get()
    for view in (MASKED, ORIGINAL):
        stored = open_turns(transcript, view)
        assert CODE not in json.dumps(stored)
        assert stored[1]["text"] == "The security code is [CVV]"
        assert stored[1]["words"][-1]["text"] == "[CVV]"
    events = AuditEvent.objects.values_list("details", flat=True)
    assert CODE not in json.dumps([e for e in events if "findings" in e])


@given(code=st.integers(0, 9999).map(lambda n: f"{n:04d}"), cvv=st.booleans(), words=st.booleans())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_digits_of_a_planted_code_are_stored(
    call: str, caller: Any, system: Any, code: str, cvv: bool, words: bool
) -> None:
    code = code[:3] if cvv else code
    said = f"my {'cvv' if cvv else 'pin'} is {' '.join(code)} thanks"
    turn = Turn(
        "caller",
        said,
        0,
        1000,
        tuple(Word(w, n, n + 1) for n, w in enumerate(said.split())) if words else (),
    )
    with transaction.atomic():
        transcript, _ = store_transcript(
            actor=system,
            call_id=UUID(call),
            application_id=caller.application.id,
            language="en",
            turns=[turn],
        )
        for view in (MASKED, ORIGINAL):
            for stored in open_turns(transcript, view):
                text = [stored["text"], *(word["text"] for word in stored.get("words", ()))]
                assert not re.search(r"\d", "".join(text)), stored
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ("+1 202 555 0143", "+[PHONE]"),
        ("ada@example.com", "[EMAIL]"),
        ("caller ada@example.com", "caller [EMAIL]"),
        ("12 345", "[NUMBER]"),
        ("SPEAKER_01", "SPEAKER_01"),
        ("agent", "agent"),
    ],
)
def test_a_speakers_label_holds_no_personal_data(
    call: str, tell: Tell, label: str, kept: str
) -> None:
    answer = tell(call, [{**TURNS[0], "speaker": label}])
    assert answer.json()["turns"][0]["speaker"] == kept
    transcript = Transcript.objects.get()
    for view in (MASKED, ORIGINAL):
        assert open_turns(transcript, view)[0]["speaker"] == kept


def test_screens_the_recording(call: str, put: Any, tell: Tell, events: Any) -> None:
    assert put(call, sound()).json()["state"] == "unscreened"
    assert tell(call).status_code == 201
    assert VoiceRecording.objects.get().state == "available"
    assert events("transcript")[0].details["recording_state"] == "available"


def test_quarantines_the_recording(call: str, put: Any, tell: Tell, events: Any) -> None:
    assert put(call, sound()).status_code == 201
    assert tell(call, CODE_TURNS).status_code == 201
    recording = VoiceRecording.objects.get()
    assert recording.state == "quarantined"
    assert recording.quarantine_reason == "card-security-code-heard"
    (event,) = events("recording", "quarantined")
    assert event.severity == "WARNING"


def test_without_consent_nothing_is_stored(
    subject: Any, open_call: Any, give_consent: Any, tell: Tell, events: Any
) -> None:
    call = open_call(subject=str(subject.id))["id"]
    give_consent(subject.id, "record")
    for headers in (None, {"Idempotency-Key": "refused-1"}):
        body = problem(tell(call, headers=headers), 403, "consent-missing")
        assert body["purpose"] == "transcribe"
    assert not Transcript.objects.exists()
    assert len(events("call", "transcript_refused")) == 2
    assert events("transcript") == []


def test_a_second_one_is_a_conflict(call: str, tell: Tell) -> None:
    assert tell(call).status_code == 201
    problem(tell(call), 409, "transcript-exists")


def test_an_idempotency_key_used_twice(call: str, tell: Tell, events: Any) -> None:
    key = {"Idempotency-Key": "transcript-1"}
    first = tell(call, headers=key)
    again = tell(call, headers=key)
    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()
    problem(tell(call, TURNS[:1], headers=key), 422, "idempotency-key-reused")
    assert Transcript.objects.count() == len(events("transcript")) == 1


def test_another_applications_call_is_not_there(call: str, tell: Tell, stranger: Any) -> None:
    problem(tell(call, client=stranger.client), 404, "not-found")
    problem(tell(str(uuid4())), 404, "not-found")
    problem(tell(str(uuid4()), turns=[]), 404, "not-found")


def test_needs_its_scope(call: str, tell: Tell, make_caller: Any) -> None:
    reader = make_caller("Reader", scopes=["transcripts:read"])
    problem(tell(call, client=reader.client), 403, "missing-scope")


TURN = TURNS[0]
WORD = {"text": "How", "start_ms": 0, "end_ms": 5}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"turns": None}, "turns"),
        ({"turns": []}, "turns"),
        ({"turns": "hello"}, "turns"),
        ({"turns": ["hello"]}, "turns[0].body"),
        ({"turns": [TURN] * 5001}, "turns"),
        ({"turns": [TURN, {**TURN, "text": 7}]}, "turns[1].text"),
        ({"turns": [{**TURN, "text": "a" * 10_001}]}, "turns[0].text"),
        ({"turns": [{**TURN, "speaker": ""}]}, "turns[0].speaker"),
        ({"turns": [{**TURN, "speaker": "a" * 41}]}, "turns[0].speaker"),
        ({"turns": [{**TURN, "start_ms": -1}]}, "turns[0].start_ms"),
        ({"turns": [{**TURN, "start_ms": True}]}, "turns[0].start_ms"),
        ({"turns": [{**TURN, "end_ms": 1.5}]}, "turns[0].end_ms"),
        ({"turns": [{**TURN, "end_ms": 10**12}]}, "turns[0].end_ms"),
        ({"turns": [{**TURN, "start_ms": 10, "end_ms": 9}]}, "turns[0].end_ms"),
        ({"turns": [{**TURN, "words": "all"}]}, "turns[0].words"),
        ({"turns": [{**TURN, "words": ["How"]}]}, "turns[0].words"),
        ({"turns": [{**TURN, "words": [{**WORD, "end_ms": -5}]}]}, "turns[0].words"),
        ({"language": "english please"}, "language"),
        ({"language": None}, "language"),
        ({"captured_at": "yesterday"}, "captured_at"),
        ({"captured_at": "2026-02-30T00:00:00Z"}, "captured_at"),
        ({"captured_at": (timezone.now() + timedelta(days=1)).isoformat()}, "captured_at"),
    ],
)
def test_bad_values(call: str, tell: Tell, changes: dict[str, Any], field: str) -> None:
    body = problem(tell(call, **changes), 422, "invalid")
    assert field in body["errors"], body
    assert not Transcript.objects.exists()


@pytest.mark.parametrize("bad", ["a\x00b", "half \ud83d"])
def test_text_that_cannot_be_stored(call: str, api: Any, bad: str) -> None:
    body = json.dumps({"language": "en", "turns": [{**TURN, "text": bad}]})
    answer = api.generic("POST", f"/api/v1/calls/{call}/transcript", body, "application/json")
    problem(answer, 400, "invalid-text")
    assert not Transcript.objects.exists()


def test_the_moment_may_be_told(call: str, tell: Tell) -> None:
    moment = timezone.now() - timedelta(days=3)
    assert tell(call, captured_at=moment.isoformat()).status_code == 201
    assert Transcript.objects.get().captured_at == moment


def test_counts_its_queries(call: str, put: Any, tell: Tell) -> None:
    put(call, sound())
    with CaptureQueriesContext(connection) as seen:
        assert tell(call, [TURN] * 400).status_code == 201
    assert len(seen) <= 24, [q["sql"][:90] for q in seen]


def test_the_database_refuses_plain_text(call: str, tell: Tell) -> None:
    tell(call)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transcript.objects.update(original_sealed=b"plain text, as it was said")


def test_labels_are_those_of_the_standard() -> None:
    assert frozenset({"CVV", "PIN", "TRACK"}) == masking.FORBIDDEN_AFTER_AUTHORISATION
