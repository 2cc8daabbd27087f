"""What the adviser says of a proposed promise, and of open ones: may I promise that, and if not, what else?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.advice import Adviser, Estimate, taught
from domain.errors import Refused
from domain.experience import Proposal, proposal
from domain.roles import Asker, allowed
from domain.steering import Steering
from domain.workload import Workload
from projections import experiences, workloads
from projections.customers import person_names
from projections.filters import Condition, Library, Moment, reach
from words import N_

BUSINESS_DAYS_AHEAD = 60
"""So far the adviser looks for a safe date."""
LATELY = timedelta(days=365)
"""Who promised nothing for so long is not offered to be asked about."""


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
    """`safe`: the earliest date that is kept as surely as the rulebook asks for; None = no such date.

    `wanted_on`: the day on which the wanted due ends, by the calendar of whoever would promise it.
    """

    wanted: Wanted
    wanted_on: date | None
    at: datetime
    estimate: Estimate
    days: tuple[Day, ...]
    safe: Day | None
    workload: Workload
    safe_from: float

    @property
    def is_safe(self) -> bool:
        """The wanted date itself is."""
        return (self.estimate.probability or 0.0) >= self.safe_from


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
        wanted_on=None if wanted.due is None else hours.own_date(wanted.due),
        at=at,
        estimate=estimate(wanted.due),
        days=days,
        safe=_safe(days, rules.safe),
        workload=workloads.of(library, persons, at, zone),
        safe_from=rules.safe,
    )


def at_risk(
    library: Library, asker: Asker, moment: Moment, adviser: Adviser, among: Collection[str] | None = None
) -> dict[str, Estimate]:
    """The open promises that are probably not kept while there is still time for timely notice, by internal id.

    `adviser`: one that was taught up to this moment. `among`: no others than these promises, as many as a page shows.
    """
    limit = library.steering(None).rulebooks.at(moment.at).advice.at_risk
    seen = reach(library, asker, "advice", "p.owner")
    if among is not None:
        places = ",".join("?" * len(among)) or "NULL"
        seen = seen.and_(Condition(f"p.promise IN ({places})", list(among)))
    found = {}
    for each in experiences.in_time_for_notice(library.views, moment, seen):
        proposed, others = _as_of(adviser, each.proposal, moment.at)
        probability = adviser.probability(proposed, others)
        if probability is not None and probability < limit:
            found[each.promise] = adviser.estimate(proposed, others)
    return found


def estimated(adviser: Adviser, proposal: Proposal, at: datetime) -> Estimate:
    """What is said at a moment of a promise that was made before."""
    return adviser.estimate(*_as_of(adviser, proposal, at))


def _as_of(adviser: Adviser, proposal: Proposal, at: datetime) -> tuple[Proposal, int]:
    """As it was proposed, but with all that was learned since; and how many others its owner has open."""
    return proposal._replace(made_at=at), max(0, adviser.load(proposal.owner) - 1)


def people(library: Library, asker: Asker, at: datetime) -> list[str]:
    """Whom the asker may ask about, by name: who works here, and who promised anything lately."""
    steering = library.steering(None)
    here = {steering.person(each.id): each.name for each in steering.people.at(at).persons}
    names = person_names(library)
    if allowed(asker, "advice") == "own":
        own = library.person_ids(asker.person) if asker.person else []
        return sorted({names.get(each, here.get(each, asker.person or "")) for each in own})
    lately = (names.get(each, each) for each in experiences.owners(library.views, at - LATELY))
    return sorted({*here.values(), *lately}, key=str.casefold)


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
