"""Followers who share out the customers: the tables say what one follower alone would have made of the log."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from domain.rulebook import default_text
from domain.store import OldBookmark
from domain.vocabulary import parse
from projections import merkle, shares
from projections.follow import PAGE, Follower
from projections.shares import Marks, Share
from tests.homes import Home, open_at, recorded_at, stamped
from tests.notation import Data, envelopes
from tests.processes import at_once
from tests.projections.test_follow import (
    NOW,
    PEOPLE,
    SHORT_DAYS,
    STORY,
    Tables,
    contents,
    empty_views,
    put_back,
    raise_alerts_and_let_each_end_otherwise,
    rebuilt,
    told,
)
from tests.properties import test_any_order as any_order
from tests.stores import NewFolder
from wiring.checking import findings
from wiring.home import open_home

MISTAKEN = """
Begun for the wrong customer, taken back, and begun anew for the right one, who is in no way the same.

2026-02-03T08:00  verspricht B-1 ines "verwechselt" bis 2026-02-20 [verwechselt]
2026-02-03T09:00  beschreibt "verwechselt", Plan B
2026-02-04T08:00  zieht zurück [verwechselt]
2026-02-05T08:00  verspricht B-2 ines "verwechselt" bis 2026-02-20
2026-02-06T08:00  erfüllt "verwechselt"
2026-02-07T08:00  B-1 hakt nach "wo bleibt es" zu "verwechselt", Kanal email
"""
on_postgres = pytest.mark.parametrize("engine", ["postgres"], indirect=True)
interleavings = pytest.mark.parametrize(
    "seeds", [pytest.param(range(6), id="short"), pytest.param(range(6, 300), id="long", marks=pytest.mark.long)]
)


def facts() -> list[Data]:
    """Those of every type, with merges, separations and mistakes, under names that nobody else here has."""
    text = "\n".join(any_order.told()).replace("K-", "A-")
    return sorted((stamped(each) for each in [*envelopes(text), *told(MISTAKEN)]), key=recorded_at)


def portions(facts: Sequence[Data], size: int) -> Iterator[Sequence[Data]]:
    for start in range(0, len(facts), size):
        yield facts[start : start + size]


def fill(home: Home) -> None:
    """Documents come in the middle; at the end there are alerts in every state."""
    documents = iter([("people", PEOPLE), ("calendars", SHORT_DAYS), ("rulebook", HALF), ("rulebook", default_text())])
    for some in portions(facts(), 60):
        receipts = home.take(some)
        assert {each.status for each in receipts} <= {"recorded", "parked"}
        if (document := next(documents, None)) is not None:
            home.konto.publish(*document)
    home.take(told(STORY))
    assert {each.status for each in home.take(told(RATES))} == {"recorded"}
    raise_alerts_and_let_each_end_otherwise(home)
    home.take(told(OPEN))
    home.konto.publish("calendars", LONG_DAYS)
    home.konto.catch_up()


RATES = "2026-01-01T00:00  Quoten 2025-12 0.6 0.3 (erfasst 2026-02-24T09:00)"
"""Whatever was booked since January is folded again when they are recorded."""
OPEN = "\n".join(f'2026-03-11T09:0{n}  verspricht D-{n} ines "D{n}" bis 2026-03-30' for n in range(8))
"""Folded again because of the calendar that comes last, and because of nothing else."""
LONG_DAYS = SHORT_DAYS.replace("08:00-12:00", "05:00-21:00")
HALF = default_text().replace("half_life_days = 365", "half_life_days = 60", 1)


@dataclass
class Log:
    """A home with everything in it, and what one follower makes of it."""

    home: Home
    expected: Tables


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    folder = tmp_path_factory.mktemp("full")
    home = open_at(folder / "home")
    fill(home)
    yield Log(home, rebuilt(home.konto, folder))
    home.close()


def bring(follower: Follower, number: int, page_size: int) -> None:
    """One page of one share, as far as it gets by itself; with all others together where customers become one."""
    marks = follower.views.marks()
    rows = follower.log.rows(marks.positions[number], page_size)
    if own := shares.before_joining(rows):
        follower._project_share(Share(number, marks.among), marks, own)
    elif rows and marks.are_level:
        follower._project(marks, shares.with_joining(rows))


def bring_all_in_any_order(follower: Follower, chance: random.Random) -> int:
    """How far the shares were from each other at most, in positions of the log."""
    furthest, head = 0, follower.log.head()
    follower.share_out(chance.randint(2, 5))
    while follower.views.position() < head:
        if chance.random() < 0.02:
            follower.share_out(chance.randint(1, 5))
        marks = follower.views.marks()
        furthest = max(furthest, marks.most - marks.least)
        bring(follower, chance.randrange(marks.among), chance.choice((1, 5, 20, 60)))
    return furthest


# -- whatever goes on at the same time ------------------------------------------------------------------


def test_the_history_joins_customers_of_different_shares_in_both_ways(full: Log):
    rows = full.home.konto.log.rows(0, PAGE)
    joining = [row for row in rows if shares.joins(row)]
    assert {row.topic for row in joining} == {"customer.merged", "promise.made"}
    together = [row[0].split() for row in full.home.rows(
        "SELECT a.customer || ' ' || b.customer FROM families a JOIN families b ON a.family = b.family "
        "WHERE a.customer < b.customer"
    )]  # fmt: skip
    apart = [pair for pair in together if Share(0, 2).has(pair[0]) != Share(0, 2).has(pair[1])]
    assert apart, "before they were one, they were two followers'"
    assert sum(len(rows) for rows in full.expected.values()) > 1_500


@interleavings
def test_shares_in_any_interleaving_and_number_give_the_tables_of_one_follower(full: Log, tmp_path: Path, seeds: range):
    furthest = []
    for seed in seeds:
        with empty_views(tmp_path / f"{seed}.db") as views:
            follower = Follower(full.home.konto.log, views)
            furthest.append(bring_all_in_any_order(follower, random.Random(seed)))
            assert contents(views) == full.expected, seed
    assert max(furthest) > 80


@on_postgres
def test_shares_in_any_interleaving_give_the_same_tables_on_postgres(home: Home, tmp_path: Path):
    fill(home)
    views, expected = home.konto.views, rebuilt(home.konto, tmp_path)
    assert contents(views) == expected
    with empty_views(tmp_path / "empty.db") as empty:
        put_back(views, empty, 0)
    bring_all_in_any_order(home.konto.follower, random.Random(1))
    assert contents(views) == expected
    assert list(findings(home.konto)) == []


@pytest.mark.parametrize("ahead", [0, 1, 2])
def test_one_share_far_ahead_of_the_others_goes_as_far_as_the_first_fact_that_makes_customers_one(
    full: Log, tmp_path: Path, ahead: int
):
    log = full.home.konto.log
    joining = next(row.position for row in log.rows(0, PAGE) if shares.joins(row))
    with empty_views(tmp_path / "views.db") as views:
        follower = Follower(log, views)
        follower.share_out(3)
        for _ in range(5):
            bring(follower, ahead, 1_000)
        assert views.marks() == Marks(tuple(joining - 1 if number == ahead else 0 for number in range(3)))
        assert views.position() == 0, "nobody may count on more"
        with views.store.reading() as cursor:
            assert merkle.size(cursor) == views.marks().tree == (joining - 1 if ahead == 0 else 0)
        assert follower.catch_up() > 0
        assert contents(views) == full.expected


def test_each_share_folds_its_own_customers_and_the_first_one_all_the_rest(full: Log, tmp_path: Path):
    log = full.home.konto.log
    with empty_views(tmp_path / "views.db") as views:
        follower = Follower(log, views)
        follower.share_out(2)
        bring(follower, 1, 100)
        seen = {row[0] for row in views.rows("SELECT customer FROM customers")}
        assert seen == {each for each in seen if Share(1, 2).has(each)} != set()
        assert views.rows("SELECT 1 FROM tiles") == []


@pytest.mark.parametrize("number", [1, 2, 7])
def test_catching_up_counts_every_fact_once_whatever_the_number_of_shares(full: Log, tmp_path: Path, number: int):
    log = full.home.konto.log
    heard: list[tuple[int, int]] = []
    with empty_views(tmp_path / "views.db") as views:
        follower = Follower(log, views)
        follower.share_out(number)
        assert follower.catch_up(page_size=50, progress=lambda *told: heard.append(told)) == log.head()
        assert views.marks() == Marks((log.head(),) * number)
        assert [position for position, _ in heard] == sorted(position for position, _ in heard)
        assert contents(views) == full.expected


# -- how many there are ---------------------------------------------------------------------------------


def test_a_bookmark_that_others_moved_or_shares_that_became_others_are_left_alone(full: Log, tmp_path: Path):
    log = full.home.konto.log
    with empty_views(tmp_path / "views.db") as views:
        one, other = Follower(log, views), Follower(log, views)
        old = views.marks()
        one.share_out(2)
        few = log.rows(0, 5)
        assert other._project(old, few) == 0, "it still thinks that there is one"
        marks = views.marks()
        assert one._project_share(Share(0, 2), marks, few) is not None
        assert other._project_share(Share(0, 2), marks, few) == 0, "somebody else did"
        with pytest.raises(OldBookmark), views.store.writing() as cursor:
            shares.move(views.bookmarks, cursor, None, marks, 0, 5)
        assert views.marks() == Marks((5, 0))


def test_another_number_of_shares_builds_nothing_anew_and_levels_all_bookmarks_first(full: Log, tmp_path: Path):
    log = full.home.konto.log
    with empty_views(tmp_path / "views.db") as views:
        follower = Follower(log, views)
        follower.share_out(2)
        bring(follower, 0, 60)
        reached = views.marks().most
        before = views.rows("SELECT level, number, hashes FROM tiles")
        follower.share_out(3)
        assert views.marks() == Marks((reached,) * 3)
        assert views.rows("SELECT level, number, hashes FROM tiles") == before
        follower.share_out(1)
        assert [tuple(row) for row in views.rows("SELECT * FROM tracking")] == [("views", reached)], (
            "as a home that never had others"
        )
        follower.catch_up()
        assert contents(views) == full.expected


def test_a_rebuild_and_a_check_leave_as_many_shares_as_there_were(home: Home):
    home.take(told(STORY))
    konto = home.konto
    konto.follower.share_out(3)
    head = konto.log.head()
    for _ in range(2):
        konto.rebuild()
        assert konto.views.marks() == Marks((head,) * 3)
        assert list(findings(konto)) == []
    live = contents(konto.views)
    konto.record([parse(each, now=NOW) for each in told("2026-03-11T09:00  K-3 empfiehlt uns")])
    bring(konto.follower, 2, 10)
    assert konto.views.position() == head
    konto.rebuild()
    assert konto.views.marks() == Marks((head + 1,) * 3)
    assert contents(konto.views) != live


@pytest.mark.parametrize("number", [1, 2])
def test_tables_ahead_of_a_log_that_was_put_back_are_told_as_such(home: Home, number: int):
    home.take(told(STORY))
    konto, head = home.konto, home.konto.log.head()
    konto.follower.share_out(number)
    with konto.views.store.writing() as cursor:
        konto.views.bookmarks.advance(cursor, "views" if number == 1 else "views 2/2", head + 7)
    (found,) = findings(konto)
    assert (found.code, found.params) == ("ahead", {"position": head + 7, "head": head})
    konto.rebuild()
    assert list(findings(konto)) == []


# -- several processes ----------------------------------------------------------------------------------


@on_postgres
def test_the_number_goes_up_and_down_while_facts_are_recorded_and_three_follow(new_folder: NewFolder, tmp_path: Path):
    folder = new_folder()
    open_at(folder).close()
    calls = [("record", 0), ("follow", 0), ("follow", 1), ("follow", 2), ("change", 0)]
    recorded, *followed, changed = at_once(_take_part, [(role, str(folder), number) for role, number in calls])
    with open_home(folder, environment={}, clock=lambda: NOW) as konto:
        konto.catch_up()
        assert recorded == RECORDED
        assert changed >= 5
        assert sum(each > 0 for each in followed) >= 2, followed
        assert contents(konto.views) == rebuilt(konto, tmp_path)


RECORDED = 400
CUSTOMERS = 30


def _take_part(role: str, folder: str, number: int) -> int:
    with open_home(Path(folder), environment={}, clock=lambda: NOW) as konto:
        if role == "record":
            return sum(
                receipt.status == "recorded"
                for some in portions(_much(), 40)
                for receipt in konto.record([parse(each, now=NOW) for each in some])
            )
        done, chance, until = 0, random.Random(number), monotonic() + 60
        konto.follower.first = number
        while konto.views.position() < RECORDED:
            assert monotonic() < until
            if role == "change":
                konto.follower.share_out(chance.randint(1, 4))
                done += 1
            else:
                done += konto.follower.catch_up(page_size=50, wait=False)
        return done


def _much() -> list[dict[str, Any]]:
    lines = []
    for number in range(RECORDED // 2):
        customer = f"C-{number % CUSTOMERS}"
        lines.append(f'2026-02-02T09:{number % 60:02}  verspricht {customer} ines "V-{number}" bis 2026-02-20')
        lines.append(f'2026-02-1{number % 8}T10:00  erfüllt "V-{number}"')
    lines[250:250] = [f"2026-02-20T09:00  führt C-{2 * each} und C-{2 * each + 1} zusammen" for each in range(5)]
    return [{**each, "id": f"much/{place}"} for place, each in enumerate(envelopes("\n".join(lines[:RECORDED])))]


def test_customers_fall_evenly_into_any_number_of_shares(full: Log):
    customers = [full.home.konto.log.ids.person(str(number)) for number in range(3_000)]
    for among in range(2, shares.MOST + 1):
        sizes = [sum(Share(number, among).has(each) for each in customers) for number in range(among)]
        assert sum(sizes) == len(customers)
        assert max(sizes) < 1.3 * len(customers) / among, sizes
