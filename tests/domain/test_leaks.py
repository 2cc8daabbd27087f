"""No forecast of the past knows anything of what came after it, and whoever plants a leak is found.

The check: everything that was not known at the moment of a forecast is turned into its opposite or taken away.
A forecast that changes then has looked ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from domain import account, feedback, rulebook
from domain.advice import Adviser
from domain.experience import Experience
from domain.feedback import Said
from domain.relationship import Relationship
from tests.notation import History, at, envelopes, steering
from tests.promising import promises, said_by

RULES = rulebook.default().advice
Forecasts = Callable[[Sequence[Experience]], dict[str, float | None]]

HISTORY = promises(240, lambda each: 0.95 if each.owner == "ines" else 0.4)
LOOKED_AT = HISTORY[60::20]


# -- the adviser --------------------------------------------------------------------------------------


def honest(experiences: Sequence[Experience]) -> dict[str, float | None]:
    return said_by(Adviser(RULES), experiences)


def looked_ahead(forecasts: Forecasts) -> list[str]:
    """The promises whose forecast changes with what came afterwards."""
    before = forecasts(HISTORY)
    return [
        each.promise
        for each in LOOKED_AT
        if forecasts([opposite(other, each.proposal.made_at) for other in HISTORY])[each.promise]
        != before[each.promise]
    ]


def opposite(experience: Experience, moment: datetime) -> Experience:
    """The same up to a moment; what comes later comes out the other way, and on another day."""
    if experience.known_at is None or experience.known_at <= moment:
        return experience
    ended = max(experience.known_at, moment) + timedelta(days=2)
    return experience._replace(kept=not experience.kept, known_at=ended, ended_at=ended)


def test_the_adviser_never_looks_ahead() -> None:
    assert looked_ahead(honest) == []


def known_at_making(experiences: Sequence[Experience]) -> dict[str, float | None]:
    """As a source that stamps the end with the time of making."""
    return honest([each._replace(known_at=each.proposal.made_at) for each in experiences])


def known_a_day_early(experiences: Sequence[Experience]) -> dict[str, float | None]:
    day = timedelta(days=1)
    return honest([each._replace(known_at=max(each.known_at - day, each.proposal.made_at)) for each in experiences])


def fitted_on_everything(experiences: Sequence[Experience]) -> dict[str, float | None]:
    """As if the whole log had been learned before."""
    adviser = Adviser(RULES)
    said_by(adviser, experiences)
    return {each.promise: adviser.probability(each.proposal) for each in experiences}


@pytest.mark.parametrize(
    "leak", [known_at_making, known_a_day_early, fitted_on_everything], ids=lambda leak: leak.__name__
)
def test_a_planted_leak_of_the_adviser_is_found(leak: Forecasts) -> None:
    assert looked_ahead(leak)


# -- the account --------------------------------------------------------------------------------------

STORY = """
2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-04T09:00
2026-03-09T09:00  Rückmeldung K-1 1, über "A"
2026-03-12T09:00  erfüllt "A"
2026-03-12T09:00  Rückmeldung K-1 2, über "A"
2026-03-13T09:00  verspricht K-1 ines "B" bis 2026-03-20T09:00
2026-03-16T09:00  erfüllt "B"
2026-03-17T09:00  Rückmeldung K-1 5, über "B"
2026-03-18T09:00  Empfindlichkeit K-1 2
2026-03-19T09:00  verspricht K-1 ines "C" bis 2026-03-25T09:00
2026-03-26T09:00  bricht "C"
2026-03-26T10:00  Rückmeldung K-1 1, über "C"
"""
Scores = Callable[[History, Said], int]


def scored(history: History, said: Said) -> int:
    """As the backtest does it: one fold for all feedback."""
    return feedback.score(history.postings, said, history.steered.rulebooks)


def without_itself_and_all_that_came_after(history: History, said: Said) -> int:
    """The fold of nothing but what had happened by then, the feedback itself taken out."""
    until = history.until(said.at)
    own = [
        each
        for each in until.envelopes
        if not (each["type"] == "feedback.given" and at(each["time"]) == said.at.astimezone(at(each["time"]).tzinfo))
    ]
    return scored(History(own, until.steering, until.whose), said)


def different(score: Scores) -> list[Said]:
    history = History(list(envelopes(STORY)), steering())
    heard = list(feedback.said(_relationship(history)))
    assert [each.bad for each in heard] == [True, True, False, True]
    return [each for each in heard if score(history, each) != without_itself_and_all_that_came_after(history, each)]


def _relationship(history: History) -> Relationship:
    return history.relationship()


def test_what_the_account_said_rests_on_nothing_later_and_not_on_the_feedback_itself() -> None:
    assert different(scored) == []


def four_days_later(history: History, said: Said) -> int:
    return scored(history, said._replace(at=said.at + timedelta(days=4)))


def with_all_lines_of_the_customer(history: History, said: Said) -> int:
    """The feedback under test among them."""
    book = history.steered.rulebooks
    return -account.balance(history.postings, said.at, book)


@pytest.mark.parametrize("leak", [four_days_later, with_all_lines_of_the_customer], ids=lambda leak: leak.__name__)
def test_a_planted_leak_of_the_account_is_found(leak: Scores) -> None:
    assert different(leak)


def test_a_promise_costs_while_it_is_overdue_and_earns_once_it_is_kept() -> None:
    history = History(list(envelopes(STORY)), steering())
    first, second, third, fourth = (scored(history, each) / 100 for each in feedback.said(_relationship(history)))
    assert first == 7.5, "five days over the due"
    assert second == pytest.approx(7.8 * 6 / 5.1, abs=0.01), "eight days; one strong reaction where 0.1 was expected"
    assert third < 0
    assert fourth == 16, "broken, and this customer counts double by hand"
    assert [each.fulfilled for each in feedback.said(_relationship(history))] == [True, True, True, False]
