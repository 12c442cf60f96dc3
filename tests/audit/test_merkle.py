"""RFC 6962's tree against published vectors and a naive model."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle
from audit.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash, range_hash

# The test tree of the Certificate Transparency project: leaves, and the root after each.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive(leaves):
    """MTH as RFC 6962 writes it, from the leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive(leaves[:split]) + naive(leaves[split:])).digest()


def node_of(leaves):
    return lambda level, index: naive(leaves[index << level : (index + 1) << level])


def test_published_roots():
    frontier = Frontier()
    hashes = []
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        frontier.append(leaf_hash(leaf))
        hashes.append(leaf_hash(leaf))
        assert frontier.root().hex() == root
        assert range_hash(node_of(hashes), 0, len(hashes)).hex() == root
    assert Frontier().root().hex() == sha256(b"").hexdigest()


SIZES = [*range(1, 40), 63, 64, 65, 127, 128, 129, 255, 256, 257, 300]
ALL = [leaf_hash(number.to_bytes(4, "big")) for number in range(300)]


def test_frontier_and_roots_agree_with_the_model():
    frontier = Frontier()
    for size in range(1, 301):
        frontier.append(ALL[size - 1])
        if size in SIZES:
            assert frontier.root() == naive(ALL[:size])
            again = Frontier.of(node_of(ALL), size)
            assert (again.size, again.roots) == (frontier.size, frontier.roots)


@pytest.mark.parametrize("size", SIZES)
def test_every_inclusion_proof_leads_to_the_root_and_no_other(size):
    node, root = node_of(ALL), naive(ALL[:size])
    for index in range(0, size, max(1, size // 12)):
        proof = inclusion_proof(node, index, size)
        assert merkle.root_from_inclusion(ALL[index], index, size, proof) == root
        for place in range(len(proof)):
            bad = [*proof]
            bad[place] = bytes([bad[place][0] ^ 1]) + bad[place][1:]
            assert merkle.root_from_inclusion(ALL[index], index, size, bad) != root
        assert merkle.root_from_inclusion(ALL[index], index, size, [*proof, root]) != root
        if proof:
            assert merkle.root_from_inclusion(ALL[index], index, size, proof[:-1]) != root
            other = (index + 1) % size
            assert merkle.root_from_inclusion(ALL[index], other, size, proof) != root


@pytest.mark.parametrize("new", [size for size in SIZES if size < 70 or size > 250])
def test_every_consistency_proof_holds_and_no_changed_one(new):
    node, new_root = node_of(ALL), naive(ALL[:new])
    for old in range(1, new + 1, 1 if new < 40 else 17):
        old_root = naive(ALL[:old])
        proof = consistency_proof(node, old, new)
        assert merkle.is_consistent(old, old_root, new, new_root, proof)
        flipped = bytes([old_root[0] ^ 1]) + old_root[1:]
        assert not merkle.is_consistent(old, flipped, new, new_root, proof)
        assert not merkle.is_consistent(old, old_root, new, flipped, proof)
        for place in range(len(proof)):
            bad = [*proof]
            bad[place] = bytes([bad[place][0] ^ 1]) + bad[place][1:]
            assert not merkle.is_consistent(old, old_root, new, new_root, bad)
        if proof:
            assert not merkle.is_consistent(old, old_root, new, new_root, proof[:-1])
        assert not merkle.is_consistent(old, old_root, new, new_root, [*proof, new_root])


@given(st.integers(1, 2**40))
def test_subtrees_cover_the_range_once(size):
    at = 0
    for level, index in merkle.subtrees(0, size):
        assert index << level == at
        at += 1 << level
    assert at == size


def test_outside_the_tree():
    with pytest.raises(IndexError):
        inclusion_proof(node_of(ALL), 5, 5)
    with pytest.raises(IndexError):
        consistency_proof(node_of(ALL), 0, 5)
    assert merkle.root_from_inclusion(ALL[0], 5, 5, []) is None
    assert not merkle.is_consistent(6, ALL[0], 5, ALL[0], [])
