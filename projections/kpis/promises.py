"""The figures of promises (SPEC 4): each is defined once, with its sentence and the list behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from domain.roles import Asker
from projections.figures import Figure, Lateness, Mean, Share, period_of, spread
from projections.filters import Condition, Library
from projections.kpis.question import Cells, Definition, Part, Question, group_of
from projections.promises import state_at

HOUR_US, HOUR_S = 3_600_000_000, 3600


COUNTED = "state NOT IN ('open', 'released')"
KEPT = "state = 'kept'"
FIRST_COUNTED = "first_state NOT IN ('open', 'released')"
FIRST_KEPT = "first_state = 'kept'"
FULFILLED = "p.degree IS NOT NULL"
EXCEEDED = "state = 'kept' AND p.degree > 1"
BROKEN = "state = 'broken'"
WITHDRAWN = "state = 'withdrawn'"
PARTIAL = "state = 'partial'"
LATE_OR_WORSE = "state IN ('kept_late', 'overdue', 'broken') OR (state = 'partial' AND p.settled_at > p.counting_due)"
NOTICE_DUE = f"(p.moves_in_time + p.moves_late > 0 OR state = 'withdrawn' OR {LATE_OR_WORSE})"
NOTICE_GIVEN = (
    f"{NOTICE_DUE} AND p.moves_late = 0 AND NOT ({LATE_OR_WORSE}) AND (state <> 'withdrawn' OR p.notice_in_time = 1)"
)

ESTIMATED = "p.kind = 'price' AND p.amount > 0 AND p.charged IS NOT NULL"

FIGURES = (
    Definition(
        "on_time_rate",
        "Promises kept by the date last agreed in time, of all whose time has come.",
        "promises",
        COUNTED,
        KEPT,
    ),
    Definition(
        "strict_on_time_rate",
        "Promises kept by the date first promised, of all whose first date has come; only the customer can move it.",
        "promises",
        FIRST_COUNTED,
        FIRST_KEPT,
    ),
    Definition(
        "lateness_hours",
        "How late the late ones were: hours from the date that counts to fulfilment.",
        "promises",
        "state = 'kept_late'",
    ),
    Definition(
        "timely_notice_rate",
        "Promises where every notice came in time and nothing was late afterwards, of those that were moved by us, "
        "taken back, late or broken.",
        "promises",
        NOTICE_DUE,
        NOTICE_GIVEN,
    ),
    Definition("fulfilment_degree", "How much of what was promised was done, on average.", "promises", FULFILLED),
    Definition("over_fulfilment_rate", "Promises exceeded, of all fulfilled.", "promises", FULFILLED, EXCEEDED),
    Definition("broken_rate", "Promises not kept at all, of all whose time has come.", "promises", COUNTED, BROKEN),
    Definition(
        "withdrawn_rate", "Promises taken back openly, of all whose time has come.", "promises", COUNTED, WITHDRAWN
    ),
    Definition("partial_rate", "Promises kept only in part, of all whose time has come.", "promises", COUNTED, PARTIAL),
    Definition(
        "estimate_accuracy",
        "What was charged, divided by what was promised; 1 means exactly the price named.",
        "promises",
        ESTIMATED,
    ),
)

COUNTS: Mapping[str, str] = {
    "counted": COUNTED,
    "kept": KEPT,
    "first_counted": FIRST_COUNTED,
    "first_kept": FIRST_KEPT,
    "notice_due": NOTICE_DUE,
    "notice_given": NOTICE_GIVEN,
    "fulfilled": FULFILLED,
    "exceeded": EXCEEDED,
    "broken": BROKEN,
    "withdrawn": WITHDRAWN,
    "partial": PARTIAL,
}


# -- figures of promises ------------------------------------------------------------------------------


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    found: Cells = {}
    if any(name in SHARES for name in wanted):
        for (key, period), counts in _counted(library, asker, question).items():
            for name, (numerator, denominator) in SHARES.items():
                found[key, period, name] = Share(int(counts[numerator]), int(counts[denominator]))
    if "fulfilment_degree" in wanted:
        # Added up exactly: a database's sum depends on the order of its rows.
        for place, rows in _lists(library, asker, question, FULFILLED, "p.degree").items():
            found[(*place, "fulfilment_degree")] = Mean(fmean(degree for (degree,) in rows), len(rows))
    if "lateness_hours" in wanted:
        for place, rows in _lists(
            library, asker, question, "state = 'kept_late'", "p.late_us, p.late_business_s"
        ).items():
            found[(*place, "lateness_hours")] = Lateness(
                spread([late / HOUR_US for late, _ in rows]),
                spread([business / HOUR_S for _, business in rows]),
            )
    if "estimate_accuracy" in wanted:
        behind = ESTIMATED
        for place, rows in _lists(library, asker, question, behind, "p.charged, p.amount").items():
            found[(*place, "estimate_accuracy")] = spread([charged / promised for charged, promised in rows])
    return found


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
    sums = [f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in COUNTS.values()]
    sql, params = _from(library, asker, question)
    rows = library.views.rows(f"SELECT grp, day, {', '.join(sums)} FROM ({sql}) p GROUP BY grp, day", params)
    totals: dict[tuple[str | None, str | None], dict[str, Any]] = {}
    for key, day, *values in rows:
        place = (key, period_of(day, question.per) if question.per and day else None)
        into = totals.setdefault(place, dict.fromkeys(COUNTS, 0))
        for name, value in zip(COUNTS, values, strict=True):
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


def behind(library: Library, asker: Asker, question: Question, definition: Definition, part: Part) -> Condition:
    """The list behind a figure, as a query for the internal ids of its promises."""
    sql, params = _from(library, asker, question)
    return Condition(f"SELECT promise FROM ({sql}) p WHERE {definition.part(part)}", params)


def _from(library: Library, asker: Asker, question: Question) -> tuple[str, list[Any]]:
    """The promises asked about, each with its state at the moment, its group and its own day."""
    moment = question.moment
    where = question.filter.condition(library, asker, "figures").and_(Condition(moment.rows(), []))
    where = where.and_(question.within("p.belongs_at"))
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


EMPTY: Mapping[str, Figure] = {
    "lateness_hours": Lateness(spread([]), spread([])),
    "fulfilment_degree": Mean(None, 0),
    "estimate_accuracy": spread([]),
}
DIMENSIONS = frozenset(("owner", "team", "kind", "customer", "supplier", "product", "channel", "severity"))
