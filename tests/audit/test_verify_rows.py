"""Whoever changes, removes or adds an event is found, and the event is named."""

import pytest
from django.db import transaction

from audit import canonical
from audit.merkle import leaf_hash
from audit.models import AuditEvent
from audit.sealing import seal
from audit.services import fields_of, record
from audit.verifier.run import verify
from core.ids import uuid7
from tests.audit.tampering import ACTOR, make_log, superuser, tamper, write

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS = {
    "occurred_at": "'2026-01-01T00:00:00Z'",
    "event_type": "'recording'",
    "action": "'played'",
    "severity": "'ERROR'",
    "actor_kind": "'system'",
    "actor_id": "'18'",
    "actor_name": "'somebody else'",
    "actor_address": "'192.0.2.2'",
    "object_type": "'consent.DataSubject'",
    "object_id": "'call-99'",
    "request_id": "'another-request'",
    "details": "'{\"n\": 99}'",
}


def bad(code, event=None, index=None):
    seen = verify()
    assert not seen.ok
    assert seen.first_bad.code == code, seen.first_bad
    if event is not None:
        assert seen.first_bad.id == str(event.id)
    assert seen.first_bad.index == index
    assert seen.first_bad.reason.endswith(".")
    return seen


@pytest.fixture
def log(db):
    events = make_log(5, 7)
    assert verify().ok
    return events


def test_every_column_is_tried():
    columns = {field.column for field in AuditEvent._meta.fields}
    assert columns == {*COLUMNS, "id", "received_at", "entry"}


@pytest.mark.parametrize("column", COLUMNS)
def test_an_edited_column(log, column):
    for place in (9, 6):
        tamper(
            f"UPDATE audit_auditevent SET {column} = {COLUMNS[column]} WHERE id = %s", log[place].id
        )
    seen = bad("edited-field", log[6], 6)
    assert column in seen.first_bad.reason
    assert seen.faults == 2


@pytest.mark.parametrize(
    "value", ['{"n": 6.0}', '{"n": true}', '{"n": "6"}', '{"n": 6, "m": null}']
)
def test_values_that_look_alike(log, value):
    tamper("UPDATE audit_auditevent SET details = %s WHERE id = %s", value, log[11].id)
    seen = verify()
    assert seen.first_bad.id == str(log[11].id)
    assert seen.first_bad.code in {"edited-field", "not-canonical"}


def test_one_for_true_is_not_the_same(db):
    with transaction.atomic():
        event = record(actor=ACTOR, event_type="t", action="a", details={"yes": True, "one": 1})
    seal()
    tamper(
        "UPDATE audit_auditevent SET details = %s WHERE id = %s", '{"yes": 1, "one": 1}', event.id
    )
    bad("not-canonical", event, 0)


def test_an_edited_id(log):
    other = uuid7()
    tamper("UPDATE audit_auditevent SET id = %s WHERE id = %s", other, log[3].id)
    bad("deleted-row", log[3], 3)
    tamper("UPDATE audit_leaf SET event_id = %s WHERE event_id = %s", other, log[3].id)
    seen = verify()
    assert (seen.first_bad.code, seen.first_bad.index) == ("swapped-row", 3)


def test_a_changed_timestamp(log):
    tamper(
        "UPDATE audit_auditevent SET received_at = received_at + interval '1 us' WHERE id = %s",
        log[2].id,
    )
    bad("changed-timestamp", log[2], 2)


def test_a_changed_timestamp_in_event_and_leaf(log):
    for table, id_ in (("audit_auditevent", "id"), ("audit_leaf", "event_id")):
        tamper(
            f"UPDATE {table} SET received_at = received_at + interval '1 month' WHERE {id_} = %s",
            log[2].id,
        )
    bad("changed-timestamp", log[2], 2)


def test_a_changed_timestamp_in_the_leaf(log):
    tamper("UPDATE audit_leaf SET received_at = '2019-01-01Z' WHERE index = 2")
    bad("changed-timestamp", log[2], 2)


