"""Accesses as FHIR R4 AuditEvents: cardinalities and required bindings of the published
specification (https://hl7.org/fhir/R4/auditevent.html), and that nothing is left out."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.roles import AUDITOR
from core import accesses
from core.ids import uuid7
from phi.fhir import audit_event
from phi.models import Access, PurposeOfUse
from tests.phi.conftest import problem
from tests.phi.health import REASON, person_client, read

pytestmark = pytest.mark.django_db

# Element: (least, most, kind). Only these may stand there; None is any number.
CODING = {"system": (0, 1, "uri"), "code": (0, 1, "code"), "display": (0, 1, "string")}
CONCEPT: dict[str, Any] = {"coding": (0, None, CODING), "text": (0, 1, "string")}
IDENTIFIER = {"system": (0, 1, "uri"), "value": (0, 1, "string")}
REFERENCE: dict[str, Any] = {
    "reference": (0, 1, "string"),
    "type": (0, 1, "uri"),
    "identifier": (0, 1, IDENTIFIER),
    "display": (0, 1, "string"),
}
AUDIT_EVENT: dict[str, Any] = {
    "resourceType": (1, 1, "string"),
    "id": (0, 1, "id"),
    "type": (1, 1, CODING),
    "subtype": (0, None, CODING),
    "action": (0, 1, "action"),
    "recorded": (1, 1, "instant"),
    "outcome": (0, 1, "outcome"),
    "purposeOfEvent": (0, None, CONCEPT),
    "agent": (
        1,
        None,
        {
            "type": (0, 1, CONCEPT),
            "role": (0, None, CONCEPT),
            "who": (0, 1, REFERENCE),
            "altId": (0, 1, "string"),
            "name": (0, 1, "string"),
            "requestor": (1, 1, "boolean"),
        },
    ),
    "source": (
        1,
        1,
        {
            "site": (0, 1, "string"),
            "observer": (1, 1, REFERENCE),
            "type": (0, None, CODING),
        },
    ),
    "entity": (
        0,
        None,
        {
            "what": (0, 1, REFERENCE),
            "type": (0, 1, CODING),
            "role": (0, 1, CODING),
            "name": (0, 1, "string"),
            "query": (0, 1, "base64Binary"),
            "detail": (0, None, {"type": (1, 1, "string"), "valueString": (1, 1, "string")}),
        },
    ),
}
# FHIR R4's own regular expressions; required bindings are written out.
KINDS = {
    "string": r"[ \r\n\t\S]+",
    "code": r"[^\s]+(\s[^\s]+)*",
    "uri": r"\S+",
    "id": r"[A-Za-z0-9\-\.]{1,64}",
    "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "action": r"[CRUDE]",
    "outcome": r"0|4|8|12",
}


def check(value: Any, shape: dict[str, Any], at: str) -> None:
    assert isinstance(value, dict), at
    assert value, f"{at} is empty"
    assert value.keys() <= shape.keys(), (at, value.keys() - shape.keys())
    for name, (least, most, kind) in shape.items():
        place = f"{at}.{name}"
        if name not in value:
            assert not least, f"{place} is missing"
            continue
        given = value[name]
        assert isinstance(given, list) is (most is None), place
        for each in given if most is None else [given]:
            if isinstance(kind, dict):
                check(each, kind, place)
            elif kind == "boolean":
                assert isinstance(each, bool), place
            else:
                assert isinstance(each, str), place
                assert re.fullmatch(KINDS[kind], each), (place, each)
        assert not isinstance(given, list) or len(given) >= max(least, 1), place


def valid(event: dict[str, Any]) -> dict[str, Any]:
    """The event, which must be an AuditEvent of R4."""
    check(event, AUDIT_EVENT, "AuditEvent")
    assert event["resourceType"] == "AuditEvent"
    for entity in event["entity"]:
        # sev-1: either a name or a query, not both.
        assert not {"name", "query"} <= entity.keys()
    return event


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/fhir+ndjson"
    assert answer["Cache-Control"] == "no-store"
    return [valid(json.loads(line)) for line in b"".join(answer.streaming_content).splitlines()]


def made(**changes: Any) -> Access:
    return Access(
        **{
            "subject_id": uuid7(),
            "accessed_at": timezone.now(),
            "actor_kind": "person",
            "actor_id": "7",
            "actor_name": "carer-one",
            "kind": accesses.HEALTH_RECORDS,
            "object_type": "phi.HealthRecord",
            "object_id": "9",
            "purpose_of_use": "",
            "granted_by": "",
            "event_id": uuid7(),
            **changes,
        }
    )


def test_the_checker_finds_faults() -> None:
    good = audit_event(made())
    for fault in (
        {"agent": []},
        {"recorded": "yesterday"},
        {"action": "L"},
        {"extra": 1},
        {"source": {}},
    ):
        with pytest.raises(AssertionError):
            valid({**good, **fault})


@pytest.mark.parametrize("purpose", ["", *PurposeOfUse.values])
@pytest.mark.parametrize("granted_by", ["", "break_glass", "role"])
@pytest.mark.parametrize("actor", ["person", "application", "system", "anonymous"])
def test_every_access_is_an_audit_event(purpose: str, granted_by: str, actor: str) -> None:
    nameless = {"actor_id": "", "actor_name": ""} if actor == "anonymous" else {}
    event = valid(
        audit_event(
            made(purpose_of_use=purpose, granted_by=granted_by, actor_kind=actor, **nameless)
        )
    )
    codes = [
        coding["code"]
        for concept in event.get("purposeOfEvent", [])
        for coding in concept.get("coding", [])
    ]
    known = {"treatment": "TREAT", "emergency": "ETREAT", "payment": "HPAYMT", "legal": "HLEGAL"}
    if purpose in known:
        assert known[purpose] in codes
    assert ("BTG" in codes) is (granted_by == "break_glass")


def test_the_export(health_record: Any, api: Any, carer: Any, events: Any, store: Any) -> None:
    read(api, health_record)
    read(person_client(carer), health_record, "emergency", break_glass_reason=REASON)
    told = api.post("/api/v1/subjects", {"external_id": "18"}, format="json").json()["id"]
    store(subject=told)
    found = lines(api.get("/api/v1/phi/accesses.fhir"))
    assert [each["id"] for each in found] == [
        str(id_)
        for id_ in Access.objects.order_by("accessed_at", "id").values_list("id", flat=True)
    ]
    assert len(found) == 5
    looked = found[3]
    assert looked["action"] == "R"
    assert looked["agent"][0]["who"]["identifier"]["value"] == str(carer.pk)
    assert looked["entity"][0]["what"]["identifier"]["value"] == str(health_record.subject_id)
    assert looked["entity"][1]["what"]["identifier"]["value"] == str(health_record.pk)
    assert found[0]["action"] == "C"
    alone = lines(api.get("/api/v1/phi/accesses.fhir", {"subject": told}))
    assert len(alone) == 1
    assert len(events("accesses", "exported")) == 2
    assert "unconscious" not in json.dumps(found)


def test_periods(health_record: Any, api: Any) -> None:
    now = timezone.now()
    path = "/api/v1/phi/accesses.fhir"
    at = Access.objects.get().accessed_at
    assert len(lines(api.get(path, {"from": at.isoformat()}))) == 1
    assert lines(api.get(path, {"to": at.isoformat()})) == []
    assert lines(api.get(path, {"from": (at + timedelta(microseconds=1)).isoformat()})) == []
    for query in (
        {"from": now.isoformat(), "to": (now - timedelta(1)).isoformat()},
        {"from": (now - timedelta(400)).isoformat()},
        {"from": "yesterday"},
        {"to": "0001-01-01T00:00:00Z"},
        {"subject": "17"},
    ):
        assert api.get(path, query).status_code == 422, query


def test_pages_of_the_export_join(health_record: Any, api: Any, monkeypatch: Any) -> None:
    from phi.services import accessexport

    monkeypatch.setattr(accessexport, "_STEP", 2)
    at = timezone.now() - timedelta(hours=1)
    # Several at one moment: a page may end between them.
    Access.objects.bulk_create(made(accessed_at=at) for _ in range(5))
    found = [each["id"] for each in lines(api.get("/api/v1/phi/accesses.fhir"))]
    assert len(found) == len(set(found)) == 6


def test_who_may(health_record: Any, make_person: Any, make_caller: Any) -> None:
    path = "/api/v1/phi/accesses.fhir"
    auditor = person_client(make_person("auditor-one", AUDITOR))
    assert len(lines(auditor.get(path))) == 1
    narrow = make_person("narrow-one", AUDITOR)
    narrow.groups.get().permissions.remove(Permission.objects.get(codename="view_access"))
    problem(person_client(narrow).get(path), 403, "missing-permission")
    problem(make_caller("Few", scopes=["phi:read"]).client.get(path), 403, "missing-scope")
    late = person_client(make_person("auditor-two", AUDITOR), proved=False)
    problem(late.get(path), 403, "factor-needed")
