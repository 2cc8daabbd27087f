"""The figures of contacts (SPEC 4): how long customers wait for an answer, and whether they must ask again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain.roles import Asker
from projections.contacts import source_of, state_at
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
    """What the figures need of a question."""

    state: str
    due: bool
    answered_s: int | None


class Came(NamedTuple):
    """How often customers came to us, and how often of these they had to ask again."""

    contacts: int
    chases: int


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    found: Cells = {}
    if not OF_QUESTIONS.keys().isdisjoint(wanted):
        found |= shaped(_asked(library, asker, question), question, OF_QUESTIONS, wanted)
    if "chase_rate" in wanted:
        found |= shaped(_came(library, asker, question), question, {"chase_rate": _chases}, wanted)
    return found


def _asked(library: Library, asker: Asker, question: Question) -> list[Case]:
    """Every question, at its first contact."""
    now = question.moment.us
    if _is_of_all(library, asker, question):
        group, within = _group_of_all(question, "q"), question.within("q.asked_at")
        sql = (
            f"SELECT {group}, q.asked_at, {state_at(question.moment)}, q.target_at <= {now}, "
            f"CASE WHEN q.answered_at <= {now} THEN q.answered_s END FROM questions q "
            f"WHERE q.asked_at <= {now} AND {question.moment.knows('q')} AND {within.sql}"
        )
        params = within.params
    else:
        source, params = _from(library, asker, question)
        sql = f"SELECT x.grp, x.at, x.state, x.target_at <= {now}, x.answered_s FROM ({source}) x WHERE {ASKED}"
    return [
        Case(group, at, Asked(state, bool(due), answered_s))
        for group, at, state, due, answered_s in named(library, question.by, library.views.rows(sql, params))
    ]


def _came(library: Library, asker: Asker, question: Question) -> list[Case]:
    """The database counts those of a whole period."""
    now = question.moment.us
    if _is_of_all(library, asker, question):
        at, within = "0" if question.per is None else "c.at", question.within("c.at")
        sql = (
            f"SELECT {_group_of_all(question, 'c')} AS grp, {at} AS came_at, COUNT(*), SUM(c.chases) FROM contacts c "
            f"WHERE c.inbound = 1 AND c.at <= {now} AND {question.moment.knows('c')} AND {within.sql} "
            "GROUP BY grp, came_at"
        )
        params = within.params
    else:
        source, params = _from(library, asker, question)
        at = "0" if question.per is None else "x.at"
        sql = (
            f"SELECT x.grp, {at} AS came_at, COUNT(*), SUM(x.chases) FROM ({source}) x WHERE x.inbound = 1 "
            "GROUP BY x.grp, came_at"
        )
    rows = named(library, question.by, library.views.rows(sql, params))
    return [Case(group, at, Came(int(contacts), int(chases))) for group, at, contacts, chases in rows]


def _is_of_all(library: Library, asker: Asker, question: Question) -> bool:
    """Nobody need be asked whose a contact was: then one table, by an index that holds all of it, will do."""
    everything = question.filter.condition(library, asker, "figures", "x").is_everything
    return everything and question.by in (None, "channel")


def _group_of_all(question: Question, table: str) -> str:
    return "NULL" if question.by is None else f"{table}.channel"


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
    return spread([row.answered_s / HOUR_S for row in rows if row.answered_s is not None])


def _in_time(rows: list[Asked]) -> Share:
    due = [row for row in rows if row.due]
    return Share(sum(row.state == "answered" for row in due), len(due))


def _chases(rows: list[Came]) -> Share:
    return Share(sum(row.chases for row in rows), sum(row.contacts for row in rows))


OF_QUESTIONS: Shapes = {"first_answer_hours": _first_answer, "answered_in_time": _in_time}
