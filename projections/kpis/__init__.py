"""The figures (SPEC 4), as of any moment, as known at any moment, by any dimension.

Each is defined once, beside what it counts: a sentence, how it is counted, and the list behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain.errors import Refused
from domain.roles import Asker
from projections.figures import Figure, Share
from projections.filters import Condition, Library, dimension
from projections.kpis import contacts, customers, follow_ups, incidents, promises, protection
from projections.kpis.question import Cells, Definition, Part, Question, group_of

FAMILIES: Sequence[Any] = (promises, contacts, follow_ups, incidents, customers)
"""Modules of figures about the same cases: FIGURES, EMPTY, DIMENSIONS, `cells` and `behind`."""

DEFINITIONS: Mapping[str, Definition] = {each.name: each for family in FAMILIES for each in family.FIGURES}
EMPTY: Mapping[str, Figure] = {
    **dict.fromkeys(DEFINITIONS, Share(0, 0)),
    **{name: figure for family in FAMILIES for name, figure in family.EMPTY.items()},
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


class Group(NamedTuple):
    """Figures of one value of a dimension; with a series each figure is a list of (period, figure)."""

    key: str | None
    figures: dict[str, Figure | list[tuple[str, Figure]]]


def figures(library: Library, asker: Asker, question: Question, names: Sequence[str] = ()) -> list[Group]:
    """The named figures (none named: all), by group; without `by` one group with key None.

    By a dimension that its cases do not have, a figure says nothing: feedback has no supplier.
    Figures about employees are left to `per_person`, those of teams in which one would stand out are not shown: SPEC 8.
    """
    must_be_known(question, names)
    if protection.is_per_person(library, asker, question):
        raise protection.FiguresClosed
    shows = protection.of_teams(library, asker, question)
    return [group for group in reckoned(library, asker, question, names) if shows(group.key)]


def must_be_known(question: Question, names: Sequence[str]) -> None:
    """Refuses figures and dimensions that there are none of."""
    for name in names:
        if name not in DEFINITIONS:
            raise UnknownFigure(name)
    if question.by is not None:
        dimension(question.by, "by")


def reckoned(library: Library, asker: Asker, question: Question, names: Sequence[str] = ()) -> list[Group]:
    """The same for the product's own work, which shows nobody whose they are: not narrowed by who may see them."""
    must_be_known(question, names)
    wanted = list(names) or list(DEFINITIONS)
    cells: Cells = {}
    for family in FAMILIES:
        own = [each.name for each in family.FIGURES if each.name in wanted]
        if own and (question.by is None or question.by in family.DIMENSIONS):
            cells |= family.cells(library, asker, question, own)
    keys = sorted({key for key, _, _ in cells}, key=lambda key: (key is None, key or ""))
    if question.by is None:
        keys = [None]
    return [Group(key, {name: _shape(cells, key, name, question) for name in wanted}) for key in keys]


def _shape(cells: Cells, key: str | None, name: str, question: Question) -> Figure | list[tuple[str, Figure]]:
    if question.per is None:
        return cells.get((key, None, name)) or EMPTY[name]
    periods = sorted({period for group, period, each in cells if group == key and each == name and period})
    return [(period, cells[key, period, name]) for period in periods]


def behind(library: Library, asker: Asker, question: Question, name: str, part: Part = "all") -> Condition:
    """The list behind a figure of promises, contacts or incidents, as a query for internal ids.

    Everybody's may be listed, as work is; but what counts and what does not is the figure of a colleague once more.
    """
    if part != "all" and protection.is_per_person(library, asker, question):
        raise protection.FiguresClosed
    family, definition = _family(name)
    condition: Condition = family.behind(library, asker, question, definition, part)
    return condition


def customers_behind(library: Library, asker: Asker, question: Question, name: str) -> dict[str, bool]:
    """The list behind a figure of customers: by internal id, and whether the figure counts them."""
    if protection.is_per_person(library, asker, question):
        raise protection.FiguresClosed
    return customers.behind(library, asker, question, name)


def _family(name: str) -> tuple[Any, Definition]:
    for family in FAMILIES:
        for definition in family.FIGURES:
            if definition.name == name:
                return family, definition
    raise UnknownFigure(name)


__all__ = [
    "DEFINITIONS",
    "Definition",
    "Group",
    "Part",
    "Question",
    "UnknownFigure",
    "behind",
    "figures",
    "group_of",
    "must_be_known",
    "reckoned",
]
