"""What an account shows at its thresholds, and while another rulebook counted for some hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.account import Posting
from domain.account.watching import Watch
from domain.documents import Versions
from domain.rulebook import Rulebook
from tests.notation import rulebook

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
UNFADING = {"half_life_days": "none"}


def line(points: int, days: float) -> Posting:
    """Hundredths, so many days after the start."""
    return Posting(START + days * DAY, "any", points, "", "", points=points)


def watch(*lines: Posting, books: Versions[Rulebook] | None = None) -> Watch:
    return Watch(lines, (), books or Versions(rulebook(fading=UNFADING)))


@pytest.mark.parametrize(("lost", "falls"), [(1499, False), (1500, True)])
def test_a_fall_of_exactly_so_much_is_one(lost: int, falls: bool) -> None:
    account = watch(line(2000, 0), line(-lost, 3))
    assert account.is_falling(START + 3 * DAY) == falls
    assert account.is_low(START + 3 * DAY) == falls


@pytest.mark.parametrize(("lost", "low"), [(1000, False), (1001, True)])
def test_nothing_left_is_not_less_than_nothing(lost: int, low: bool) -> None:
    account = watch(line(1000, 0), line(-lost, 3))
    assert account.is_low(START + 3 * DAY) == low


@pytest.mark.parametrize(("lost", "is_lost"), [(2000, False), (2001, True)])
def test_lost_is_below_minus_twenty(lost: int, is_lost: bool) -> None:
    assert watch(line(-lost, 3)).is_lost(START + 3 * DAY) == is_lost


def test_a_rulebook_that_counted_for_some_hours_breaks_what_lasts() -> None:
    plain, patient = (rulebook(fading=UNFADING, stage={"strained_below": below}) for below in (0, -1000))
    begun, ended = START + 5.1 * DAY, START + 5.3 * DAY
    account = watch(line(-400, 0), books=Versions(plain, ((begun, patient), (ended, plain))))
    assert account.since(account.is_low, begun - DAY) == START
    assert account.since(account.is_low, START + 20 * DAY) == ended
