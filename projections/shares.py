"""How several followers share out the customers: each share has a bookmark of its own.

How many shares there are stands in the bookmarks themselves, so that processes that were told different numbers agree.
What is no customer's, such as the tree over the log, documents and alerts, belongs to the first share. What makes two
customers one is brought in by all shares together, from where all bookmarks lie at the same position.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple
from zlib import crc32

from domain.customer import CustomerMerged
from domain.lives import BEGINNINGS, is_of_a_customer
from domain.store import Bookmarks, Cursor, OldBookmark, Row

ALONE = "views"
"""The bookmark of a follower who brings everything."""
MOST = 16
FEW = 20
"""So few missing events are brought in at once for all shares, as if there were one."""
CLOSE = 250
"""What makes customers one is brought in together with the next such event, if no more events lie between."""


class Share(NamedTuple):
    """One of so many, by number from 0 on."""

    number: int
    among: int

    @property
    def name(self) -> str:
        return f"share {self.number + 1} of {self.among}"

    @property
    def has_the_rest(self) -> bool:
        """What is no customer's."""
        return self.number == 0

    def has(self, family: str) -> bool:
        return crc32(family.encode()) % self.among == self.number

    def of_rows(self, rows: Sequence[Row], family_of: Mapping[str, str], customers: Sequence[str]) -> list[Row]:
        """Those of these events that are its own; `customers` are the ones whom they concern, in their order."""
        return [
            row
            for row, customer in zip(rows, customers, strict=True)
            if (self.has(family_of[customer]) if is_of_a_customer(row.stream) else self.has_the_rest)
        ]


EVERYTHING = Share(0, 1)


class Marks(NamedTuple):
    """Up to which position of the log each share was brought."""

    positions: tuple[int, ...]

    @property
    def among(self) -> int:
        return len(self.positions)

    @property
    def least(self) -> int:
        """All tables say at least what stands up to here."""
        return min(self.positions)

    @property
    def most(self) -> int:
        return max(self.positions)

    @property
    def are_level(self) -> bool:
        return self.least == self.most

    @property
    def tree(self) -> int:
        """Up to where the tree over the log was brought."""
        return self.positions[EVERYTHING.number]

    def of(self, family: str) -> int:
        """Up to where what concerns this family, or this stream of no customer, was brought."""
        if not is_of_a_customer(family):
            return self.tree
        return next(at for number, at in enumerate(self.positions) if Share(number, self.among).has(family))

    def in_turn(self, first: int) -> Iterator[tuple[Share, int]]:
        """The shares with their positions: who is furthest behind comes first, of those alike the one preferred."""
        numbers = sorted(range(self.among), key=lambda each: (self.positions[each], (each - first) % self.among))
        for number in numbers:
            yield Share(number, self.among), self.positions[number]


def read(bookmarks: Bookmarks, cursor: Cursor) -> Marks:
    there = _there(bookmarks, cursor)
    return Marks(tuple(there[name] for name in _names(len(there))) if there else (0,))


def put(bookmarks: Bookmarks, cursor: Cursor, count: int, position: int) -> None:
    """So many shares from now on, all of which were brought to this position."""
    bookmarks.put(cursor, dict.fromkeys(_names(count), position), instead_of=_there(bookmarks, cursor))


def move(bookmarks: Bookmarks, cursor: Cursor, share: Share | None, marks: Marks, since: int, position: int) -> None:
    """From where the follower began to read to where it came, of one share or (None) of all together.

    Raises OldBookmark if one no longer lies there, or if the customers were shared out otherwise since `marks` were
    read: jumping over what somebody else has projected would project it twice, or not at all.
    """
    there = read(bookmarks, cursor)
    moved = range(marks.among) if share is None else (share.number,)
    if there.among != marks.among or any(there.positions[number] != since for number in moved):
        raise OldBookmark
    names = _names(marks.among)
    for number in moved:
        bookmarks.advance(cursor, names[number], position)


def claims(among: int) -> list[str]:
    """What those who follow claim, so many of them; whoever follows alone has the first."""
    return ["follower", *(f"follower {number}" for number in range(2, among + 1))]


def _there(bookmarks: Bookmarks, cursor: Cursor) -> dict[str, int]:
    """Those of shares; other bookmarks tell other things of the tables."""
    return {name: at for name, at in bookmarks.all(cursor).items() if name.partition(" ")[0] == ALONE}


def _names(count: int) -> list[str]:
    return [ALONE] if count == 1 else [f"{ALONE} {number}/{count}" for number in range(1, count + 1)]


# -- what concerns customers of several shares --------------------------------------------------------


def joins(row: Row) -> bool:
    """Whether it may make two customers one family: merged, or a thing begun anew, for somebody else perhaps."""
    return row.topic == CustomerMerged.type_name or (row.topic in BEGINNINGS and row.version > 1)


def before_joining(rows: Sequence[Row]) -> list[Row]:
    """What each share can bring in by itself."""
    return list(takewhile(lambda row: not joins(row), rows))


def with_joining(rows: Sequence[Row]) -> Sequence[Row]:
    """What is brought in together: up to the last one that joins customers and follows closely upon another."""
    last = 0
    for place, row in enumerate(rows):
        if place - last > CLOSE:
            break
        if joins(row):
            last = place
    return rows[: last + 1]
