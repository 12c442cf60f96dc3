"""Health records by API: stored, read for a purpose, refused, and what the log says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.roles import AUDITOR, CARE_STAFF, DPO
from audit.models import AuditEvent
from consent.models import DataSubject
from core.errors import CiphertextRefused, Invalid
from core.ids import uuid7
from operations.models import Notification
from phi.models import Access, BreakGlass, CareRelationship, HealthRecord, MinimumNecessary
from phi.services.health import MAX_CONTENT
from tests.conftest import ALL_SCOPES
from tests.phi.conftest import problem
from tests.phi.health import CONTENT, REASON, actor_for, person_client, read

pytestmark = pytest.mark.django_db


def test_an_application_stores_and_reads_its_own(
    store: Any, api: Any, subject: Any, events: Any
) -> None:
    made = store(recorded_at="2026-01-02T03:04:05Z")
    assert made.status_code == 201
    access = Access.objects.get(id=made.json()["access_id"])
    assert (access.kind, access.purpose_of_use) == ("health_writes", "treatment")
    assert access.subject_id == subject.id
    answer = read(api, made.json()["id"])
    assert answer.status_code == 200
    assert answer.json()["content"] == CONTENT
    assert answer.json()["recorded_at"] == "2026-01-02T03:04:05Z"
    assert answer["Cache-Control"] == "no-store"
    look = Access.objects.get(id=answer.json()["access_id"])
    assert (look.kind, look.granted_by) == ("health_records", "application")
    (stored,), (seen,) = events("health_record", "stored"), events("health_record", "read")
    assert look.event_id == seen.id
    assert seen.details["data_type"] == "diagnosis"
    assert "E11.9" not in json.dumps([stored.details, seen.details])


def test_what_is_brought_in_stays_as_long_as_the_rest(store: Any, api: Any) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False):
        made = store(recorded_at="2010-05-06T07:08:09Z")
        assert made.json()["delete_after"] == "2032-03-01T12:00:00Z"
        assert read(api, made.json()["id"]).json()["delete_after"] == "2032-03-01T12:00:00Z"


def test_text_is_content_too(store: Any, api: Any) -> None:
    made = store(content="Blood group 0")
    assert read(api, made.json()["id"]).json()["content"] == "Blood group 0"


@pytest.mark.parametrize(
    "changes",
    [
        {"content": ""},
        {"content": {}},
        {"content": [1]},
        {"content": 17},
        {"content": "Blood group \u202e0"},
        {"content": {"notes": ["Fine", {"more": "\x1b[2J"}]}},
        {"content": "x" * MAX_CONTENT},
        {"data_type": "gossip"},
        {"purpose_of_use": "marketing"},
        {"recorded_at": "2999-01-01T00:00:00Z"},
        {"recorded_at": "1899-12-31T23:59:59Z"},
        {"recorded_at": "0001-01-01T00:00:00Z"},
        {"subject": "17"},
    ],
)
def test_what_does_not_hold_is_not_stored(store: Any, changes: Any) -> None:
    assert store(**changes).status_code == 422
    assert not HealthRecord.objects.exists()
    assert not Access.objects.exists()


def test_an_unknown_subject_is_not_there(store: Any) -> None:
    assert store(subject=str(uuid7())).status_code == 404


def test_a_repeat_is_one_record(api: Any, subject: Any) -> None:
    body = {
        "subject": str(subject.id),
        "data_type": "allergy",
        "content": "Penicillin",
        "purpose_of_use": "treatment",
    }
    first, second = (
        api.post("/api/v1/phi", body, format="json", headers={"Idempotency-Key": "one"})
        for _ in range(2)
    )
    assert first.json() == second.json()
    assert HealthRecord.objects.count() == 1


def test_a_strangers_record_is_not_there(health_record: Any, stranger: Any, events: Any) -> None:
    assert read(stranger.client, health_record).status_code == 404
    assert read(stranger.client, uuid7()).status_code == 404
    assert events("health_record", "read") == []


def test_scopes(health_record: Any, make_caller: Any, store: Any) -> None:
    few = make_caller("Few", scopes=[each for each in ALL_SCOPES if not each.startswith("phi")])
    problem(store(client=few.client), 403, "missing-scope")
    problem(read(few.client, health_record), 403, "missing-scope")


def test_people_do_not_write(store: Any, carer: Any) -> None:
    client = person_client(carer)
    client.handler._force_auth_token = None
    assert store(client=person_client(carer)).status_code == 403


def test_every_read_names_a_purpose(health_record: Any, api: Any, events: Any) -> None:
    assert api.get(f"/api/v1/phi/{health_record.id}").status_code == 422
    assert read(api, health_record, "curiosity").status_code == 422
    assert events("health_record", "read") == []


def test_the_minimum_necessary_binds_reading_and_writing(
    health_record: Any, api: Any, store: Any, events: Any
) -> None:
    refused = problem(read(api, health_record, "payment"), 403, "minimum-necessary")
    assert "E11.9" not in json.dumps(refused)
    problem(store(purpose_of_use="payment"), 403, "minimum-necessary")
    assert HealthRecord.objects.count() == 1
    (one,), (two,) = (
        events("health_record", "read_refused"),
        events("health_record", "write_refused"),
    )
    assert one.details["problem"] == two.details["problem"] == "minimum-necessary"
    assert one.object_id == str(health_record.id)
    MinimumNecessary.objects.filter(
        role="application", data_type="diagnosis", purpose="treatment"
    ).delete()
    problem(read(api, health_record), 403, "minimum-necessary")
    assert not Access.objects.filter(kind="health_records").exists()


def test_psychotherapy_notes_are_nobodys_by_default(store: Any) -> None:
    for purpose in ("treatment", "operations", "emergency", "authorised"):
        said = problem(
            store(data_type="psychotherapy_notes", purpose_of_use=purpose), 403, "minimum-necessary"
        )
        assert "164.508(a)(2)" in said["detail"]


def test_an_application_does_not_break_the_glass(health_record: Any, api: Any) -> None:
    answer = read(api, health_record, "emergency", break_glass_reason=REASON)
    problem(answer, 403, "break-glass-people-only")
    assert not BreakGlass.objects.exists()


# Care staff -----------------------------------------------------------------------------------


def test_care_staff_read_their_own_patients(
    health_record: Any, carer: Any, relate: Any, events: Any
) -> None:
    relate()
    answer = read(person_client(carer), health_record)
    assert answer.status_code == 200
    assert answer.json()["content"] == CONTENT
    assert answer.json()["granted_by"] == "care_relationship"
    (event,) = events("health_record", "read")
    assert event.actor_id == str(carer.pk)


def test_anothers_patient_is_not_there_and_the_log_says_so(
    health_record: Any, carer: Any, events: Any
) -> None:
    client = person_client(carer)
    known, unknown = read(client, health_record), read(client, uuid7())
    assert known.status_code == unknown.status_code == 404
    assert known.json()["detail"] == unknown.json()["detail"]
    event, guess = events("health_record", "read_refused")
    assert event.details["problem"] == guess.details["problem"] == "no-care-relationship"
    assert event.object_id == str(health_record.id)
    assert event.severity == "WARNING"


def test_a_relationship_ends_at_once_and_begins_when_it_says(
    health_record: Any, carer: Any, relate: Any, officer: Any
) -> None:
    from phi.services.care import end_relationship

    client, now = person_client(carer), timezone.now()
    made = relate()
    assert read(client, health_record).status_code == 200
    end_relationship(actor=actor_for(officer), relationship_id=made.pk)
    assert read(client, health_record).status_code == 404
    relate(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    assert read(client, health_record).status_code == 404
    for minutes, status in ((61, 200), (119, 200), (121, 404)):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert read(person_client(carer), health_record).status_code == status


def test_staff_prove_their_factor(health_record: Any, carer: Any, relate: Any) -> None:
    relate()
    problem(read(person_client(carer, proved=False), health_record), 403, "factor-needed")


def test_the_table_binds_care_staff_with_a_relationship(
    health_record: Any, carer: Any, relate: Any
) -> None:
    relate()
    problem(read(person_client(carer), health_record, "payment"), 403, "minimum-necessary")


def test_an_officer_reads_by_role_for_the_officers_purposes(
    health_record: Any, officer: Any
) -> None:
    client = person_client(officer)
    assert read(client, health_record, "legal").json()["granted_by"] == "role"
    problem(read(client, health_record, "treatment"), 403, "minimum-necessary")
    assert read(client, uuid7(), "legal").status_code == 404


def test_whose_role_reads_no_health_records(
    health_record: Any, make_person: Any, events: Any
) -> None:
    for role in (DPO, AUDITOR):
        client = person_client(make_person(f"p-{role}".lower(), role))
        assert read(client, health_record, "legal").status_code == 403
    assert events("health_record", "read") == []


# Break-glass ----------------------------------------------------------------------------------


def test_breaking_the_glass(
    health_record: Any, carer: Any, make_person: Any, events: Any, settings: Any
) -> None:
    client = person_client(carer)
    answer = read(client, health_record, "emergency", break_glass_reason=REASON)
    assert answer.status_code == 200
    assert answer.json()["content"] == CONTENT
    assert answer.json()["granted_by"] == "break_glass"
    grant = BreakGlass.objects.get()
    assert grant.reason == REASON
    assert grant.expires_at - grant.granted_at == timedelta(minutes=60)
    assert grant.review_due_at - grant.granted_at == timedelta(hours=72)
    assert grant.state == "open"
    (event,) = events("break_glass", "granted")
    assert event.severity == "CRITICAL"
    assert event.object_id == str(grant.pk)
    every = json.dumps([each.details for each in AuditEvent.objects.all()])
    assert "unconscious" not in every
    told = Notification.objects.filter(title="The glass was broken")
    assert {note.role for note in told} == {"DPO", "compliance officer"}
    assert all(str(grant.pk) in note.link and not note.body.count(REASON) for note in told)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM phi_breakglass")
        assert cursor.fetchone()[0].startswith("vc1:")
    kinds = list(Access.objects.order_by("id").values_list("kind", "granted_by"))
    assert kinds[-2:] == [("break_glass", "break_glass"), ("health_records", "break_glass")]


def test_within_the_time_no_new_reason_and_after_it_a_new_one(
    health_record: Any, carer: Any, store: Any, events: Any
) -> None:
    other = store(data_type="medication", content="Insulin").json()["id"]
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        client = person_client(carer)
        assert (
            read(client, health_record, "emergency", break_glass_reason=REASON).status_code == 200
        )
    with time_machine.travel(now + timedelta(minutes=59), tick=False):
        client = person_client(carer)
        assert read(client, other, "emergency").status_code == 200
        problem(read(client, other, "treatment"), 403, "no-care-relationship")
    assert len(events("break_glass", "granted")) == 1
    assert len(events("health_record", "read")) == 2
    with time_machine.travel(now + timedelta(minutes=60), tick=False):
        problem(read(person_client(carer), other, "emergency"), 403, "break-glass-reason-missing")


def test_an_emergency_without_a_reason_tells_nothing(
    health_record: Any, carer: Any, events: Any
) -> None:
    client = person_client(carer)
    known, unknown = (read(client, each, "emergency") for each in (health_record, uuid7()))
    for answer in (known, unknown):
        problem(answer, 403, "break-glass-reason-missing")
    assert known.json()["detail"] == unknown.json()["detail"]
    for reason in ("short", "x" * 501, "............", "1234 5678 90", "Found \u202eunconscious"):
        answer = read(client, health_record, "emergency", break_glass_reason=reason)
        assert answer.status_code == 422
    guessed = uuid7()
    assert read(client, guessed, "emergency", break_glass_reason=REASON).status_code == 404
    assert not BreakGlass.objects.exists()
    assert events("health_record", "read_refused")[-1].object_id == str(guessed)


def test_the_glass_is_for_emergencies(health_record: Any, carer: Any) -> None:
    answer = read(person_client(carer), health_record, "treatment", break_glass_reason=REASON)
    assert answer.status_code == 422
    assert not BreakGlass.objects.exists()


def test_broken_glass_is_no_way_round_the_minimum_necessary(health_record: Any, carer: Any) -> None:
    MinimumNecessary.objects.filter(role=CARE_STAFF, purpose="emergency").delete()
    answer = read(person_client(carer), health_record, "emergency", break_glass_reason=REASON)
    problem(answer, 403, "minimum-necessary")
    assert not BreakGlass.objects.exists()


def test_ones_own_patient_needs_no_broken_glass(
    health_record: Any, carer: Any, relate: Any
) -> None:
    relate()
    answer = read(person_client(carer), health_record, "emergency", break_glass_reason=REASON)
    assert answer.json()["granted_by"] == "care_relationship"
    assert not BreakGlass.objects.exists()


# Stored bytes ---------------------------------------------------------------------------------


def _set(record: Any, sealed: bytes) -> None:
    HealthRecord.objects.filter(pk=record.pk).update(content_sealed=sealed)


def test_what_is_stored_is_sealed(health_record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT content_sealed FROM phi_healthrecord")
        held = bytes(cursor.fetchone()[0])
    assert held[0] == 1
    assert b"E11.9" not in held
    with pytest.raises(IntegrityError), transaction.atomic():
        _set(health_record, b'{"code": "E11.9"}')


@pytest.mark.parametrize("place", [1, 17, 40, -1])
def test_a_flipped_bit_is_refused_and_audited(
    health_record: Any, api: Any, place: int, events: Any
) -> None:
    held = bytearray(health_record.content_sealed)
    held[place] ^= 1
    _set(health_record, bytes(held))
    api.raise_request_exception = False
    assert read(api, health_record).status_code == 500
    assert not Access.objects.filter(kind="health_records").exists()
    (event,) = events("integrity", "ciphertext_refused")
    assert (event.severity, event.object_id) == ("CRITICAL", str(health_record.id))


def test_content_of_another_row_subject_or_column_is_refused(
    health_record: Any, api: Any, store: Any, subject: Any
) -> None:
    from phi.services.health import open_many
    from vault import services as vault

    other = HealthRecord.objects.get(id=store(content="Another").json()["id"])
    told = api.post("/api/v1/subjects", {"external_id": "18"}, format="json").json()["id"]
    strange = HealthRecord.objects.get(id=store(subject=told, content="Strange").json()["id"])
    column = vault.seal(
        subject.id, vault.KeyClass.HEALTH, f"phi.healthrecord.note|{health_record.id}", b'"x"'
    )
    api.raise_request_exception = False
    for sealed in (other.content_sealed, strange.content_sealed, column, b"\x01", b"\x01" * 45):
        _set(health_record, bytes(sealed))
        assert read(api, health_record).status_code == 500
        with pytest.raises(CiphertextRefused):
            list(open_many([HealthRecord.objects.get(pk=health_record.pk)]))
    # The whole row moved to another person.
    DataSubject.objects.get(pk=told)
    HealthRecord.objects.filter(pk=other.pk).update(subject=told)
    assert read(api, other).status_code == 500


def test_a_destroyed_key_leaves_noise(health_record: Any, api: Any, system: Any) -> None:
    from vault import services as vault

    vault.shred(actor=system, owner_id=health_record.subject_id, key_class="health")
    api.raise_request_exception = False
    assert read(api, health_record).status_code == 500


def test_query_counts(
    health_record: Any, api: Any, carer: Any, relate: Any, django_assert_max_num_queries: Any
) -> None:
    relate()
    client = person_client(carer)
    read(api, health_record)
    with django_assert_max_num_queries(12):
        read(api, health_record)
    read(client, health_record)
    with django_assert_max_num_queries(14):
        read(client, health_record)


def test_times_are_utc(store: Any) -> None:
    id_ = store(recorded_at="2026-01-02T03:04:05+02:00").json()["id"]
    assert HealthRecord.objects.get(id=id_).recorded_at == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)


# Care relationships by API --------------------------------------------------------------------


def test_an_application_keeps_care_relationships(
    api: Any, subject: Any, carer: Any, events: Any, stranger: Any, health_record: Any
) -> None:
    body = {"person": str(carer.pk), "subject": str(subject.pk), "kind": "nursing"}
    made = api.post("/api/v1/care-relationships", body, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["ends_at"] is None
    again = api.post("/api/v1/care-relationships", body, format="json")
    problem(again, 409, "care-relationship-exists")
    (event,) = events("care_relationship", "made")
    assert event.details["person"] == str(carer.pk)
    listed = api.get("/api/v1/care-relationships", {"subject": str(subject.pk)}).json()
    assert [each["id"] for each in listed["results"]] == [made.json()["id"]]
    assert api.get("/api/v1/care-relationships", {"person": str(uuid7())}).json()["results"] == []
    assert stranger.client.get("/api/v1/care-relationships").json()["results"] == []
    page = f"/api/v1/care-relationships/{made.json()['id']}"
    assert stranger.client.delete(page).status_code == 404
    assert read(person_client(carer), health_record).status_code == 200
    assert api.delete(page).status_code == 204
    assert read(person_client(carer), health_record).status_code == 404
    problem(api.delete(page), 409, "already-ended")
    assert len(events("care_relationship", "ended")) == 1
    assert api.post("/api/v1/care-relationships", body, format="json").status_code == 201


def test_bad_relationships(api: Any, subject: Any, carer: Any, make_person: Any) -> None:
    good = {"person": str(carer.pk), "subject": str(subject.pk)}
    auditor = make_person("auditor-one", AUDITOR)
    for changes in (
        {"person": str(uuid7())},
        {"person": str(auditor.pk)},
        {"kind": "friend"},
        {"starts_at": "2026-02-01T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"},
    ):
        answer = api.post("/api/v1/care-relationships", {**good, **changes}, format="json")
        assert answer.status_code == 422, changes
    nobody = {**good, "subject": str(uuid7())}
    problem(api.post("/api/v1/care-relationships", nobody, format="json"), 404, "not-found")
    assert not CareRelationship.objects.exists()


def test_an_application_opens_no_chart_of_another_numbering(
    make_caller: Any, subject: Any, carer: Any, relate: Any
) -> None:
    other = make_caller("Another hospital", id_space="another")
    body = {"person": str(carer.pk), "subject": str(subject.pk)}
    answer = other.client.post("/api/v1/care-relationships", body, format="json")
    problem(answer, 404, "not-found")
    assert not CareRelationship.objects.exists()
    # People see all data subjects; one that is not there is a mistake in the form.
    with pytest.raises(Invalid):
        relate(subject_id=uuid7())
    relate()


def test_a_list_names_whose_relationships_were_read(
    api: Any, subject: Any, carer: Any, events: Any
) -> None:
    path = "/api/v1/care-relationships"
    api.get(path)
    api.get(path, {"subject": str(subject.pk), "person": str(carer.pk)})
    bare, named = events("care_relationship", "listed")
    assert bare.details == {"filters": []}
    assert named.details == {
        "filters": ["person", "subject"],
        "subject": str(subject.pk),
        "person": str(carer.pk),
    }


def test_people_see_relationships_as_their_role_allows(
    relate: Any, carer: Any, make_person: Any, officer: Any, subject: Any
) -> None:
    relate()
    colleague = make_person("carer-two", CARE_STAFF)
    relate(person_id=colleague.pk)
    path = "/api/v1/care-relationships"
    seen = person_client(carer).get(path).json()["results"]
    assert [each["person"] for each in seen] == [str(carer.pk)]
    assert len(person_client(officer).get(path).json()["results"]) == 2
    body = {"person": str(carer.pk), "subject": str(subject.pk)}
    assert person_client(carer).post(path, body, format="json").status_code == 403


def test_nobody_makes_their_own(relate: Any, officer: Any) -> None:
    from core.errors import Forbidden

    with pytest.raises(Forbidden) as caught:
        relate(person_id=officer.pk)
    assert caught.value.code == "own-matter"


@pytest.mark.parametrize("column", ["data_type", "application_id"])
def test_what_decides_who_may_read_is_sealed_in(
    health_record: Any, api: Any, make_caller: Any, column: str
) -> None:
    """A record that is called another type, or another application's, opens for nobody."""
    other = make_caller("Another")
    value = "lab_result" if column == "data_type" else other.application.pk
    HealthRecord.objects.filter(pk=health_record.pk).update(**{column: value})
    reader = api if column == "data_type" else other.client
    problem(read(reader, health_record), 500, "ciphertext-refused")
