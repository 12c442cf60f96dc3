"""Patients and broken glass of a person who leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import ADMINISTRATOR, AUDITOR, CARE_STAFF
from accounts.services import off_board_person
from accounts.services.standing import open_work
from core.actors import Actor
from core.errors import Conflict, Forbidden
from phi.models import BreakGlass, CareRelationship
from phi.services.breakglass import break_glass, review
from phi.services.care import has_relationship
from tests.phi.health import REASON, actor_for

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


@pytest.fixture
def heir(make_person: Any) -> Any:
    return make_person("carer-two", CARE_STAFF)


def open_codes(person: Any) -> dict[str, int]:
    return {kind.code: count for kind, count in open_work(person)}


def test_patients_go_to_the_successor(
    relate: Any, carer: Any, heir: Any, subject: Any, events: Any
):
    now = timezone.now()
    ended = relate(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=8))
    until = now + timedelta(days=30)
    lasting = relate(ends_at=until)
    to_begin = relate(starts_at=until, ends_at=until + timedelta(days=1))
    assert open_codes(carer) == {"phi.care_relationships": 2}
    off_board_person(actor=SYSTEM, user=carer, successor=heir)
    assert not open_codes(carer)
    now = timezone.now()
    assert not has_relationship(carer, subject.pk, now)
    assert has_relationship(heir, subject.pk, now)
    mine = CareRelationship.objects.filter(person=heir).order_by("starts_at")
    assert [(row.ends_at, row.kind) for row in mine] == [
        (until, lasting.kind),
        (to_begin.ends_at, to_begin.kind),
    ]
    assert mine[0].made_by_id == lasting.made_by_id
    assert CareRelationship.objects.get(pk=ended.pk).ends_at == ended.ends_at
    (event,) = events("person", "off_boarded")
    assert event.details["work"] == {
        "phi.care_relationships": {"handed_over": sorted([str(lasting.pk), str(to_begin.pk)])}
    }


def test_a_patient_of_both_is_only_ended(
    relate: Any, carer: Any, heir: Any, subject: Any, events: Any
):
    mine, theirs = relate(), relate(person_id=heir.pk)
    off_board_person(actor=SYSTEM, user=carer, successor=heir)
    assert CareRelationship.objects.get(pk=mine.pk).ends_at is not None
    assert list(CareRelationship.objects.filter(person=heir)) == [theirs]
    (event,) = events("person", "off_boarded")
    assert event.details["work"]["phi.care_relationships"] == {"ended": [str(mine.pk)]}


def test_who_reads_no_health_records_is_no_successor(relate: Any, carer: Any, make_person: Any):
    made = relate()
    for successor in (None, make_person("auditor-one", AUDITOR)):
        with pytest.raises(Conflict):
            off_board_person(actor=SYSTEM, user=carer, successor=successor)
    assert CareRelationship.objects.get(pk=made.pk).ends_at is None


def test_nobody_hands_patients_to_themselves(
    relate: Any, carer: Any, make_person: Any, subject: Any, sign_in: Any, events: Any
) -> None:
    """As nobody says whom they look after themselves: another person does it."""
    made = relate()
    both = make_person("carer-and-admin", CARE_STAFF, ADMINISTRATOR)
    with pytest.raises(Forbidden) as refused:
        off_board_person(actor=actor_for(both), user=carer, successor=both)
    assert refused.value.code == "own-matter"
    assert CareRelationship.objects.get(pk=made.pk).ends_at is None
    assert not has_relationship(both, subject.pk, timezone.now())
    address = reverse("admin:accounts_user_off_board", args=[carer.pk])
    client = sign_in(both)
    page = client.post(address, {"successor": str(both.pk)})
    assert "Another person has to hand this over to you" in page.content.decode()
    carer.refresh_from_db()
    assert carer.left_at is None
    assert events("person", "off_boarded") == []
    # Somebody else may.
    another = actor_for(make_person("admin", ADMINISTRATOR))
    off_board_person(actor=another, user=carer, successor=both)
    assert has_relationship(both, subject.pk, timezone.now())


def test_broken_glass_closes_and_is_still_reviewed(
    carer: Any, heir: Any, officer: Any, subject: Any, events: Any
):
    grant = break_glass(actor=actor_for(carer), user=carer, subject_id=subject.pk, reason=REASON)
    assert open_codes(carer) == {"phi.break_glass": 1}
    off_board_person(actor=SYSTEM, user=carer, successor=heir)
    found = BreakGlass.objects.get(pk=grant.pk)
    assert found.expires_at <= timezone.now()
    assert (found.state, found.person_id) == ("open", carer.pk)
    (event,) = events("person", "off_boarded")
    assert event.details["work"] == {"phi.break_glass": {"left_for_review": [str(grant.pk)]}}
    review(actor=actor_for(officer), grant_id=grant.pk, justified=True, note="Asked the ward")
    assert not open_codes(carer)
