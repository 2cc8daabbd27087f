"""The figures of customers (SPEC 4): what they say, what their silence says, and whether all are served alike.

What is known now is answered by the tables (`present`), what was known earlier by the facts themselves (`remembered`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.roles import Asker
from projections.filters import Library
from projections.kpis import present, remembered
from projections.kpis.question import Cells, Definition, Question
from projections.kpis.service import NOTHING, Treatment

FIGURES = (
    Definition("referral_rate", "Active customers who recommended us in the period.", "customers"),
    Definition(
        "detractor_rate",
        "Active customers whose feedback lay in the lowest quarter of its scale, and customers who left after a broken "
        "promise.",
        "customers",
    ),
    Definition("feedback_silence", "Active customers from whom we have had no feedback for 180 days.", "customers"),
    Definition(
        "silence",
        "Active customers not heard of for longer than 2.5 times what is usual with them.",
        "customers",
    ),
    Definition(
        "continuity",
        "How much of a customer's contacts and promises one and the same person handles, on average.",
        "customers",
    ),
    Definition(
        "equal_service",
        "How unequally customers wait for answers and how unequally promises to them are kept; 0 means all alike.",
        "customers",
    ),
)
DIMENSIONS = frozenset(("owner", "team", "customer"))
"""What customers can be grouped by; by what only promises have, there is no figure of theirs."""
EMPTY = NOTHING


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    return _source(question).cells(library, asker, question, wanted)


def behind(library: Library, asker: Asker, question: Question, name: str) -> dict[str, bool]:
    """The list behind a figure: the customers by internal id, and whether the figure counts them."""
    return _source(question).behind(library, asker, question, name)


def treatments(library: Library, asker: Asker, question: Question) -> dict[str, Treatment]:
    """By internal id: what equal_service compares."""
    return _source(question).treatments(library, asker, question)


class Source(Protocol):
    def cells(self, library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells: ...

    def behind(self, library: Library, asker: Asker, question: Question, name: str) -> dict[str, bool]: ...

    def treatments(self, library: Library, asker: Asker, question: Question) -> dict[str, Treatment]: ...


def _source(question: Question) -> Source:
    return present if question.moment.known is None else remembered
