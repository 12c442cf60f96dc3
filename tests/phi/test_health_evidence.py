"""What is measured of health records where they lie."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from core import evidence

pytestmark = pytest.mark.django_db


def test_sealed_records_count(health_record: Any) -> None:
    found = evidence.measure("phi.encryption_at_rest")
    assert (found.status, found.figure) == ("pass", "1 of 1 newest items")


def test_what_is_no_sealed_message_fails(health_record: Any) -> None:
    with connection.cursor() as cursor:
        # The version byte alone is what the database's own check asks for.
        cursor.execute(r"UPDATE phi_healthrecord SET content_sealed = '\x017b7d'")
    assert evidence.measure("phi.encryption_at_rest").status == "fail"
