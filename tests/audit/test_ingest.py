"""Reporting events by API: one or a batch, all or nothing, quickly and no less strictly."""

from __future__ import annotations

import io
import json
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError
from rest_framework.test import APIClient

from audit import canonical, ingest, merkle
from audit.models import AuditEvent, Outbox
from audit.redaction import REDACTED
from audit.serializers import entries_of
from audit.services import fields_of
from core.errors import Malformed
from core.rest.parsers import StrictJSONParser

pytestmark = pytest.mark.django_db
URL = "/api/v1/audit/events"
EVENT = {
    "event_type": "call",
    "action": "answered",
    "user_id": "customer-17",
    "severity": "WARNING",
    "occurred_at": "2026-01-31T10:15:00+02:00",
    "details": {"queue": "en", "attempt": 2, "share": 0.5},
}


def post(api, body, **headers):
    return api.post(URL, body, format="json", **headers)


def raw(api, body, content_type="application/json", **headers):
    return api.generic("POST", URL, body, content_type=content_type, **headers)


def reported():
    return AuditEvent.objects.filter(event_type="call")


def test_one_event(api, caller):
    answer = post(api, EVENT)
    assert answer.status_code == 201, answer.content
    event = AuditEvent.objects.with_id(UUID(answer.json()["id"])).get()
    assert (event.event_type, event.action, event.severity) == ("call", "answered", "WARNING")
    assert (event.object_type, event.object_id) == ("user", "customer-17")
    assert event.occurred_at == datetime(2026, 1, 31, 8, 15, tzinfo=UTC)
    assert event.details == {"queue": "en", "attempt": 2, "share": "0.5"}
    assert (event.actor_kind, event.actor_name) == ("reporter", "Voice app")
    assert event.actor_id == str(caller.application.id)
    assert event.request_id == answer["X-Request-ID"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_receipt_is_the_leaf_of_the_stored_bytes(api, number):
    body = EVENT if number == 1 else [EVENT] * number
    answer = post(api, body).json()
    leaves = [answer["leaf_hash"]] if number == 1 else answer["leaf_hashes"]
    ids = [answer["id"]] if number == 1 else answer["ids"]
    for id_, leaf in zip(ids, leaves, strict=True):
        event = AuditEvent.objects.with_id(UUID(id_)).get()
        assert bytes(event.entry) == canonical.encode(fields_of(event))
        assert merkle.leaf_hash(bytes(event.entry)).hex() == leaf
        assert bytes(Outbox.objects.get(event_id=id_).leaf_hash).hex() == leaf


def test_only_type_and_action_are_needed(api):
    assert post(api, {"event_type": "call", "action": "rang"}).status_code == 201
    event = reported().get()
    assert (event.severity, event.details, event.object_id, event.occurred_at) == (
        "INFO",
        {},
        "",
        None,
    )


def test_a_batch_keeps_its_order(api):
    body = [{**EVENT, "action": f"step {chr(97 + n % 26)}"} for n in range(60)]
    ids = post(api, body).json()["ids"]
    held = dict(reported().values_list("id", "action"))
    assert [held[UUID(id_)] for id_ in ids] == [item["action"] for item in body]


def test_a_thousand_and_no_more(api):
    few = {"event_type": "call", "action": "rang"}
    assert len(post(api, [few] * 1000).json()["ids"]) == 1000
    answer = post(api, [few] * 1001)
    assert answer.status_code == 422
    assert "1000" in answer.json()["errors"]["body"][0]
    assert reported().count() == 1000


def test_an_empty_batch_is_refused(api):
    assert post(api, []).status_code == 422


def test_all_or_nothing_and_each_wrong_item_is_named(api):
    body = [
        EVENT,
        {**EVENT, "severity": "LOUD"},
        {**EVENT, "event_type": ""},
        {**EVENT, "details": []},
        "x",
        {},
    ]
    answer = post(api, body)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {
        "[1].severity",
        "[2].event_type",
        "[3].details",
        "[4].body",
        "[5].event_type",
        "[5].action",
    }
    assert not reported().exists()
    assert not Outbox.objects.filter(event_id__in=reported().values("id")).exists()


def _deep(levels):
    value = {}
    for _ in range(levels - 1):
        value = {"d": value}
    return value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("event_type", "x" * 81),
        ("event_type", " "),
        ("event_type", None),
        ("action", ""),
        ("action", "x" * 81),
        ("action", ["x"]),
        ("user_id", ""),
        ("user_id", "x" * 81),
        ("user_id", {}),
        ("severity", "info"),
        ("severity", None),
        ("details", "x"),
        ("details", None),
        ("details", {"x": "y" * 32 * 1024}),
        ("details", _deep(33)),
        ("occurred_at", "yesterday"),
        ("occurred_at", 1769847300),
        ("occurred_at", "0001-01-01T00:00:00+14:00"),
        ("occurred_at", "9999-12-31T23:59:59Z"),
        ("occurred_at", "2026-02-30T10:00:00Z"),
    ],
)
@pytest.mark.parametrize("batch", [False, True])
def test_a_field_that_does_not_hold(api, field, value, batch):
    body = {**EVENT, field: value}
    answer = post(api, [EVENT, body] if batch else body)
    assert answer.status_code == 422, answer.content
    (name,) = answer.json()["errors"]
    assert name.startswith(f"[1].{field}" if batch else field)
    assert not reported().exists()


