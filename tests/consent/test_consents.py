"""POST /consents, the check and the receipt."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from consent.models import ConsentRecord, Notice

pytestmark = pytest.mark.django_db
URL = "/api/v1/consents"


def check(api, subject, purpose="record"):
    answer = api.get(f"{URL}/check", {"subject": str(subject.id), "purpose": purpose})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_never_asked(api, subject):
    assert check(api, subject) == {
        "granted": False,
        "decision": None,
        "record_id": None,
        "decided_at": None,
        "expires_at": None,
    }


def test_given_withdrawn_given(api, subject, give_consent):
    first = give_consent(subject.id, "record")
    assert check(api, subject)["granted"]
    second = give_consent(subject.id, "record", decision="withdrawn", notice_version=None)
    found = check(api, subject)
    assert (found["granted"], found["decision"]) == (False, "withdrawn")
    assert second["supersedes"] == first["id"]
    give_consent(subject.id, "record")
    assert check(api, subject)["granted"]
    assert not check(api, subject, "transcribe")["granted"]


def test_by_external_id_and_by_another_application(subject, give_consent, stranger):
    give_consent(subject.id, "record")
    answer = stranger.client.get(
        f"{URL}/check", {"external_id": "customer-17", "purpose": "record"}
    )
    assert answer.json()["granted"]


def test_the_record_names_the_words_that_were_read_out(subject, give_consent):
    given = give_consent(subject.id, "record", language="es")
    notice = Notice.objects.get(purpose__code="record", language="es")
    assert given["notice_id"] == str(notice.id)
    assert given["notice_sha256"] == notice.sha256


def test_the_answers_words_are_sealed_without_security_codes(subject, give_consent):
    from vault import services as vault

    given = give_consent(
        subject.id,
        "record",
        evidence={
            "answer_text": "yes and my cvv is 123",
            "asr_confidence": 0.9,
            "answer_start_ms": 10,
            "answer_end_ms": 20,
        },
    )
    row = ConsentRecord.objects.get(id=given["id"])
    aad = f"consent.consentrecord.answer|{row.id}"
    words = vault.open_(subject.id, aad, row.answer_sealed).decode()
    assert words.startswith("yes and my cvv is")
    assert "123" not in words
    assert "answer_text" not in row.evidence
    assert row.evidence["answer_end_ms"] == 20


@pytest.mark.parametrize(
    ("purpose", "method"),
    [
        ("voiceprint", "stay_on_line"),
        ("voiceprint", "verbal"),
        ("marketing_calls", "dtmf"),
        ("training", "stay_on_line"),
    ],
)
def test_a_method_too_weak(api, subject, purpose, method):
    body = {
        "subject": str(subject.id),
        "purpose": purpose,
        "decision": "given",
        "method": method,
        "notice_version": 1,
    }
    answer = api.post(URL, body, format="json")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("method-too-weak")
    assert answer.json()["rule"].endswith("-consent")
    assert not ConsentRecord.objects.exists()


def test_a_no_is_taken_by_any_means(subject, give_consent):
    give_consent(
        subject.id, "voiceprint", decision="denied", method="stay_on_line", notice_version=None
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"notice_version": None}, "notice_version"),
        ({"notice_version": 99}, "notice_version"),
        ({"purpose": "dancing"}, "purpose"),
        ({"decision": "maybe"}, "decision"),
        ({"method": "telepathy"}, "method"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"evidence": {"answer_start_ms": 5, "answer_end_ms": 1}}, "evidence.answer_end_ms"),
        ({"evidence": {"asr_confidence": 2}}, "evidence.asr_confidence"),
    ],
)
def test_bad_values_are_named(api, subject, change, field):
    body = {
        "subject": str(subject.id),
        "purpose": "record",
        "decision": "given",
        "method": "verbal",
        "notice_version": 1,
        **change,
    }
    body = {key: value for key, value in body.items() if value is not None}
    answer = api.post(URL, body, format="json")
    assert answer.status_code == 422, answer.content
    assert field in answer.json()["errors"]
    assert not ConsentRecord.objects.exists()


def test_unknown_subjects_and_calls(api, subject, stranger, open_call):
    nobody = "0191e8f0-0000-7000-8000-000000000000"
    body = {"purpose": "record", "decision": "given", "method": "verbal", "notice_version": 1}
    assert api.post(URL, {**body, "subject": nobody}, format="json").status_code == 404
    call = open_call(subject=str(subject.id))
    foreign = {**body, "subject": str(subject.id), "call": call["id"]}
    assert stranger.client.post(URL, foreign, format="json").status_code == 404
    assert api.post(URL, foreign, format="json").status_code == 201
    answer = api.get(f"{URL}/check", {"subject": nobody, "purpose": "record"})
    assert answer.status_code == 404


def test_audited(subject, give_consent):
    given = give_consent(subject.id, "record")
    event = AuditEvent.objects.about("consent.ConsentRecord", given["id"]).get()
    assert (event.action, event.details["subject"]) == ("given", str(subject.id))


def test_receipt_is_signed(api, subject, give_consent, stranger):
    given = give_consent(subject.id, "record")
    answer = api.get(f"{URL}/{given['id']}/receipt").json()
    signature = answer["signature"]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"]))
    key.verify(base64.b64decode(signature["value"]), rfc8785.dumps(answer["receipt"]))
    assert answer["receipt"]["pii_processing"]["purposes"][0]["purpose"] == "record"
    missing = api.get(f"{URL}/0191e8f0-0000-7000-8000-000000000000/receipt")
    assert missing.status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_consentrecord SET decision = 'given'",
        "DELETE FROM consent_consentrecord",
        "TRUNCATE consent_consentrecord CASCADE",
        "UPDATE consent_gateanswer SET answer = '{}'",
        "DELETE FROM consent_gateanswer",
    ],
)
def test_append_only_by_raw_sql(subject, give_consent, open_call, statement):
    give_consent(subject.id, "record", decision="denied")
    open_call(subject=str(subject.id))
    for role, word in (("voicecompliance_web", "permission denied"), ("none", "append-only")):
        with pytest.raises((IntegrityError, ProgrammingError), match=word):  # noqa: SIM117
            with transaction.atomic(), connection.cursor() as cursor:
                # TRUNCATE minds deferred checks before it minds triggers.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"SET LOCAL ROLE {role}")
                cursor.execute(statement)


def test_a_published_notice_is_never_edited():
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        Notice.objects.filter(language="en").update(text="other words")


def test_the_check_is_one_index_read(api, subject, give_consent, django_assert_num_queries):
    give_consent(subject.id, "record")
    check(api, subject)
    with django_assert_num_queries(4):
        check(api, subject)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["record", "transcribe"]),
            st.sampled_from(["given", "denied", "withdrawn"]),
        ),
        max_size=8,
    )
)
def test_the_last_word_counts(api, subject, give_consent, words):
    with transaction.atomic():
        expected: dict = {}
        for purpose, decision in words:
            give_consent(subject.id, purpose, decision=decision)
            expected[purpose] = decision
        for purpose in ("record", "transcribe"):
            found = check(api, subject, purpose)
            assert found["decision"] == expected.get(purpose)
            assert found["granted"] == (expected.get(purpose) == "given")
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_form_one_line(caller, subject):
    from rest_framework.test import APIClient

    def decide(number):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {caller.token}")
        body = {
            "subject": str(subject.id),
            "purpose": "record",
            "method": "verbal",
            "decision": "given" if number % 2 else "withdrawn",
            "notice_version": 1,
        }
        try:
            return client.post(URL, body, format="json").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(decide, range(12))) == {201}
    rows = list(ConsentRecord.objects.order_by("decided_at", "id"))
    assert [row.supersedes for row in rows[1:]] == [row.id for row in rows[:-1]]
