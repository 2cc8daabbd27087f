"""The customer's own rhythm: after how long silence says something, and which habits are missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate

import pytest

from domain import rulebook as rulebooks
from domain.habits import Habit, habit, silent_from, usual_gap
from tests.notation import at

RULES = rulebooks.default()
START = at("2026-01-05T09:00")
DAY = timedelta(days=1)


def contacts(*gaps: float) -> list[datetime]:
    """Instants with so many days between them."""
    return [START + days * DAY for days in accumulate(gaps, initial=0)]


# -- silence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("gaps", [(), (10,), (10, 10)])
def test_the_usual_gap_is_known_from_the_fourth_contact_on(gaps: tuple[float, ...]) -> None:
    assert usual_gap(contacts(*gaps), RULES.silence) is None
    assert usual_gap(contacts(10, 10, 10), RULES.silence) == 10 * DAY
    assert usual_gap([], RULES.silence) is None


@pytest.mark.parametrize(
    ("gaps", "usual"),
    [((10, 20, 30), 20), ((30, 10, 20), 20), ((10, 20, 30, 100), 25), ((1, 1, 300), 1), ((0, 0, 0), 0), ((7,) * 9, 7)],
)
def test_the_usual_gap_is_the_median_one(gaps: tuple[float, ...], usual: float) -> None:
    assert usual_gap(contacts(*gaps), RULES.silence) == usual * DAY


def test_silence_says_something_after_two_and_a_half_times_the_usual_gap() -> None:
    spoke = contacts(20, 20, 20)
    assert silent_from(spoke, START, RULES.silence) == spoke[-1] + 50 * DAY


def test_until_the_usual_gap_is_known_it_does_after_60_days() -> None:
    assert silent_from(contacts(5, 5), START, RULES.silence) == START + 70 * DAY
    assert silent_from([], START, RULES.silence) == START + 60 * DAY, "since the first fact, where we never spoke"


# -- habits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("gaps", [(), (30,), (30, 30)])
def test_fewer_than_4_contacts_of_a_purpose_make_no_habit(gaps: tuple[float, ...]) -> None:
    assert habit(contacts(*gaps), RULES.habits) is None


def test_4_regular_ones_make_a_habit_that_lapses_when_it_is_overdue_by_half_its_interval() -> None:
    came = contacts(30, 30, 30)
    assert habit(came, RULES.habits) == Habit(30 * DAY, came[-1], came[-1] + 45 * DAY)


@pytest.mark.parametrize(
    ("gaps", "is_one"),
    [
        ((20, 20, 20), True),
        ((15, 20, 25), True),  # quartiles 17.5 and 22.5
        ((10, 20, 30), True),  # 15 and 25: exactly a quarter of 20 away
        ((9.9, 20, 30), False),
        ((10, 20, 30.1), False),
        ((20, 20, 20, 200), False),  # the upper quartile is 65
        ((20, 20, 20, 20, 200), True),  # one that came late changes no quartile of five gaps
        ((1, 40, 2, 80), False),
    ],
)
def test_regular_is_when_the_quartiles_of_the_gaps_lie_within_25_percent_of_their_median(
    gaps: tuple[float, ...], is_one: bool
) -> None:
    assert (habit(contacts(*gaps), RULES.habits) is not None) is is_one


def test_contacts_all_at_one_instant_make_no_habit() -> None:
    assert habit(contacts(0, 0, 0, 0), RULES.habits) is None


@pytest.mark.parametrize("scale", [0.25, 1, 7, 365])
def test_a_habit_is_one_on_any_scale(scale: float) -> None:
    gaps = [scale * gap for gap in (18, 20, 22, 20)]
    found = habit(contacts(*gaps), RULES.habits)
    assert found is not None
    assert found.every == scale * 20 * DAY
    assert found.lapses_at - found.last == found.every * 1.5


def test_other_rules_make_other_habits() -> None:
    stricter = RULES.habits.model_copy(update={"fewest_contacts": 5, "lapsed_after": 1.0})
    assert habit(contacts(30, 30, 30), stricter) is None
    found = habit(contacts(30, 30, 30, 30), stricter)
    assert found is not None
    assert found.lapses_at - found.last == 60 * DAY
