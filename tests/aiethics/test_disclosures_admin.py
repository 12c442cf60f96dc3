"""Disclosures in the admin: published by a POST, and what is wrong is said in the form."""

import pytest
from django.urls import reverse

from aiethics.models import Disclosure
from audit.models import AuditEvent
from core.errors import Conflict

pytestmark = pytest.mark.django_db
ADD = "admin:aiethics_disclosure_add"
FORM = {"interaction": "greeting", "language": "en", "text": "I am a machine."}


def test_publishing(officer_client):
    answer = officer_client.post(reverse(ADD), FORM)
    assert answer.status_code == 302, answer.content
    made = Disclosure.objects.get(text="I am a machine.")
    assert (made.version, made.language) == (2, "en")
    events = AuditEvent.objects.filter(object_id=str(made.pk))
    assert [(each.event_type, each.action) for each in events] == [("disclosure", "published")]
    page = officer_client.get(reverse("admin:aiethics_disclosure_change", args=[made.pk]))
    assert "I am a machine." in page.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"language": "English"}, "Must be a language tag"),
        ({"language": "en_US"}, "Must be a language tag"),
        ({"text": "   "}, "required"),
        ({"interaction": "singing"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(officer_client, change, said):
    answer = officer_client.post(reverse(ADD), {**FORM, **change})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Disclosure.objects.exclude(version=1).exists()


def test_what_the_verb_refuses_too(officer_client, monkeypatch):
    from aiethics import admin

    def refuse(**kwargs):
        raise Conflict("Another version was published meanwhile.")

    monkeypatch.setattr(admin, "publish_disclosure", refuse)
    answer = officer_client.post(reverse(ADD), FORM)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Another version was published meanwhile." in page
    assert "I am a machine." in page
