"""Two things at once: an end while somebody reads, two relationships, two broken glasses; and how
health records go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Thread
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import VoiceApplication
from accounts.roles import CARE_STAFF, COMPLIANCE_OFFICER
from consent.models import DataSubject
from consent.services.subjects import put_subject
from core import inventory
from core.actors import Actor
from core.errors import Conflict
from core.ids import uuid7
from operations.models import Notification
from phi.models import BreakGlass, CareRelationship, HealthRecord
from phi.services import breakglass, care, health
from retention.deleter import enforce
from tests.phi.health import REASON, actor_for
from vault.models import DataKey

SYSTEM = Actor.system("tests")


def subject_named(name: str) -> DataSubject:
    return put_subject(actor=SYSTEM, id_space="organisation", external_id=name, values={})[0]


def stored(subject: DataSubject, **changes: Any) -> HealthRecord:
    application, _ = VoiceApplication.objects.get_or_create(name="Voice app")
    given = {
        "actor": SYSTEM,
        "application_id": application.pk,
        "subject": subject,
        "data_type": "diagnosis",
        "content": {"code": "E11.9"},
        "purpose_of_use": "treatment",
        **changes,
    }
    return health.store_record(**given)[0]


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave or raised, all begun at once."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            results[place] = act()
        except Exception as error:
            results[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_an_end_waits_for_the_read_under_way(make_person: Any) -> None:
    """No look is after the end of the relationship that allowed it."""
    carer, subject = make_person("carer-one", CARE_STAFF), subject_named("17")
    record = stored(subject)
    made = care.make_relationship(
        actor=SYSTEM, person_id=carer.pk, subject_id=subject.pk, kind="treating"
    )
    done = Event()

    def end() -> None:
        try:
            care.end_relationship(actor=SYSTEM, relationship_id=made.pk)
            done.set()
        finally:
            connection.close()

    thread = Thread(target=end)
    with transaction.atomic():
        _, content, access = health.read_record(
            reader=health.Reader(actor_for(carer), user=carer),
            record_id=record.pk,
            purpose_of_use="treatment",
        )
        thread.start()
        assert not done.wait(0.5)
    thread.join(20)
    assert done.is_set()
    assert content == {"code": "E11.9"}
    made.refresh_from_db()
    assert made.ends_at is not None
    assert access.accessed_at <= made.ends_at


@pytest.mark.django_db(transaction=True)
def test_two_relationships_of_one_pair_are_one(make_person: Any) -> None:
    carer, subject = make_person("carer-one", CARE_STAFF), subject_named("17")

    def make() -> CareRelationship:
        return care.make_relationship(
            actor=SYSTEM, person_id=carer.pk, subject_id=subject.pk, kind="treating"
        )

    results = together(make, make, make)
    assert sum(isinstance(each, CareRelationship) for each in results) == 1, results
    assert sum(isinstance(each, Conflict) for each in results) == 2, results
    assert CareRelationship.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_breaking_the_glass_twice_at_once_is_one_grant_and_one_alert(make_person: Any) -> None:
    carer, subject = make_person("carer-one", CARE_STAFF), subject_named("17")

    def act() -> BreakGlass:
        return breakglass.break_glass(
            actor=actor_for(carer), user=carer, subject_id=subject.pk, reason=REASON
        )

    first, second = together(act, act)
    assert first.pk == second.pk
    assert BreakGlass.objects.count() == 1
    assert Notification.objects.filter(title="The glass was broken").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_reviews_are_one(make_person: Any) -> None:
    carer, subject = make_person("carer-one", CARE_STAFF), subject_named("17")
    officers = [make_person(f"officer-{n}", COMPLIANCE_OFFICER) for n in (1, 2)]
    grant = breakglass.break_glass(
        actor=actor_for(carer), user=carer, subject_id=subject.pk, reason=REASON
    )

    def act(officer: Any) -> BreakGlass:
        return breakglass.review(
            actor=actor_for(officer), grant_id=grant.pk, justified=True, note="In the chart"
        )

    results = together(*(lambda officer=officer: act(officer) for officer in officers))
    assert sum(isinstance(each, BreakGlass) for each in results) == 1, results
    assert sum(isinstance(each, Conflict) for each in results) == 1, results


@pytest.mark.django_db
def test_records_are_exported_with_their_content() -> None:
    subject, other = subject_named("17"), subject_named("18")
    stored(subject)
    stored(subject, data_type="medication", content="Insulin")
    stored(other, content="Another's")
    export = inventory.get("health_records").export
    assert [each["content"] for each in export(subject.pk)] == [{"code": "E11.9"}, "Insulin"]
    assert list(export(uuid7())) == []


@pytest.mark.django_db
def test_psychotherapy_notes_are_not_exported() -> None:
    """45 CFR 164.524(a)(1)(i): the right of access leaves them out."""
    from phi.models import MinimumNecessary

    MinimumNecessary.objects.create(
        role="application", data_type="psychotherapy_notes", purpose="treatment", set_by_name="x"
    )
    subject = subject_named("17")
    stored(subject, data_type="psychotherapy_notes", content="Said in session")
    (only,) = inventory.get("health_records").export(subject.pk)
    assert only["content"] is None
    assert only["withheld"]


@pytest.mark.django_db(transaction=True)
def test_records_go_when_their_time_has_come_and_their_key_with_them(make_person: Any) -> None:
    subject, carer = subject_named("17"), make_person("carer-one", CARE_STAFF)
    with time_machine.travel(timezone.now() - timedelta(days=2193)):
        old = stored(subject)
    # Brought in from elsewhere: its time runs from when we were told.
    young = stored(subject, recorded_at=datetime(2010, 5, 6, tzinfo=UTC))
    lasting = care.make_relationship(
        actor=SYSTEM, person_id=carer.pk, subject_id=subject.pk, kind="treating"
    )
    key = DataKey.objects.get(owner_id=subject.pk, key_class="health")
    enforce(actor=SYSTEM, now=timezone.now())
    assert list(HealthRecord.objects.values_list("pk", flat=True)) == [young.pk]
    key.refresh_from_db()
    assert key.destroyed_at is None
    enforce(actor=SYSTEM, now=timezone.now() + timedelta(days=2193))
    assert not HealthRecord.objects.exists()
    key.refresh_from_db()
    assert key.destroyed_at is not None
    assert CareRelationship.objects.filter(pk=lasting.pk).exists()
    assert old.pk != young.pk
