"""Deeds become facts through the domain's verbs: once, with their fields, only one's own, and undone at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.errors import Refused
from domain.roles import Asker
from tests.homes import Home
from tests.notation import at, envelopes
from tests.stores import only_files
from wiring import deeds
from wiring.deeds import Deed, Does, do, undo

NOW = at("2026-03-11T10:00")
FIRM = """
2026-03-02T08:00  Kunde K-17, namens Müller, zuständig ines
2026-03-02T08:01  Kunde K-20, namens Familie Wolf, zuständig lutz
2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-12T10:00
2026-03-02T09:01  verspricht K-20 lutz "Wartung" bis 2026-03-12T17:00, Art delivery
2026-03-10T09:00  K-17 fragt "F-1", Kanal email, an ines
2026-03-09T09:00  Vorfall K-20 "V-1" complaint, von lutz
"""


@pytest.fixture
def firm(home: Home) -> Home:
    home.take(envelopes(FIRM))
    home.clock.now = NOW
    return home


def told(home: Home, type: str) -> list[dict[str, Any]]:
    """What the facts of a type say, in their sources' words."""
    log = home.konto.log
    facts = [fact for fact in log.page(0, 1000) if fact.type == type]
    return [fact.data.model_dump(exclude_unset=True) for fact in log.opened(facts)]


SAID: dict[Does, tuple[str, dict[str, Any]]] = {
    "fulfil": ("Angebot", {"degree": 0.5, "evidence": "Foto 12"}),
    "move": ("Angebot", {"due": "2026-03-17", "alternative": "Vorab per Telefon", "asked_by": "us", "agreed": True}),
    "take_back": ("Angebot", {"reason": "Teil fehlt", "alternative": "Firma Kern"}),
    "give_up": ("Angebot", {"reason": "Teil fehlt"}),
    "release": ("Angebot", {"reason": "braucht es nicht mehr"}),
    "plan_b": ("Angebot", {"plan_b": "Ersatzgerät aus dem Lager"}),
    "pause": ("Angebot", {"cause": "customer"}),
    "resume": ("Angebot", {"cause": "customer"}),
    "answer": ("F-1", {"by": "ines", "channel": "phone"}),
    "follow_up": ("Wartung", {"channel": "phone"}),
    "check_in": ("K-17", {"channel": "phone"}),
    "explain": ("V-1", {"channel": "phone"}),
    "apologise": ("V-1", {"channel": "letter"}),
    "ask_chance": ("V-1", {"channel": "phone", "offer": "Wartung umsonst", "amount": 120.0}),
    "offer": ("V-1", {"offer": "Wartung umsonst"}),
    "answer_offer": ("V-1", {"accepted": True}),
    "talk": ("V-1", {"channel": "in_person"}),
    "resolve": ("V-1", {"reason": "Neue Therme"}),
    "close": ("V-1", {}),
}


def test_every_deed_makes_the_one_fact_that_says_so_and_a_second_click_none(firm: Home):
    assert set(SAID) == set(deeds.MAKINGS)
    for does, (on, says) in SAID.items():
        making = deeds.MAKINGS[does]
        for _ in range(2):
            said = {name: date.fromisoformat(value) if name == "due" else value for name, value in says.items()}
            fact = do(firm.konto, Deed(does, f"crm:{on}", f"id-{does}", says=said))
            firm.clock.now += timedelta(seconds=2)
        named = {making.thing: f"crm:{on}"}
        if making.begins:
            about = {"about": f"crm:{on}"} if making.thing == "promise" else {}
            named = {"contact": f"id-{does}", "customer": "crm:K-20" if about else "crm:K-17", **about}
        wanted = {**named, **making.always, **{n: said[n] for n in said}}
        assert [each for each in told(firm, making.type) if each == wanted] == [wanted], does
        if making.thing == "promise" and fact.type in (
            "promise.fulfilled", "promise.withdrawn", "promise.broken", "promise.released"
        ):  # fmt: skip
            undo(firm.konto, f"id-{does}")
    assert len(told(firm, "fact.retracted")) == 4


