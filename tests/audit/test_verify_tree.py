"""Whoever changes leaves, tiles or checkpoints is found."""

import pytest
from django.conf import settings

from audit import merkle, note
from audit.models import Checkpoint, Leaf, Publication, Tile
from audit.verifier.run import verify
from core import signing
from tests.audit.tampering import copy_of_the_log, make_log, recount, superuser, tamper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(db):
    events = make_log(5, 7)
    assert verify().ok
    return events


@pytest.fixture
def tiled(db):
    """Two whole tiles and a part."""
    events = make_log(100, 300, 200)
    assert Tile.objects.count() == 2
    assert verify().ok
    return events


def bad(code, index=None, id_=None):
    seen = verify()
    assert not seen.ok
    assert seen.first_bad.code == code, seen.first_bad
    assert seen.first_bad.index == index
    if id_ is not None:
        assert seen.first_bad.id == str(id_)
    return seen


def swap(first, second):
    with superuser() as cursor:
        for old, new in ((first, 10**9), (second, first), (10**9, second)):
            cursor.execute("UPDATE audit_leaf SET index = %s WHERE index = %s", [new, old])


def test_swapped_leaves(log):
    swap(6, 9)
    # The leaf that stands there now.
    bad("leaves-changed", 6, log[9].id)


def test_swapped_leaves_of_two_checkpoints(log):
    swap(2, 9)
    bad("leaves-changed", 2, log[9].id)


def test_swapped_leaves_in_a_tile(tiled):
    swap(120, 301)
    bad("leaves-changed", 120, tiled[301].id)


def test_swapped_leaves_and_their_tiles(tiled):
    """The tiles made to fit: the signed root still says no."""
    swap(120, 301)
    each = [bytes(h) for h in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    for tile in Tile.objects.all():
        part = each[tile.index * 256 : tile.index * 256 + 256]
        frontier = merkle.Frontier()
        for leaf in part:
            frontier.append(leaf)
        tamper(
            "UPDATE audit_tile SET hashes = %s, root = %s WHERE id = %s",
            b"".join(part),
            frontier.root(),
            tile.pk,
        )
    bad("leaves-changed", 120, tiled[301].id)


def test_an_edited_leaf(log):
    tamper("UPDATE audit_leaf SET leaf_hash = sha256('x') WHERE index = 8")
    bad("edited-event", 8, log[8].id)


def test_a_leaf_that_is_no_hash(log):
    tamper("UPDATE audit_leaf SET leaf_hash = 'x' WHERE index = 8")
    seen = verify()
    assert (seen.first_bad.index, seen.first_bad.id) == (8, str(log[8].id))


def test_a_deleted_leaf(log):
    tamper("DELETE FROM audit_leaf WHERE index = 8")
    bad("leaf-gap", 8)


def test_deleted_leaf_and_event(log):
    tamper("DELETE FROM audit_leaf WHERE index = 8")
    tamper("DELETE FROM audit_auditevent WHERE id = %s", log[8].id)
    bad("leaf-gap", 8)


def test_deleted_and_closed_up(log):
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_leaf WHERE index = 8")
        cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [log[8].id])
        cursor.execute("UPDATE audit_leaf SET index = index - 1 WHERE index > 8")
    seen = verify()
    assert seen.first_bad.code == "leaves-missing"
    assert not seen.ok


@pytest.mark.parametrize(
    ("change", "code", "index"),
    [
        ("UPDATE audit_tile SET hashes = set_byte(hashes, 32 * 17, 0)", "tile-edited", 17),
        ("UPDATE audit_tile SET root = sha256('x')", "tile-edited", 255),
        ("DELETE FROM audit_tile", "tile-missing", 255),
        ("UPDATE audit_tile SET index = 2", "tile-missing", 255),
        ("UPDATE audit_tile SET level = 1", "tile-missing", 255),
    ],
)
def test_tiles(tiled, change, code, index):
    tamper(f"{change} WHERE index = 0")
    bad(code, index)


@pytest.mark.parametrize("size", [5, 12])
@pytest.mark.parametrize(
    "change",
    [
        "root = sha256('x')",
        "origin = 'another.example/log'",
        "size = 100 + size",
        "size = size - 1",
        "note = replace(note, E'\\n\\n', E'\\n \\n')",
        "note = overlay(note placing 'A' from length(note) - 9)",
        "note = ''",
        "note = 'x'",
    ],
)
def test_an_edited_checkpoint(log, size, change):
    tamper(f"UPDATE audit_checkpoint SET {change} WHERE size = %s", size)
    seen = verify()
    assert seen.first_bad.code == "checkpoint-edited", seen.first_bad
    assert seen.first_bad.id.startswith("checkpoint ")


def test_a_checkpoint_signed_by_another_key(log):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    point = Checkpoint.objects.get(size=12)
    key = Ed25519PrivateKey.generate()
    told = note.Checkpoint(point.origin, 12, bytes(point.root))
    public = key.public_key().public_bytes_raw()
    forged = note.note(told, public, key.sign(told.body().encode()))
    tamper("UPDATE audit_checkpoint SET note = %s WHERE size = 12", forged)
    bad("checkpoint-edited", 11)
    # Both keys trusted, as after a rotation: each note is signed by one.
    keys = [
        note.verifier_key(point.origin, public),
        note.verifier_key(settings.AUDIT_ORIGIN, signing.public_key_raw()),
    ]
    assert verify(keys=keys).ok
    assert not verify(keys=keys[:1]).ok


def test_a_deleted_checkpoint(log):
    tamper("DELETE FROM audit_checkpoint WHERE size = 12")
    bad("unsigned-leaf", 5, log[5].id)


def test_a_deleted_checkpoint_in_the_middle_that_others_hold(log):
    copy = copy_of_the_log()
    tamper("DELETE FROM audit_checkpoint WHERE size = 5")
    # The later one commits to all that it did; only what others hold tells of it.
    assert verify().ok
    seen = verify(outside=[copy])
    assert (seen.first_bad.code, seen.first_bad.id) == ("checkpoint-missing", "checkpoint 5")


def test_a_deleted_checkpoint_that_was_published(log):
    from hashlib import sha256

    from django.utils import timezone

    now = timezone.now()
    text = Checkpoint.objects.get(size=5).note
    Publication.objects.create(
        publisher="file:///x",
        size=5,
        note_hash=sha256(text.encode()).hexdigest(),
        state="published",
        due_at=now,
        published_at=now,
    )
    assert verify().ok
    tamper("DELETE FROM audit_checkpoint WHERE size = 5")
    bad("checkpoint-missing", 4, "checkpoint 5")


def test_everything_deleted(log):
    with superuser() as cursor:
        cursor.execute("TRUNCATE audit_auditevent, audit_leaf")
    bad("leaves-missing", 0)


def test_a_daily_count_changed(db):
    make_log(5, 7)
    assert verify().ok
    tamper("UPDATE audit_dailycount SET count = count + 1")
    bad = verify().first_bad
    assert (bad.code, bad.index) == ("counts-differ", None)
    assert "say 13 of call opened" in bad.reason
    recount()
    assert verify().ok
    tamper("DELETE FROM audit_dailyactor")
    assert verify().first_bad.code == "counts-differ"
