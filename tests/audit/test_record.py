"""Events: written with the act, redacted, and never changed."""

from datetime import UTC

import pytest
import rfc8785
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import canonical, redaction
from audit.models import AuditEvent
from audit.redaction import REDACTED, redact
from audit.services import Entry, fields_of, record, record_many
from core.actors import Actor
from core.ids import moment_of, uuid7

pytestmark = pytest.mark.django_db


def write(**kwargs):
    values = {"event_type": "test", "action": "done", **kwargs}
    return record(actor=Actor("person", "7", "sam", "127.0.0.1"), **values)


def test_event_holds_actor_object_and_canonical_bytes():
    event = write(object_type="x.Y", object_id="1", details={"n": 1, "f": 1.5})
    held = AuditEvent.objects.with_id(event.id).get()
    assert (held.actor_kind, held.actor_id, held.actor_name) == ("person", "7", "sam")
    assert held.details == {"n": 1, "f": "1.5"}
    assert bytes(held.entry) == canonical.encode(fields_of(held))


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused():
    with pytest.raises(TransactionManagementError):
        write()
    assert not AuditEvent.objects.exists()


def test_rolls_back_with_the_act():
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        write()
        raise Undone
    assert not AuditEvent.objects.exists()


def run_as(role, statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["audit_auditevent", "child"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET action = 'other'",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
    ],
)
def test_append_only_for_web_dropper_and_owner(table, statement):
    event = write()
    if table == "child":
        table = f"audit_auditevent_{event.received_at:%Y_%m}"
    sql = statement.format(table=table)
    for role in ("voicecompliance_web", "voicecompliance_dropper"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run_as(role, sql)
    # The owner has the right, and the trigger refuses all the same.
    with pytest.raises((InternalError, Exception), match="append-only"):
        run_as("none", sql)
    assert AuditEvent.objects.with_id(event.id).get().action == "done"


def test_a_month_inside_seven_years_cannot_be_dropped():
    event = write()
    child = f"audit_auditevent_{event.received_at:%Y_%m}"
    with pytest.raises(Exception, match="inside the seven years"):
        run_as("voicecompliance_dropper", f"SELECT audit_drop_partition('{child}')")


def test_web_may_not_drop_at_all():
    with pytest.raises(ProgrammingError, match="permission denied"):
        run_as("voicecompliance_web", "SELECT audit_drop_partition('audit_auditevent_2000_01')")


def test_dropper_cannot_drop_another_table():
    with pytest.raises(Exception, match="no partition"):
        run_as("voicecompliance_dropper", "SELECT audit_drop_partition('accounts_user')")


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "Password",
        "user_password",
        "ssn",
        "credit_card",
        "creditCard",
        "api_key",
        "API-KEY",
        "token",
        "access_token",
        "client_secret",
        "pin",
        "cvv",
        "Authorization",
    ],
)
def test_secret_keys_are_withheld_at_any_depth(key):
    found = redact({"a": [{"b": {key: "open sesame"}}]})
    assert found == {"a": [{"b": {key: REDACTED}}]}


@pytest.mark.parametrize(
    "value",
    [
        "card 4111 1111 1111 1111",
        "write to ada@example.com",
        "ssn 536-22-1234",
        "call +1 202 555 0143",
        4111111111111111,
        219099999,
        "219099999",
        2025550143,
        "my number is 2025550143",
    ],
)
def test_personal_values_are_masked(value):
    found = str(redact({"note": [value]}))
    for piece in ("4111", "ada@", "1234", "0143", "099999"):
        assert piece not in found


@pytest.mark.parametrize("start", ["vc_a1b2c3d4e5f6_", "vcs_"])
def test_our_own_keys_and_tokens_are_withheld_wherever_they_stand(start):
    key = start + "aB3-" * 10 + "xyz"
    found = redact({"note": f"sent {key} twice", "list": [key], key: "x", "prefix": "a1b2c3d4e5f6"})
    assert found == {
        "note": f"sent {REDACTED} twice",
        "list": [REDACTED],
        REDACTED: "x",
        "prefix": "a1b2c3d4e5f6",
    }


