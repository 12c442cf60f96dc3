from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from audit.models import AuditEvent
from core.actors import PERSON, Actor
from operations import approvals, jobs
from operations.approvals import ApprovalKind
from operations.jobs import JobContext, JobKind, JobResult

Person = Callable[..., Actor]


def make_person(name: str, *permissions: str) -> Actor:
    """A signed-in person whose one role has exactly these permissions."""
    from django.contrib.auth.models import Group

    user = User(username=name)
    user.set_unusable_password()
    user.save()
    group, _ = Group.objects.get_or_create(name=f"role of {name}")
    for permission in permissions:
        app, _, codename = permission.partition(".")
        group.permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    user.groups.add(group)
    return Actor(PERSON, str(user.pk), name)


@pytest.fixture
def person(db: None) -> Person:
    return make_person


@pytest.fixture
def owner(person: Person) -> Actor:
    """May start the test's kind of job and ask for the test's kind of approval."""
    return person("olive", "operations.view_job")


@pytest.fixture
def colleague(person: Person) -> Actor:
    """Manages everyone's jobs and decides."""
    return person(
        "carl",
        "operations.view_job",
        "operations.manage_job",
        "operations.decide_approval",
    )


@pytest.fixture
def stranger(person: Person) -> Actor:
    return person("stan")


@pytest.fixture
def events(db: None) -> Callable[..., list[AuditEvent]]:
    """The audit events of a type, oldest first."""

    def read(event_type: str, action: str = "") -> list[AuditEvent]:
        found = AuditEvent.objects.filter(event_type=event_type).order_by("received_at", "id")
        return list(found.filter(action=action) if action else found)

    return read


class Work:
    """What the test's kind of job does; a test replaces ``run``."""

    def __init__(self) -> None:
        self.runs = 0
        self.run: Callable[[JobContext], JobResult | None] = lambda context: JobResult(
            b"a,b\r\n", "list.csv", "text/csv"
        )

    def __call__(self, context: JobContext) -> JobResult | None:
        self.runs += 1
        return self.run(context)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work()
    kind = JobKind("test.work", "Work", "operations.view_job", work)
    monkeypatch.setitem(jobs._kinds, kind.code, kind)
    return work


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Registers an approval kind; its parameters' ``id`` is put into this list when applied."""
    done: list[str] = []
    kind = ApprovalKind(
        "test.act",
        "A test's act",
        "operations.view_job",
        lambda approval, actor: done.append(approval.parameters["id"]),
        lambda approval: f"Thing {approval.parameters['id']} will be done.",
    )
    monkeypatch.setitem(approvals._kinds, kind.code, kind)
    return done
