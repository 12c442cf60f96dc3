"""A statement run by libpq does what a cursor's would: values, transactions, errors."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from django.db import (
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)

from core.prepared import Prepared
from tests.audit.tampering import superuser

ROW = "INSERT INTO prepared_values (id, word, bytes, moment) VALUES ($1, $2, $3, $4)"
READ = "SELECT id, word, bytes, moment FROM prepared_values ORDER BY word"


@pytest.fixture
def table(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE prepared_values"
            " (id uuid PRIMARY KEY, word text, bytes bytea, moment timestamptz)"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE prepared_values")


def rows():
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return [(id_, word, bytes(held), moment) for id_, word, held, moment in cursor.fetchall()]


@pytest.mark.parametrize("prepared", [True, False])
def test_every_kind_of_value(table, settings, prepared):
    settings.PREPARED_STATEMENTS = prepared
    statement = Prepared("every_kind", ROW)
    east = timezone(timedelta(hours=5, minutes=30))
    wanted = [
        (uuid4(), "", b"", datetime(2026, 11, 24, 1, 2, 3, 456789, UTC)),
        (uuid4(), "a 'quote', $1, %s, \\, \u00e9\U0001f600", bytes(range(256)), None),
        (uuid4(), "b", b"\0", datetime(1970, 1, 1, 5, 30, tzinfo=east)),
    ]
    for row in wanted:
        statement.execute(row)
    found = rows()
    assert [row[:3] for row in found] == [row[:3] for row in wanted]
    assert [row[3] for row in found] == [row[3] for row in wanted]


@pytest.mark.parametrize("prepared", [True, False])
def test_a_text_with_nul_is_refused_and_not_cut(table, settings, prepared):
    settings.PREPARED_STATEMENTS = prepared
    statement = Prepared("with_nul", ROW)
    with pytest.raises(DataError), transaction.atomic():
        rows()
        statement.execute([uuid4(), "a\0b", b"", None])
    with pytest.raises(DataError), transaction.atomic():
        statement.execute([uuid4(), "\0", b"", None])
    assert rows() == []


def test_what_is_no_value(table):
    with pytest.raises(TypeError, match="int is no value"):
        Prepared("no_value", ROW).execute([uuid4(), 5, b"", None])
    assert rows() == []


@pytest.mark.parametrize("prepared", [True, False])
def test_errors_are_djangos(table, settings, prepared):
    settings.PREPARED_STATEMENTS = prepared
    statement, id_ = Prepared("errors", ROW), uuid4()
    statement.execute([id_, "one", b"", None])
    with pytest.raises(IntegrityError, match="prepared_values_pkey"), transaction.atomic():
        statement.execute([id_, "two", b"", None])
    with pytest.raises(DataError), transaction.atomic():
        Prepared("bad", "INSERT INTO prepared_values (id) VALUES ($1::uuid)").execute(["no id"])
    with pytest.raises(ProgrammingError), transaction.atomic():
        Prepared("worse", "INSERT INTO nothing VALUES ($1)").execute(["x"])
    statement.execute([uuid4(), "three", b"", None])
    assert [word for _, word, _, _ in rows()] == ["one", "three"]


@pytest.mark.django_db(transaction=True)
def test_as_the_first_statement_it_is_inside_its_transaction():
    """psycopg begins a transaction with its first statement, and this may be it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE first_values (word text)")
    statement = Prepared("first", "INSERT INTO first_values VALUES ($1)")
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            statement.execute(["undone"])
            raise ZeroDivisionError
        with transaction.atomic():
            statement.execute(["done"])
    statement.execute(["alone"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM first_values")
        assert [word for (word,) in cursor.fetchall()] == ["done", "done", "done", "alone"]
        cursor.execute("DROP TABLE first_values")


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_plans_anew():
    statement = Prepared("anew", "SELECT set_config('tests.word', $1, false)")
    statement.execute(["one"])
    connection.close()
    statement.execute(["two"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('tests.word')")
        assert cursor.fetchone() == ("two",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("planned", [True, False])
def test_a_connection_that_is_gone(planned):
    statement = Prepared(f"gone_{planned}".lower(), "SELECT $1::text")
    connection.ensure_connection()
    if planned:
        statement.execute(["x"])
    with superuser() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid]
        )
    with pytest.raises(OperationalError):
        statement.execute(["x"])
    connection.close()
    statement.execute(["x"])
