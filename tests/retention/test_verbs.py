"""Policies and holds: asked for, agreed, in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.actors import Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from core.ids import uuid7
from core.inventory import Period
from operations.models import Approval
from operations.services import approve
from retention.models import LegalHold, RetentionPolicy
from retention.schedule import bounds
from retention.services import (
    export_subject,
    place_hold,
    request_policy,
    request_release,
)

WHY = {"matter": "Matter 1", "reason": "Litigation", "custodian": "Legal"}


def test_another_keep_time_takes_two_people(kind, officer_actor, dpo_actor, events):
    approval = request_policy(actor=officer_actor, code="things", days=10, reason="Less will do")
    assert not RetentionPolicy.objects.exists()
    with pytest.raises(Problem) as refused:
        approve(actor=officer_actor, approval_id=approval.pk)
    assert refused.value.code == "same-person"
    approve(actor=dpo_actor, approval_id=approval.pk)
    policy = RetentionPolicy.objects.get()
    assert (policy.days, policy.set_by_name, policy.approved_by_name) == (10, "olive", "dora")
    assert RetentionPolicy.objects.days_by_code(timezone.now()) == {"things": 10}
    assert len(events("policy_set")) == 1


def test_the_newest_version_that_has_begun_counts(kind, officer_actor, dpo_actor):
    later = timezone.now() + timedelta(days=5)
    for days, start in ((10, None), (20, None), (40, later)):
        approval = request_policy(
            actor=officer_actor, code="things", days=days, reason="Why", effective_from=start
        )
        approve(actor=dpo_actor, approval_id=approval.pk)
    policies = RetentionPolicy.objects
    assert policies.days_by_code(timezone.now()) == {"things": 20}
    assert policies.days_by_code(later) == {"things": 40}


@pytest.mark.parametrize(("days", "right"), [(364, False), (365, True), (731, True), (732, False)])
def test_the_declarations_bounds_bind(kind, declared, officer_actor, days, right):
    declared["things"] = replace(
        kind.declaration,
        keep=Period(days=400, floor=relativedelta(years=1), ceiling=relativedelta(years=2)),
    )
    ask = {"actor": officer_actor, "code": "things", "days": days, "reason": "Why"}
    if right:
        request_policy(**ask)
    else:
        with pytest.raises(Invalid) as refused:
            request_policy(**ask)
        assert "365 to 731" in refused.value.errors["days"][0]


def test_a_default_under_a_calendar_floor_stays_allowed(kind):
    declaration = replace(kind.declaration, keep=Period(days=2555, floor=relativedelta(years=7)))
    assert bounds(declaration) == (2555, None)


@pytest.mark.parametrize("days", [0, -1, 36501])
def test_senseless_days_are_refused(kind, officer_actor, days):
    with pytest.raises(Invalid):
        request_policy(actor=officer_actor, code="things", days=days, reason="Why")


def test_a_keep_time_cannot_change_in_the_past_or_for_no_kind(kind, officer_actor):
    with pytest.raises(Invalid):
        request_policy(
            actor=officer_actor,
            code="things",
            days=10,
            reason="Why",
            effective_from=timezone.now() - timedelta(seconds=1),
        )
    with pytest.raises(Invalid):
        request_policy(actor=officer_actor, code="nothing", days=10, reason="Why")


def test_roles(kind, auditor_actor, dpo_actor):
    for actor in (auditor_actor, dpo_actor, Actor.system("a task")):
        with pytest.raises(Forbidden):
            request_policy(actor=actor, code="things", days=10, reason="Why")
    with pytest.raises(Forbidden):
        place_hold(actor=auditor_actor, category="things", **WHY)
    assert not Approval.objects.exists()


def test_a_hold_is_placed_by_one_and_released_by_two(kind, officer_actor, dpo_actor, events):
    hold = place_hold(actor=dpo_actor, category="things", **WHY)
    assert len(events("hold_placed")) == 1
    approval = request_release(actor=dpo_actor, hold_id=hold.pk, reason="Settled")
    with pytest.raises(Conflict):
        request_release(actor=officer_actor, hold_id=hold.pk, reason="Settled")
    with pytest.raises(Problem):
        approve(actor=dpo_actor, approval_id=approval.pk)
    assert LegalHold.objects.active().count() == 1
    approve(actor=officer_actor, approval_id=approval.pk)
    hold.refresh_from_db()
    assert hold.released_by_name == "olive"
    assert not LegalHold.objects.active().exists()
    assert len(events("hold_released")) == 1
    with pytest.raises(Conflict):
        request_release(actor=dpo_actor, hold_id=hold.pk, reason="Settled")


def test_releasing_one_that_is_not_there(dpo_actor):
    with pytest.raises(NotFound):
        request_release(actor=dpo_actor, hold_id=uuid7(), reason="Settled")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, "body"),
        ({"category": "nothing"}, "category"),
        ({"subject_id": uuid4(), "matter": " "}, "matter"),
        ({"subject_id": uuid4(), "reason": "x" * 501}, "reason"),
        ({"period_from": timezone.now(), "period_to": timezone.now() - timedelta(1)}, "period_to"),
    ],
)
def test_a_hold_that_says_nothing_is_refused(kind, dpo_actor, change, field):
    with pytest.raises(Invalid) as refused:
        place_hold(actor=dpo_actor, **{**WHY, **change})
    assert field in refused.value.errors


def test_the_database_refuses_a_hold_without_a_criterion(hold):
    with pytest.raises(IntegrityError), transaction.atomic():
        hold()


def test_a_subjects_export_walks_every_kind(kind, now):
    subject = uuid4()
    row = kind.add(now, subject)
    kind.add(now, uuid4())
    assert list(export_subject(subject)) == [("things", [{"id": str(row.pk)}])]
    assert list(export_subject(uuid4())) == []
