"""Places: one person asks for a change, another agrees, and the log says from what to what."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from consent.models import Jurisdiction
from consent.services.jurisdictions import ask_to_change_place, said_of
from core.actors import Actor
from core.errors import Conflict, Invalid, Problem
from operations.models import Approval
from operations.services.approvals import approve

pytestmark = pytest.mark.django_db
CALIFORNIA = reverse("admin:consent_jurisdiction_change", args=["US-CA"])


@pytest.fixture
def second(make_person):
    person = make_person("officer-two", "DPO")
    return Actor("person", str(person.pk), person.username)


@pytest.fixture
def first(officer):
    return Actor("person", str(officer.pk), officer.username)


def form(**changes):
    place = Jurisdiction.objects.get(code="US-CA")
    return {**said_of(place), "reason": "Counsel says so", **changes}


def off():
    data = form()
    # An unticked box sends nothing.
    del data["all_party_recording"]
    return data


def test_one_person_switches_nothing_off(officer_client, first, second):
    before = said_of(Jurisdiction.objects.get(code="US-CA"))
    answer = officer_client.post(CALIFORNIA, off())
    approval = Approval.objects.get()
    assert answer["Location"] == reverse("admin:operations_approval_change", args=[approval.pk])
    assert Jurisdiction.objects.get(code="US-CA").all_party_recording
    page = officer_client.get(answer["Location"]).content.decode()
    assert "all party recording: True → False" in page
    with pytest.raises(Problem, match="another person"):
        approve(actor=first, approval_id=approval.pk)
    approve(actor=second, approval_id=approval.pk)
    assert not Jurisdiction.objects.get(code="US-CA").all_party_recording
    event = AuditEvent.objects.get(event_type="jurisdiction", action="changed")
    assert event.object_id == "US-CA"
    assert event.details["before"] == before
    assert event.details["after"] == {**before, "all_party_recording": False}


def test_a_new_place_takes_two_people_too(officer_client, second):
    data = form(code="FR", title="France", all_party_recording="on")
    answer = officer_client.post(reverse("admin:consent_jurisdiction_add"), data)
    assert answer.status_code == 302, answer.content
    assert not Jurisdiction.objects.filter(code="FR").exists()
    approve(actor=second, approval_id=Approval.objects.get().pk)
    assert Jurisdiction.objects.get(code="FR").all_party_recording
    event = AuditEvent.objects.get(event_type="jurisdiction", action="added")
    assert event.details["before"] is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "required"),
        ({"source": ""}, "required"),
        ({"all_party_recording": "on"}, "Nothing would change."),
    ],
)
def test_the_form_says_what_is_wrong(officer_client, changes, said):
    answer = officer_client.post(CALIFORNIA, form(**changes))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Approval.objects.exists()


def test_a_code_is_a_listed_one(officer_client):
    answer = officer_client.post(
        reverse("admin:consent_jurisdiction_add"), form(code="XX", title="Nowhere")
    )
    assert "Is no code of ISO 3166-1" in answer.content.decode()


def test_a_row_changed_meanwhile_is_not_written_over(first, second):
    values = {**said_of(Jurisdiction.objects.get(code="US-CA")), "all_party_recording": False}
    approval = ask_to_change_place(actor=first, code="US-CA", values=values, reason="Why")
    Jurisdiction.objects.filter(code="US-CA").update(title="The Golden State")
    with pytest.raises(Conflict, match="meanwhile"):
        approve(actor=second, approval_id=approval.pk)
    assert Jurisdiction.objects.get(code="US-CA").all_party_recording


def test_values_are_checked_when_asked(first):
    values = {**said_of(Jurisdiction.objects.get(code="US-CA")), "confidence": "sure"}
    with pytest.raises(Invalid):
        ask_to_change_place(actor=first, code="US-CA", values=values, reason="Why")


def test_an_auditor_sees_and_asks_nothing(make_person, sign_in):
    client = sign_in(make_person("looker", "auditor"))
    assert client.get(CALIFORNIA).status_code == 200
    assert client.post(CALIFORNIA, off()).status_code == 403
    assert not Approval.objects.exists()