def test_own_ids_hashes_and_times_stay():
    own = {"id": str(uuid7()), "h": "0" * 63 + "1", "t": "2026-11-24T10:00:00.123456Z", "n": 12345}
    assert redact(own) == own


def test_nul_and_surrogates_do_not_stop_the_act():
    event = write(details={"a\x00": "b\x00\ud800"})
    assert AuditEvent.objects.with_id(event.id).get().details


def test_too_deep_is_withheld():
    deep: dict = {}
    for _ in range(100):
        deep = {"d": deep}
    assert REDACTED in str(redact(deep))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc-_Zé9", max_size=5), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abcxyz", max_size=5), JSON))
def test_canonical_bytes_are_rfc_8785(value):
    plain = canonical.plain(value)
    assert canonical.encode(plain) == rfc8785.dumps(plain)


REDACTABLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**16), 10**16)
    | st.text(max_size=20)
    | st.sampled_from(
        ["ada@example.com", "4111 1111 1111 1111", "pin", "1234", "a\x00", "\ud800", "x\ny", "é"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["note", "n", "password", "first_name", "é", "cvv 123", "\ud800", "vcs_" + "a" * 43]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["note", "é", "token", "ada@example.com"]), REDACTABLE))
def test_the_one_look_redacts_what_each_look_does(value):
    assert redact(value) == redaction._redact(value, 0)


@pytest.mark.parametrize("leaf", ["ada", 5, None, [], {}, ["x"], {"a": "b"}])
def test_the_one_look_ends_where_each_look_does(leaf):
    value = leaf
    for depth in range(40):
        value = {"a": value} if depth % 3 else [value]
        assert redact({"top": value}) == redaction._redact({"top": value}, 0), depth


def test_uuid7_tells_its_moment():
    event = write()
    assert abs((moment_of(event.id) - event.received_at).total_seconds()) < 1


@pytest.mark.django_db(transaction=True)
def test_a_partition_is_made_by_whoever_comes_first():
    from datetime import UTC, datetime

    from audit.services import ensure_partition

    moment = datetime(2031, 5, 5, tzinfo=UTC)
    assert ensure_partition(moment) is False
    assert ensure_partition(moment) is True


def test_the_measure_sees_every_table_of_the_log():
    from audit import evidence

    write()
    assert evidence.measure_append_only()[0] == "pass"
    for table in evidence.TABLES:
        for undone in (
            f"ALTER TABLE {table} DISABLE TRIGGER USER",
            f"GRANT UPDATE ON {table} TO voicecompliance_sealer",
            f"GRANT DELETE ON {table} TO voicecompliance_web",
        ):
            with transaction.atomic():
                run_as("none", undone)
                assert evidence.measure_append_only()[0] == "fail", undone
                transaction.set_rollback(True)
    assert evidence.measure_append_only()[0] == "pass"


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.tuples(names, names, names, st.datetimes()), min_size=2, max_size=4))
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_batch_is_stored_as_its_events_are_one_by_one(db, rows):
    """By COPY as by INSERT, whatever stands in the texts: tabs, newlines, backslashes."""
    entries = [
        Entry(
            event_type=kind,
            action="a\\N\t\r\n\\.",
            object_type=name,
            object_id=id_,
            details={"text": kind + "\\\t\n", "more": [name, None]},
            occurred_at=moment.replace(tzinfo=UTC),
        )
        for kind, name, id_, moment in rows
    ]
    actor = Actor("person", "7\\", "tab\tand \\. name", "192.0.2.1")
    with transaction.atomic():
        batch = record_many(actor=actor, entries=entries)
        single = [record_many(actor=actor, entries=[entry])[0] for entry in entries]
        held = {event.id: event for event in AuditEvent.objects.all()}
        for event, other in zip(batch, single, strict=True):
            for each in (event, other):
                stored = held[each.id]
                assert fields_of(stored) == fields_of(each)
                assert bytes(stored.entry) == canonical.encode(fields_of(stored))
            apart = {"id", "received_at"}
            first, second = fields_of(held[event.id]), fields_of(held[other.id])
            assert {k: first[k] for k in first.keys() - apart} == {
                k: second[k] for k in second.keys() - apart
            }
        transaction.set_rollback(True)
