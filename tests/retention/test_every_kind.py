"""Each kind that an app declares can be swept, previewed and measured, with the rights it has."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from core import inventory
from core.actors import Actor
from retention.backlog import backlog
from retention.deleter import enforce
from retention.schedule import bounds
from retention.services import export_subject

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("tests")


@pytest.mark.parametrize("dry_run", [True, False])
def test_every_kind_is_swept_without_a_fault(dry_run):
    report = enforce(actor=ACTOR, now=timezone.now(), dry_run=dry_run)
    assert report.error == ""
    assert set(report.categories) == {each.code for each in inventory.declarations()}
    assert (report.deleted, report.failed) == (0, 0)


def test_every_kind_is_measured():
    assert backlog(timezone.now() - timedelta(hours=24)) == 0


def test_every_kind_exports_nothing_of_nobody():
    assert list(export_subject(uuid4())) == []


def test_every_default_is_inside_its_own_bounds():
    for declaration in inventory.declarations():
        least, most = bounds(declaration)
        assert least <= declaration.keep.days <= (most or 36500), declaration.code
