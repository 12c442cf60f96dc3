"""People at the API: their role's scope opens the door, their permission the content."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.roles import ADMINISTRATOR, AUDITOR, CARE_STAFF
from phi.models import Transcript, VoiceRecording
from tests.phi.audio import sound
from tests.phi.conftest import TURNS, problem

pytestmark = pytest.mark.django_db


def test_care_staff_listen_and_read(recording: VoiceRecording, as_person: Any, events: Any) -> None:
    client = as_person(CARE_STAFF)
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


def test_the_permission_is_asked_for_too(
    recording: VoiceRecording, as_person: Any, monkeypatch: Any
) -> None:
    client = as_person(CARE_STAFF)
    monkeypatch.setattr(User, "has_perm", lambda self, perm, obj=None: False)
    address = f"/api/v1/recordings/{recording.id}/audio"
    problem(client.get(address, {"purpose_of_use": "treatment"}), 403, "missing-permission")
    query = {"view": "original", "purpose_of_use": "treatment"}
    address = f"/api/v1/transcripts/{Transcript.objects.get().id}"
    problem(client.get(address, query), 403, "missing-permission")
    assert client.get(address).status_code == 200
