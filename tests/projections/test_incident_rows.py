"""The table of incidents: how each one stood and how far its recovery had come, at any moment, by any knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from domain.errors import Refused
from domain.roles import LOCAL_USER, Asker, NotAllowed
from projections import suppliers
from projections.filters import Filter, Moment
from projections.incidents import IncidentRow, count, listed
from tests.homes import Home
from tests.notation import Given, at, local

LIFE = """
2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work, ernst, von lutz, Team Montage, Lieferant Acme, Produkt T4
2026-03-02T10:00  nennt den Grund, von lutz
2026-03-02T11:00  entschuldigt sich, von lutz
2026-03-02T15:00  übergibt Vorfall an ines, Team Büro
2026-03-03T09:00  bittet um neue Chance, mit Angebot
2026-03-04T09:00  spricht persönlich
2026-03-05T09:00  löst
2026-03-09T09:00  öffnet wieder
2026-03-10T09:00  löst
2026-03-12T09:00  schließt
"""


def rows(home: Home, moment: str, known: str | None = None, **more: Any) -> list[IncidentRow]:
    if "where" in more:
        more["filter"] = Filter(more.pop("where"))
    then = Moment(at(moment), at(known) if known else None)
    return listed(home.konto.library, home.konto.asker, then, **more)


def states(home: Home, moment: str, known: str | None = None) -> dict[str, str]:
    return {row.id: row.state for row in rows(home, moment, known)}


def ids(found: Sequence[IncidentRow]) -> list[str]:
    return [row.id for row in found]


# -- through time -----------------------------------------------------------------------------------


def test_an_incident_is_open_then_resolved_opened_again_and_closed(home: Home, given: Given) -> None:
    home.take(given(LIFE).envelopes)
    assert states(home, "2026-03-02T08:59:59") == {}
    through = {
        "2026-03-02T09:00": "open",
        "2026-03-05T08:59:59": "open",
        "2026-03-05T09:00": "resolved",
        "2026-03-09T08:59:59": "resolved",
        "2026-03-09T09:00": "open",
        "2026-03-10T09:00": "resolved",
        "2026-03-12T09:00": "closed",
        "2036-03-12T09:00": "closed",
    }
    assert {moment: states(home, moment)["V-1"] for moment in through} == through


def test_the_next_step_the_deadlines_and_what_is_done_stand_in_the_row(home: Home, given: Given) -> None:
    home.take(given(LIFE).envelopes)
    steps = {
        moment: rows(home, moment)[0].next_step
        for moment in ("2026-03-02T09:30", "2026-03-02T10:00", "2026-03-02T11:00", "2026-03-03T09:00",
                       "2026-03-04T09:00", "2026-03-05T09:00", "2026-03-09T09:00")
    }  # fmt: skip
    assert list(steps.values()) == ["reason", "apology", "chance", "talk", "resolved", None, None]
    (row,) = rows(home, "2026-03-02T10:30")
    assert (local(row.reason_due), local(row.reason_done)) == ("2026-03-02T14:00", "2026-03-02T10:00")
    assert (local(row.apology_due), row.apology_done) == ("2026-03-03T09:00", None)
    assert local(row.due_of("talk")) == "2026-03-05T09:00"
    assert local(row.done_at("reason")) == "2026-03-02T10:00"
    (ended,) = rows(home, "2026-03-20")
    assert (local(ended.resolved_at), local(ended.closed_at)) == ("2026-03-10T09:00", "2026-03-12T09:00")


def test_a_pause_of_the_customer_stands_in_the_row_and_moves_its_deadlines(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work
    2026-03-02T10:00  pausiert Vorfall wegen Kunde
    2026-03-02T11:00  pausiert Vorfall wegen Teil
    2026-03-03T10:00  setzt Vorfall fort wegen Kunde
    """
    home.take(given().envelopes)
    (waiting,), (on,) = rows(home, "2026-03-02T12:00"), rows(home, "2026-03-03T10:00")
    assert (waiting.waits_for, waiting.reason_due) == ("customer,part", None)
    assert (on.waits_for, local(on.reason_due)) == ("part", "2026-03-03T14:00")


