"""Disclosures to outside parties: recorded, corrected, suspended, told of, kept and let go."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import CARE_STAFF, COMPLIANCE_OFFICER
from audit.models import AuditEvent
from consent.models import DataSubject
from core import inventory
from core.actors import Actor
from core.errors import Conflict, Invalid, NotFound
from phi.models import Access, Disclosure, DisclosureSuspension, StatementIssued
from phi.services.disclosed import opened
from phi.services.disclosures import record_disclosure, refuse
from phi.services.owed import entries_for
from phi.services.suspensions import suspend
from retention.deleter import enforce
from tests.phi.conftest import problem

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
URL = "/api/v1/phi/disclosures"
STATEMENT = f"{URL}/statement"
TEXTS = {
    "recipient": "Dr. Zebedee Quill",
    "address": "7 Harbour Lane",
    "description": "Result of one laboratory test",
    "purpose": "Notice of a notifiable disease",
}
WHEN = "2026-03-01T10:00:00Z"
BODY = {"disclosed_at": WHEN, "authority": "512b", **TEXTS}


def written(subject: Any, **changes: Any) -> Disclosure:
    values: dict[str, Any] = {
        "disclosed_at": timezone.now() - timedelta(days=3),
        "authority": "512b",
        "texts": TEXTS,
        **changes,
    }
    return record_disclosure(actor=SYSTEM, subject=subject, **values)


def lines(subject: Any, moment: datetime | None = None) -> list[tuple[str, int]]:
    moment = moment or timezone.now()
    today = moment.date()
    found = entries_for(subject_id=subject.pk, first=date(2015, 1, 1), last=today, moment=moment)
    return [(each.first.recipient, each.times) for each in found]


# By API ---------------------------------------------------------------------------------------


def test_an_application_records_one(api: Any, subject: Any, events: Any) -> None:
    answer = api.post(URL, {"subject": str(subject.pk), **BODY}, format="json")
    assert answer.status_code == 201, answer.content
    row = Disclosure.objects.get()
    assert answer.json()["id"] == str(row.pk)
    assert opened(row) == TEXTS
    assert b"Zebedee" not in bytes(row.content_sealed)
    (event,) = events("disclosure", "recorded")
    assert event.details["subject"] == str(subject.pk)
    assert "Zebedee" not in bytes(event.entry).decode()
    # Six years and the time to answer in.
    assert answer.json()["delete_after"].startswith("2032-05-30")


def test_the_same_key_records_once(api: Any, subject: Any) -> None:
    body = {"subject": str(subject.pk), **BODY}
    headers = {"Idempotency-Key": "disclosed-1"}
    first = api.post(URL, body, format="json", headers=headers)
    again = api.post(URL, body, format="json", headers=headers)
    assert first.json() == again.json()
    assert Disclosure.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient": " "}, "recipient"),
        ({"recipient": "x" * 201}, "recipient"),
        ({"description": ""}, "description"),
        ({"recipient": "Dr. \u202eQuill"}, "recipient"),
        ({"address": "7 Harbour\x07Lane"}, "address"),
        ({"description": "One\u2066test"}, "description"),
        ({"purpose": "Notice\x1b[2J"}, "purpose"),
        ({"purpose": ""}, "purpose"),
        ({"authority": "999"}, "authority"),
        ({"disclosed_at": "2999-01-01T00:00:00Z"}, "disclosed_at"),
        ({"disclosed_at": "2010-01-01T00:00:00Z"}, "disclosed_at"),
        ({"disclosed_at": "0001-01-01T00:00:00Z"}, "disclosed_at"),
        ({"exclusion": "sometimes"}, "exclusion"),
        # Public health is always told of; an authorisation is excluded as that and nothing else.
        ({"exclusion": "security"}, "exclusion"),
        ({"authority": "508", "exclusion": "incident"}, "exclusion"),
        # From the compliance date on none is "before" it, whatever its authority.
        ({"exclusion": "before"}, "exclusion"),
        ({"exclusion": "before", "authority": "508"}, "exclusion"),
        ({"exclusion": "before", "disclosed_at": "2003-04-14T00:00:00Z"}, "exclusion"),
        ({"void": True}, "void"),
    ],
)
def test_what_does_not_hold_is_refused(
    api: Any, subject: Any, changes: dict[str, Any], field: str
) -> None:
    answer = api.post(URL, {"subject": str(subject.pk), **BODY, **changes}, format="json")
    assert field in problem(answer, 422, "invalid")["errors"]
    assert not Disclosure.objects.exists()


def test_before_the_compliance_date_is_left_out(subject: Any) -> None:
    """The rule stands; what lies so far back is of no accounting any more and is not taken."""
    texts = {"recipient": "An office", "description": "One result", "purpose": "A notice"}
    at = datetime(2003, 4, 13, 23, 59, tzinfo=UTC)
    refuse(disclosed_at=at, authority="512b", exclusion="before", texts=texts)
    with pytest.raises(Invalid):
        refuse(
            disclosed_at=at + timedelta(minutes=2),
            authority="512b",
            exclusion="before",
            texts=texts,
        )
    with pytest.raises(Invalid):
        written(subject, disclosed_at=at, exclusion="before")


def test_nobody_in_particular_is_refused(api: Any) -> None:
    assert api.post(URL, BODY, format="json").status_code == 422
    unknown = {**BODY, "subject": "01900000-0000-7000-8000-000000000000"}
    assert api.post(URL, unknown, format="json").status_code == 404


@pytest.mark.parametrize(
    ("authority", "exclusion"),
    [
        ("506", "operations"),
        ("508", "authorised"),
        ("510", "involved"),
        ("502a1i", "individual"),
        ("502a1iii", "incident"),
        ("514e", "limited"),
    ],
)
def test_an_authority_that_excludes_says_so(subject: Any, authority: str, exclusion: str) -> None:
    assert written(subject, authority=authority).exclusion == exclusion
    assert lines(subject) == []


def test_reading_is_a_look_and_names_no_others(
    api: Any, subject: Any, stranger: Any, events: Any, as_person: Any
) -> None:
    api.post(URL, {"subject": str(subject.pk), **BODY}, format="json")
    answer = api.get(URL, {"subject": str(subject.pk)})
    (row,) = answer.json()["results"]
    assert row["recipient"] == TEXTS["recipient"]
    assert answer["Cache-Control"] == "no-store"
    (event,) = events("disclosures", "read")
    access = Access.objects.get(event_id=event.pk)
    assert (access.kind, access.subject_id) == ("disclosures", subject.pk)
    # What another application recorded is not there; a person sees all.
    other = stranger.client.get(URL, {"subject": str(subject.pk)})
    assert other.json()["results"] == []
    officer = as_person(COMPLIANCE_OFFICER)
    assert len(officer.get(URL, {"subject": str(subject.pk)}).json()["results"]) == 1


def test_who_may_not(as_person: Any, subject: Any) -> None:
    query = {"subject": str(subject.pk)}
    care = as_person(CARE_STAFF)
    problem(care.get(URL, query), 403, "missing-permission")
    problem(care.get(STATEMENT, query), 403, "missing-permission")
    problem(care.post(URL, {**query, **BODY}, format="json"), 403, "missing-scope")


def test_strangers_correct_nothing(api: Any, stranger: Any, subject: Any) -> None:
    body = {"subject": str(subject.pk), **BODY}
    made = api.post(URL, body, format="json").json()["id"]
    answer = stranger.client.post(URL, {**body, "corrects": made}, format="json")
    problem(answer, 404, "not-found")


def test_a_correction_takes_the_place(api: Any, subject: Any, events: Any) -> None:
    body = {"subject": str(subject.pk), **BODY}
    made = api.post(URL, body, format="json").json()["id"]
    right = {**body, "recipient": "Dr. Right", "corrects": made}
    answer = api.post(URL, right, format="json")
    assert answer.status_code == 201, answer.content
    assert lines(subject) == [("Dr. Right", 1)]
    assert events("disclosure", "corrected")[0].details["corrects"] == made
    problem(api.post(URL, right, format="json"), 409, "already-corrected")
    gone = {**body, "corrects": answer.json()["id"], "void": True}
    assert api.post(URL, gone, format="json").status_code == 201
    assert lines(subject) == []
    assert Disclosure.objects.count() == 3


def test_the_statement_by_api(api: Any, subject: Any, as_person: Any, events: Any) -> None:
    written(subject)
    written(subject)
    officer = as_person(COMPLIANCE_OFFICER)
    query = {"subject": str(subject.pk)}
    answer = officer.get(STATEMENT, query)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    (entry,) = told["entries"]
    assert (entry["recipient"], entry["times"]) == (TEXTS["recipient"], 2)
    assert told["free"] is True
    assert date.fromisoformat(told["due_on"]) == timezone.now().date() + timedelta(days=60)
    assert len(events("disclosures", "read")) == 1
    # It is no statement given.
    assert not StatementIssued.objects.exists()
    problem(officer.get(STATEMENT, {**query, "from": "2001-01-01"}), 422, "invalid")
    problem(api.get(STATEMENT, query), 403, "people-only")
    empty = officer.get(STATEMENT, {**query, "from": timezone.now().date().isoformat()}).json()
    assert empty["entries"] == []
    assert empty["note"] == "No disclosures that must be accounted for."


# Suspension -----------------------------------------------------------------------------------


def asked(row: Disclosure, **changes: Any) -> DisclosureSuspension:
    today = timezone.now().date()
    values: dict[str, Any] = {
        "form": "written",
        "agency": "State police, letter 17",
        "stated_on": today,
        "ends_on": today + timedelta(days=90),
        **changes,
    }
    return suspend(actor=SYSTEM, disclosure_id=row.pk, **values)


def test_suspended_then_told_of(subject: Any, events: Any) -> None:
    row = written(subject, authority="512f")
    now = timezone.now()
    assert len(lines(subject)) == 1
    asked(row)
    assert lines(subject) == []
    assert lines(subject, now + timedelta(days=90)) == []
    assert lines(subject, now + timedelta(days=91)) == [(TEXTS["recipient"], 1)]
    (event,) = events("disclosure", "suspended")
    assert "police" not in bytes(event.entry).decode()


def exported(subject: Any) -> list[Any]:
    return [each["id"] for each in inventory.get("disclosures_made").export(subject.pk)]


@pytest.mark.parametrize("before", [True, False], ids=["suspended-first", "corrected-first"])
def test_a_correction_lifts_no_suspension(subject: Any, before: bool) -> None:
    row = written(subject, authority="512f")
    if before:
        asked(row)
    right = written(subject, authority="512f", corrects=row.pk)
    again = written(subject, authority="512b", corrects=right.pk)
    if not before:
        asked(row)
    assert lines(subject) == []
    assert exported(subject) == []
    later = timezone.now() + timedelta(days=91)
    assert lines(subject, later) == [(TEXTS["recipient"], 1)]
    with time_machine.travel(later):
        assert exported(subject) == [again.pk]


def test_the_page_of_a_correction_says_who_asked(subject: Any, officer_client: Any) -> None:
    row = written(subject, authority="512f")
    until = asked(row).ends_on
    right = written(subject, authority="512f", corrects=row.pk)
    page = officer_client.get(reverse("admin:phi_disclosure_change", args=[right.pk]))
    assert "letter 17" in page.content.decode()
    panel = officer_client.get(reverse("admin:consent_datasubject_change", args=[subject.pk]))
    assert f"Yes, after {until}" in panel.content.decode()


def queries(act: Any) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


def test_thirty_cost_no_more_queries_than_three(
    subject: Any, officer_client: Any, as_person: Any
) -> None:
    officer = as_person(COMPLIANCE_OFFICER)
    page = reverse("admin:consent_datasubject_change", args=[subject.pk])
    query = {"subject": str(subject.pk)}
    acts = {
        "statement": lambda: lines(subject),
        "export": lambda: exported(subject),
        "panel": lambda: officer_client.get(page),
        "list": lambda: officer.get(URL, query),
        "statement by API": lambda: officer.get(STATEMENT, query),
    }
    found = []
    for number in (3, 27):
        for place in range(number):
            row = written(
                subject, authority="512f", disclosed_at=timezone.now() - timedelta(days=place)
            )
            if place % 3 == 0:
                asked(row, ends_on=timezone.now().date())
            elif place % 3 == 1:
                written(subject, authority="512f", corrects=row.pk)
        for act in acts.values():
            act()
        found.append({name: queries(act) for name, act in acts.items()})
    assert found[0] == found[1]
    assert found[0]["statement"] <= 5


def test_by_word_of_mouth_thirty_days(subject: Any) -> None:
    row = written(subject, authority="512d")
    made = asked(row, form="oral", ends_on=None)
    assert made.ends_on == made.stated_on + timedelta(days=30)
    with pytest.raises(Invalid) as refused:
        asked(row, form="oral", ends_on=made.stated_on + timedelta(days=31))
    assert "ends_on" in refused.value.errors


def test_a_second_time_needs_a_written_statement(subject: Any) -> None:
    row = written(subject, authority="512d")
    asked(row, form="oral", ends_on=None)
    right = written(subject, authority="512d", corrects=row.pk)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        for each in (row, right):
            with pytest.raises(Invalid) as refused:
                asked(each, form="oral", ends_on=None)
            assert "written statement" in refused.value.errors["form"][0]
        assert len(lines(subject)) == 1
        asked(right)
        assert lines(subject) == []
    # Another disclosure of the same person is another matter.
    asked(written(subject, authority="512d"), form="oral", ends_on=None)


@pytest.mark.django_db(transaction=True)
def test_two_by_word_of_mouth_at_once_are_one(subject: Any) -> None:
    row = written(subject, authority="512d")
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def ask() -> None:
        start.wait()
        try:
            asked(row, form="oral", ends_on=None)
            outcomes.append("made")
        except Invalid:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused"]
    assert DisclosureSuspension.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": None}, "ends_on"),
        ({"ends_on": date(2020, 1, 1)}, "ends_on"),
        ({"stated_on": date(2999, 1, 1), "ends_on": date(2999, 2, 1)}, "stated_on"),
        ({"agency": " "}, "agency"),
        ({"form": "sung"}, "form"),
    ],
)
def test_a_suspension_that_does_not_hold(subject: Any, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        asked(written(subject, authority="512f"), **changes)
    assert field in refused.value.errors
    assert not DisclosureSuspension.objects.exists()


def test_only_oversight_and_law_enforcement_suspend(subject: Any) -> None:
    with pytest.raises(Conflict):
        asked(written(subject))
    with pytest.raises(NotFound):
        asked(Disclosure())


# What the database and the deleter do ----------------------------------------------------------


def test_the_database_refuses_a_change(subject: Any) -> None:
    row = written(subject, authority="512f")
    asked(row)
    acts = (
        "UPDATE phi_disclosure SET void = true",
        "DELETE FROM phi_disclosure",
        "TRUNCATE phi_disclosure CASCADE",
        "UPDATE phi_disclosuresuspension SET ends_on = ends_on - 1",
        "DELETE FROM phi_disclosuresuspension",
    )
    for role, word in (("voicecompliance_web", "permission denied"), ("none", "append-only")):
        for act in acts:
            with pytest.raises(Exception, match=word), transaction.atomic():  # noqa: SIM117
                with connection.cursor() as cursor:
                    # TRUNCATE minds deferred checks before it minds triggers.
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute(f"SET LOCAL ROLE {role}")
                    cursor.execute(act)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(
            subject=subject,
            disclosed_at=timezone.now(),
            authority="512b",
            content_sealed=b"plain",
            recorded_at=timezone.now(),
        )


def test_kept_six_years_and_the_time_to_answer(subject: Any) -> None:
    at = datetime(2024, 2, 29, 12, tzinfo=UTC)
    row = written(subject, disclosed_at=at, authority="512f")
    asked(row)
    corrected = written(subject, disclosed_at=at, corrects=row.pk)
    declaration = inventory.get("disclosures_made")
    # Fewer days than six years are no fewer: the floor holds over leap days.
    assert declaration.keep.end(at, 30) == datetime(2030, 2, 28, 12, tzinfo=UTC)
    end = declaration.keep.end(at)
    report = enforce(actor=SYSTEM, now=end - timedelta(hours=1))
    assert not report.failed
    assert Disclosure.objects.count() == 2
    for _ in range(2):
        report = enforce(actor=SYSTEM, now=end + timedelta(hours=1))
        assert not report.failed
    assert not Disclosure.objects.filter(pk__in=[row.pk, corrected.pk]).exists()
    assert not DisclosureSuspension.objects.exists()


def test_the_export_leaves_out_what_is_suspended_or_wrong(subject: Any) -> None:
    asked(written(subject, authority="512f"))
    wrong = written(subject)
    right = written(subject, corrects=wrong.pk)
    treated = written(subject, authority="506")
    found = inventory.get("disclosures_made").export(subject.pk)
    assert {each["id"] for each in found} == {right.pk, treated.pk}


@pytest.mark.django_db(transaction=True)
def test_two_corrections_at_once(subject: Any) -> None:
    row = written(subject)
    person_ = DataSubject.objects.get(pk=subject.pk)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def correct() -> None:
        start.wait()
        try:
            written(person_, corrects=row.pk)
            outcomes.append("made")
        except Conflict as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=correct) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already-corrected", "made"]
    assert AuditEvent.objects.filter(event_type="disclosure", action="corrected").count() == 1
