"""Trees kept in pieces, as C2SP tlog-tiles lays them out."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from verifier.tiles import Tile, frontier, grown, leaves, node_of, of_folder, of_size, place
from verifier.tree import Frontier, check_consistency, check_inclusion, consistency, inclusion, leaf_hash, root

LEAVES = [leaf_hash(number.to_bytes(4, "big")) for number in range(70_000)]


def kept_in_portions(sizes: list[int]) -> dict[tuple[int, int], bytes]:
    kept: dict[tuple[int, int], bytes] = {}
    size = 0
    for count in sizes:
        for tile in grown(lambda level, number: kept[level, number], size, LEAVES[size : size + count]):
            kept[tile.level, tile.number] = tile.hashes
        size += count
    return kept


def whole(size: int) -> bytes:
    tree = Frontier()
    for each in LEAVES[:size]:
        tree.add(each)
    return tree.root()


def test_a_tree_that_grew_in_portions_is_the_same_as_one_made_at_once():
    rng = Random(5)
    for _ in range(20):
        sizes = [rng.choice([0, 1, 2, 100, 255, 256, 257, 511, 512]) for _ in range(8)]
        kept, size = kept_in_portions(sizes), sum(sizes)
        read = lambda level, number, kept=kept: kept[level, number]  # noqa: E731
        assert frontier(read, size).root() == whole(size)
        assert list(leaves(read, size)) == LEAVES[:size]
        assert {(level, number) for level, number, _ in of_size(size)} == set(kept)


def test_proofs_come_out_of_tiles_of_three_levels():
    size = 70_000
    kept = kept_in_portions([66_000, 4_000])
    node = node_of(lambda level, number: kept[level, number])
    at = whole(size)

    assert root(node, size) == at
    assert {level for level, _ in kept} == {0, 1, 2}
    for index in (0, 1, 255, 256, 65_535, 65_536, 69_999):
        check_inclusion(LEAVES[index], index, size, inclusion(node, index, size), at)
    for old in (1, 256, 257, 65_536, 69_999):
        check_consistency(old, size, consistency(node, old, size), root(node, old), at)


def test_tiles_lie_where_the_specification_says():
    assert place(0, 67, 256) == "tile/0/067"
    assert place(1, 1_067, 256) == "tile/1/x001/067"
    assert place(0, 1_234_067, 256) == "tile/0/x001/x234/067"
    assert place(2, 0, 17) == "tile/2/000.p/17"


def test_a_folder_gives_back_what_was_put_there(tmp_path: Path):
    kept = kept_in_portions([600])
    for level, number, width in of_size(600):
        file = tmp_path / place(level, number, width)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(kept[level, number])

    assert frontier(of_folder(tmp_path, 600), 600).root() == whole(600)
    assert frontier(of_folder(tmp_path, 600), 512).root() == whole(512)
    with pytest.raises(LookupError):
        of_folder(tmp_path, 900)(0, 3)


def test_a_tile_knows_how_wide_it_is():
    assert Tile(0, 0, bytes(64)).width == 2
