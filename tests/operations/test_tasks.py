from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.actors import request_id
from operations import tasks, worker


@pytest.mark.django_db
def test_the_hourly_task_runs_each_expiry(monkeypatch):
    called = []
    for name in (
        "delete_idempotency_records",
        "expire_results",
        "expire_approvals",
        "delete_notifications",
        "delete_expired_sessions",
    ):
        monkeypatch.setattr(tasks.services, name, lambda name=name, **kwargs: called.append(name))
    for name in ("end_stale_sessions", "delete_ended_sessions", "delete_expired_tokens"):
        monkeypatch.setattr(tasks, name, lambda now, name=name: called.append(name))
    tasks.expire()
    assert called == [
        "delete_idempotency_records",
        "expire_results",
        "expire_approvals",
        "delete_notifications",
        "delete_expired_sessions",
        "end_stale_sessions",
        "delete_ended_sessions",
        "delete_expired_tokens",
    ]


@pytest.mark.django_db
def test_ended_sessions_go(events):
    now = timezone.now()
    for key, hours in (("over", -1), ("open", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + timedelta(hours=hours)
        )
    tasks.expire()
    tasks.expire()
    assert [each.pk for each in Session.objects.all()] == ["open"]
    assert [each.details for each in events("operations", "sessions_deleted")] == [{"count": 1}]


@pytest.mark.django_db
def test_the_hourly_task_runs_for_real():
    tasks.expire()
    tasks.revive_stalled_jobs()
    assert timezone.now()


def test_a_job_carries_the_requests_id(monkeypatch):
    seen = []
    monkeypatch.setattr(worker, "run", lambda job_id: seen.append(request_id.get()))
    tasks.run_job("01a20d11-8752-72a3-b395-023f30c9d480", "request-0001")
    assert seen == ["request-0001"]
    assert request_id.get() == ""
