"""The daily counts are those of the sealed events, whatever is written, sealed and dropped."""

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import rollups
from audit.models import Checkpoint, DailyActor, DailyCount, Leaf, SealingGap
from audit.personal_data import drop
from audit.sealing import seal
from audit.services import Entry, record_many
from core.actors import Actor
from core.database import DROPPER, SEALER, acting_as

pytestmark = pytest.mark.django_db
# Months that may be dropped, and this one.
OLD = timezone.now().astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
MONTHS = (OLD - relativedelta(years=9), OLD - relativedelta(years=8, months=11), OLD)
SPAN = {"first": MONTHS[0].date(), "last": (OLD + timedelta(days=40)).date()}
ACTORS = [
    Actor("person", "1", "ada"),
    Actor("person", "1", "ada renamed"),
    Actor("application", "2", "voice app"),
    Actor("anonymous", "", ""),
    Actor("reporter", "2", "voice app"),
]

writes = st.tuples(
    st.just("write"),
    st.sampled_from(range(len(MONTHS))),
    st.integers(0, 3 * 86_400_000),
    st.sampled_from(range(len(ACTORS))),
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.sampled_from(["x", "y"]),
            st.sampled_from(["INFO", "WARNING"]),
        ),
        min_size=1,
        max_size=4,
    ),
)
seals = st.tuples(st.just("seal"), st.sampled_from([1, 2, 3, 50_000]))
drops = st.tuples(st.just("drop"), st.sampled_from([0, 1]))


def write(moment, actor, kinds):
    """Events as if received at ``moment``."""
    import audit.services as services

    class Clock:
        @staticmethod
        def now():
            return moment

    before, services.timezone = services.timezone, Clock
    try:
        with transaction.atomic():
            record_many(
                actor=actor,
                entries=[Entry(event_type=t, action=a, severity=s) for t, a, s in kinds],
            )
    finally:
        services.timezone = before


def act(step):
    match step:
        case ("write", month, offset, actor, kinds):
            write(MONTHS[month] + timedelta(milliseconds=offset), ACTORS[actor], kinds)
        case ("seal", batch):
            seal(batch=batch)
        case ("drop", month):
            seal()
            cutoff = MONTHS[month] + relativedelta(months=1)
            with acting_as(DROPPER):
                drop(cutoff, held=lambda start, end: False)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.one_of(writes, writes, seals, drops), min_size=3, max_size=14))
def test_counts_are_those_of_the_sealed_events(db, steps):
    with transaction.atomic():
        for step in steps:
            act(step)
            differing, _ = rollups.differences(**SPAN)
            assert differing == 0, step
        seal()
        differing, events = rollups.differences(**SPAN)
        assert differing == 0
        assert events == sum(DailyCount.objects.values_list("count", flat=True))
        assert events == sum(DailyActor.objects.values_list("count", flat=True))
        transaction.set_rollback(True)
    import audit.services as services

    # What was rolled back made no partition.
    services._months.clear()


def test_unsealed_events_are_in_no_count():
    write(OLD, ACTORS[0], [("a", "x", "INFO")] * 3)
    assert not DailyCount.objects.exists()
    seal()
    held = DailyCount.objects.get()
    assert (held.day, held.count, held.last_index) == (OLD.date(), 3, 2)


def test_the_last_name_of_an_actor_counts():
    write(OLD, ACTORS[0], [("a", "x", "INFO")])
    seal()
    write(OLD, ACTORS[1], [("a", "x", "INFO")])
    seal()
    held = DailyActor.objects.get()
    assert (held.actor_name, held.count) == ("ada renamed", 2)


def test_days_are_utc():
    end = OLD + timedelta(days=1)
    write(end - timedelta(microseconds=1), ACTORS[0], [("a", "x", "INFO")])
    write(end, ACTORS[0], [("a", "x", "INFO")])
    seal()
    days = DailyCount.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [OLD.date(), end.date()]


def test_a_difference_is_seen():
    write(OLD, ACTORS[0], [("a", "x", "INFO")])
    seal()
    with acting_as(SEALER):
        DailyCount.objects.update(count=7)
    assert rollups.differences(**SPAN)[0] == 2


@pytest.mark.parametrize("role", ["voicecompliance_web", DROPPER])
def test_nobody_but_the_sealer_counts(role):
    write(OLD, ACTORS[0], [("a", "x", "INFO")])
    seal()
    for statement in (
        "UPDATE audit_dailycount SET count = 9",
        "INSERT INTO audit_dailyactor VALUES ('2026-01-01', 'person', '1', 'x', 1)",
        "INSERT INTO audit_sealinggap VALUES (1, now(), now() + interval '1 s', 1)",
    ):
        with pytest.raises(DatabaseError), acting_as(role), connection.cursor() as cursor:
            cursor.execute(statement)


def test_waiting_over_a_minute_is_a_gap():
    now = timezone.now()
    write(now - timedelta(minutes=5), ACTORS[0], [("a", "x", "INFO")] * 2)
    seal()
    gap = SealingGap.objects.get()
    point = Checkpoint.objects.get()
    assert (gap.size, gap.events, gap.closed_at) == (2, 2, point.signed_at)
    assert gap.opened_at == Leaf.objects.get(index=0).received_at
    # Received long ago and committed late, with a checkpoint in between: no gap of the sealer's.
    write(now - timedelta(minutes=4), ACTORS[0], [("a", "x", "INFO")])
    seal()
    assert SealingGap.objects.count() == 1
    with pytest.raises(DatabaseError), acting_as(SEALER):
        SealingGap.objects.update(events=0)


def test_counting_is_three_queries_a_batch(django_assert_num_queries):
    write(timezone.now(), ACTORS[0], [("a", "x", "INFO")] * 5)
    seal()
    with acting_as(SEALER), django_assert_num_queries(3):
        rollups.add(start=0, stop=5)


def test_an_empty_span_has_no_difference():
    assert rollups.differences(first=date(2020, 1, 1), last=date(2020, 1, 2)) == (0, 0)
    assert datetime.now(UTC).date() >= OLD.date()
