from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.actors import PERSON, Actor
from operations.models import Approval, Job
from retention.deleter import enforce
from retention.models import LegalHold, RetentionRun, Tombstone
from tests.retention.conftest import KEPT


@pytest.fixture
def client_of(make_person: Any, sign_in: Any) -> Callable[..., Client]:
    return lambda name, *roles: sign_in(make_person(name, *roles))


@pytest.fixture
def olive(client_of: Any) -> Client:
    return client_of("olive", "compliance officer")


@pytest.fixture
def audrey(client_of: Any) -> Client:
    return client_of("audrey", "auditor")


def test_keep_times_are_listed_and_another_is_asked_for(kind, olive):
    page = olive.get(reverse("admin:retention_retentionpolicy_changelist"))
    assert b"30 days" in page.content
    ask = reverse("admin:retention_retentionpolicy_ask", args=["things"])
    assert ask.encode() in page.content
    assert olive.get(ask).status_code == 200
    wrong = olive.post(ask, {"days": 99999, "reason": "Why"})
    assert b"1 to 36500 days" in wrong.content
    asked = olive.post(ask, {"days": 10, "reason": "Less will do"})
    approval = Approval.objects.get()
    assert asked.url == reverse("admin:operations_approval_change", args=[approval.pk])
    shown = olive.get(asked.url)
    assert b"You asked for this: another person has to decide." in shown.content
    assert b"things will be kept for 10 days" in shown.content


def test_an_auditor_looks_and_does_not_ask(kind, audrey):
    page = audrey.get(reverse("admin:retention_retentionpolicy_changelist"))
    assert page.status_code == 200
    assert b"Ask for another" not in page.content
    ask = reverse("admin:retention_retentionpolicy_ask", args=["things"])
    assert audrey.get(ask).status_code == 403
    assert audrey.get(reverse("admin:retention_legalhold_add")).status_code == 403


def test_a_kind_that_is_not_there(kind, olive):
    ask = reverse("admin:retention_retentionpolicy_ask", args=["nothing"])
    assert olive.get(ask).status_code == 404


def test_a_hold_is_placed_and_its_release_asked_for(kind, olive):
    add = reverse("admin:retention_legalhold_add")
    assert olive.get(add).status_code == 200
    given = {"matter": "Matter 1", "reason": "Litigation", "custodian": "Legal"}
    wrong = olive.post(add, given)
    assert b"Say what is held" in wrong.content
    placed = olive.post(add, {**given, "category": "things"})
    assert placed.status_code == 302, placed.content
    hold = LegalHold.objects.get()
    page = reverse("admin:retention_legalhold_change", args=[hold.pk])
    assert olive.get(page).status_code == 200
    assert olive.post(page, {**given, "matter": "Another"}).status_code == 403
    release = reverse("admin:retention_legalhold_release", args=[hold.pk])
    assert olive.get(release).status_code == 405
    assert olive.post(release, {"reason": ""}).url == page
    olive.post(release, {"reason": "Settled"})
    assert Approval.objects.get().kind == "retention.release_hold"
    assert olive.get(reverse("admin:retention_legalhold_changelist")).status_code == 200


def test_runs_and_tombstones_are_shown_and_a_preview_started(kind, now, olive, audrey):
    row = kind.add(now - KEPT)
    enforce(actor=Actor(PERSON, "1", "olive"), now=now)
    runs = reverse("admin:retention_retentionrun_changelist")
    assert olive.get(runs).status_code == 200
    run = RetentionRun.objects.get()
    detail = reverse("admin:retention_retentionrun_change", args=[run.pk])
    assert b"things" in olive.get(detail).content
    stones = reverse("admin:retention_tombstone_changelist")
    assert str(row.pk).encode() in olive.get(stones, {"q": str(row.pk)}).content
    stone = Tombstone.objects.get()
    assert (
        olive.get(reverse("admin:retention_tombstone_change", args=[stone.pk])).status_code == 200
    )
    preview = reverse("admin:retention_retentionrun_preview")
    assert olive.get(preview).status_code == 405
    started = olive.post(preview)
    job = Job.objects.get(kind="retention.preview")
    assert started.url == reverse("admin:operations_job_change", args=[job.pk])
    assert audrey.post(preview).status_code == 403
    assert Job.objects.filter(kind="retention.preview").count() == 1