@pytest.mark.parametrize("column", ["details", "actor_id"])
def test_no_value_where_there_must_be_one(log, column):
    with superuser() as cursor:
        cursor.execute(f"ALTER TABLE audit_auditevent ALTER {column} DROP NOT NULL")
        cursor.execute(f"UPDATE audit_auditevent SET {column} = NULL WHERE id = %s", [log[4].id])
    try:
        bad("edited-field", log[4], 4)
    finally:
        with superuser() as cursor:
            cursor.execute("DELETE FROM audit_auditevent")
            cursor.execute(f"ALTER TABLE audit_auditevent ALTER {column} SET NOT NULL")


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "0044-03-15 BC", "12000-01-01"])
def test_times_that_python_does_not_know(log, moment):
    tamper("UPDATE audit_auditevent SET occurred_at = %s WHERE id = %s", moment, log[4].id)
    bad("edited-field", log[4], 4)


def test_an_edited_entry(log):
    tamper(
        "UPDATE audit_auditevent SET entry = convert_to(replace(convert_from(entry, 'UTF8'),"
        " 'opened', 'closed'), 'UTF8') WHERE id = %s",
        log[1].id,
    )
    bad("entry-edited", log[1], 1)


@pytest.mark.parametrize("entry", [b"", b"\xff", b"[]", b"{}", b"null", b'{"v":1e999}'])
def test_an_entry_that_is_none(log, entry):
    tamper("UPDATE audit_auditevent SET entry = %s WHERE id = %s", entry, log[1].id)
    bad("entry-edited", log[1], 1)


def test_columns_and_entry_edited_alike(log):
    event = log[5]
    event.actor_name = "somebody else"
    entry = canonical.encode(fields_of(event))
    tamper(
        "UPDATE audit_auditevent SET actor_name = %s, entry = %s WHERE id = %s",
        event.actor_name,
        entry,
        event.id,
    )
    bad("edited-event", event, 5)
    # And the leaf with them: then the signed checkpoint says no. Which one of those that it added
    # cannot be told from inside.
    tamper("UPDATE audit_leaf SET leaf_hash = %s WHERE event_id = %s", leaf_hash(entry), event.id)
    seen = verify()
    assert seen.first_bad.code == "leaves-changed"
    assert "entries 5 to 11" in seen.first_bad.reason


def test_a_deleted_row(log):
    tamper("DELETE FROM audit_auditevent WHERE id = %s", log[8].id)
    bad("deleted-row", log[8], 8)


def test_a_row_put_in(log):
    event = write(1)[0]
    tamper("DELETE FROM audit_outbox WHERE event_id = %s", event.id)
    bad("row-without-leaf", event)


def test_a_deleted_outbox_row(log):
    waiting = write(3)
    assert verify().ok
    tamper("DELETE FROM audit_outbox WHERE event_id = %s", waiting[1].id)
    bad("row-without-leaf", waiting[1])


def test_a_deleted_event_that_was_not_sealed(log):
    waiting = write(3)
    tamper("DELETE FROM audit_auditevent WHERE id = %s", waiting[1].id)
    bad("deleted-row", waiting[1])


def test_a_row_put_in_with_a_leaf_of_its_own(log):
    event = write(1)[0]
    with superuser() as cursor:
        cursor.execute(
            "INSERT INTO audit_leaf SELECT 12, event_id, received_at, leaf_hash FROM audit_outbox"
        )
        cursor.execute("DELETE FROM audit_outbox")
    bad("unsigned-leaf", event, 12)


def test_swapped_rows(log):
    """The contents of two events, each in the other's row."""
    names = [field.column for field in AuditEvent._meta.fields if field.column != "id"]
    listed = ", ".join(names)
    tamper(
        f"UPDATE audit_auditevent e SET ({listed}) = (SELECT {listed} FROM audit_auditevent o"
        " WHERE o.id = CASE e.id WHEN %s THEN %s ELSE %s END::uuid) WHERE e.id IN (%s, %s)",
        *(log[3].id, log[7].id, log[3].id, log[3].id, log[7].id),
    )
    seen = bad("swapped-row", log[3], 3)
    assert str(log[7].id) in seen.first_bad.reason


