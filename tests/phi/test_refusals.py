"""Stored bytes that were changed, swapped or cut are refused, said so, and in the audit log."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from audit.models import AuditEvent
from consent.models import Call
from core import wrapping
from core.actors import Actor
from core.errors import CiphertextRefused
from operations import worker
from phi.models import Transcript, VoiceRecording
from tests.phi.audio import sound
from tests.phi.conftest import TURNS, problem
from tests.vault.rows import new_key
from vault.sealing import SEGMENT, TAG
from voicecompliance.celery import app

pytestmark = pytest.mark.django_db

HEAD = 43
WORDS = TURNS[1]["text"].encode()  # type: ignore[attr-defined]


@pytest.fixture
def other(
    api: Any, open_call: Any, give_consent: Any, put: Any, tell: Any
) -> Callable[[bool], tuple[VoiceRecording, Transcript]]:
    """Another call's recording and transcript, of the same person or of somebody else."""

    def make(same: bool) -> tuple[VoiceRecording, Transcript]:
        subject = str(Call.objects.exclude(subject=None).latest("id").subject_id)
        if not same:
            body = {"external_id": "customer-18", "name": "Bo Example"}
            subject = api.post("/api/v1/subjects", body, format="json").json()["id"]
        call = open_call(subject=subject)["id"]
        for purpose in ("record", "transcribe"):
            give_consent(subject, purpose, call=call)
        assert put(call, sound(seconds=6, seed=3)).status_code == 201
        assert tell(call).status_code == 201
        return VoiceRecording.objects.get(call=call), Transcript.objects.get(call=call)

    return make


@pytest.fixture
def long(call: str, put: Any, tell: Any) -> VoiceRecording:
    """A recording of three segments."""
    assert put(call, sound(seconds=6)).status_code == 201
    assert tell(call).status_code == 201
    return VoiceRecording.objects.get(call=call)


def the_event(obj: Any, kind: str) -> AuditEvent:
    """The one event of the refusal, which names the object and nothing of what it holds."""
    event = AuditEvent.objects.get(event_type="integrity", action="ciphertext_refused")
    assert event.severity == "CRITICAL"
    assert (event.object_type, event.object_id) == (obj._meta.label, str(obj.pk))
    assert event.actor_kind == kind
    assert b"ada@" not in bytes(event.entry)
    return event


def flip(sealed: bytes) -> bytes:
    return sealed[:-20] + bytes([sealed[-20] ^ 1]) + sealed[-19:]


