"""What customers said about promises, beside what the account showed at that moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.account import LOWEST_QUARTER, Posting, Rulebooks
from domain.customer import FeedbackGiven
from domain.fact import Fact, in_order
from domain.lives import kind_of
from domain.promise import PromiseFulfilled
from domain.relationship import Relationship


class Said(NamedTuple):
    """Feedback about a promise. `about`: the promise's stream; `fulfilled`: in the end, be it afterwards."""

    at: datetime
    about: str
    bad: bool
    fulfilled: bool


def said(relationship: Relationship) -> Iterator[Said]:
    """In order of time; feedback about what is unknown or is no promise is left out."""
    for fact in in_order(relationship.own):
        data = fact.data
        if not isinstance(data, FeedbackGiven):
            continue
        history = relationship.named(data.about)
        if history and kind_of(history[0].stream) == "promise":
            bad = data.normalised <= LOWEST_QUARTER
            yield Said(fact.time, history[0].stream, bad, _fulfilled(history))


def _fulfilled(history: Sequence[Fact]) -> bool:
    return any(isinstance(fact.data, PromiseFulfilled) for fact in history)


def score(lines: Sequence[Posting], each: Said, rulebooks: Rulebooks) -> int:
    """What the promise has cost at that moment: minus the points of its lines, in hundredths.

    Only lines up to the feedback: it bears on nothing that came before it, so that it is in none of them.
    """
    return -sum(
        line.counts_at(each.at, rulebooks) for line in lines if line.subject == each.about and line.stands_at(each.at)
    )
