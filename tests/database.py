"""The test database: made by the owner, used as the web role, put back after a real commit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

from audit import services
from core.database import WEB

_SEED = "test_seed"
_seeds: dict[str, str | None] = {}
"""Each table's rows as the migrations left them, as one digest; None for an empty one."""
_seeded_months: set[str] = set()


def remember() -> None:
    """Keep what the migrations seeded, to put it back after tests that commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND c.relname <> 'django_migrations' ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"CREATE SCHEMA {_SEED}")
        _seeded_months.update(_months(cursor))
        _seeds.update(_digests(cursor, tables))
        for table, digest in _seeds.items():
            if digest is not None:
                cursor.execute(f'CREATE TABLE {_SEED}."{table}" AS TABLE public."{table}"')


def _digests(cursor: Any, tables: Iterable[str]) -> dict[str, str | None]:
    cursor.execute(
        " UNION ALL ".join(
            f"SELECT '{table}', md5(string_agg(r::text, '|' ORDER BY r::text))"
            f' FROM public."{table}" r'
            for table in tables
        )
    )
    return dict(cursor.fetchall())


def _months(cursor: Any) -> set[str]:
    """The audit log's partitions."""
    cursor.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'audit_auditevent'::regclass"
    )
    return {row[0] for row in cursor.fetchall()}


def put_back() -> None:
    """The seeded rows again and nothing else, as the owner, past the append-only triggers.

    Only the tables that differ are touched: a TRUNCATE makes new files for each table and index
    that it names, some hundreds of them.
    """
    connection.close()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        made = _months(cursor) - _seeded_months
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        )
        guarded = [row[0] for row in cursor.fetchall() if row[0] not in made]
        now = _digests(cursor, _seeds)
        changed = [table for table, digest in _seeds.items() if now[table] != digest]
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for month in made:
            cursor.execute(f"DROP TABLE {month}")
        # Foreign keys are deferred: the order does not matter.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in changed:
            cursor.execute(f'DELETE FROM public."{table}"')
            if _seeds[table] is not None:
                cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM {_SEED}."{table}"')
        # Deferred checks must be done before the triggers return.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    services._months.clear()
    services._unsure.clear()
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
