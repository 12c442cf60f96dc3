"""The sealer: committed events get their place, the tree grows, a checkpoint is signed.

One sealer at a time holds an advisory lock; a second finds it taken and does nothing. Each
batch is one transaction, so that a sealer killed anywhere leaves the outbox as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit import merkle, rollups
from audit import note as notes
from audit.merkle import HASH, Frontier
from audit.models import Checkpoint, Tile
from core import signing
from core.database import SEALER, acting_as

BATCH = 50_000
WIDTH = 256
# One number among PostgreSQL's advisory locks: "audit" on a telephone.
LOCK = 28348


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one call did: events sealed, and the log's size after."""

    events: int
    size: int


def seal(*, batch: int = BATCH, wait: bool = False) -> Sealed:
    """Seal what is committed now, batch by batch, and sign a checkpoint for each.

    Nothing to do, or another sealer at work: no event, no checkpoint. With ``wait`` the other's
    batch is awaited, so that whatever was committed before the call is sealed after it.
    """
    sealed = 0
    while True:
        events, size = _seal_batch(batch, wait)
        sealed += events
        if events < batch:
            return Sealed(sealed, size)


def _seal_batch(batch: int, wait: bool) -> tuple[int, int]:
    with acting_as(SEALER), connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s), true", [LOCK])
        else:
            cursor.execute("SELECT NULL, pg_try_advisory_xact_lock(%s)", [LOCK])
        _, ours = cursor.fetchone()
        # Only now: what another sealer has just committed counts.
        cursor.execute("SELECT coalesce(max(size), 0) FROM audit_checkpoint")
        (size,) = cursor.fetchone()
        if not ours:
            return 0, size
        # The order inside a batch is free; by id, which begins with the time, is what people
        # expect.
        cursor.execute(
            """
            WITH taken AS (
                DELETE FROM audit_outbox WHERE event_id IN (
                    SELECT event_id FROM audit_outbox ORDER BY event_id LIMIT %s
                ) RETURNING event_id, received_at, leaf_hash
            ), placed AS (
                INSERT INTO audit_leaf (index, event_id, received_at, leaf_hash)
                SELECT %s + row_number() OVER (ORDER BY event_id) - 1, * FROM taken
                RETURNING index, leaf_hash
            )
            SELECT string_agg(leaf_hash, ''::bytea ORDER BY index) FROM placed
            """,
            [batch, size],
        )
        (hashes,) = cursor.fetchone()
        if not hashes:
            return 0, size
        count = len(hashes) // HASH
        root = _grow(size, bytes(hashes))
        _sign(size + count, root)
        rollups.add(start=size, stop=size + count)
    return count, size + count


def _grow(size: int, hashes: bytes) -> bytes:
    """Store the tiles that become whole when ``hashes`` follow the first ``size`` leaves;
    returns the root of all of them."""
    frontier = Frontier.of(node_reader(size), size)
    new: list[Tile] = []
    # Level 0: the leaves that stand in the last, partial tile, then the new ones.
    edge = size % WIDTH
    row = _leaves(size - edge, size) + hashes
    for place in range(0, len(hashes), HASH):
        frontier.append(hashes[place : place + HASH])
    level, first = 0, size // WIDTH
    while len(row) >= WIDTH * HASH:
        roots = []
        whole = len(row) // (WIDTH * HASH)
        for number in range(whole):
            piece = row[number * WIDTH * HASH : (number + 1) * WIDTH * HASH]
            root = _tile_root(piece)
            roots.append(root)
            new.append(Tile(level=level, index=first + number, hashes=piece, root=root))
        # The level above: the roots that stand in its partial tile, then the new ones.
        start = first - first % WIDTH
        above = Tile.objects.filter(level=level, index__gte=start, index__lt=first)
        held = above.order_by("index").values_list("root", flat=True)
        row = b"".join(bytes(root) for root in held) + b"".join(roots)
        level, first = level + 1, first // WIDTH
    Tile.objects.bulk_create(new, batch_size=500)
    return frontier.root()


def _tile_root(hashes: bytes) -> bytes:
    frontier = Frontier()
    for place in range(0, len(hashes), HASH):
        frontier.append(hashes[place : place + HASH])
    return frontier.root()


def _leaves(start: int, stop: int) -> bytes:
    if start == stop:
        return b""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(leaf_hash, ''::bytea ORDER BY index) FROM audit_leaf"
            " WHERE index >= %s AND index < %s",
            [start, stop],
        )
        return bytes(cursor.fetchone()[0])


def node_reader(size: int) -> merkle.Node:
    """The hash of any complete subtree within the first ``size`` leaves, from stored tiles.

    Reads a tile once; what stands right of the last whole tile is read from the leaves. Raises
    LookupError where the store lacks what it should hold.
    """
    tiles: dict[tuple[int, int], bytes] = {}

    def row(level: int, index: int) -> bytes:
        """The (up to 256) hashes of a tile, whole or partial."""
        key = (level, index)
        if key not in tiles:
            held = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True)
            whole = held.first()
            if whole is not None:
                tiles[key] = bytes(whole)
            elif level == 0:
                tiles[key] = _leaves(index * WIDTH, min((index + 1) * WIDTH, size))
            else:
                below = Tile.objects.filter(
                    level=level - 1, index__gte=index * WIDTH, index__lt=(index + 1) * WIDTH
                )
                roots = below.order_by("index").values_list("root", flat=True)
                tiles[key] = b"".join(bytes(root) for root in roots)
        return tiles[key]

    def node(level: int, index: int) -> bytes:
        tile_level, inside = divmod(level, 8)
        first = index << inside
        hashes = row(tile_level, first // WIDTH)
        start = (first % WIDTH) * HASH
        piece = hashes[start : start + (HASH << inside)]
        if len(piece) != HASH << inside:
            raise LookupError(f"The tree lacks the subtree {level}/{index}.")
        return _tile_root(piece)

    return node


def _sign(size: int, root: bytes) -> Checkpoint:
    checkpoint = notes.Checkpoint(settings.AUDIT_ORIGIN, size, root)
    text = notes.note(
        checkpoint, signing.public_key_raw(), signing.sign_raw(checkpoint.body().encode())
    )
    return Checkpoint.objects.create(
        size=size,
        origin=checkpoint.origin,
        root=root,
        note=text,
        signed_at=timezone.now(),
    )
