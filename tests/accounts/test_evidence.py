"""How many have a second factor."""

from __future__ import annotations

import pytest

from accounts.evidence import second_factor_coverage

pytestmark = pytest.mark.django_db


def test_nobody_yet():
    assert second_factor_coverage()[0] == "unknown"


def test_some_and_then_all(officer, make_person, enrol):
    make_person("api-only", is_staff=False)
    enrol(officer)
    assert second_factor_coverage()[:2] == ("pass", "1 of 1 people")
    make_person("newcomer")
    assert second_factor_coverage()[:2] == ("fail", "1 of 2 people")
