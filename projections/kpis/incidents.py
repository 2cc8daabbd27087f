"""The figures of incidents (SPEC 4): how often, how long until put right, how disciplined, and whether it helped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from domain.roles import Asker
from projections import standings, statements
from projections.figures import Figure, Lateness, Rate, Share, spread
from projections.filters import Condition, Library
from projections.kpis.question import Case, Cells, Definition, Part, Question, group_of, named, shaped
from projections.tables import MICROSECOND, instant, micros

HOUR_US, HOUR_S = 3_600_000_000, 3600
BACK_WITHIN = timedelta(days=90)

FIGURES = (
    Definition("incident_rate", "Incidents for each hundred promises made.", "incidents", "1 = 1"),
    Definition(
        "resolution_hours",
        "How long until incidents were put right: hours from the report to the last resolution.",
        "incidents",
        "i.resolved_at IS NOT NULL",
    ),
    Definition(
        "recovery_discipline",
        "Incidents in which reason, apology and talk came in time and in this order, of all whose time for them is "
        "over.",
        "incidents",
        "i.discipline_due <= {now}",
        "i.disciplined = 1",
    ),
    Definition(
        "recovery_success",
        "Incidents after which the balance came back to its value within 90 days, of all at least 90 days ago.",
        "incidents",
        "i.reported_at <= {back}",
    ),
)
DIMENSIONS = frozenset(("owner", "team", "kind", "customer", "supplier", "product", "severity"))
COMPARABLE = frozenset((None, "owner", "team", "customer", "supplier", "product", "severity"))
"""Dimensions that mean the same for promises, of which incident_rate counts the hundreds."""
EMPTY: Mapping[str, Figure] = {
    "incident_rate": Rate(0, 0),
    "resolution_hours": Lateness(spread([]), spread([])),
}


class Happened(NamedTuple):
    """What the figures need of an incident; times in microseconds."""

    customer: str
    reported_at: int
    resolved_at: int | None
    resolved_s: int | None
    disciplined: int
    discipline_due: int | None


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    cases = _cases(library, asker, question)
    now = question.moment.us
    found = shaped(
        cases,
        question,
        {"resolution_hours": _resolution, "recovery_discipline": lambda rows: _discipline(rows, now)},
        wanted,
    )
    if "incident_rate" in wanted and question.by in COMPARABLE:
        found |= _rates(library, asker, question, cases)
    if "recovery_success" in wanted:
        old = [case for case in cases if case.at <= _back(question)]
        came = _came_back(library, question, [case.row for case in old])
        told = [case._replace(row=came[case.row.customer, case.at]) for case in old]
        found |= shaped(told, question, {"recovery_success": _success}, wanted)
    return found


def behind(library: Library, asker: Asker, question: Question, definition: Definition, part: Part) -> Condition:
    sql, params = _from(library, asker, question)
    counts = definition.part(part).format(now=question.moment.us, back=_back(question))
    if definition.name == "recovery_success" and part != "all":
        found = _successes(library, asker, question, came_back=part == "counted")
        counts = f"i.incident IN ({','.join('?' * len(found)) or 'NULL'})"
        params = [*params, *found]
    return Condition(f"SELECT i.incident FROM ({sql}) i WHERE {counts}", params)


def made(library: Library, asker: Asker, question: Question) -> Condition:
    """The promises of which incident_rate counts the hundreds, as a query for their internal ids."""
    where = _made(library, asker, question)
    return Condition(f"SELECT p.promise FROM promises p WHERE {where.sql}", where.params)


def _made(library: Library, asker: Asker, question: Question) -> Condition:
    where = question.filter.condition(library, asker, "figures").and_(Condition(question.moment.rows(), []))
    return where.and_(question.within("p.made_at"))


def _successes(library: Library, asker: Asker, question: Question, *, came_back: bool) -> list[str]:
    """Incidents old enough after which the balance came back, or did not: the account alone knows."""
    sql, params = _from(library, asker, question)
    rows = library.views.rows(
        f"SELECT i.incident, {', '.join(f'i.{name}' for name in Happened._fields)} FROM ({sql}) i "
        f"WHERE i.reported_at <= {_back(question)}",
        params,
    )
    happened = {incident: Happened(*told) for incident, *told in rows}
    came = _came_back(library, question, list(happened.values()))
    return [each for each, row in happened.items() if came[row.customer, row.reported_at] == came_back]


def _back(question: Question) -> int:
    """Incidents reported until then are 90 days ago."""
    value = micros(question.moment.at - BACK_WITHIN)
    assert value is not None
    return value


def _cases(library: Library, asker: Asker, question: Question) -> list[Case]:
    sql, params = _from(library, asker, question)
    rows = library.views.rows(
        "SELECT i.grp, i.reported_at, i.customer, i.reported_at, i.resolved_at, i.resolved_s, i.disciplined, "
        f"i.discipline_due FROM ({sql}) i",
        params,
    )
    return [Case(group, at, Happened(*told)) for group, at, *told in named(library, question.by, rows)]


def _from(library: Library, asker: Asker, question: Question) -> tuple[str, list[Any]]:
    where = question.filter.condition(library, asker, "figures", "i").and_(Condition(question.moment.rows("i"), []))
    where = where.and_(question.within("i.reported_at"))
    return (
        f"SELECT i.*, {group_of(question.by, 'i')} AS grp FROM (SELECT i.*, NULL AS channel FROM incidents i) i "
        f"LEFT JOIN customers c ON c.customer = i.customer WHERE {where.sql}",
        where.params,
    )


def _rates(library: Library, asker: Asker, question: Question, cases: Sequence[Case]) -> Cells:
    """Incidents by their report against promises by their making; of a whole period the database counts these."""
    where = _begun(question) if _is_of_all(library, asker, question) else _made(library, asker, question)
    made_at = "0" if question.per is None else "p.made_at"
    join = " LEFT JOIN customers c ON c.customer = p.customer" if question.by == "customer" else ""
    rows = library.views.rows(
        f"SELECT {group_of(question.by)} AS grp, {made_at} AS made, COUNT(*) FROM promises p{join} "
        f"WHERE {where.sql} GROUP BY grp, made",
        where.params,
    )
    made = [Case(group, at, (0, times)) for group, at, times in named(library, question.by, rows)]
    happened = [case._replace(row=(1, 0)) for case in cases]
    return shaped([*happened, *made], question, {"incident_rate": _rate}, ["incident_rate"])


def _is_of_all(library: Library, asker: Asker, question: Question) -> bool:
    """Everybody's promises together, as known now: no matter whose one was when."""
    everything = question.filter.condition(library, asker, "figures").is_everything
    return everything and question.by is None and question.moment.known is None


