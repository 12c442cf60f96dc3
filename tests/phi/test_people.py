"""People at the API: their role's scope opens the door, their permission the content."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.roles import ADMINISTRATOR, AUDITOR, CARE_STAFF
from consent.models import Call
from core.ids import uuid7
from phi.models import Access, Transcript, VoiceRecording
from phi.services.breakglass import break_glass
from phi.services.care import end_relationship
from tests.phi.audio import sound
from tests.phi.conftest import TURNS, problem
from tests.phi.health import REASON, actor_for, person_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_carer(carer: Any, relate: Any) -> Any:
    """The API as somebody who looks after the person of the recording."""
    relate()
    return person_client(carer)


def test_care_staff_listen_and_read(recording: VoiceRecording, as_carer: Any, events: Any) -> None:
    client = as_carer
    address = f"/api/v1/recordings/{recording.id}/audio"
    answer = client.get(address, {"purpose_of_use": "treatment"})
    assert b"".join(answer.streaming_content) == sound()
    assert events("recording", "played")[0].actor_kind == "person"
    query = {"view": "original", "purpose_of_use": "treatment"}
    answer = client.get(f"/api/v1/transcripts/{Transcript.objects.get().id}", query)
    assert answer.json()["turns"] == TURNS


@pytest.mark.parametrize("role", [AUDITOR, ADMINISTRATOR])
def test_others_do_not(recording: VoiceRecording, as_person: Any, role: str) -> None:
    client = as_person(role)
    address = f"/api/v1/recordings/{recording.id}/audio"
    problem(client.get(address, {"purpose_of_use": "treatment"}), 403, "missing-scope")


def test_nobody_uploads_as_a_person(call: str, as_person: Any, put: Any, tell: Any) -> None:
    client = as_person(CARE_STAFF)
    problem(put(call, sound(), client=client), 403, "missing-scope")
    problem(tell(call, client=client), 403, "missing-scope")


def addresses(recording: VoiceRecording) -> list[tuple[str, dict[str, str]]]:
    """The sound, the masked words and the original, for a purpose."""
    words = f"/api/v1/transcripts/{Transcript.objects.get().id}"
    treatment = {"purpose_of_use": "treatment"}
    return [
        (f"/api/v1/recordings/{recording.id}/audio", treatment),
        (words, {}),
        (words, {"view": "original", **treatment}),
    ]


def test_a_strangers_is_not_there_for_care_staff(
    recording: VoiceRecording, carer: Any, relate: Any, officer: Any, events: Any
) -> None:
    client = person_client(carer)
    for address, query in addresses(recording):
        problem(client.get(address, query), 404, "not-found")
    # What is not there looks the same, to the caller and in the log.
    problem(client.get(f"/api/v1/transcripts/{uuid7()}"), 404, "not-found")
    (sound_,) = events("recording", "read_refused")
    assert sound_.object_id == str(recording.id)
    assert sound_.details == {"problem": "no-care-relationship", "purpose_of_use": "treatment"}
    assert len(events("transcript", "read_refused")) == 3
    assert not Access.objects.filter(actor_id=str(carer.pk)).exists()

    held = relate()
    assert [client.get(*each).status_code for each in addresses(recording)] == [200] * 3
    end_relationship(actor=actor_for(officer), relationship_id=held.pk)
    for address, query in addresses(recording):
        problem(client.get(address, query), 404, "not-found")


def test_broken_glass_opens_what_was_said(recording: VoiceRecording, carer: Any) -> None:
    client = person_client(carer)
    break_glass(
        actor=actor_for(carer),
        user=carer,
        subject_id=recording.call.subject_id,
        reason=REASON,
    )
    assert [client.get(*each).status_code for each in addresses(recording)] == [200] * 3
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        later = person_client(carer)
        assert [later.get(*each).status_code for each in addresses(recording)] == [404] * 3


def test_nobodys_call_is_no_patients(recording: VoiceRecording, carer: Any, relate: Any) -> None:
    relate()
    Call.objects.filter(pk=recording.call_id).update(subject=None)
    address, query = addresses(recording)[1]
    assert person_client(carer).get(address, query).status_code == 404


def test_the_permission_is_asked_for_too(
    recording: VoiceRecording, as_carer: Any, monkeypatch: Any
) -> None:
    client = as_carer
    monkeypatch.setattr(User, "has_perm", lambda self, perm, obj=None: False)
    address = f"/api/v1/recordings/{recording.id}/audio"
    problem(client.get(address, {"purpose_of_use": "treatment"}), 403, "missing-permission")
    query = {"view": "original", "purpose_of_use": "treatment"}
    address = f"/api/v1/transcripts/{Transcript.objects.get().id}"
    problem(client.get(address, query), 403, "missing-permission")
    assert client.get(address).status_code == 200