def harm_words(transcript: Transcript, view: str, harm: str, other: Any) -> None:
    column = f"{view}_sealed"
    sealed = bytes(getattr(transcript, column))
    if harm == "flip":
        sealed = flip(sealed)
    elif harm == "truncation":
        sealed = sealed[:-9]
    elif harm == "stub":
        sealed = sealed[:20]
    else:
        sealed = bytes(getattr(other(harm == "row")[1], column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE phi_transcript SET {column} = %s WHERE id = %s", [sealed, transcript.pk]
        )


HARMS = ["flip", "truncation", "stub", "row", "subject"]


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("view", ["masked", "original"])
def test_words_by_the_api(
    recording: VoiceRecording, api: Any, other: Any, view: str, harm: str
) -> None:
    transcript = Transcript.objects.get()
    harm_words(transcript, view, harm, other)
    answer = api.get(
        f"/api/v1/transcripts/{transcript.pk}", {"view": view, "purpose_of_use": "quality"}
    )
    problem(answer, 500, "ciphertext-refused")
    assert WORDS not in answer.content
    the_event(transcript, "application")
    # Nobody read it: the look was rolled back with the act.
    assert not AuditEvent.objects.filter(action__in=["read", "original_read"]).exists()


@pytest.mark.parametrize("harm", HARMS)
def test_words_in_the_admin(
    recording: VoiceRecording, officer_client: Any, other: Any, harm: str
) -> None:
    transcript = Transcript.objects.get()
    harm_words(transcript, "original", harm, other)
    address = reverse("admin:phi_transcript_original", args=[transcript.pk])
    answer = officer_client.post(address, {"purpose_of_use": "quality"})
    assert answer.status_code == 500
    assert b"was written into the audit log" in answer.content
    assert WORDS not in answer.content
    the_event(transcript, "person")


@pytest.fixture
def lost_key(recording: VoiceRecording, settings: Any) -> str:
    """The id of the key that everything lies under, which the list does not hold any more."""
    lost = wrapping.ring().newest.id
    settings.FIELD_ENCRYPTION_KEYS = (new_key(),)
    return lost


def test_a_missing_key_is_named_by_the_api(lost_key: str, api: Any) -> None:
    transcript = Transcript.objects.get()
    answer = api.get(f"/api/v1/transcripts/{transcript.pk}", {"purpose_of_use": "quality"})
    problem(answer, 503, "key-missing")
    said = answer.json()["detail"]
    assert f"under key {lost_key}, which FIELD_ENCRYPTION_KEYS does not hold" in said
    assert "changed" not in said
    assert lost_key in the_event(transcript, "application").details["reason"]


def test_a_missing_key_is_named_in_the_admin(lost_key: str, officer_client: Any) -> None:
    transcript = Transcript.objects.get()
    address = reverse("admin:phi_transcript_original", args=[transcript.pk])
    answer = officer_client.post(address, {"purpose_of_use": "quality"})
    assert answer.status_code == 503
    page = answer.content.decode()
    assert f"under key {lost_key}, which FIELD_ENCRYPTION_KEYS does not hold" in page
    assert "tampered" not in page
    the_event(transcript, "person")


def harm_sound(recording: VoiceRecording, root: Path, harm: str, other: Any) -> None:
    path = root / recording.blob
    sealed = bytearray(path.read_bytes())
    if harm in {"row", "subject"}:
        path.write_bytes((root / other(harm == "row")[0].blob).read_bytes())
        return
    if harm == "truncation":
        del sealed[-100:]
    elif harm == "truncation at a segment":
        del sealed[HEAD + 2 * (SEGMENT + TAG) :]
    elif harm == "key id":
        sealed[10] ^= 1
    else:
        place = {"first": 0, "middle": 1, "last": 2}[harm]
        sealed[HEAD + place * (SEGMENT + TAG) + 100] ^= 1
    path.write_bytes(sealed)


AT_ONCE = ["last", "truncation", "truncation at a segment", "key id", "row", "subject"]


@pytest.mark.parametrize("harm", AT_ONCE)
def test_sound_by_the_api(
    long: VoiceRecording, api: Any, blob_root: Path, other: Any, harm: str
) -> None:
    harm_sound(long, blob_root, harm, other)
    answer = api.get(f"/api/v1/recordings/{long.pk}/audio", {"purpose_of_use": "quality"})
    problem(answer, 500, "ciphertext-refused")
    the_event(long, "application")
    assert not AuditEvent.objects.filter(action="played").exists()


@pytest.mark.parametrize(("harm", "whole"), [("first", 0), ("middle", SEGMENT)])
def test_sound_in_the_middle_of_a_stream(
    long: VoiceRecording, api: Any, blob_root: Path, harm: str, whole: int
) -> None:
    """What comes before the damage is what was sent; of the rest there is not a byte."""
    harm_sound(long, blob_root, harm, None)
    address = f"/api/v1/recordings/{long.pk}/audio"
    answer = api.get(
        address, {"purpose_of_use": "quality"}, headers={"X-Request-ID": "00f067aa0ba902b7"}
    )
    assert answer.status_code == 200
    heard = b""
    with pytest.raises(CiphertextRefused):
        for piece in answer.streaming_content:
            heard += piece
    assert heard == sound(seconds=6)[:whole]
    assert the_event(long, "application").request_id == "00f067aa0ba902b7"
    # A part that is whole still plays.
    last = api.get(address, {"purpose_of_use": "quality"}, headers={"Range": "bytes=-10"})
    assert b"".join(last.streaming_content) == sound(seconds=6)[-10:]


@pytest.mark.parametrize("harm", AT_ONCE)
def test_sound_in_the_admin(
    long: VoiceRecording, officer_client: Any, blob_root: Path, other: Any, harm: str
) -> None:
    harm_sound(long, blob_root, harm, other)
    page = officer_client.post(
        reverse("admin:phi_voicerecording_play", args=[long.pk]), {"purpose_of_use": "quality"}
    )
    source = re.search(r'src="([^"]+/audio/[^"]+)"', page.content.decode())
    assert source is not None
    answer = officer_client.get(source[1])
    assert answer.status_code == 500
    assert b"was written into the audit log" in answer.content
    the_event(long, "person")


def test_a_task_that_meets_it(recording: VoiceRecording) -> None:
    @app.task(name="tests.meets_damage")
    def meets_damage() -> None:
        raise CiphertextRefused("Changed.", of=f"phi.transcript.masked|{recording.pk}")

    meets_damage.apply()
    event = AuditEvent.objects.get(event_type="integrity")
    assert (event.object_type, event.object_id) == ("phi.Transcript", str(recording.pk))
    assert event.actor_id == "tests.meets_damage"
    assert event.details["reason"] == "Changed."


def test_one_refusal_is_one_event(db: None, system: Actor) -> None:
    from audit.refusals import record_refusal

    error = CiphertextRefused("Changed.")
    for _ in range(2):
        record_refusal(actor=system, error=error)
    event = AuditEvent.objects.get(event_type="integrity")
    assert (event.object_type, event.object_id) == ("", "")
    assert worker.record_refusal is record_refusal
