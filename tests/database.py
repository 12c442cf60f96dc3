"""The test database: made by the owner, used as the web role, put back after a real commit."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

from audit import services
from core.database import WEB

_SEED = "test_seed"
_tables: list[str] = []
_seeded_months: set[str] = set()
_guarded: list[str] = []


def remember() -> None:
    """Keep what the migrations seeded, to put it back after tests that commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND c.relname <> 'django_migrations' ORDER BY 1"
        )
        _tables[:] = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"CREATE SCHEMA {_SEED}")
        _seeded_months.update(_months(cursor))
        for table in _tables:
            cursor.execute(f'CREATE TABLE {_SEED}."{table}" AS TABLE public."{table}"')


def _months(cursor: Any) -> set[str]:
    """The audit log's partitions."""
    cursor.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'audit_auditevent'::regclass"
    )
    return {row[0] for row in cursor.fetchall()}


def put_back() -> None:
    """The seeded rows again and nothing else, as the owner, past the append-only triggers."""
    connection.close()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        )
        guarded = [row[0] for row in cursor.fetchall()]
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for month in _months(cursor) - _seeded_months:
            cursor.execute(f"DROP TABLE {month}")
            guarded.remove(month)
    services._months.clear()
    services._unsure.clear()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        names = ", ".join(f'public."{table}"' for table in _tables)
        cursor.execute(f"TRUNCATE {names}")
        for table in _tables:
            cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM {_SEED}."{table}"')
        # Deferred checks of the rows just put back must be done before the triggers return.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    connection.close()


def enter_web_role() -> None:
    """From now on every connection of this process is the web role's."""
    connection.close()
    connection.settings_dict["OPTIONS"]["options"] = f"-c role={WEB}"


def leave_web_role() -> None:
    """Back to the owner, who may drop the database."""
    connection.close()
    connection.settings_dict["OPTIONS"].pop("options", None)


def teardown_after_commit(self: TransactionTestCase) -> None:
    """In place of Django's flush, which append-only tables refuse."""
    put_back()
