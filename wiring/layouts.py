"""Tables of other versions beside ours: whether somebody still uses them, and removing those that nobody does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from domain.store import TableStore
from projections import outbox, shares

if TYPE_CHECKING:
    from wiring.home import Konto


def used(tables: TableStore) -> bool:
    """Whether a service of their version follows them, or, as far as files tell, anybody has them open."""
    with _idle(tables) as idle:
        return not idle


def tidy(konto: Konto, *, newer: bool = False) -> tuple[int, int]:
    """Removes those that nobody uses; how many those were, and how many stay since somebody does.

    What is left of our own, before others took their place, goes as well, and is not counted.

    `newer`: also those of a version that is still to come, or was left again; nobody follows them before it starts.
    """
    konto.tables.tidy()
    ours = konto.tables.layout or 0
    others = [each for each in konto.tables.others() if newer or (each.layout or 0) < ours]
    removed = 0
    for each in others:
        with _idle(each) as idle:
            if idle:
                each.remove()
                removed += 1
    return removed, len(others) - removed


def bring_along(konto: Konto) -> None:
    """What the scheduler of another version has released, when ours takes its place: it leaves as it was to leave."""
    if others := konto.tables.others():
        outbox.bring_along(konto.views, others)


@contextmanager
def _idle(tables: TableStore) -> Iterator[bool]:
    """Whether nobody uses them, and nobody begins to follow them meanwhile."""
    with ExitStack() as held:
        claimed = all(held.enter_context(tables.claim(name)) for name in shares.claims(shares.MOST))
        yield claimed and not tables.is_open()
