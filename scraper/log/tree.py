"""The Merkle tree of RFC 6962 and RFC 9162: growing it leaf by leaf, its root, proofs, and checking them.

A complete subtree is known by its level and index: the one of level 3 and index 2 is over leaves 16 to 23. Their hashes
never change once they are complete, so they are kept, and a root or a proof takes a few of them.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()

# The hash of the complete subtree of a level and an index; of level 0, that of a leaf.
Subtrees = Callable[[int, int], bytes]


def leaf_hash(record: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\0" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node over two others."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """A tree that grows: how many leaves it has, and the hashes of its complete subtrees, the largest first."""

    def __init__(self, size: int = 0, subtrees: Subtrees | None = None) -> None:
        """The tree of the first *size* leaves of the one that *subtrees* are of."""
        self.size = size
        self._peaks = [] if subtrees is None else [subtrees(level, index) for level, index in _peaks(size)]

    def append(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Adds the hash of a leaf, and gives level, index and hash of each node above it that is complete now."""
        level, index, found = 0, self.size, leaf
        self.size += 1
        while index & 1:
            found = node_hash(self._peaks.pop(), found)
            level, index = level + 1, index >> 1
            yield level, index, found
        self._peaks.append(found)

    def root(self) -> bytes:
        """The hash over all of it."""
        if not self._peaks:
            return EMPTY_ROOT
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


def root_of(size: int, subtrees: Subtrees) -> bytes:
    """The root over the first *size* leaves."""
    return _hash_of(0, size, subtrees) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, subtrees: Subtrees) -> list[bytes]:
    """What shows that leaf *index* is in the tree of the first *size* leaves (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} of {size}")
    start, end, proof = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_hash_of(middle, end, subtrees))
            end = middle
        else:
            proof.append(_hash_of(start, middle, subtrees))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, subtrees: Subtrees) -> list[bytes]:
    """What shows that the tree of *old* leaves is the beginning of that of *new* leaves (RFC 9162, 2.1.4.1)."""
    if not 0 <= old <= new:
        raise IndexError(f"{old} leaves of {new}")
    if old in (0, new):
        return []
    start, end, wanted, is_whole, proof = 0, new, old, True, []
    while wanted != end - start:
        middle = _split(end - start)
        if wanted <= middle:
            proof.append(_hash_of(start + middle, end, subtrees))
            end = start + middle
        else:
            proof.append(_hash_of(start, start + middle, subtrees))
            start, wanted, is_whole = start + middle, wanted - middle, False
    if not is_whole:
        proof.append(_hash_of(start, end, subtrees))
    return proof[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether *proof* shows that the leaf with this hash is at *index* of the tree with *root* (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(part, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, part)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether *proof* shows that the tree with *new_root* begins with the one with *old_root* (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not proof and old_root == (new_root if old else EMPTY_ROOT)
    parts = list(proof) if old & (old - 1) else [old_root, *proof]
    if not parts:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(part, before), node_hash(part, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, part)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _hash_of(start: int, end: int, subtrees: Subtrees) -> bytes:
    """The hash over leaves *start* to *end* - 1, as the tree divides them."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return subtrees(level, start >> level)
    middle = start + _split(size)
    return node_hash(_hash_of(start, middle, subtrees), _hash_of(middle, end, subtrees))


def _split(size: int) -> int:
    """The largest power of two below *size*."""
    return 1 << ((size - 1).bit_length() - 1)


def _peaks(size: int) -> Iterator[tuple[int, int]]:
    """Level and index of the largest complete subtrees that *size* leaves divide into, from the left."""
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, start >> level
            start += 1 << level
