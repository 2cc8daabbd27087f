"""The figures that set promises beside contacts: did we ask before selling, and the day after delivery?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.people import Asker
from projections.figures import Figure, Share
from projections.filters import Condition, Library
from projections.kpis.question import Case, Cells, Definition, Question, group_of, shaped

FIGURES = (
    Definition(
        "follow_up_rate",
        "Deliveries after which we asked by the end of the next business day whether all is well, of all whose time "
        "for it is over.",
        "promises",
        "p.follow_up_until <= {now}",
    ),
    Definition(
        "needs_first_rate",
        "Customers' first price or delivery promises before which we had asked what is needed.",
        "promises",
        "p.is_first = 1",
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
SOLD = "{p}.kind IN ('price', 'delivery') AND {p}.internal = 0"


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    found: Cells = {}
    for name, at, counts, does in (
        ("follow_up_rate", "p.settled_at", FIGURES[0].behind, FOLLOWED),
        ("needs_first_rate", "p.made_at", FIGURES[1].behind, NEEDS_ASKED),
    ):
        if name in wanted:
            cases = _cases(library, asker, question, at, counts, does)
            found |= shaped(cases, question, {name: _share}, [name])
    return found


def _cases(library: Library, asker: Asker, question: Question, at: str, counts: str, does: str) -> list[Case]:
    now, knows = question.moment.us, question.moment.knows("f")
    sql, params = _from(library, asker, question, at)
    rows = library.views.rows(
        f"SELECT p.grp, {at}, {does.format(now=now, knows=knows)} FROM ({sql}) p WHERE {counts.format(now=now)}", params
    )
    return [Case(row[0], row[1], bool(row[2])) for row in rows]


def behind(library: Library, asker: Asker, question: Question, definition: Definition) -> Condition:
    at = "p.settled_at" if definition.name == "follow_up_rate" else "p.made_at"
    sql, params = _from(library, asker, question, at)
    counts = definition.behind.format(now=question.moment.us)
    return Condition(f"SELECT p.promise FROM ({sql}) p WHERE {counts}", params)


def _from(library: Library, asker: Asker, question: Question, at: str) -> tuple[str, list[Any]]:
    moment = question.moment
    where = question.filter.condition(library, asker, "figures").and_(Condition(moment.rows(), []))
    where = where.and_(question.within(at))
    earlier = (
        f"SELECT 1 FROM promises e WHERE e.customer = p.customer AND {moment.rows('e')} AND {SOLD.format(p='e')} "
        "AND (e.made_at < p.made_at OR (e.made_at = p.made_at AND e.promise < p.promise))"
    )
    is_first = f"({SOLD.format(p='p')} AND NOT EXISTS ({earlier}))"
    return (
        f"SELECT p.*, {is_first} AS is_first, {group_of(question.by)} AS grp FROM promises p "
        f"LEFT JOIN customers c ON c.customer = p.customer WHERE {where.sql}",
        where.params,
    )


def _share(rows: list[bool]) -> Share:
    return Share(sum(rows), len(rows))
