"""Which open promises are at risk, and whom one may ask the adviser about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.errors import Refused
from domain.roles import LOCAL_USER, Asker
from projections.advice import at_risk, learned, people
from projections.filters import Moment
from tests.homes import Home, open_at
from tests.notation import at, envelopes, local
from tests.stores import lasting_folder

NOW = "2026-03-12T07:40"
PEOPLE = """
[[persons]]
id = "ines"
name = "Ines Roth"
aliases = ["iroth"]

[[persons]]
id = "neu"
name = "Nora Neu"
"""


def _past() -> Iterator[str]:
    """Thirty promises of each: Lutz keeps every fifth, Ines all."""
    for number in range(30):
        made = at("2026-02-01T09:00") + timedelta(hours=6 * number)
        for who in ("lutz", "ines"):
            kept = who == "ines" or number % 5 == 0
            until, end = made + timedelta(days=2), made + timedelta(days=1 if kept else 3)
            yield f'{local(made)}  verspricht K-17 {who} "{who} {number}" bis {local(until)}'
            yield f'{local(end)}  erfüllt "{who} {number}"'


OPEN = """
    2026-03-10T09:00  verspricht K-17 lutz "Angebot" bis 2026-03-20T12:00, Plan B
    2026-03-10T09:00  verspricht K-17 ines "Wartung" bis 2026-03-20T12:00
    2026-03-10T09:00  verspricht K-18 lutz "Rückruf" bis 2026-03-12T10:00
    2026-03-10T09:00  verspricht K-18 lutz "Therme" bis 2026-03-11T10:00
    2026-03-10T09:00  verspricht K-18 lutz "ohne Termin"
    2026-03-10T09:00  verspricht K-18 lutz "Bad" bis 2026-03-20T12:00
    2026-03-11T09:00  pausiert "Bad" wegen Kunde
    2026-03-10T09:00  verspricht K-18 lutz "Pumpe" bis 2026-03-20T12:00
    2026-03-11T09:00  erfüllt "Pumpe"
    2026-03-10T09:00  verspricht K-18 lutz "Heizung" bis 2026-03-20T12:00
    2026-03-11T09:00  übergibt "Heizung" an ines
"""


@pytest.fixture(scope="module")
def firm(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder("sqlite", "advice", request))
    home.konto.publish("people", PEOPLE, at("2026-01-01"))
    receipts = home.take(envelopes("\n".join([*_past(), OPEN])))
    assert [each.refused for each in receipts if each.refused] == []
    home.clock.now = at(NOW)
    yield home
    home.close()


def _found(home: Home, moment: str = NOW, asker: Asker = LOCAL_USER, among: list[str] | None = None) -> set[str]:
    adviser = learned(home.konto.library, at(moment))
    found = at_risk(home.konto.library, asker, Moment(at(moment)), adviser, among)
    return {row.id for row in home.listed(moment) if row.promise in found}


def test_at_risk_is_what_is_probably_not_kept_while_there_is_time_for_notice(firm):
    """Neither what is too late to tell, overdue, undated, paused or done, nor what Ines promised."""
    assert _found(firm) == {"Angebot", "Heizung"}


def test_nothing_is_at_risk_after_the_last_moment_for_notice(firm):
    (angebot,) = [row for row in firm.listed(NOW) if row.id == "Angebot"]
    assert angebot.last_moment is not None
    last = angebot.last_moment
    assert "Angebot" in _found(firm, local(last - timedelta(minutes=1)))
    assert "Angebot" not in _found(firm, local(last))


def test_the_estimate_of_an_open_promise_leaves_the_promise_itself_out_of_the_load(firm):
    library, moment = firm.konto.library, Moment(at(NOW))
    adviser = learned(library, moment.at)
    ids = {row.id: row.promise for row in firm.listed(NOW)}
    found = at_risk(library, LOCAL_USER, moment, adviser)[ids["Angebot"]]
    assert found.probability is not None
    assert found.probability < 0.6
    assert found.load == adviser.load(firm.konto.log.ids.person("lutz")) - 1


def test_while_too_little_is_known_nothing_is_called_at_risk(firm):
    assert _found(firm, "2026-02-02T12:00") == set()


def test_a_page_asks_only_about_its_own_promises(firm):
    ids = {row.id: row.promise for row in firm.listed(NOW)}
    assert _found(firm, among=[ids["Angebot"], ids["Wartung"]]) == {"Angebot"}
    assert _found(firm, among=[]) == set()


def test_owners_see_what_is_at_risk_in_their_own_hands_and_nobody_elses(firm):
    assert _found(firm, asker=Asker("ines", frozenset({"owner"}))) == {"Heizung"}
    assert _found(firm, asker=Asker("iroth", frozenset({"owner"}))) == {"Heizung"}
    assert _found(firm, asker=Asker("lutz", frozenset({"owner"}))) == {"Angebot"}
    assert _found(firm, asker=Asker("karin", frozenset({"manager"}))) == {"Angebot", "Heizung"}
    with pytest.raises(Refused):
        _found(firm, asker=Asker("ada", frozenset({"admin"})))


def test_one_can_ask_about_who_works_here_and_who_promised_lately(firm):
    library = firm.konto.library
    assert people(library, LOCAL_USER, at(NOW)) == ["Ines Roth", "lutz", "Nora Neu"]
    assert people(library, LOCAL_USER, at("2027-06-01")) == ["Ines Roth", "Nora Neu"]
    assert people(library, Asker("iroth", frozenset({"owner"})), at(NOW)) == ["Ines Roth"]
    assert people(library, Asker("lutz", frozenset({"owner"})), at(NOW)) == ["lutz"]
