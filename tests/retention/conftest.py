"""A kind of data for the deleter: rows of ``operations.Job``, with ``claim`` as the subject's id
and the row's own id as the call's, declared for one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from audit.models import AuditEvent
from core import inventory
from core.actors import PERSON, Actor
from core.database import DROPPER
from core.inventory import Declaration, Period
from operations.models import Job
from retention.models import LegalHold

KEPT = timedelta(days=30)


class Kind:
    """The declared kind, and what its functions were called with."""

    def __init__(self) -> None:
        self.erased: list[list[UUID]] = []
        self.removed: list[str] = []
        self.poisoned: set[UUID] = set()
        self.declaration = Declaration(
            model=Job,
            code="things",
            title="Things",
            clock="created_at",
            keep=Period(days=30),
            lawful_bases=("GDPR 6(1)(c)",),
            subject_path="claim",
            call_path="id",
            live=Q(kind="thing"),
            export=lambda subject_id: [
                {"id": str(pk)}
                for pk in Job.objects.filter(claim=subject_id).values_list("pk", flat=True)
            ],
            erase=self.erase,
            remove_blobs=self.removed.extend,
        )

    def erase(self, rows: Sequence[Any]) -> list[str]:
        ids = [row.pk for row in rows]
        self.erased.append(ids)
        if self.poisoned & set(ids):
            raise RuntimeError("cannot be erased")
        Job.objects.filter(pk__in=ids).delete()
        return [f"blob-{id_}" for id_ in ids]

    def add(self, clock: datetime, subject: UUID | None = None) -> Job:
        return Job.objects.create(
            kind="thing",
            requested_by_kind="system",
            requested_by_id="tests",
            created_at=clock,
            queued_at=clock,
            claim=subject,
        )

    def left(self) -> set[UUID]:
        return set(Job.objects.filter(kind="thing").values_list("pk", flat=True))


def _grant(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        (role,) = cursor.fetchone()
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            f"{word} DELETE ON operations_job {'TO' if word == 'GRANT' else 'FROM'} {DROPPER}"
        )
        cursor.execute(f"SET ROLE {role}")


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> dict[str, Declaration]:
    """The inventory with nothing in it but what the test puts there."""
    empty: dict[str, Declaration] = {}
    monkeypatch.setattr(inventory, "_declared", empty)
    return empty


@pytest.fixture
def kind(db: None, declared: dict[str, Declaration]) -> Iterator[Kind]:
    kind = Kind()
    declared["things"] = kind.declaration
    _grant("GRANT")
    yield kind
    _grant("REVOKE")


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def hold(db: None) -> Callable[..., LegalHold]:
    """Place a hold, past the service."""

    def place(**criteria: Any) -> LegalHold:
        return LegalHold.objects.create(
            matter="Matter 1",
            reason="Litigation",
            custodian="Legal",
            placed_by_id="1",
            placed_by_name="olive",
            placed_at=timezone.now(),
            **criteria,
        )

    return place


@pytest.fixture
def events(db: None) -> Callable[..., list[AuditEvent]]:
    """Retention's audit events with an action, oldest first."""

    def read(action: str) -> list[AuditEvent]:
        found = AuditEvent.objects.filter(event_type="retention", action=action)
        return list(found.order_by("received_at", "id"))

    return read


def actor_for(user: Any) -> Actor:
    return Actor(PERSON, str(user.pk), user.username)


@pytest.fixture
def officer_actor(make_person: Callable[..., Any]) -> Actor:
    return actor_for(make_person("olive", "compliance officer"))


@pytest.fixture
def dpo_actor(make_person: Callable[..., Any]) -> Actor:
    return actor_for(make_person("dora", "DPO"))


@pytest.fixture
def auditor_actor(make_person: Callable[..., Any]) -> Actor:
    return actor_for(make_person("audrey", "auditor"))
