"""The sealer's tree is RFC 6962's, in tiles of 256, whatever the batches."""

import itertools
import random

import pytest
from django.db import connection, transaction

from audit import merkle, note, sealing
from audit.models import AuditEvent, Checkpoint, Leaf, Outbox, Tile
from audit.sealing import WIDTH, node_reader, seal
from audit.services import Entry, record, record_many
from core import signing
from core.actors import Actor
from core.database import SEALER, acting_as
from core.ids import uuid7

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("tests")


def write(count: int) -> None:
    with transaction.atomic():
        record_many(
            actor=ACTOR,
            entries=[Entry(event_type="t", action="a", details={"n": n}) for n in range(count)],
        )


def naive(leaves):
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def leaves():
    return [bytes(h) for h in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)]


def test_events_get_dense_places_and_a_signed_checkpoint():
    write(5)
    assert Outbox.objects.count() == 5
    done = seal()
    assert (done.events, done.size) == (5, 5)
    assert not Outbox.objects.exists()
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(5))
    point = Checkpoint.objects.get()
    told = note.verify(point.note, point.origin, signing.public_key_raw())
    assert (told.size, told.root) == (5, naive(leaves()))
    by_id = {event.id: event for event in AuditEvent.objects.all()}
    for leaf in Leaf.objects.all():
        assert bytes(leaf.leaf_hash) == merkle.leaf_hash(bytes(by_id[leaf.event_id].entry))


def test_nothing_to_do_is_no_checkpoint(django_assert_max_num_queries):
    assert seal().events == 0
    assert not Checkpoint.objects.exists()
    write(1)
    seal()
    with django_assert_max_num_queries(8):
        assert seal().events == 0
    assert Checkpoint.objects.count() == 1


@pytest.mark.parametrize("seed", range(3))
def test_any_batches_give_the_same_tree(seed):
    rng = random.Random(seed)
    written = 0
    for count in [rng.randint(1, 3 * WIDTH) for _ in range(5)]:
        write(count)
        written += count
        seal(batch=rng.choice([7, 100, 256, 257, 10_000]))
    everything = leaves()
    assert len(everything) == written
    for point in Checkpoint.objects.all():
        assert bytes(point.root) == naive(everything[: point.size])
    node = node_reader(written)
    assert merkle.range_hash(node, 0, written) == naive(everything)
    for tile in Tile.objects.filter(level=0):
        held = b"".join(everything[tile.index * WIDTH : (tile.index + 1) * WIDTH])
        assert bytes(tile.hashes) == held
    index = rng.randrange(written)
    proof = merkle.inclusion_proof(node, index, written)
    assert merkle.root_from_inclusion(everything[index], index, written, proof) == naive(everything)
    points = list(Checkpoint.objects.order_by("size"))
    for old, new in itertools.pairwise(points):
        path = merkle.consistency_proof(node, old.size, new.size)
        assert merkle.is_consistent(old.size, bytes(old.root), new.size, bytes(new.root), path)


def test_tiles_of_tiles():
    """Level 1 fills at 65,536 leaves; the hashes stand in for events."""
    import hashlib

    hashes = b"".join(hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(66_000))
    with acting_as(SEALER):
        root = sealing._grow(0, hashes)
        with (
            connection.cursor() as cursor,
            cursor.copy(
                "COPY audit_leaf (index, event_id, received_at, leaf_hash) FROM STDIN"
            ) as copy,
        ):
            for n in range(66_000):
                copy.write_row((n, uuid7(), "2026-01-01", hashes[n * 32 : n * 32 + 32]))
    each = [hashes[n : n + 32] for n in range(0, len(hashes), 32)]
    assert root == naive(each)
    assert Tile.objects.filter(level=1).count() == 1
    node = node_reader(66_000)
    assert merkle.range_hash(node, 0, 66_000) == root
    path = merkle.inclusion_proof(node, 65_999, 66_000)
    assert merkle.root_from_inclusion(each[65_999], 65_999, 66_000, path) == root


@pytest.mark.django_db(transaction=True)
def test_what_commits_late_is_sealed_late_and_not_lost():
    """A transaction held open while others commit: its events come after, none is skipped."""
    import threading

    opened, release = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                record(actor=ACTOR, event_type="late", action="a")
                opened.set()
                release.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert opened.wait(10)
    write(3)
    assert seal().size == 3
    assert not AuditEvent.objects.filter(event_type="late").exists()
    release.set()
    holder.join()
    assert seal().size == 4
    late = AuditEvent.objects.get(event_type="late")
    assert Leaf.objects.get(event_id=late.id).index == 3
    # It was received first: neither ids nor times are the order of commits.
    assert late.received_at < AuditEvent.objects.exclude(pk=late.pk).earliest("id").received_at


@pytest.mark.django_db(transaction=True)
def test_who_asks_for_a_seal_waits_for_the_sealer_at_work():
    """And says the log's size; beat's own sealer goes on instead."""
    import threading

    write(3)
    seal()
    write(2)
    holding, release = threading.Event(), threading.Event()

    def hold():
        try:
            with acting_as(SEALER), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
                holding.set()
                release.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert holding.wait(10)
    assert (seal().events, seal().size) == (0, 3)
    threading.Timer(0.3, release.set).start()
    done = seal(wait=True)
    holder.join()
    assert (done.events, done.size) == (2, 5)


@pytest.mark.parametrize("table", ["audit_leaf", "audit_tile", "audit_checkpoint"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET root = root", "DELETE FROM {}", "TRUNCATE {}"])
def test_seals_are_append_only(table, verb):
    write(300)
    seal()
    statement = verb.format(table)
    if table == "audit_leaf":
        statement = statement.replace("root", "leaf_hash")
    for role in ("voicecompliance_web", "voicecompliance_sealer", "none"):
        with pytest.raises(Exception, match=r"permission denied|append-only"):  # noqa: SIM117
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"SET LOCAL ROLE {role}")
                cursor.execute(statement)


def test_the_web_role_cannot_write_seals():
    for statement in (
        "INSERT INTO audit_leaf VALUES (0, gen_random_uuid(), now(), 'x')",
        "INSERT INTO audit_checkpoint VALUES (1, 'x', 'x', 'x', now())",
        "DELETE FROM audit_outbox",
    ):
        with pytest.raises(Exception, match="permission denied"):  # noqa: SIM117
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
