"""The hashes of a tree in pieces of 256, as C2SP tlog-tiles lays them out: what is full never changes again.

A tile (level, number) holds hashes of whole subtrees of 256^level entries. In a folder it lies at
`tile/<level>/<number>`, a tile that is not full yet at `….p/<width>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from verifier.tree import HASH_BYTES, Frontier, Node, level_above

WIDTH = 256
HEIGHT = 8
"""Levels of the tree in one of tiles: 2^8 = 256."""
FULL_BYTES = WIDTH * HASH_BYTES

Read = Callable[[int, int], bytes]
"""The hashes of the tile at level and number, one after the other; more than asked for may come. Raises LookupError."""


class Tile(NamedTuple):
    level: int
    number: int
    hashes: bytes

    @property
    def width(self) -> int:
        return len(self.hashes) // HASH_BYTES


def node_of(read: Read) -> Node:
    """Every whole subtree's hash, out of tiles."""

    def node(level: int, index: int) -> bytes:
        inside = level % HEIGHT
        first = index << inside
        hashes = read(level // HEIGHT, first // WIDTH)
        row = [_hash(hashes, first % WIDTH + place) for place in range(1 << inside)]
        while len(row) > 1:
            row = level_above(row)
        return row[0]

    return node


def leaves(read: Read, size: int) -> Iterator[bytes]:
    """The first `size` leaves."""
    for number in range(-(-size // WIDTH)):
        hashes = read(0, number)
        for place in range(min(WIDTH, size - number * WIDTH)):
            yield _hash(hashes, place)


def _hash(hashes: bytes, place: int) -> bytes:
    found = hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]
    if len(found) != HASH_BYTES:
        raise LookupError(place)
    return found


def grown(read: Read, size: int, added: Iterable[bytes]) -> list[Tile]:
    """The tiles that are new or other than before when these leaves follow `size` earlier ones."""
    tiles: list[Tile] = []
    level, row = 0, list(added)
    while row:
        first = size >> (HEIGHT * level)
        number, before = divmod(first, WIDTH)
        hashes = (read(level, number)[: before * HASH_BYTES] if before else b"") + b"".join(row)
        above = []
        for start in range(0, len(hashes), FULL_BYTES):
            tiles.append(Tile(level, number, part := hashes[start : start + FULL_BYTES]))
            number += 1
            if len(part) == FULL_BYTES:
                above.append(_top(part))
        level, row = level + 1, above
    return tiles


def _top(full: bytes) -> bytes:
    row = [full[start : start + HASH_BYTES] for start in range(0, FULL_BYTES, HASH_BYTES)]
    while len(row) > 1:
        row = level_above(row)
    return row[0]


def frontier(read: Read, size: int) -> Frontier:
    """The right edge of the tree over the first `size` leaves."""
    node, peaks, start = node_of(read), [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            peaks.append(node(level, start >> level))
            start += 1 << level
    return Frontier(size, peaks)


# -- in a folder --------------------------------------------------------------------------------------


def of_size(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of every tile of a tree with so many leaves."""
    level = 0
    while count := size >> (HEIGHT * level):
        for number in range(-(-count // WIDTH)):
            yield level, number, min(WIDTH, count - number * WIDTH)
        level += 1


def place(level: int, number: int, width: int) -> str:
    """Below the folder, such as `tile/0/x001/067` or `tile/1/000.p/16`."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    name = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return f"tile/{level}/{name}" + ("" if width == WIDTH else f".p/{width}")


def of_folder(folder: Path, size: int) -> Read:
    """The tiles that were put there for a tree of this size, or for a larger one."""

    def read(level: int, number: int) -> bytes:
        width = min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH)
        full = folder / place(level, number, WIDTH)
        file = full if full.exists() else folder / place(level, number, width)
        try:
            return file.read_bytes()
        except FileNotFoundError:
            raise LookupError(file) from None

    return read
