"""The leaves in their order, the tiles, and the root of every checkpoint.

One pass over the leaves in blocks. The tree is grown from them alone; tiles and checkpoints, and
what outside copies hold, are compared with it at their sizes. Knows no Django.
"""

from __future__ import annotations

from array import array
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from sys import byteorder
from typing import Any

import psycopg

from audit import note as notes
from audit.merkle import EMPTY_ROOT, HASH, Frontier
from audit.verifier.findings import Finding, Findings

WIDTH = 256
TILE = WIDTH * HASH
BLOCK = 256 * WIDTH


@dataclass(frozen=True, slots=True)
class Point:
    """What someone says the log's root is at ``size``; ``source`` says who.

    A ``row`` is a stored checkpoint: (origin, root, note).
    """

    size: int
    root: bytes
    source: str
    row: tuple[str, bytes, str] | None = None


@dataclass(slots=True)
class Grown:
    """What the leaves are: how many, and their root. ``signed``: up to where a checkpoint goes."""

    size: int = 0
    root: bytes = EMPTY_ROOT
    signed: int = 0
    checkpoints: int = 0
    findings: Findings = field(default_factory=Findings)


def tile_root(row: bytes) -> bytes:
    """The root of a whole number of hashes that is a power of two."""
    hash_ = sha256
    while len(row) > HASH:
        row = b"".join([hash_(b"\1" + row[at : at + 64]).digest() for at in range(0, len(row), 64)])
    return row


def check_tree(
    connection: psycopg.Connection[Any],
    keys: Sequence[tuple[str, bytes]],
    others: Sequence[Point],
) -> Grown:
    """Grow the tree from the stored leaves and compare everything that speaks of it."""
    return _Pass(connection, keys, others).run()


