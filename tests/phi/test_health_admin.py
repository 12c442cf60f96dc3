"""Health records, patients, broken glass and the minimum necessary in the admin."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import AUDITOR, CARE_STAFF, COMPLIANCE_OFFICER, DPO
from core import wrapping
from core.ids import uuid7
from operations.models import Approval
from operations.services import approve, reject
from phi.models import Access, BreakGlass, CareRelationship, HealthRecord, MinimumNecessary
from tests.phi.health import REASON
from tests.vault.rows import new_key

pytestmark = pytest.mark.django_db

SECRET = "E11.9"


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:phi_{name}", args=args)


@pytest.fixture
def care_client(carer: Any, sign_in: Any) -> Client:
    return sign_in(carer)


@pytest.fixture
def dpo_client(make_person: Any, sign_in: Any) -> Client:
    return sign_in(make_person("dpo-one", DPO))


@pytest.fixture
def auditor_client(make_person: Any, sign_in: Any) -> Client:
    return sign_in(make_person("auditor-one", AUDITOR))


def text(answer: Any) -> str:
    return str(answer.content.decode())


def subject_page(subject: Any) -> str:
    return reverse("admin:consent_datasubject_change", args=[subject.pk])


# Records --------------------------------------------------------------------------------------


def test_no_list_and_no_page_shows_content(
    health_record: HealthRecord, officer_client: Client, auditor_client: Client
) -> None:
    for client in (officer_client, auditor_client):
        for page in (
            address("healthrecord_changelist"),
            address("healthrecord_change", health_record.pk),
        ):
            answer = client.get(page)
            assert answer.status_code == 200
            assert str(health_record.pk) in text(answer)
            assert SECRET not in text(answer)
    assert 'id="health-form"' not in text(
        auditor_client.get(address("healthrecord_change", health_record.pk))
    )


def test_a_specially_protected_type_is_named_to_whom_it_is_open(
    health_record: HealthRecord,
    officer_client: Client,
    auditor_client: Client,
    store: Any,
    subject: Any,
) -> None:
    made = store(data_type="substance_use", purpose_of_use="authorised")
    assert made.status_code == 201, made.content
    id_ = made.json()["id"]
    listed = address("healthrecord_changelist")
    pages = (listed, address("healthrecord_change", id_), subject_page(subject))
    for page in pages:
        assert "Substance use" in text(officer_client.get(page)), page
        hidden = text(auditor_client.get(page))
        assert "Specially protected" in hidden, page
        for words in ("Substance use", "substance_use", "42 CFR"):
            assert words not in hidden, (page, words)
    # The other types stay, and no filter tells one that is not named from the rest.
    assert "Diagnosis" in text(auditor_client.get(subject_page(subject)))
    for value, found in (("specially_protected", True), ("substance_use", False)):
        answer = auditor_client.get(listed, {"data_type": value})
        assert (id_ in text(answer)) is found, value
    for lookup in ("data_type__exact", "data_type__startswith", "data_type__in"):
        assert auditor_client.get(listed, {lookup: "substance_use"}).status_code == 400
    assert id_ in text(officer_client.get(listed, {"data_type": "substance_use"}))
    assert id_ not in text(officer_client.get(listed, {"data_type": "diagnosis"}))


def test_a_refused_look_names_no_type_that_is_open_for_nothing(
    officer_client: Client, store: Any, health_record: HealthRecord
) -> None:
    id_ = store(data_type="substance_use", purpose_of_use="authorised").json()["id"]
    MinimumNecessary.objects.filter(
        role=COMPLIANCE_OFFICER, data_type__in=("substance_use", "diagnosis")
    ).delete()
    for record, named in ((id_, False), (health_record.pk, True)):
        page = text(
            officer_client.post(address("healthrecord_read", record), {"purpose_of_use": "legal"})
        )
        assert 'role="alert"' in page
        assert ("of the type diagnosis" in page) is named
        assert "substance" not in page.lower()
        assert "42 CFR" not in page


def test_reading_for_a_purpose(
    health_record: HealthRecord, officer_client: Client, events: Any
) -> None:
    page = address("healthrecord_read", health_record.pk)
    answer = officer_client.post(page, {"purpose_of_use": "legal"})
    assert SECRET in text(answer)
    assert "no-store" in answer["Cache-Control"]
    (event,) = events("health_record", "read")
    access = Access.objects.get(event_id=event.id)
    assert (access.purpose_of_use, access.granted_by) == ("legal", "role")
    assert officer_client.get(page).status_code == 302
    for purpose in ("", "curiosity"):
        assert SECRET not in text(officer_client.post(page, {"purpose_of_use": purpose}))
    assert len(events("health_record", "read")) == 1


def test_the_table_binds_the_admin(
    health_record: HealthRecord, officer_client: Client, events: Any
) -> None:
    page = address("healthrecord_read", health_record.pk)
    answer = officer_client.post(page, {"purpose_of_use": "treatment"})
    assert SECRET not in text(answer)
    assert 'role="alert"' in text(answer)
    (event,) = events("health_record", "read_refused")
    assert event.details["problem"] == "minimum-necessary"


def test_who_may_not_read(
    health_record: HealthRecord, auditor_client: Client, dpo_client: Client, care_client: Client
) -> None:
    page = address("healthrecord_read", health_record.pk)
    for client, status in ((auditor_client, 403), (dpo_client, 403), (care_client, 404)):
        assert client.post(page, {"purpose_of_use": "legal"}).status_code == status


def test_reading_asks_for_the_factor(
    health_record: HealthRecord, officer_client: Client, events: Any
) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        page = address("healthrecord_read", health_record.pk)
        answer = officer_client.post(page, {"purpose_of_use": "legal"})
    assert answer.status_code == 403
    assert "Confirm that it is you" in text(answer)
    assert events("health_record", "read") == []


def test_care_staff_see_their_own_patients_alone(
    health_record: HealthRecord, care_client: Client, relate: Any, subject: Any
) -> None:
    listed, page = (
        address("healthrecord_changelist"),
        address("healthrecord_change", health_record.pk),
    )
    assert str(health_record.pk) not in text(care_client.get(listed))
    assert care_client.get(page).status_code == 302
    assert "Diagnosis" not in text(care_client.get(subject_page(subject)))
    relate()
    assert str(health_record.pk) in text(care_client.get(listed))
    assert care_client.get(page).status_code == 200
    assert "Diagnosis" in text(care_client.get(subject_page(subject)))
    read = care_client.post(
        address("healthrecord_read", health_record.pk), {"purpose_of_use": "treatment"}
    )
    assert SECRET in text(read)


def test_no_identifier_is_decrypted_for_a_link(
    health_record: HealthRecord, relate: Any, grant: BreakGlass, officer_client: Client
) -> None:
    """The pages hold the subject's id; its name is another page's."""
    made = relate()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consent_datasubject SET name = 'vc1:broken'")
    for name, row in (
        ("healthrecord", health_record),
        ("carerelationship", made),
        ("breakglass", grant),
    ):
        for page in (address(f"{name}_changelist"), address(f"{name}_change", row.pk)):
            assert str(health_record.subject_id) in text(officer_client.get(page))


def test_search_by_subject(health_record: HealthRecord, officer_client: Client) -> None:
    listed = address("healthrecord_changelist")
    for term, found in ((health_record.subject_id, True), (uuid7(), False), ("x", False)):
        page = text(officer_client.get(listed, {"q": str(term)}))
        assert (str(health_record.pk) in page) is found


def test_lists_cost_the_same_for_more_rows(
    health_record: HealthRecord,
    store: Any,
    officer_client: Client,
    care_client: Client,
    relate: Any,
    subject: Any,
    carer: Any,
    make_person: Any,
    grant: BreakGlass,
) -> None:
    def cost() -> list[int]:
        found = []
        for client in (officer_client, care_client):
            for page in (
                *(address(f"{name}_changelist") for name in ("healthrecord", "carerelationship")),
                *(address(f"{name}_changelist") for name in ("breakglass", "minimumnecessary")),
                subject_page(subject),
            ):
                client.get(page)
                with CaptureQueriesContext(connection) as asked:
                    client.get(page)
                found.append(len(asked))
        return found

    relate()
    few = cost()
    # A person's page has the panels of who looked, of disclosures and of voice profiles too.
    assert max(few) <= 30
    now = timezone.now()
    for number in range(4):
        store(data_type="medication")
        colleague = make_person(f"carer-{number}", CARE_STAFF)
        relate(person_id=colleague.pk)
        BreakGlass.objects.create(
            person=carer,
            person_name="carer-one",
            subject=subject,
            reason=REASON,
            granted_at=now - timedelta(hours=3),
            expires_at=now - timedelta(hours=2),
            review_due_at=now,
        )
    assert cost() == few


def test_damage_is_said_and_audited(
    health_record: HealthRecord, officer_client: Client, events: Any
) -> None:
    HealthRecord.objects.update(content_sealed=b"\x01" * 60)
    page = address("healthrecord_read", health_record.pk)
    answer = officer_client.post(page, {"purpose_of_use": "legal"})
    assert answer.status_code == 200
    assert "was changed or moved" in text(answer)
    assert len(events("integrity", "ciphertext_refused")) == 1
    assert events("health_record", "read") == []


# Care relationships ---------------------------------------------------------------------------


def relation(carer: Any, subject: Any, **changes: Any) -> dict[str, str]:
    return {
        "person": str(carer.pk),
        "subject": str(getattr(subject, "pk", subject)),
        "kind": "treating",
        "starts_at_0": "",
        "starts_at_1": "",
        "ends_at_0": "",
        "ends_at_1": "",
        **changes,
    }


def test_relationships_are_made_and_ended(
    officer_client: Client, carer: Any, subject: Any, events: Any, care_client: Client
) -> None:
    page = address("carerelationship_add")
    assert officer_client.post(page, relation(carer, subject)).status_code == 302
    made = CareRelationship.objects.get()
    again = officer_client.post(page, relation(carer, subject))
    assert "in that time already" in text(again)
    assert "no such data subject" in text(officer_client.post(page, relation(carer, uuid7())))
    backwards = relation(
        carer, subject, ends_at_0="2020-01-01", ends_at_1="00:00:00", kind="nursing"
    )
    assert officer_client.post(page, backwards).status_code == 200
    assert CareRelationship.objects.count() == 1
    assert str(subject.pk) in text(care_client.get(address("carerelationship_changelist")))
    assert care_client.post(page, relation(carer, subject)).status_code == 403
    end = address("carerelationship_end", made.pk)
    assert care_client.post(end).status_code == 403
    assert officer_client.get(end).status_code == 405
    assert officer_client.post(end).status_code == 302
    made.refresh_from_db()
    assert made.ends_at is not None
    assert made.ends_at <= timezone.now()
    assert len(events("care_relationship", "ended")) == 1
    officer_client.post(end)
    assert len(events("care_relationship", "ended")) == 1


@pytest.mark.parametrize("field", ["phone", "email", "patient_id", "external_id", "id"])
def test_a_person_is_found_by_an_exact_identifier(
    officer_client: Client, api: Any, carer: Any, events: Any, field: str
) -> None:
    """As the search of data subjects finds them, and as it a look; by our id it is none."""
    told = {
        "external_id": "ward-7",
        "name": "Bo Example",
        "phone": "+1 212 555 0107",
        "email": "bo@example.com",
        "patient_id": "MRN-7",
    }
    id_ = api.post("/api/v1/subjects", told, format="json").json()["id"]
    term = {**told, "id": id_, "phone": "+12125550107", "email": "BO@example.com"}[field]
    page = address("carerelationship_add")
    answer = officer_client.post(page, relation(carer, f" {term} "))
    assert answer.status_code == 302, text(answer)
    made = CareRelationship.objects.get()
    assert str(made.subject_id) == id_
    looks = events("subject", "found")
    assert [look.object_id for look in looks] == [id_] * (field != "id")
    assert all(term not in bytes(look.entry).decode() for look in looks)


def test_a_person_must_be_named_clearly(
    officer_client: Client, api: Any, carer: Any, events: Any
) -> None:
    page = address("carerelationship_add")
    for number in (1, 2):
        body = {"external_id": f"shared-{number}", "phone": "+12125550107"}
        assert api.post("/api/v1/subjects", body, format="json").status_code == 201
    assert "Several people are known by that" in text(
        officer_client.post(page, relation(carer, "+12125550107"))
    )
    for term in ("212555", "nobody", "0" * 36):
        said = text(officer_client.post(page, relation(carer, term)))
        assert "There is no such data subject" in said
    assert "This field is required" in text(officer_client.post(page, relation(carer, "")))
    assert not CareRelationship.objects.exists()
    assert events("subject", "found") == []


def test_a_refusal_leaves_the_look(
    officer_client: Client, relate: Any, carer: Any, subject: Any, events: Any
) -> None:
    """That the relationship is there already undoes the save, not that the person was found."""
    relate()
    said = text(
        officer_client.post(address("carerelationship_add"), relation(carer, "customer-17"))
    )
    assert "in that time already" in said
    assert [look.object_id for look in events("subject", "found")] == [str(subject.pk)]


def test_care_staff_see_their_own_relationships(
    relate: Any, make_person: Any, care_client: Client
) -> None:
    other = make_person("carer-two", CARE_STAFF)
    relate(person_id=other.pk)
    assert "carer-two" not in text(care_client.get(address("carerelationship_changelist")))


# Break-glass ----------------------------------------------------------------------------------


def test_breaking_the_glass(
    health_record: HealthRecord, care_client: Client, carer: Any, subject: Any, events: Any
) -> None:
    page = subject_page(subject)
    assert address("breakglass_open", subject.pk) in text(care_client.get(page))
    form = care_client.get(address("breakglass_open", subject.pk))
    assert "60 minutes" in text(form)
    assert "72 hours" in text(form)
    open_ = address("breakglass_open", subject.pk)
    for wrong in ({"reason": REASON}, {"reason": "short", "understood": "on"}, {}):
        assert care_client.post(open_, wrong).status_code == 200
    assert not BreakGlass.objects.exists()
    done = care_client.post(open_, {"reason": REASON, "understood": "on"})
    assert done.status_code == 302
    assert done["Location"] == page
    assert BreakGlass.objects.get().reason == REASON
    assert len(events("break_glass", "granted")) == 1
    assert "Diagnosis" in text(care_client.get(page))
    read = address("healthrecord_read", health_record.pk)
    assert SECRET not in text(care_client.post(read, {"purpose_of_use": "treatment"}))
    assert SECRET in text(care_client.post(read, {"purpose_of_use": "emergency"}))
    assert Access.objects.filter(kind="health_records", granted_by="break_glass").count() == 1
    care_client.post(open_, {"reason": REASON, "understood": "on"})
    assert BreakGlass.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        assert SECRET in text(care_client.post(read, {"purpose_of_use": "emergency"}))
    BreakGlass.objects.update(expires_at=timezone.now(), granted_at=timezone.now() - timedelta(1))
    assert care_client.post(read, {"purpose_of_use": "emergency"}).status_code == 404


def test_who_does_not_break_the_glass(
    subject: Any, officer_client: Client, dpo_client: Client, auditor_client: Client
) -> None:
    page = address("breakglass_open", subject.pk)
    for client in (officer_client, dpo_client, auditor_client):
        assert client.get(page).status_code == 403
        assert client.post(page, {"reason": REASON, "understood": "on"}).status_code == 403
    assert not BreakGlass.objects.exists()


def test_an_unknown_subject_is_not_there(care_client: Client) -> None:
    assert care_client.get(address("breakglass_open", uuid7())).status_code == 404


@pytest.fixture
def grant(carer: Any, subject: Any) -> BreakGlass:
    from phi.services.breakglass import break_glass
    from tests.phi.health import actor_for

    return break_glass(actor=actor_for(carer), user=carer, subject_id=subject.pk, reason=REASON)


def test_the_review(
    grant: BreakGlass, dpo_client: Client, auditor_client: Client, care_client: Client, events: Any
) -> None:
    page = address("breakglass_change", grant.pk)
    shown = text(dpo_client.get(page))
    assert REASON in shown
    assert "Why it was justified" in shown
    assert "Why it was not" in shown
    assert REASON in text(care_client.get(page))
    assert REASON not in text(auditor_client.get(page))
    assert REASON not in text(dpo_client.get(address("breakglass_changelist")))
    note = {"reason": "The chart shows the emergency"}
    for client in (auditor_client, care_client):
        assert client.post(address("breakglass_justify", grant.pk), note).status_code == 403
    dpo_client.post(address("breakglass_justify", grant.pk), {"reason": "ok"})
    grant.refresh_from_db()
    assert grant.state == "open"
    assert dpo_client.post(address("breakglass_justify", grant.pk), note).status_code == 302
    dpo_client.post(address("breakglass_condemn", grant.pk), note)
    grant.refresh_from_db()
    assert (grant.state, grant.reviewed_by_name) == ("justified", "dpo-one")
    (event,) = events("break_glass", "reviewed")
    assert "chart" not in json.dumps(event.details)
    assert "The chart shows the emergency" in text(dpo_client.get(page))


def test_the_review_shows_what_was_opened_through_the_glass(
    grant: BreakGlass,
    health_record: HealthRecord,
    carer: Any,
    care_client: Client,
    dpo_client: Client,
) -> None:
    page = address("breakglass_change", grant.pk)
    assert "no health record was read through it" in text(dpo_client.get(page))
    read = address("healthrecord_read", health_record.pk)
    assert SECRET in text(care_client.post(read, {"purpose_of_use": "emergency"}))
    seen = text(dpo_client.get(page))
    assert f"Health record {health_record.pk}" in seen
    assert "Emergency" in seen
    # Neither the same person's other looks, nor what others opened, nor an earlier emergency.
    ours = Access.objects.get(granted_by="break_glass", kind="health_records")
    for changes in (
        {"granted_by": "care_relationship"},
        {"actor_id": "0"},
        {"subject_id": uuid7()},
        {"accessed_at": grant.granted_at - timedelta(seconds=1)},
        {"accessed_at": grant.expires_at},
    ):
        other = Access.objects.get(pk=ours.pk)
        other.pk, other.object_id = uuid7(), str(uuid7())
        for name, value in changes.items():
            setattr(other, name, value)
        other.save(force_insert=True)
        assert other.object_id not in text(dpo_client.get(page)), changes
    # Who broke the glass is not shown it: that page is the reviewers'.
    assert "What was opened through it" not in text(care_client.get(page))


def test_a_reason_that_does_not_open_is_reviewed_all_the_same(
    grant: BreakGlass, dpo_client: Client, auditor_client: Client, settings: Any, events: Any
) -> None:
    lost = wrapping.ring().newest.id
    settings.FIELD_ENCRYPTION_KEYS = (new_key(),)
    page = address("breakglass_change", grant.pk)
    # Who is not shown the reason meets nothing.
    assert "Does not open" not in text(auditor_client.get(page))
    assert not events("integrity", "ciphertext_refused")
    shown = dpo_client.get(page)
    assert shown.status_code == 200
    assert f"Does not open: wrapped under key {lost}" in text(shown)
    (event,) = events("integrity", "ciphertext_refused")
    assert (event.object_type, event.object_id) == ("phi.BreakGlass", str(grant.pk))
    assert event.details["field"] == "reason"
    note = {"reason": "The chart shows the emergency"}
    assert dpo_client.post(address("breakglass_justify", grant.pk), note).status_code == 302
    assert BreakGlass.objects.get(pk=grant.pk).state == "justified"
    assert "The chart shows the emergency" in text(dpo_client.get(page))


def test_nobody_reviews_their_own(subject: Any, officer: Any, officer_client: Client) -> None:
    from phi.services.breakglass import break_glass
    from tests.phi.health import actor_for

    own = break_glass(actor=actor_for(officer), user=officer, subject_id=subject.pk, reason=REASON)
    page = text(officer_client.get(address("breakglass_change", own.pk)))
    assert "another reviews it" in page
    officer_client.post(address("breakglass_justify", own.pk), {"reason": "It was me, and fine"})
    own.refresh_from_db()
    assert own.state == "open"


def test_an_overdue_review_fails_its_check(grant: BreakGlass, dpo_client: Client) -> None:
    from core import evidence

    assert evidence.measure("phi.break_glass_reviewed").status == "pass"
    BreakGlass.objects.update(review_due_at=timezone.now() - timedelta(minutes=1))
    assert evidence.measure("phi.break_glass_reviewed").status == "fail"
    assert "overdue" in text(dpo_client.get(address("breakglass_changelist")))
    note = {"reason": "Late, and not justified"}
    dpo_client.post(address("breakglass_condemn", grant.pk), note)
    assert evidence.measure("phi.break_glass_reviewed").status == "pass"


# The minimum necessary ------------------------------------------------------------------------


def cell(role: str = COMPLIANCE_OFFICER, data_type: str = "diagnosis") -> str:
    return address("minimumnecessary_ask", role, data_type)


def purposes(role: str = COMPLIANCE_OFFICER, data_type: str = "diagnosis") -> set[str]:
    rows = MinimumNecessary.objects.filter(role=role, data_type=data_type)
    return set(rows.values_list("purpose", flat=True))


def test_taking_away_holds_at_once(
    officer_client: Client, health_record: HealthRecord, events: Any
) -> None:
    before = purposes()
    assert before == {"operations", "patient_request", "legal"}
    body = {"purposes": ["operations"], "reason": "Not needed"}
    assert officer_client.post(cell(), body).status_code == 302
    assert purposes() == {"operations"}
    assert not Approval.objects.exists()
    (event,) = events("minimum_necessary", "narrowed")
    assert event.details["before"] == sorted(before)
    assert event.details["after"] == ["operations"]
    read = address("healthrecord_read", health_record.pk)
    assert SECRET not in text(officer_client.post(read, {"purpose_of_use": "legal"}))


def test_adding_takes_two_people(
    officer_client: Client, officer: Any, second_officer: Any, events: Any
) -> None:
    from tests.phi.health import actor_for

    body = {"purposes": [*purposes(), "quality"], "reason": "For the review board"}
    answer = officer_client.post(cell(), body)
    approval = Approval.objects.get()
    assert str(approval.pk) in answer["Location"]
    assert "quality" not in purposes()
    from core.errors import Problem

    with pytest.raises(Problem):
        approve(actor=actor_for(officer), approval_id=approval.pk)
    assert "quality" not in purposes()
    approve(actor=actor_for(second_officer), approval_id=approval.pk)
    assert "quality" in purposes()
    (event,) = events("minimum_necessary", "widened")
    assert event.details["after"] == sorted({*event.details["before"], "quality"})
    assert MinimumNecessary.objects.get(
        role=COMPLIANCE_OFFICER, data_type="diagnosis", purpose="quality"
    ).set_by_id == str(officer.pk)


def test_what_was_refused_stays_closed(officer_client: Client, second_officer: Any) -> None:
    from tests.phi.health import actor_for

    officer_client.post(
        cell(data_type="psychotherapy_notes"), {"purposes": ["treatment"], "reason": "Please"}
    )
    approval = Approval.objects.get()
    reject(actor=actor_for(second_officer), approval_id=approval.pk, reason="No")
    assert purposes(data_type="psychotherapy_notes") == set()


def test_bad_cells(officer_client: Client, auditor_client: Client, care_client: Client) -> None:
    assert officer_client.get(cell("auditor")).status_code == 404
    assert officer_client.get(cell(data_type="gossip")).status_code == 404
    before = purposes()
    for body in (
        {"purposes": ["curiosity"], "reason": "x"},
        {"purposes": ["operations"], "reason": ""},
        {"purposes": sorted(before), "reason": "No change"},
    ):
        assert officer_client.post(cell(), body).status_code == 200
    assert purposes() == before
    for client in (auditor_client, care_client):
        assert client.get(cell()).status_code == 403
        assert client.get(address("minimumnecessary_changelist")).status_code == 200


def test_words_for_people(health_record: HealthRecord, officer_client: Client) -> None:
    def cells(page: str, column: str) -> set[str]:
        """What a column of a list shows."""
        shown = text(officer_client.get(address(page)))
        found = re.findall(rf"<t[dh][^>]*field-{column}[^>]*>(.*?)</t[dh]>", shown, re.DOTALL)
        return {" ".join(re.sub(r"<[^>]*>", " ", each).split()) for each in found}

    row = MinimumNecessary.objects.filter(role=CARE_STAFF).earliest("id")
    page = text(officer_client.get(address("minimumnecessary_change", row.pk)))
    assert f"Care staff: {row.get_data_type_display()} for {row.get_purpose_display()}" in page
    assert re.search(r"role.{0,400}?>\s*Care staff\s*<", page, re.DOTALL | re.IGNORECASE)
    assert CARE_STAFF not in page
    MinimumNecessary.objects.exclude(role="application").delete()
    assert cells("minimumnecessary_changelist", "whose") == {"Voice applications"}
    assert cells("access_changelist", "allowed_by") == {"Voice application"}
    page = reverse("admin:phi_access_of", args=[health_record.subject_id])
    assert "application</td>" not in text(officer_client.get(page)).replace("Voice app", "")


# Who looked, for other systems ----------------------------------------------------------------


def test_the_download(
    health_record: HealthRecord, dpo_client: Client, care_client: Client, events: Any
) -> None:
    page = address("healthrecord_accesses")
    assert dpo_client.get(page).status_code == 200
    assert care_client.get(page).status_code == 403
    assert care_client.post(page).status_code == 403
    answer = dpo_client.post(page, {"subject_id": str(health_record.subject_id)})
    assert answer["Content-Type"] == "application/fhir+ndjson"
    lines = b"".join(answer.streaming_content).splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1
    (event,) = events("accesses", "exported")
    assert event.actor_name == "dpo-one"
    backwards = {"start_0": "2026-02-01", "start_1": "00:00", "end_0": "2026-01-01", "end_1": "0:0"}
    assert "ends before it starts" in text(dpo_client.post(page, backwards))
