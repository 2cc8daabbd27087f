"""How many promises there are of each kind that figures count: by the sums of whole days where these can tell.

The sums (`projections/promise_sums.py`) know what is settled by now. Asked of a moment, they tell what was settled by
then as well, less what was settled only later, and with what was still open then; both are few. Whatever they cannot
tell (what we knew earlier, other dimensions, a part of the firm) is counted promise by promise, by the same conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from domain.roles import Asker
from projections.figures import period_of
from projections.filters import Condition, Filter, Library, reach
from projections.kpis.question import Question, group_of, named
from projections.promise_sums import ALL, DAY_US, DIMENSIONS, SETTLED, SPAN_US, SPANS, SUMS
from projections.promises import state_at
from projections.tables import ALWAYS, micros

FEW, MANY = 2_000, 50_000
"""Promises settled after the moment: of so few it pays to begin with them, of so many to count promise by promise."""

Place = tuple[str | None, str | None]
"""Group and period."""
Counted = dict[Place, dict[str, int]]


def counted(library: Library, asker: Asker, question: Question) -> Counted:
    """By group and period, and by what is counted (`promise_sums.COUNTS`)."""
    found = _Found(library, question)
    days = _whole_days(question)
    later = _settled_later(library, question) if days and _is_told(library, asker, question) else MANY
    if days is None or later >= MANY:
        found.add(_rows(library, promises(library, asker, question)))
        return found.counts
    found.add(_sums(library, question, days))
    found.add(_rows(library, _too_late(library, asker, question, days)), sign=-1)
    for each in _not_in_the_sums(library, asker, question, days, few=later < FEW):
        found.add(_rows(library, each))
    return {place: counts for place, counts in found.counts.items() if counts["promises"]}


def promises(library: Library, asker: Asker, question: Question) -> Condition:
    """The promises asked about, each with its state at the moment, its group and its own day: a query."""
    return _as_they_were(library, asker, question, question.within("p.belongs_at"))


def listed(library: Library, asker: Asker, question: Question, condition: str, columns: str) -> Condition:
    """Some columns of those of whom more is said, after group and own day: an index may hold all of that."""
    there = Condition(question.moment.rows(), []).and_(Condition(condition, []))
    where = question.filter.condition(library, asker, "figures").and_(question.within("p.belongs_at")).and_(there)
    if question.per is not None:
        where = where.and_(Condition("p.belongs_day IS NOT NULL", []))
    customers = " LEFT JOIN customers c ON c.customer = p.customer" if question.by == "customer" else ""
    day = "p.belongs_day" if question.per else "NULL"
    group = "p.owner" if question.by == "owner" else group_of(question.by)
    return Condition(f"SELECT {group}, {day}, {columns} FROM promises p{customers} WHERE {where.sql}", where.params)


class _Found:
    def __init__(self, library: Library, question: Question) -> None:
        self.library, self.by, self.per = library, question.by, question.per
        self.counts: Counted = {}

    def add(self, rows: Iterable[Sequence[Any]], sign: int = 1) -> None:
        for group, day, *numbers in named(self.library, self.by, rows):
            place = (group, period_of(day, self.per) if self.per and day else None)
            into = self.counts.setdefault(place, dict.fromkeys(ALL, 0))
            for name, number in zip(ALL, numbers, strict=True):
                into[name] += sign * int(number or 0)


# -- promise by promise -------------------------------------------------------------------------------


def _as_they_were(
    library: Library, asker: Asker, question: Question, among: Condition, *, by_time: bool = True
) -> Condition:
    moment = question.moment
    there = Condition(moment.rows(by_time=by_time), [])
    where = question.filter.condition(library, asker, "figures").and_(there).and_(among)
    first = (
        "CASE WHEN p.first_outcome IS NOT NULL THEN p.first_outcome "
        f"WHEN p.first_overdue_from <= {moment.us} THEN 'overdue' ELSE 'open' END"
    )
    return _with_group(question, f"{state_at(moment)} AS state, {first} AS first_state", where)


def _with_group(question: Question, states: str, where: Condition) -> Condition:
    if question.per is not None:
        where = where.and_(Condition("p.belongs_day IS NOT NULL", []))
    day = "p.belongs_day" if question.per else "NULL"
    return Condition(
        f"SELECT p.*, {states}, {group_of(question.by)} AS grp, {day} AS day "
        f"FROM promises p LEFT JOIN customers c ON c.customer = p.customer WHERE {where.sql}",
        where.params,
    )


def _rows(library: Library, promises: Condition) -> list[Any]:
    return library.views.rows(f"SELECT grp, day, {SUMS} FROM ({promises.sql}) p GROUP BY grp, day", promises.params)


# -- by the sums of days ------------------------------------------------------------------------------


class _Days(NamedTuple):
    """Whole days (UTC) within the period; None = nothing is cut off there."""

    first_us: int | None
    end_us: int | None

    def hold(self, column: str) -> Condition:
        found = Condition("1 = 1", [])
        if self.first_us is not None:
            found = found.and_(Condition(f"{column} >= ?", [self.first_us]))
        if self.end_us is not None:
            found = found.and_(Condition(f"{column} < ?", [self.end_us]))
        return found


def _whole_days(question: Question) -> _Days | None:
    start, end = micros(question.start), micros(question.end)
    first = None if start is None else -(-start // DAY_US) * DAY_US
    last = None if end is None else end // DAY_US * DAY_US
    return None if first is not None and last is not None and first >= last else _Days(first, last)


def _is_told(library: Library, asker: Asker, question: Question) -> bool:
    """One dimension at a time, of all that there is, as it is known now."""
    asked = [*question.filter.where, *([question.by] if question.by else [])]
    everything = reach(library, asker, "figures", "p.owner").is_everything
    return (
        everything and question.moment.known is None and len(asked) <= 1 and all(each in DIMENSIONS for each in asked)
    )


def _after(question: Question) -> str:
    """Settled for good after the moment."""
    return (
        f"p.known_until = {ALWAYS} AND p.at_until = {ALWAYS} AND p.outcome IS NOT NULL "
        f"AND p.at_from > {question.moment.us}"
    )


def _settled_later(library: Library, question: Question) -> int:
    """How many promises were settled for good after the moment; no more than `MANY` are counted."""
    row = library.views.row(
        f"SELECT COUNT(*) FROM (SELECT 1 AS one FROM promises p WHERE {_after(question)} LIMIT {MANY}) m"
    )
    return int(row[0])


def _sums(library: Library, question: Question, days: _Days) -> list[Any]:
    asked = Condition("s.dimension = ?", [question.by or next(iter(question.filter.where), "")])
    asked = asked.and_(_values(library, question.filter))
    day, by_day = ("s.day", ", s.day") if question.per else ("NULL", "")
    sums = ", ".join(f"SUM(s.{name})" for name in ALL)
    group = "NULL" if question.by is None else "NULLIF(s.value, '')"
    parts = [(1, days)] if question.per else _in_spans(days)
    wheres = [asked.and_(Condition("s.days = ?", [span])).and_(part.hold("s.day_us")) for span, part in parts]
    rows = " UNION ALL ".join(f"SELECT s.* FROM promise_sums s WHERE {where.sql}" for where in wheres)
    return library.views.rows(
        f"SELECT {group}, {day}, {sums} FROM ({rows}) s GROUP BY s.value{by_day}",
        [value for where in wheres for value in where.params],
    )


def _in_spans(days: _Days) -> list[tuple[int, _Days]]:
    """The same days in as few rows as there are: how many days a row holds, and which of them."""
    first = None if days.first_us is None else -(-days.first_us // SPAN_US) * SPAN_US
    end = None if days.end_us is None else days.end_us // SPAN_US * SPAN_US
    if first is not None and end is not None and first >= end:
        return [(1, days)]
    found = [(SPANS[-1], _Days(first, end))]
    if first is not None:
        found.append((1, _Days(days.first_us, first)))
    if end is not None:
        found.append((1, _Days(end, days.end_us)))
    return found


def _values(library: Library, filter: Filter) -> Condition:
    for name, value in filter.where.items():
        # An empty value means nobody here, while it stands for whoever has none in the sums.
        values = library.person_ids(value) if name == "owner" else [value] * bool(value)
        return Condition(f"s.value IN ({','.join('?' * len(values))})", values) if values else Condition("1 = 0", [])
    return Condition("1 = 1", [])


def _too_late(library: Library, asker: Asker, question: Question, days: _Days) -> Condition:
    """What the sums count although it was settled after the moment."""
    where = question.filter.condition(library, asker, "figures")
    where = where.and_(Condition(_after(question), [])).and_(days.hold("+p.belongs_at"))
    return _with_group(question, "p.outcome AS state, p.first_outcome AS first_state", where)


def _not_in_the_sums(library: Library, asker: Asker, question: Question, days: _Days, *, few: bool) -> list[Condition]:
    """What was open at the moment or was settled otherwise than now, and what belongs to no whole day."""
    open_then, otherwise = "p.outcome IS NULL", f"p.outcome IS NOT NULL AND p.at_until < {ALWAYS}"
    # A plus keeps SQLite from reading the whole period where they are found by when they ended.
    asked = question.within("+p.belongs_at" if few else "p.belongs_at")
    parts = (open_then, otherwise) if few else (f"({open_then} OR p.at_until < {ALWAYS})",)
    found = [(asked.and_(Condition(part, [])), few) for part in parts]
    found += [(edge.and_(Condition(SETTLED, [])), False) for edge in _edges(question, days)]
    return [_as_they_were(library, asker, question, among, by_time=by_time) for among, by_time in found]


def _edges(question: Question, days: _Days) -> list[Condition]:
    start, end = micros(question.start), micros(question.end)
    parts = ((start, days.first_us), (days.end_us, end))
    return [
        Condition("p.belongs_at >= ? AND p.belongs_at < ?", [since, until])
        for since, until in parts
        if since is not None and until is not None and since < until
    ]
