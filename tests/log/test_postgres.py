"""A server that may be on another machine: how often a fact goes there and back, and what stays when that fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path

import psycopg
import pytest
from psycopg.pq import Trace

from domain.store import StoreTrouble, postgres
from domain.store.postgres import PostgresStore
from domain.vocabulary import parse
from tests.homes import Home
from tests.notation import at, envelopes
from wiring import patience

pytestmark = pytest.mark.parametrize("engine", ["postgres"], indirect=True)

NOW = at("2026-04-01T12:00")


def take(home: Home, *stories: str) -> list[str]:
    """In one transaction; what became of each."""
    told = [parse(each, now=NOW) for story in stories for each in envelopes(story)]
    return [receipt.status for receipt in home.konto.record(told)]


def fail(seconds: float) -> None:
    raise AssertionError(seconds)


def promised(number: int) -> str:
    said = f'verspricht K-17 ines@example.com "Angebot {number}" bis 2026-04-01T09:00'
    return f"2026-03-02T09:{number:02}  {said} [p{number}]"


@pytest.fixture
def store(home: Home) -> PostgresStore:
    found = home.konto.log.store
    assert isinstance(found, PostgresStore)
    return found


@contextmanager
def listening(store: PostgresStore, file: Path) -> Iterator[list[str]]:
    """Afterwards holds who spoke on the store's connections, in turn: F is us, B the server."""
    turns: list[str] = []
    with file.open("w+", encoding="utf-8") as heard, ExitStack() as taken:
        all_of_them = range(store._data.pool.get_stats()["pool_size"])
        connections = [taken.enter_context(store._connection()) for _ in all_of_them]
        for connection in connections:
            connection.pgconn.trace(heard.fileno())
            connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        taken.close()
        yield turns
        for connection in connections:
            connection.pgconn.untrace()
        heard.seek(0)
        turns += [who for who, _ in groupby(line[0] for line in heard if line[0] in "FB")]


@pytest.mark.skipif(sys.platform != "linux", reason="The driver can be listened to on Linux alone")
def test_a_fact_goes_there_and_back_twice_with_all_that_is_asked_for_it(
    home: Home, store: PostgresStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(postgres, "ASKED_AGAIN_S", 600.0)
    assert take(home, promised(1)) == ["recorded"]
    moved = '2026-03-03T09:00  verschiebt "Angebot 1" auf 2026-04-02T09:00 [moved]'
    with listening(store, tmp_path / "heard") as turns:
        assert take(home, moved) == ["recorded"]
    assert turns == ["F", "B", "F", "B"]


def test_many_facts_are_copied_after_they_were_asked_for_together(home: Home):
    assert set(take(home, *map(promised, range(30)))) == {"recorded"}
    assert set(take(home, *map(promised, range(31)))) == {"already", "recorded"}
    assert home.konto.log.head() == 31


@pytest.mark.parametrize("count", [1, 30])
def test_of_a_transaction_that_the_server_refuses_at_its_end_nothing_stays_and_the_next_one_works(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, count: int
):
    assert take(home, promised(50)) == ["recorded"]
    with monkeypatch.context() as patch:
        patch.setattr(home.konto.log.events, "_lock", "LOCK TABLE nowhere IN EXCLUSIVE MODE")
        with pytest.raises(StoreTrouble, match="nowhere"):
            take(home, *map(promised, range(count)))
    assert home.konto.log.head() == 1
    assert [each.message for each in caplog.records if each.name.startswith("psycopg")] == []
    assert take(home, promised(50), promised(0)) == ["already", "recorded"]


def test_connections_that_the_server_ended_meanwhile_are_noticed_by_nobody(
    home: Home, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(patience.time, "sleep", fail)  # nothing is tried again
    assert take(home, promised(1)) == ["recorded"]
    with psycopg.connect(store.url, autocommit=True) as somebody:
        ended = somebody.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s "
            "AND datname = current_database()",
            (postgres.CALLED,),
        ).fetchall()
    assert ended
    assert all(row[0] for row in ended)
    assert home.konto.log.head() == 1
    assert take(home, promised(2)) == ["recorded"]
