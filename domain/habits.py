"""The customer's own rhythm: when silence says something, and when what came regularly is missed.

Customers hardly ever complain; no praise is silent criticism (practices P18, P19).
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from domain.rulebook import HabitRules, SilenceRules


def usual_gap(contacts: Sequence[datetime], rules: SilenceRules) -> timedelta | None:
    """The median gap between two-way contacts, in order of time; None while they are too few."""
    if len(contacts) < rules.known_from_contacts:
        return None
    return _quantile(_gaps(contacts), 0.5)


def silent_from(contacts: Sequence[datetime], first_fact: datetime, rules: SilenceRules) -> datetime:
    """The instant from which on silence says something, if nothing else is heard until then."""
    gap = usual_gap(contacts, rules)
    limit = timedelta(days=rules.until_known_days) if gap is None else gap * rules.usual_gaps
    return (contacts[-1] if contacts else first_fact) + limit


class Habit(NamedTuple):
    """Contacts of one purpose that come at regular intervals."""

    every: timedelta
    last: datetime
    lapses_at: datetime


def habit(contacts: Sequence[datetime], rules: HabitRules) -> Habit | None:
    """The habit that these contacts (in order of time) make, if they are one."""
    if len(contacts) < rules.fewest_contacts:
        return None
    low, every, high = quartiles(contacts)
    regular = all(abs(each - every) <= every * rules.quartiles_within for each in (low, high))
    if not regular or not every:
        return None
    return Habit(every, contacts[-1], contacts[-1] + every * (1 + rules.lapsed_after))


def quartiles(contacts: Sequence[datetime]) -> tuple[timedelta, timedelta, timedelta]:
    """Of the gaps between at least two contacts in order of time: a quarter, half and three quarters are shorter."""
    gaps = _gaps(contacts)
    return _quantile(gaps, 0.25), _quantile(gaps, 0.5), _quantile(gaps, 0.75)


def middle_gaps(contacts: Sequence[datetime]) -> Iterator[timedelta | None]:
    """The middle of the gaps that there had been at each contact, in order of time; None at the first."""
    gaps: list[timedelta] = []
    for place, at in enumerate(contacts):
        if place:
            insort(gaps, at - contacts[place - 1])
        yield _quantile(gaps, 0.5) if gaps else None


def _gaps(contacts: Sequence[datetime]) -> list[timedelta]:
    return sorted(after - before for before, after in pairwise(contacts))


def _quantile(ordered: Sequence[timedelta], share: float) -> timedelta:
    """Linear between the two neighbours."""
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
