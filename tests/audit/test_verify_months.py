"""A month that retention dropped with the right to is no fault; any other missing one is."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection, transaction
from django.utils import timezone

from audit import services
from audit.models import AuditEvent, Leaf
from audit.sealing import seal
from audit.services import ensure_partition, record
from audit.verifier.run import verify
from core.actors import Actor
from retention.deleter import enforce
from tests.audit.tampering import recount, superuser, tamper, write

pytestmark = pytest.mark.django_db(transaction=True)


def write_at(moment, count, monkeypatch):
    """Events that were received then."""
    with monkeypatch.context() as patch:
        patch.setattr(services.timezone, "now", lambda: moment)
        with transaction.atomic():
            ensure_partition(moment)
        return write(count)


@pytest.fixture(autouse=True)
def _partitions_back():
    yield
    with transaction.atomic():
        for months in range(3):
            ensure_partition(timezone.now() + relativedelta(months=months))


@pytest.fixture
def old_log(db, monkeypatch):
    """A month of over seven years ago, one of last year, and now."""
    now = timezone.now()
    long_ago = datetime(now.year - 7, now.month, 15, 12, tzinfo=UTC) - relativedelta(months=2)
    groups = [
        write_at(long_ago, 40, monkeypatch),
        write_at(now - timedelta(days=300), 5, monkeypatch),
        write(5),
    ]
    seal(batch=7)
    assert verify().ok
    return groups


def drop_by_retention():
    report = enforce(actor=Actor.system("tests"), now=timezone.now(), dry_run=False)
    assert report.categories["audit_events"].deleted == 40
    return AuditEvent.objects.get(action="partition_dropped")


def test_a_month_that_was_dropped_rightly(old_log):
    drop_by_retention()
    seal()
    seen = verify()
    assert seen.ok, seen.first_bad
    assert seen.dropped == 40
    assert seen.size == Leaf.objects.count()
    assert seen.events == seen.size - 40


def test_the_event_that_says_so_must_be_sealed(old_log):
    drop_by_retention()
    seen = verify()
    assert seen.first_bad.code == "dropped-partition"
    assert "not sealed yet" in seen.first_bad.reason


def test_dropped_without_an_event(old_log):
    with superuser() as cursor:
        name = f"audit_auditevent_{old_log[0][0].received_at:%Y_%m}"
        cursor.execute(f"DROP TABLE {name}")
    seen = verify()
    assert (seen.first_bad.code, seen.first_bad.index) == ("dropped-partition", 0)
    assert "unrecorded" in seen.first_bad.reason


@pytest.mark.parametrize(
    "how", ["DROP TABLE {}", "ALTER TABLE audit_auditevent DETACH PARTITION {}"]
)
def test_dropped_inside_the_keep_time(old_log, how):
    name = f"audit_auditevent_{old_log[1][0].received_at:%Y_%m}"
    with superuser() as cursor:
        cursor.execute(how.format(name))
    try:
        seen = verify()
        first = min(Leaf.objects.get(event_id=event.id).index for event in old_log[1])
        assert (seen.first_bad.code, seen.first_bad.index) == ("dropped-partition", first)
        assert "inside the keep time" in seen.first_bad.reason
        assert seen.first_bad.id in {str(event.id) for event in old_log[1]}
    finally:
        with superuser() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {name}")


def forged(monkeypatch, group, **changes):
    """The event of a drop, written by somebody who may write events; then the drop."""
    start = group[0].received_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    details = {
        "count": len(group),
        "size": 1,
        "root": "A" * 43 + "=",
        "from": start,
        "to": start + relativedelta(months=1),
        **changes,
    }
    with transaction.atomic():
        services.record(
            actor=Actor.system("tests"),
            event_type="retention",
            action="partition_dropped",
            object_type="audit.AuditEvent",
            object_id=f"audit_auditevent_{start:%Y_%m}",
            details=details,
        )
    with superuser() as cursor:
        cursor.execute(f"DROP TABLE audit_auditevent_{start:%Y_%m}")
    seal()


def test_an_event_that_tells_of_a_drop_inside_the_keep_time(old_log, monkeypatch):
    forged(monkeypatch, old_log[1])
    seen = verify()
    assert seen.first_bad.code == "dropped-partition"
    assert "not seven years old by then" in seen.first_bad.reason


@pytest.mark.parametrize(
    "changes",
    [{"count": "40"}, {"size": None}, {"root": "x"}, {"from": "2000-01-01"}, {"size": 10_000}],
)
def test_an_event_that_tells_too_little(old_log, monkeypatch, changes):
    forged(monkeypatch, old_log[0], **changes)
    assert verify().first_bad.code == "dropped-partition"


def test_an_event_that_names_another_root(old_log, monkeypatch):
    size = Leaf.objects.count()
    forged(monkeypatch, old_log[0], size=size)
    assert verify().first_bad.code == "rewritten"


def test_rows_counted_among_the_dropped(old_log):
    """A row of today deleted, and its leaf said to be of the dropped month."""
    drop_by_retention()
    seal()
    victim = old_log[2][1]
    tamper("DELETE FROM audit_auditevent WHERE id = %s", victim.id)
    tamper(
        "UPDATE audit_leaf SET received_at = %s WHERE event_id = %s",
        old_log[0][0].received_at,
        victim.id,
    )
    seen = verify()
    assert not seen.ok
    assert seen.first_bad.code == "dropped-count"


def test_the_event_of_a_drop_is_itself_dropped_later(old_log, monkeypatch):
    """Fourteen years on the first drop's event is gone as well."""
    drop_by_retention()
    seal()
    later = timezone.now() + relativedelta(years=7, months=3)
    with monkeypatch.context() as patch:
        patch.setattr(services.timezone, "now", lambda: later)
        patch.setattr("audit.verifier.run.timezone.now", lambda: later)
        with transaction.atomic():
            ensure_partition(later)
        for name in sorted(
            {f"{event.received_at:%Y_%m}" for group in old_log[1:] for event in group}
        ):
            start = datetime.strptime(name, "%Y_%m").replace(tzinfo=UTC)
            size = Leaf.objects.count()
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT encode(root, 'base64') FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
                )
                (root,) = cursor.fetchone()
                cursor.execute(
                    "SELECT count(*) FROM audit_auditevent WHERE received_at >= %s"
                    " AND received_at < %s",
                    [start, start + relativedelta(months=1)],
                )
                (count,) = cursor.fetchone()
            with transaction.atomic():
                services.record(
                    actor=Actor.system("tests"),
                    event_type="retention",
                    action="partition_dropped",
                    object_type="audit.AuditEvent",
                    object_id=f"audit_auditevent_{name}",
                    details={
                        "count": count,
                        "size": size,
                        "root": root.strip(),
                        "from": start,
                        "to": start + relativedelta(months=1),
                    },
                )
            with superuser() as cursor:
                cursor.execute(f"DROP TABLE audit_auditevent_{name}")
            seal()
        recount()
        seen = verify()
    assert seen.ok, seen.first_bad
    assert seen.dropped == seen.size - 2
    connection.close()


