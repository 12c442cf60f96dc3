"""A log that nobody touched verifies, whatever its size and state, however the work is cut."""

import hashlib
import random
import threading

import pytest
from django.db import connection, connections, transaction

from audit import merkle
from audit.models import AuditEvent, Outbox
from audit.sealing import WIDTH, _grow, seal
from audit.services import record
from audit.verifier import run, tree, work
from audit.verifier.run import verify
from core.database import SEALER, acting_as
from core.ids import uuid7
from tests.audit.tampering import ACTOR, make_log, write

ODD = {
    "word": 'Grüße \u2028 "x" \\ \x1f \b \x7f 🙂',
    "nested": {"b": [1, None, True, [], {}], "a": -5, "big": 2**53 - 1, "bigger": 2**70},
    "ü": {"é": 1, "z": 2, "\ue000": 3, "\U00010000": 4},
    "float": 0.1,
    "minus": -0.0,
}


@pytest.mark.django_db
def test_an_empty_log():
    seen = verify()
    assert seen.ok
    assert (seen.events, seen.size, seen.root) == (0, 0, merkle.EMPTY_ROOT)


@pytest.mark.django_db
def test_only_unsealed_events():
    write(4)
    seen = verify()
    assert seen.ok
    assert (seen.events, seen.size, seen.unsealed) == (4, 0, 4)


@pytest.mark.django_db
def test_values_of_every_kind():
    write(600, **ODD)
    seal(batch=100)
    write(3, **ODD)
    with transaction.atomic():
        record(
            actor=ACTOR,
            event_type="t",
            action="a",
            occurred_at=AuditEvent.objects.first().received_at,
        )
    seen = verify()
    assert seen.ok, seen
    assert (seen.events, seen.size, seen.unsealed, seen.checkpoints) == (604, 600, 4, 6)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_any_batches_and_any_cuts(seed, monkeypatch):
    rng = random.Random(seed)
    monkeypatch.setattr(tree, "BLOCK", WIDTH * rng.choice([1, 2, 3]))
    ranges = work.ranges
    monkeypatch.setattr(work, "ranges", lambda held: ranges(held, chunk=rng.choice([1, 50, 333])))
    for _ in range(4):
        write(rng.randint(1, 2 * WIDTH))
        seal(batch=rng.choice([3, 100, 256, 257, 10_000]))
        seen = verify()
        assert seen.ok, seen
        assert seen.events == seen.size


@pytest.mark.django_db
def test_tiles_of_tiles(monkeypatch):
    """Level 1 is whole at 65,536 leaves; the hashes stand in for events."""
    count = 2 * WIDTH**2 + 300
    hashes = b"".join(hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(count))
    with acting_as(SEALER), connection.cursor() as cursor:
        root = _grow(0, hashes)
        with cursor.copy(
            "COPY audit_leaf (index, event_id, received_at, leaf_hash) FROM STDIN"
        ) as copy:
            for n in range(count):
                copy.write_row((n, uuid7(), "2026-01-01", hashes[n * 32 : n * 32 + 32]))
    points = [tree.Point(count, root, "outside"), tree.Point(0, merkle.EMPTY_ROOT, "outside")]
    connection.ensure_connection()
    grown = tree.check_tree(connection.connection, [], points)
    assert (grown.size, grown.root) == (count, root)
    # No checkpoint was stored: that, and nothing else, is wrong.
    assert (grown.findings.first.code, grown.findings.count) == ("unsigned-leaf", 2)
    wrong = tree.check_tree(connection.connection, [], [tree.Point(count, bytes(32), "outside")])
    assert (wrong.findings.first.code, wrong.findings.count) == ("rewritten", 1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("ALTER TABLE audit_tile DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_tile SET root = sha256('x') WHERE level = 1 AND index = 1")
        assert cursor.rowcount == 1
    spoilt = tree.check_tree(connection.connection, [], points[:1])
    assert spoilt.findings.count == 3
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_tile WHERE level = 1 AND index = 0")
    assert tree.check_tree(connection.connection, [], points[:1]).findings.count == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_two_processes_see_what_one_sees(monkeypatch, method):
    monkeypatch.setattr(run, "SMALL", 0)
    context = work.get_context(method)
    monkeypatch.setattr(work, "get_context", lambda _: context)
    ranges = work.ranges
    monkeypatch.setattr(work, "ranges", lambda held: ranges(held, chunk=70))
    make_log(300, 301)
    write(3)
    one, two = verify(processes=1), verify(processes=2)
    assert one == two
    assert one.ok
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("ALTER TABLE audit_leaf DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_leaf SET leaf_hash = sha256('x') WHERE index IN (590, 401)")
        cursor.execute("ALTER TABLE audit_leaf ENABLE TRIGGER USER")
    one, two = verify(processes=1), verify(processes=2)
    assert one == two
    assert one.first_bad.index == 401


@pytest.mark.django_db(transaction=True)
def test_sealing_goes_on_meanwhile(monkeypatch):
    """An event that moves from the outbox into the log is missed by neither look."""
    make_log(20)
    stop = threading.Event()

    def go_on():
        try:
            while not stop.is_set():
                write(20)
                seal()
        finally:
            connections.close_all()

    other = threading.Thread(target=go_on)
    other.start()
    try:
        for _ in range(10):
            seen = verify()
            assert seen.ok, seen
    finally:
        stop.set()
        other.join()
    assert not Outbox.objects.exists()
    assert verify().size > 20


@pytest.mark.django_db(transaction=True)
def test_it_writes_nothing():
    make_log(5)
    before = AuditEvent.objects.count()
    verify()
    assert AuditEvent.objects.count() == before
