"""The tree against the vectors that Certificate Transparency's implementations of RFC 6962 and 9162 share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from random import Random

import pytest

from verifier.tree import (
    EMPTY,
    BadProof,
    Frontier,
    check_consistency,
    check_inclusion,
    consistency,
    inclusion,
    leaf_hash,
    level_above,
    root,
)

ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCIES = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def nodes(entries: Sequence[bytes]) -> Callable[[int, int], bytes]:
    levels = [[leaf_hash(entry) for entry in entries]]
    while len(levels[-1]) > 1:
        levels.append(level_above(levels[-1]))
    return lambda level, index: levels[level][index]


NODE = nodes(ENTRIES)


def test_roots_are_those_of_the_vectors_also_entry_by_entry():
    tree = Frontier()
    assert tree.root().hex() == ROOTS[0]
    for size, entry in enumerate(ENTRIES, start=1):
        tree.add(leaf_hash(entry))
        assert tree.root().hex() == ROOTS[size] == root(NODE, size).hex()


def test_a_tree_without_entries_has_the_root_of_nothing():
    assert root(NODE, 0) == EMPTY == sha256(b"").digest()


@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_a_path_to_an_entry_is_that_of_the_vectors(index: int, size: int):
    assert [step.hex() for step in inclusion(NODE, index, size)] == INCLUSIONS[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCIES)
def test_a_path_between_two_sizes_is_that_of_the_vectors(old: int, new: int):
    assert [step.hex() for step in consistency(NODE, old, new)] == CONSISTENCIES[old, new]


SIZES = [*range(1, 40), 63, 64, 65, 100, 127, 128, 129]


@pytest.fixture(scope="module")
def many() -> Callable[[int, int], bytes]:
    return nodes([bytes([number]) for number in range(129)])


def test_every_entry_is_shown_to_be_in_every_tree_and_no_proof_survives_a_change(many: Callable[[int, int], bytes]):
    rng, tried = Random(1), 0
    for size in SIZES:
        for index in range(size):
            path, at, leaf = inclusion(many, index, size), root(many, size), many(0, index)
            check_inclusion(leaf, index, size, path, at)
            for changed in _changes(rng, leaf, index, size, path, at):
                with pytest.raises(BadProof):
                    check_inclusion(*changed)
                tried += 1
    assert tried > 10_000


def _changes(rng: Random, leaf: bytes, index: int, size: int, path: list[bytes], at: bytes):
    yield _flipped(rng, leaf), index, size, path, at
    yield leaf, index, size, path, _flipped(rng, at)
    yield leaf, index, size, [*path, at], at
    yield leaf, size, size, path, at
    yield leaf, -1, size, path, at
    if path:
        place = rng.randrange(len(path))
        yield leaf, index, size, [*path[:place], _flipped(rng, path[place]), *path[place + 1 :]], at
        yield leaf, index, size, [*path[:place], *path[place + 1 :]], at
        yield leaf, (index + 1) % size, size, path, at
    if len(path) > 1:
        yield leaf, index, size, [path[1], path[0], *path[2:]], at


def test_every_size_is_shown_to_grow_out_of_every_smaller_and_no_proof_survives_a_change(
    many: Callable[[int, int], bytes],
):
    rng, tried = Random(2), 0
    for new in SIZES:
        for old in range(1, new + 1):
            path, before, after = consistency(many, old, new), root(many, old), root(many, new)
            check_consistency(old, new, path, before, after)
            changes = [
                (old, new, path, _flipped(rng, before), after),
                (old, new, path, before, _flipped(rng, after)),
                (old, new, [*path, after], before, after),
                (0, new, path, before, after),
                (new + 1, new, path, before, after),
            ]
            if path:
                place = rng.randrange(len(path))
                changes.append(
                    (old, new, [*path[:place], _flipped(rng, path[place]), *path[place + 1 :]], before, after)
                )
                changes.append((old, new, path[:-1], before, after))
            for changed in changes:
                with pytest.raises(BadProof):
                    check_consistency(*changed)
                tried += 1
    assert tried > 5_000


def _flipped(rng: Random, raw: bytes) -> bytes:
    bit = rng.randrange(len(raw) * 8)
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_what_does_not_exist_is_not_shown():
    with pytest.raises(ValueError, match="no entry 8 among 8"):
        inclusion(NODE, 8, 8)
    with pytest.raises(ValueError, match="nothing to show"):
        consistency(NODE, 9, 8)
    with pytest.raises(ValueError, match="3 entries need 2 peaks"):
        Frontier(3, [EMPTY])