def test_an_event_in_the_wrong_partition(old_log):
    """Put into another month's table, past the check of its bounds."""
    event = old_log[1][2]
    here, there = f"{event.received_at:%Y_%m}", f"{old_log[2][0].received_at:%Y_%m}"
    with superuser() as cursor:
        cursor.execute(f"ALTER TABLE audit_auditevent DETACH PARTITION audit_auditevent_{there}")
        cursor.execute(
            f"INSERT INTO audit_auditevent_{there} SELECT * FROM audit_auditevent_{here}"
        )
        start = datetime.strptime(there, "%Y_%m").replace(tzinfo=UTC)
        # Wide enough for both: months renamed and attached over the whole span.
        cursor.execute(f"ALTER TABLE audit_auditevent DETACH PARTITION audit_auditevent_{here}")
        names = cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'audit_auditevent'::regclass"
        ).fetchall()
        for (name,) in names:
            if here < name[-7:] < there:
                cursor.execute(f"DROP TABLE {name}")
        cursor.execute(
            f"ALTER TABLE audit_auditevent ATTACH PARTITION audit_auditevent_{there}"
            " FOR VALUES FROM (%s) TO (%s)"
            % (
                f"'{event.received_at:%Y-%m-01}Z'",
                f"'{start + relativedelta(months=1):%Y-%m-%d}Z'",
            )
        )
    try:
        seen = verify()
        assert seen.first_bad.code == "wrong-partition"
        assert seen.faults == 5
        assert seen.first_bad.id in {str(event.id) for event in old_log[1]}
    finally:
        with superuser() as cursor:
            cursor.execute(f"DROP TABLE audit_auditevent_{there}, audit_auditevent_{here}")


