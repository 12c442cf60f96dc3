from __future__ import annotations

import pytest
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
    ):
        monkeypatch.setattr(tasks.services, name, lambda name=name, **kwargs: called.append(name))
    monkeypatch.setattr(tasks, "delete_expired_tokens", lambda now: called.append("tokens"))
    tasks.expire()
    assert called == [
        "delete_idempotency_records",
        "expire_results",
        "expire_approvals",
        "delete_notifications",
        "tokens",
    ]


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
