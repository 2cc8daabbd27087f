"""Several workers, followers and schedulers on a real PostgreSQL and a real queue: who does what, who takes over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.alerts.post_office import PostOffice
from tests.servers.valkey import ValkeyServer
from tests.services.several import Firm
from tests.stores import NewFolder
from tests.waiting import wait_for

QUICK = "[worker]\ntick_seconds = 0.5\npoll_seconds = 0.5\nsweep_seconds = 0.5\nlease_seconds = 6\n"
RUNS_ELSEWHERE_WITHIN_S = 15.0

postgres = pytest.mark.parametrize("engine", ["postgres"], indirect=True)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice()
    with office.open():
        yield office


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[ValkeyServer]:
    """One of its own: these tests stop it, and empty it."""
    with ValkeyServer(tmp_path / "queue") as server:
        yield server


@postgres
def test_what_a_killed_worker_held_in_redis_runs_elsewhere_within_15_seconds(
    new_folder: NewFolder, office: PostOffice, queue: ValkeyServer, record_property: Callable[[str, object], None]
):
    """With the settings as shipped. The mail follows when the dead one's lease has run out, though nobody sweeps:
    whoever it rang at rings for it once more at that moment."""
    firm = Firm(new_folder(), office, queue.url)
    firm.promise_overdue(1)
    office.pause_seconds = 45.0  # it is held until its sender is dead, however slowly another one starts
    with firm.running(["follow", "schedule"], ["send"]) as (planner, first):
        wait_for(office.busy.is_set)
        with firm.running(["send"]) as (second,):
            wait_for(lambda: second.told("started"))
            planner.kill()
            first.kill()
            office.pause_seconds = 0.0
            rung = wait_for(lambda: second.told("rang"))
            sent = rung + wait_for(lambda: firm.states() == ["delivered"])
    record_property("runs_elsewhere_seconds", round(rung, 1))
    print(f"runs elsewhere after {rung:.1f} s, sent after {sent:.1f} s")
    assert rung < RUNS_ELSEWHERE_WITHIN_S
    assert len({mail.id for mail in office.mails}) == 1


@postgres
def test_alerts_are_sent_once_though_redis_is_emptied_and_away_for_a_while(
    new_folder: NewFolder, office: PostOffice, queue: ValkeyServer
):
    firm = Firm(new_folder(), office, queue.url, QUICK)
    firm.promise_overdue(30)
    office.pause_seconds = 0.05
    with firm.running(["follow", "schedule"], ["send"], ["send"]):
        wait_for(lambda: len(office.mails) >= 5)
        queue.flush()
        wait_for(lambda: firm.states() == ["delivered"] * 30, 30)
        queue.stop()
        firm.promise_overdue(20, start=30)
        wait_for(lambda: len(firm.states()) == 50)  # raised though nobody can ring
        queue.start(emptied=True)
        back = wait_for(lambda: firm.states() == ["delivered"] * 50, 30)
    print(f"all sent {back:.1f} s after the queue was back")
    assert Counter(Counter(mail.id for mail in office.mails).values()) == {1: 50}


@postgres
def test_of_two_schedulers_one_looks_and_the_other_takes_over_when_it_dies_and_both_stop_in_order(
    new_folder: NewFolder, office: PostOffice, queue: ValkeyServer
):
    firm = Firm(new_folder(), office, queue.url, QUICK)
    firm.promise_overdue(5)
    with firm.running(["follow", "schedule"]) as (one,), firm.running(["follow", "schedule"], ["send"]) as (two, sends):
        wait_for(lambda: firm.states() == ["delivered"] * 5)
        raised = [len(each.told("raised")) for each in (one, two)]
        assert sorted(raised) == [0, 1], "one of them only stands by"
        working, standing_by = (one, two) if raised[0] else (two, one)
        working.kill()
        firm.promise_overdue(5, start=5)
        over = wait_for(lambda: firm.states() == ["delivered"] * 10, 30)
        assert standing_by.told("raised")
        assert [standing_by.stop(), sends.stop()] == [0, 0]
        assert standing_by.told("stopped")
    print(f"taken over within {over:.1f} s")
    assert len(office.mails) == 10


@postgres
def test_two_followers_on_postgres_one_works_until_its_connection_is_cut(
    new_folder: NewFolder, office: PostOffice, queue: ValkeyServer
):
    firm = Firm(new_folder(), office, queue.url, QUICK.replace("poll_seconds = 0.5", "poll_seconds = 4"))
    konto = firm.konto
    with firm.running(["follow"], ["follow"]) as (one, two):
        wait_for(lambda: one.told("started") and two.told("started"))
        firm.promise_overdue(1)
        # Only a notification can bring it there so soon: it looks by itself every 4 seconds.
        wait_for(lambda: konto.views.position() == konto.log.head())
        time.sleep(0.5)  # by now it waits
        firm.promise_overdue(1, start=1000)
        heard = wait_for(lambda: konto.views.position() == konto.log.head())
        assert heard < 2
        with psycopg.connect(konto.settings.store.address or "", autocommit=True) as connection:
            claims = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            assert connection.execute(claims).fetchall()
        firm.promise_overdue(1, start=1)
        wait_for(lambda: konto.views.position() == konto.log.head())
        assert [one.stop(), two.stop()] == [0, 0]
