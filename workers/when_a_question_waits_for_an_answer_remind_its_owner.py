"""When half of the time for an answer is used up, and again when all of it is, its owner is reminded."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion, Whose
from projections.open_questions import OpenQuestion


def occasions(question: OpenQuestion) -> Iterator[Occasion]:
    whose = Whose(question.owner, question.customer_owner, question.team)
    if question.target_at is not None:
        yield Occasion("unanswered", question.question, question.customer, question.target_at, whose, level=2)
    if question.warn_at is not None:
        yield Occasion(
            "unanswered", question.question, question.customer, question.warn_at, whose, until=question.target_at
        )
