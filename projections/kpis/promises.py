"""The figures of promises (SPEC 4): each is defined once, with its sentence and the list behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import Any

from domain.roles import Asker
from projections.figures import Figure, Lateness, Mean, Share, period_of, spread
from projections.filters import Condition, Library
from projections.kpis.counted import counted, listed, promises
from projections.kpis.question import Cells, Definition, Part, Question, named
from projections.promise_sums import (
    BROKEN,
    COUNTED,
    EXCEEDED,
    FIRST_COUNTED,
    FIRST_KEPT,
    FULFILLED,
    KEPT,
    NOTICE_DUE,
    NOTICE_GIVEN,
    PARTIAL,
    WITHDRAWN,
)

HOUR_US, HOUR_S = 3_600_000_000, 3600
LATE = "p.outcome = 'kept_late'"

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
        LATE,
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

# -- figures of promises ------------------------------------------------------------------------------


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    found: Cells = {}
    if any(name in SHARES or name == "fulfilment_degree" for name in wanted):
        counts_by_place = counted(library, asker, question)
        for place, counts in counts_by_place.items():
            for name, (numerator, denominator) in SHARES.items():
                found[(*place, name)] = Share(counts[numerator], counts[denominator])
    if "fulfilment_degree" in wanted:
        in_part = _lists(library, asker, question, f"{FULFILLED} AND p.degree <> 1", "p.degree")
        for place, counts in counts_by_place.items():
            if counts["fulfilled"]:
                degrees = [row[2] for row in in_part.get(place, ())]
                found[(*place, "fulfilment_degree")] = _mean(degrees, counts["fulfilled"])
    if "lateness_hours" in wanted:
        for place, rows in _lists(library, asker, question, LATE, "p.late_us, p.late_business_s").items():
            found[(*place, "lateness_hours")] = Lateness(
                spread([row[2] / HOUR_US for row in rows]),
                spread([row[3] / HOUR_S for row in rows]),
            )
    if "estimate_accuracy" in wanted:
        behind = ESTIMATED
        for place, rows in _lists(library, asker, question, behind, "p.charged, p.amount").items():
            found[(*place, "estimate_accuracy")] = spread([row[2] / row[3] for row in rows])
    return found


def _mean(degrees: Sequence[float], fulfilled: int) -> Mean:
    """All but these were fulfilled just so. Added up exactly: a database's sum depends on the order of its rows."""
    return Mean(fsum((*degrees, fulfilled - len(degrees))) / fulfilled, fulfilled)


SHARES: Mapping[str, tuple[str, str]] = {
    "on_time_rate": ("kept", "counted"),
    "strict_on_time_rate": ("first_kept", "first_counted"),
    "timely_notice_rate": ("notice_given", "notice_due"),
    "over_fulfilment_rate": ("exceeded", "fulfilled"),
    "broken_rate": ("broken", "counted"),
    "withdrawn_rate": ("withdrawn", "counted"),
    "partial_rate": ("partial", "counted"),
}


Lists = dict[tuple[str | None, str | None], list[Sequence[Any]]]
"""By group and period; a row begins with its group and its own day, and has what was asked for after these two."""


def _lists(library: Library, asker: Asker, question: Question, condition: str, columns: str) -> Lists:
    sql, params = listed(library, asker, question, condition, columns)
    by_group: dict[str | None, list[Sequence[Any]]] = {}
    for row in library.views.rows(sql, params):
        by_group.setdefault(row[0], []).append(row)
    lists: Lists = {}
    for group, rows in named(library, question.by, by_group.items()):
        for period, own in _by_period(question, rows):
            lists.setdefault((group, period), []).extend(own)
    return lists


def _by_period(question: Question, rows: list[Sequence[Any]]) -> Iterable[tuple[str | None, list[Sequence[Any]]]]:
    if question.per is None:
        return [(None, rows)]
    found: dict[str | None, list[Sequence[Any]]] = {}
    for row in rows:
        found.setdefault(period_of(row[1], question.per), []).append(row)
    return found.items()


def behind(library: Library, asker: Asker, question: Question, definition: Definition, part: Part) -> Condition:
    """The list behind a figure, as a query for the internal ids of its promises."""
    sql, params = promises(library, asker, question)
    return Condition(f"SELECT promise FROM ({sql}) p WHERE {definition.part(part)}", params)


EMPTY: Mapping[str, Figure] = {
    "lateness_hours": Lateness(spread([]), spread([])),
    "fulfilment_degree": Mean(None, 0),
    "estimate_accuracy": spread([]),
}
DIMENSIONS = frozenset(("owner", "team", "kind", "customer", "supplier", "product", "channel", "severity"))
