"""P15: The same people at a customer's build trust (004)."""

from __future__ import annotations

import pytest

from domain.documents import load
from domain.people import People
from tests.homes import Home
from tests.notation import Given, at
from tests.stories.asking import KNOWN_AND_ORDINARY, PEOPLE, employ, figure, post, text


def test_a_change_of_the_person_who_looks_after_them_costs_a_little_the_first_one_nothing(given: Given) -> None:
    """
    2026-03-02T09:00  zuständig für K-17 ist ines
    2026-03-09T09:00  zuständig für K-17 ist lutz
    """
    assert given(None, KNOWN_AND_ORDINARY).lines() == [("owner_changed", -1.0)]


def test_continuity_is_how_much_one_and_the_same_person_handles(home: Home, given: Given) -> None:
    """Three of four at the first, one of two at the second: on average 62.5 %.

    2026-03-02T09:00  verspricht K-1 ines "A"
    2026-03-02T10:00  K-1 fragt, Kanal email, Faden T-1
    2026-03-02T11:00  beantwortet, von ines
    2026-03-02T12:00  meldet sich bei K-1, Zweck check_in, von ines
    2026-03-03T09:00  verspricht K-1 lutz "B"
    2026-03-02T09:00  verspricht K-2 karin "C"
    2026-03-02T10:00  meldet sich bei K-2, Zweck news, von lutz
    """
    home.take(given().envelopes)
    found = figure(home, "continuity", "2026-03-20")
    assert (found.value, found.n) == (pytest.approx((3 / 4 + 1 / 2) / 2), 2)


def test_while_somebody_is_away_their_stand_in_is_there_and_nobody_is_handed_over() -> None:
    people = load(
        '[[persons]]\nid = "ines"\nname = "Ines"\nstand_in = "lutz"\n'
        "away = [{ from = 2026-03-02, to = 2026-03-06 }]\n"
        '[[persons]]\nid = "lutz"\nname = "Lutz"\n',
        People,
    )
    there = [
        people.stand_in_for("ines", at(moment)) for moment in ("2026-03-01T12:00", "2026-03-04T12:00", "2026-03-09")
    ]
    assert [person.id if person else None for person in there] == ["ines", "lutz", "ines"]


def test_what_would_be_told_to_whoever_is_away_is_read_by_their_stand_in_and_says_for_whom(
    home: Home, given: Given
) -> None:
    """Ines is away on Thursday and Friday.

    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T10:00
    2026-03-02T09:00  verspricht K-17 ines "Wartung" bis 2026-03-09T10:00
    """
    away = 'id = "ines"\nstand_in = "lutz"\naway = [{ from = 2026-03-05, to = 2026-03-06 }]'
    employ(home, PEOPLE.replace('id = "ines"', away))
    home.take(given().envelopes)
    post(home, "2026-03-04T09:00")
    on_friday = [mail for mail in post(home, "2026-03-06T10:00") if mail["Subject"] == "K-17: Angebot"]
    assert {mail["To"] for mail in on_friday} == {"lutz@example.com"}
    assert all("Sie lesen das in Vertretung für Ines Vogt." in text(mail) for mail in on_friday)
    assert {mail["To"] for mail in post(home, "2026-03-09T10:00")} == {"ines@example.com"}
