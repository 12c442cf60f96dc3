"""GET /recordings/{id}/audio."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from audit.models import AuditEvent
from core.actors import Actor
from core.errors import Invalid, NotFound
from phi.models import PurposeOfUse, VoiceRecording
from phi.playback import audio_response
from phi.services.recordings import quarantine
from tests.phi.audio import sound
from tests.phi.conftest import CODE_TURNS, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(api: APIClient) -> Callable[..., Any]:
    def get(
        recording: Any, *, client: Any = None, purpose: str | None = "quality", **extra: Any
    ) -> Any:
        query = {**({"purpose_of_use": purpose} if purpose else {}), **extra.pop("query", {})}
        address = f"/api/v1/recordings/{getattr(recording, 'id', recording)}/audio"
        return (client or api).get(address, query, headers=extra)

    return get


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_plays_what_was_sent(recording: VoiceRecording, play: Any, events: Any) -> None:
    answer = play(recording, Accept="audio/wav")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "audio/wav"
    assert answer["Content-Length"] == str(recording.bytes)
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Cache-Control"] == "no-store"
    # The event is there before the first byte is asked for.
    (event,) = events("recording", "played")
    assert event.details["purpose_of_use"] == "quality"
    assert event.object_id == str(recording.id)
    assert content(answer) == sound()


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=65530-65545", 65530, 65546),
        ("bytes=100-", 100, None),
        ("bytes=-50", -50, None),
        ("bytes=100-99999999", 100, None),
    ],
)
def test_plays_a_range(
    call: str, put: Any, tell: Any, play: Any, events: Any, asked: str, start: int, end: Any
) -> None:
    body = sound(seconds=5)
    id_ = put(call, body).json()["id"]
    tell(call)
    answer = play(id_, Range=asked)
    assert answer.status_code == 206
    wanted = body[start:end]
    assert content(answer) == wanted
    first = start % len(body)
    assert answer["Content-Range"] == f"bytes {first}-{first + len(wanted) - 1}/{len(body)}"
    assert answer["Content-Length"] == str(len(wanted))
    assert len(events("recording", "played")) == 1


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=-", "bytes=9-3", "lines=1-2", "x"])
def test_what_is_no_single_range_gets_all(recording: VoiceRecording, play: Any, asked: str) -> None:
    answer = play(recording, Range=asked)
    assert answer.status_code == 200
    assert content(answer) == sound()


def test_a_range_of_another_version_gets_all(recording: VoiceRecording, play: Any) -> None:
    headers = {"Range": "bytes=0-9", "If-Range": '"another"'}
    assert play(recording, **headers).status_code == 200


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_outside(recording: VoiceRecording, play: Any, events: Any, asked: str) -> None:
    answer = play(recording, Range=asked)
    problem(answer, 416, "range-not-satisfiable")
    assert answer["Content-Range"] == f"bytes */{recording.bytes}"
    assert events("recording", "played") == []


@pytest.mark.parametrize("purpose", [None, "", "curiosity"])
def test_needs_a_purpose_of_use(recording: VoiceRecording, play: Any, purpose: Any) -> None:
    body = problem(play(recording, purpose=purpose), 422, "invalid")
    assert "purpose_of_use" in body["errors"]


@pytest.mark.parametrize("purpose", PurposeOfUse.values)
def test_takes_each_purpose(recording: VoiceRecording, play: Any, purpose: str) -> None:
    assert play(recording, purpose=purpose).status_code == 200


def test_no_muted_variant_yet(recording: VoiceRecording, play: Any) -> None:
    problem(play(recording, query={"variant": "muted"}), 409, "muted-not-ready")
    problem(play(recording, query={"variant": "loud"}), 422, "invalid")


def test_unscreened(call: str, put: Any, play: Any, events: Any) -> None:
    id_ = put(call, sound()).json()["id"]
    problem(play(id_), 409, "recording-unscreened")
    assert events("recording", "played") == []


def test_quarantined(call: str, put: Any, tell: Any, play: Any, events: Any) -> None:
    id_ = put(call, sound()).json()["id"]
    tell(call, CODE_TURNS)
    problem(play(id_), 403, "recording-quarantined")
    assert events("recording", "played") == []


def test_another_applications_is_not_there(
    recording: VoiceRecording, play: Any, stranger: Any, events: Any
) -> None:
    problem(play(recording, client=stranger.client), 404, "not-found")
    problem(play(uuid4()), 404, "not-found")
    assert events("recording", "played") == []


def test_needs_its_scope(recording: VoiceRecording, play: Any, make_caller: Any) -> None:
    writer = make_caller("Writer", scopes=["recordings:write"])
    problem(play(recording, client=writer.client), 403, "missing-scope")


def test_a_missing_blob(recording: VoiceRecording, play: Any, blobs: Any, events: Any) -> None:
    blobs()[0].unlink()
    problem(play(recording), 500, "recording-lost")
    assert events("recording", "played") == []


def test_a_blob_swapped_for_another_does_not_open(
    recording: VoiceRecording, play: Any, blobs: Any, events: Any
) -> None:
    path = blobs()[0]
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(sealed)
    problem(play(recording), 500, "ciphertext-refused")
    assert events("recording", "played") == []


def test_a_client_that_leaves_closes_the_blob(recording: VoiceRecording, system: Actor) -> None:
    answer = audio_response(
        request=RequestFactory().get("/"),
        actor=system,
        recording=recording,
        purpose_of_use="quality",
    )
    pieces: Any = answer._iterator  # type: ignore[attr-defined]
    for close in answer._resource_closers:  # type: ignore[attr-defined]
        close()
    assert pieces._reader.closed
    assert pieces._reader._source.closed


def test_counts_its_queries(recording: VoiceRecording, play: Any) -> None:
    content(play(recording))
    with CaptureQueriesContext(connection) as seen:
        content(play(recording))
    assert len(seen) <= 8, [query["sql"][:90] for query in seen]


def test_quarantine_by_hand(recording: VoiceRecording, system: Actor, events: Any) -> None:
    for _ in range(2):
        quarantine(actor=system, recording_id=recording.id, reason="A complaint")
    assert len(events("recording", "quarantined")) == 1
    with pytest.raises(Invalid):
        quarantine(actor=system, recording_id=recording.id, reason=" ")
    with pytest.raises(NotFound):
        quarantine(actor=system, recording_id=uuid4(), reason="A complaint")


def test_no_event_no_sound(recording: VoiceRecording, play: Any, monkeypatch: Any) -> None:
    def refuse(**kwargs: Any) -> None:
        raise RuntimeError("the log is away")

    monkeypatch.setattr("phi.services.accesses.record_many", refuse)
    before = AuditEvent.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        play(recording)
    assert AuditEvent.objects.count() == before
