"""Unusual looks: the rules by tables and properties, then the database, the task and the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import CARE_STAFF, COMPLIANCE_OFFICER, SECURITY_OFFICER
from audit import reviews
from audit.models import AccessReview, AuditEvent
from audit.suspicion import Access as Seen
from consent.services.subjects import put_subject
from core import accesses
from core.actors import Actor
from operations.models import Notification
from phi.models import Access
from phi.names import same_name, same_surname, surnames
from phi.services.accesses import look
from phi.suspicion import Look, flagged
from phi.tasks import check_look

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SYSTEM = Actor.system("tests")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Lovelace", "Tom Lovelace", True),
        ("Ada Lovelace", "LOVELACE, Tom", True),
        ("Ada Lovelace", "Tom Byron", False),
        ("Jürgen Müller", "Ann Mueller", True),
        ("Jürgen Müller", "Ann Muller", True),
        ("Søren Ødegaard", "Ann Odegaard", True),
        ("Zoë Nuñez", "Pia NUNEZ", True),
        ("Eva Groß", "Tim Gross", True),
        ("Ann Smith-Jones", "Bob Jones", True),
        ("Ann Smith-Jones", "Bob Smith", True),
        ("Jan van der Berg", "Piet Berg", True),
        # Particles are no name.
        ("Jan van der Berg", "Piet van der Meer", False),
        ("Bob Jones Jr.", "Eve Jones", True),
        ("Sean O'Brien", "Mary O’Brien", True),
        # A given name alone is no surname, nor is an initial.
        ("Thomas", "Eve Thomas", False),
        ("Ada B", "Eve B", False),
        ("", "", False),
        # The full-width and the combining form are the same letters.
        ("Ada Lovelace", "Ｔｏｍ Ｌｏｖｅｌａｃｅ", True),
        ("Ada Bronte\u0308", "Eve Brontë", True),
    ],
)
def test_surnames_are_compared_folded(one: str, other: str, same: bool) -> None:
    assert same_surname(one, other) is same
    assert same_surname(other, one) is same


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_a_name(one: str, other: str) -> None:
    assert same_surname(one, other) == same_surname(other, one)
    assert same_name(one, other) == same_name(other, one)
    if surnames(one):
        assert same_surname(one, one.upper().lower()) or not one.isascii()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Lovelace", "Lovelace, Ada", True),
        ("Ada Lovelace", "ada LOVELACE", True),
        ("Ada Lovelace", "Ada King Lovelace", False),
        ("Ada", "Ada", False),
        ("Jürgen Müller", "Juergen Mueller", True),
    ],
)
def test_a_full_name(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


def seen(n: int, *, person: int, actor: str = "ada", at: datetime = NOON, kind: str = "person"):
    access = Seen(UUID(int=n), at, "profiles", kind, actor, actor, "consent.DataSubject", str(n))
    return Look(access, UUID(int=person))


def rules(looks: list[Look], **changes: Any) -> list[tuple[int, str, int]]:
    values = {
        "zone": UTC,
        "limit": 3,
        "is_own": lambda actor, subject: False,
        "is_namesake": lambda actor, subject: False,
        **changes,
    }
    return [(c.access.event_id.int, c.rule, c.accesses) for c in flagged(looks, **values)]


def test_ordinary_looks_are_not_flagged() -> None:
    assert rules([seen(n, person=n) for n in range(3)]) == []
    assert rules([seen(n, person=1) for n in range(30)]) == []


def test_many_people_in_an_hour() -> None:
    many = [seen(n, person=n // 2, at=NOON + timedelta(minutes=n)) for n in range(10)]
    assert rules(many) == [(6, "many-people", 5)]
    spread = [seen(n, person=n, at=NOON + timedelta(minutes=20 * n)) for n in range(9)]
    assert rules(spread) == []
    # Clock hours are the controller's: in India they begin at half past.
    across = [seen(n, person=n, at=NOON + timedelta(minutes=10 * n + 10)) for n in range(4)]
    assert rules(across) == [(3, "many-people", 4)]
    assert rules(across, zone=ZoneInfo("Asia/Kolkata")) == []


def test_own_record_goes_before_a_namesake() -> None:
    looks = [seen(1, person=7), seen(2, person=7), seen(3, person=8)]
    found = rules(looks, is_own=lambda a, s: s.int == 7, is_namesake=lambda a, s: True)
    assert found == [(1, "own-record", 2), (3, "same-surname", 1)]


def test_applications_are_not_flagged() -> None:
    looks = [seen(n, person=n, kind="application") for n in range(9)]
    assert rules(looks, is_own=lambda a, s: True) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 180)), max_size=40))
def test_each_flag_is_a_look_and_each_hour_counts_people(rows: list) -> None:
    looks = [
        seen(n, person=person, actor=str(actor), at=NOON + timedelta(minutes=minutes))
        for n, (actor, person, minutes) in enumerate(rows)
    ]
    found = rules(looks)
    hours: dict[tuple[int, int], set[int]] = {}
    for actor, person, minutes in rows:
        hours.setdefault((actor, minutes // 60), set()).add(person)
    assert sorted(n for _, _, n in found) == sorted(
        len(people) for people in hours.values() if len(people) > 3
    )
    assert {id_ for id_, _, _ in found} <= {each.access.event_id.int for each in looks}


def person_named(make_person: Any, username: str, name: str) -> tuple[Any, Actor]:
    person = make_person(username, CARE_STAFF)
    person.name = name
    person.save()
    return person, Actor("person", str(person.pk), person.username)


def told(name: str, **values: str) -> Any:
    subject, _ = put_subject(
        actor=SYSTEM, id_space="organisation", external_id=name, values={"name": name, **values}
    )
    return subject


def looked(actor: Actor, subject: Any) -> Access:
    with transaction.atomic():
        return look(
            actor=actor,
            kind=accesses.PROFILES,
            event_type="subject",
            action="opened",
            obj=subject,
            subject_id=subject.pk,
        )


@pytest.mark.django_db
def test_the_days_choice_flags_namesakes_and_says_nothing_of_names(make_person: Any) -> None:
    _, ada = person_named(make_person, "ada-one", "Ada Lovelace")
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC)):
        relative, stranger = told("Tom Lovelace"), told("Tom Byron")
        looked(ada, stranger)
        access = looked(ada, relative)
    reviews.choose(actor=SYSTEM, day=datetime(2026, 3, 10).date())
    review = AccessReview.objects.get(rule="same-surname")
    assert review.event_id == access.event_id
    assert review.why == "flagged"
    assert not AccessReview.objects.filter(rule="own-record").exists()
    for event in AuditEvent.objects.all():
        assert "Lovelace" not in bytes(event.entry).decode()


@pytest.mark.django_db
def test_a_name_that_does_not_open_stops_no_review(make_person: Any) -> None:
    _, ada = person_named(make_person, "ada-one", "Ada Lovelace")
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC)):
        relative, damaged = told("Tom Lovelace"), told("Eve Lovelace")
        broken = looked(ada, damaged)
        access = looked(ada, relative)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE consent_datasubject SET name = 'vc1:damaged' WHERE id = %s", [damaged.pk]
        )
    reviews.choose(actor=SYSTEM, day=datetime(2026, 3, 10).date())
    assert AccessReview.objects.get(rule="same-surname").event_id == access.event_id
    event = AuditEvent.objects.get(event_type="integrity", action="ciphertext_refused")
    assert (event.object_type, event.object_id) == ("consent.DataSubject", str(damaged.pk))
    assert (event.severity, event.details["field"]) == ("CRITICAL", "name")
    assert (event.actor_kind, event.actor_id) == ("system", "phi.looks")
    # The check at once goes on as well.
    check_look(str(broken.pk))
    assert not AccessReview.objects.filter(rule="own-record").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("username", "name", "values"),
    [
        ("ada@example.com", "", {"email": "Ada@Example.com"}),
        ("ada-one", "Ada Lovelace", {}),
    ],
)
def test_ones_own_record_is_flagged_at_once(
    make_person: Any, username: str, name: str, values: dict[str, str]
) -> None:
    _, ada = person_named(make_person, username, name)
    access = looked(ada, told("Ada Lovelace", **values))
    check_look(str(access.pk))
    review = AccessReview.objects.get()
    assert (review.rule, review.event_id) == ("own-record", access.event_id)
    event = AuditEvent.objects.get(event_type="activity_review", action="flagged")
    assert event.severity == "WARNING"
    assert event.details["rule"] == "own-record"
    notes = Notification.objects.filter(link__contains=str(review.pk))
    assert {note.role for note in notes} == {COMPLIANCE_OFFICER, "DPO", SECURITY_OFFICER}
    assert "Lovelace" not in "".join(note.title + note.body for note in notes)
    # Again, and by the day's choice: no second flag, no second message.
    check_look(str(access.pk))
    day = timezone.now().date()
    reviews.choose(actor=SYSTEM, day=day)
    assert AccessReview.objects.filter(event_id=access.event_id).count() == 1
    assert Notification.objects.filter(link__contains=str(review.pk)).count() == len(notes)


@pytest.mark.django_db
def test_a_strangers_record_is_not(make_person: Any) -> None:
    _, ada = person_named(make_person, "ada@example.com", "Ada Lovelace")
    access = looked(ada, told("Tom Byron", email="tom@example.com"))
    check_look(str(access.pk))
    assert not AccessReview.objects.exists()


@pytest.mark.django_db
def test_the_look_itself_hands_the_check_over(
    make_person: Any, django_capture_on_commit_callbacks: Any
) -> None:
    _, ada = person_named(make_person, "ada-one", "Ada Lovelace")
    subject = told("Ada Lovelace")
    with django_capture_on_commit_callbacks() as handed:
        looked(ada, subject)
    assert len(handed) == 1
    with django_capture_on_commit_callbacks() as handed:
        looked(SYSTEM, subject)
    assert handed == []


@pytest.mark.django_db
def test_a_reviewer_sees_the_rule_and_the_way_to_who_looked(
    make_person: Any, sign_in: Any, officer_client: Client
) -> None:
    _, ada = person_named(make_person, "ada-one", "Ada Lovelace")
    subject = told("Ada Lovelace")
    check_look(str(looked(ada, subject).pk))
    address = reverse("admin:audit_accessreview_change", args=[AccessReview.objects.get().pk])
    who = reverse("admin:phi_access_of", args=[subject.pk])
    security = sign_in(make_person("security-one", SECURITY_OFFICER))
    for client in (officer_client, security):
        page = client.get(address).content.decode()
        assert "The data of the person who looked" in page
        assert who in page
        assert client.get(who).status_code == 200
