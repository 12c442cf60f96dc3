"""The Merkle tree of RFC 6962, section 2.1, over SHA-256: roots, proofs and their checks.

Pure: hashes in, hashes out. Trees are given as functions that answer the hash of a complete
subtree, so that a proof reads a few stored tiles and never the whole tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

HASH = 32
EMPTY_ROOT = sha256(b"").digest()

# The hash of the complete subtree of 2**level leaves that starts at leaf index * 2**level.
Node = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 of 0x00 and the entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children."""
    return sha256(b"\x01" + left + right).digest()


def subtrees(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees (level, index) that tile leaves ``start`` up to ``stop``, from left
    to right, where the range is one that RFC 6962 splits into (it starts at a multiple of the
    largest power of two that fits)."""
    while start < stop:
        level = (stop - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def range_hash(node: Node, start: int, stop: int) -> bytes:
    """MTH of leaves ``start`` up to ``stop`` (RFC 6962, 2.1); of none, the empty root."""
    hashes = [node(level, index) for level, index in subtrees(start, stop)]
    if not hashes:
        return EMPTY_ROOT
    result = hashes.pop()
    while hashes:
        result = node_hash(hashes.pop(), result)
    return result


def _split(size: int) -> int:
    """The largest power of two smaller than ``size`` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, 2.1.1. Raises IndexError outside the tree."""
    if not 0 <= index < size:
        raise IndexError(index)
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(range_hash(node, middle, stop))
            stop = middle
        else:
            path.append(range_hash(node, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(node: Node, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962, 2.1.2. Raises IndexError unless 0 < old <= new."""
    if not 0 < old <= new:
        raise IndexError(old)
    path: list[bytes] = []
    start, stop, whole = 0, new, True
    while old != stop:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(range_hash(node, middle, stop))
            stop = middle
        else:
            path.append(range_hash(node, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(range_hash(node, start, stop))
    return path[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that ``proof`` leads to (RFC 9162, 2.1.3.2), or None for a proof of no tree of
    that size."""
    if not 0 <= index < size:
        return None
    number, last, result = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if number & 1 or number == last:
            result = node_hash(step, result)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            result = node_hash(result, step)
        number, last = number >> 1, last >> 1
    return result if last == 0 else None


def is_consistent(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether ``proof`` shows that the tree of ``new`` leaves begins with that of ``old`` (RFC
    9162, 2.1.4.2). An empty tree begins every tree."""
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    steps = list(proof)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            second = node_hash(second, step)
        number, last = number >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


class Frontier:
    """The right edge of a growing tree: enough to append and to tell the root.

    Holds the root of each complete subtree from left to right, one for every bit that is set
    in the size.
    """

    __slots__ = ("roots", "size")

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self.roots = list(roots)

    @classmethod
    def of(cls, node: Node, size: int) -> Frontier:
        """The edge of the tree of ``size`` leaves that ``node`` answers for."""
        return cls(size, [node(level, index) for level, index in subtrees(0, size)])

    def append(self, leaf: bytes) -> None:
        """One more leaf (its hash)."""
        size, roots = self.size, self.roots
        while size & 1:
            leaf = sha256(b"\x01" + roots.pop() + leaf).digest()
            size >>= 1
        roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self.roots:
            return EMPTY_ROOT
        result = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            result = node_hash(left, result)
        return result
