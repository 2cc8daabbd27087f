"""What costs time is counted, not timed: the database is asked as often in a large firm as in a small one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bench import facts, firms, pages
from dashboard.answers.home import Home
from domain.store.sqlite import SqliteCursor
from domain.vocabulary import parse
from wiring.home import open_home

SMALL, LARGE = 4_800, 9_600
"""Facts; so many that a page of each list is full in both, and no part of a morning empty, which is asked less."""
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
"""A working day: what is due then does not hang on when the test runs."""


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often each statement is asked meanwhile, by its first words."""
    found: Counter[str] = Counter()
    execute, executemany = SqliteCursor.execute, SqliteCursor.executemany

    def told(cursor: SqliteCursor, sql: str, params: Any = ()) -> SqliteCursor:
        found[sql[:80]] += 1
        return execute(cursor, sql, params)

    def told_many(cursor: SqliteCursor, sql: str, rows: Any) -> None:
        found[sql[:80]] += 1
        executemany(cursor, sql, rows)

    with monkeypatch.context() as patched:
        patched.setattr(SqliteCursor, "execute", told)
        patched.setattr(SqliteCursor, "executemany", told_many)
        yield found


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Home]]:
    folder = tmp_path_factory.mktemp("firms")
    small, large = (pages.firm(folder, count, lambda: NOW) for count in (SMALL, LARGE))
    yield small, large
    for home in (small, large):
        home.konto.close()


def test_no_page_asks_more_often_where_there_is_more(two: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = (pages.questions(home) for home in two)
    for name in small:
        with counted(monkeypatch) as few:
            small[name]()
        with counted(monkeypatch) as many:
            large[name]()
        assert few, name
        more = {sql: times for sql, times in many.items() if times > few[sql] + 1}
        assert sum(many.values()) <= sum(few.values()) + 2, (name, more)


def test_a_list_of_facts_is_recorded_with_as_many_statements_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    konto = open_home(tmp_path / "home", environment={})
    told = iter([parse(each, now=konto.clock()) for each in facts.envelopes(1_000)])
    konto.record(list(islice(told, 200)))
    asked = []
    for together in (1, 300):
        with counted(monkeypatch) as found:
            konto.record(list(islice(told, together)))
        asked.append(sum(found.values()))
    konto.close()
    one, many = asked
    assert many <= one + 5, asked


def test_the_tables_follow_a_page_of_the_log_with_a_bounded_number_of_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    konto = open_home(tmp_path / "home", environment={})
    told = iter([parse(each, now=konto.clock()) for each in facts.envelopes(1_000)])
    asked = []
    for together in (200, 400):
        konto.record(list(islice(told, together)))
        with counted(monkeypatch) as found:
            konto.catch_up()
        asked.append(sum(found.values()))
    konto.close()
    few, many = asked
    assert many <= few + 10, asked


def test_a_day_of_many_firms_keeps_every_core_busy_before_anybody_waits_long() -> None:
    arriving = firms.work(firms.Day(40, 100, 60), firms.Costs(), Random(3))
    assert [each.at for each in arriving] == sorted(each.at for each in arriving)
    alone, crowded = firms.queued(arriving, 8), firms.queued([*arriving, *_at_once(2_000)], 1)
    assert alone.page_p50 == pytest.approx(firms.Costs().page / 1_000, rel=0.35)
    assert alone.busy < 0.1
    assert crowded.page_p99 > 10 * alone.page_p99


def _at_once(times: int) -> list[firms.Work]:
    return [firms.Work(12 * firms.HOUR_S, "page", 0.1)] * times
