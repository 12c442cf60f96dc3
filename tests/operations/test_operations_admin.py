from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from core.actors import PERSON, Actor
from core.ids import uuid7
from operations import worker
from operations.models import Approval, Job, Notification
from operations.services import notify, request_approval, start_job


def actor_for(user: Any) -> Actor:
    return Actor(PERSON, str(user.pk), user.username)


@pytest.fixture
def olive(make_person: Any) -> Any:
    return make_person("olive", "compliance officer")


@pytest.fixture
def dora(make_person: Any) -> Any:
    return make_person("dora", "DPO")


def url(model: str, name: str, id_: Any) -> str:
    return reverse(f"admin:operations_{model}_{name}", args=[id_])


def test_a_job_is_followed_and_its_result_fetched(olive, sign_in, work):
    client = sign_in(olive)
    job = start_job(actor=actor_for(olive), kind="test.work")
    page = url("job", "change", job.pk)
    waiting = client.get(page)
    assert b'http-equiv="refresh"' in waiting.content
    assert b"Cancel" in waiting.content
    worker.run(job.pk)
    done = client.get(page)
    assert b'http-equiv="refresh"' not in done.content
    download = url("job", "download", job.pk)
    assert client.get(download).status_code == 405
    answer = client.post(download)
    assert answer.content == b"a,b\r\n"
    assert answer["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert AuditEvent.objects.filter(action="result_read", actor_id=str(olive.pk)).count() == 1
    assert client.get(reverse("admin:operations_job_changelist")).status_code == 200


def test_a_job_is_cancelled_and_retried(olive, sign_in, work):
    client = sign_in(olive)
    job = start_job(actor=actor_for(olive), kind="test.work")
    client.post(url("job", "cancel", job.pk))
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert b"Retry" in client.get(url("job", "change", job.pk)).content
    client.post(url("job", "retry", job.pk))
    job.refresh_from_db()
    assert job.state == "queued"


def test_a_strangers_press_is_not_found(olive, dora, sign_in, work):
    job = start_job(actor=actor_for(olive), kind="test.work")
    client = sign_in(dora)
    page = client.get(url("job", "change", job.pk))
    assert url("job", "cancel", job.pk).encode() not in page.content
    assert client.post(url("job", "cancel", job.pk)).status_code == 404
    assert client.post(url("job", "cancel", uuid7())).status_code == 404


def test_pages_ask_for_the_token_against_forgery(olive, sign_in, work):
    job = start_job(actor=actor_for(olive), kind="test.work")
    client = sign_in(olive)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(url("job", "cancel", job.pk)).status_code == 403


@pytest.fixture
def approval(olive: Any, applied: list[str]) -> Approval:
    return request_approval(
        actor=actor_for(olive), kind="test.act", parameters={"id": "17"}, reason="It is needed"
    )


def test_the_requester_reads_why_they_cannot(olive, approval, sign_in, applied):
    client = sign_in(olive)
    page = client.get(url("approval", "change", approval.pk)).content
    assert b"You asked for this: another person has to decide." in page
    assert b"Thing 17 will be done." in page
    assert b"Reject" not in page
    client.post(url("approval", "approve", approval.pk))
    assert applied == []
    client.post(url("approval", "withdraw", approval.pk))
    approval.refresh_from_db()
    assert approval.state == "withdrawn"


def test_a_second_person_approves(dora, approval, sign_in, applied):
    client = sign_in(dora)
    page = client.get(url("approval", "change", approval.pk)).content
    assert b"Approve" in page
    assert b"Reject" in page
    client.post(url("approval", "approve", approval.pk))
    client.post(url("approval", "approve", approval.pk))
    assert applied == ["17"]
    assert client.get(reverse("admin:operations_approval_changelist")).status_code == 200


def test_a_second_person_rejects_with_a_reason(dora, approval, sign_in, applied):
    client = sign_in(dora)
    client.post(url("approval", "reject", approval.pk), {"reason": ""})
    approval.refresh_from_db()
    assert approval.state == "pending"
    client.post(url("approval", "reject", approval.pk), {"reason": "Not now"})
    approval.refresh_from_db()
    assert approval.state == "rejected"


def test_an_auditor_only_looks(make_person, approval, sign_in, applied):
    client = sign_in(make_person("audrey", "auditor"))
    page = client.get(url("approval", "change", approval.pk)).content
    assert b"Your role does not decide on approvals." in page
    client.post(url("approval", "approve", approval.pk))
    assert applied == []


def test_messages_are_ones_own(olive, dora, sign_in):
    mine = notify(person_id=olive.pk, title="For olive alone", link="/admin/")
    notify(role="compliance officer", title="For her role")
    theirs = notify(person_id=dora.pk, title="For dora alone")
    client = sign_in(olive)
    listing = reverse("admin:operations_notification_changelist")
    page = client.get(listing).content
    assert b"For olive alone" in page
    assert b"For her role" in page
    assert b"For dora alone" not in page
    assert client.post(url("notification", "read", theirs.pk)).status_code == 404
    assert client.get(url("notification", "change", mine.pk)).status_code == 200
    client.post(url("notification", "read", mine.pk))
    mine.refresh_from_db()
    assert mine.read_at is not None
    chosen = {"action": "mark_all_read", "_selected_action": [str(theirs.pk), str(mine.pk)]}
    client.post(listing, chosen)
    assert Notification.objects.unread().filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("model", ["job", "approval", "notification"])
def test_a_list_costs_the_same_however_long(
    model, olive, sign_in, work, applied, django_assert_max_num_queries
):
    for _ in range(30):
        start_job(actor=actor_for(olive), kind="test.work")
        notify(person_id=olive.pk, title="One more")
        request_approval(actor=actor_for(olive), kind="test.act", reason="It is needed")
    client = sign_in(olive)
    with django_assert_max_num_queries(25):
        assert client.get(reverse(f"admin:operations_{model}_changelist")).status_code == 200


def test_reading_needs_a_second_factor(olive):
    client = Client()
    client.force_login(olive)
    page = client.get(reverse("admin:operations_job_changelist"))
    assert page.status_code == 302
    assert Job.objects.count() == 0
