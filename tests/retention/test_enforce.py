from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from core.actors import Actor
from core.errors import Conflict
from core.inventory import Dropped
from operations.models import Job
from retention import deleter
from retention.deleter import destroy, enforce
from retention.evidence import measure_backlog
from retention.models import LegalHold, RetentionPolicy, RetentionRun, Tombstone
from retention.report import Item
from tests.retention.conftest import KEPT, Kind

ACTOR = Actor.system("tests")
SECOND = timedelta(seconds=1)


def sweep(now, **kwargs):
    return enforce(actor=ACTOR, now=now, **kwargs)


def policy(days: int, now) -> None:
    RetentionPolicy.objects.create(
        code="things",
        days=days,
        reason="Less is enough",
        effective_from=now - SECOND,
        set_by_id="1",
        set_by_name="olive",
        approved_by_id="2",
        approved_by_name="dora",
        created_at=now,
    )


def test_what_has_ended_goes_to_the_second(kind, now, events):
    subject = uuid4()
    over = kind.add(now - KEPT, subject)
    kept = kind.add(now - KEPT + SECOND)
    report = sweep(now)
    assert kind.left() == {kept.pk}
    assert (report.deleted, report.held, report.failed) == (1, 0, 0)
    stone = Tombstone.objects.get()
    assert (stone.category, stone.object_id) == ("things", str(over.pk))
    assert (stone.subject_id, stone.clock, stone.policy_days) == (subject, now - KEPT, 30)
    (event,) = events("deleted")
    assert event.details["count"] == 1
    assert event.details["category"] == "things"
    assert event.details["first"] == event.details["last"] == str(over.pk)
    run = RetentionRun.objects.get()
    assert run.counts["things"]["deleted"] == 1
    assert run.finished_at is not None
    assert event.details["run"] == str(run.pk)
    assert len(events("enforced")) == 1


def test_what_is_not_live_and_what_has_no_clock_stays(kind, now):
    other = kind.add(now - KEPT)
    Job.objects.filter(pk=other.pk).update(kind="other")
    sweep(now)
    assert Job.objects.filter(pk=other.pk).exists()


def test_a_repeat_does_nothing(kind, now, events):
    kind.add(now - KEPT)
    sweep(now)
    assert sweep(now).deleted == 0
    assert len(events("deleted")) == Tombstone.objects.count() == 1


def test_a_policy_overrides_the_default(kind, now):
    kind.add(now - timedelta(days=11))
    assert sweep(now).deleted == 0
    policy(10, now)
    report = sweep(now)
    assert report.deleted == 1
    assert report.categories["things"].decided_by == "policy"
    assert Tombstone.objects.get().policy_days == 10


def test_a_dry_run_changes_nothing_and_says_why(kind, now, hold):
    subject = uuid4()
    over, held = kind.add(now - KEPT), kind.add(now - KEPT, subject)
    kind.add(now)
    matter = hold(subject_id=subject)
    items: list[Item] = []
    report = sweep(now, dry_run=True, on_item=items.append)
    assert len(kind.left()) == 3
    assert not Tombstone.objects.exists()
    assert not kind.erased
    counts = report.categories["things"]
    assert (counts.deleted, counts.held, counts.kept) == (1, 1, 1)
    told = {item.id: (item.outcome, item.decided_by, item.reason) for item in items}
    assert told == {
        str(over.pk): ("due", "default", "kept for 30 days by the default"),
        str(held.pk): ("held", "hold", f"legal hold {matter.pk}"),
    }


def test_batches_go_one_by_one_with_an_event_each(kind, now, events, monkeypatch):
    monkeypatch.setattr(deleter, "BATCH", 2)
    for minute in range(5):
        kind.add(now - KEPT - timedelta(minutes=minute))
    assert sweep(now).deleted == 5
    assert [event.details["count"] for event in events("deleted")] == [2, 2, 1]


def test_a_batch_costs_a_fixed_number_of_queries(kind, now, django_assert_max_num_queries):
    for minute in range(50):
        kind.add(now - KEPT - timedelta(minutes=minute))
    with django_assert_max_num_queries(45):
        sweep(now)


