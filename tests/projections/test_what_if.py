"""Another rulebook over the whole past, by several processes: the answer of one, and what stops it in plain words."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from domain.errors import Refused
from domain.store.schema import NotPrepared
from tests.homes import Home
from tests.notation import at, envelopes, rulebook
from tests.properties.test_any_order import facts
from wiring.home import Reading
from wiring.processes import Processes, Tell
from wiring.trying import what_if

ROOT = Path(__file__).parents[2]
NOW = at("2026-06-01T12:00")
OTHER = rulebook(promise={"broken": -1600, "kept": 100}, alerts={"due_soon_days": 5}, fading={"half_life_days": 90.0})


@pytest.fixture
def firm(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Customers merged and separated, facts retracted, suppliers; a family is a portion."""
    monkeypatch.setattr("projections.replay.FAMILIES_AT_ONCE", 1)
    home.take_as_they_come(facts(), at("2026-05-01"))
    home.take(envelopes("2026-05-02T09:00  K-9 empfiehlt uns\n2026-05-02T10:00  führt K-3 und K-9 zusammen"))
    home.clock.now = NOW
    return home


def test_two_processes_find_what_one_finds_and_tell_how_far_they_are(firm: Home) -> None:
    alone = what_if(firm.konto, OTHER, NOW, processes=1)
    assert len(alone.differences) > 2
    assert alone.other_alerts
    heard: list[tuple[int, int]] = []
    assert what_if(firm.konto, OTHER, NOW, lambda *told: heard.append(told), processes=2) == alone
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert heard[-1] == (6, 6)
    assert len(heard) > 2


def test_for_few_facts_no_process_is_started(firm: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("wiring.trying.Processes")
    assert what_if(firm.konto, OTHER, NOW, processes=None).differences


def test_what_is_recorded_while_it_is_reckoned_is_not_in_it(firm: Home) -> None:
    """Else one process would have seen it and another one would not."""
    before = what_if(firm.konto, OTHER, NOW)
    late = list(envelopes('2026-05-03T09:00  Vorfall K-2 "later" complaint, ernst [late]'))

    def record_once(done: int, total: int) -> None:
        if late:
            firm.take([late.pop()])
            firm.clock.now = NOW

    assert what_if(firm.konto, OTHER, NOW, record_once) == before
    assert what_if(firm.konto, OTHER, NOW) != before


# -- what stops it ----------------------------------------------------------------------------------------


@pytest.fixture
def asked_in(firm: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Refused]:
    def refused_where(opening: Any) -> Refused:
        monkeypatch.setattr("wiring.home.Konto.reading", property(lambda konto: opening))
        with pytest.raises(Refused) as refused:
            what_if(firm.konto, OTHER, NOW, processes=2)
        return refused.value

    return refused_where


def test_a_process_that_dies_is_told(asked_in: Callable[[Any], Refused]) -> None:
    refused = asked_in(_dies)
    assert (refused.code, refused.params["exit"]) == ("process_ended", -signal.SIGKILL)
    assert "konto what-if with --processes 1" in str(refused)


def test_what_stops_one_of_several_is_told_as_it_is(asked_in: Callable[[Any], Refused]) -> None:
    assert str(asked_in(_finds_nothing)) == str(NotPrepared())


@contextmanager
def _dies() -> Iterator[Reading]:
    os.kill(os.getpid(), signal.SIGKILL)
    yield Reading(None, None)  # type: ignore[arg-type]


@contextmanager
def _finds_nothing() -> Iterator[Reading]:
    raise NotPrepared
    yield


# -- asked for by a page ----------------------------------------------------------------------------------


def test_a_process_that_helps_a_page_does_not_load_streamlit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit runs a page as the program itself, which a new process runs once more."""
    page = ModuleType("__main__")
    page.__file__ = str(ROOT / "dashboard" / "app.py")
    monkeypatch.setitem(sys.modules, "__main__", page)
    with Processes(1, "ended") as beside:
        beside.begin(_loaded)
        beside.give([])
        loaded = [said for _, said in beside.told() if said is not None]
    assert loaded == [[]]


def _loaded(number: int, tasks: Iterator[object], tell: Tell) -> None:
    tell([name for name in ("streamlit", "dashboard.navigation") if name in sys.modules])