class _Pass:
    def __init__(
        self,
        connection: psycopg.Connection[Any],
        keys: Sequence[tuple[str, bytes]],
        others: Sequence[Point],
    ) -> None:
        self.cursor = psycopg.Cursor(connection)
        self.connection = connection
        self.keys = keys
        self.grown = Grown()
        self.findings = self.grown.findings
        self.whole = Frontier()  # of tiles
        self.above: list[list[bytes]] = []
        self.good = 0  # the last size whose root is as someone says
        self.good_outside = 0  # and as someone says who cannot have been made to
        self.broken = False
        self.suspects: list[tuple[int, int]] = []
        self.points = _merged(self._checkpoints(), sorted(others, key=lambda each: each.size))
        self.next = next(self.points, None)

    def run(self) -> Grown:
        self.cursor.execute("SELECT coalesce(max(index), -1) + 1, min(index) FROM audit_leaf")
        stop, least = self.cursor.fetchone() or (0, None)
        if least is not None and least < 0:
            self._add("leaf-gap", "A leaf stands before the first.", f"leaf {least}", 0)
        self._points_at(0, EMPTY_ROOT)
        for start in range(0, stop, BLOCK):
            hashes = self._leaves(start, min(start + BLOCK, stop))
            self._grow(start, hashes)
            if len(hashes) < HASH * (min(start + BLOCK, stop) - start):
                break
        size = self.grown.size
        while self.next is not None:
            self._beyond(self.next)
            self.next = next(self.points, None)
        if size > self.grown.signed and not self.broken:
            self._add(
                "unsigned-leaf",
                "No checkpoint commits to this leaf: it was put in, or checkpoints were deleted.",
                self._event(self.grown.signed),
                self.grown.signed,
            )
        self._sound(self.good)
        self._count_tiles()
        return self.grown

    # Reading ------------------------------------------------------------------------------

    def _checkpoints(self) -> Iterator[Point]:
        with psycopg.ServerCursor(self.connection, "audit_checkpoints") as cursor:
            cursor.execute(
                "SELECT size, origin, root, note FROM audit_checkpoint ORDER BY size", binary=True
            )
            while rows := cursor.fetchmany(1000):
                for size, origin, root, text in rows:
                    yield Point(size, root, "checkpoint", (origin, root, text))

    def _leaves(self, start: int, stop: int) -> bytes:
        """The hashes of these leaves, up to the first that is missing."""
        self.cursor.execute(
            "SELECT string_agg(int8send(index), ''::bytea ORDER BY index),"
            " string_agg(leaf_hash, ''::bytea ORDER BY index),"
            " min(index) FILTER (WHERE octet_length(leaf_hash) <> 32)"
            " FROM audit_leaf WHERE index >= %s AND index < %s",
            [start, stop],
            binary=True,
        )
        numbers, hashes, odd = self.cursor.fetchone() or (None, None, None)
        numbers, hashes = numbers or b"", hashes or b""
        wanted = array("q", range(start, stop))
        if byteorder == "little":
            wanted.byteswap()
        expected = wanted.tobytes()
        until = stop - start
        if numbers != expected:
            until = next(
                (
                    at
                    for at in range(until)
                    if numbers[8 * at : 8 * at + 8] != expected[8 * at : 8 * at + 8]
                ),
                # All that is wanted is there, and something twice.
                until - 1,
            )
            self.broken = True
            self._add(
                "leaf-gap",
                "The leaves are not numbered without a gap: one is missing or there twice.",
                f"leaf {start + until}",
                start + until,
                1,
            )
        if odd is not None and odd - start < until:
            until = odd - start
            self._add("leaf-edited", "The leaf is no hash.", self._event(odd), odd)
        return hashes[: HASH * until]

    def _event(self, index: int) -> str:
        cursor = psycopg.Cursor(self.connection)
        cursor.execute("SELECT event_id::text FROM audit_leaf WHERE index = %s", [index])
        row = cursor.fetchone()
        return row[0] if row else f"leaf {index}"

    # Growing ------------------------------------------------------------------------------

    def _grow(self, start: int, hashes: bytes) -> None:
        self.cursor.execute(
            "SELECT index, hashes, root FROM audit_tile WHERE level = 0 AND index >= %s"
            " AND index < %s",
            [start // WIDTH, (start + len(hashes) // HASH) // WIDTH],
            binary=True,
        )
        tiles = {index: (held, root) for index, held, root in self.cursor.fetchall()}
        for at in range(0, len(hashes), TILE):
            row = hashes[at : at + TILE]
            first = start + at // HASH
            self._inside(first, row)
            if len(row) == TILE:
                root = tile_root(row)
                self._compare_tile(0, first // WIDTH, row, root, tiles.get(first // WIDTH))
                self.whole.append(root)
                self._raise(0, root)
                self.grown.size = first + WIDTH
                self.grown.root = b""
                if self.next is not None and self.next.size == first + WIDTH:
                    self._points_at(first + WIDTH, self.whole.root())
        self.grown.root = self.grown.root or self.whole.root()

    def _inside(self, first: int, row: bytes) -> None:
        """The roots inside a tile: at the points there, and at the end where it is the last."""
        stop = first + len(row) // HASH
        last = stop if len(row) < TILE else stop - 1
        if len(row) == TILE and (self.next is None or self.next.size > last):
            return
        part = Frontier()
        for at in range(0, len(row), HASH):
            part.append(row[at : at + HASH])
            size = first + part.size
            if size == last or (self.next is not None and self.next.size == size):
                root = Frontier(size, [*self.whole.roots, *part.roots]).root()
                if size == stop:
                    self.grown.size, self.grown.root = size, root
                if size <= last:
                    self._points_at(size, root)
            if len(row) == TILE and (self.next is None or self.next.size > last):
                break

    def _raise(self, level: int, root: bytes) -> None:
        """A tile's root into the row of the level above it, whose tile may become whole."""
        if len(self.above) == level:
            self.above.append([])
        row = self.above[level]
        row.append(root)
        if len(row) == WIDTH:
            hashes = b"".join(row)
            row.clear()
            index = (self.grown.size + WIDTH) // WIDTH ** (level + 2) - 1
            self.cursor.execute(
                "SELECT hashes, root FROM audit_tile WHERE level = %s AND index = %s",
                [level + 1, index],
                binary=True,
            )
            above = tile_root(hashes)
            self._compare_tile(level + 1, index, hashes, above, self.cursor.fetchone())
            self._raise(level + 1, above)

    def _compare_tile(
        self, level: int, index: int, hashes: bytes, root: bytes, held: tuple[bytes, bytes] | None
    ) -> None:
        end = (index + 1) * WIDTH ** (level + 1)
        name = f"tile {level}/{index}"
        if held is None:
            self._add("tile-missing", "A whole tile of the tree is not stored.", name, end - 1, 2)
        elif held[0] != hashes and level == 0:
            at = next(
                (
                    n
                    for n in range(WIDTH)
                    if held[0][n * HASH : n * HASH + HASH] != _hash(hashes, n)
                ),
                WIDTH - 1,
            )
            # Whether the leaf or the tile is wrong is told by the next checkpoint.
            self.suspects.append((index * WIDTH + at, index))
        elif (held[0] != hashes or held[1] != root) and (level == 0 or not self.broken):
            self._add("tile-edited", "The tile is not that of the leaves.", name, end - 1, 2)

    def _count_tiles(self) -> None:
        self.cursor.execute("SELECT level, count(*), max(index) FROM audit_tile GROUP BY level")
        for level, count, last in sorted(self.cursor.fetchall()):
            whole = self.grown.size // WIDTH ** (level + 1)
            if count > whole:
                self._add(
                    "tile-unexpected",
                    "A tile is stored of leaves that are not there.",
                    f"tile {level}/{last}",
                    self.grown.size,
                    2,
                )

    # Comparing ----------------------------------------------------------------------------

    def _points_at(self, size: int, root: bytes) -> None:
        """Compare all that is said of the log at ``size`` with what it is."""
        stored = False
        while self.next is not None and self.next.size <= size:
            point, self.next = self.next, next(self.points, None)
            if point.row is not None:
                stored = True
                self._checkpoint(point, root)
                continue
            if point.root != root and not self.broken:
                self._broken(point, size)
            elif point.root == root and not stored and point.source == "outside" and size:
                self._add(
                    "checkpoint-missing",
                    "The outside copy holds a checkpoint that is not stored here any more.",
                    f"checkpoint {size}",
                    size - 1,
                    2,
                )
            if point.root == root:
                self.good_outside = max(self.good_outside, size)
                self._sound(size)

    def _checkpoint(self, point: Point, root: bytes) -> None:
        assert point.row is not None
        told = self._read_note(point)
        if told is None:
            return
        if told.root != root and not self.broken:
            self._broken(Point(point.size, told.root, "checkpoint"), point.size)
        elif told.root == root:
            self._sound(point.size)

    def _read_note(self, point: Point) -> notes.Checkpoint | None:
        """What the stored checkpoint's note says, where it is signed and the row agrees."""
        assert point.row is not None
        origin, root, text = point.row
        self.grown.checkpoints += 1
        name, index = f"checkpoint {point.size}", max(point.size - 1, 0)
        told = read_note(text, self.keys)
        reach = point.size if isinstance(told, str) else told.size
        self.grown.signed = max(self.grown.signed, reach)
        if isinstance(told, str):
            self._add("checkpoint-edited", f"Its note does not hold: {told}", name, index, 2)
            return None
        for what, is_, says in (
            ("size", point.size, told.size),
            ("origin", origin, told.origin),
            ("root", root, told.root),
        ):
            if is_ != says:
                self._add(
                    "checkpoint-edited",
                    f"Its {what} is not the one that its signed note says ({_text(says)}).",
                    name,
                    min(index, max(told.size - 1, 0)),
                    2,
                )
                return told if what == "root" else None
        return told

    def _sound(self, size: int) -> None:
        """The leaves up to ``size`` are as someone says: a tile that differs is wrong itself."""
        self.good = max(self.good, size)
        for leaf, tile in self.suspects:
            self._add(
                "tile-edited", "The tile is not that of the leaves.", f"tile 0/{tile}", leaf, 2
            )
        self.suspects.clear()

    def _broken(self, point: Point, size: int) -> None:
        """The leaves are not those of ``point``: name the first that can be."""
        self.broken = True
        what = {
            "outside": "The log was rewritten: the outside copy holds another root",
            "checkpoint": "The leaves are not those that the signed checkpoint commits to",
        }.get(point.source, f"The log is not the one of which {point.source} tells")
        code = {"outside": "rewritten", "checkpoint": "leaves-changed"}.get(
            point.source, "rewritten"
        )
        said = f"{what} at {size} events ({b64encode(point.root).decode()})."
        if self.suspects:
            leaf = self.suspects[0][0]
            self.suspects.clear()
            self._add(code, f"{said} First by the tiles: entry {leaf}.", self._event(leaf), leaf, 1)
            return
        first = self.good if point.source == "checkpoint" else self.good_outside
        disorder = self._disorder(first, size) if point.source == "checkpoint" else None
        if disorder is not None:
            reason = f"{said} Entry {disorder} is out of the order of sealing."
            self._add(code, reason, self._event(disorder), disorder, 1)
            return
        between = f"It is one of entries {first} to {size - 1}."
        # Behind every entry that is found wrong by itself.
        self._add(code, f"{said} {between}", self._event(first), size - 1, 3)

    def _disorder(self, start: int, stop: int) -> int | None:
        """The first leaf whose id is above the next one's; a batch is sealed in the ids' order."""
        cursor = psycopg.Cursor(self.connection)
        cursor.execute(
            "SELECT min(index) - 1 FROM (SELECT index, event_id,"
            " lag(event_id) OVER (ORDER BY index) AS before"
            " FROM audit_leaf WHERE index >= %s AND index < %s) pairs WHERE event_id < before",
            [start, stop],
        )
        row = cursor.fetchone()
        return row[0] if row else None

    def _beyond(self, point: Point) -> None:
        """Something speaks of more entries than there are."""
        size = self.grown.size
        if point.row is not None:
            told = self._read_note(point)
            if told is None or told.size <= size:
                return
        if self.broken:
            return
        code, who = {
            "outside": (
                "log-shorter",
                "The log is shorter than the outside copy: it was cut short, or restored from an"
                " older copy",
            ),
            "checkpoint": ("leaves-missing", "Leaves are missing that a checkpoint commits to"),
        }.get(point.source, ("log-shorter", f"{point.source} tells of a longer log"))
        self.findings.add(
            Finding(code, f"{who} ({point.size} entries, {size} here).", f"entry {size}", size, 1)
        )

    def _add(self, code: str, reason: str, id_: str, index: int, rank: int = 0) -> None:
        self.findings.add(Finding(code, reason, id_, index, rank))


def read_note(text: str, keys: Sequence[tuple[str, bytes]]) -> notes.Checkpoint | str:
    """What a note says that one of ``keys`` (name, public key) signed; else why none did."""
    why = "there is no key to check it with."
    for name, key in keys:
        try:
            return notes.verify(text, name, key)
        except notes.BadNote as error:
            why = str(error)
    return why


def _merged(stored: Iterator[Point], others: Sequence[Point]) -> Iterator[Point]:
    """Both by size; of one size, stored ones first."""
    waiting = list(reversed(others))
    for point in stored:
        while waiting and waiting[-1].size < point.size:
            yield waiting.pop()
        yield point
    while waiting:
        yield waiting.pop()


def _hash(hashes: bytes, number: int) -> bytes:
    return hashes[number * HASH : number * HASH + HASH]


def _text(value: object) -> str:
    return b64encode(value).decode() if isinstance(value, bytes) else str(value)
