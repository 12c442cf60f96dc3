"""People at the API of calls and consents: they read; a voice application writes."""

import pytest
from django.utils import timezone

from accounts.roles import AUDITOR, CARE_STAFF, COMPLIANCE_OFFICER, DPO
from consent.models import ConsentRecord, DataSubject
from phi.models import Transcript

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [CARE_STAFF, DPO, COMPLIANCE_OFFICER])
def test_a_call_is_its_applications_to_change(role, as_person, subject, open_call):
    call = f"/api/v1/calls/{open_call()['id']}"
    person = as_person(role)
    assert person.get(call).status_code == 200
    spoken = {"interaction": "greeting", "version": 1, "spoken_at_ms": 900}
    for answer in (
        person.patch(call, {"subject": str(subject.id)}, format="json"),
        person.post(f"{call}/end", {"ended_at": timezone.now().isoformat()}, format="json"),
        person.post(f"{call}/disclosures", spoken, format="json"),
    ):
        assert (answer.status_code, code(answer)) == (403, "application-only")
    found = person.get(call).json()
    assert (found["subject"], found["ended_at"]) == (None, None)


def test_what_was_said_is_its_applications_to_tell(as_person, open_call):
    """Today no role has the scopes; were one given them, the door would still be shut."""
    call = f"/api/v1/calls/{open_call()['id']}"
    person = as_person(CARE_STAFF, {"recordings:write", "transcripts:write"})
    sound = person.put(f"{call}/recording", b"RIFF", content_type="audio/wav")
    turn = {"speaker": "agent", "text": "Hello", "start_ms": 0, "end_ms": 9}
    words = person.post(f"{call}/transcript", {"language": "en", "turns": [turn]}, format="json")
    for answer in (sound, words):
        assert (answer.status_code, code(answer)) == (403, "application-only")
    assert not Transcript.objects.exists()


CUSTOMER = {"external_id": "customer-18", "name": "Bo Example"}


@pytest.mark.parametrize("role", [DPO, COMPLIANCE_OFFICER])
def test_officers_tell_of_people_and_consents(role, as_person):
    person = as_person(role)
    answer = person.post("/api/v1/subjects", CUSTOMER, format="json")
    assert answer.status_code == 201, answer.content
    answer = person.post("/api/v1/consents", no(answer.json()["id"]), format="json")
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize("role", [CARE_STAFF, AUDITOR])
def test_others_do_not(role, as_person, subject):
    # Whatever the scopes say: the permission decides.
    person = as_person(role, {"consents:write"})
    for answer in (
        person.post("/api/v1/subjects", CUSTOMER, format="json"),
        person.post("/api/v1/consents", no(subject.id), format="json"),
    ):
        assert (answer.status_code, code(answer)) == (403, "missing-permission")
    assert DataSubject.objects.count() == 1
    assert not ConsentRecord.objects.exists()


def no(subject_id):
    return {
        "subject": str(subject_id),
        "purpose": "record",
        "decision": "denied",
        "method": "verbal",
    }


def code(answer):
    return answer.json()["type"].rsplit("/", 1)[1]
