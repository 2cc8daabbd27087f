"""A log against checkpoints: whether every event that they attest is still what it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from verifier.events import Events, leaf
from verifier.finding import Bad, first_bad
from verifier.note import Checkpoint
from verifier.tiles import Read, leaves
from verifier.tree import Frontier


class Attested(NamedTuple):
    """A checkpoint, and the leaves it was made of where somebody kept them."""

    checkpoint: Checkpoint
    tiles: Sequence[Read] = ()


class Report(NamedTuple):
    size: int
    """Events that are there."""
    root: bytes
    """Over all of them."""
    attested: Checkpoint | None
    """The checkpoint that reaches furthest; what lies behind it nobody can vouch for."""
    checked: int
    """Checkpoints."""
    first_bad: Bad | None

    @property
    def is_ok(self) -> bool:
        return self.first_bad is None

    @property
    def after(self) -> int:
        """So many events lie behind the last checkpoint."""
        return max(0, self.size - (self.attested.size if self.attested else 0))

    def told(self) -> dict[str, Any]:
        last, bad = self.attested, self.first_bad
        return {
            "ok": self.is_ok,
            "size": self.size,
            "root": self.root.hex(),
            "first_bad": None
            if bad is None
            else {key: value for key, value in bad._asdict().items() if value is not None},
            "checkpoints": self.checked,
            "attested": 0 if last is None else last.size,
            "attested_at": None if last is None else last.said("time"),
            "after": self.after,
        }


def check(events: Events, attested: Iterable[Attested]) -> Report:
    """All checkpoints are of the same log. Reads it once where nothing is wrong."""
    known = sorted(attested, key=lambda each: each.checkpoint.size)
    sizes = {0, *(each.checkpoint.size for each in known)}
    tree, positions, last = Frontier(), dict[int, int](), 0
    roots = {0: tree.root()}
    for event in events():
        if tree.size in sizes:
            positions[tree.size] = event.position
        tree.add(leaf(event))
        last = event.position
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    good = Attested(Checkpoint("", 0, tree.root()))
    bad = None
    for each in known:
        if roots.get(each.checkpoint.size) == each.checkpoint.root:
            good = each
            continue
        bad = _first_bad(events, known, each.checkpoint) or _between(positions, good.checkpoint, each.checkpoint, last)
        break
    newest = known[-1].checkpoint if known else None
    return Report(tree.size, tree.root(), newest, len(known), bad)


def _first_bad(events: Events, known: Sequence[Attested], broken: Checkpoint) -> Bad | None:
    """By the leaves of the furthest checkpoint that grew out of the broken one; None where nobody kept them.

    The furthest, since an event may have been brought here from far behind.
    """
    for each in reversed(known):
        for read in each.tiles:
            was = _vouched_for(read, each.checkpoint, broken)
            if was is not None:
                return first_bad(events, was)
    return None


def _vouched_for(read: Read, checkpoint: Checkpoint, earlier: Checkpoint) -> list[bytes] | None:
    """The leaves of a checkpoint, if they are those of an earlier one as well."""
    if checkpoint.size < earlier.size:
        return None
    try:
        was = list(leaves(read, checkpoint.size))
    except LookupError:
        return None
    tree, roots = Frontier(), list[bytes]()
    for stretch in (was[: earlier.size], was[earlier.size :]):
        for each in stretch:
            tree.add(each)
        roots.append(tree.root())
    return was if roots == [earlier.root, checkpoint.root] else None


def _between(positions: dict[int, int], good: Checkpoint, broken: Checkpoint, last: int) -> Bad:
    """Somewhere behind the last checkpoint that fits, up to the first that does not."""
    start = positions.get(good.size, last + 1)
    if broken.size not in positions and start > last:
        return Bad(start, "cut")
    return Bad(start, "changed", positions.get(broken.size, last + 1) - 1)