def test_at_the_limits(api):
    body = {
        **EVENT,
        "action": "x" * 80,
        "details": _deep(32),
        "occurred_at": (timezone.now() + timedelta(hours=23)).isoformat(),
    }
    assert post(api, body).status_code == 201
    assert post(api, {**EVENT, "details": {"x": "y" * (32 * 1024 - 8)}}).status_code == 201
    ahead = (timezone.now() + timedelta(hours=25)).isoformat()
    assert post(api, {**EVENT, "occurred_at": ahead}).status_code == 422


@pytest.mark.parametrize("text", [r"a\u0000b", r"a\ud800b"])
@pytest.mark.parametrize("where", ["event_type", "details", "key"])
@pytest.mark.parametrize("batch", [False, True])
def test_text_that_no_database_holds(api, text, where, batch):
    body = json.dumps(EVENT)
    old, new = {
        "event_type": ('"call"', f'"{text}"'),
        "details": ('"en"', f'"{text}"'),
        "key": ('"queue"', f'"{text}"'),
    }[where]
    body = body.replace(old, new)
    answer = raw(api, f"[{body}]" if batch else body)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/invalid-text")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "malformed-json"),
        (b'{"event_type": NaN}', "malformed-json"),
        (b"\xff", "malformed-json"),
        (b'{"event_type": "call", "action": "x", "other": "\xff"}', "malformed-json"),
        (b"[" * 100_000, "malformed-json"),
    ],
)
def test_a_body_that_cannot_be_read(api, body, code):
    answer = raw(api, body)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (400, code)


@pytest.mark.parametrize("body", [b"", b"7", b'"x"', b"null", b"true"])
def test_a_body_that_is_no_event(api, body):
    assert raw(api, body).status_code == 422


def test_too_large(api, settings):
    settings.MAX_JSON_BYTES = 2000
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2001
    for size in (1990, 5000):
        answer = post(api, {**EVENT, "details": {"x": "y" * size}})
        assert answer.status_code == 413
        assert answer.json()["type"].endswith("/body-too-large")


def test_another_media_type(api):
    assert raw(api, json.dumps(EVENT), content_type="text/plain").status_code == 415
    assert raw(api, json.dumps(EVENT), content_type="application/xml").status_code == 415
    with_charset = raw(api, json.dumps(EVENT), content_type="application/json; charset=utf-8")
    assert with_charset.status_code == 201


def test_an_answer_that_is_not_accepted(api):
    assert post(api, EVENT, HTTP_ACCEPT="text/html").status_code == 406
    assert not reported().exists()


def test_other_methods(api):
    for method in ("put", "patch", "delete"):
        answer = getattr(api, method)(URL, EVENT, format="json")
        assert answer.status_code == 405
        assert "POST" in answer["Allow"]


def test_who_may_not(make_caller, caller):
    nobody = APIClient()
    assert post(nobody, EVENT).status_code == 401
    wrong = APIClient()
    wrong.credentials(HTTP_AUTHORIZATION=f"Bearer {caller.token[:-1]}!")
    assert post(wrong, EVENT).status_code == 401
    reader = make_caller("Reader", scopes=["audit:read"])
    answer = post(reader.client, EVENT)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/missing-scope")
    assert not reported().exists()


def test_the_rate_limit_holds(api, settings):
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**rates, "ingest": "2/min"},
    }
    codes = [post(api, EVENT).status_code for _ in range(4)]
    assert codes.count(201) == 2
    assert codes[-1] == 429


def test_the_same_key_is_one_act(api):
    for body in (EVENT, [EVENT, EVENT]):
        key = f"key-{len(body)}"
        before = reported().count()
        first = post(api, body, HTTP_IDEMPOTENCY_KEY=key)
        again = post(api, body, HTTP_IDEMPOTENCY_KEY=key)
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        assert again["Idempotency-Replayed"] == "true"
        assert reported().count() == before + (1 if isinstance(body, dict) else 2)
        other = post(api, {**EVENT, "action": "ended"}, HTTP_IDEMPOTENCY_KEY=key)
        assert other.status_code == 422


