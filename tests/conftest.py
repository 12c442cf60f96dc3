"""Fixtures of every test: a real database as the web role, people, applications, clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, TransactionTestCase
from django.utils import timezone
from rest_framework.test import APIClient

from core.actors import Actor
from tests import database


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        database.remember()
        database.enter_web_role()
    TransactionTestCase._fixture_teardown = database.teardown_after_commit  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock():
        database.leave_web_role()


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def system() -> Actor:
    return Actor.system("tests")


@dataclass(frozen=True)
class Caller:
    """A voice application with a key, and a client that sends it."""

    application: Any
    key: Any
    token: str
    client: APIClient


ALL_SCOPES = (
    "calls consents:read consents:write recordings:read recordings:write transcripts:read"
    " transcripts:write phi:read phi:write decisions:read decisions:write audit:read audit:write"
    " requests:read requests:write threats mask"
).split()


@pytest.fixture
def make_caller(db: None, system: Actor) -> Callable[..., Caller]:
    """Make a voice application with a key: ``make_caller(name, scopes=..., takes_cards=...)``."""
    from accounts.services.applications import create_api_key, create_application

    def make(name: str = "Voice app", scopes: Any = ALL_SCOPES, **kwargs: Any) -> Caller:
        application = create_application(actor=system, name=name, **kwargs)
        key, token = create_api_key(actor=system, application=application, scopes=scopes)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return Caller(application, key, token, client)

    return make


@pytest.fixture
def caller(make_caller: Callable[..., Caller]) -> Caller:
    """A voice application with every scope."""
    return make_caller("Voice app")


@pytest.fixture
def stranger(make_caller: Callable[..., Caller]) -> Caller:
    """Another voice application with every scope."""
    return make_caller("Other app")


@pytest.fixture
def api(caller: Caller) -> APIClient:
    """The caller's client."""
    return caller.client


@pytest.fixture
def make_person(db: None, system: Actor) -> Callable[..., Any]:
    """Make a person: ``make_person("name", "role", ...)``."""
    from accounts.services.people import create_person

    def make(username: str, *roles: str, **kwargs: Any) -> Any:
        return create_person(
            actor=system,
            username=username,
            roles=roles,
            password="correct horse battery staple",
            **kwargs,
        )

    return make


@pytest.fixture
def as_person(make_person: Callable[..., Any]) -> Callable[..., APIClient]:
    """The API as a person of the role: ``as_person("care staff")``, or with other scopes."""
    from accounts.authentication import Credential
    from accounts.roles import scopes_of

    def enter(role: str, scopes: Any = None) -> APIClient:
        client = APIClient()
        person = make_person(f"person-{role}".replace(" ", "-"), role)
        credential = Credential(
            id=f"person:{person.pk}",
            scopes=scopes_of(person.role_codes) if scopes is None else frozenset(scopes),
            user=person,
            proved_at=timezone.now(),
        )
        client.force_authenticate(person, credential)
        return client

    return enter


def verified_client(user: Any, **options: Any) -> Client:
    """A client with a verified session of the person given; ``options`` are the client's."""
    from django_otp import DEVICE_ID_SESSION_KEY

    from accounts.adminsessions import KEY
    from accounts.services import start_admin_session
    from accounts.services.factors import start_enrolment

    client = Client(**options)
    client.force_login(user)
    device = start_enrolment(user=user)
    type(device).objects.filter(pk=device.pk).update(confirmed=True)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    begun = start_admin_session(user=user, device=device, address="127.0.0.1", agent="")
    session[KEY] = str(begun.pk)
    session.save()
    return client


@pytest.fixture
def sign_in(db: None) -> Callable[..., Client]:
    """A client with a verified session of the person given."""
    return verified_client


@pytest.fixture
def officer(make_person: Callable[..., Any]) -> Any:
    """A compliance officer."""
    return make_person("officer-one", "compliance officer")


@pytest.fixture
def officer_client(officer: Any, sign_in: Callable[[Any], Client]) -> Client:
    """The officer, signed in with a verified second factor."""
    return sign_in(officer)


@pytest.fixture
def subject(api: APIClient) -> Any:
    """A data subject told of through the API."""
    from consent.models import DataSubject

    answer = api.post(
        "/api/v1/subjects",
        {"external_id": "customer-17", "name": "Ada Example", "phone": "+1 202 555 0143"},
        format="json",
    )
    assert answer.status_code == 201, answer.content
    return DataSubject.objects.get(id=answer.json()["id"])


@pytest.fixture
def open_call(api: APIClient) -> Callable[..., dict[str, Any]]:
    """Announce a call; keyword arguments replace parts of the body."""

    def announce(**changes: Any) -> dict[str, Any]:
        body = {
            "direction": "inbound",
            "regions": ["US-TX", "US-TX"],
            "purposes": ["record", "transcribe"],
            "language": "en",
            "is_ai": True,
            **changes,
        }
        answer = api.post("/api/v1/calls", body, format="json")
        assert answer.status_code == 201, answer.content
        result: dict[str, Any] = answer.json()
        return result

    return announce


@pytest.fixture
def give_consent(api: APIClient) -> Callable[..., dict[str, Any]]:
    """Record a consent: ``give_consent(subject_id, "record", decision="withdrawn")``."""

    def give(subject_id: Any, purpose: str, **changes: Any) -> dict[str, Any]:
        body = {
            "subject": str(subject_id),
            "purpose": purpose,
            "decision": "given",
            "method": "verbal",
            "notice_version": 1,
            **changes,
        }
        answer = api.post("/api/v1/consents", body, format="json")
        assert answer.status_code == 201, answer.content
        result: dict[str, Any] = answer.json()
        return result

    return give
