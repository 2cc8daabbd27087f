"""The reliability figures (SPEC 4), as of any moment, as known at any moment, by any dimension.

Each figure is defined once: its sentence, what it counts, and the list behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from domain.errors import Refused
from domain.people import Asker
from projections import voices
from projections.customers import OWNER_NAME
from projections.figures import Figure, Lateness, Mean, Per, Share, period_of, spread
from projections.filters import Condition, Filter, Library, Moment, dimension
from projections.promises import NO_FILTER, state_at
from projections.tables import micros

HOUR_US, HOUR_S = 3_600_000_000, 3600


class Definition(NamedTuple):
    """A figure's name on the command line, its sentence, and the condition of the list behind it."""

    name: str
    sentence: str
    behind: str


COUNTED = "state NOT IN ('open', 'released')"
LATE_OR_WORSE = "state IN ('kept_late', 'overdue', 'broken') OR (state = 'partial' AND p.settled_at > p.counting_due)"
NOTICE_DUE = f"(p.moves_in_time + p.moves_late > 0 OR state = 'withdrawn' OR {LATE_OR_WORSE})"
NOTICE_GIVEN = (
    f"{NOTICE_DUE} AND p.moves_late = 0 AND NOT ({LATE_OR_WORSE}) AND (state <> 'withdrawn' OR p.notice_in_time = 1)"
)

PROMISE_FIGURES = (
    Definition(
        "on_time_rate",
        "Promises kept by the date last agreed in time, of all whose time has come.",
        COUNTED,
    ),
    Definition(
        "strict_on_time_rate",
        "Promises kept by the date first promised, of all whose first date has come; only the customer can move it.",
        "first_state NOT IN ('open', 'released')",
    ),
    Definition(
        "lateness_hours",
        "How late the late ones were: hours from the date that counts to fulfilment.",
        "state = 'kept_late'",
    ),
    Definition(
        "timely_notice_rate",
        "Promises where every notice came in time and nothing was late afterwards, of those that were moved by us, "
        "taken back, late or broken.",
        NOTICE_DUE,
    ),
    Definition("fulfilment_degree", "How much of what was promised was done, on average.", "p.degree IS NOT NULL"),
    Definition("over_fulfilment_rate", "Promises exceeded, of all fulfilled.", "p.degree IS NOT NULL"),
    Definition("broken_rate", "Promises not kept at all, of all whose time has come.", COUNTED),
    Definition("withdrawn_rate", "Promises taken back openly, of all whose time has come.", COUNTED),
    Definition("partial_rate", "Promises kept only in part, of all whose time has come.", COUNTED),
    Definition(
        "estimate_accuracy",
        "What was charged, divided by what was promised; 1 means exactly the price named.",
        "p.kind = 'price' AND p.amount > 0 AND p.charged IS NOT NULL",
    ),
)
DEFINITIONS: Mapping[str, Definition] = {
    each.name: each for each in (*PROMISE_FIGURES, *(Definition(*figure) for figure in voices.FIGURES))
}

COUNTS: Mapping[str, str] = {
    "counted": COUNTED,
    "kept": "state = 'kept'",
    "first_counted": "first_state NOT IN ('open', 'released')",
    "first_kept": "first_state = 'kept'",
    "notice_due": NOTICE_DUE,
    "notice_given": NOTICE_GIVEN,
    "fulfilled": "p.degree IS NOT NULL",
    "exceeded": "state = 'kept' AND p.degree > 1",
    "broken": "state = 'broken'",
    "withdrawn": "state = 'withdrawn'",
    "partial": "state = 'partial'",
}


class UnknownFigure(Refused):
    def __init__(self, found: str) -> None:
        super().__init__(
            "unknown_figure",
            "There is no figure “{found}”. Possible are: {known}.",
            "name",
            found=found,
            known=", ".join(DEFINITIONS),
        )


@dataclass(frozen=True)
class Question:
    """What is asked: which promises (by their due), as of when, in which groups and periods.

    `start` and `end` (exclusive) select by due in force, undated ones by settlement; None cuts nothing off.
    """

    moment: Moment
    start: datetime | None = None
    end: datetime | None = None
    by: str | None = None
    per: Per | None = None
    filter: Filter = NO_FILTER
    zone: tzinfo = UTC
    """The zone of the days by which the figures of customers are cut into periods."""


class Group(NamedTuple):
    """Figures of one value of a dimension; with a series each figure is a list of (period, figure)."""

    key: str | None
    figures: dict[str, Figure | list[tuple[str, Figure]]]


def figures(library: Library, asker: Asker, question: Question, names: Sequence[str] = ()) -> list[Group]:
    """The named figures (none named: all), by group; without `by` one group with key None."""
    for name in names:
        if name not in DEFINITIONS:
            raise UnknownFigure(name)
    group_of(question.by)  # refuses what is no dimension
    wanted = list(names) or list(DEFINITIONS)
    cells = _promise_cells(library, asker, question, wanted)
    if any(name in voices.NAMES for name in wanted):
        cells |= voices.cells(library, asker, question, wanted)
    keys = sorted({key for key, _, _ in cells}, key=lambda key: (key is None, key or ""))
    if question.by is None:
        keys = [None]
    return [Group(key, {name: _shape(cells, key, name, question) for name in wanted}) for key in keys]


Cells = dict[tuple[str | None, str | None, str], Figure]
"""(group, period, name) → figure."""


