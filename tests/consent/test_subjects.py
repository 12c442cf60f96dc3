"""POST /subjects."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from audit.models import AuditEvent
from consent.models import DataSubject

pytestmark = pytest.mark.django_db
URL = "/api/v1/subjects"


def test_made_then_brought_up_to_date(api):
    first = api.post(URL, {"external_id": "17", "name": "Ada Example"}, format="json")
    assert first.status_code == 201
    again = api.post(URL, {"external_id": "17", "email": "Ada@Example.com"}, format="json")
    assert again.status_code == 200
    assert again.json() == first.json() == {"id": first.json()["id"], "external_id": "17"}
    subject = DataSubject.objects.get()
    assert (subject.name, subject.email) == ("Ada Example", "Ada@Example.com")
    assert DataSubject.objects.matching("ada@example.COM").get() == subject
    actions = AuditEvent.objects.filter(event_type="subject").values_list("action", "details")
    assert sorted(actions) == [("created", {}), ("updated", {"fields": ["email"]})]


def test_the_same_again_writes_nothing(api):
    body = {"external_id": "17", "name": "Ada Example"}
    api.post(URL, body, format="json")
    api.post(URL, body, format="json")
    assert AuditEvent.objects.filter(event_type="subject").count() == 1


def test_identifiers_are_ciphertext_in_the_database(api):
    api.post(
        URL,
        {
            "external_id": "ext-canary",
            "name": "Name Canary",
            "phone": "+12025550143",
            "email": "canary@example.com",
            "date_of_birth": "1990-02-03",
            "patient_id": "MRN-canary",
        },
        format="json",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text FROM consent_datasubject s")
        raw = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(row_to_json(s)::text, '') FROM audit_auditevent s")
        raw += cursor.fetchone()[0]
    for canary in ("ext-canary", "Name Canary", "5550143", "canary@", "1990-02-03", "MRN-canary"):
        assert canary not in raw


def test_two_numberings_are_two_people(make_caller):
    one, two = make_caller("one", id_space="crm"), make_caller("two", id_space="billing")
    first = one.client.post(URL, {"external_id": "17"}, format="json").json()
    second = two.client.post(URL, {"external_id": "17"}, format="json").json()
    assert first["id"] != second["id"]
    shared = make_caller("three", id_space="crm")
    assert shared.client.post(URL, {"external_id": "17"}, format="json").json() == first


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "external_id"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"external_id": "1", "email": "nonsense"}, "email"),
        ({"external_id": "1", "phone": "nonsense"}, "phone"),
        ({"external_id": "1", "date_of_birth": "1990-02-30"}, "date_of_birth"),
        ({"external_id": "1", "region": "California"}, "region"),
        ({"external_id": {"a": 1}}, "external_id"),
    ],
)
def test_bad_values_are_named(api, body, field):
    answer = api.post(URL, body, format="json")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert field in answer.json()["errors"]
    assert not DataSubject.objects.exists()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"external_id": "a\\u0000b"}', "invalid-text"),
        (b'{"external_id": "\\ud800"}', "invalid-text"),
        (b'{"\\u0000": 1}', "invalid-text"),
        (b"{", "malformed-json"),
        (b'{"external_id": NaN}', "malformed-json"),
        (b"\xff\xfe", "malformed-json"),
        (b"[" * 100_000, "malformed-json"),
    ],
)
def test_unreadable_bodies(api, raw, code):
    answer = api.post(URL, raw, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(code)
    assert not DataSubject.objects.exists()


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"17", b"null"])
def test_a_body_that_is_no_object(api, raw):
    answer = api.post(URL, raw, content_type="application/json")
    assert answer.status_code == 422
    assert "errors" in answer.json()


def test_too_large_a_body(api, settings):
    settings.MAX_JSON_BYTES = 2048
    answer = api.post(URL, {"external_id": "1", "name": "x" * 4096}, format="json")
    assert answer.status_code == 413
    assert answer.json()["type"].endswith("body-too-large")


def test_without_the_scope(make_caller):
    client = make_caller("reader", scopes=["consents:read"]).client
    answer = client.post(URL, {"external_id": "1"}, format="json")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("missing-scope")


def test_wrong_method_and_path(api):
    assert api.get(URL).status_code == 405
    missing = api.get("/api/v1/nothing-here")
    assert missing.status_code == 404
    assert missing["Content-Type"] == "application/problem+json"


def test_one_idempotency_key_is_one_act(api):
    headers = {"HTTP_IDEMPOTENCY_KEY": "abc-1"}
    first = api.post(URL, {"external_id": "1"}, format="json", **headers)
    again = api.post(URL, {"external_id": "1"}, format="json", **headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = api.post(URL, {"external_id": "2"}, format="json", **headers)
    assert other.status_code == 422
    assert other.json()["type"].endswith("idempotency-key-reused")
    assert DataSubject.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_told_of_at_once_by_many_is_one_subject(caller):
    from rest_framework.test import APIClient

    def tell(number):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {caller.token}")
        try:
            body = {"external_id": "17", "name": f"Name {number}"}
            return client.post(URL, body, format="json").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(tell, range(12)))
    assert sorted(set(codes)) == [200, 201]
    assert codes.count(201) == 1
    assert DataSubject.objects.count() == 1
