"""What an AI says about itself."""

import pytest
from django.db import IntegrityError, connection, transaction

from aiethics.models import Disclosure, SpokenDisclosure
from aiethics.services import publish_disclosure
from audit.models import AuditEvent

pytestmark = pytest.mark.django_db
URL = "/api/v1/disclosures"


@pytest.mark.parametrize("interaction", ["greeting", "confirmation", "escalation", "closing"])
@pytest.mark.parametrize("language", ["en", "es", "es-MX", "EN-us"])
def test_four_interactions_in_two_languages(api, interaction, language):
    answer = api.get(URL, {"interaction": interaction, "language": language})
    assert answer.status_code == 200, answer.content
    assert answer.json()["language"] == language[:2].lower()
    assert answer.json()["version"] == 1
    assert answer.json()["text"]


@pytest.mark.parametrize(
    "query",
    [
        {"interaction": "singing", "language": "en"},
        {"interaction": "greeting", "language": "fr"},
        {"interaction": "greeting"},
        {"language": "en"},
        {},
    ],
)
def test_unknown_ones(api, query):
    answer = api.get(URL, query)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_a_new_version_is_in_force_at_once_and_the_old_stays(api, system):
    publish_disclosure(actor=system, interaction="greeting", language="en", text="I am an AI.")
    answer = api.get(URL, {"interaction": "greeting", "language": "en"}).json()
    assert (answer["version"], answer["text"]) == (2, "I am an AI.")
    assert Disclosure.objects.filter(interaction="greeting", language="en").count() == 2
    assert AuditEvent.objects.filter(event_type="disclosure", action="published").count() == 1
    for statement in (
        "UPDATE aiethics_disclosure SET text = 'x'",
        "DELETE FROM aiethics_disclosure",
    ):
        with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
            connection.cursor().execute(statement)


def test_spoken_is_proof_and_once(api, open_call, stranger):
    call = open_call()
    url = f"/api/v1/calls/{call['id']}/disclosures"
    body = {"interaction": "greeting", "version": 1, "spoken_at_ms": 900}
    first = api.post(url, body, format="json")
    again = api.post(url, body, format="json")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert SpokenDisclosure.objects.count() == 1
    assert AuditEvent.objects.filter(event_type="disclosure", action="spoken").count() == 1
    assert stranger.client.post(url, body, format="json").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"version": 7},
        {"interaction": "singing"},
        {"spoken_at_ms": -1},
        {"spoken_at_ms": "soon"},
        {"spoken_at_ms": 10**12},
    ],
)
def test_bad_values(api, open_call, change):
    call = open_call()
    body = {"interaction": "greeting", "version": 1, "spoken_at_ms": 900, **change}
    answer = api.post(f"/api/v1/calls/{call['id']}/disclosures", body, format="json")
    assert answer.status_code == 422
    assert not SpokenDisclosure.objects.exists()


def test_without_words_an_ai_may_do_nothing(open_call, subject, give_consent, monkeypatch):
    from aiethics import gate_rules

    give_consent(subject.id, "record")
    monkeypatch.setattr(gate_rules, "disclosure_in_force", lambda *_: None)
    answer = open_call(subject=str(subject.id))
    assert answer["recording"] == {
        "allowed": False,
        "rule": "ai-disclosure",
        "reason": "no-disclosure-published",
    }