def test_a_refused_batch_leaves_its_key_free(api):
    wrong = post(api, [EVENT, {}], HTTP_IDEMPOTENCY_KEY="again")
    assert wrong.status_code == 422
    assert post(api, [EVENT], HTTP_IDEMPOTENCY_KEY="again").status_code == 201


def test_personal_data_and_secrets_are_not_kept(api):
    body = {
        "event_type": "call of 4111 1111 1111 1111",
        "action": "mail ada@example.com",
        "user_id": "+1 202 555 0143",
        "details": {"password": "open sesame", "note": "ssn 536-22-1234", "deep": [{"otp": "8"}]},
    }
    for many in (body, [body, EVENT]):
        assert post(api, many).status_code == 201
    masked = AuditEvent.objects.filter(details__has_key="password")
    assert len(masked) == 2
    for event in masked:
        held = json.loads(bytes(event.entry))
        text = " ".join(str(held[key]) for key in ("event_type", "action", "object_id", "details"))
        for piece in ("4111", "ada@", "555", "sesame", "1234", "'8'"):
            assert piece not in text
    event = AuditEvent.objects.filter(details__has_key="password").first()
    assert event.details["password"] == REDACTED
    assert event.details["deep"] == [{"otp": REDACTED}]


@pytest.mark.django_db(transaction=True)
def test_one_event_is_one_statement(api):
    """Beside the look at the key there is the insert, by the driver, and no BEGIN or COMMIT."""
    post(api, EVENT)
    with CaptureQueriesContext(connection) as queries:
        assert post(api, EVENT).status_code == 201
    assert [query["sql"].split()[0] for query in queries] == ["EXECUTE"]
    assert Outbox.objects.filter(event_id__in=reported().values("id")).count() == 2


@pytest.mark.django_db(transaction=True)
def test_reporters_at_once_lose_nothing(api):
    failures = []

    def send(number):
        try:
            client = APIClient()
            client.credentials(**api._credentials)
            for _ in range(5):
                body = EVENT if number % 2 else [EVENT] * 7
                if post(client, body).status_code != 201:
                    failures.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert reported().count() == 3 * 5 * (1 + 7)
    assert Outbox.objects.filter(event_id__in=reported().values("id")).count() == 120


NAMES = st.text(max_size=4) | st.sampled_from(["call", " a ", "x" * 80, "x" * 81, "\x85", "\ufeff"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
BODIES = st.fixed_dictionaries(
    {"event_type": NAMES | VALUES, "action": NAMES},
    optional={
        "user_id": NAMES | st.integers() | st.none() | VALUES,
        "details": st.dictionaries(st.text(max_size=3), VALUES, max_size=3) | VALUES,
        "severity": st.sampled_from(["INFO", "ERROR", "LOUD", None]),
        "occurred_at": st.sampled_from(
            "2026-01-31T10:15:00Z 2026-01-31T10:15:00.123456-05:30 2026-01-31 1969-12-31T23:00:00Z"
            " 2026-01-31T10:15:00 2999-01-01T00:00:00Z 2026-01-31T24:00:00Z x".split()
        )
        | st.none()
        | st.datetimes().map(datetime.isoformat),
        "other": VALUES,
    },
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(BODIES, min_size=1, max_size=2), st.booleans(), st.booleans())
def test_the_short_way_accepts_nothing_that_the_long_way_refuses(bodies, batch, ascii_):
    body = json.dumps(bodies if batch else bodies[0], ensure_ascii=ascii_).encode(
        errors="surrogatepass"
    )
    request = SimpleNamespace(content_type="application/json", body=body)
    quick = ingest.read_quickly(request)
    if quick is None:
        return
    try:
        slow = entries_of(StrictJSONParser().parse(io.BytesIO(body)))
    except (ValidationError, Malformed) as error:
        raise AssertionError(f"{error!r} for {body!r}") from None
    assert slow[1] == quick[1]
    for left, right in zip(slow[0], quick[0], strict=True):
        assert left == right


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**63) - 1, 10**40])
def test_an_integer_beyond_64_bits_takes_the_long_way(number):
    body = json.dumps([{**EVENT, "details": {"n": [number]}}]).encode()
    request = SimpleNamespace(content_type="application/json", body=body)
    quick = ingest.read_quickly(request)
    slow = entries_of(StrictJSONParser().parse(io.BytesIO(body)))
    assert quick is None or quick[0] == slow[0]


def test_a_right_body_takes_the_short_way():
    for body in (EVENT, [EVENT] * 3):
        request = SimpleNamespace(content_type="application/json", body=json.dumps(body).encode())
        assert ingest.read_quickly(request) is not None
