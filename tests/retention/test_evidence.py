from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import evidence
from core.actors import Actor
from retention import tasks
from retention.deleter import enforce
from retention.models import RetentionRun
from tests.retention.conftest import KEPT

DAY = timedelta(hours=24)


def measure() -> tuple[str, str]:
    result = evidence.measure("retention.backlog")
    return result.status, result.figure


def test_nothing_overdue_and_swept_lately(kind, now):
    assert measure() == ("unknown", "0 items")
    tasks.sweep()
    assert measure() == ("pass", "0 items")


def test_a_sweep_that_stopped_coming(kind, now):
    tasks.sweep()
    RetentionRun.objects.update(finished_at=now - timedelta(hours=3))
    assert measure()[0] == "fail"


def test_a_preview_is_no_sweep(kind, now):
    enforce(actor=Actor.system("tests"), now=now, dry_run=True)
    assert measure()[0] == "unknown"


def test_what_is_overdue_by_a_day_and_not_held(kind, now, hold):
    kind.add(now - KEPT - DAY + timedelta(minutes=5))
    tasks_ran = RetentionRun.objects.create(
        started_at=timezone.now(), finished_at=timezone.now(), at=now
    )
    assert measure() == ("pass", "0 items")
    kind.add(now - KEPT - DAY)
    assert measure() == ("fail", "1 items")
    hold(category="things")
    assert measure() == ("pass", "0 items")
    assert tasks_ran.pk


def test_a_sweep_that_met_a_fault(kind, now):
    kind.poisoned = {kind.add(now - KEPT).pk}
    tasks.sweep()
    assert measure()[0] == "fail"


def test_a_second_sweep_at_once_leaves(kind, now, monkeypatch):
    from contextlib import contextmanager

    @contextmanager
    def taken():
        yield False

    kind.add(now - KEPT)
    monkeypatch.setattr(tasks, "_alone", taken)
    tasks.sweep()
    assert len(kind.left()) == 1


@pytest.mark.django_db
def test_the_sweeps_lock_is_given_back():
    for _ in range(2):
        with tasks._alone() as alone:
            assert alone
