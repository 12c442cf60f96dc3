"""Health records, patients and staff for tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.roles import CARE_STAFF, COMPLIANCE_OFFICER, scopes_of
from core.actors import PERSON, Actor
from phi.models import CareRelationship, HealthRecord

CONTENT = {"code": "E11.9", "note": "Zebulon's sugar is high"}
REASON = "Found unconscious in the waiting room"


def actor_for(person: Any) -> Actor:
    return Actor(PERSON, str(person.pk), person.username, "127.0.0.1")


def person_client(person: Any, *, proved: bool = True) -> APIClient:
    """The API as this person, whose factor was proved now or long ago."""
    from accounts.authentication import Credential

    client = APIClient()
    credential = Credential(
        id=f"person:{person.pk}",
        scopes=scopes_of(person.role_codes),
        user=person,
        proved_at=timezone.now() - timedelta(seconds=0 if proved else 3600),
    )
    client.force_authenticate(person, credential)
    return client


@pytest.fixture
def store(api: APIClient, subject: Any) -> Callable[..., Any]:
    """POST a health record; keyword arguments replace parts of the body."""

    def send(*, client: Any = None, **changes: Any) -> Any:
        body = {
            "subject": str(subject.id),
            "data_type": "diagnosis",
            "content": CONTENT,
            "purpose_of_use": "treatment",
            **changes,
        }
        return (client or api).post("/api/v1/phi", body, format="json")

    return send


@pytest.fixture
def health_record(store: Callable[..., Any]) -> HealthRecord:
    answer = store()
    assert answer.status_code == 201, answer.content
    return HealthRecord.objects.get(id=answer.json()["id"])


@pytest.fixture
def carer(make_person: Callable[..., Any]) -> Any:
    return make_person("carer-one", CARE_STAFF)


@pytest.fixture
def second_officer(make_person: Callable[..., Any]) -> Any:
    return make_person("officer-two", COMPLIANCE_OFFICER)


@pytest.fixture
def relate(officer: Any, carer: Any, subject: Any) -> Callable[..., CareRelationship]:
    """Make the carer look after the subject."""
    from phi.services.care import make_relationship

    def make(**changes: Any) -> CareRelationship:
        given = {
            "actor": actor_for(officer),
            "person_id": carer.pk,
            "subject_id": subject.pk,
            "kind": "treating",
            **changes,
        }
        return make_relationship(**given)

    return make


def read(client: Any, record: Any, purpose: str = "treatment", **query: Any) -> Any:
    """GET a record for a purpose."""
    id_ = getattr(record, "id", record)
    return client.get(f"/api/v1/phi/{id_}", {"purpose_of_use": purpose, **query})