@only_files
def test_what_is_undone_counts_nowhere_and_can_be_done_again(firm: Home):
    fact = do(firm.konto, Deed("fulfil", "crm:Angebot", "a", at=NOW - timedelta(hours=20)))
    assert fact.time == NOW - timedelta(hours=20)
    assert [row.state for row in firm.listed(NOW) if row.id == "Angebot"] == ["kept"]
    for _ in range(2):
        undo(firm.konto, "a")
        firm.clock.now += timedelta(seconds=2)
    assert len(told(firm, "fact.retracted")) == 1
    assert [row.state for row in firm.listed(NOW) if row.id == "Angebot"] == ["open"]
    do(firm.konto, Deed("fulfil", "crm:Angebot", "b"))
    with pytest.raises(Refused, match="nothing to undo"):
        undo(firm.konto, "c")
    firm.clock.now += timedelta(hours=2)
    with pytest.raises(Refused, match="more than an hour ago"):
        undo(firm.konto, "b")


@only_files
@pytest.mark.parametrize(
    ("does", "says", "sentence"),
    [
        ("fulfil", {"degree": -1.0}, "greater than or equal|at least|less than"),
        ("move", {"due": date(2026, 2, 1)}, "lies before the promise was made"),
        ("pause", {"cause": "moon"}, "."),
        ("move", {}, "."),
    ],
)
def test_what_the_domain_refuses_is_refused_and_nothing_of_it_is_kept(firm: Home, does: Does, says, sentence):
    before = firm.konto.log.head()
    with pytest.raises(Refused, match=sentence):
        do(firm.konto, Deed(does, "crm:Angebot", "a", says=says))
    assert firm.konto.log.head() == before
    assert firm.konto.log.count_parked() == 0


@only_files
def test_settled_twice_ahead_of_time_or_unknown_is_refused(firm: Home):
    do(firm.konto, Deed("fulfil", "crm:Angebot", "a"))
    before = firm.konto.log.head()
    with pytest.raises(Refused, match="already settled"):
        do(firm.konto, Deed("take_back", "crm:Angebot", "b"))
    with pytest.raises(Refused, match="lies in the future"):
        do(firm.konto, Deed("fulfil", "crm:Wartung", "c", at=NOW + timedelta(hours=1)))
    with pytest.raises(Refused, match="nothing here that is called"):
        do(firm.konto, Deed("fulfil", "crm:Unbekannt", "d"))
    assert firm.konto.log.head() == before
    assert firm.konto.log.count_parked() == 0


def test_an_owner_touches_only_their_own_and_hears_of_anothers_as_of_what_is_not_there(firm: Home):
    do(firm.konto, Deed("fulfil", "crm:Wartung", "by-somebody-else"))
    before = firm.konto.log.head()
    ines = replace(firm.konto, asker=Asker("ines", frozenset({"owner"})))
    for does, on in (("fulfil", "Wartung"), ("follow_up", "Wartung"), ("explain", "V-1"), ("check_in", "K-20")):
        with pytest.raises(Refused, match=r"nothing here that is called|There is no customer"):
            do(ines, Deed(does, f"crm:{on}", "a"))  # type: ignore[arg-type]
    with pytest.raises(Refused):
        undo(ines, "by-somebody-else")
    auditor = replace(firm.konto, asker=Asker("karin", frozenset({"auditor"})))
    with pytest.raises(Refused, match="role"):
        do(auditor, Deed("fulfil", "crm:Angebot", "a"))
    assert firm.konto.log.head() == before
    do(ines, Deed("fulfil", "crm:Angebot", "mine"))
    undo(ines, "mine")
    assert [row.state for row in firm.listed(NOW) if row.id == "Angebot"] == ["open"]
