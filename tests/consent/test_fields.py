"""What a caller may set, and what an answer shows: the named fields and no others."""

from __future__ import annotations

import pytest
from django.utils import timezone

from consent.models import Call, ConsentRecord, DataSubject

pytestmark = pytest.mark.django_db

FOREIGN = "0191e8f0-0000-7000-8000-000000000000"


def test_fields_of_a_subject_that_are_not_the_callers(api, caller):
    body = {
        "external_id": "17",
        "id": FOREIGN,
        "pk": FOREIGN,
        "created_at": "2001-01-01T00:00:00Z",
        "id_space": "other",
        "external_id_hash": "0" * 64,
        "restricted": True,
        "erased_at": "2001-01-01T00:00:00Z",
    }
    answer = api.post("/api/v1/subjects", body, format="json")
    assert set(answer.json()) == {"id", "external_id"}
    subject = DataSubject.objects.get()
    assert str(subject.id) != FOREIGN
    assert subject.created_at.year > 2001
    plain = api.post("/api/v1/subjects", {"external_id": "17"}, format="json")
    assert plain.json()["id"] == str(subject.id), "in the caller's own id space"


def test_fields_of_a_call_that_are_not_the_callers(open_call, caller, stranger):
    told = open_call(
        id=FOREIGN,
        application=str(stranger.application.pk),
        ended_at=timezone.now().isoformat(),
        recording={"allowed": True},
        allowed=True,
    )
    call = Call.objects.get()
    assert str(call.id) == told["id"] != FOREIGN
    assert call.application == caller.application
    assert call.ended_at is None
    assert not told["recording"]["allowed"]


def test_a_patch_changes_the_subject_alone(api, open_call, subject):
    told = open_call()
    body = {
        "subject": str(subject.id),
        "direction": "outbound",
        "regions": ["DE"],
        "is_ai": False,
        "ended_at": timezone.now().isoformat(),
        "application": FOREIGN,
    }
    assert api.patch(f"/api/v1/calls/{told['id']}", body, format="json").status_code == 200
    call = Call.objects.get()
    assert (call.direction, call.regions, call.is_ai) == ("inbound", ["US-TX", "US-TX"], True)
    assert call.ended_at is None
    assert call.subject == subject


def test_fields_of_a_consent_that_are_not_the_callers(give_consent, subject):
    given = give_consent(
        subject.id,
        "record",
        id=FOREIGN,
        decided_at="2001-01-01T00:00:00Z",
        supersedes=FOREIGN,
        notice_sha256="0" * 64,
    )
    row = ConsentRecord.objects.get()
    assert str(row.id) == given["id"] != FOREIGN
    assert row.decided_at.year > 2001
    assert row.supersedes is None
    assert given["notice_sha256"] != "0" * 64


def test_an_answer_shows_its_fields_alone(api, open_call, subject, give_consent):
    """Nothing of the row beside them: no name, no number, no hash, no sealed bytes."""
    given = give_consent(subject.id, "record", evidence={"answer_text": "Yes, I am Ada"})
    told = open_call(subject=str(subject.id))
    seen = [
        given,
        told,
        api.get(f"/api/v1/calls/{told['id']}").json(),
        api.get(f"/api/v1/consents/check?subject={subject.id}&purpose=record").json(),
        api.get(f"/api/v1/consents/{given['id']}/receipt").json(),
    ]
    for text in map(str, seen):
        for inside in ("Ada", "0143", "vc1:", "_hash", "sealed", "customer-17"):
            assert inside not in text, (inside, text)
