"""What is counted by the sums of days is what counting promise by promise finds, whichever way it is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from domain.roles import LOCAL_USER, Asker
from domain.store import Cursor
from projections import promise_sums
from projections.filters import Filter, Moment
from projections.kpis import Question
from projections.kpis import counted as counting
from projections.kpis.counted import Counted, counted
from projections.promise_sums import SETTLED, SPANS
from tests.homes import Home, open_at
from tests.notation import at
from tests.projections.test_kpis import MOMENTS, facts
from tests.stores import ENGINES, lasting_folder

PERIODS = (
    (None, None),
    ("2025-12-03T08:00", "2026-06-20T12:30"),
    ("2026-01-10T15:00", "2026-03-16T09:30"),
    ("2026-02-28", None),
    (None, "2026-04-01T00:40"),
    ("2026-03-16T08:00", "2026-03-16T18:00"),
)
"""Whole days, many of them and none, and edges on which promises are due."""
ASKED: tuple[tuple[str | None, dict[str, str]], ...] = (
    (None, {}),
    ("owner", {}),
    ("team", {}),
    ("kind", {}),
    (None, {"owner": "lutz"}),
    (None, {"team": "Montage"}),
    (None, {"kind": "delivery"}),
    (None, {"team": ""}),
)
"""What the sums are kept by."""


@pytest.fixture(scope="module", params=ENGINES)
def firm(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder(request.param, "sums", request))
    home.take(facts())
    yield home
    home.close()


def questions() -> Iterator[Question]:
    for moment, (start, end), (by, where), per in product(MOMENTS, PERIODS, ASKED, (None, "week")):
        asked = Question(Moment(at(moment)), by=by, filter=Filter(where), per=per)
        yield replace(asked, start=at(start) if start else None, end=at(end) if end else None)


def found(firm: Home, question: Question) -> Counted:
    return counted(firm.konto.library, LOCAL_USER, question)


@pytest.mark.long_on_postgres
@pytest.mark.parametrize(("few", "many"), [(2_000, 50_000), (0, 50_000)], ids=["few later", "several later"])
def test_by_sums_is_the_same_as_promise_by_promise(
    firm: Home, monkeypatch: pytest.MonkeyPatch, few: int, many: int
) -> None:
    told = 0
    for question in questions():
        monkeypatch.setattr(counting, "FEW", few)
        monkeypatch.setattr(counting, "MANY", many)
        by_sums = found(firm, question)
        monkeypatch.setattr(counting, "MANY", 0)
        assert by_sums == found(firm, question), question
        told += len(by_sums)
    assert told > 1_000


@contextmanager
def falsified(firm: Home) -> Iterator[None]:
    """Whoever reads the sums meanwhile finds at least a hundred kept promises."""
    for change in ("+ 100", "- 100"):
        with firm.konto.views.store.writing() as cursor:
            cursor.execute(f"UPDATE promise_sums SET kept = kept {change}")
        if change.startswith("+"):
            yield


def test_nothing_is_read_from_sums_that_says_what_we_knew_earlier_or_is_seen_by_somebody_alone(firm: Home) -> None:
    now = Question(Moment(at("2026-07-01")))
    others = (
        replace(now, moment=Moment(at("2026-07-01"), at("2026-07-01"))),
        replace(now, filter=Filter({"team": "Montage", "kind": "delivery"})),
        replace(now, filter=Filter({"customer": "K-2"})),
    )
    with falsified(firm):
        assert found(firm, now)[None, None]["kept"] > 100
        assert all(found(firm, other)[None, None]["kept"] < 100 for other in others)
        lutz = Asker("lutz", frozenset({"owner"}))
        alone = counted(firm.konto.library, lutz, replace(now, filter=Filter({"owner": "lutz"})))
        assert alone[None, None]["promises"] > 0
        assert alone[None, None]["kept"] < 100


def test_the_sums_are_those_of_the_table_after_whatever_was_recorded(firm: Home) -> None:
    kept = firm.rows("SELECT dimension, days, day_us, day, value, promises, kept FROM promise_sums")
    settled = firm.rows(f"SELECT belongs_at, belongs_day, owner, team, kind, outcome FROM promises p WHERE {SETTLED}")
    counted: dict[tuple[object, ...], list[int]] = {}
    for at_us, day, *values, outcome in settled:
        for (name, value), days in product(zip(promise_sums.DIMENSIONS, ("", *values), strict=True), SPANS):
            span = days * promise_sums.DAY_US
            key = (name, days, at_us // span * span, day if days == 1 else "", value or "")
            numbers = counted.setdefault(key, [0, 0])
            numbers[0] += 1
            numbers[1] += outcome == "kept"
    assert sorted(map(tuple, kept)) == sorted((*key, *numbers) for key, numbers in counted.items())


@contextmanager
def going_along(cursor: Cursor, promises: Sequence[str]) -> Iterator[None]:
    """The sums say what the promises say, whatever is done to those."""
    changes: promise_sums.Changes = Counter()
    with promise_sums.noted(cursor, promises, changes):
        yield
    promise_sums.change(cursor, changes)


def test_a_promise_that_is_settled_otherwise_later_leaves_no_empty_day_behind(firm: Home) -> None:
    before = len(firm.rows("SELECT 1 FROM promise_sums"))
    assert before
    assert firm.rows("SELECT * FROM promise_sums WHERE promises <= 0") == []
    streams = [row[0] for row in firm.rows("SELECT DISTINCT promise FROM promises")]
    with firm.konto.views.store.writing() as cursor:
        with going_along(cursor, streams):
            cursor.execute("UPDATE promises SET at_until = at_until - 1")
        assert cursor.execute("SELECT COUNT(*) FROM promise_sums").one()[0] == 0
        with going_along(cursor, streams):
            cursor.execute("UPDATE promises SET at_until = at_until + 1")
        assert cursor.execute("SELECT COUNT(*) FROM promise_sums").one()[0] == before


def test_before_1970_days_added_up_anew_are_those_that_were_kept(firm: Home) -> None:
    sums = "SELECT * FROM promise_sums ORDER BY dimension, days, day_us, day, value"
    streams = [row[0] for row in firm.rows("SELECT DISTINCT promise FROM promises")]
    century = 100 * 365 * promise_sums.DAY_US
    with firm.konto.views.store.writing(keep=False) as cursor:
        with going_along(cursor, streams):
            cursor.execute(f"UPDATE promises SET belongs_at = belongs_at - {century}")
        kept = [tuple(row) for row in cursor.execute(sums).all()]
        assert all(row[2] < 0 and row[2] % (row[1] * promise_sums.DAY_US) == 0 for row in kept)
        cursor.execute("DELETE FROM promise_sums")
        promise_sums.add_up(cursor)
        assert [tuple(row) for row in cursor.execute(sums).all()] == kept


def test_a_moment_of_which_too_much_was_settled_later_is_counted_promise_by_promise(
    firm: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MANY", 1)
    with falsified(firm):
        assert found(firm, Question(Moment(at("2026-01-20"))))[None, None]["kept"] < 100
        assert found(firm, Question(Moment(at("2026-07-01") + timedelta(days=90))))[None, None]["kept"] > 100