@pytest.mark.parametrize(
    ("month", "details"),
    [
        ("0000_01", {}),
        ("9999_12", {}),
        ("2010_01", {"count": 0, "size": 0, "root": "é"}),
        (
            "2010_01",
            {
                "count": 0,
                "size": 1,
                "root": base64.b64encode(bytes(32)).decode(),
                "from": "2010-01-01T00:00:00.000000Z",
                "to": "2010-02-01T00:00:00.000000Z",
            },
        ),
    ],
)
@pytest.mark.parametrize("kind", ["application", "system"])
def test_what_others_report_as_a_drop_breaks_nothing(month, details, kind):
    """An application may call its events what it likes; only the system's own are believed, and
    none of them stops the verifier."""
    for _ in range(3):
        with transaction.atomic():
            record(actor=Actor.system("tests"), event_type="t", action="a")
    seal()
    with transaction.atomic():
        record(
            actor=Actor(kind, "x", "x"),
            event_type="retention",
            action="partition_dropped",
            object_type="" if kind == "application" else "audit.AuditEvent",
            object_id=f"audit_auditevent_{month}",
            details=details,
        )
    seal()
    verdict = verify()
    # A false word of the system itself is a fault; of anybody else it is only an event.
    assert verdict.ok or kind == "system"


LIKE_A_DROP = """
INSERT INTO audit_auditevent SELECT (jsonb_populate_record(e, jsonb_build_object(
    'id', gen_random_uuid(), 'event_type', 'retention', 'action', 'partition_dropped',
    'actor_kind', 'system', 'object_type', 'audit.AuditEvent',
    'object_id', 'audit_auditevent_2010_01') || %s::jsonb)).*
FROM audit_auditevent e LIMIT 1
"""


@pytest.mark.parametrize(
    "values",
    [
        '{"details": ' + "[" * 1500 + "]" * 1500 + "}",
        '{"details": {"count": 1e400}}',
        '{"details": null}',
        '{"received_at": "infinity"}',
        '{"received_at": "294000-01-01"}',
    ],
    ids=["deep", "endless number", "nothing", "no time", "far ahead"],
)
def test_what_looks_like_a_drop_and_cannot_be_read(db, values):
    """A row put in behind the log's back must not keep the rest from being verified."""
    write(3)
    seal()
    with superuser() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent ALTER details DROP NOT NULL")
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS audit_auditevent_9999_99 PARTITION OF audit_auditevent"
            " FOR VALUES FROM ('9998-01-01') TO (MAXVALUE)"
        )
        cursor.execute(LIKE_A_DROP, [values])
    try:
        seen = verify()
        assert seen.first_bad.code in ("row-without-leaf", "wrong-partition"), seen.first_bad
    finally:
        with superuser() as cursor:
            cursor.execute("DELETE FROM audit_auditevent WHERE event_type = 'retention'")
            cursor.execute("DROP TABLE audit_auditevent_9999_99")
            cursor.execute("ALTER TABLE audit_auditevent ALTER details SET NOT NULL")
