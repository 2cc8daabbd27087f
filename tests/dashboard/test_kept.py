"""What took long to find is kept: young, it is given at once; old, it is given at once, too, and found anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dashboard.answers.kept import COSTLY, Kept
from tests.waiting import wait_for

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LASTING = timedelta(minutes=10)


class Firm:
    """A clock, the end of a log and what it says of erased people: all that is asked of a home."""

    def __init__(self) -> None:
        self.now, self.head, self.erased = NOON, 7, 0
        self.log = SimpleNamespace(head=lambda: self.head, erased=lambda: self.erased)
        self.asked = 0
        self.may_find, self.fails = Event(), False
        self.may_find.set()

    def clock(self) -> datetime:
        return self.now

    def find(self, _: datetime) -> int:
        """The how-manieth answer; it takes long."""
        self.may_find.wait(10)
        if self.fails:
            raise OSError("the disk is gone")
        self.asked += 1
        self.now += 2 * COSTLY
        return self.asked


@pytest.fixture
def firm() -> Iterator[Firm]:
    firm = Firm()
    yield firm
    firm.may_find.set()


def _ask(kept: Kept, firm: Firm) -> tuple[Any, bool]:
    found = kept.recent("overview", cast(Any, firm), LASTING, firm.find)
    return found.answer, found.renewing


def test_a_costly_answer_stands_while_it_is_young_whatever_is_recorded(firm: Firm) -> None:
    kept = Kept()
    assert _ask(kept, firm) == (1, False)
    firm.head += 5
    firm.now += LASTING - 3 * COSTLY
    assert _ask(kept, firm) == (1, False)


def test_an_old_one_is_given_at_once_and_found_anew_once(firm: Firm) -> None:
    kept = Kept()
    _ask(kept, firm)
    firm.now += LASTING
    firm.may_find.clear()
    assert _ask(kept, firm) == (1, True)
    assert _ask(kept, firm) == (1, True)
    firm.may_find.set()
    wait_for(lambda: _ask(kept, firm) == (2, False))
    assert firm.asked == 2


def test_what_cannot_be_found_anew_is_told_to_whoever_asks_next(firm: Firm, caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept()
    _ask(kept, firm)
    firm.now += LASTING
    firm.fails = True
    assert _ask(kept, firm) == (1, True)
    wait_for(lambda: "could not be found anew" in caplog.text)
    wait_for(lambda: not kept.last("overview", cast(Any, firm)))
    with pytest.raises(OSError, match="disk"):
        _ask(kept, firm)


def test_nothing_is_kept_from_before_somebody_was_erased(firm: Firm) -> None:
    kept = Kept()
    assert _ask(kept, firm) == (1, False)
    firm.erased += 1
    assert kept.last("overview", cast(Any, firm)) is None
    assert _ask(kept, firm) == (2, False)


def test_an_answer_that_was_being_found_while_somebody_was_erased_is_given_but_not_kept(firm: Firm) -> None:
    kept = Kept()

    def found_meanwhile(now: datetime) -> int:
        firm.erased += 1
        return firm.find(now)

    assert kept.fresh("overview", cast(Any, firm), found_meanwhile).answer == 1
    assert kept.last("overview", cast(Any, firm)) is None
