"""How a real home runs, as its page is told: what turns, what waits, who has a key; and for whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.answers.home import Home
from dashboard.answers.operations import SHOWN
from dashboard.shapes.asking import Reader, Refusal
from domain.access_key import Token
from domain.roles import Asker, Role
from domain.vocabulary import parse
from projections import customers
from tests.homes import Home as RealHome
from tests.homes import bare, open_at
from tests.notation import at, envelopes
from wiring import access, erasing, presence
from wiring.settings import ROLES

READER = Reader(None, "de", ZoneInfo("Europe/Berlin"))
NOW = at("2026-03-12T07:40")


@pytest.fixture
def home(tmp_path) -> Iterator[RealHome]:
    home = open_at(tmp_path)
    home.take(envelopes("2026-03-01T08:00  Kunde K-1, namens Frau Meier"))
    home.clock.now = NOW
    yield home
    home.close()


@pytest.fixture
def pages(home: RealHome) -> Home:
    return Home(home.konto)


def _as(home: RealHome, *roles: Role) -> Home:
    return Home(replace(home.konto, asker=Asker("ines", frozenset(roles))))


def _key(home: RealHome, **more: object) -> Token:
    return access.create(home.konto, lambda n: bytes(range(n)), scopes=["read"], **more)  # type: ignore[arg-type]


def test_operations_say_what_runs_what_waits_and_who_has_a_key(home, pages):
    quiet = pages.operations(READER)
    assert quiet.lag.behind_since is None
    assert [each.well for each in quiet.services] == [False] * 3
    assert (quiet.keys, quiet.parked_total, quiet.refused_total) == ((), 0, 0)
    assert quiet.missing == ("people", "land")

    token = _key(home, purpose="Zammad")
    for role in ROLES:
        presence.beat(home.konto.log.store, role, "machine/1", NOW - timedelta(seconds=5))
    waits = "".join(f'2026-03-02T10:00  erfüllt "P{number}" [w{number}]\n' for number in range(SHOWN + 2))
    home.take_as_they_come(envelopes(waits), NOW)
    folder = home.konto.home / "refused"
    folder.mkdir()
    (folder / "crm-1.jsonl").write_text(json.dumps({"row": 1}) + "\n" + json.dumps({"row": 2}) + "\n")
    found = pages.operations(READER)
    assert all(each.well and each.instances == 1 for each in found.services)
    (key,) = found.keys
    assert (key.purpose, key.name, key.counts) == ("Zammad", token.name, True)
    assert token.text not in repr(found)
    assert (found.parked_total, len(found.parked)) == (SHOWN + 2, SHOWN)
    assert found.parked[0].needs is not None
    assert [(each.name, each.rows) for each in found.refused] == [("crm-1", 2)]
    assert [(each.kind, each.shipped) for each in found.documents] == [
        ("rulebook", True),
        ("calendars", True),
        ("people", True),
    ]


def test_where_no_backups_are_made_nobody_says_that_all_is_saved(home, pages):
    (saved,) = [each for each in pages.operations(READER).notes if each.area == "backup"]
    assert (saved.ok, saved.advice) == (True, True)
    assert "[backup] folder" in saved.text


def test_operations_show_that_the_tables_are_behind_and_do_not_hide_it_by_asking(home, pages):
    (fact,) = envelopes("2026-03-12T07:00  Kunde K-9, namens Herr Neu [new]")
    home.konto.record([parse(bare(fact), now=NOW)])
    home.clock.now = NOW + timedelta(minutes=30)
    for _ in range(2):
        lag = pages.operations(READER).lag
        assert lag.head == lag.position + 1
        assert lag.behind_since == NOW
    pages.people(READER)
    assert pages.operations(READER).lag.behind_since is None


def test_who_stands_still_is_told_whoever_looks_after_it_and_by_name_whoever_may_see_customers(home, pages):
    home.take_as_they_come(envelopes('2026-03-02T09:00  verspricht K-1 ines "Rohr" bis 2026-03-20 [bad]'), NOW)
    column, last = home.konto.log.events.position, home.konto.log.head()
    (row,) = home.konto.log.rows_at([last])
    for state, still in ((b"{", 1), (bytes(row.state), 0)):
        with home.konto.log.store.writing() as cursor:
            cursor.execute(f"UPDATE stored_events SET state = ? WHERE {column} = ?", (state, last))
        if still:
            home.konto.rebuild()
        assert pages.try_again(READER) == still
        assert pages.firm(READER).still == (still, 0)
        assert [(each.who, each.waiting) for each in pages.operations(READER).still] == [("Frau Meier", 1)] * still
        assert _as(home, "manager").firm(READER).still == (still, 0)
        assert _as(home, "owner").firm(READER).still == (0, 0)
        assert isinstance(_as(home, "owner").try_again(READER), Refusal)


@pytest.mark.parametrize(
    ("role", "sees"), [("owner", None), ("auditor", None), ("manager", (False, False)), ("admin", (True, True))]
)
def test_operations_reach_as_far_as_the_role(home, role, sees):
    found = _as(home, role).operations(READER)
    if sees is None:
        assert isinstance(found, Refusal)
    else:
        assert (found.keys is not None, found.doors is not None) == sees


def test_whose_time_is_over_is_looked_for_once_an_hour_and_again_when_somebody_was_erased(home, pages):
    """It takes a walk over all customers."""
    home.clock.now = at("2031-01-02T08:00")  # what was recorded in 2026 was to be kept for three years

    def due() -> int:
        (said,) = (each.text for each in pages.operations(READER).notes if "konto retention --due" in each.text)
        return int(said.partition(":")[2].partition(",")[0])

    assert due() == 1
    home.take_as_they_come(envelopes("2026-03-01T09:00  Kunde K-2, namens Frau Wolf [wolf]"), home.clock.now)
    home.konto.catch_up()
    home.clock.now += timedelta(minutes=59)
    assert due() == 1
    home.clock.now += timedelta(minutes=2)
    assert due() == 2
    party = customers.find(home.konto.library, home.konto.asker, "K-1")
    erasing.erase(home.konto, erasing.planned(home.konto, party), "not_needed", "")
    assert due() == 1
