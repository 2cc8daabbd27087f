"""When the customer lets us wait: pauses that stop our clock, and deadlines that move with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.business_time import Hours
from domain.fact import Fact, in_order
from domain.incident import IncidentPaused, IncidentResumed
from domain.promise import PromisePaused, PromiseResumed, Settling


class Wait(NamedTuple):
    """A pause caused by the customer; `until` None = it still runs."""

    since: datetime
    until: datetime | None


def waits(history: Iterable[Fact]) -> tuple[Wait, ...]:
    """The customer's pauses of one promise or incident, in order."""
    found: list[Wait] = []
    since: datetime | None = None
    for fact in in_order(history):
        match fact.data:
            case PromisePaused(cause="customer") | IncidentPaused(cause="customer"):
                since = since or fact.time
            case PromiseResumed(cause="customer") | IncidentResumed(cause="customer"):
                _ended(found, since, fact)
                since = None
            case data if isinstance(data, Settling):
                _ended(found, since, fact)
                since = None
    return (*found, Wait(since, None)) if since is not None else tuple(found)


def _ended(found: list[Wait], since: datetime | None, fact: Fact) -> None:
    if since is not None:
        found.append(Wait(since, fact.time))


def deadline(start: datetime, seconds: int, hours: Hours, waits: Sequence[Wait] = ()) -> datetime | None:
    """The instant at which the business seconds are used up; None while the customer's pause holds it off."""
    over = [(wait.since, wait.until) for wait in waits if wait.until is not None]
    used_up = hours.add(start, seconds, over)
    still = next((wait for wait in waits if wait.until is None), None)
    return None if still is not None and still.since < used_up else used_up
