"""The Merkle tree over a list of entries, as RFC 9162 defines it in section 2.1: hashes, roots and proofs.

Hashes are SHA-256, 32 bytes. A node (level, index) covers the entries from index·2^level on, 2^level of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY = sha256().digest()
"""The root of a tree without entries."""

Node = Callable[[int, int], bytes]
"""The hash of the whole subtree at level and index."""


class BadProof(Exception):
    """A proof that does not show what it should."""


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def level_above(hashes: Sequence[bytes]) -> list[bytes]:
    """Of neighbours two by two; a last one without a neighbour is left out."""
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=False)]


class Frontier:
    """The whole subtrees at a growing tree's right edge, the largest first: enough for its root at any time."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)
        if len(self.peaks) != size.bit_count():
            raise ValueError(f"{size} entries need {size.bit_count()} peaks, not {len(self.peaks)}")

    def add(self, leaf: bytes) -> None:
        self.size += 1
        rest, peaks = self.size, self.peaks
        while rest & 1 == 0:
            leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
            rest >>= 1
        peaks.append(leaf)

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        *others, root = self.peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root


def root(node: Node, size: int) -> bytes:
    return _hash(node, 0, size) if size else EMPTY


def inclusion(node: Node, index: int, size: int) -> list[bytes]:
    """That the entry at `index` is one of the first `size` (section 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"there is no entry {index} among {size}")
    start, end, path = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_hash(node, middle, end))
            end = middle
        else:
            path.append(_hash(node, start, middle))
            start = middle
    return path[::-1]


def consistency(node: Node, old: int, new: int) -> list[bytes]:
    """That the first `old` entries are the same in a tree of `old` and of `new` (section 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"from {old} to {new} there is nothing to show")
    start, end, path, whole = 0, new, list[bytes](), True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_hash(node, middle, end))
            end = middle
        else:
            path.append(_hash(node, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_hash(node, start, end))
    return path[::-1]


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a tree with this entry at this place must have (section 2.1.3.2). Raises BadProof."""
    if not 0 <= index < size:
        raise BadProof("index")
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise BadProof("length")
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("length")
    return found


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raises BadProof."""
    if root_by_inclusion(leaf, index, size, path) != root:
        raise BadProof("root")


def check_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Section 2.1.4.2. Raises BadProof."""
    if not 0 < old <= new:
        raise BadProof("size")
    if old == new:
        if path or old_root != new_root:
            raise BadProof("root")
        return
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        raise BadProof("length")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise BadProof("length")
        if place & 1 or place == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step)
        place, last = place >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise BadProof("root")


def _hash(node: Node, start: int, end: int) -> bytes:
    """Of the entries between two places that a tree of RFC 9162 can have: `start` is a multiple of what fits."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_hash(node, start, middle), _hash(node, middle, end))


def _split(count: int) -> int:
    """The largest power of two below a count of two or more."""
    return 1 << ((count - 1).bit_length() - 1)
