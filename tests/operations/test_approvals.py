from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from core.actors import APPLICATION, Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from core.ids import uuid7
from operations import approvals
from operations.approvals import ApprovalKind
from operations.models import Approval, Notification
from operations.services import (
    approve,
    expire_approvals,
    reject,
    request_approval,
    withdraw,
)


def ask(actor: Actor, id_: str = "17", **kwargs) -> Approval:
    return request_approval(
        actor=actor,
        kind="test.act",
        parameters={"id": id_},
        object_label="operations.Job",
        object_id=id_,
        reason="It is needed",
        **kwargs,
    )


def test_another_person_approves_and_it_is_done(owner, colleague, applied, events):
    approval = ask(owner)
    assert Notification.objects.filter(role="role of carl").count() == 1
    assert applied == []
    approve(actor=colleague, approval_id=approval.pk)
    approval.refresh_from_db()
    assert applied == ["17"]
    assert (approval.state, approval.decided_by_name) == ("approved", "carl")
    assert [e.action for e in events("approval")] == ["requested", "approved"]
    assert Notification.objects.filter(recipient_id=owner.id).count() == 1


def test_the_one_who_asked_never_decides(person, applied, events):
    both = person("beth", "operations.view_job", "operations.decide_approval")
    approval = ask(both)
    for verb in (approve, reject):
        with pytest.raises(Problem) as refused:
            verb(actor=both, approval_id=approval.pk, reason="I say so")
        assert (refused.value.status, refused.value.code) == (403, "same-person")
    assert applied == []
    refusals = events("approval", "decision_refused")
    assert [e.details["problem"] for e in refusals] == ["same-person", "same-person"]


@pytest.mark.parametrize("state", ["approved", "rejected"])
@pytest.mark.parametrize("decider", ["", "the one who asked"])
def test_the_database_refuses_it_too(owner, applied, state, decider):
    approval = ask(owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            state=state, decided_by_id=decider and owner.id, decided_at=timezone.now()
        )


def test_deciding_needs_the_permission_and_a_person(owner, stranger, applied):
    approval = ask(owner)
    for actor in (
        stranger,
        Actor.system("a task"),
        Actor(APPLICATION, str(uuid4()), "an application"),
    ):
        with pytest.raises(Forbidden):
            approve(actor=actor, approval_id=approval.pk)
    assert applied == []


def test_asking_needs_the_kinds_permission_and_a_person(stranger, applied):
    for actor in (stranger, Actor.system("a task")):
        with pytest.raises(Forbidden):
            ask(actor)
    assert not Approval.objects.exists()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_asking_needs_a_reason(owner, applied, reason):
    with pytest.raises(Invalid):
        request_approval(actor=owner, kind="test.act", reason=reason)


def test_an_unknown_kind_is_refused(owner):
    with pytest.raises(Invalid):
        request_approval(actor=owner, kind="no.such", reason="It is needed")


def test_approving_twice_does_it_once(owner, colleague, applied):
    approval = ask(owner)
    approve(actor=colleague, approval_id=approval.pk)
    with pytest.raises(Conflict):
        approve(actor=colleague, approval_id=approval.pk)
    assert applied == ["17"]


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_do_it_once(owner, colleague, person, applied):
    other = person("otto", "operations.decide_approval")
    approval = ask(owner)
    barrier, outcomes = threading.Barrier(2), []

    def decide(actor: Actor) -> None:
        barrier.wait()
        try:
            approve(actor=actor, approval_id=approval.pk)
            outcomes.append("done")
        except Conflict:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(each,)) for each in (colleague, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "late"]
    assert applied == ["17"]


def test_an_act_that_fails_leaves_it_pending(owner, colleague, applied, monkeypatch):
    def fail(approval: Approval, actor: Actor) -> None:
        raise Conflict("Too late.")

    kind = ApprovalKind("test.act", "Fails", "operations.view_job", fail)
    monkeypatch.setitem(
        __import__("operations.approvals", fromlist=["_kinds"])._kinds, kind.code, kind
    )
    approval = ask(owner)
    with pytest.raises(Conflict):
        approve(actor=colleague, approval_id=approval.pk)
    approval.refresh_from_db()
    assert approval.state == "pending"


@pytest.mark.parametrize("how", ["deactivated", "role taken"])
def test_who_asked_must_still_be_allowed(owner, colleague, applied, events, how):
    approval = ask(owner)
    person = User.objects.get(pk=owner.id)
    if how == "deactivated":
        person.is_active = False
        person.save()
    else:
        person.groups.clear()
    with pytest.raises(Conflict) as caught:
        approve(actor=colleague, approval_id=approval.pk)
    assert caught.value.code == "asker-not-allowed"
    assert applied == []
    assert events("approval")[-1].details["problem"] == "asker-not-allowed"
    reject(actor=colleague, approval_id=approval.pk, reason="They are gone")


def test_a_kind_that_is_gone_is_no_fault(owner, colleague, applied, monkeypatch):
    approval = ask(owner)
    monkeypatch.delitem(approvals._kinds, approval.kind)
    with pytest.raises(Conflict):
        approve(actor=colleague, approval_id=approval.pk)


def test_rejecting_needs_a_reason_and_does_nothing(owner, colleague, applied, events):
    approval = ask(owner)
    with pytest.raises(Invalid):
        reject(actor=colleague, approval_id=approval.pk, reason=" ")
    reject(actor=colleague, approval_id=approval.pk, reason="Not now")
    approval.refresh_from_db()
    assert (approval.state, approval.decision_reason) == ("rejected", "Not now")
    assert applied == []
    assert len(events("approval", "rejected")) == 1


def test_withdrawing_is_for_the_one_who_asked(owner, colleague, applied):
    approval = ask(owner)
    with pytest.raises(NotFound):
        withdraw(actor=colleague, approval_id=approval.pk)
    withdraw(actor=owner, approval_id=approval.pk)
    with pytest.raises(Conflict):
        withdraw(actor=owner, approval_id=approval.pk)
    with pytest.raises(Conflict):
        approve(actor=colleague, approval_id=approval.pk)


def test_what_waited_too_long_expires(owner, colleague, applied, events):
    approval = ask(owner, open_for=timedelta(seconds=-1))
    with pytest.raises(Conflict):
        approve(actor=colleague, approval_id=approval.pk)
    system = Actor.system("tests")
    assert expire_approvals(actor=system, now=timezone.now()) == 1
    assert expire_approvals(actor=system, now=timezone.now()) == 0
    assert len(events("approval", "expired")) == 1


def test_one_that_is_not_there_is_not_found(colleague):
    with pytest.raises(NotFound):
        approve(actor=colleague, approval_id=uuid7())
