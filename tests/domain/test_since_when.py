"""Since when something has held: by looking backwards, and by what each version of the rules says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from domain.documents import Versions
from domain.lasting import since_by_looking, since_by_versions

NOW = datetime(2026, 4, 2, 15, 30, tzinfo=UTC)
MOMENTS = [datetime(2026, 3, day, 9, tzinfo=UTC) for day in (2, 20)]


def day(number: int, hour: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, number, hour, second=second, tzinfo=UTC)


def but_not(start: datetime, end: datetime) -> Callable[[datetime], bool]:
    return lambda moment: not start <= moment < end


# -- by looking -----------------------------------------------------------------------------------------


def test_it_is_found_to_the_second_wherever_it_began() -> None:
    begun = day(25, 13, 7)
    assert since_by_looking(but_not(day(1), begun), MOMENTS, NOW) == begun
    assert since_by_looking(but_not(day(1), begun + timedelta(milliseconds=1)), MOMENTS, NOW) == day(25, 13, 8)


def test_where_something_changed_it_is_found_to_the_microsecond() -> None:
    moment = day(20, 9) + timedelta(microseconds=17)
    moments = [moment - datetime.resolution, moment]
    assert since_by_looking(but_not(day(1), moment), moments, NOW) == moment


def test_a_break_between_two_moments_is_seen_if_a_day_begins_in_it() -> None:
    assert since_by_looking(but_not(day(24, 22), day(25, 3)), MOMENTS, NOW) == day(25, 3)
    assert since_by_looking(but_not(day(24, 2), day(24, 22)), MOMENTS, NOW) == MOMENTS[0]


def test_later_looks_with_later_interests_find_the_same() -> None:
    """Something that comes and goes by the hour before it lasts."""

    def holds(moment: datetime) -> bool:
        return moment >= day(30, 12) or moment.hour % 2 == 1

    looks = [NOW + timedelta(hours=hours) for hours in range(0, 72, 5)]
    found = {since_by_looking(holds, MOMENTS, each, interest=each - timedelta(days=7)) for each in looks}
    assert len(found) == 1


def test_what_held_before_the_interest_began_is_not_searched_for() -> None:
    looked: list[datetime] = []

    def holds(moment: datetime) -> bool:
        looked.append(moment)
        return moment >= day(3)

    interest = day(28)
    assert since_by_looking(holds, MOMENTS, NOW, interest=interest) < interest
    assert min(looked) >= interest - timedelta(days=1)


# -- by versions ----------------------------------------------------------------------------------------

BEGINS = {"early": day(2), "middle": day(12), "late": day(26), "never": None}


@pytest.mark.parametrize(
    ("versions", "since"),
    [
        (Versions("middle"), day(12)),
        (Versions("never"), None),
        (Versions("early", ((day(10), "middle"),)), day(12)),
        (Versions("middle", ((day(20), "early"),)), day(12)),  # it held before, and holds on
        (Versions("late", ((day(20), "early"),)), day(20)),  # the new version made it begin
        (Versions("never", ((day(20), "early"),)), day(20)),
        (Versions("early", ((day(20), "never"),)), None),
        (Versions("early", ((day(10), "never"), (day(20), "middle"))), day(20)),
        (Versions("early", ((day(10), "early"), (day(20), "middle"))), day(2)),  # through all three
        (Versions("early", ((day(10), "late"), (day(20), "middle"))), day(20)),  # a break while the second counted
        (Versions("middle", ((NOW + timedelta(days=1), "never"),)), day(12)),  # not in force yet
    ],
)
def test_versions_take_turns(versions: Versions[str], since: datetime | None) -> None:
    assert since_by_versions(versions, NOW, BEGINS.__getitem__) == since


def test_it_begins_at_its_very_instant() -> None:
    assert since_by_versions(Versions("middle"), day(12), BEGINS.__getitem__) == day(12)
    assert since_by_versions(Versions("middle"), day(12) - datetime.resolution, BEGINS.__getitem__) is None