def _begun(question: Question) -> Condition:
    """The first row of each promise: an index of its own, since every promise has just one."""
    first = f"p.at_from = p.made_at AND p.made_at <= {question.moment.us} AND {question.moment.knows()}"
    return Condition(first, []).and_(question.within("p.made_at"))


def _rate(rows: list[tuple[int, int]]) -> Rate:
    """Each with how many incidents and how many promises it stands for."""
    return Rate(sum(incidents for incidents, _ in rows), sum(promises for _, promises in rows))


def _resolution(rows: list[Happened]) -> Lateness:
    resolved = [(row.resolved_at - row.reported_at, row.resolved_s or 0) for row in rows if row.resolved_at is not None]
    return Lateness(spread([us / HOUR_US for us, _ in resolved]), spread([seconds / HOUR_S for _, seconds in resolved]))


def _discipline(rows: list[Happened], now: int) -> Share:
    due = [row for row in rows if row.discipline_due is not None and row.discipline_due <= now]
    return Share(sum(row.disciplined for row in due), len(due))


def _success(rows: list[bool]) -> Share:
    return Share(sum(rows), len(rows))


def _came_back(library: Library, question: Question, rows: Sequence[Happened]) -> dict[tuple[str, int], bool]:
    """By customer and report, from the accounts as known at the moment."""
    rulebooks, known = library.steering(None).rulebooks, question.moment.known
    customers, within = {row.customer for row in rows}, BACK_WITHIN // MICROSECOND
    asked = {(row.customer, row.reported_at) for row in rows}
    if not rows:
        return {}
    if known is None:
        moments = [row.reported_at for row in rows]
        courses = standings.courses(library.views, customers, rulebooks, min(moments) - 1, max(moments) + within)
        return {(whose, at): courses[whose].came_back(at, at + within) for whose, at in asked}
    lines = {customer: statements.lines_known_on(library, customer, known) for customer in customers}
    balances = {customer: statements.Balances(lines[customer], rulebooks) for customer in customers}
    found = {}
    for whose, at in asked:
        reported = instant(at)
        assert reported is not None
        found[whose, at] = balances[whose].came_back(reported, reported + BACK_WITHIN)
    return found