def test_who_answers_for_it_is_who_did_at_the_moment(home: Home, given: Given) -> None:
    home.take(given(LIFE).envelopes)
    answering = [
        (row.owner, row.team) for moment in ("2026-03-02T14:59", "2026-03-02T15:00") for row in rows(home, moment)
    ]
    assert answering == [("lutz", "Montage"), ("ines", "Büro")]
    assert ids(rows(home, "2026-03-02T12:00", where={"owner": "lutz"})) == ["V-1"]
    assert ids(rows(home, "2026-03-03T12:00", where={"owner": "lutz"})) == []


# -- by what we knew --------------------------------------------------------------------------------


def test_what_was_recorded_later_is_not_known_before(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  Vorfall K-17 "V-1" complaint (erfasst 2026-03-03T12:00)
    2026-03-02T10:00  nennt den Grund (erfasst 2026-03-09T12:00)
    2026-03-03T10:00  löst (erfasst 2026-03-05T12:00)
    """
    home.take(given().envelopes)
    moment = "2026-03-04T09:00"
    assert states(home, moment, "2026-03-03T11:59:59") == {}
    assert states(home, moment, "2026-03-03T12:00") == {"V-1": "open"}
    assert states(home, moment, "2026-03-05T12:00") == {"V-1": "resolved"}
    (before,), (after,) = (rows(home, moment, known) for known in ("2026-03-09T11:59:59", None))
    assert (before.reason_done, local(after.reason_done)) == (None, "2026-03-02T10:00")
    assert states(home, "2026-03-02T12:00", "2026-03-06") == {"V-1": "open"}


def test_at_every_moment_and_knowledge_an_incident_stands_in_one_row_at_most(home: Home, given: Given) -> None:
    """
    2026-03-01T09:00  Kunde K-17, zuständig ines (erfasst 2026-03-06T12:00)
    2026-03-02T09:00  Vorfall K-17 "V-1" complaint (erfasst 2026-03-03T12:00)
    2026-03-02T09:00  pausiert Vorfall wegen Kunde (erfasst 2026-03-08T12:00)
    2026-03-02T09:30  setzt Vorfall fort wegen Kunde (erfasst 2026-03-07T12:00)
    2026-03-03T17:00  löst [löst] (erfasst 2026-03-05T10:00)
    2026-03-03T17:00  übergibt Vorfall an lutz (erfasst 2026-03-05T10:00)
    2026-03-05T08:00  schließt (erfasst 2026-03-05T08:00)
    2026-03-04T10:00  führt K-16 und K-17 zusammen (erfasst 2026-03-06T12:00)
    2026-03-09T10:00  zieht zurück [löst] (erfasst 2026-03-10T12:00)
    """
    home.take(given().envelopes)
    start = at("2026-03-01")
    for hours in range(0, 11 * 24, 7):
        for known_hours in range(0, 11 * 24, 11):
            then = Moment(start + timedelta(hours=hours), start + timedelta(hours=known_hours))
            assert count(home.konto.library, home.konto.asker, then) <= 1
    assert count(home.konto.library, home.konto.asker, Moment(at("2026-03-12"))) == 1


def test_a_retracted_step_was_never_done_but_we_knew_it_before(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  Vorfall K-17 "V-1" complaint
    2026-03-02T10:00  nennt den Grund [grund]
    2026-03-02T11:00  entschuldigt sich
    2026-03-20T09:00  zieht zurück [grund]
    """
    home.take(given().envelopes)
    (now,), (then,) = rows(home, "2026-03-03"), rows(home, "2026-03-03", "2026-03-19")
    assert (now.next_step, now.reason_done, now.apology_done) == ("reason", None, None)
    assert (then.next_step, local(then.apology_done)) == ("chance", "2026-03-02T11:00")


def test_a_retracted_report_is_gone_with_all_its_steps(home: Home, given: Given) -> None:
    text = "2026-03-01T09:00  Kunde K-17\n" + LIFE.replace("Produkt T4", "Produkt T4 [v]")
    home.take(given(text + "2026-03-20T09:00  zieht zurück [v]").envelopes)
    assert states(home, "2026-03-11") == {}
    assert states(home, "2026-03-11", "2026-03-19") == {"V-1": "resolved"}


def test_an_incident_of_a_merged_customer_is_the_survivors_and_who_looks_after_them_counts(
    home: Home, given: Given
) -> None:
    """
    2026-03-01T09:00  Kunde K-17, namens Meier
    2026-03-02T09:00  Vorfall K-18 "V-1" complaint
    2026-03-10T09:00  führt K-17 und K-18 zusammen
    """
    home.take(given().envelopes)
    assert [row.customer_id for row in rows(home, "2026-03-05")] == ["K-17"]
    assert ids(rows(home, "2026-03-05", where={"customer": "K-17"})) == ["V-1"]
    assert ids(rows(home, "2026-03-05", where={"customer": "K-18"})) == ["V-1"], (
        "by the duplicate's id it is found, too"
    )


# -- lists ------------------------------------------------------------------------------------------

SEVERAL = """
2026-03-02T08:00  verspricht K-1 ines "Therme" bis 2026-03-03T12:00
2026-03-02T09:00  Vorfall K-1 "open" complaint, zu "Therme", von ines
2026-03-02T09:10  Vorfall K-1 "resolved" wrong_work, gering, von lutz
2026-03-02T12:00  löst
2026-03-02T09:20  Vorfall K-2 "closed" product_claim, ernst, Lieferant Acme, Produkt T4
2026-03-02T12:00  schließt
2026-03-02T09:30  Vorfall K-2 "both" product_claim, Lieferant Acme, selbst gemeldet
2026-03-02T12:00  löst
2026-03-02T13:30  schließt
"""


def test_open_is_not_closed_and_unresolved_is_neither_resolved_nor_closed(home: Home, given: Given) -> None:
    home.take(given(SEVERAL).envelopes)
    moment = "2026-03-02T16:00"
    assert ids(rows(home, moment)) == ["both", "closed", "resolved", "open"]
    for state, expected in {
        "open": ["resolved", "open"],
        "unresolved": ["open"],
        "resolved": ["resolved"],
        "closed": ["both", "closed"],
    }.items():
        assert ids(rows(home, moment, states=[state])) == expected, state
        assert count(home.konto.library, home.konto.asker, Moment(at(moment)), states=[state]) == len(expected)
    assert ids(rows(home, moment, states=["unresolved", "closed"])) == ["both", "closed", "open"]
    assert ids(rows(home, moment, limit=2, offset=1)) == ["closed", "resolved"]


def test_every_row_says_what_it_is_about(home: Home, given: Given) -> None:
    home.take(given(SEVERAL).envelopes)
    found = {row.id: row for row in rows(home, "2026-03-02T16:00")}
    assert (found["open"].promise_id, found["open"].promise_what) == ("Therme", "Therme")
    assert (found["both"].admitted, found["closed"].admitted) == (True, False)
    assert (found["closed"].supplier, found["closed"].product, found["closed"].severity) == ("Acme", "T4", "serious")
    assert {row.customer_id for row in found.values()} == {"K-1", "K-2"}


def test_every_dimension_that_incidents_have_selects_by_its_value(home: Home, given: Given) -> None:
    home.take(given(SEVERAL).envelopes)
    for dimension, value, expected in (
        ("customer", "K-1", ["resolved", "open"]),
        ("owner", "lutz", ["resolved"]),
        ("kind", "product_claim", ["both", "closed"]),
        ("severity", "serious", ["closed"]),
        ("supplier", "Acme", ["both", "closed"]),
        ("product", "T4", ["closed"]),
    ):
        assert ids(rows(home, "2026-03-02T16:00", where={dimension: value})) == expected, dimension


def test_an_unknown_state_is_refused_with_what_is_possible(home: Home) -> None:
    with pytest.raises(Refused, match=r"no state “answered”.*open, unresolved, resolved, closed"):
        rows(home, "2026-03-05", states=["answered"])


def test_an_owner_sees_their_own_and_who_has_no_role_sees_none(home: Home, given: Given) -> None:
    home.take(given(SEVERAL).envelopes)
    library, moment = home.konto.library, Moment(at("2026-03-05"))
    assert ids(listed(library, Asker("lutz", frozenset({"owner"})), moment)) == ["resolved"]
    assert len(listed(library, Asker("karin", frozenset({"auditor"})), moment)) == 4
    with pytest.raises(NotAllowed):
        listed(library, Asker("karin", frozenset({"admin"})), moment)


# -- suppliers --------------------------------------------------------------------------------------


def test_a_supplier_has_a_card_by_the_claims_of_12_months_at_the_moment_by_what_we_knew(
    home: Home, given: Given
) -> None:
    """
    2026-01-05T09:00  Vorfall K-1 "1" product_claim, Lieferant Acme
    2026-02-05T09:00  Vorfall K-2 "2" product_claim, Lieferant Acme (erfasst 2026-05-05T09:00)
    2026-03-05T09:00  Vorfall K-3 "3" product_claim, Lieferant Acme
    2026-04-05T09:00  Vorfall K-4 "4" product_claim, Lieferant Acme
    2026-03-05T09:00  Vorfall K-5 "5" wrong_work, Lieferant Bolt
    2026-03-05T09:00  verspricht K-6 ines "Ventil" bis 2026-03-06, Lieferant Cor
    2026-03-06T09:00  erfüllt "Ventil"
    """
    home.take(given().envelopes)

    def cards(moment: str, known: str | None = None) -> dict[str, str | None]:
        then = Moment(at(moment), at(known) if known else None)
        return {row.supplier: row.card for row in suppliers.listed(home.konto.library, home.konto.asker, then)}

    assert cards("2026-01-20") == {"Acme": None}
    assert cards("2026-02-20") == {"Acme": "yellow"}
    assert cards("2026-02-20", "2026-02-20") == {"Acme": None}
    assert cards("2026-04-20") == {"Acme": "red", "Bolt": None, "Cor": None}
    assert cards("2026-04-20", "2026-04-20") == {"Acme": "yellow", "Bolt": None, "Cor": None}
    assert cards("2027-01-05T09:00") == {"Acme": "yellow", "Bolt": None, "Cor": None}
    (acme, bolt, cor) = suppliers.listed(home.konto.library, home.konto.asker, Moment(at("2027-03-20")))
    assert (acme.claims, acme.claims_ever, acme.incidents, local(acme.last_claim)) == (1, 4, 4, "2026-04-05T09:00")
    assert (bolt.claims_ever, bolt.incidents) == (0, 1)
    assert (cor.on_time.numerator, cor.on_time.denominator, acme.on_time.denominator) == (1, 1, 0)


def test_what_a_supplier_cost_is_the_sum_of_what_came_off_for_incidents_of_these_months(
    home: Home, given: Given
) -> None:
    """
    2025-02-05T09:00  Vorfall K-9 "0" product_claim, Lieferant Acme
    2026-01-05T09:00  Vorfall K-1 "1" product_claim, Lieferant Acme
    2026-01-06T09:00  nennt den Grund, Kanal phone
    2026-02-05T09:00  Vorfall K-2 "2" wrong_work, Lieferant Acme, gering
    2026-03-05T09:00  Vorfall K-3 "3" complaint, Lieferant Bolt
    2026-03-05T09:00  Vorfall K-4 "4" complaint
    """
    home.take(given().envelopes)
    library = home.konto.library
    assert suppliers.costs(library, LOCAL_USER, at("2026-03-20")) == {"Acme": -1200, "Bolt": -800}
    assert suppliers.costs(library, LOCAL_USER, at("2026-01-20")) == {"Acme": -1600}, "the year before, and no later"
    with pytest.raises(NotAllowed):
        suppliers.costs(library, Asker("karin", frozenset({"admin"})), at("2026-03-20"))


# -- the same from nothing --------------------------------------------------------------------------


@pytest.mark.parametrize("page_size", [1, 3, 1000])
def test_followed_in_pages_of_any_length_the_rows_are_those_of_a_rebuild(
    home: Home, given: Given, page_size: int
) -> None:
    text = (
        LIFE
        + SEVERAL
        + "2026-03-13T09:00  Kunde K-17, zuständig karin\n2026-03-14T09:00  führt K-1 und K-17 zusammen\n"
    )
    told = list(given(text).envelopes)
    for start in range(0, len(told), page_size):
        home.take_as_they_come(told[start : start + page_size], at("2026-03-15"))
    before = home.rows("SELECT * FROM incidents ORDER BY incident, known_from, at_from")
    home.konto.rebuild()
    assert home.rows("SELECT * FROM incidents ORDER BY incident, known_from, at_from") == before
    assert len(before) > 15
