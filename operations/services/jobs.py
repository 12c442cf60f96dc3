"""Starting, stopping and reading background work. The worker's side is ``operations.worker``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import record
from core.actors import SYSTEM, Actor, request_id
from core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from operations import jobs
from operations.jobs import Cancelled, JobResult, Superseded
from operations.models import Job
from operations.permissions import may, require
from vault import services as vault

MANAGE = "operations.manage_job"
KEY_CLASS = "request_file"
MAX_ATTEMPTS = 3


def result_binding(job_id: UUID) -> str:
    """What a sealed result is bound to: it opens as this job's result and as nothing else."""
    return f"operations.Job.result:{job_id}"


def enqueue(job: Job) -> None:
    """Hand the job to the queue when the transaction commits.

    A queue that is away loses nothing: ``revive_stalled_jobs`` hands the job over again.
    """
    from operations.tasks import run_job

    job_id, request = str(job.pk), request_id.get()
    transaction.on_commit(lambda: run_job.delay(job_id, request), robust=True)


@transaction.atomic
def start_job(*, actor: Actor, kind: str, parameters: Mapping[str, Any] | None = None) -> Job:
    """Queue a job of a registered ``kind``. ``parameters`` hold ids and settings, never text.

    Raises Invalid for an unknown kind, Forbidden without the kind's permission.
    """
    try:
        registered = jobs.get(kind)
    except KeyError:
        raise Invalid(errors={"kind": ["There is no such kind of job."]}) from None
    require(actor, registered.permission)
    now = timezone.now()
    job = Job.objects.create(
        kind=kind,
        parameters=dict(parameters or {}),
        requested_by_kind=actor.kind,
        requested_by_id=actor.id,
        requested_by_name=actor.name,
        created_at=now,
        queued_at=now,
    )
    record(
        actor=actor,
        event_type="job",
        action="started",
        obj=job,
        details={"kind": kind, "parameters": job.parameters},
    )
    enqueue(job)
    return job


def may_touch(actor: Actor, job: Job) -> bool:
    """Whether the job is the actor's own, or they manage everyone's; the kind's permission is
    needed either way."""
    if actor.kind == SYSTEM:
        return True
    try:
        permission = jobs.get(job.kind).permission
    except KeyError:
        permission = MANAGE
    own = (job.requested_by_kind, job.requested_by_id) == (actor.kind, actor.id)
    return may(actor, permission) and (own or may(actor, MANAGE))


def _touchable(actor: Actor, job_id: UUID) -> Job:
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not may_touch(actor, job):
        raise NotFound()
    return job


@transaction.atomic
def cancel_job(*, actor: Actor, job_id: UUID) -> Job:
    """Stop a job: at once while it waits, at its next report of progress while it runs.

    Asking again is no error. Raises NotFound for another's, Conflict when it has ended.
    """
    job = _touchable(actor, job_id)
    if not job.is_open:
        raise Conflict(f"The job has {job.state} already.", code="job-ended")
    if job.cancel_requested:
        return job
    job.cancel_requested = True
    if job.state == Job.State.QUEUED:
        job.state = Job.State.CANCELLED
        job.finished_at = timezone.now()
    job.save(update_fields=["cancel_requested", "state", "finished_at"])
    record(
        actor=actor,
        event_type="job",
        action="cancelled",
        obj=job,
        details={"kind": job.kind},
    )
    return job


@transaction.atomic
def retry_job(*, actor: Actor, job_id: UUID) -> Job:
    """Queue a failed or cancelled job again, with the parameters it had.

    Raises NotFound for another's, Conflict when it waits, runs or has succeeded.
    """
    job = _touchable(actor, job_id)
    if job.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        raise Conflict("Only a failed or cancelled job can be retried.", code="job-not-failed")
    now = timezone.now()
    job.state = Job.State.QUEUED
    job.queued_at = now
    job.started_at = job.finished_at = job.heartbeat_at = None
    job.claim = None
    job.attempts = 0
    job.cancel_requested = False
    job.error = ""
    job.progress_done, job.progress_total, job.progress_note = 0, None, ""
    job.save()
    record(
        actor=actor,
        event_type="job",
        action="retried",
        obj=job,
        details={"kind": job.kind},
    )
    enqueue(job)
    return job


