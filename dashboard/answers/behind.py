"""The list behind a figure, as a condition on the lists that the pages show, and how many stand in each part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from dashboard.answers.measures import where
from dashboard.answers.moments import midnight
from dashboard.answers.per_person import is_shown
from dashboard.shapes.asking import PAGE_SIZE, Reader
from dashboard.shapes.behind import Behind, CustomerBehind, CustomersBehind, CustomersBehindAsked, Part, Parts
from dashboard.shapes.periods import Period
from projections import kpis, naming
from projections.customers import names_of
from projections.filters import Condition, Filter, Moment
from projections.kpis import DEFINITIONS, Question
from projections.kpis.protection import is_per_person
from wiring.home import Konto
from words import translator

PARTS: tuple[Part, ...] = ("all", "counted", "rest")
MADE = "incident_rate"
"""Of incidents it is a list of incidents, of promises a list of those whose hundreds it counts."""


def question(konto: Konto, reader: Reader, period: Period | None, filter: Filter) -> Question:
    moment = Moment(konto.clock())
    if period is None:
        return Question(moment, filter=filter, zone=reader.zone)
    return Question(
        moment,
        start=midnight(period.since, reader),
        end=midnight(period.until + timedelta(days=1), reader),
        filter=filter,
        zone=reader.zone,
    )


def among(konto: Konto, asked: Question, behind: Behind, of: str) -> Condition:
    """A query for the internal ids of promises, contacts or incidents (`of`) behind a figure.

    A figure of something else, or none of that name, has nothing behind it here.
    """
    if behind.name == MADE and of == "promises":
        return kpis.incidents.made(konto.library, konto.asker, asked)
    if behind.name not in DEFINITIONS or DEFINITIONS[behind.name].of != of:
        return Condition("SELECT '' WHERE 1 = 0", [])
    # What a colleague's figure counts and what not would be the figure itself (SPEC 8): their list stays in one piece.
    part = "all" if is_per_person(konto.library, konto.asker, asked) else behind.part
    return kpis.behind(konto.library, konto.asker, asked, behind.name, part)


def parts(konto: Konto, asked: Question, behind: Behind, count: Callable[[Behind], int]) -> Parts:
    """How many stand in each; `count` counts the list of one of them."""
    if is_per_person(konto.library, konto.asker, asked):
        return {"all": count(behind._replace(part="all"))}
    return {part: count(behind._replace(part=part)) for part in PARTS}


# -- customers --------------------------------------------------------------------------------------


def customers(konto: Konto, reader: Reader, asked: CustomersBehindAsked, page: int) -> CustomersBehind:
    """Those whom the figure counts first, then by name."""
    name = asked.behind.name
    if name not in DEFINITIONS or DEFINITIONS[name].of != "customers":
        return CustomersBehind((), dict.fromkeys(PARTS, 0))
    narrow = question(
        konto, reader, asked.period, where(konto, team=asked.team if is_shown(konto, asked.team) else None)
    )
    found = kpis.customers_behind(konto.library, konto.asker, narrow, name)
    counts: Parts = {"all": len(found), "counted": sum(found.values()), "rest": len(found) - sum(found.values())}
    chosen = [each for each, counted in found.items() if asked.behind.part in ("all", "counted" if counted else "rest")]
    t = translator(reader.lang)
    called = {customer: naming.called(name, id, t) for customer, (id, name) in names_of(konto.library, chosen).items()}
    ordered = sorted(chosen, key=lambda each: (not found[each], called[each].casefold(), each))
    rows = [CustomerBehind(each, called[each], found[each]) for each in ordered]
    if name == "equal_service":
        rows = _served(konto, narrow, rows)
    return CustomersBehind(tuple(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]), counts)


def _served(konto: Konto, asked: Question, rows: list[CustomerBehind]) -> list[CustomerBehind]:
    """With how each was served, who waited longest first."""
    served = kpis.customers.treatments(konto.library, konto.asker, asked)
    told = [
        row._replace(wait_seconds=served[row.customer].wait_s, on_time=served[row.customer].on_time)
        for row in rows
        if row.customer in served
    ]
    return sorted(told, key=lambda row: (-(row.wait_seconds or 0.0), row.on_time or 0.0))
