"""How long somebody waits for a database that is away: from when it went, not from when the work began."""

from __future__ import annotations

import pytest

from domain.store import StoreGone
from wiring import patience
from wiring.patience import patiently


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A running clock that only moves when somebody waits or works."""
    now = [0.0]
    monkeypatch.setattr(patience.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(patience.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


def test_work_that_lasted_long_before_the_database_went_away_is_still_done_again(clock):
    tries = []

    def work() -> str:
        tries.append(clock[0])
        clock[0] += 600
        if len(tries) < 2:
            raise StoreGone("away")
        return "done"

    assert patiently(work, 60) == "done"


def test_after_so_many_seconds_without_an_answer_it_is_given_up(clock):
    tries = []

    def work() -> None:
        tries.append(clock[0])
        raise StoreGone("away")

    with pytest.raises(StoreGone):
        patiently(work, 60)
    assert 110 < len(tries) < 130, "twice a second"


def test_whoever_came_further_since_may_be_kept_waiting_anew(clock):
    kept = 0

    def work() -> str:
        nonlocal kept
        clock[0] += 50  # away for that long each time, and a little further afterwards
        kept += 1
        if kept < 20:
            raise StoreGone("away")
        return "done"

    assert patiently(work, 60, progress=lambda: kept) == "done"


def test_whatever_else_goes_wrong_is_told_at_once(clock):
    def work() -> None:
        raise ValueError("no database's fault")

    with pytest.raises(ValueError, match="fault"):
        patiently(work, 60)
    assert clock[0] == 0
