"""The table of promises: how each one stood at any moment, as we knew it at any other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.errors import Refused
from projections.filters import Filter, Moment
from projections.promises import count, listed
from tests.homes import Home
from tests.notation import BERLIN, Given, at, local


def states(home: Home, moment: str, known: str | None = None) -> dict[str, str]:
    rows = home.listed(moment, known=at(known) if known else None)
    return {row.id: row.state for row in rows}


def test_a_promise_stands_in_the_list_from_its_making_on_with_the_state_of_the_moment(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-06T08:00  erfüllt
    """
    home.take(given().envelopes)
    assert states(home, "2026-03-02T08:59:59") == {}
    assert states(home, "2026-03-02T09:00") == {"Angebot": "open"}
    assert states(home, "2026-03-04T08:59:59") == {"Angebot": "open"}
    assert states(home, "2026-03-04T09:00") == {"Angebot": "overdue"}
    assert states(home, "2026-03-06T07:59:59") == {"Angebot": "overdue"}
    assert states(home, "2026-03-06T08:00") == {"Angebot": "kept_late"}
    assert states(home, "2036-03-06T08:00") == {"Angebot": "kept_late"}


def test_what_was_recorded_later_is_not_known_before(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00 (erfasst 2026-03-03T12:00)
    2026-03-03T17:00  verschiebt auf 2026-03-06T09:00 (erfasst 2026-03-05T10:00)
    2026-03-04T08:00  erfüllt (erfasst 2026-03-09T10:00)
    """
    home.take(given().envelopes)
    moment = "2026-03-05T09:00"
    assert states(home, moment, "2026-03-03T11:59:59") == {}
    assert states(home, moment, "2026-03-03T12:00") == {"Angebot": "overdue"}
    assert states(home, moment, "2026-03-05T09:59:59") == {"Angebot": "overdue"}
    assert states(home, moment, "2026-03-05T10:00") == {"Angebot": "open"}
    assert states(home, moment, "2026-03-09T09:59:59") == {"Angebot": "open"}
    assert states(home, moment, "2026-03-09T10:00") == {"Angebot": "kept"}
    assert states(home, moment) == {"Angebot": "kept"}
    assert states(home, "2026-03-02T10:00", "2026-03-04") == {"Angebot": "open"}


def test_at_every_moment_and_knowledge_a_promise_stands_in_one_row_at_most(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00 (erfasst 2026-03-03T12:00)
    2026-03-02T09:00  pausiert wegen Kunde (erfasst 2026-03-08T12:00)
    2026-03-02T09:30  setzt fort wegen Kunde (erfasst 2026-03-07T12:00)
    2026-03-03T17:00  verschiebt auf 2026-03-06T09:00 (erfasst 2026-03-05T10:00)
    2026-03-03T17:00  übergibt an lutz (erfasst 2026-03-05T10:00)
    2026-03-04T08:00  erfüllt (erfasst 2026-03-04T10:00)
    2026-03-05T08:00  übergibt an karin (erfasst 2026-03-05T08:00)
    """
    home.take(given().envelopes)
    start = at("2026-03-01")
    for hours in range(0, 10 * 24, 7):
        for known_hours in range(0, 10 * 24, 11):
            moment = Moment(start + timedelta(hours=hours), start + timedelta(hours=known_hours))
            assert count(home.konto.library, home.konto.asker, moment) <= 1
    assert count(home.konto.library, home.konto.asker, Moment(at("2026-03-12"))) == 1


def test_a_clock_that_was_set_back_leaves_no_moment_of_knowledge_with_two_rows(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-03T09:00  übergibt an lutz
    2026-03-03T10:00  übergibt an karin
    """
    for envelope, now in zip(
        given().envelopes, ("2026-03-05T12:00", "2026-03-05T11:00", "2026-03-05T13:00"), strict=True
    ):
        home.take_as_they_come([envelope], at(now))
    for minutes in range(0, 180, 20):
        known = at("2026-03-05T10:30") + timedelta(minutes=minutes)
        assert len(home.listed("2026-03-10", known=known)) == (known >= at("2026-03-05T12:00"))
    assert [row.owner for row in home.listed("2026-03-10")] == ["karin"]


def test_who_answers_is_who_answered_at_the_moment(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04, Team Büro
    2026-03-03T09:00  übergibt an lutz, Team Montage
    2026-03-05T09:00  übergibt an niemand
    """
    home.take(given().envelopes)
    answering = [
        (row.owner, row.team)
        for moment in ("2026-03-02T09:00", "2026-03-03T08:59", "2026-03-03T09:00", "2026-03-05T09:00")
        for row in home.listed(moment)
    ]
    assert answering == [("ines", "Büro"), ("ines", "Büro"), ("lutz", "Montage"), (None, "Montage")]
    assert [row.id for row in home.listed("2026-03-02T12:00", where={"owner": "ines"})] == ["Angebot"]
    assert home.listed("2026-03-03T12:00", where={"owner": "ines"}) == []


def test_a_list_by_state_holds_that_state_and_exceeded_ones_stand_among_the_kept(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-04T09:00
    2026-03-02T09:00  verspricht K-1 ines "B" bis 2026-03-04T09:00
    2026-03-02T09:00  verspricht K-1 ines "C" bis 2026-03-04T09:00
    2026-03-02T09:00  verspricht K-1 ines "D" bis 2026-03-04T09:00
    2026-03-02T09:00  verspricht K-1 ines "E"
    2026-03-02T09:00  verspricht K-1 ines "F" bis 2026-03-04T09:00
    2026-03-02T09:00  verspricht K-1 ines "G" bis 2026-03-04T09:00
    2026-03-03T09:00  erfüllt "A"
    2026-03-03T09:00  erfüllt "B", Grad 1.2
    2026-03-03T09:00  erfüllt "C", Grad 0.6
    2026-03-03T09:00  nimmt "F" zurück
    2026-03-03T09:00  erlässt "G"
    """
    home.take(given().envelopes)

    def ids(*wanted: str) -> list[str]:
        return sorted(row.id for row in home.listed("2026-03-05", states=wanted))

    assert ids("kept") == ["A", "B"]
    assert ids("exceeded") == ["B"]
    assert ids("partial", "withdrawn") == ["C", "F"]
    assert ids("overdue") == ["D"]
    assert ids("open") == ["E"]
    assert ids("released") == ["G"]
    assert ids() == ["A", "B", "C", "D", "E", "F", "G"]
    moment = Moment(at("2026-03-05"))
    for state in ("kept", "exceeded", "overdue", "open", "kept_late"):
        assert count(home.konto.library, home.konto.asker, moment, states=[state]) == len(ids(state))


def test_an_unknown_state_and_an_unknown_dimension_are_refused_with_what_is_possible(home: Home) -> None:
    with pytest.raises(Refused, match=r"no state “late”.*kept_late"):
        home.listed("2026-03-05", states=["late"])
    with pytest.raises(Refused, match=r"no dimension “colour”.*severity"):
        home.listed("2026-03-05", where={"colour": "red"})


def test_every_dimension_selects_by_its_value(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-04, Team Büro, Art delivery, Lieferant Acme, Kanal email
    2026-03-02T09:00  verspricht K-2 lutz "B" bis 2026-03-04, Team Montage, Art callback, Produkt Therme, ernst
    """
    home.take(given().envelopes)
    for dimension, of_a, of_b in (
        ("customer", "K-1", "K-2"),
        ("owner", "ines", "lutz"),
        ("team", "Büro", "Montage"),
        ("kind", "delivery", "callback"),
        ("severity", "normal", "serious"),
    ):
        for value, id in ((of_a, "A"), (of_b, "B")):
            assert [row.id for row in home.listed("2026-03-03", where={dimension: value})] == [id]
    for dimension, value, id in (("supplier", "Acme", "A"), ("channel", "email", "A"), ("product", "Therme", "B")):
        assert [row.id for row in home.listed("2026-03-03", where={dimension: value})] == [id]
        assert home.listed("2026-03-03", where={dimension: "anderes"}) == []
    both = Filter({"customer": "K-1", "owner": "lutz"})
    assert listed(home.konto.library, home.konto.asker, Moment(at("2026-03-03")), filter=both) == []


def test_a_row_shows_what_it_waits_for_its_moves_and_its_first_due(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00, Plan B
    2026-03-03T09:00  verschiebt auf 2026-03-10T12:00
    2026-03-04T09:00  verschiebt auf 2026-03-11T12:00, nicht vereinbart
    2026-03-04T09:00  pausiert wegen Teil
    2026-03-04T10:00  pausiert wegen Kunde
    """
    home.take(given().envelopes)
    (row,) = home.listed("2026-03-05")
    assert (row.waits_for, row.moves, row.plan_b, row.state) == ("customer,part", 1, True, "open")
    assert (local(row.due), local(row.first_due)) == ("2026-03-10T12:00", "2026-03-06T12:00")
    assert (row.due_soon, row.last_call, row.last_moment) == (None, None, None)


def test_the_moments_of_an_open_promise_stand_in_its_row(home: Home, given: Given) -> None:
    """Q is 16 hours, N 4: the last moment is Tuesday 14:00, 4 business hours before it Tuesday 9:00.

    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    """
    home.take(given().envelopes)
    (row,) = home.listed("2026-03-02T10:00")
    assert local(row.last_moment) == "2026-03-03T14:00"
    assert local(row.last_call) == "2026-03-03T09:00"
    assert local(row.due_soon) == "2026-03-02T08:00"


def test_a_published_calendar_moves_the_moments_of_open_promises_and_no_settled_one(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Offen" bis 2026-03-12T12:00
    2026-03-02T09:00  verspricht K-17 ines "Erledigt" bis 2026-03-04T09:00
    2026-03-04T08:00  verschiebt "Erledigt" auf 2026-03-05T09:00
    2026-03-05T08:00  erfüllt "Erledigt"
    """
    home.take(given().envelopes)
    before = home.rows("SELECT * FROM promises WHERE outcome IS NOT NULL ORDER BY promise, at_from")
    home.clock.now = at("2026-03-06T12:00")
    home.konto.publish(
        "calendars",
        'default = "betrieb"\n[calendars.betrieb]\nzone = "Europe/Berlin"\n[calendars.betrieb.hours]\n'
        + "\n".join(f'{day} = ["08:00-10:00"]' for day in ("monday", "tuesday", "wednesday", "thursday")),
        valid_from=at("2026-03-09"),
    )
    home.konto.catch_up()
    (before_it,) = home.listed("2026-03-08T12:00", states=["open"])
    (after_it,) = home.listed("2026-03-09T12:00", states=["open"])
    assert local(before_it.last_moment) == "2026-03-11T13:00"  # N 8
    # Q is now from 2 March 9:00 on 1 + 2·3 + 2·4 = 15 hours, N 3.75: 2 h on Thursday, 1.75 h on Wednesday.
    assert local(after_it.last_moment) == "2026-03-11T08:15"
    assert home.rows("SELECT * FROM promises WHERE outcome IS NOT NULL ORDER BY promise, at_from") == before


@pytest.mark.parametrize(
    ("line", "day", "lies_at"),
    [
        ('verspricht K-17 ines "A" bis 2026-03-04T23:30', "2026-03-04", "2026-03-04T23:30"),
        ('verspricht K-17 ines "A" bis 2026-03-04T00:00', "2026-03-04", "2026-03-04T00:00"),
        ('verspricht K-17 ines "A" bis 2026-03-04', "2026-03-04", "2026-03-04T12:00"),
        ('verspricht K-17 ines "A" bis 2026-03-04, Zone Pacific/Auckland', "2026-03-04", "2026-03-04T00:00"),
        ('verspricht K-17 ines "A"', None, None),
    ],
)
def test_a_promise_belongs_to_the_day_of_its_due_and_a_bare_date_lies_at_its_own_noon(
    home: Home, given: Given, line: str, day: str | None, lies_at: str | None
) -> None:
    home.take(given(f"2026-03-02T09:00  {line}").envelopes)
    ((found_day, found_at),) = home.rows("SELECT belongs_day, belongs_at FROM promises")
    assert found_day == day
    assert found_at == (None if lies_at is None else at(lies_at).timestamp() * 1_000_000)


def test_an_undated_promise_belongs_to_the_local_day_of_its_settlement(home: Home, given: Given) -> None:
    """Half past midnight of 1 April in Berlin is still March in UTC.

    2026-03-02T09:00  verspricht K-17 ines "Irgendwann"
    2026-04-01T00:30  erfüllt
    """
    home.take(given().envelopes)
    rows = home.rows("SELECT belongs_day FROM promises ORDER BY at_from, known_from")
    assert rows[-1] == ("2026-04-01",)
    assert {row[0] for row in rows[:-1]} == {None}


def test_the_latest_description_to_have_happened_names_the_promise_in_whichever_order_they_came(
    home: Home, given: Given
) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Z-1" bis 2026-03-06T12:00 (erfasst 2026-03-02T09:00)
    2026-03-04T09:00  beschreibt, heißt jetzt Zweites (erfasst 2026-03-04T09:00)
    2026-03-03T09:00  beschreibt, heißt jetzt Erstes (erfasst 2026-03-05T09:00)
    """
    home.take(given().envelopes)
    (row,) = home.listed("2026-03-06")
    assert row.what == "Zweites"


def test_two_sources_may_use_the_same_ids_for_different_promises(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00
    """
    first = [dict(each) for each in given().envelopes]
    second = [each | {"source": "shop"} for each in first]
    assert [receipt.status for receipt in home.take([*first, *second])] == ["recorded", "recorded"]
    rows = home.listed("2026-03-05")
    assert sorted((row.source, row.id, row.customer_id) for row in rows) == [
        ("crm", "Angebot", "K-17"),
        ("shop", "Angebot", "K-17"),
    ]
    assert len({row.customer for row in rows}) == 2


def test_the_rows_of_a_day_are_those_of_berlin_wherever_the_machine_stands(home: Home, given: Given) -> None:
    """
    2026-03-02T00:10  verspricht K-17 ines "Früh" bis 2026-03-02T00:20
    """
    home.take(given().envelopes)
    (row,) = home.listed("2026-03-05")
    assert row.due_day == "2026-03-02"
    assert row.made_at.astimezone(BERLIN).isoformat() == "2026-03-02T00:10:00+01:00"
