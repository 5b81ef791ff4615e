from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judge import judge

from scraper.log import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    root_of,
)

# The test vectors of certificate-transparency-go, which are those of RFC 6962's reference implementation.
RECORDS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
SIZE = 40


class Kept(dict[tuple[int, int], bytes]):
    """A tree that has grown to *size*, with the hashes of all its complete subtrees."""

    def __init__(self, records: list[bytes]) -> None:
        self.roots = [EMPTY_ROOT]
        tree = Tree()
        for index, record in enumerate(records):
            self[0, index] = leaf_hash(record)
            self.update({(level, place): found for level, place, found in tree.append(leaf_hash(record))})
            self.roots.append(tree.root())

    def subtree(self, level: int, index: int) -> bytes:
        return self[level, index]


@pytest.fixture(scope="module")
def kept() -> Kept:
    return Kept([f"record {number}".encode() for number in range(SIZE)])


def test_roots_are_those_of_the_reference() -> None:
    assert [root.hex() for root in Kept(RECORDS).roots] == list(ROOTS)


def test_a_root_is_had_from_subtrees_alone(kept: Kept) -> None:
    for size in range(SIZE + 1):
        assert root_of(size, kept.subtree) == kept.roots[size]
        assert Tree(size, kept.subtree).root() == kept.roots[size]


def test_a_tree_grows_on_from_what_was_kept(kept: Kept) -> None:
    for size in range(SIZE):
        tree = Tree(size, kept.subtree)
        for index in range(size, SIZE):
            for level, place, found in tree.append(kept[0, index]):
                assert kept[level, place] == found
        assert tree.root() == kept.roots[SIZE]


def test_each_leaf_is_shown_to_be_in_the_tree_and_no_other_is(kept: Kept) -> None:
    for size in range(1, SIZE + 1):
        root = kept.roots[size]
        for index in range(size):
            proof = inclusion_proof(index, size, kept.subtree)
            assert is_included(kept[0, index], index, size, proof, root)
            assert not is_included(leaf_hash(b"forged"), index, size, proof, root)
            assert not is_included(kept[0, index], index, size, [*proof, root], root)
            assert not is_included(kept[0, index], index, size, proof, kept.roots[size - 1])
            assert not is_included(kept[0, index], size, size, proof, root)
            assert not is_included(kept[0, index], -1, size, proof, root)
            if proof:
                assert not is_included(kept[0, index], index, size, proof[:-1], root)
                assert not is_included(kept[0, index], (index + 1) % size, size, proof, root)


def test_a_tree_is_shown_to_begin_with_an_earlier_one_and_with_no_other(kept: Kept) -> None:
    for new in range(SIZE + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, kept.subtree)
            roots = kept.roots[old], kept.roots[new]
            assert is_consistent(old, new, proof, *roots)
            assert not is_consistent(old, new, [*proof, roots[1]], *roots)
            assert not is_consistent(new + 1, new, proof, *roots)
            if 0 < old < new:
                assert not is_consistent(old, new, proof, kept.roots[old - 1], roots[1])
                assert not is_consistent(old, new, proof, roots[0], kept.roots[new - 1])
                assert not is_consistent(old, new, proof[:-1], *roots)
                assert not is_consistent(old, new, [], *roots)


@given(st.integers(1, SIZE - 1), st.data())
def test_no_bit_of_a_proof_may_be_another(kept: Kept, index: int, data: st.DataObject) -> None:
    proofs = inclusion_proof(index, SIZE, kept.subtree), consistency_proof(index, SIZE, kept.subtree)
    for proof, holds in zip(
        proofs,
        (
            lambda found: is_included(kept[0, index], index, SIZE, found, kept.roots[SIZE]),
            lambda found: is_consistent(index, SIZE, found, kept.roots[index], kept.roots[SIZE]),
        ),
        strict=True,
    ):
        place = data.draw(st.integers(0, len(proof) * 256 - 1))
        forged = [bytearray(part) for part in proof]
        forged[place // 256][place % 256 // 8] ^= 1 << place % 8
        assert holds(proof)
        assert not holds([bytes(part) for part in forged])


def test_what_is_not_there_has_no_proof(kept: Kept) -> None:
    with pytest.raises(IndexError, match="leaf 4 of 4"):
        inclusion_proof(4, 4, kept.subtree)
    with pytest.raises(IndexError, match="5 leaves of 4"):
        consistency_proof(5, 4, kept.subtree)


def test_the_judge_takes_our_proofs_and_we_take_its() -> None:
    reference = judge()
    records = [sha256(bytes([number])).digest()[: number % 11] for number in range(SIZE)]
    kept = Kept(records)
    accepted = 0
    for size in range(1, SIZE + 1):
        assert reference.root(records[:size]) == kept.roots[size]
        for index in range(size):
            proof = inclusion_proof(index, size, kept.subtree)
            assert proof == reference.inclusion(records[:size], index)
            assert reference.verify_inclusion(kept[0, index], index, size, proof, kept.roots[size])
            assert not reference.verify_inclusion(leaf_hash(b"forged"), index, size, proof, kept.roots[size])
        for old in range(1, size + 1):
            proof = consistency_proof(old, size, kept.subtree)
            assert proof == reference.consistency(records[:size], old)
            assert reference.verify_consistency(old, size, proof, kept.roots[old], kept.roots[size])
            accepted += 2
    assert accepted == SIZE * (SIZE + 1)