@transaction.atomic
def read_result(*, actor: Actor, job_id: UUID) -> JobResult:
    """The job's result, opened; the reading is audited.

    Raises NotFound for another's or where there is none, Problem 410 ``expired`` after its time.
    """
    job = _touchable(actor, job_id)
    if job.result_expires_at is None:
        raise NotFound()
    if job.result is None or job.result_expires_at <= timezone.now():
        raise Problem("The result has expired and is gone.", code="expired", status=410)
    content = vault.open_(job.pk, result_binding(job.pk), bytes(job.result))
    record(
        actor=actor,
        event_type="job",
        action="result_read",
        obj=job,
        details={"kind": job.kind, "name": job.result_name, "bytes": len(content)},
    )
    return JobResult(content, job.result_name, job.result_type)


def expire_results(*, actor: Actor, now: datetime) -> int:
    """Destroy results past their time (UTC), and the keys that sealed them. Returns how many."""
    count = 0
    for job_id in list(Job.objects.with_expired_result(now).values_list("pk", flat=True)):
        with transaction.atomic():
            job = (
                Job.objects.select_for_update(skip_locked=True)
                .with_expired_result(now)
                .filter(pk=job_id)
                .first()
            )
            if job is None:
                continue
            job.result = None
            job.save(update_fields=["result"])
            vault.shred(actor=actor, owner_id=job.pk, key_class=KEY_CLASS)
            record(
                actor=actor,
                event_type="job",
                action="result_expired",
                obj=job,
                details={"kind": job.kind},
            )
            count += 1
    return count


def revive_stalled_jobs(*, actor: Actor, now: datetime) -> int:
    """Hand over again what a dead worker or a lost message left lying. Returns how many.

    A job whose worker died three times fails, so that it takes no more workers with it.
    """
    count = 0
    for job_id in list(Job.objects.stalled(now).values_list("pk", flat=True)):
        with transaction.atomic():
            job = (
                Job.objects.select_for_update(skip_locked=True)
                .stalled(now)
                .filter(pk=job_id)
                .first()
            )
            if job is None:
                continue
            if job.attempts >= MAX_ATTEMPTS:
                job.state, job.finished_at = Job.State.FAILED, now
                job.error = f"Its worker stopped {job.attempts} times."
                job.claim = None
                job.save(update_fields=["state", "finished_at", "error", "claim"])
                action = "failed"
            else:
                job.state, job.queued_at, job.claim = Job.State.QUEUED, now, None
                job.save(update_fields=["state", "queued_at", "claim"])
                enqueue(job)
                action = "revived"
            record(
                actor=actor,
                event_type="job",
                action=action,
                obj=job,
                details={"kind": job.kind, "attempts": job.attempts},
            )
            count += 1
    return count


def report_progress(
    *, job_id: UUID, claim: UUID, done: int, total: int | None = None, note: str = ""
) -> None:
    """Write the running job's progress, which is its sign of life too. No event: it is no act.

    Raises Superseded when the claim is not the job's any more, Cancelled when it shall stop.
    """
    mine = Job.objects.filter(pk=job_id, claim=claim, state=Job.State.RUNNING)
    if not mine.update(
        progress_done=done,
        progress_total=total,
        progress_note=note[:200],
        heartbeat_at=timezone.now(),
    ):
        raise Superseded
    if mine.filter(cancel_requested=True).exists():
        raise Cancelled


def refuse_lost_permission(actor: Actor, job: Job) -> None:
    """Raises Forbidden when who asked may not (any more) have work of this kind done."""
    if not may(actor, jobs.get(job.kind).permission):
        raise Forbidden("Who asked for it is not allowed it any more.")
