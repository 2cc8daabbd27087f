"""The figures that set promises beside contacts: did we ask before selling, and the day after delivery?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain.roles import Asker
from projections.figures import Figure, Share
from projections.filters import Condition, Library
from projections.kpis.question import Case, Cells, Definition, Part, Question, group_of, named, shaped
from projections.tables import micros

FIGURES = (
    Definition(
        "follow_up_rate",
        "Deliveries after which we asked by the end of the next business day whether all is well, of all whose time "
        "for it is over.",
        "promises",
    ),
    Definition(
        "needs_first_rate",
        "Customers' first price or delivery promises before which we had asked what is needed.",
        "promises",
    ),
)
DIMENSIONS = frozenset(("owner", "team", "kind", "customer", "supplier", "product", "channel", "severity"))
EMPTY: Mapping[str, Figure] = {}

FOLLOWED = (
    "EXISTS (SELECT 1 FROM contacts f WHERE f.customer = p.customer AND f.purpose = 'follow_up' "
    "AND f.at > p.settled_at AND f.at <= p.follow_up_until AND f.at <= {now} AND {knows} "
    "AND (f.about IS NULL OR substr(f.about, 5) = substr(p.promise, 9)))"
)
"""`any-…` and `promise-…` of the same thing end alike."""
NEEDS_ASKED = (
    "EXISTS (SELECT 1 FROM contacts f WHERE f.customer = p.customer AND f.purpose = 'needs' "
    "AND f.at < p.made_at AND {knows})"
)
SOLD = "{table}.kind IN ('price', 'delivery') AND {table}.internal = 0"


class Counting(NamedTuple):
    """Which promises a figure counts, at which instant, and what makes one good; each a piece of SQL."""

    promises: str
    at: str
    counts: str
    good: str


def _counting(name: str, question: Question) -> Counting:
    moment = question.moment
    now, knows = moment.us, moment.knows("f")
    if name == "follow_up_rate":
        counts = f"p.follow_up_until <= {now}"
        if question.start is not None:
            # Nobody follows up before the delivery; this finds those of the period without reading all before it.
            counts += f" AND p.follow_up_from >= {micros(question.start)}"
        promises = f"(SELECT * FROM promises p WHERE {moment.rows(by_time=False)})"
        return Counting(promises, "p.settled_at", counts, FOLLOWED.format(now=now, knows=knows))
    # A customer's first sale stays the first, whatever else is asked for.
    earlier = "q.made_at < p.made_at OR (q.made_at = p.made_at AND q.promise < p.promise)"
    first = (
        f"NOT EXISTS (SELECT 1 FROM promises q WHERE q.customer = p.customer AND {moment.rows('q', by_time=False)} "
        f"AND {SOLD.format(table='q')} AND ({earlier}))"
    )
    promises = f"(SELECT * FROM promises p WHERE {moment.rows(by_time=False)} AND {SOLD.format(table='p')})"
    return Counting(promises, "p.made_at", first, NEEDS_ASKED.format(knows=knows))


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    found: Cells = {}
    for name in wanted:
        counting = _counting(name, question)
        sql, params = _from(library, asker, question, counting)
        rows = library.views.rows(f"SELECT p.grp, {counting.at}, {counting.good} FROM ({sql}) p", params)
        cases = [Case(group, at, bool(good)) for group, at, good in named(library, question.by, rows)]
        found |= shaped(cases, question, {name: _share}, [name])
    return found


def behind(library: Library, asker: Asker, question: Question, definition: Definition, part: Part) -> Condition:
    counting = _counting(definition.name, question)
    sql, params = _from(library, asker, question, counting)
    chosen = definition._replace(behind="1 = 1", counted=counting.good).part(part)
    return Condition(f"SELECT p.promise FROM ({sql}) p WHERE {chosen}", params)


def _from(library: Library, asker: Asker, question: Question, counting: Counting) -> tuple[str, list[Any]]:
    where = question.filter.condition(library, asker, "figures").and_(question.within(counting.at))
    return (
        f"SELECT p.*, {group_of(question.by)} AS grp FROM {counting.promises} p "
        f"LEFT JOIN customers c ON c.customer = p.customer WHERE {counting.counts} AND {where.sql}",
        where.params,
    )


def _share(rows: list[bool]) -> Share:
    return Share(sum(rows), len(rows))
