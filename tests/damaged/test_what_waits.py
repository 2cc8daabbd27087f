"""A fact that waits and can no longer be read keeps nothing else waiting, and its source can send it again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.answers.home import Home as Pages
from tests.cli.home import Konto
from tests.damaged.damage import damaged, newest, waiting_damaged
from tests.dashboard.reading import answered_by, opened, text_of
from tests.erasing.person import found_in, told
from tests.erasing.test_erasing import erase, plan, said_by
from tests.homes import Home
from tests.notation import Data, at, envelopes
from wiring import checking

NOW = at("2026-04-01T12:00")
MADE, KEPT, OTHER_MADE, OTHER_KEPT = envelopes("""
2026-03-02T09:00  verspricht K-1 ines "Angebot" bis 2026-03-04T09:00
2026-03-03T09:00  erfüllt "Angebot" [kept]
2026-03-02T10:00  verspricht K-2 ines "Therme" bis 2026-03-04T09:00
2026-03-03T10:00  erfüllt "Therme" [other kept]
""")


def statuses(home: Home, *told: Data) -> list[str]:
    return [receipt.status for receipt in home.take_as_they_come(list(told), NOW)]


def waiting(home: Home) -> list[str]:
    return [each.fact.id for each in home.konto.log.parked()]


@contextmanager
def one_of_two_damaged(home: Home) -> Iterator[None]:
    assert statuses(home, KEPT, OTHER_KEPT) == ["parked", "parked"]
    (key,) = (each.fact.key for each in home.konto.log.parked() if each.fact.id == "kept")
    with waiting_damaged(home.konto, [key]):
        yield


def test_what_it_waits_for_is_recorded_and_so_is_the_fact_once_it_is_sent_again(home: Home):
    with one_of_two_damaged(home):
        assert statuses(home, OTHER_MADE, MADE) == ["recorded", "recorded"]
        assert waiting(home) == []
        assert {row.what: row.state for row in home.listed("2026-04-10")} == {"Therme": "kept", "Angebot": "overdue"}
        assert home.konto.log.count_parked() == 1, "it is told until its source has sent it again"
        assert statuses(home, KEPT) == ["recorded"]
        assert home.konto.log.count_parked() == 0
        assert {row.state for row in home.listed("2026-04-10")} == {"kept"}


def test_sent_again_before_what_it_waits_for_it_waits_as_it_did(home: Home):
    with one_of_two_damaged(home):
        assert statuses(home, KEPT, KEPT) == ["parked", "already"]
        assert sorted(waiting(home)) == ["kept", "other kept"]


def test_the_list_the_page_the_export_and_the_check_say_so(home: Home):
    konto = Konto(home.konto.home, now=NOW)
    whole = konto("parked", "--lang", "en").out
    with one_of_two_damaged(home):
        listed = konto("parked", "--lang", "en").out
        assert "promise.fulfilled crm:other kept" in listed
        assert "cannot be read: damaged, or changed by hand. Please let its source send it again" in listed
        first, second = json.loads(konto("parked", "--json", "--lang", "en").out)
        assert (first["id"], second["id"], second["since"]) == ("other kept", None, first["since"])
        with answered_by(Pages(home.konto)):
            told = text_of(opened("operations"))
        assert "Bitte aus seiner Quelle noch einmal senden" in told
        assert "crm:other kept" in told
        answer = konto("export", "--lang", "en", code=1)
        assert [json.loads(line)["id"] for line in answer.out.splitlines() if '"promise' in line] == ["other kept"]
        assert "Facts that wait and cannot be read are not in it: 1." in answer.err
        (found,) = checking.findings(home.konto)
        assert (found.code, found.params) == ("unreadable_parked", {"n": 1})
    assert whole != listed
    assert list(checking.findings(home.konto)) == []


def test_whoever_is_erased_takes_along_what_waits_and_may_be_theirs(home: Home):
    told(home)
    theirs = [each.fact.key for each in home.konto.log.parked() if each.fact.type == "promise.broken"]
    with waiting_damaged(home.konto, theirs):
        assert plan(home).parked == 2
        erase(home)
        left, damaged = home.konto.log.all_parked()
    assert ([each.fact.id for each in left], damaged) == (["whose-is-it"], [])
    assert found_in(said_by(home)) == []


def test_of_what_waits_again_the_rest_is_listed(home: Home):
    """Both promises were recorded by mistake; of one of them something can no longer be read."""
    assert statuses(home, MADE, KEPT, OTHER_MADE, OTHER_KEPT) == ["recorded"] * 4
    assert statuses(
        home,
        *envelopes(f"""
2026-03-05T09:00  zieht zurück [{MADE["id"]}] [mistake]
2026-03-05T09:01  zieht zurück [{OTHER_MADE["id"]}] [other mistake]
"""),
    ) == ["recorded", "recorded"]
    home.clock.now = NOW
    home.konto.catch_up()
    konto = Konto(home.konto.home, now=NOW)
    assert len(json.loads(konto("parked", "--json").out)) == 2
    with damaged(home.konto, [newest(home.konto, "promise-", "promise.fulfilled")]):
        (left,) = json.loads(konto("parked", "--json").out)
        assert left["id"] == "kept"
        with answered_by(Pages(home.konto)):
            assert "crm:kept" in text_of(opened("operations"))
