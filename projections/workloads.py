"""Who has how many promises in hand, as they were handed over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.steering import Steering
from domain.workload import Hold, Work, Workload, workload, works_of
from projections.filters import Library
from projections.tables import ALWAYS, instant, micros


def of(library: Library, persons: Sequence[str], at: datetime, zone: ZoneInfo) -> Workload:
    """`persons`: all internal ids of one person. By what is known now."""
    rules = library.steering(None).rulebooks.at(at).advice
    return workload(works(library, persons, at), at, zone, rules.overload_kept)


def works(library: Library, persons: Sequence[str], at: datetime) -> list[Work]:
    """What they have or had in hand by a moment; a promise handed over and back is one."""
    with library.views.store.reading() as cursor:
        rows = cursor.among(f"{_in_hand(at)} AND p.owner IN ({{among}})", persons)
        return works_of(hold for _, hold in _holds(rows, at))


def of_everybody(library: Library, steering: Steering, at: datetime) -> dict[str, list[Hold]]:
    """What everybody has or had in hand by a moment: whom the people document of then knows under its id."""
    found: dict[str, list[Hold]] = {}
    known: dict[str, str] = {}
    for owner, hold in _holds(library.views.rows(_in_hand(at)), at):
        if owner not in known:
            person = steering.find(owner, at)
            known[owner] = steering.person(person.id) if person else owner
        found.setdefault(known[owner], []).append(hold)
    return found


def _in_hand(at: datetime) -> str:
    return (
        "SELECT p.owner, p.promise, p.at_from, p.at_until, e.kept, e.known_at FROM promises p "
        f"JOIN experiences e ON e.promise = p.promise WHERE p.known_until = {ALWAYS} AND p.outcome IS NULL "
        f"AND p.at_from <= {micros(at)} AND p.owner IS NOT NULL"
    )


def _holds(rows: Iterable[Any], at: datetime) -> Iterable[tuple[str, Hold]]:
    us = micros(at)
    assert us is not None
    for owner, promise, since, until, kept, known_at in rows:
        begun = instant(since)
        assert begun is not None
        yield (
            owner,
            Hold(promise, begun, instant(until), bool(kept) if known_at is not None and known_at <= us else None),
        )
