"""Personal data and secrets, planted in every call of the API, are nowhere in the audit log, in
what is logged, or in the kept answers as the database holds them."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from rest_framework.test import APIClient

from core.actors import Actor
from core.ids import uuid7
from operations.models import MaskingRule
from phi.models import MutedVariant
from phi.services.silencing import mute_recording
from tests.phi.audio import sound
from voicecompliance.logs import RequestIdFilter, RouteFilter

pytestmark = pytest.mark.django_db

NAME, EMAIL, PHONE = "Zebulon Canarius", "ada.canary@example.com", "+12025550187"
CARD, SSN, CODE = "4111 1111 1111 1111", "536-22-1234", "739154"
PASSWORD = "canary-open-sesame-17"
TOKEN = "vcs_" + "CanaryToken" * 3 + "CanaryToke"
API_KEY = "vc_canary000001_" + "CanaryKey" * 4 + "CanaryK"
FILE = "canary-file-content"
PATIENT = "PAT-CANARY"
# What is looked for: a distinctive piece of each, with and without its separators.
PIECES = [
    "Zebulon", "Canarius", "ada.canary", "2025550187", "202 555 0187", "4111 1111", "4111111111",
    "536-22", "536221234", CODE, PASSWORD, "CanaryTok", "CanaryKey", FILE, PATIENT,
]  # fmt: skip
EVERYTHING = (
    f"I am {NAME}, {EMAIL}, {PHONE}, card {CARD}, social {SSN}, code {CODE}, {PASSWORD}, {TOKEN},"
    f" {API_KEY}, {FILE}"
)
# Our own ids, hashes and times hold any digits by chance.
OWN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d+"
)

UNKNOWN = str(uuid7())
TURNS = [
    {
        "speaker": "caller",
        "text": f"My name is {NAME}. {EMAIL} {PHONE}",
        "start_ms": 0,
        "end_ms": 9,
    },
    {"speaker": "agent", "text": "And the card and its code?", "start_ms": 10, "end_ms": 19},
    {"speaker": "caller", "text": f"{CARD}. social {SSN}", "start_ms": 20, "end_ms": 29},
]
SECRETS = {
    "password": PASSWORD, "api_key": API_KEY, "token": TOKEN, "otp": CODE, "Authorization": API_KEY,
    "email": EMAIL, "phone": PHONE, "name": NAME, "first_name": NAME, "patientName": NAME,
    "address": FILE, "dateOfBirth": "1980-02-03",
}  # fmt: skip
SEEN = {"note": f"{EMAIL} {CARD} {SSN} {PHONE}", "n": 4111111111111111, EMAIL: [SSN], CARD: 1}
EVENT = {
    "event_type": f"call {CARD}",
    "action": f"mailed {EMAIL}",
    "user_id": PHONE,
    "details": {**SECRETS, "deep": [{"er": {**SECRETS, **SEEN}}], **SEEN},
}
# Every field that any body has, all wrong, and some that none has.
FIELDS = (
    "external_id subject purpose decision method notice_version call language regions direction"
    " purposes is_ai started_at ended_at timezone model_version turns text policy interaction"
    " version spoken_at_ms severity occurred_at region date_of_birth evidence query format from to"
    " details event_type action username otp unknown"
).split()
WRONG = {**dict.fromkeys(FIELDS, EVERYTHING), **SECRETS, EMAIL: NAME}
Exchange = tuple[str, str, Any]
"""Method, path and body or query; ``{call}`` and so on stand for ids of what is there."""


def wrong(method: str, path: str) -> list[Exchange]:
    """Bodies, queries and paths that do not hold."""
    return [
        (method, path, WRONG),
        (method, path, [WRONG, EVERYTHING]),
        (method, path, json.dumps(WRONG)[:-20].encode()),
        (method, f"{path}?q={EVERYTHING}&purpose={EMAIL}&external_id={PHONE}&format={NAME}", {}),
        (method, re.sub(r"\{\w+\}", UNKNOWN, path), WRONG),
        (method, re.sub(r"\{\w+\}", EMAIL, path), {}),
    ]


CALL = {
    "direction": "inbound",
    "regions": ["US-TX", "US-TX"],
    "purposes": ["record", "transcribe"],
    "language": "en",
    "is_ai": True,
}
SUBJECT = {
    "external_id": "canary-subject",
    "name": NAME,
    "phone": PHONE,
    "email": EMAIL,
    "date_of_birth": "1980-02-03",
    "patient_id": PATIENT,
    "region": "US-TX",
    "language": "en",
}
CONSENT = {
    "subject": "{subject}",
    "purpose": "record",
    "decision": "given",
    "method": "verbal",
    "notice_version": 1,
    "evidence": {"answer_text": f"Yes, {EVERYTHING}", "answer_start_ms": 1, "answer_end_ms": 2},
}
OUTSIDE = {
    "subject": "{subject}",
    "disclosed_at": "2026-03-01T10:00:00Z",
    "recipient": NAME,
    "address": f"{EMAIL}, {PHONE}",
    "description": EVERYTHING,
    "purpose": EVERYTHING,
    "authority": "512b",
}
HEALTH = {
    "subject": "{subject}",
    "data_type": "diagnosis",
    "content": FILE,
    "purpose_of_use": "treatment",
}
SIGN_IN = {"username": EMAIL, "password": PASSWORD, "otp": CODE}
OF_A_PERSON = {"username": "canary-officer", "password": PASSWORD, "otp": CODE}

PROFILE = {"subject": "{subject}", "vendor": "v", "consent": "{release}"}

# Each route's right requests. A new route must be entered here: what may be planted in it?
RIGHT: dict[str, list[Exchange]] = {
    "auth/token": [("POST", "auth/token", SIGN_IN), ("POST", "auth/token", OF_A_PERSON)],
    "auth/factor": [("POST", "auth/factor", {"otp": CODE})],
    "auth/logout": [("POST", "auth/logout", {})],
    "subjects": [("POST", "subjects", SUBJECT), ("POST", "subjects", {**SUBJECT, "email": ""})],
    "calls": [("POST", "calls", {**CALL, "external_id": "canary-subject"})],
    "calls/{call}": [
        ("GET", "calls/{call}", {}),
        ("PATCH", "calls/{call}", {"subject": "{subject}"}),
    ],
    "calls/{call}/end": [("POST", "calls/{call}/end", {"ended_at": "{now}"})],
    "calls/{call}/disclosures": [
        (
            "POST",
            "calls/{call}/disclosures",
            {"interaction": "greeting", "version": 1, "spoken_at_ms": 1},
        )
    ],
    "calls/{call}/recording": [
        ("PUT", "calls/{call}/recording", FILE.encode() * 99),
        ("PUT", "calls/{call}/recording", sound()),
    ],
    "calls/{call}/transcript": [
        ("POST", "calls/{call}/transcript", {"language": "en", "turns": TURNS})
    ],
    "consents": [("POST", "consents", CONSENT)],
    "consents/check": [
        ("GET", "consents/check", {"subject": "{subject}", "purpose": "record"}),
        ("GET", "consents/check", {"external_id": EMAIL, "purpose": "record"}),
    ],
    "consents/{consent}/receipt": [("GET", "consents/{consent}/receipt", {})],
    "recordings/{recording}/audio": [
        ("GET", "recordings/{recording}/audio", {"purpose_of_use": "quality"}),
        (
            "GET",
            "recordings/{recording}/audio",
            {"purpose_of_use": "quality", "variant": "muted"},
        ),
    ],
    "transcripts/{transcript}": [
        ("GET", "transcripts/{transcript}", {}),
        ("GET", "transcripts/{transcript}", {"view": "original", "purpose_of_use": NAME}),
    ],
    "phi": [
        ("POST", "phi", {**HEALTH, "content": EVERYTHING}),
        ("POST", "phi", {**HEALTH, "content": SECRETS}),
        ("POST", "phi", {**HEALTH, "purpose_of_use": "payment"}),
    ],
    "phi/{record}": [
        ("GET", "phi/{record}", {"purpose_of_use": "treatment"}),
        ("GET", "phi/{record}", {"purpose_of_use": "payment"}),
        ("GET", "phi/{record}", {"purpose_of_use": "emergency", "break_glass_reason": EVERYTHING}),
    ],
    "phi/accesses.fhir": [("GET", "phi/accesses.fhir", {})],
    "care-relationships": [
        ("POST", "care-relationships", {"person": "{person}", "subject": "{subject}"}),
        ("GET", "care-relationships", {}),
    ],
    "care-relationships/{relationship}": [
        ("DELETE", "care-relationships/{relationship}", {}),
    ],
    "voice-profiles": [
        ("POST", "voice-profiles", {**PROFILE, "template_ref": EMAIL}),
        ("POST", "voice-profiles", {**PROFILE, "template_ref": PHONE, "consent": None}),
    ],
    "voice-profiles/{profile}/interactions": [
        ("POST", "voice-profiles/{profile}/interactions", {})
    ],
    "voice-profiles/{profile}": [
        ("GET", "voice-profiles/{profile}", {}),
        ("DELETE", "voice-profiles/{profile}", {}),
    ],
    "mask": [
        ("POST", "mask", {"text": EVERYTHING}),
        ("POST", "mask", {"turns": TURNS}),
        ("POST", "mask", {"turns": TURNS, "policy": "balanced", "region": "US-TX"}),
    ],
    "phi/disclosures": [
        ("POST", "phi/disclosures", OUTSIDE),
        ("GET", "phi/disclosures", {"subject": "{subject}"}),
        ("GET", "phi/disclosures", {"external_id": EMAIL}),
    ],
    "phi/disclosures/statement": [
        ("GET", "phi/disclosures/statement", {"subject": "{subject}"}),
        ("GET", "phi/disclosures/statement", {"external_id": EMAIL, "from": PHONE}),
    ],
    "disclosures": [("GET", "disclosures", {"interaction": "greeting", "language": "en"})],
    "audit/events": [
        ("POST", "audit/events", EVENT),
        ("POST", "audit/events", [EVENT] * 3),
        ("POST", "audit/events", [EVENT, WRONG]),
        ("GET", "audit/events", {"actor": EMAIL, "object": PHONE, "event_type": CARD}),
        ("GET", "audit/events", {}),
    ],
    "audit/report": [("GET", "audit/report", {}), ("GET", "audit/report", {"format": "csv"})],
    "audit/events/{event}/proof": [("GET", "audit/events/{event}/proof", {})],
    "audit/checkpoints/latest": [("GET", "audit/checkpoints/latest", {})],
    "audit/checkpoints/consistency": [
        ("GET", "audit/checkpoints/consistency", {"from": 1, "to": 2})
    ],
    "audit/consistency": [("GET", "audit/consistency", {"from": 1, "to": 2})],
}
# They carry no data: the document of the API itself and its page.
OPEN = {"schema/", "docs/"}
METHODS = {route: {method for method, _, _ in exchanges} for route, exchanges in RIGHT.items()}


def routes() -> Iterator[tuple[str, Any]]:
    """Every path under /api/v1 with its view, as ``RIGHT`` writes it."""

    def walk(entries: Any, before: str) -> Iterator[tuple[str, Any]]:
        for entry in entries:
            path = before + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield path, entry.callback
            else:
                yield from walk(entry.url_patterns, path)

    for path, view in walk(get_resolver().url_patterns, ""):
        if path.startswith("api/v1/"):
            yield re.sub(r"<\w+:(\w+?)(?:_id)?>", r"{\1}", path.removeprefix("api/v1/")), view


def test_every_route_and_method_is_in_the_table():
    for route, view in routes():
        if route in OPEN:
            continue
        assert route in RIGHT, f"Plant canaries in {route}: add it to RIGHT."
        assert set(view.cls.required_scopes or {"POST": None}) <= METHODS[route], route


def filled(value: Any, ids: dict[str, str]) -> Any:
    """``value`` with ids in the place of ``{name}``."""
    text = value if isinstance(value, str) else json.dumps(value)
    for name, id_ in ids.items():
        text = text.replace("{" + name + "}", id_)
    return text if isinstance(value, str) else json.loads(text)


def send(client: APIClient, exchange: Exchange, ids: dict[str, str]) -> Any:
    method, path, body = exchange
    url = "/api/v1/" + filled(path, ids)
    headers = {"X-Request-ID": CARD.replace(" ", ""), "User-Agent": EVERYTHING}
    if method == "GET":
        return client.get(url, filled(body, ids) if isinstance(body, dict) else {}, headers=headers)
    headers["Idempotency-Key"] = str(uuid7())
    if isinstance(body, bytes):
        kind = "application/json" if body[:1] == b"{" else "application/octet-stream"
        return client.generic(method, url, body, content_type=kind, headers=headers)
    return getattr(client, method.lower())(url, filled(body, ids), format="json", headers=headers)


@pytest.fixture
def held(caplog):
    """Everything that must be clean, by where it is from: read when called."""
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(RequestIdFilter())
    caplog.handler.addFilter(RouteFilter())
    caplog.handler.setFormatter(logging.Formatter(settings.LOGGING["formatters"]["line"]["format"]))

    def read() -> dict[str, str]:
        kept = {"the log output": caplog.text}
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM audit_auditevent")
            columns = [column.name for column in cursor.description]
            for place, row in enumerate(cursor.fetchall()):
                event = dict(zip(columns, row, strict=True))
                event["entry"] = bytes(event["entry"]).decode()
                name = f"event {place}: {event['event_type']} {event['action']}"
                kept[name] = "\n".join(str(value) for value in event.values())
            cursor.execute("SELECT * FROM operations_idempotencyrecord")
            kept["kept answers"] = "\n".join(str(row) for row in cursor.fetchall())
        return kept

    return read


def assert_clean(held: dict[str, str]) -> None:
    for place, text in held.items():
        bare = OWN.sub("", text)
        for piece in PIECES:
            assert piece not in bare, f"{piece} in {place}: {bare[:2000]}"


@pytest.fixture
def blob_store(tmp_path, monkeypatch):
    store = storages["blobs"]
    monkeypatch.setattr(settings, "BLOB_ROOT", tmp_path)
    monkeypatch.setattr(store, "_location", tmp_path)
    for cached in ("base_location", "location"):
        store.__dict__.pop(cached, None)
    yield
    for cached in ("base_location", "location"):
        store.__dict__.pop(cached, None)


def ids_of(api: APIClient) -> dict[str, str]:
    """Things that are there, written with canaries in them."""
    subject = send(api, RIGHT["subjects"][0], {}).json()["id"]
    ids = {"subject": subject}
    call = send(api, ("POST", "calls", {**CALL, "subject": subject}), ids).json()["id"]
    ids |= {"call": call, "now": timezone.now().isoformat()}
    for purpose in ("record", "transcribe"):
        body = {**CONSENT, "purpose": purpose, "call": call}
        answer = send(api, ("POST", "consents", body), ids)
        assert answer.status_code == 201, answer.content
        ids["consent"] = answer.json()["id"]
    answer = send(api, RIGHT["calls/{call}/recording"][1], ids)
    assert answer.status_code == 201, answer.content
    ids["recording"] = answer.json()["id"]
    answer = send(api, RIGHT["calls/{call}/transcript"][0], ids)
    assert answer.status_code == 201, answer.content
    ids["transcript"] = answer.json()["id"]
    mute_recording(actor=Actor.system("tests"), recording_id=ids["recording"])
    assert MutedVariant.objects.get(pk=ids["recording"]).state == "ready"
    answer = send(api, RIGHT["phi"][0], ids)
    assert answer.status_code == 201, answer.content
    ids["record"] = answer.json()["id"]
    body = {**CONSENT, "purpose": "voiceprint", "method": "written", "call": call}
    ids["release"] = send(api, ("POST", "consents", body), ids).json()["id"]
    answer = send(api, ("POST", "voice-profiles", {**PROFILE, "template_ref": CARD}), ids)
    assert answer.status_code == 201, answer.content
    ids["profile"] = answer.json()["id"]
    answer = send(api, RIGHT["audit/events"][0], ids)
    assert answer.status_code == 201, answer.content
    ids["event"] = answer.json()["id"]
    return ids


def test_nothing_planted_is_kept(api, held, make_person, sign_in, blob_store):
    officer = make_person("canary-officer", "compliance officer")
    carer = make_person("canary-carer", "care staff")
    ids = {**ids_of(api), "person": str(carer.pk)}
    related = {"person": "{person}", "subject": "{subject}"}
    long_ago = {"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-02-01T00:00:00Z"}
    kept = send(api, ("POST", "care-relationships", {**related, **long_ago}), ids)
    ids["relationship"] = kept.json()["id"]
    nobody, stranger = APIClient(), APIClient()
    stranger.credentials(HTTP_AUTHORIZATION=f"Bearer {API_KEY}")
    taken: dict[str, set[int]] = {}
    for route, _ in routes():
        if route in OPEN:
            continue
        for exchange in RIGHT[route]:
            taken.setdefault(route, set()).add(send(api, exchange, ids).status_code)
        for method in METHODS[route]:
            for exchange in wrong(method, route):
                code = send(api, exchange, ids).status_code
                assert code < 500, (exchange, code)
            for client in (nobody, stranger):
                assert send(client, (method, route, WRONG), ids).status_code < 500
    # The right requests were right, but for those that are a refusal by design.
    refused = {route for route, codes in taken.items() if not any(code < 300 for code in codes)}
    # It has ended already.
    once = {
        "calls/{call}/transcript",
        "care-relationships/{relationship}",
        "voice-profiles/{profile}/interactions",
    }
    unsealed = {route for route in taken if re.search("proof|checkpoint|consistency", route)}
    people_only = {"auth/factor", "auth/logout", "phi/disclosures/statement"}
    assert refused <= {"auth/token"} | people_only | once | unsealed
    for place in ("admin:login", "admin:index"):
        page = Client()
        for name in (EMAIL, NAME, PASSWORD, "canary-officer"):
            page.post(reverse(place), {"username": name, "password": PASSWORD, "otp_token": CODE})
            page.get(reverse(place), {"next": f"/{EMAIL}", "q": EVERYTHING})
    # What an officer tries, and a rule that would name somebody.
    tried = {"text": EVERYTHING, "policy": "strict", "language": "en"}
    rule = {"kind": "cue", "label": "NAME", "pattern": EVERYTHING, "name": EMAIL, "note": CARD}
    page = sign_in(officer)
    for form in (tried, {**tried, **rule}, {**tried, **rule, "act": "add"}):
        assert page.post(reverse("admin:operations_maskingrule_try"), form).status_code == 200
    assert not MaskingRule.objects.exists()
    found = held()
    assert len(found) > 30
    assert_clean(found)


def test_the_search_finds_what_is_there(api, held):
    """Each canary put into the log on purpose is found: the test above is not blind."""
    from audit.services import record

    for piece in PIECES:
        record(actor=Actor("person", "1", piece), event_type="blind", action="no")
        with pytest.raises(AssertionError, match="in event"):
            assert_clean(held())
