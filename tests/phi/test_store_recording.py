"""PUT /calls/{id}/recording."""

from __future__ import annotations

import contextlib
import hashlib
import io
import random
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.db import connection
from django.utils.dateparse import parse_datetime
from rest_framework.test import APIClient

from consent.models import Call
from core.actors import Actor
from core.errors import Conflict, Invalid
from phi import audio
from phi.models import Transcript, VoiceRecording
from phi.services import recordings
from phi.services.recordings import store_recording
from tests.phi.audio import sound, wav_head
from tests.phi.conftest import CODE_TURNS, problem
from vault import services as vault

pytestmark = pytest.mark.django_db

Put = Callable[..., Any]
Blobs = Callable[[], list[Any]]
Events = Callable[..., list[Any]]


@pytest.fixture
def nothing(blobs: Blobs, events: Events) -> Iterator[None]:
    """Asserts that the test left no row, no blob and no event of a recording."""
    yield
    assert not VoiceRecording.objects.exists()
    assert blobs() == []
    assert events("recording") == []


def _chunked(body: bytes) -> dict[str, Any]:
    """The environment of a request without a promised length."""
    return {
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
    }


@pytest.mark.parametrize(
    ("kind", "subtype", "form"),
    [
        ("WAV", "PCM_16", "wav"),
        ("WAV", "ULAW", "wav"),
        ("FLAC", "", "flac"),
        ("OGG", "OPUS", "ogg"),
        ("OGG", "VORBIS", "ogg"),
        ("MP3", "", "mp3"),
    ],
)
def test_stores_audio_of_each_kind(
    call: str, put: Put, blobs: Blobs, events: Events, kind: str, subtype: str, form: str
) -> None:
    body = sound(kind, 1.5, subtype=subtype)
    answer = put(call, body)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    recording = VoiceRecording.objects.get()
    assert told["id"] == str(recording.id)
    assert told["sha256"] == hashlib.sha256(body).hexdigest()
    assert told["bytes"] == len(body)
    assert abs(told["duration_ms"] - 1500) <= 1
    assert told["state"] == "unscreened"
    assert recording.format == form
    assert recording.sample_rate in (16000, 48000)
    started = Call.objects.get(id=call).started_at
    assert parse_datetime(told["delete_after"]) == started + timedelta(days=30)
    (event,) = events("recording")
    assert (event.action, event.object_id) == ("stored", str(recording.id))
    # What lies in the store is sealed, whole, and named after nobody.
    (blob,) = blobs()
    sealed = blob.read_bytes()
    assert sealed[:4] == b"VCS1"
    assert body[100:200] not in sealed
    assert call not in str(blob)
    assert str(recording.id) not in str(blob)
    assert blob.stat().st_mode & 0o077 == 0
    owner = recording.call.subject_id
    assert owner is not None
    with vault.open_stream(owner, recording.aad, blob.open("rb")) as reader:
        assert reader.read() == body


def test_the_same_bytes_again_are_no_change(
    call: str, put: Put, blobs: Blobs, events: Events
) -> None:
    body = sound()
    first = put(call, body)
    again = put(call, body)
    assert again.status_code == 200
    assert again.json() == first.json()
    assert len(blobs()) == 1
    assert len(events("recording")) == 1


def test_other_bytes_are_a_conflict(call: str, put: Put, blobs: Blobs) -> None:
    assert put(call, sound()).status_code == 201
    problem(put(call, sound(seed=2)), 409, "recording-exists")
    assert len(blobs()) == 1


def test_without_consent_nothing_is_read(
    subject: Any, open_call: Any, put: Put, nothing: None, events: Events
) -> None:
    call = open_call(subject=str(subject.id))["id"]
    with mock.patch("phi.bodies.Body.chunks") as chunks:
        body = problem(put(call, sound()), 403, "consent-missing")
    chunks.assert_not_called()
    assert body["purpose"] == "record"
    (event,) = events("call", "recording_refused")
    assert event.object_id == call
    assert event.severity == "WARNING"


def test_an_anonymous_caller_is_refused(open_call: Any, put: Put, nothing: None) -> None:
    assert problem(put(open_call()["id"], sound()), 403, "consent-missing")["reason"] == (
        "caller-unknown"
    )