# Holds ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criteria", "stays"),
    [
        ({"subject_id": "mine"}, True),
        ({"subject_id": "other"}, False),
        ({"call_id": "mine"}, True),
        ({"call_id": "other"}, False),
        ({"category": "things"}, True),
        ({"category": "others"}, False),
        ({"period_from": -1}, True),
        ({"period_from": 0}, True),
        ({"period_from": 1}, False),
        ({"period_to": 0}, True),
        ({"period_to": 1}, True),
        ({"period_to": -1}, False),
        ({"period_from": -1, "period_to": 1}, True),
        ({"subject_id": "mine", "period_to": -1}, False),
        ({"subject_id": "mine", "category": "others"}, False),
        ({"subject_id": "mine", "category": "things", "period_from": -1}, True),
        ({"subject_id": "mine", "call_id": "other"}, False),
    ],
)
def test_a_hold_binds_what_matches_every_criterion(kind, now, hold, criteria, stays):
    subject, clock = uuid4(), now - KEPT - timedelta(days=1)
    row = kind.add(clock, subject)
    mine = {"subject_id": subject, "call_id": row.pk}
    given = {}
    for name, value in criteria.items():
        if name.endswith("_id"):
            given[name] = mine[name] if value == "mine" else uuid4()
        elif name.startswith("period"):
            given[name] = clock + timedelta(seconds=value)
        else:
            given[name] = value
    hold(**given)
    report = sweep(now)
    assert (row.pk in kind.left()) is stays
    assert report.held == int(stays)


def test_a_kind_without_subjects_is_not_bound_by_a_subjects_hold(kind, declared, now, hold):
    from dataclasses import replace

    declared["things"] = replace(kind.declaration, subject_path=None)
    kind.add(now - KEPT, uuid4())
    hold(subject_id=uuid4())
    assert sweep(now).deleted == 1


def test_a_released_hold_lets_go(kind, now, hold):
    kind.add(now - KEPT)
    matter = hold(category="things")
    assert sweep(now).held == 1
    LegalHold.objects.filter(pk=matter.pk).update(released_at=now)
    assert sweep(now).deleted == 1


# Faults -----------------------------------------------------------------------------------


def test_a_row_that_cannot_be_erased_stands_in_nobodys_way(kind, now, events):
    rows = [kind.add(now - KEPT - timedelta(minutes=minute)) for minute in range(4)]
    kind.poisoned = {rows[2].pk}
    report = sweep(now)
    assert kind.left() == {rows[2].pk}
    counts = report.categories["things"]
    assert (counts.deleted, counts.failed, counts.error) == (3, 1, "RuntimeError")
    assert "things: RuntimeError" in RetentionRun.objects.get().error
    assert Tombstone.objects.count() == 3
    kind.poisoned = set()
    assert sweep(now).deleted == 1


def test_an_erase_that_does_nothing_does_not_go_on_for_ever(kind, declared, now):
    from dataclasses import replace

    declared["things"] = replace(kind.declaration, erase=lambda rows: [])
    kind.add(now - KEPT)
    kind.add(now - KEPT)
    report = sweep(now)
    assert (report.deleted, report.failed) == (0, 2)
    assert not Tombstone.objects.exists()


def test_a_kind_that_always_fails_is_left_after_a_hundred_rows(kind, now, monkeypatch):
    monkeypatch.setattr(deleter, "MAX_FAILURES", 3)
    rows = [kind.add(now - KEPT - timedelta(minutes=minute)) for minute in range(8)]
    kind.poisoned = {row.pk for row in rows}
    assert sweep(now).failed == 3


def test_one_kinds_fault_does_not_stop_another(kind, declared, now):
    from dataclasses import replace

    def broken(*args, **kwargs):
        raise DatabaseError

    declared["broken"] = replace(kind.declaration, code="broken", erase=None, drop=broken)
    kind.add(now - KEPT)
    report = sweep(now)
    assert report.categories["broken"].error == "DatabaseError"
    assert report.categories["things"].deleted == 1


def test_blobs_go_after_the_commit(kind, now, django_capture_on_commit_callbacks):
    row = kind.add(now - KEPT)
    with django_capture_on_commit_callbacks(execute=True):
        sweep(now)
        assert kind.removed == []
    assert kind.removed == [f"blob-{row.pk}"]


