"""Celery's entries: ids in, nothing else; safe to kill and to repeat."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from accounts.services import (
    delete_ended_sessions,
    delete_expired_challenges,
    delete_expired_tokens,
    delete_old_tallies,
    end_stale_sessions,
)
from core.actors import Actor, request_id
from operations import services, worker

EXPIRY = Actor.system("operations.expire")
REVIVAL = Actor.system("operations.revive_stalled_jobs")


@shared_task
def run_job(job_id: str, request: str = "") -> None:
    """Run one job, unless another worker has it. ``request`` is the id of who asked's request."""
    token = request_id.set(request)
    try:
        worker.run(UUID(job_id))
    finally:
        request_id.reset(token)


@shared_task
def revive_stalled_jobs() -> None:
    """Every minute: what a dead worker left lying is handed over again."""
    services.revive_stalled_jobs(actor=REVIVAL, now=timezone.now())


@shared_task
def expire() -> None:
    """Every hour: kept answers, results, undecided requests, old messages, sessions, tokens."""
    now = timezone.now()
    services.delete_idempotency_records(actor=EXPIRY, now=now)
    services.expire_results(actor=EXPIRY, now=now)
    services.expire_approvals(actor=EXPIRY, now=now)
    services.delete_notifications(actor=EXPIRY, now=now)
    services.delete_expired_sessions(actor=EXPIRY, now=now)
    end_stale_sessions(now)
    delete_ended_sessions(now)
    delete_expired_tokens(now)
    delete_expired_challenges(now)
    delete_old_tallies(now)
