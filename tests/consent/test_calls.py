"""POST /calls and what follows: the gate's three first rules."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.models import AuditEvent
from consent.models import Call, GateAnswer

pytestmark = pytest.mark.django_db
URL = "/api/v1/calls"


def test_without_consent_nothing_is_allowed_and_the_notices_are_given(open_call, subject):
    answer = open_call(subject=str(subject.id))
    assert answer["recording"] == {
        "allowed": False,
        "rule": "subject-consent",
        "reason": "consent-missing",
    }
    assert {p["allowed"] for p in answer["purposes"].values()} == {False}
    assert [each["purpose"] for each in answer["ask"]] == ["record", "transcribe"]
    assert answer["ask"][0]["notice_version"] == 1
    assert "record" in answer["ask"][0]["text"]


def test_with_consent_it_may_and_names_the_record(open_call, subject, give_consent):
    consent = give_consent(subject.id, "record")
    answer = open_call(external_id="customer-17", purposes=["record"])
    assert answer["recording"]["allowed"]
    ruling = answer["purposes"]["record"]
    assert (ruling["allowed"], ruling["consent_id"]) == (True, consent["id"])
    assert answer["ask"] == []


def test_an_ai_is_told_to_say_so(open_call):
    greeting = open_call(is_ai=True)["say"][0]
    assert (greeting["interaction"], greeting["language"], greeting["version"]) == (
        "greeting",
        "en",
        1,
    )
    assert "AI" in greeting["text"]
    assert open_call(is_ai=True, language="es-MX")["say"][0]["language"] == "es"
    assert open_call(is_ai=False)["say"] == []


@pytest.mark.parametrize(
    "regions", [["US-CA", "US-TX"], ["US-TX", "US-CA"], ["US", "US-TX"], ["DE", "FR"]]
)
def test_all_party_places_name_their_rule(open_call, subject, give_consent, regions):
    refused = open_call(subject=str(subject.id), regions=regions)
    assert not refused["recording"]["allowed"]
    assert refused["recording"]["rule"].startswith("all-party-consent:")
    give_consent(subject.id, "record")
    allowed = open_call(subject=str(subject.id), regions=regions)
    assert allowed["recording"]["allowed"]
    assert allowed["recording"]["rule"].startswith("all-party-consent:")
    assert allowed["purposes"]["record"]["consent_id"]


def test_a_third_party_must_have_said_yes_too(api, open_call, subject, give_consent):
    give_consent(subject.id, "record")
    regions = ["US-CA", "US-TX", "US-NY"]
    call = open_call(subject=str(subject.id), regions=regions)
    assert call["recording"]["reason"] == "other-party-unknown"
    other = api.post("/api/v1/subjects", {"external_id": "third"}, format="json").json()["id"]
    body = {"subject": str(subject.id), "regions": regions, "other_subjects": [other]}
    assert open_call(**body)["recording"]["reason"] == "other-party-consent-missing"
    give_consent(other, "record")
    assert open_call(**body)["recording"]["allowed"]


@pytest.mark.parametrize("decision", ["denied", "withdrawn"])
def test_a_no_is_not_asked_again(open_call, subject, give_consent, decision):
    give_consent(subject.id, "record")
    give_consent(subject.id, "record", decision=decision)
    answer = open_call(subject=str(subject.id), purposes=["record"])
    assert answer["recording"]["reason"] == f"consent-{decision}"
    assert answer["ask"] == []


def test_an_expired_yes_counts_no_more(open_call, subject, give_consent):
    give_consent(subject.id, "record", expires_at=(timezone.now() + timedelta(hours=1)).isoformat())
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        answer = open_call(subject=str(subject.id), purposes=["record"])
    assert answer["recording"]["reason"] == "consent-expired"


def test_treatment_rests_on_another_ground(open_call, subject):
    ruling = open_call(subject=str(subject.id), purposes=["treatment"])["purposes"]["treatment"]
    assert (ruling["allowed"], ruling["rule"]) == (True, "basis:health_care")


def test_an_anonymous_call_is_given_its_subject(api, open_call, subject, give_consent):
    call = open_call()
    assert call["recording"]["reason"] == "caller-unknown"
    give_consent(subject.id, "record")
    url = f"{URL}/{call['id']}"
    answer = api.patch(url, {"subject": str(subject.id)}, format="json")
    assert answer.status_code == 200
    assert answer.json()["recording"]["allowed"]
    other = api.post("/api/v1/subjects", {"external_id": "other"}, format="json").json()["id"]
    refused = api.patch(url, {"subject": other}, format="json")
    assert (refused.status_code, refused.json()["type"].rsplit("/")[-1]) == (
        409,
        "subject-already-known",
    )
    assert api.patch(url, {"subject": str(subject.id)}, format="json").status_code == 200


def test_every_answer_is_evidence_and_audited(api, open_call, subject):
    call = open_call(subject=str(subject.id))
    again = api.get(f"{URL}/{call['id']}").json()
    assert again["recording"] == call["recording"]
    assert GateAnswer.objects.filter(call=call["id"]).count() == 2
    events = AuditEvent.objects.about("consent.Call", call["id"])
    assert set(events.values_list("action", flat=True)) == {"opened", "asked"}
    assert {e.request_id for e in events} != {""}


def test_another_applications_call_is_not_there(open_call, stranger):
    call = open_call()
    assert stranger.client.get(f"{URL}/{call['id']}").status_code == 404
    missing = stranger.client.get(f"{URL}/0191e8f0-0000-7000-8000-000000000000")
    assert missing.status_code == 404
    end = stranger.client.post(
        f"{URL}/{call['id']}/end", {"ended_at": "2026-01-01T00:00:00Z"}, format="json"
    )
    assert end.status_code == 404


def test_the_end(api, open_call):
    call = open_call()
    url = f"{URL}/{call['id']}/end"
    now = timezone.now()
    for bad in ("2020-01-01T00:00:00Z", "nonsense", (now + timedelta(days=1)).isoformat()):
        assert api.post(url, {"ended_at": bad}, format="json").status_code == 422
    body = {"ended_at": (now + timedelta(seconds=1)).isoformat()}
    assert api.post(url, body, format="json").status_code == 200
    assert api.post(url, body, format="json").status_code == 200
    other = {"ended_at": (now + timedelta(seconds=2)).isoformat()}
    assert api.post(url, other, format="json").status_code == 409
    assert AuditEvent.objects.about("consent.Call", call["id"]).filter(action="ended").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"direction": "sideways"}, "direction"),
        ({"regions": []}, "regions"),
        ({"regions": ["california"]}, "regions[0]"),
        ({"purposes": ["dancing"]}, "purposes"),
        ({"purposes": []}, "purposes"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"started_at": "2026-13-01T00:00:00Z"}, "started_at"),
        ({"started_at": "2999-01-01T00:00:00Z"}, "started_at"),
        ({"subject": "not-a-uuid"}, "subject"),
        ({"language": "english please"}, "language"),
    ],
)
def test_bad_values_are_named(api, change, field):
    body = {
        "direction": "inbound",
        "regions": ["US-TX"],
        "purposes": ["record"],
        "language": "en",
        "is_ai": True,
        **change,
    }
    answer = api.post(URL, body, format="json")
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Call.objects.exists()
    assert not AuditEvent.objects.filter(event_type="call").exists()


def test_an_unknown_subject(api):
    body = {
        "direction": "inbound",
        "regions": ["US-TX"],
        "purposes": ["record"],
        "language": "en",
        "is_ai": True,
    }
    for named in ({"subject": "0191e8f0-0000-7000-8000-000000000000"}, {"external_id": "no"}):
        answer = api.post(URL, {**body, **named}, format="json")
        assert answer.status_code == 404
    assert not Call.objects.exists()


def test_query_count_of_the_hot_path(
    api, subject, give_consent, open_call, django_assert_max_num_queries
):
    for purpose in ("record", "transcribe"):
        give_consent(subject.id, purpose)
    open_call(subject=str(subject.id))
    with django_assert_max_num_queries(16):
        open_call(subject=str(subject.id), regions=["US-CA", "US-TX"])


def test_the_subject_cannot_stand_in_for_another_party(api, open_call, subject, give_consent):
    give_consent(subject.id, "record")
    body = {
        "subject": str(subject.id),
        "regions": ["US-CA", "US-TX", "US-NY"],
        "purposes": ["record"],
        "other_subjects": [str(subject.id)],
        "direction": "inbound",
        "language": "en",
        "is_ai": True,
    }
    answer = api.post(URL, body, format="json")
    assert answer.status_code == 422
    del body["subject"]
    call = open_call(**body)
    late = api.patch(f"{URL}/{call['id']}", {"subject": str(subject.id)}, format="json")
    assert late.status_code == 409
    assert late.json()["type"].endswith("subject-is-other-party")


@pytest.mark.parametrize("region", ["US-CAL", "ZZ", "UK", "US-", "us-ca"])
def test_a_place_that_no_list_has_is_refused(api, region):
    body = {
        "direction": "inbound",
        "regions": [region, "US-TX"],
        "purposes": ["record"],
        "language": "en",
        "is_ai": True,
    }
    answer = api.post(URL, body, format="json")
    assert answer.status_code == 422
    assert "regions[0]" in answer.json()["errors"]


def test_a_call_said_to_be_old_is_evidence_as_long_as_any(open_call, subject):
    from core.actors import Actor
    from retention.deleter import enforce

    nine_years_ago = (timezone.now() - timedelta(days=9 * 365)).isoformat()
    call = open_call(subject=str(subject.id), started_at=nine_years_ago)
    report = enforce(actor=Actor.system("tests"), now=timezone.now())
    assert report.failed == 0
    assert Call.objects.filter(id=call["id"]).exists()