def test_no_blob_goes_when_the_batch_rolls_back(kind, now, django_capture_on_commit_callbacks):
    kind.poisoned = {kind.add(now - KEPT).pk}
    with django_capture_on_commit_callbacks(execute=True):
        sweep(now)
    assert kind.removed == []


def test_the_web_role_is_back_afterwards(kind, now):
    kind.add(now - KEPT)
    sweep(now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("voicecompliance_web",)


# Partitions -------------------------------------------------------------------------------


@pytest.fixture
def partitions(kind, declared, now):
    from dataclasses import replace

    month = timedelta(days=30)
    asked: list[tuple] = []

    def drop(cutoff, *, held, dry_run):
        gone = []
        for place in (3, 2):
            start, end = now - KEPT - month * place, now - KEPT - month * (place - 1)
            if end <= cutoff and not held(start, end):
                gone.append(Dropped(f"things_{place}", 7, start, end))
        asked.append((cutoff, dry_run))
        return gone

    declared.clear()
    declared["months"] = replace(kind.declaration, code="months", erase=None, drop=drop)
    return asked


def test_partitions_are_dropped_with_an_event_each(partitions, now, events):
    report = sweep(now)
    assert set(partitions) == {(now - KEPT, False)}
    assert report.deleted == 14
    assert [event.details["count"] for event in events("partition_dropped")] == [7, 7]
    assert set(Tombstone.objects.values_list("object_id", flat=True)) == {"things_2", "things_3"}


def test_a_hold_on_a_period_keeps_the_partitions_it_reaches_into(partitions, now, hold):
    hold(period_from=now - KEPT - timedelta(days=75), period_to=now - KEPT - timedelta(days=70))
    report = sweep(now)
    assert (report.deleted, report.held) == (7, 1)
    assert Tombstone.objects.get().object_id == "things_2"


def test_a_subjects_hold_keeps_a_partition_only_where_it_names_the_kind(partitions, now, hold):
    hold(subject_id=uuid4())
    assert sweep(now, dry_run=True).deleted == 14
    hold(subject_id=uuid4(), category="months")
    assert sweep(now, dry_run=True).held == 2
    assert not Tombstone.objects.exists()


# Races ------------------------------------------------------------------------------------


def _together(*functions) -> None:
    def closing(function):
        try:
            function()
        finally:
            connection.close()

    threads = [threading.Thread(target=closing, args=(each,)) for each in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_delete_each_row_once(kind: Kind, monkeypatch):
    monkeypatch.setattr(deleter, "BATCH", 3)
    now = timezone.now()
    for minute in range(20):
        kind.add(now - KEPT - timedelta(minutes=minute))
    reports = []
    _together(*[lambda: reports.append(sweep(now))] * 2)
    assert kind.left() == set()
    assert sum(report.deleted for report in reports) == 20
    assert Tombstone.objects.count() == 20
    assert len(kind.removed) == len(set(kind.removed)) == 20


@pytest.mark.django_db(transaction=True)
def test_placing_a_hold_waits_for_the_batch_under_way(kind: Kind, officer_actor):
    from retention.services import place_hold

    now = timezone.now()
    kind.add(now - KEPT)
    inside, order = threading.Event(), []
    erase = kind.erase

    def slowly(rows):
        inside.set()
        assert not placed.wait(0.3)
        order.append("erased")
        return erase(rows)

    placed = threading.Event()
    from dataclasses import replace

    from core import inventory

    inventory._declared["things"] = replace(kind.declaration, erase=slowly)

    def place():
        inside.wait(5)
        place_hold(
            actor=officer_actor,
            matter="1",
            reason="Litigation",
            custodian="Legal",
            category="things",
        )
        order.append("placed")
        placed.set()

    _together(lambda: sweep(now), place)
    assert order == ["erased", "placed"]


@pytest.mark.django_db(transaction=True)
def test_a_killed_run_is_taken_up_where_it_stopped(kind: Kind, monkeypatch):
    monkeypatch.setattr(deleter, "BATCH", 2)
    now = timezone.now()
    for minute in range(4):
        kind.add(now - KEPT - timedelta(minutes=minute))
    erase, calls = kind.erase, []

    def killed(rows):
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit
        return erase(rows)

    from dataclasses import replace

    from core import inventory

    inventory._declared["things"] = replace(kind.declaration, erase=killed)
    with pytest.raises(SystemExit):
        sweep(now)
    assert len(kind.left()) == Tombstone.objects.count() == 2
    assert RetentionRun.objects.get().finished_at is None
    sweep(now)
    assert kind.left() == set()
    assert Tombstone.objects.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["retention_tombstone", "retention_retentionpolicy"])
@pytest.mark.parametrize("role", ["voicecompliance_web", "NONE"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}"])
def test_proofs_are_append_only(kind, now, table, role, statement):
    kind.add(now - KEPT)
    policy(20, now)
    sweep(now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(statement.format(table))


# Over before its time ----------------------------------------------------------------------


@pytest.fixture
def over(kind, declared):
    """The kind with rows that are over by a mark of their own, whatever their clock says."""
    declared["things"] = replace(
        kind.declaration,
        over=lambda at: Q(finished_at__lte=at),
        over_reason="it was finished",
    )
    kind.declaration = declared["things"]
    return kind


def finish(row, at) -> None:
    Job.objects.filter(pk=row.pk).update(finished_at=at, state="failed")


def test_what_is_over_goes_before_its_time(over, now, events):
    ended, later, young = over.add(now), over.add(now), over.add(now)
    finish(ended, now)
    finish(later, now + SECOND)
    items: list[Item] = []
    assert sweep(now, on_item=items.append).deleted == 1
    assert over.left() == {later.pk, young.pk}
    assert [(item.id, item.reason) for item in items] == [(str(ended.pk), "it was finished")]
    (event,) = events("deleted")
    assert (event.details["over"], event.details["over_reason"]) == (1, "it was finished")
    assert sweep(now + SECOND).deleted == 1


def test_a_policy_does_not_lengthen_what_is_over(over, now):
    policy(3000, now)
    finish(over.add(now - KEPT), now)
    over.add(now - KEPT)
    assert sweep(now).deleted == 1


def test_a_dry_run_tells_of_what_is_over(over, now):
    finish(over.add(now), now)
    items: list[Item] = []
    report = sweep(now, dry_run=True, on_item=items.append)
    assert report.categories["things"].deleted == 1
    (item,) = items
    assert (item.outcome, item.reason, item.ends) == ("due", "it was finished", now)


def test_a_hold_keeps_what_is_over(over, now, hold):
    subject = uuid4()
    finish(over.add(now, subject), now)
    hold(subject_id=subject)
    report = sweep(now)
    assert (report.deleted, report.held) == (0, 1)


# Named rows --------------------------------------------------------------------------------


def test_named_rows_go_now(kind, now, events):
    gone, kept = kind.add(now), kind.add(now)
    assert destroy(actor=ACTOR, code="things", ids=[gone.pk], now=now) == 1
    assert kind.left() == {kept.pk}
    stone = Tombstone.objects.get()
    assert stone.object_id == str(gone.pk)
    assert (stone.run.only, stone.run.counts["things"]["deleted"]) == ("things", 1)
    assert len(events("deleted")) == 1
    assert destroy(actor=ACTOR, code="things", ids=[gone.pk], now=now) == 0
    assert RetentionRun.objects.count() == 1


def test_named_rows_under_hold_stay(kind, now, hold):
    subject = uuid4()
    held, free = kind.add(now, subject), kind.add(now)
    hold(subject_id=subject)
    with pytest.raises(Conflict, match="hold"):
        destroy(actor=ACTOR, code="things", ids=[held.pk, free.pk], now=now)
    assert kind.left() == {held.pk, free.pk}


def test_named_rows_that_cannot_be_erased_are_told_of(kind, now):
    row = kind.add(now)
    kind.poisoned.add(row.pk)
    with pytest.raises(RuntimeError):
        destroy(actor=ACTOR, code="things", ids=[row.pk], now=now)
    assert kind.left() == {row.pk}
    assert RetentionRun.objects.get().error == "RuntimeError"


def test_named_rows_are_no_sweep(kind, now):
    destroy(actor=ACTOR, code="things", ids=[kind.add(now).pk], now=now)
    status, _, detail = measure_backlog()
    assert (status, detail) == ("unknown", "The sweep has not run yet; it runs every hour.")
