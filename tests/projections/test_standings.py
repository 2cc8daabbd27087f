"""All accounts in order at any moment, against the accounts themselves, added up line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

import pytest

from domain import account
from domain.account.stretches import Stretch, Usual, half_lives, stretches, usuals
from domain.roles import LOCAL_USER, Asker
from domain.rulebook import default_text
from projections import customers, rhythm, rhythms, standings
from projections.filters import Moment
from projections.follow import TABLE_NAMES
from projections.statements import lines_of_all
from tests.homes import Home, open_at, stamped
from tests.notation import Data, at, envelopes
from tests.properties.test_any_order import facts as of_every_type
from tests.stores import ENGINES, lasting_folder

NOW = at("2026-06-01T12:00Z")
BY = ("balance", "change", "buffer")
CUSTOMERS = 24


def told() -> Iterator[str]:
    """Beside five customers of whom everything was told: many with promises, and some of whom we heard, or no more."""
    rng = Random(8)
    for n in range(CUSTOMERS):
        began = at("2026-01-07T08:00Z") + timedelta(hours=rng.randrange(24 * 60))
        for place in range(rng.randrange(1, 9)):
            made = began + timedelta(days=place * rng.randrange(2, 14), minutes=n)
            due = made + timedelta(hours=rng.randrange(20, 300))
            yield f'{written(made)}  verspricht R-{n} ines "p{n}.{place}" bis {written(due)}'
            ended = due + timedelta(hours=rng.choice((-8, -8, -5, 30, 100, 200)))
            if ended < NOW and rng.random() < 0.85:
                yield f'{written(ended)}  erfüllt "p{n}.{place}"'
        for place in range(n % 6):
            spoke = began + timedelta(days=7 * place, hours=1 + rng.random())
            yield f'{written(spoke)}  meldet sich "s{n}.{place}" bei R-{n}, Zweck service, von lutz, Kanal phone'
    yield f'{written(at("2026-03-01T09:00Z"))}  Vorfall R-3 "v3" untruth'
    yield f'{written(at("2026-05-20T09:00Z"))}  Vorfall R-4 "v4" complaint, zu "p4.0"'
    yield f"{written(at('2026-02-01T09:00Z'))}  Kunde R-6, zuständig karin"


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%MZ")


def facts() -> list[Data]:
    own = "\n".join(f"{line} [own/{number}]" for number, line in enumerate(told()))
    return [stamped(each) for each in (*of_every_type(), *envelopes(own))]


@pytest.fixture(scope="module", params=ENGINES)
def firm(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder(request.param, "standings", request))
    home.take(facts())
    home.clock.now = NOW
    yield home
    home.close()


def moments(number: int) -> list[datetime]:
    rng, first = Random(5), at("2025-12-20")
    later = [first + (NOW + timedelta(days=400) - first) * rng.random() for _ in range(number)]
    return [NOW, at("2025-01-01"), NOW + timedelta(days=4000), *later]


def test_every_stretch_says_what_the_lines_come_to_but_for_their_rounding(firm):
    rulebooks = firm.konto.steering.rulebooks
    for lines in lines_of(firm).values():
        cut, usual = stretches(lines, rulebooks), usuals(lines, rulebooks)
        for moment in moments(12):
            (now,) = [each for each in cut if _covers(each, moment)]
            standing = [line for line in lines if line.stands_at(moment)]
            rounded = 0.5 * len(standing) + 0.5
            assert abs(held(now, moment, rulebooks) - account.balance(lines, moment, rulebooks)) <= rounded
            withdrawals = [-points for line in standing if (points := line.points_at(moment, rulebooks)) < 0
                           and (moment - line.time) <= timedelta(days=365)]  # fmt: skip
            found = [each for each in usual if _covers(each, moment)]
            assert len(found) == (len(withdrawals) >= 3)


def test_the_order_is_that_of_the_accounts_at_any_moment(firm):
    library, rulebooks = firm.konto.library, firm.konto.steering.rulebooks
    lines, everybody = lines_of(firm), {each.customer for each in customers.listed(library, LOCAL_USER, limit=None)}
    assert len(everybody) == CUSTOMERS + 4, "two of five are one"
    for moment in moments(8):
        for by in BY:
            found = standings.in_order(library, LOCAL_USER, moment, by, rulebooks, limit=100)
            assert len(found) == len(everybody)
            assert set(found) == everybody
            worth = [compared(by, lines.get(each, []), moment, rulebooks) for each in found]
            behind = max(top - now for top, now in zip(accumulate(worth, max), worth, strict=True))
            assert behind <= 20, f"{by} at {moment}: {behind} hundredths beside the order"
            parts = [standings.in_order(library, LOCAL_USER, moment, by, rulebooks, limit=9, offset=start)
                     for start in range(0, 36, 9)]  # fmt: skip
            assert [each for part in parts for each in part] == found


def test_those_who_hold_a_text_come_in_the_same_order_and_owners_see_their_own(firm, monkeypatch):
    library, rulebooks = firm.konto.library, firm.konto.steering.rulebooks
    karin = Asker("karin", frozenset({"owner"}))
    asked = (NOW, "balance", rulebooks)
    everybody = standings.in_order(library, LOCAL_USER, *asked, limit=100)
    held_by = {each.customer for each in customers.listed(library, LOCAL_USER, text="R-1", limit=None)}
    reckoned = standings.in_order(library, LOCAL_USER, *asked, text="R-1", limit=100)
    monkeypatch.setattr(standings, "RECKONED", 3)
    walked = standings.in_order(library, LOCAL_USER, *asked, text="R-1", limit=100)
    assert reckoned == walked == [each for each in everybody if each in held_by]
    assert 8 <= len(walked) < len(everybody)
    own = standings.in_order(library, karin, *asked, limit=100)
    assert set(own) == {each.customer for each in customers.listed(library, karin, limit=None)}
    assert 0 < len(own) < len(everybody)
    assert standings.in_order(library, LOCAL_USER, *asked, text="%", limit=100) == []


def test_whoever_is_silent_or_misses_something_is_found_as_by_reading_all_contacts(firm):
    library = firm.konto.library
    for moment in (Moment(NOW), Moment(NOW - timedelta(hours=1)), Moment(NOW + timedelta(days=90))):
        for asker in (LOCAL_USER, Asker("karin", frozenset({"owner"}))):
            silent, lapsed = rhythm.silent(library, asker, moment), rhythm.lapsed(library, asker, moment)
            listed = rhythms.listed(library, asker, moment, limit=100)
            ordered = [each.customer for each in sorted(silent, key=lambda each: each.last or each.since)]
            assert listed.customers[: len(silent)] == ordered
            missing = {each.customer for each in lapsed}.difference(ordered)
            assert set(listed.customers[len(silent) :]) == missing
            assert listed.total == len(silent) + len(missing)
            assert rhythms.count(library, asker, moment) == len(silent)
            newest, total = rhythms.newest(library, asker, moment, None, 100)
            assert total == len(silent)
            assert newest == sorted(newest, key=lambda each: (each.usual is not None, each.since), reverse=True)
            assert sorted(newest) == sorted(silent)
        everybody = [each.customer for each in customers.listed(library, LOCAL_USER, limit=None)]
        assert rhythms.silent_among(library, moment, everybody) == {
            each.customer: each for each in rhythm.silent(library, LOCAL_USER, moment)
        }
        found = [each for own in rhythms.lapsed_among(library, moment, everybody).values() for each in own]
        assert sorted(found) == sorted(rhythm.lapsed(library, LOCAL_USER, moment))
    assert rhythms.count(library, LOCAL_USER, Moment(NOW)) >= 5
    assert rhythms.lapsed_among(library, Moment(NOW), everybody)


def test_another_half_life_puts_everybody_in_order_anew_as_a_rebuild_does(tmp_path: Path):
    home = open_at(tmp_path / "home")
    home.take(facts()[::3])
    start = NOW + timedelta(days=3)
    home.clock.now = NOW
    half = default_text().replace("half_life_days = 365", "half_life_days = 60", 1)
    assert half != default_text()
    home.konto.publish("rulebook", half, start)
    home.konto.catch_up()
    rulebooks, lines = home.konto.steering.rulebooks, lines_of(home)
    for moment in (NOW, start, start + timedelta(days=40)):
        found = standings.in_order(home.konto.library, LOCAL_USER, moment, "balance", rulebooks, limit=100)
        worth = [account.balance(lines.get(each, []), moment, rulebooks) for each in found]
        assert max(top - now for top, now in zip(accumulate(worth, max), worth, strict=True)) <= 20
    ours = ("standings", "usual_withdrawals", "rhythms", "habits")
    assert set(ours) < set(TABLE_NAMES)
    live = {table: sorted(map(str, home.rows(f"SELECT * FROM {table}"))) for table in ours}
    home.konto.rebuild()
    assert live == {table: sorted(map(str, home.rows(f"SELECT * FROM {table}"))) for table in ours}
    home.close()


@pytest.mark.parametrize("firm", ["sqlite"], indirect=True)
def test_no_page_of_the_list_reads_every_account_or_every_contact(firm):
    """By the plan that SQLite makes: nothing is scanned that has a row for each line, promise, contact or fact."""
    asked: list[str] = []
    with firm.konto.views.store.reading() as cursor:
        engine = cursor.engine.sqlite_cursor.connection
        engine.set_trace_callback(asked.append)
    library, rulebooks = firm.konto.library, firm.konto.steering.rulebooks
    for by in BY:
        standings.in_order(library, LOCAL_USER, NOW, by, rulebooks, limit=50, offset=100)
    rhythms.count(library, LOCAL_USER, Moment(NOW))
    rhythms.newest(library, LOCAL_USER, Moment(NOW), None, 5)
    customers.count(library, LOCAL_USER)
    engine.set_trace_callback(None)
    # Each transaction also looks whether the tables still count.
    asked = [sql for sql in asked if sql.startswith("SELECT") and "sqlite_master" not in sql]
    assert len(asked) == 3 + 1 + 2 + 1
    plans = [row[3] for sql in asked for row in firm.rows(f"EXPLAIN QUERY PLAN {sql}")]
    assert sum("SCAN s USING COVERING INDEX standings_settled" in plan for plan in plans) == 3
    scanned = {plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan}
    # What was found before: a page, what is moving, of whom something is usual, who is silent.
    assert scanned <= {"SCAN o", "SCAN u0", "SCAN w", "SCAN u", "SCAN r"}, scanned


def compared(by: str, lines: list[account.Posting], moment: datetime, rulebooks: account.Rulebooks) -> float:
    if by == "buffer":
        return 400 * account.buffer(lines, moment, rulebooks)
    now = account.balance(lines, moment, rulebooks)
    return now if by == "balance" else now - account.balance(lines, moment - standings.CHANGE, rulebooks)


def lines_of(home: Home) -> dict[str, list[account.Posting]]:
    everybody = [each.customer for each in customers.listed(home.konto.library, LOCAL_USER, limit=None)]
    return lines_of_all(home.konto.views, everybody)


def _covers(each: Stretch | Usual, moment: datetime) -> bool:
    return (each.start is None or each.start <= moment) and (each.end is None or moment < each.end)


def held(each: Stretch, moment: datetime, rulebooks: account.Rulebooks) -> float:
    lives = half_lives(moment, rulebooks.at(moment))
    days = 0.0 if each.start is None else (moment - each.start) / timedelta(days=1)
    fading = each.sign * 2.0 ** (each.sign * each.height - lives) if each.sign else 0.0
    return fading + each.fixed + each.slope_a_day * days