def _shape(cells: Cells, key: str | None, name: str, question: Question) -> Figure | list[tuple[str, Figure]]:
    if question.per is None:
        return cells.get((key, None, name)) or EMPTY[name]
    periods = sorted({period for group, period, each in cells if group == key and each == name and period})
    return [(period, cells[key, period, name]) for period in periods]


EMPTY: Mapping[str, Figure] = {
    **dict.fromkeys(DEFINITIONS, Share(0, 0)),
    "lateness_hours": Lateness(spread([]), spread([])),
    "fulfilment_degree": Mean(None, 0),
    "estimate_accuracy": spread([]),
}


# -- figures of promises ------------------------------------------------------------------------------


def _promise_cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    cells: Cells = {}
    if any(name in SHARES or name == "fulfilment_degree" for name in wanted):
        for (key, period), counts in _counted(library, asker, question).items():
            for name, (numerator, denominator) in SHARES.items():
                cells[key, period, name] = Share(int(counts[numerator]), int(counts[denominator]))
            fulfilled = int(counts["fulfilled"])
            cells[key, period, "fulfilment_degree"] = Mean(
                counts["degree"] / fulfilled if fulfilled else None, fulfilled
            )
    if "lateness_hours" in wanted:
        for place, rows in _lists(
            library, asker, question, "state = 'kept_late'", "p.late_us, p.late_business_s"
        ).items():
            cells[(*place, "lateness_hours")] = Lateness(
                spread([late / HOUR_US for late, _ in rows]),
                spread([business / HOUR_S for _, business in rows]),
            )
    if "estimate_accuracy" in wanted:
        behind = DEFINITIONS["estimate_accuracy"].behind
        for place, rows in _lists(library, asker, question, behind, "p.charged, p.amount").items():
            cells[(*place, "estimate_accuracy")] = spread([charged / promised for charged, promised in rows])
    return cells


SHARES: Mapping[str, tuple[str, str]] = {
    "on_time_rate": ("kept", "counted"),
    "strict_on_time_rate": ("first_kept", "first_counted"),
    "timely_notice_rate": ("notice_given", "notice_due"),
    "over_fulfilment_rate": ("exceeded", "fulfilled"),
    "broken_rate": ("broken", "counted"),
    "withdrawn_rate": ("withdrawn", "counted"),
    "partial_rate": ("partial", "counted"),
}


def _counted(library: Library, asker: Asker, question: Question) -> dict[tuple[str | None, str | None], dict[str, Any]]:
    names = [*COUNTS, "degree"]
    sums = [f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in COUNTS.values()]
    sums.append("SUM(CASE WHEN p.degree IS NOT NULL THEN p.degree ELSE 0 END)")
    sql, params = _from(library, asker, question)
    rows = library.views.rows(f"SELECT grp, day, {', '.join(sums)} FROM ({sql}) p GROUP BY grp, day", params)
    totals: dict[tuple[str | None, str | None], dict[str, Any]] = {}
    for key, day, *values in rows:
        place = (key, period_of(day, question.per) if question.per and day else None)
        into = totals.setdefault(place, dict.fromkeys(names, 0))
        for name, value in zip(names, values, strict=True):
            into[name] += value
    return totals


def _lists(
    library: Library, asker: Asker, question: Question, condition: str, columns: str
) -> dict[tuple[str | None, str | None], list[tuple[Any, ...]]]:
    sql, params = _from(library, asker, question)
    rows = library.views.rows(f"SELECT grp, day, {columns} FROM ({sql}) p WHERE {condition}", params)
    lists: dict[tuple[str | None, str | None], list[tuple[Any, ...]]] = {}
    for key, day, *values in rows:
        place = (key, period_of(day, question.per) if question.per and day else None)
        lists.setdefault(place, []).append(tuple(values))
    return lists


def behind(library: Library, asker: Asker, question: Question, name: str) -> Condition:
    """The list behind a figure, as a query for the internal ids of its promises."""
    if name not in DEFINITIONS:
        raise UnknownFigure(name)
    sql, params = _from(library, asker, question)
    return Condition(f"SELECT promise FROM ({sql}) p WHERE {DEFINITIONS[name].behind}", params)


def _from(library: Library, asker: Asker, question: Question) -> tuple[str, list[Any]]:
    """The promises asked about, each with its state at the moment, its group and its own day."""
    moment = question.moment
    where = question.filter.condition(library, asker, "figures").and_(Condition(moment.rows(), []))
    if question.start is not None:
        where = where.and_(Condition("p.belongs_at >= ?", [micros(question.start)]))
    if question.end is not None:
        where = where.and_(Condition("p.belongs_at < ?", [micros(question.end)]))
    if question.per is not None:
        where = where.and_(Condition("p.belongs_day IS NOT NULL", []))
    first = (
        "CASE WHEN p.first_outcome IS NOT NULL THEN p.first_outcome "
        f"WHEN p.first_overdue_from <= {moment.us} THEN 'overdue' ELSE 'open' END"
    )
    day = "p.belongs_day" if question.per else "NULL"
    return (
        f"SELECT p.*, {state_at(moment)} AS state, {first} AS first_state, "
        f"{group_of(question.by)} AS grp, {day} AS day "
        f"FROM promises p LEFT JOIN customers c ON c.customer = p.customer WHERE {where.sql}",
        where.params,
    )


def group_of(by: str | None, table: str = "p") -> str:
    if by is None:
        return "NULL"
    if by == "owner":
        return OWNER_NAME.format(column=f"{table}.owner")
    if by == "customer":
        return "c.id"
    return f"{table}.{dimension(by, 'by')}"
