"""Recordings and transcripts in the admin."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize

from accounts.roles import AUDITOR, COMPLIANCE_OFFICER
from phi.models import Transcript, VoiceRecording
from phi.services.keeping import RECORDINGS, TRANSCRIPTS, delete_after
from tests.phi.audio import sound
from tests.phi.conftest import CODE_TURNS

pytestmark = pytest.mark.django_db

EMAIL = "ada@example.com"


@pytest.fixture
def auditor_client(make_person: Any, sign_in: Any) -> Client:
    return sign_in(make_person("auditor-one", AUDITOR))


def address(obj: Any, step: str = "change") -> str:
    return reverse(f"admin:phi_{obj._meta.model_name}_{step}", args=[obj.pk])


@pytest.fixture
def transcript(recording: VoiceRecording) -> Transcript:
    return Transcript.objects.get()


def test_lists(recording: VoiceRecording, officer_client: Client, events: Any) -> None:
    for model in ("voicerecording", "transcript"):
        page = officer_client.get(reverse(f"admin:phi_{model}_changelist"))
        assert page.status_code == 200
        assert str(recording.call_id) in page.content.decode()
    term = {"q": str(recording.call_id)}
    page = officer_client.get(reverse("admin:phi_voicerecording_changelist"), term)
    assert str(recording.id) in page.content.decode()
    page = officer_client.get(reverse("admin:phi_voicerecording_changelist"), {"q": "nobody"})
    assert str(recording.id) not in page.content.decode()
    assert len(events("admin", "listed")) == 4


def test_a_list_costs_the_same_for_more_rows(
    recording: VoiceRecording, officer_client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(16):
        officer_client.get(reverse("admin:phi_voicerecording_changelist"))


def test_play_for_a_purpose(recording: VoiceRecording, officer_client: Client, events: Any) -> None:
    page = officer_client.get(address(recording)).content.decode()
    assert 'id="play-form"' in page
    assert "<audio" not in page
    page = officer_client.post(address(recording, "play"), {"purpose_of_use": "legal"})
    assert "no-store" in page["Cache-Control"]
    source = re.search(r'<audio[^>]* src="([^"]+)"', page.content.decode())
    assert source is not None
    assert events("admin", "player_opened")[0].details["purpose_of_use"] == "legal"
    assert events("recording", "played") == []
    answer = officer_client.get(source[1], headers={"Range": "bytes=0-"})
    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == sound()  # type: ignore[attr-defined]
    (event,) = events("recording", "played")
    assert event.details["purpose_of_use"] == "legal"
    assert event.actor_name == "officer-one"


def test_no_sound_without_a_purpose(
    recording: VoiceRecording, officer_client: Client, events: Any
) -> None:
    for purpose in ("", "curiosity"):
        page = officer_client.post(address(recording, "play"), {"purpose_of_use": purpose})
        assert "<audio" not in page.content.decode()
    assert officer_client.get(address(recording, "play")).status_code == 302
    assert officer_client.get(address(recording, "audio")).status_code == 403
    assert officer_client.get(address(recording, "audio") + "?grant=x:y:z").status_code == 403
    assert events("recording", "played") == []


def test_anothers_grant_does_not_open(
    recording: VoiceRecording, officer_client: Client, make_person: Any, sign_in: Any
) -> None:
    page = officer_client.post(address(recording, "play"), {"purpose_of_use": "legal"})
    source = re.search(r'<audio[^>]* src="([^"]+)"', page.content.decode())
    assert source is not None
    other = sign_in(make_person("officer-two", COMPLIANCE_OFFICER))
    assert other.get(source[1]).status_code == 403


@pytest.mark.parametrize("turns", [None, CODE_TURNS])
def test_what_cannot_be_played_says_why(
    call: str, put: Any, tell: Any, officer_client: Client, turns: Any
) -> None:
    put(call, sound())
    if turns:
        tell(call, turns)
    recording = VoiceRecording.objects.get()
    page = officer_client.get(address(recording)).content.decode()
    assert 'id="play-form"' not in page
    assert ("in quarantine" if turns else "cannot be played yet") in page
    page = officer_client.post(address(recording, "play"), {"purpose_of_use": "legal"})
    assert "<audio" not in page.content.decode()
    assert 'role="alert"' in page.content.decode()


def test_masked_by_default(transcript: Transcript, officer_client: Client, events: Any) -> None:
    page = officer_client.get(address(transcript)).content.decode()
    assert EMAIL not in page
    assert 'data-masked="EMAIL"' in page
    assert len(events("transcript", "read")) == 1


def test_the_original_for_a_purpose(
    transcript: Transcript, officer_client: Client, events: Any
) -> None:
    page = officer_client.post(address(transcript, "original"), {"purpose_of_use": "quality"})
    assert EMAIL in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    (event,) = events("transcript", "original_read")
    assert event.details["purpose_of_use"] == "quality"


def test_no_original_without_a_purpose(
    transcript: Transcript, officer_client: Client, events: Any
) -> None:
    page = officer_client.post(address(transcript, "original"), {"purpose_of_use": ""})
    assert EMAIL not in page.content.decode()
    assert officer_client.get(address(transcript, "original")).status_code == 302
    assert events("transcript", "original_read") == []


def test_an_auditor_sees_neither(
    recording: VoiceRecording, transcript: Transcript, auditor_client: Client, events: Any
) -> None:
    page = auditor_client.get(address(recording)).content.decode()
    assert 'id="play-form"' not in page
    page = auditor_client.get(address(transcript)).content.decode()
    assert 'id="original-form"' not in page
    body = {"purpose_of_use": "legal"}
    assert auditor_client.post(address(recording, "play"), body).status_code == 403
    assert auditor_client.post(address(transcript, "original"), body).status_code == 403
    assert events("recording", "played") == events("transcript", "original_read") == []


def test_both_are_on_the_calls_page(
    recording: VoiceRecording, officer_client: Client, events: Any
) -> None:
    page = officer_client.get(reverse("admin:consent_call_change", args=[recording.call_id]))
    text = page.content.decode()
    assert 'id="play-form"' in text
    assert 'data-masked="EMAIL"' in text
    assert EMAIL not in text
    assert len(events("transcript", "read")) == 1


def test_nothing_is_changed_here(recording: VoiceRecording, officer_client: Client) -> None:
    assert officer_client.post(address(recording), {"state": "available"}).status_code == 403
    assert officer_client.get(reverse("admin:phi_voicerecording_add")).status_code == 403


def test_care_staff_see_their_own_patients_alone(
    recording: VoiceRecording,
    transcript: Transcript,
    carer: Any,
    relate: Any,
    sign_in: Any,
    events: Any,
) -> None:
    client = sign_in(carer)
    call_page = reverse("admin:consent_call_change", args=[recording.call_id])
    steps = [
        (recording, "play", "post"),
        (recording, "audio", "get"),
        (transcript, "original", "post"),
    ]
    for obj in (recording, transcript):
        listed = client.get(reverse(f"admin:phi_{obj._meta.model_name}_changelist"))
        assert str(obj.pk) not in listed.content.decode()
        # As for what is not there.
        assert client.get(address(obj)).status_code == 302
    for obj, step, method in steps:
        answer = getattr(client, method)(address(obj, step), {"purpose_of_use": "treatment"})
        assert answer.status_code == 404
    assert "How can I help?" not in client.get(call_page).content.decode()
    assert len(events("recording", "read_refused")) == 3
    assert len(events("transcript", "read_refused")) == 2
    assert not events("transcript", "read")

    relate()
    for obj in (recording, transcript):
        listed = client.get(reverse(f"admin:phi_{obj._meta.model_name}_changelist"))
        assert str(obj.pk) in listed.content.decode()
        assert client.get(address(obj)).status_code == 200
    for obj, step, _ in steps[::2]:
        answer = client.post(address(obj, step), {"purpose_of_use": "treatment"})
        assert answer.status_code == 200
    assert "How can I help?" in client.get(call_page).content.decode()


def test_the_end_is_said_as_everywhere(
    recording: VoiceRecording, transcript: Transcript, officer_client: Client
) -> None:
    for obj in (recording, transcript):
        page = officer_client.get(address(obj)).content.decode()
        assert "+00:00" not in page
        end = delete_after(RECORDINGS if obj is recording else TRANSCRIPTS, obj.captured_at)
        assert localize(timezone.localtime(end)) in page
