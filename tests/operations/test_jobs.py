from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from core.actors import APPLICATION, Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from core.ids import uuid7
from operations import services, worker
from operations.jobs import Cancelled, JobContext, JobResult, Superseded
from operations.models import Job, Notification
from operations.services import (
    cancel_job,
    expire_results,
    read_result,
    retry_job,
    revive_stalled_jobs,
    start_job,
)
from vault.models import DataKey

SYSTEM = Actor.system("test")


def start(actor: Actor) -> Job:
    return start_job(actor=actor, kind="test.work", parameters={"id": str(uuid7())})


def run(job: Job) -> Job:
    worker.run(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_runs_and_hands_back_a_sealed_result(owner, work, events):
    job = run(start(owner))
    assert (job.state, job.attempts, job.percent) == ("succeeded", 1, 100)
    assert b"a,b" not in bytes(job.result)
    result = read_result(actor=owner, job_id=job.pk)
    assert result == JobResult(b"a,b\r\n", "list.csv", "text/csv")
    assert [e.action for e in events("job")] == ["started", "succeeded", "result_read"]
    assert Notification.objects.get().recipient_id == owner.id


def test_starting_enqueues_on_commit(owner, work, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr("operations.tasks.run_job.delay", lambda *args: sent.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        job = start(owner)
        assert not sent
    assert sent == [(str(job.pk), "")]


def test_a_queue_that_is_away_does_not_fail_the_request(
    owner, work, monkeypatch, django_capture_on_commit_callbacks
):
    def away(*args):
        raise ConnectionError

    monkeypatch.setattr("operations.tasks.run_job.delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        job = start(owner)
    later = job.queued_at + timedelta(minutes=11)
    assert revive_stalled_jobs(actor=SYSTEM, now=later) == 1


def test_starting_needs_the_kinds_permission(stranger, work):
    with pytest.raises(Forbidden):
        start(stranger)
    with pytest.raises(Forbidden):
        start(Actor(APPLICATION, str(uuid4()), "an application"))
    assert not Job.objects.exists()


def test_an_unknown_kind_is_refused(owner):
    with pytest.raises(Invalid):
        start_job(actor=owner, kind="no.such", parameters={})


def test_a_strangers_job_is_not_there(owner, stranger, person, work):
    job = run(start(owner))
    peer = person("peer", "operations.view_job")
    for actor in (stranger, peer):
        for verb in (cancel_job, retry_job, read_result):
            with pytest.raises(NotFound):
                verb(actor=actor, job_id=job.pk)
    with pytest.raises(NotFound):
        read_result(actor=owner, job_id=uuid7())


def test_who_manages_jobs_reads_anothers(owner, colleague, work):
    job = run(start(owner))
    assert read_result(actor=colleague, job_id=job.pk).content == b"a,b\r\n"


def test_a_second_delivery_does_nothing(owner, work):
    job = run(start(owner))
    run(job)
    assert (work.runs, job.attempts) == (1, 1)


def test_a_waiting_job_is_cancelled_at_once(owner, work, events):
    job = start(owner)
    cancel_job(actor=owner, job_id=job.pk)
    assert run(job).state == "cancelled"
    assert work.runs == 0
    assert [e.action for e in events("job")] == ["started", "cancelled"]
    with pytest.raises(Conflict):
        cancel_job(actor=owner, job_id=job.pk)


def test_a_running_job_stops_at_its_next_report(owner, work):
    job = start(owner)

    def stop(context: JobContext) -> None:
        context.every = 0
        context.progress(1, 10, "one")
        cancel_job(actor=owner, job_id=context.job_id)
        cancel_job(actor=owner, job_id=context.job_id)
        with pytest.raises(Cancelled):
            context.progress(2, 10)
        context.progress(3, 10)

    work.run = stop
    assert run(job).state == "cancelled"
    assert job.progress_done == 3


def test_a_failure_tells_its_kind_and_nothing_of_its_text(owner, work):
    def fail(context: JobContext) -> None:
        raise ValueError("+1 202 555 0143")

    work.run = fail
    job = run(start(owner))
    assert (job.state, job.error) == ("failed", "ValueError")


def test_a_problem_is_told_in_its_words(owner, work):
    def fail(context: JobContext) -> None:
        raise Conflict("There is nothing to list.")

    work.run = fail
    assert run(start(owner)).error == "There is nothing to list."


def test_a_failed_job_is_retried_and_a_good_one_is_not(owner, work, events):
    def fail(context: JobContext) -> None:
        raise ValueError

    good, work.run = work.run, fail
    job = run(start(owner))
    retry_job(actor=owner, job_id=job.pk)
    work.run = good
    assert run(job).state == "succeeded"
    with pytest.raises(Conflict):
        retry_job(actor=owner, job_id=job.pk)
    assert [e.action for e in events("job")] == ["started", "failed", "retried", "succeeded"]


def test_a_person_who_lost_the_permission_gets_nothing(owner, work):
    from accounts.models import User

    job = start(owner)
    User.objects.get(pk=owner.id).groups.clear()
    assert run(job).state == "failed"
    assert work.runs == 0


def test_a_result_expires_with_its_key(owner, work, events):
    job = run(start(owner))
    Job.objects.update(result_expires_at=timezone.now())
    with pytest.raises(Problem) as refused:
        read_result(actor=owner, job_id=job.pk)
    assert (refused.value.status, refused.value.code) == (410, "expired")
    assert expire_results(actor=SYSTEM, now=timezone.now()) == 1
    assert expire_results(actor=SYSTEM, now=timezone.now()) == 0
    job.refresh_from_db()
    assert job.result is None
    assert DataKey.objects.get(owner_id=job.pk).destroyed_at is not None
    with pytest.raises(Problem) as refused:
        read_result(actor=owner, job_id=job.pk)
    assert refused.value.code == "expired"
    assert len(events("job", "result_expired")) == 1


def test_a_job_whose_worker_died_is_taken_up_again(owner, work, events):
    job = start(owner)

    def die(context: JobContext) -> None:
        Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=2))
        raise SystemExit

    good, work.run = work.run, die
    with pytest.raises(SystemExit):
        worker.run(job.pk)
    assert revive_stalled_jobs(actor=SYSTEM, now=timezone.now()) == 1
    work.run = good
    assert run(job).state == "succeeded"
    assert job.attempts == 2
    assert len(events("job", "revived")) == 1


def test_a_job_that_kills_its_workers_is_given_up(owner, work):
    job = start(owner)
    Job.objects.update(
        state="running", attempts=3, heartbeat_at=timezone.now() - timedelta(minutes=2)
    )
    revive_stalled_jobs(actor=SYSTEM, now=timezone.now())
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "Its worker stopped 3 times.")


def test_a_live_workers_job_is_not_taken(owner, work):
    job = start(owner)
    Job.objects.update(state="running", heartbeat_at=timezone.now())
    assert run(job).state == "running"
    assert revive_stalled_jobs(actor=SYSTEM, now=timezone.now()) == 0
    assert work.runs == 0


def test_a_worker_that_was_given_up_writes_nothing_more(owner, work):
    job = start(owner)

    def wake_late(context: JobContext) -> JobResult:
        Job.objects.update(claim=uuid4())
        context.every = 0
        with pytest.raises(Superseded):
            context.progress(1)
        return JobResult(b"stale", "stale.txt")

    work.run = wake_late
    assert run(job).state == "running"
    assert job.result is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_run_it_once(work, owner):
    job = start(owner)
    barrier = threading.Barrier(2)

    def deliver() -> None:
        barrier.wait()
        worker.run(job.pk)
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert work.runs == 1


def test_reading_the_list_of_verbs():
    assert all(callable(getattr(services, name)) for name in services.__all__)