def test_a_consent_withdrawn_meanwhile_counts(
    call: str, subject: Any, put: Put, give_consent: Any, nothing: None, events: Events
) -> None:
    inspect = recordings.audio.inspect

    def withdraw_and_inspect(*args: Any, **kwargs: Any) -> Any:
        give_consent(subject.id, "record", decision="withdrawn", notice_version=None)
        return inspect(*args, **kwargs)

    with mock.patch.object(recordings.audio, "inspect", withdraw_and_inspect):
        body = problem(put(call, sound()), 403, "consent-missing")
    assert body["reason"] == "consent-withdrawn"
    assert len(events("call", "recording_refused")) == 1


def test_another_applications_call_is_not_there(
    call: str, put: Put, stranger: Any, nothing: None
) -> None:
    problem(put(call, sound(), client=stranger.client), 404, "not-found")
    problem(put(str(uuid4()), sound()), 404, "not-found")


def test_needs_its_scope(call: str, put: Put, make_caller: Any, nothing: None) -> None:
    reader = make_caller("Reader", scopes=["recordings:read"])
    problem(put(call, sound(), client=reader.client), 403, "missing-scope")


def test_a_body_too_large_by_its_length(call: str, put: Put, settings: Any, nothing: None) -> None:
    settings.MAX_RECORDING_BYTES = 2000
    with mock.patch("phi.bodies.Body.chunks") as chunks:
        problem(put(call, sound()), 413, "body-too-large")
    chunks.assert_not_called()


@pytest.mark.parametrize("marked", [True, False])
def test_a_body_without_a_length_is_not_taken(
    call: str, api: Any, nothing: None, marked: bool
) -> None:
    """Cut off, it would look whole: the server ends both alike."""
    environment = {**_chunked(sound()), "wsgi.input_terminated": marked}
    answer = api.generic("PUT", f"/api/v1/calls/{call}/recording", b"", **environment)
    problem(answer, 411, "length-required")


def test_a_refusal_reads_the_body_away(call: str, api: Any, stranger: Any, nothing: None) -> None:
    for client, expect, left in (
        (stranger.client, {}, 0),
        (APIClient(), {}, 0),
        (stranger.client, {"HTTP_EXPECT": "100-continue"}, len(sound())),
    ):
        source = io.BytesIO(sound())
        environment = {"wsgi.input": source, "CONTENT_LENGTH": str(len(sound())), **expect}
        answer = client.generic("PUT", f"/api/v1/calls/{call}/recording", b"", **environment)
        assert answer.status_code in (401, 404)
        assert len(source.read()) == left


def test_a_truncated_upload(call: str, put: Put, nothing: None) -> None:
    body = sound()
    problem(put(call, body[:9000], promised=len(body)), 400, "truncated-upload")


def test_a_client_that_goes_away(call: str, api: Any, nothing: None) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(size)
            if not piece:
                raise OSError("gone")
            return piece

    answer = api.generic(
        "PUT",
        f"/api/v1/calls/{call}/recording",
        b"",
        **{"wsgi.input": Broken(sound()), "CONTENT_LENGTH": "999999"},
    )
    problem(answer, 400, "truncated-upload")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"this is no audio at all" * 500,
        random.Random(1).randbytes(20_000),
        sound()[:-10],
        sound()[: len(sound()) // 2],
        sound()[:20],
        wav_head(1_000_000) + bytes(1000),
        wav_head(0),
        sound("FLAC")[:-10],
        sound("OGG")[:-10],
        sound("OGG", 3)[: len(sound("OGG", 3)) // 2],
        sound("MP3")[:-10],
        sound("MP3") + b"garbage" * 100,
        sound("WAV").replace(b"WAVE", b"WAVX"),
    ],
    # Encoders write random serial numbers: names from the bytes would differ by worker.
    ids=range(14),
)
def test_what_is_not_whole_audio(call: str, put: Put, nothing: None, body: bytes) -> None:
    problem(put(call, body), 422, "not-audio")


