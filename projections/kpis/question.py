"""What is asked of a figure: as of when, which cases, in which groups and periods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal, NamedTuple

from projections.customers import person_names
from projections.figures import Figure, Per, period_of
from projections.filters import Condition, Filter, Library, Moment, dimension
from projections.tables import instant, micros

NO_FILTER = Filter()

Subject = Literal["promises", "contacts", "incidents", "customers"]
"""What the list behind a figure is a list of."""

Part = Literal["all", "counted", "rest"]
"""Of the list behind a share: all that it rests on, what it counts of that, and what it does not."""


class Definition(NamedTuple):
    """A figure's name on the command line, its sentence, and what it counts.

    `behind` is the condition of the list behind it, as SQL, where it is a list of rows of one table; `counted` that
    of those among them which a share counts above the line.
    """

    name: str
    sentence: str
    of: Subject
    behind: str = ""
    counted: str = ""

    def part(self, part: Part) -> str:
        """The condition of the whole list or of a part of it; a figure that divides nothing counts all of it."""
        if part == "all":
            return self.behind
        counts = f"(CASE WHEN {self.counted or '1 = 1'} THEN 1 ELSE 0 END)"
        return f"({self.behind}) AND {counts} = {int(part == 'counted')}"


@dataclass(frozen=True)
class Question:
    """What is asked: which cases, as of when, in which groups and periods.

    `start` and `end` (exclusive) select promises by due in force, undated ones by settlement, questions by their
    first contact, incidents by their report; None cuts nothing off.
    """

    moment: Moment
    start: datetime | None = None
    end: datetime | None = None
    by: str | None = None
    per: Per | None = None
    filter: Filter = NO_FILTER
    zone: tzinfo = UTC
    """The zone of the days by which all but promises are cut into periods."""

    @property
    def cuts(self) -> bool:
        """Whether anything is cut off at the end: a promise settled early may be due only after the moment."""
        return self.end is not None or self.per is not None

    def within(self, column: str) -> Condition:
        """The asked period, for a column with an instant."""
        where = Condition("1 = 1", [])
        if self.start is not None:
            where = where.and_(Condition(f"{column} >= ?", [micros(self.start)]))
        if self.end is not None:
            where = where.and_(Condition(f"{column} < ?", [micros(self.end)]))
        return where

    def period(self, us: int) -> str | None:
        """The period of an instant, in the firm's own days."""
        if self.per is None:
            return None
        at = instant(us)
        assert at is not None
        return period_of(at.astimezone(self.zone).date().isoformat(), self.per)

    def periods(self, first: datetime) -> list[tuple[str | None, datetime | None, datetime]]:
        """(name, start, end) of the periods asked for; one not over yet ends at the moment.

        `first`: where a series begins that has no start.
        """
        last = min(self.moment.at, self.end - datetime.resolution) if self.end else self.moment.at
        if self.per is None:
            return [(None, self.start, last)]
        first = self.start or first
        days: dict[str, list[date]] = {}
        day = first.astimezone(self.zone).date()
        while day <= last.astimezone(self.zone).date():
            days.setdefault(period_of(day.isoformat(), self.per), []).append(day)
            day += timedelta(days=1)
        return [
            (
                name,
                max(first, _midnight(each[0], self.zone)),
                min(last, _midnight(each[-1] + timedelta(days=1), self.zone) - datetime.resolution),
            )
            for name, each in days.items()
        ]


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


Cells = dict[tuple[str | None, str | None, str], Figure]
"""(group, period, name) → figure."""

Shapes = Mapping[str, Callable[[list[Any]], Figure]]


class Case(NamedTuple):
    """One row that a figure may count, at the instant by which it belongs to a period."""

    group: str | None
    at: int
    row: Any


def shaped(cases: Iterable[Case], question: Question, shapes: Shapes, wanted: Sequence[str]) -> Cells:
    """Each wanted figure over the cases of each group and period."""
    places: dict[tuple[str | None, str | None], list[Any]] = {}
    for case in cases:
        places.setdefault((case.group, question.period(case.at)), []).append(case.row)
    return {
        (group, period, name): shape(rows)
        for (group, period), rows in places.items()
        for name, shape in shapes.items()
        if name in wanted
    }


def group_of(by: str | None, table: str = "p") -> str:
    """What rows are grouped by, as SQL; `named` makes names of what stands for persons."""
    if by is None:
        return "NULL"
    if by == "customer":
        return "c.id"
    if by == "owner":
        # Joined with nothing, or SQLite reads all that is in hand, in the order of its owners.
        return f"{table}.owner || ''"
    return f"{table}.{dimension(by, 'by')}"


def named(library: Library, by: str | None, rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """The same rows, with an owner's name in the first place: looked up once and not for every row.

    One person may stand in several groups of rows, since they may have several internal ids.
    """
    if by != "owner":
        return rows
    names = person_names(library)
    return ((names.get(owner or ""), *rest) for owner, *rest in rows)
