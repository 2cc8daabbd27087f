"""The figures of contacts (SPEC 4): how long customers wait for an answer, and whether they must ask again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain.roles import Asker
from projections.contacts import source_of
from projections.figures import Figure, Share, Spread, spread
from projections.filters import Condition, Library
from projections.kpis.question import Case, Cells, Definition, Part, Question, Shapes, group_of, named, shaped

HOUR_S = 3600

ASKED = "x.question = x.contact"
"""The contact with which a question began."""

FIGURES = (
    Definition(
        "first_answer_hours",
        "How long customers waited for the first answer, in business hours.",
        "contacts",
        f"{ASKED} AND x.answered_s IS NOT NULL",
    ),
    Definition(
        "answered_in_time",
        "Questions answered within the target, of all whose target has passed.",
        "contacts",
        f"{ASKED} AND x.target_at <= {{now}}",
        "x.state = 'answered'",
    ),
    Definition(
        "chase_rate",
        "Contacts in which customers had to ask again, of all in which they came to us.",
        "contacts",
        "x.inbound = 1",
        "x.chases = 1",
    ),
)
DIMENSIONS = frozenset(("owner", "team", "customer", "channel"))
EMPTY: Mapping[str, Figure] = {"first_answer_hours": spread([])}


class Asked(NamedTuple):
    """What the figures need of a contact; `asks`: a question began with it."""

    asks: bool
    state: str | None
    due: bool
    answered_s: int | None
    chases: bool


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    return shaped(_cases(library, asker, question), question, SHAPES, wanted)


def _cases(library: Library, asker: Asker, question: Question) -> list[Case]:
    sql, params = _from(library, asker, question)
    rows = library.views.rows(
        f"SELECT x.grp, x.at, {ASKED}, x.state, x.target_at <= {question.moment.us}, x.answered_s, x.chases "
        f"FROM ({sql}) x WHERE x.inbound = 1",
        params,
    )
    return [
        Case(group, at, Asked(bool(asks), state, bool(due), answered_s, bool(chases)))
        for group, at, asks, state, due, answered_s, chases in named(library, question.by, rows)
    ]


def behind(library: Library, asker: Asker, question: Question, definition: Definition, part: Part) -> Condition:
    sql, params = _from(library, asker, question)
    counts = definition.part(part).format(now=question.moment.us)
    return Condition(f"SELECT x.contact FROM ({sql}) x WHERE {counts}", params)


def _from(library: Library, asker: Asker, question: Question) -> tuple[str, list[Any]]:
    where = question.filter.condition(library, asker, "figures", "x").and_(question.within("x.at"))
    return (
        f"SELECT x.*, {group_of(question.by, 'x')} AS grp FROM {source_of(question.moment)} x "
        f"LEFT JOIN customers c ON c.customer = x.customer WHERE {where.sql}",
        where.params,
    )


def _first_answer(rows: list[Asked]) -> Spread:
    return spread([row.answered_s / HOUR_S for row in rows if row.asks and row.answered_s is not None])


def _in_time(rows: list[Asked]) -> Share:
    due = [row for row in rows if row.asks and row.due]
    return Share(sum(row.state == "answered" for row in due), len(due))


def _chases(rows: list[Asked]) -> Share:
    return Share(sum(row.chases for row in rows), len(rows))


SHAPES: Shapes = {"first_answer_hours": _first_answer, "answered_in_time": _in_time, "chase_rate": _chases}
