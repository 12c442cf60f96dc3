"""One play is one look, however many parts are asked for; no byte goes out that no look covers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from core.actors import Actor
from core.errors import Forbidden
from phi.models import Access, VoiceRecording
from phi.services import accesses
from phi.services.playing import play_recording
from phi.services.recordings import quarantine
from tests.phi.audio import sound
from tests.phi.health import actor_for
from tests.phi.test_health_races import together

pytestmark = pytest.mark.django_db
PERSON = Actor("person", "7", "officer-seven", "127.0.0.1")


def played() -> list[AuditEvent]:
    found = AuditEvent.objects.filter(event_type="recording", action="played")
    looks = Access.objects.filter(kind="recordings")
    assert set(looks.values_list("event_id", flat=True)) == {each.pk for each in found}
    return list(found.order_by("received_at", "id"))


def play(recording: VoiceRecording, actor: Actor = PERSON, purpose: str = "quality") -> bytes:
    with play_recording(
        actor=actor, recording=recording, purpose_of_use=purpose, start=0, end=recording.bytes
    ) as reader:
        return reader.read(100) or b""


def test_a_player_that_asks_in_parts(
    recording: VoiceRecording, officer_client: Client, officer: Any
) -> None:
    address = reverse("admin:phi_voicerecording_play", args=[recording.pk])
    page = officer_client.post(address, {"purpose_of_use": "legal"}).content.decode()
    source = re.search(r'<audio[^>]* src="([^"]+)"', page)
    assert source is not None
    heard = b""
    for asked in ("bytes=0-99", "bytes=100-4999", "bytes=5000-"):
        answer: Any = officer_client.get(source[1], headers={"Range": asked})
        assert answer.status_code == 206
        heard += b"".join(answer.streaming_content)
    assert heard == sound()
    (event,) = played()
    assert event.actor_id == str(officer.pk)
    assert event.details["purpose_of_use"] == "legal"
    until = datetime.fromisoformat(event.details["covers_until"])
    assert abs(until - event.received_at - timedelta(minutes=10)) < timedelta(seconds=5)


def test_a_look_covers_its_person_purpose_address_and_recording_alone(
    recording: VoiceRecording, officer: Any
) -> None:
    play(recording)
    play(recording)
    assert len(played()) == 1
    play(recording, actor_for(officer))
    play(recording, purpose="legal")
    play(recording, replace(PERSON, address="127.0.0.2"))
    assert len(played()) == 4
    for actor in (PERSON, actor_for(officer), replace(PERSON, address="127.0.0.2")):
        play(recording, actor)
    assert len(played()) == 4


def test_an_applications_plays_are_a_look_each(recording: VoiceRecording) -> None:
    # It may play for many people, whom we do not know.
    for _ in range(3):
        play(recording, Actor("application", "7", "Voice app", "127.0.0.1"))
    assert len(played()) == 3
    assert all("covers_until" not in event.details for event in played())


def test_it_ends_when_it_says(recording: VoiceRecording) -> None:
    play(recording)
    until = datetime.fromisoformat(played()[0].details["covers_until"])
    with time_machine.travel(until - timedelta(milliseconds=1), tick=False):
        play(recording)
    assert len(played()) == 1
    # Each look has its own time: what it covers does not make it last longer.
    with time_machine.travel(until, tick=False):
        play(recording)
    assert len(played()) == 2


def test_without_a_time_each_request_is_a_look(recording: VoiceRecording, settings: Any) -> None:
    settings.PLAY_LOOK_MINUTES = 0
    play(recording)
    play(recording)
    assert len(played()) == 2


def test_a_look_opens_nothing_that_is_shut_since(recording: VoiceRecording) -> None:
    play(recording)
    quarantine(actor=PERSON, recording_id=recording.pk, reason="A complaint")
    with pytest.raises(Forbidden):
        play(recording)


def test_a_look_that_failed_covers_nothing(
    recording: VoiceRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**kwargs: Any) -> None:
        raise RuntimeError("the log is away")

    with monkeypatch.context() as patched:
        patched.setattr(accesses, "record_many", away)
        for _ in range(2):
            with pytest.raises(RuntimeError):
                play(recording)
    assert played() == []
    play(recording)
    assert len(played()) == 1


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_are_one_look(recording: VoiceRecording) -> None:
    heard = together(*[lambda: play(recording)] * 4)
    assert heard == [sound()[:100]] * 4
    assert len(played()) == 1
