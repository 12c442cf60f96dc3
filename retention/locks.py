"""The lock between the deleter and whoever places a hold."""

from __future__ import annotations

from django.db import connection

_HOLDS_LOCK = 0x7265_7465_6E74  # "retent"


def lock_holds(*, exclusive: bool) -> None:
    """Until the transaction's end: batches share the lock, placing a hold takes it alone."""
    shared = "" if exclusive else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(%s)", [_HOLDS_LOCK])