def test_a_row_that_is_there_twice(log):
    with superuser() as cursor:
        cursor.execute("SELECT to_char(now() AT TIME ZONE 'UTC', '\"audit_auditevent_\"YYYY_MM')")
        (child,) = cursor.fetchone()
        cursor.execute("ALTER TABLE audit_auditevent DROP CONSTRAINT audit_auditevent_pkey")
        cursor.execute(f"INSERT INTO {child} SELECT * FROM {child} WHERE id = %s", [log[3].id])
    try:
        bad("double-row", log[3], 3)
    finally:
        with superuser() as cursor:
            cursor.execute(f"DELETE FROM {child}")
            cursor.execute("ALTER TABLE audit_auditevent ADD PRIMARY KEY (received_at, id)")


def test_sealed_and_still_waiting(log):
    tamper(
        "INSERT INTO audit_outbox SELECT event_id, received_at, leaf_hash FROM audit_leaf"
        " WHERE index = 4"
    )
    assert not verify().ok


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE audit_auditevent SET actor_name = 'x' WHERE id = %s", "edited-field"),
        ("UPDATE audit_auditevent SET entry = 'x' WHERE id = %s", "entry-edited"),
        ("UPDATE audit_outbox SET leaf_hash = 'x' WHERE event_id = %s", "edited-event"),
        (
            "UPDATE audit_outbox SET received_at = '2020-01-01Z' WHERE event_id = %s",
            "changed-timestamp",
        ),
    ],
)
def test_an_event_that_is_not_sealed(log, change, code):
    waiting = write(3)
    tamper(change, waiting[1].id)
    seen = bad(code, waiting[1])
    assert "not sealed yet" in seen.first_bad.reason


def test_what_changed_before_sealing_cannot_be_found(log):
    """And the documents say so."""
    event = write(1)[0]
    event.actor_name = "somebody else"
    entry = canonical.encode(fields_of(event))
    tamper(
        "UPDATE audit_auditevent SET actor_name = %s, entry = %s WHERE id = %s",
        event.actor_name,
        entry,
        event.id,
    )
    tamper("UPDATE audit_outbox SET leaf_hash = %s WHERE event_id = %s", leaf_hash(entry), event.id)
    seal()
    assert verify().ok


def test_the_first_of_several_is_named(log):
    tamper("DELETE FROM audit_auditevent WHERE id = %s", log[10].id)
    tamper("UPDATE audit_auditevent SET action = 'x' WHERE id = %s", log[4].id)
    tamper("UPDATE audit_checkpoint SET root = 'x'")
    write(1)
    tamper("DELETE FROM audit_outbox")
    seen = bad("edited-field", log[4], 4)
    assert seen.faults >= 4


@pytest.mark.parametrize(
    ("table", "column", "code"),
    [
        ("audit_auditevent", "entry", "entry-edited"),
        ("audit_leaf", "received_at", "changed-timestamp"),
        ("audit_leaf", "event_id", None),
    ],
)
@pytest.mark.parametrize("gone", [False, True])
def test_a_value_taken_away(log, table, column, code, gone):
    """Against a constraint that was taken away first: named, never a crash."""
    with superuser() as cursor:
        cursor.execute(f"ALTER TABLE {table} ALTER {column} DROP NOT NULL")
        where = "id" if table == "audit_auditevent" else "event_id"
        cursor.execute(f"UPDATE {table} SET {column} = NULL WHERE {where} = %s", [log[3].id])
        if gone and table == "audit_leaf":
            cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [log[3].id])
    try:
        seen = verify()
        assert not seen.ok
        assert seen.first_bad.index == 3
        if code and not gone:
            assert seen.first_bad.code == code
    finally:
        with superuser() as cursor:
            cursor.execute("TRUNCATE audit_leaf, audit_auditevent")
            cursor.execute(f"ALTER TABLE {table} ALTER {column} SET NOT NULL")
