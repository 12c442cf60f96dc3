"""What is measured of health records where they lie."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection

from core import evidence, inventory

pytestmark = pytest.mark.django_db


def test_sealed_records_count(health_record: Any) -> None:
    found = evidence.measure("phi.encryption_at_rest")
    assert (found.status, found.figure) == ("pass", "1 of 1 newest items")


def test_what_is_no_sealed_message_fails(health_record: Any) -> None:
    with connection.cursor() as cursor:
        # The version byte alone is what the database's own check asks for.
        cursor.execute(r"UPDATE phi_healthrecord SET content_sealed = '\x017b7d'")
    assert evidence.measure("phi.encryption_at_rest").status == "fail"


@pytest.mark.parametrize("year", range(2021, 2034))
@pytest.mark.parametrize("month", [1, 2, 3, 12])
def test_six_years_are_whole_years(year: int, month: int) -> None:
    start = datetime(year, month, 28, 12, tzinfo=UTC)
    left = inventory.get("health_records").keep.end(start) - (start + relativedelta(years=6))
    assert 0 <= left.days <= 1
