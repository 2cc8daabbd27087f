"""The figures of customers at any moment, as known now: the tables count, and nobody's facts are read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from domain.account import LOWEST_QUARTER
from domain.roles import Asker
from domain.rulebook import SilenceRules
from projections.contacts import source_of
from projections.customers import rows_of, seen_by
from projections.figures import Figure, Share
from projections.filters import Condition, Library, dimension
from projections.kpis.question import Cells, Question, named
from projections.kpis.service import TELLING, WITHOUT_FEEDBACK, Treatment, continuity, evenness, middle
from projections.presences import holds_at, silent_at
from projections.promise_sums import COUNTED, KEPT
from projections.promises import state_at
from projections.tables import ALWAYS, MICROSECOND, instant, micros

GROUPS = {
    "owner": "r.owner",
    "team": "r.team",
    "customer": "(SELECT c.id FROM customers c WHERE c.customer = r.customer)",
}
"""What a customer of `presences r` is counted under."""
EACH, TOGETHER = "r.customer", "NULL"

Counts = Counter[str | None]
"""Customers by what they are counted under."""


@dataclass(frozen=True)
class _Period:
    """A period of a question; `asked` are the customers whom it is about, as a condition on `r.customer`."""

    library: Library
    question: Question
    asked: Condition
    start: datetime | None
    end: datetime

    def rows(self, group: str, sql: str, *params: Any) -> Iterable[Sequence[Any]]:
        """With the group in the first place."""
        return named(self.library, "owner" if group == GROUPS["owner"] else None, self.library.views.rows(sql, params))

    @property
    def rules(self) -> SilenceRules:
        return self.library.steering(None).rulebooks.at(self.end).silence

    @property
    def end_us(self) -> int:
        return _us(self.end)

    @property
    def were_customers(self) -> Condition:
        """Those asked about who were customers at the end, of `presences r`."""
        return Condition(f"{holds_at(self.end_us)} AND {self.asked.sql}", self.asked.params)

    def members(self, group: str) -> tuple[str, Condition]:
        """Those of `counted h` who were customers at the end: what to join, and on which condition.

        Where nothing more is asked of them it is quicker to leave the few others out.
        """
        if group != TOGETHER or not self.asked.is_everything:
            return " JOIN presences r ON r.customer = h.customer", self.were_customers
        others = (
            f"SELECT q.customer FROM parties q WHERE q.kind <> 'customer' AND q.at_from <= {self.end_us} "
            f"AND q.at_until > {self.end_us} AND q.known_until = {ALWAYS}"
        )
        return "", Condition(f"h.customer NOT IN ({others})", [])

    def within(self, column: str) -> str:
        """What lies in the period; what has no date lies only in all time."""
        return f"{column} <= {self.end_us}" + ("" if self.start is None else f" AND {column} >= {_us(self.start)}")

    def belongs(self, column: str) -> str:
        """The same, where nothing is cut off at the moment of asking."""
        if self.question.cuts:
            return self.within(column)
        return "1 = 1" if self.start is None else f"{column} >= {_us(self.start)}"


# -- the figures ----------------------------------------------------------------------------------------


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    group = GROUPS.get(question.by or "", TOGETHER)
    found: Cells = {}
    for name, period in _periods(library, asker, question):
        served = _served(period, group) if {"continuity", "equal_service"} & set(wanted) else []
        figures = {
            **_shares(period, group, [each for each in wanted if each in TELLING]),
            **(_continuity(served) if "continuity" in wanted else {}),
            **(_evenness(period, group, served) if "equal_service" in wanted else {}),
        }
        found |= {(key, name, figure): value for (key, figure), value in figures.items()}
    return found


def behind(library: Library, asker: Asker, question: Question, name: str) -> dict[str, bool]:
    ((_, period),) = _periods(library, asker, replace(question, per=None))
    if name == "continuity":
        return {str(alike.group): True for alike in _served(period, EACH) if alike.handled}
    if name not in TELLING:
        return dict.fromkeys(treatments(library, asker, question), True)
    return {
        str(customer): bool(share.numerator)
        for (customer, _), share in _shares(period, EACH, [name]).items()
        if isinstance(share, Share)
    }


def treatments(library: Library, asker: Asker, question: Question) -> dict[str, Treatment]:
    ((_, period),) = _periods(library, asker, replace(question, per=None))
    return _treated(period)


Figures = dict[tuple[str | None, str], Figure]
"""By what is counted together, and the figure's name."""


