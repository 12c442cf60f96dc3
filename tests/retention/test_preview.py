from __future__ import annotations

import csv
import io
from uuid import uuid4

import pytest

from core.errors import Forbidden
from operations import worker
from operations.services import read_result
from retention.services import start_preview
from tests.retention.conftest import KEPT


def test_the_list_of_what_would_go(kind, now, hold, officer_actor):
    subject = uuid4()
    over, held = kind.add(now - KEPT), kind.add(now - KEPT, subject)
    hold(subject_id=subject)
    job = start_preview(actor=officer_actor)
    worker.run(job.pk)
    result = read_result(actor=officer_actor, job_id=job.pk)
    assert result.media_type == "text/csv"
    rows = list(csv.DictReader(io.StringIO(result.content.decode())))
    assert {row["id"]: row["outcome"] for row in rows} == {
        str(over.pk): "due",
        str(held.pk): "held",
    }
    assert len(kind.left()) == 2


def test_a_long_list_ends_and_says_so(kind, now, officer_actor, monkeypatch):
    monkeypatch.setattr("retention.jobs.MOST_LISTED", 2)
    for _ in range(5):
        kind.add(now - KEPT)
    job = start_preview(actor=officer_actor)
    worker.run(job.pk)
    result = read_result(actor=officer_actor, job_id=job.pk)
    rows = list(csv.DictReader(io.StringIO(result.content.decode())))
    assert [bool(row["id"]) for row in rows] == [True, True, False]
    assert rows[-1]["reason"].startswith("3 more are not listed")
    job.refresh_from_db()
    assert job.progress_done == 5


def test_it_needs_the_permission(kind, auditor_actor):
    with pytest.raises(Forbidden):
        start_preview(actor=auditor_actor)
