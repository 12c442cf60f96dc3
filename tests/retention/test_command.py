from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from retention.models import RetentionRun
from tests.retention.conftest import KEPT


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("enforce_retention", *arguments, stdout=out)
    return out.getvalue()


def test_it_deletes_and_says_what_and_why(kind, now):
    row = kind.add(now - KEPT)
    said = run()
    assert kind.left() == set()
    assert "things: 1 deleted, 0 held, 0 failed (kept for 30 days by the default)" in said
    assert str(row.pk) in said


def test_a_dry_run_in_the_future_says_what_would_go(kind, now, hold):
    subject = uuid4()
    kind.add(now)
    kind.add(now, subject)
    hold(subject_id=subject)
    at = (now + timedelta(days=31)).isoformat()
    document = json.loads(run("--dry-run", "--json", "--at", at))
    assert document["dry_run"] is True
    assert document["categories"]["things"]["deleted"] == 1
    assert {item["outcome"] for item in document["items"]} == {"due", "held"}
    assert {item["decided_by"] for item in document["items"]} == {"default", "hold"}
    assert len(kind.left()) == 2


def test_items_stand_under_their_kind(kind, now):
    rows = [kind.add(now - KEPT) for _ in range(3)]
    said = run("--dry-run").splitlines()
    start = next(n for n, line in enumerate(said) if line.startswith("things: 3 would go"))
    listed = "".join(said[start + 1 : start + 4])
    assert all(str(row.pk) in listed for row in rows)
    assert len(json.loads(run("--dry-run", "--json"))["items"]) == 3


def test_nothing_is_deleted_ahead_of_its_time(kind, now):
    kind.add(now)
    with pytest.raises(CommandError, match="--dry-run"):
        run("--at", (now + timedelta(days=31)).isoformat())
    assert len(kind.left()) == 1
    assert not RetentionRun.objects.exists()


def test_a_moment_in_the_past_deletes_less(kind, now):
    kind.add(now - KEPT)
    run("--at", (now - timedelta(days=1)).isoformat().replace("+00:00", "Z"))
    assert len(kind.left()) == 1


@pytest.mark.parametrize("at", ["yesterday", "2026-13-01", "12"])
def test_a_bad_moment(kind, at):
    with pytest.raises(CommandError, match="ISO 8601"):
        run("--dry-run", "--at", at)


def test_what_failed_fails_the_command(kind, now):
    kind.poisoned = {kind.add(now - KEPT).pk}
    with pytest.raises(CommandError, match="things: RuntimeError"):
        run()
