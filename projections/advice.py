"""What the adviser says of a proposed promise, and of open ones: may I promise that, and if not, what else?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.advice import Adviser, Estimate, taught
from domain.errors import Refused
from domain.experience import proposal
from domain.people import Asker, allowed
from domain.steering import Steering
from domain.workload import Workload
from projections import experiences, workloads
from projections.filters import Library
from words import N_

BUSINESS_DAYS_AHEAD = 60
"""So far the adviser looks for a safe date."""


class Wanted(NamedTuple):
    """What somebody would like to promise; names as their source writes them, `customer` an internal id.

    `due` is an instant; None = undated.
    """

    owner: str
    kind: str
    due: datetime | None = None
    customer: str | None = None
    team: str | None = None
    severity: str = "normal"


class Day(NamedTuple):
    """A date that could be promised, until its end."""

    on: date
    due: datetime
    estimate: Estimate


class Advice(NamedTuple):
    """`safe`: the earliest date from which on it is kept as surely as the rulebook asks for; None = no such date."""

    wanted: Wanted
    at: datetime
    estimate: Estimate
    days: tuple[Day, ...]
    safe: Day | None
    workload: Workload
    safe_from: float


def learned(library: Library, at: datetime) -> Adviser:
    """What the adviser has learned by a moment, under the rules of then."""
    rules = library.steering(None).rulebooks.at(at).advice
    return taught(experiences.every(library.views, at), rules, at)


def advise(
    library: Library, asker: Asker, wanted: Wanted, at: datetime, zone: ZoneInfo, adviser: Adviser | None = None
) -> Advice:
    """`adviser`: one that was taught up to this moment, where somebody has it already."""
    persons = library.person_ids(wanted.owner)
    if allowed(asker, "advice") == "own" and not _is_asker(library, asker, persons):
        raise SomebodyElse
    if wanted.due is not None and wanted.due <= at:
        raise DueIsPast
    adviser = adviser or learned(library, at)
    steering = library.steering(None)
    owner = _owner(persons, adviser, steering, at)
    rules = steering.rulebooks.at(at).advice

    def estimate(due: datetime | None) -> Estimate:
        return adviser.estimate(
            proposal(
                at,
                due,
                steering,
                owner=owner,
                team=wanted.team,
                severity=wanted.severity,
                kind=wanted.kind,
                customer=wanted.customer,
            )
        )

    hours = steering.hours(wanted.team, owner, at)
    today = hours.local_date(at)
    dates = [hours.business_day(today, number) for number in range(1, BUSINESS_DAYS_AHEAD + 1)]
    days = tuple(Day(on, due, estimate(due)) for on in dates for due in [hours.end_of_date(on)])
    return Advice(
        wanted=wanted,
        at=at,
        estimate=estimate(wanted.due),
        days=days,
        safe=_safe(days, rules.safe),
        workload=workloads.of(library, persons, at, zone),
        safe_from=rules.safe,
    )


def _owner(persons: Sequence[str], adviser: Adviser, steering: Steering, at: datetime) -> str:
    """The id under which the adviser knows somebody: that of the people document, else the one used most."""
    person = next((found for each in persons if (found := steering.find(each, at))), None)
    return steering.person(person.id) if person else max(persons, key=adviser.promises_of)


def _is_asker(library: Library, asker: Asker, persons: Sequence[str]) -> bool:
    return asker.person is not None and not set(persons).isdisjoint(library.person_ids(asker.person))


def _safe(days: Sequence[Day], least: float) -> Day | None:
    return next((day for day in days if (day.estimate.probability or 0.0) >= least), None)


class SomebodyElse(Refused):
    def __init__(self) -> None:
        super().__init__("not_allowed", NOT_FOR_OTHERS)


class DueIsPast(Refused):
    def __init__(self) -> None:
        super().__init__("due_is_past", DUE_IS_PAST, "--due")


NOT_FOR_OTHERS = N_("You can ask the adviser about your own promises. About others', please ask a manager.")
DUE_IS_PAST = N_("This date has passed already. Please name one that lies ahead.")