def _shares(period: _Period, group: str, wanted: Sequence[str]) -> Figures:
    if not wanted:
        return {}
    active = _active(period, group)
    found: Figures = {}
    for name in wanted:
        counted, telling = active.all, active.telling.get(name)
        if name == "referral_rate":
            telling = _recommending(period, group)
        if name == "detractor_rate":
            left = _left_disappointed(period, group)
            counted, telling = counted + left, _disappointed(period, group) + left
        assert telling is not None
        found |= {(key, name): Share(telling[key], number) for key, number in counted.items() if number}
    return found


def _continuity(served: Sequence[_Alike]) -> Figures:
    shares: dict[str | None, list[float]] = defaultdict(list)
    for each in served:
        if each.handled:
            shares[each.group] += [each.by_one / each.handled] * each.customers
    found = {(key, "continuity"): continuity(each) for key, each in shares.items()}
    return {place: mean for place, mean in found.items() if mean is not None}


def _evenness(period: _Period, group: str, served: Sequence[_Alike]) -> Figures:
    waits: dict[str | None, list[float]] = defaultdict(list)
    for (key, _), seconds in _waits(period, group).items():
        waits[key].append(middle(seconds))
    rates: dict[str | None, list[float]] = defaultdict(list)
    for each in served:
        if each.promised:
            rates[each.group] += [each.kept / each.promised] * each.customers
    found = {(key, "equal_service"): evenness(waits[key], rates[key]) for key in {*waits, *rates}}
    return {place: even for place, even in found.items() if even is not None}


# -- which customers, which periods ---------------------------------------------------------------------


def _periods(library: Library, asker: Asker, question: Question) -> list[tuple[str | None, _Period]]:
    asked = _asked(library, asker, question, "r")
    first = question.moment.at
    if question.per is not None and question.start is None:
        told = _asked(library, asker, question, "t")
        row = library.views.row(
            f"SELECT MIN(t.time) FROM timeline t WHERE t.known_until = {ALWAYS} AND {told.sql}", told.params
        )
        first = min(instant(row[0]) or first, first)
    return [(name, _Period(library, question, asked, start, end)) for name, start, end in question.periods(first)]


def _asked(library: Library, asker: Asker, question: Question, row: str) -> Condition:
    """Customers whom the asker sees and the question means, by who looks after them at its moment."""
    seen, customer = seen_by(library, asker), f"{row}.customer"
    found = Condition(rows_of(seen, row), seen.params)
    for name, value in question.filter.where.items():
        match dimension(name, "where"):
            case "customer":
                column, values = customer, library.customer_ids(value)
            case "owner":
                column, values = "p.owner", library.person_ids(value)
            case "team":
                column, values = "p.team", [value]
            case _:
                column, values = customer, []
        is_so = Condition(f"{column} IN ({','.join('?' * len(values))})" if values else "1 = 0", values)
        if column.startswith("p."):
            looked_after = f"SELECT p.customer FROM parties p WHERE {question.moment.rows('p')} AND {is_so.sql}"
            is_so = Condition(f"{customer} IN ({looked_after})", is_so.params)
        found = found.and_(is_so)
    return found


# -- what the tables say --------------------------------------------------------------------------------


class _Active(NamedTuple):
    """The active customers, and how many of them a figure counts."""

    all: Counts
    telling: dict[str, Counts]


def _active(period: _Period, group: str) -> _Active:
    end, who = period.end_us, period.were_customers
    old = end - WITHOUT_FEEDBACK // MICROSECOND
    rows = period.rows(
        group,
        f"SELECT {group}, COUNT(*), SUM(CASE WHEN {silent_at(end, period.rules)} THEN 1 ELSE 0 END), "
        f"SUM(CASE WHEN r.feedback > {old} THEN 0 ELSE 1 END) FROM presences r "
        f"WHERE r.active = 1 AND {who.sql} GROUP BY 1",
        *who.params,
    )
    found = list(rows)
    everybody, silent, unheard = (_added((row[0], row[place]) for row in found) for place in (1, 2, 3))
    return _Active(everybody, {"silence": silent, "feedback_silence": unheard})


def _added(rows: Iterable[Sequence[Any]]) -> Counts:
    found: Counts = Counter()
    for key, number in rows:
        found[key] += int(number)
    return found


def _recommending(period: _Period, group: str) -> Counts:
    return _spoke(period, group, "t.type = 'referral.given'")


def _disappointed(period: _Period, group: str) -> Counts:
    return _spoke(period, group, f"t.type = 'feedback.given' AND t.normalised <= {LOWEST_QUARTER!r}")


