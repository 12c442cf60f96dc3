from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import F, Func

from core.inventory import Period
from retention.models import RetentionPolicy
from retention.schedule import explain

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_the_default(kind, now):
    said = explain(kind.declaration, kind.add(START), now)
    assert said.ends == datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
    assert (said.decided_by, said.days) == ("default", 30)
    assert said.sentence == "Goes on 2026-03-31 12:00 UTC: kept for 30 days by the default."


def test_a_policy(kind, now):
    RetentionPolicy.objects.create(
        code="things",
        days=10,
        reason="Why",
        effective_from=now,
        set_by_id="1",
        set_by_name="olive",
        approved_by_id="2",
        approved_by_name="dora",
        created_at=now,
    )
    said = explain(kind.declaration, kind.add(START), now)
    assert (said.decided_by, said.ends) == ("policy", START + timedelta(days=10))


def test_a_hold(kind, now, hold):
    row = kind.add(START)
    matter = hold(call_id=row.pk)
    said = explain(kind.declaration, row, now)
    assert (said.decided_by, said.hold_id) == ("hold", matter.pk)
    assert said.sentence.startswith(f"Stays while legal hold {matter.pk} binds it")


def test_bounds(kind, now):
    row = kind.add(START)
    longer = replace(kind.declaration, keep=Period(days=30, floor=relativedelta(months=6)))
    shorter = replace(kind.declaration, keep=Period(days=30, ceiling=relativedelta(days=20)))
    assert explain(longer, row, now).ends == datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
    assert "never before its least keep time" in explain(longer, row, now).sentence
    assert "never after its longest keep time" in explain(shorter, row, now).sentence


def test_no_end_yet_and_gone_already(kind, now):
    row = kind.add(START)
    unset = replace(kind.declaration, clock="finished_at")
    assert explain(unset, row, now).ends is None
    row.delete()
    assert explain(kind.declaration, row, now).sentence == "Gone already."


def test_a_clock_may_be_an_expression(kind, now):
    declaration = replace(
        kind.declaration, clock=Func(F("created_at"), F("heartbeat_at"), function="GREATEST")
    )
    row = kind.add(START)
    type(row).objects.update(heartbeat_at=START + timedelta(days=1))
    assert explain(declaration, row, now).ends == START + timedelta(days=31)
