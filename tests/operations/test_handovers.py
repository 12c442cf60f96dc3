"""What a person who leaves has open here goes to a successor."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import off_board_person
from core import handovers
from core.actors import Actor
from core.errors import Conflict, NotFound
from operations import worker
from operations.models import Job, Notification
from operations.services import notify, read_result, request_approval, start_job

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")


def kind(code):
    (found,) = (each for each in handovers.registered() if each.code == code)
    return found


def leave(person, successor):
    users = User.objects.in_bulk(
        [person.id, *([successor.id] if successor else [])], field_name="pk"
    )
    by_id = {str(pk): user for pk, user in users.items()}
    off_board_person(
        actor=SYSTEM, user=by_id[person.id], successor=by_id[successor.id] if successor else None
    )


def test_every_kind_counts_and_names_what_it_needs(owner, applied, work):
    for each in handovers.registered():
        assert each.count(owner.id) == 0
        assert each.needs(owner.id) == frozenset()
    start_job(actor=owner, kind="test.work")
    request_approval(actor=owner, kind="test.act", reason="x", parameters={"id": "1"})
    notify(person_id=owner.id, title="x")
    for code, needed in (
        ("operations.jobs", {"operations.view_job"}),
        ("operations.approvals", {"operations.view_job"}),
        ("operations.notifications", set()),
    ):
        assert kind(code).count(owner.id) == 1
        assert kind(code).needs(owner.id) == needed


def test_a_job_and_its_result_go_over(owner, colleague, person, work, events):
    done = start_job(actor=owner, kind="test.work")
    worker.run(done.pk)
    waiting = start_job(actor=owner, kind="test.work")
    heir = person("heir", "operations.view_job")
    others = start_job(actor=colleague, kind="test.work")
    with pytest.raises(NotFound):
        read_result(actor=heir, job_id=done.pk)
    leave(owner, heir)
    assert read_result(actor=heir, job_id=done.pk).content == b"a,b\r\n"
    with pytest.raises(NotFound):
        read_result(actor=owner, job_id=done.pk)
    worker.run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.requested_by_id) == ("succeeded", heir.id)
    others.refresh_from_db()
    assert others.requested_by_id == colleague.id
    (event,) = events("person", "off_boarded")
    assert event.details["work"]["operations.jobs"] == {
        "handed_over": sorted([str(done.pk), str(waiting.pk)])
    }


def test_a_job_that_runs_meanwhile_ends_as_the_successors(owner, person, work):
    heir = person("heir", "operations.view_job")
    inner = work.run

    def run(context):
        leave(owner, heir)
        return inner(context)

    work.run = run
    job = start_job(actor=owner, kind="test.work")
    worker.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.requested_by_id) == ("succeeded", heir.id)
    assert Notification.objects.filter(recipient_id=heir.id).exists()


def test_what_is_over_stays_where_it_is(owner, person, work, applied):
    heir = person("heir")
    job = start_job(actor=owner, kind="test.work")
    worker.run(job.pk)
    Job.objects.filter(pk=job.pk).update(result_expires_at=timezone.now())
    Notification.objects.update(read_at=timezone.now())
    leave(owner, heir)
    job.refresh_from_db()
    assert job.requested_by_id == owner.id


def test_a_successor_without_the_permission_is_not_fit(owner, stranger, work):
    start_job(actor=owner, kind="test.work")
    with pytest.raises(Conflict) as refused:
        leave(owner, stranger)
    assert refused.value.code == "successor-not-fit"
    assert "Jobs that run" in refused.value.detail
    with pytest.raises(Conflict) as refused:
        leave(owner, None)
    assert refused.value.code == "successor-needed"


def test_messages_go_over_unread(owner, colleague):
    unread = notify(person_id=owner.id, title="x")
    read = notify(person_id=owner.id, title="y")
    Notification.objects.filter(pk=read.pk).update(read_at=timezone.now())
    leave(owner, colleague)
    held = dict(Notification.objects.values_list("pk", "recipient_id"))
    assert held == {unread.pk: colleague.id, read.pk: owner.id}