def _spoke(period: _Period, group: str, said: str) -> Counts:
    """Active customers who said such a thing in the period."""
    who = period.were_customers
    rows = period.rows(
        group,
        f"SELECT {group}, COUNT(DISTINCT r.customer) FROM timeline t JOIN presences r ON r.customer = t.customer "
        f"WHERE {said} AND {period.within('t.time')} AND t.known_until = {ALWAYS} AND r.active = 1 AND {who.sql} "
        "GROUP BY 1",
        *who.params,
    )
    return _added(rows)


def _left_disappointed(period: _Period, group: str) -> Counts:
    """Left in the period after a promise was broken."""
    moment, end = period.question.moment, period.end_us
    rows = period.rows(
        group,
        f"SELECT {group}, COUNT(*) FROM parties r WHERE {period.within('r.left_at')} AND {holds_at(end)} "
        f"AND {moment.knows('r')} AND {period.asked.sql} AND EXISTS (SELECT 1 FROM promises p "
        f"WHERE p.customer = r.customer AND {moment.rows()} AND p.outcome = 'broken' AND p.settled_at <= r.left_at) "
        "GROUP BY 1",
        *period.asked.params,
    )
    return _added(rows)


class _Alike(NamedTuple):
    """So many customers in a group with the same numbers of a period.

    `handled`: contacts and promises that anybody handled, `by_one`: the most that one and the same person did;
    `promised`: promises that count, `kept`: of these.
    """

    group: str | None
    by_one: int
    handled: int
    kept: int
    promised: int
    customers: int


def _served(period: _Period, group: str) -> list[_Alike]:
    """All customers of whom there is something to tell, read once: the database puts those who are alike together."""
    moment, (others, who) = period.question.moment, period.members(group)
    contacts, promises = period.belongs("x.at"), period.belongs("p.belongs_at")
    rows = period.rows(
        group,
        "WITH done AS ("
        f"SELECT x.customer, x.handled_by AS person, 0 AS counts, 0 AS kept FROM {source_of(moment)} x "
        f"WHERE {contacts} AND x.handled_by IS NOT NULL UNION ALL "
        f"SELECT t.customer, t.owner, CASE WHEN {COUNTED} THEN 1 ELSE 0 END, CASE WHEN {KEPT} THEN 1 ELSE 0 END "
        f"FROM (SELECT p.customer, p.owner, {state_at(moment)} AS state FROM promises p "
        f"WHERE {moment.rows(by_time=promises == '1 = 1')} AND {promises}) t), "
        "counted AS (SELECT customer, CASE WHEN person IS NULL THEN 0 ELSE COUNT(*) END AS times, "
        "SUM(counts) AS counts, SUM(kept) AS kept FROM done GROUP BY customer, person), "
        f"served AS (SELECT {group} AS grp, h.customer, MAX(h.times) AS by_one, SUM(h.times) AS handled, "
        f"SUM(h.kept) AS kept, SUM(h.counts) AS promised FROM counted h{others} WHERE {who.sql} GROUP BY 1, 2) "
        "SELECT grp, by_one, handled, kept, promised, COUNT(*) FROM served GROUP BY 1, 2, 3, 4, 5",
        *who.params,
    )
    return [_Alike(key, *map(int, numbers)) for key, *numbers in rows]


def _treated(period: _Period) -> dict[str, Treatment]:
    """How each customer was served; only those of whom there is something to tell."""
    waits = {customer: middle(each) for (_, customer), each in _waits(period, EACH).items()}
    rates = {str(each.group): each.kept / each.promised for each in _served(period, EACH) if each.promised}
    return {each: Treatment(waits.get(each), rates.get(each)) for each in {**waits, **rates}}


def _waits(period: _Period, group: str) -> dict[tuple[str | None, str], list[int]]:
    others, who = period.members(group)
    moment, now = period.question.moment, period.question.moment.us
    asked = (
        f"(SELECT q.customer, q.asked_at, q.answered_s FROM questions q WHERE {moment.knows('q')} "
        f"AND q.asked_at <= {now} AND q.answered_at <= {now})"
    )
    rows = period.rows(
        group,
        f"SELECT {group}, h.customer, h.answered_s FROM {asked} h{others} "
        f"WHERE {period.belongs('h.asked_at')} AND {who.sql}",
        *who.params,
    )
    found: dict[tuple[str | None, str], list[int]] = {}
    for key, customer, seconds in rows:
        found.setdefault((key, customer), []).append(seconds)
    return found


def _us(at: datetime) -> int:
    value = micros(at)
    assert value is not None
    return value
