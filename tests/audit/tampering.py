"""A log to tamper with, as the database's superuser with the triggers off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction

from audit.models import Checkpoint, Leaf
from audit.sealing import seal
from audit.services import Entry, record_many
from core.actors import Actor

ACTOR = Actor("person", "17", "officer-one", "192.0.2.1")
TABLES = ("audit_outbox", "audit_leaf", "audit_tile", "audit_checkpoint", "audit_publication")


def write(count: int, **details: Any) -> list[Any]:
    """So many events in one transaction, waiting for their seal."""
    with transaction.atomic():
        return record_many(
            actor=ACTOR,
            entries=[
                Entry(
                    event_type="call",
                    action="opened",
                    object_type="consent.Call",
                    object_id=f"call-{n}",
                    details={"n": n, **details},
                )
                for n in range(count)
            ],
        )


def make_log(*counts: int) -> list[Any]:
    """Events sealed with a checkpoint after each of ``counts``, by their place in the log."""
    events = {}
    for count in counts:
        events.update({event.id: event for event in write(count)})
        seal()
    places = Leaf.objects.order_by("index").values_list("event_id", flat=True)
    return [events[id_] for id_ in places if id_ in events]


@contextmanager
def superuser() -> Iterator[psycopg.Cursor[Any]]:
    """A connection that no trigger and no right holds back; commits at the end."""
    parameters = connection.get_connection_params()
    wanted = ("dbname", "host", "port", "password")
    given = {name: parameters[name] for name in wanted if parameters.get(name)}
    try:
        raw = psycopg.connect(**given, user="postgres")
    except psycopg.OperationalError:
        # A server whose superuser is not ours: its owner can do as much to these tables.
        raw = psycopg.connect(**given, user=parameters.get("user"))
    with raw, raw.cursor() as cursor:
        if raw.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (
            True,
        ):
            cursor.execute("SET session_replication_role = replica")
            yield cursor
            return
        guarded = [
            row[0]
            for row in cursor.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
            ).fetchall()
        ]
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def tamper(statement: str, *values: Any) -> None:
    """One statement of somebody who owns the database; it must have touched a row."""
    with superuser() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount != 0


def recount() -> None:
    """The daily counts made right again: whoever changes the log may change them too."""
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_dailycount; DELETE FROM audit_dailyactor")
        cursor.execute(
            "INSERT INTO audit_dailycount"
            " (day, event_type, action, severity, reported, count, last_index)"
            " SELECT (e.received_at AT TIME ZONE 'UTC')::date, event_type, action, severity,"
            " actor_kind = 'reporter', count(*), max(index)"
            " FROM audit_leaf l JOIN audit_auditevent e ON e.id = l.event_id"
            " GROUP BY 1, 2, 3, 4, 5"
        )
        cursor.execute(
            "INSERT INTO audit_dailyactor (day, actor_kind, actor_id, actor_name, count)"
            " SELECT (e.received_at AT TIME ZONE 'UTC')::date, actor_kind, actor_id,"
            " (array_agg(actor_name ORDER BY index DESC))[1], count(*)"
            " FROM audit_leaf l JOIN audit_auditevent e ON e.id = l.event_id GROUP BY 1, 2, 3"
        )


def copy_of_the_log() -> str:
    """What an outside copy would hold: every signed note so far."""
    return "\n".join(Checkpoint.objects.order_by("size").values_list("note", flat=True))
