"""A span of a statement as a bank would print it: old balance, every line, what faded, new balance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain import account
from domain.account import Posting, Rulebooks
from projections.falls import TICK


class Entry(NamedTuple):
    """A line of the span: its full points, and the balance with it; hundredths."""

    line: Posting
    points: int
    balance: int


class Span(NamedTuple):
    """`opening` and every entry's points and `faded` add up to `closing`, to the hundredth."""

    start: datetime
    end: datetime
    opening: int
    entries: tuple[Entry, ...]
    faded: int
    """What the older lines lost meanwhile, and those of the span since they were booked."""

    @property
    def closing(self) -> int:
        return (self.entries[-1].balance if self.entries else self.opening) + self.faded


def span(lines: Sequence[Posting], start: datetime, end: datetime, rulebooks: Rulebooks) -> Span:
    """From `start` to `end`, both included; `lines` are all of a customer's."""
    opening = account.balance(lines, start - TICK, rulebooks)
    balance, entries = opening, []
    for line in lines:
        if line.stands_at(end) and start <= line.time:
            points = line.points_at(end, rulebooks)
            balance += points
            entries.append(Entry(line, points, balance))
    return Span(start, end, opening, tuple(entries), account.balance(lines, end, rulebooks) - balance)