@pytest.mark.parametrize("kind", ["FLAC", "OGG", "MP3"])
def test_damage_inside(call: str, put: Put, nothing: None, kind: str) -> None:
    body = bytearray(sound(kind, 4))
    middle = len(body) // 2
    body[middle : middle + 200] = b"\x55" * 200
    problem(put(call, bytes(body)), 422, "not-audio")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (sound(seconds=3), "recording-too-long"),
        (sound(channels=9, seconds=0.1), "unusual-audio"),
        (sound(rate=200_000, seconds=0.1), "unusual-audio"),
        (sound(rate=96_001, seconds=0.1), "unusual-audio"),
        (sound("FLAC", rate=96_000, channels=8, seconds=0.5), "unusual-audio"),
    ],
    ids=["long", "wide", "fast", "no rate of FLAC", "both"],
)
def test_audio_that_no_call_has(
    call: str, put: Put, settings: Any, nothing: None, body: bytes, code: str
) -> None:
    settings.MAX_RECORDING_SECONDS = 2
    problem(put(call, body), 422, code)


def test_a_fault_of_ours_leaves_no_blob(call: str, put: Put, nothing: None) -> None:
    with (
        mock.patch.object(recordings, "record", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        put(call, sound())


def test_available_at_once_where_no_cards_are_taken(
    make_caller: Any, subject: Any, give_consent: Any, put: Put
) -> None:
    shop = make_caller("No cards", takes_cards=False)
    call = shop.client.post(
        "/api/v1/calls",
        {
            "subject": str(subject.id),
            "direction": "inbound",
            "regions": ["US-TX"],
            "purposes": ["record"],
            "language": "en",
            "is_ai": True,
        },
        format="json",
    ).json()["id"]
    give_consent(subject.id, "record")
    assert put(call, sound(), client=shop.client).json()["state"] == "available"


def test_the_transcript_may_come_first(call: str, put: Put, tell: Any) -> None:
    assert tell(call).status_code == 201
    assert put(call, sound()).json()["state"] == "available"


def test_a_code_in_an_earlier_transcript_quarantines(call: str, put: Put, tell: Any) -> None:
    assert tell(call, CODE_TURNS).status_code == 201
    assert Transcript.objects.get().holds_security_code
    assert put(call, sound()).json()["state"] == "quarantined"


def test_a_transcript_that_comes_during_the_upload_counts(
    call: str, tell: Any, system: Actor
) -> None:
    body = sound()

    def chunks() -> Iterator[bytes]:
        yield body[:5000]
        assert tell(call, CODE_TURNS).status_code == 201
        yield body[5000:]

    recording, _ = store_recording(actor=system, call=Call.objects.get(id=call), chunks=chunks())
    assert recording.state == "quarantined"


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_damaged_heads_are_refused_or_read(kind: str) -> None:
    chance = random.Random(kind)
    whole = sound(kind, 0.1)
    for _ in range(60):
        body = bytearray(whole)
        for _ in range(3):
            body[chance.randrange(120)] = chance.randrange(256)
        with contextlib.suppress(Invalid):
            assert audio.inspect(io.BytesIO(body), max_seconds=60).duration_ms <= 60_000


def test_a_large_upload_needs_little_memory(call: str, blobs: Blobs) -> None:
    size = 100 * 1024 * 1024
    piece = bytes(64 * 1024)

    def chunks() -> Iterator[bytes]:
        yield wav_head(size)
        for _ in range(size // len(piece)):
            yield piece

    tracemalloc.start()
    try:
        recording, made = store_recording(
            actor=Actor.system("tests"), call=Call.objects.get(id=call), chunks=chunks()
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert made
    assert recording.bytes == size + 44
    assert peak < 16 * 1024 * 1024
    assert blobs()[0].stat().st_size > size


@pytest.mark.django_db(transaction=True)
def test_of_two_uploads_at_once_one_wins(call: str, blobs: Blobs) -> None:
    bodies = [sound(seed=1), sound(seed=2)]
    ready = threading.Barrier(2)
    results: list[Any] = []

    def upload(body: bytes) -> None:
        def chunks() -> Iterator[bytes]:
            yield body[:100]
            ready.wait(10)
            yield body[100:]

        try:
            results.append(
                store_recording(
                    actor=Actor.system("tests"), call=Call.objects.get(id=call), chunks=chunks()
                )
            )
        except Conflict as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload, args=[body]) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    (lost,) = [each for each in results if isinstance(each, Conflict)]
    assert lost.code == "recording-exists"
    recording = VoiceRecording.objects.get()
    assert [path.name for path in blobs()] == [recording.blob.rpartition("/")[2]]
