"""Running a job: claim its row, show signs of life, write how it ended.

Safe to kill at any point, and safe to be handed the same job twice: whoever holds the row's
``claim`` may write, everybody else does nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.refusals import record_refusal
from audit.services import Severity, record
from core.actors import PERSON, Actor
from core.errors import CiphertextRefused, Problem
from operations import jobs
from operations.jobs import Cancelled, JobContext, JobResult, Superseded
from operations.models import Job
from operations.querysets import HEARTBEAT_EVERY
from operations.services.jobs import (
    KEY_CLASS,
    MAX_ATTEMPTS,
    refuse_lost_permission,
    result_binding,
)
from operations.services.notifications import notify
from vault import services as vault

logger = logging.getLogger(__name__)

WORKER = Actor.system("operations.worker")


def run(job_id: UUID) -> None:
    """Run the job, if it waits or its worker died; otherwise do nothing."""
    job = _claim(job_id)
    if job is None or job.claim is None:
        return
    actor = Actor(job.requested_by_kind, job.requested_by_id, job.requested_by_name)
    context = JobContext(job_id=job.pk, parameters=job.parameters, actor=actor, claim=job.claim)
    try:
        refuse_lost_permission(actor, job)
        with _heartbeat(job.pk, job.claim):
            result = jobs.get(job.kind).run(context)
        _finish(job, Job.State.SUCCEEDED, result=result)
    except Superseded:
        logger.warning("job %s was taken over by another worker", job.pk)
    except Cancelled:
        _finish(job, Job.State.CANCELLED)
    except Problem as problem:
        _finish(job, Job.State.FAILED, error=problem.detail)
    except CiphertextRefused as error:
        record_refusal(actor=actor, error=error)
        _finish(job, Job.State.FAILED, error=type(error).__name__)
    except KeyError as error:
        logger.exception("job %s failed", job.pk)
        known = any(kind.code == job.kind for kind in jobs.kinds())
        _finish(
            job,
            Job.State.FAILED,
            error=type(error).__name__ if known else "There is no such kind of job any more.",
        )
    except Exception as error:
        # The kind of error alone: its text may hold what the job was working on.
        logger.exception("job %s failed", job.pk)
        _finish(job, Job.State.FAILED, error=type(error).__name__)


@transaction.atomic
def _claim(job_id: UUID) -> Job | None:
    now = timezone.now()
    job = Job.objects.select_for_update(skip_locked=True).claimable(now).filter(pk=job_id).first()
    if job is None:
        return None
    if job.cancel_requested or job.attempts >= MAX_ATTEMPTS:
        job.state = Job.State.CANCELLED if job.cancel_requested else Job.State.FAILED
        job.error = "" if job.cancel_requested else f"Its worker stopped {job.attempts} times."
        job.finished_at, job.claim = now, None
        job.save(update_fields=["state", "error", "finished_at", "claim"])
        record(
            actor=WORKER,
            event_type="job",
            action=str(job.state),
            obj=job,
            details={"kind": job.kind, "attempts": job.attempts},
        )
        return None
    job.state = Job.State.RUNNING
    job.claim = uuid4()
    job.attempts += 1
    job.started_at = job.heartbeat_at = now
    job.save(update_fields=["state", "claim", "attempts", "started_at", "heartbeat_at"])
    return job


@contextmanager
def _heartbeat(job_id: UUID, claim: UUID) -> Iterator[None]:
    """Signs of life every ten seconds, from a thread: the work itself may be one long query."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(HEARTBEAT_EVERY.total_seconds()):
                try:
                    Job.objects.filter(pk=job_id, claim=claim).update(heartbeat_at=timezone.now())
                except DatabaseError:
                    logger.warning("job %s could not show a sign of life", job_id)
                    connection.close()
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"job-{job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@transaction.atomic
def _finish(job: Job, state: str, *, result: JobResult | None = None, error: str = "") -> None:
    held = (
        Job.objects.select_for_update()
        .filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING)
        .first()
    )
    if held is None:
        logger.warning("job %s was taken over by another worker", job.pk)
        return
    now = timezone.now()
    held.state, held.finished_at, held.claim = state, now, None
    held.error = error[:300]
    details = {"kind": held.kind, "attempts": held.attempts}
    if result is not None:
        held.result = vault.seal(held.pk, KEY_CLASS, result_binding(held.pk), result.content)
        held.result_name, held.result_type = result.name[:120], result.media_type[:120]
        held.result_expires_at = now + timedelta(days=result.days)
        details |= {"name": held.result_name, "bytes": len(result.content)}
    if error:
        details["error"] = held.error
    held.save()
    record(
        actor=WORKER,
        event_type="job",
        action=str(state),
        obj=held,
        details=details,
        severity=Severity.ERROR if state == Job.State.FAILED else Severity.INFO,
    )
    if held.requested_by_kind == PERSON:
        notify(
            person_id=held.requested_by_id,
            title=f"Your job has {state}",
            body=held.error,
            link=reverse("admin:operations_job_change", args=[held.pk]),
        )
