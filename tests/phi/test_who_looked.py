"""Who looked at a person's data, and what was disclosed of them, in the admin."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import CARE_STAFF, COMPLIANCE_OFFICER
from core.errors import CiphertextRefused
from core.ids import uuid7
from operations.models import Job
from phi.days import day_of
from phi.models import Access, Disclosure, StatementIssued
from phi.services.disclosed import opened
from phi.services.owed import entries_for
from phi.services.wholooked import Asked, looks
from tests.phi.test_disclosures import TEXTS, asked, written

pytestmark = pytest.mark.django_db
FORM = {
    "disclosed_at": "2026-03-01 10:00",
    "recipient": "State police",
    "address": "",
    "description": "Dates of two visits",
    "purpose": "Court order 17",
    "authority": "512f",
    "exclusion": "",
}


def page_of(subject: Any) -> str:
    return reverse("admin:consent_datasubject_change", args=[subject.pk])


def who(subject: Any) -> str:
    return reverse("admin:phi_access_of", args=[subject.pk])


def plant(subject_id: UUID, n: int, **changes: Any) -> list[Access]:
    values = {
        "subject_id": subject_id,
        "actor_kind": "person",
        "actor_id": "7",
        "actor_name": "carer-one",
        "kind": "health_records",
        "object_type": "phi.HealthRecord",
        "purpose_of_use": "treatment",
        "granted_by": "care_relationship",
        **changes,
    }
    start = datetime(2026, 3, 10, 12, tzinfo=UTC)
    return Access.objects.bulk_create(
        [
            Access(
                accessed_at=values.get("at") or start + timedelta(minutes=each // 2),
                object_id=str(each),
                event_id=uuid7(),
                **{name: value for name, value in values.items() if name != "at"},
            )
            for each in range(n)
        ]
    )


# What is a look now ---------------------------------------------------------------------------


def test_opening_a_person_is_a_look(officer_client: Client, subject: Any, events: Any) -> None:
    assert officer_client.get(page_of(subject)).status_code == 200
    (event,) = events("subject", "opened")
    access = Access.objects.get(event_id=event.pk)
    assert (access.kind, access.subject_id) == ("profiles", subject.pk)
    assert access.actor_name == "officer-one"


def test_finding_a_person_by_an_identifier_is_a_look(
    officer_client: Client, subject: Any, events: Any
) -> None:
    listed = reverse("admin:consent_datasubject_changelist")
    officer_client.get(listed)
    officer_client.get(listed, {"q": "nobody@example.com"})
    assert events("subject", "found") == []
    officer_client.get(listed, {"q": str(subject.pk)})
    (event,) = events("subject", "found")
    assert Access.objects.get(event_id=event.pk).subject_id == subject.pk


def test_opening_a_call_a_consent_and_a_receipt_are_looks(
    officer_client: Client, api: Any, call: str, subject: Any, give_consent: Any, events: Any
) -> None:
    consent = give_consent(subject.id, "training", method="web")["id"]
    officer_client.get(reverse("admin:consent_call_change", args=[call]))
    officer_client.get(reverse("admin:consent_consentrecord_change", args=[consent]))
    assert api.get(f"/api/v1/consents/{consent}/receipt").status_code == 200
    for event_type, action in (
        ("call", "viewed"),
        ("consent", "viewed"),
        ("consent", "receipt_read"),
    ):
        (event,) = events(event_type, action)
        # One look is one event.
        assert event.object_id not in {each.object_id for each in events("admin", "viewed")}
        access = Access.objects.get(event_id=event.pk)
        assert (access.kind, access.subject_id) == ("calls", subject.pk)


# The page -------------------------------------------------------------------------------------


def test_the_page_says_whose_and_names_things_as_people_do(
    officer_client: Client, subject: Any
) -> None:
    (one,) = plant(subject.pk, 1)
    (played,) = plant(subject.pk, 1, object_type="phi.VoiceRecording")
    (gone,) = plant(subject.pk, 1, object_type="phi.OfAnOlderVersion")
    page = officer_client.get(who(subject)).content.decode()
    assert f"Who looked at Subject {subject.pk}</h2>" in page
    assert f"Health record {one.object_id}" in page
    assert f"Recording {played.object_id}" in page
    assert f"OfAnOlderVersion {gone.object_id}" in page


def test_the_statements_form_says_for_whom(officer_client: Client, subject: Any) -> None:
    form = reverse("admin:phi_disclosure_statement", args=[subject.pk])
    page = officer_client.get(form).content.decode()
    assert f"A statement of disclosures for Subject {subject.pk}</h2>" in page


def test_the_page_is_paged_and_narrowed(officer_client: Client, subject: Any, events: Any) -> None:
    plant(subject.pk, 120)
    plant(subject.pk, 2, actor_id="8", actor_name="carer-two", kind="recordings")
    plant(uuid7(), 3, actor_name="carer-of-another")
    address, seen = who(subject), []
    query = ""
    for _ in range(3):
        page = officer_client.get(address + query)
        seen += page.context["looks"]
        query = f"?{page.context['older']}"
    assert page.context["older"] == ""
    assert len(seen) == 122
    assert len({(look.thing, look.who) for look in seen}) == 122
    assert [look.at for look in seen] == sorted((look.at for look in seen), reverse=True)
    assert "carer-of-another" not in page.content.decode()
    assert len(events("admin", "page_shown")) == 3
    for narrowed, count in (
        ({"by": "8"}, 2),
        ({"kind": "recordings"}, 2),
        ({"first": "2026-03-11"}, 0),
        ({"last": "2026-03-09"}, 0),
        ({"first": "2026-03-10", "last": "2026-03-10", "by": "8"}, 2),
    ):
        page = officer_client.get(address, narrowed)
        assert len(page.context["looks"]) == count, narrowed
    assert "Nobody looked" in officer_client.get(address, {"last": "2020-01-01"}).content.decode()


def test_the_page_costs_the_same_for_more_looks(
    officer_client: Client, subject: Any, django_assert_max_num_queries: Any
) -> None:
    plant(subject.pk, 60)
    with django_assert_max_num_queries(14):
        officer_client.get(who(subject))


def test_the_days_are_the_controllers(subject: Any, settings: Any) -> None:
    plant(subject.pk, 1, at=datetime(2026, 3, 10, 23, 30, tzinfo=UTC))
    day = datetime(2026, 3, 11).date()
    assert looks(subject.pk, Asked(first=day)).count() == 0
    settings.CONTROLLER_TIME_ZONE = "Europe/Berlin"
    assert looks(subject.pk, Asked(first=day)).count() == 1


def test_csv_is_whole_audited_and_no_formula(
    officer_client: Client, subject: Any, events: Any
) -> None:
    plant(subject.pk, 60, actor_name="=1+1")
    address = reverse("admin:phi_access_export", args=[subject.pk])
    assert officer_client.get(address).status_code == 405
    answer = officer_client.post(address, {"format": "csv", "kind": "health_records"})
    assert answer["Content-Type"].startswith("text/csv")
    assert "no-store" in answer["Cache-Control"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == 60
    assert {row["actor_name"] for row in rows} == {"'=1+1"}
    (event,) = events("accesses", "exported")
    assert (event.details["rows"], event.details["format"]) == (60, "csv")
    assert event.object_id == str(subject.pk)


def test_the_document_for_the_person(officer_client: Client, subject: Any, events: Any) -> None:
    plant(subject.pk, 3)
    address = reverse("admin:phi_access_export", args=[subject.pk])
    assert officer_client.post(address, {"format": "pdf"}).content.startswith(b"%PDF-")
    assert officer_client.post(address, {"format": "pdf", "names": "1"}).status_code == 200
    assert [event.details["named"] for event in events("accesses", "exported")] == [False, True]
    answer = officer_client.post(address, {"format": "docx"}, follow=True)
    assert "Use csv or pdf." in answer.content.decode()


def test_staff_are_named_only_where_asked(subject: Any) -> None:
    from phi.services.wholooked import _document
    from phi.titles import shown

    rows = [shown(each) for each in plant(subject.pk, 1)]
    quiet, loud = (str(_document(subject.pk, Asked(), rows, names)) for names in (False, True))
    assert "carer-one" not in quiet
    assert "A member of staff" in quiet
    assert "carer-one" in loud


def test_care_staff_do_not_see_who_looked(make_person: Any, sign_in: Any, subject: Any) -> None:
    client = sign_in(make_person("carer-one", CARE_STAFF))
    page = client.get(page_of(subject)).content.decode()
    assert "Who looked" not in page
    assert "Accounting of disclosures" not in page
    assert client.get(who(subject)).status_code == 403
    export = reverse("admin:phi_access_export", args=[subject.pk])
    assert client.post(export, {"format": "csv"}).status_code == 403
    assert client.get(reverse("admin:phi_access_changelist")).status_code == 403
    assert client.get(reverse("admin:phi_disclosure_changelist")).status_code == 403


def test_nobody_there_is_not_found(officer_client: Client) -> None:
    nobody = reverse("admin:phi_access_of", args=[uuid7()])
    assert officer_client.get(nobody).status_code == 404


def test_the_list_searches_exactly_and_by_index(
    officer_client: Client, subject: Any, events: Any, django_assert_max_num_queries: Any
) -> None:
    row = plant(subject.pk, 1)[0]
    plant(uuid7(), 1, actor_id="8", actor_name="carer-two")
    address = reverse("admin:phi_access_changelist")
    for term in (str(subject.pk), "7", "0"):
        with django_assert_max_num_queries(16):
            page = officer_client.get(address, {"q": term}).content.decode()
        assert str(row.subject_id) in page
    assert "carer-two" not in officer_client.get(address, {"q": "7"}).content.decode()
    assert "carer-one" not in officer_client.get(address, {"q": "carer"}).content.decode()
    assert len(events("admin", "listed")) == 5
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM phi_access WHERE subject_id = %s OR actor_id = '7'"
            " OR object_id = '7'",
            [subject.pk],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count("Bitmap Index Scan") == 3


# Disclosures on the person's page --------------------------------------------------------------


def test_record_correct_suspend(officer_client: Client, subject: Any, settings: Any) -> None:
    settings.CONTROLLER_TIME_ZONE = "America/New_York"
    page = officer_client.get(page_of(subject)).content.decode()
    assert "No disclosure of this person" in page
    address = reverse("admin:phi_disclosure_record", args=[subject.pk])
    assert officer_client.get(address).status_code == 200
    answer = officer_client.post(address, FORM)
    assert (answer.status_code, answer["Location"]) == (302, page_of(subject))
    row = Disclosure.objects.get()
    assert row.disclosed_at == datetime(2026, 3, 1, 15, tzinfo=UTC)
    assert opened(row)["recipient"] == "State police"
    page = officer_client.get(page_of(subject)).content.decode()
    assert "State police" in page
    assert "2026-03-01 10:00" in page
    # Corrected: the form is filled, the old row is struck through.
    correct = reverse("admin:phi_disclosure_correct", args=[row.pk])
    assert "Dates of two visits" in officer_client.get(correct).content.decode()
    answer = officer_client.post(correct, {**FORM, "recipient": "County sheriff"})
    assert answer.status_code == 302
    page = officer_client.get(page_of(subject)).content.decode()
    assert "<s>State police</s>" in page
    assert "<s>County sheriff</s>" not in page
    right = Disclosure.objects.get(corrects=row)
    assert right.disclosed_at == row.disclosed_at
    again = officer_client.post(correct, FORM)
    assert "has corrected this disclosure already" in again.content.decode()
    # Suspended.
    suspend = reverse("admin:phi_disclosure_suspend", args=[right.pk])
    today = day_of(timezone.now())
    said = {"form": "written", "agency": "Sheriff's letter", "stated_on": today.isoformat()}
    refused = officer_client.post(suspend, said)
    assert "names the time" in refused.content.decode()
    until = today + timedelta(days=40)
    assert officer_client.post(suspend, {**said, "ends_on": until}).status_code == 302
    assert f"after {until}" in officer_client.get(page_of(subject)).content.decode()
    change = officer_client.get(reverse("admin:phi_disclosure_change", args=[right.pk]))
    assert "Sheriff&#x27;s letter" in change.content.decode()


def test_a_form_that_does_not_hold_says_where(officer_client: Client, subject: Any) -> None:
    address = reverse("admin:phi_disclosure_record", args=[subject.pk])
    page = officer_client.post(address, {**FORM, "recipient": "", "exclusion": "limited"})
    assert page.status_code == 200
    assert 'id="step-recipient_error"' in page.content.decode()
    page = officer_client.post(address, {**FORM, "exclusion": "limited"})
    assert 'id="step-exclusion_error"' in page.content.decode()
    assert not Disclosure.objects.exists()


def test_reading_the_panel_is_a_look(officer_client: Client, subject: Any, events: Any) -> None:
    officer_client.get(page_of(subject))
    assert events("disclosures", "read") == []
    row = written(subject)
    officer_client.get(page_of(subject))
    officer_client.get(reverse("admin:phi_disclosure_change", args=[row.pk]))
    assert len(events("disclosures", "read")) == 2


def test_the_list_names_no_recipient_and_costs_the_same(
    officer_client: Client, subject: Any, events: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        written(subject)
    with django_assert_max_num_queries(16):
        page = officer_client.get(reverse("admin:phi_disclosure_changelist")).content.decode()
    assert str(subject.pk) in page
    assert TEXTS["recipient"] not in page
    assert events("disclosures", "read") == []


def test_words_that_do_not_open_spoil_no_page(
    officer_client: Client, subject: Any, events: Any, as_person: Any
) -> None:
    row = written(subject)
    other = written(subject)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE none")
        cursor.execute("ALTER TABLE phi_disclosure DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE phi_disclosure SET content_sealed ="
            " (SELECT content_sealed FROM phi_disclosure WHERE id = %s) WHERE id = %s",
            [other.pk, row.pk],
        )
        cursor.execute("SET LOCAL ROLE voicecompliance_web")
    page = officer_client.get(page_of(subject))
    assert page.status_code == 200
    assert "was changed or moved" in page.content.decode()
    assert TEXTS["recipient"] in page.content.decode()
    change = officer_client.get(reverse("admin:phi_disclosure_change", args=[row.pk]))
    assert "was changed or moved" in change.content.decode()
    found = events("integrity", "ciphertext_refused")
    assert [event.object_id for event in found] == [str(row.pk)] * 2
    # Nothing is offered to correct words that nobody can read.
    correct = officer_client.get(reverse("admin:phi_disclosure_correct", args=[row.pk]))
    assert "was changed or moved" in correct.content.decode()
    assert 'id="step-recipient"' not in correct.content.decode()
    assert len(events("integrity", "ciphertext_refused")) == 3
    # Nor does it spoil the page of the API.
    listed = as_person(COMPLIANCE_OFFICER).get(
        "/api/v1/phi/disclosures", {"subject": str(subject.pk)}
    )
    assert listed.status_code == 200, listed.content
    told = {each["id"]: each for each in listed.json()["results"]}
    assert {told[str(row.pk)][name] for name in TEXTS} == {None}
    assert told[str(other.pk)]["recipient"] == TEXTS["recipient"]
    assert len(events("integrity", "ciphertext_refused")) == 4
    # A statement with a hole in it is none.
    with pytest.raises(CiphertextRefused):
        entries_for(
            subject_id=subject.pk,
            first=date(2020, 1, 1),
            last=timezone.now().date(),
            moment=timezone.now(),
        )


def test_a_statement_is_a_job_and_stays_to_be_fetched(
    officer_client: Client, subject: Any, events: Any
) -> None:
    from operations.worker import run

    asked(written(subject, authority="512f"))
    address = reverse("admin:phi_disclosure_statement", args=[subject.pk])
    assert "It is free" in officer_client.get(address).content.decode()
    answer = officer_client.post(address, {"asked_on": timezone.now().date().isoformat()})
    job = Job.objects.get()
    assert answer["Location"] == reverse("admin:operations_job_change", args=[job.pk])
    statement = StatementIssued.objects.get()
    download = reverse("admin:phi_statementissued_download", args=[statement.pk])
    assert officer_client.post(download).status_code == 404
    run(job.pk)
    result = officer_client.post(reverse("admin:operations_job_download", args=[job.pk]))
    assert result.status_code == 404
    page_of_job = officer_client.get(answer["Location"]).content.decode()
    assert reverse("admin:phi_statementissued_change", args=[statement.pk]) in page_of_job
    assert officer_client.post(download).content.startswith(b"%PDF-")
    (event,) = events("disclosures", "statement_read")
    assert Access.objects.get(event_id=event.pk).kind == "exports"
    page = officer_client.get(address).content.decode()
    assert "cost-based" in page
    assert "Tell the person beforehand" in page
    assert "· free" in officer_client.get(page_of(subject)).content.decode()
    wrong = officer_client.post(address, {"asked_on": "2999-01-01"})
    assert 'id="step-asked_on_error"' in wrong.content.decode()
