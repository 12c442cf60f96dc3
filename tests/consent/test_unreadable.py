"""An identifier that does not open: its field says so, and the rest of the page stays."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from consent.models import DataSubject
from core import wrapping
from tests.vault.rows import COLUMNS, new_key, put, stored

pytestmark = pytest.mark.django_db
NAME = next(each for each in COLUMNS if each.label == "consent.DataSubject.name")


@pytest.fixture
def other(api):
    body = {"external_id": "customer-18", "name": "Bo Example", "phone": "+1 202 555 0144"}
    answer = api.post("/api/v1/subjects", body, format="json")
    return DataSubject.objects.get(id=answer.json()["id"])


def refusals():
    return list(AuditEvent.objects.filter(event_type="integrity", action="ciphertext_refused"))


def page_of(client, subject):
    answer = client.get(reverse("admin:consent_datasubject_change", args=[subject.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_swapped_name_leaves_the_page(subject, other, officer_client, give_consent):
    give_consent(str(subject.pk), "record")
    put(NAME, subject, stored(NAME, other))
    page = page_of(officer_client, subject)
    assert page.count("Does not open: what is stored was changed or moved") == 1
    assert "+1 202 555 0143" in page or "+12025550143" in page
    assert "Bo Example" not in page
    assert "Where this person stands" in page
    # The page reads its object more than once; the refusal is one event.
    (event,) = refusals()
    assert (event.object_type, event.object_id) == ("consent.DataSubject", str(subject.pk))
    assert (event.details["field"], event.severity) == ("name", "CRITICAL")
    # And a look is a look.
    assert AuditEvent.objects.filter(action="opened", object_id=str(subject.pk)).exists()


def test_a_missing_key_is_named_in_the_field(subject, officer_client, settings):
    lost = wrapping.ring().newest.id
    settings.FIELD_ENCRYPTION_KEYS = (new_key(),)
    page = page_of(officer_client, subject)
    # External id, name and phone.
    assert page.count(f"Does not open: wrapped under key {lost}") == 3
    assert sorted(each.details["field"] for each in refusals()) == ["external_id", "name", "phone"]


def test_what_opens_is_no_event(subject, officer_client):
    assert "Ada Example" in page_of(officer_client, subject)
    assert not refusals()
