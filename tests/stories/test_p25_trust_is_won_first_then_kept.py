"""P25: Two stages: win trust and build it, then keep and maintain it (000)."""

from __future__ import annotations

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import account, stage

WON = "".join(
    f'2026-03-{day:02}T09:00  verspricht K-17 ines "Z{day}" bis 2026-03-{day:02}T16:00\n'
    f'2026-03-{day:02}T15:00  erfüllt "Z{day}"\n'
    for day in range(2, 10)
)
TROUBLE = """
2026-04-07T09:00  verspricht K-17 ines "Heizung" bis 2026-04-08T12:00
2026-04-10T09:00  Vorfall K-17 "V-1" complaint, ernst
2026-04-20T12:00  bricht "Heizung"
2026-04-24T09:00  löst "V-1"
"""


def test_a_relationship_is_new_then_building_then_solid(home: Home, given: Given) -> None:
    home.take(given(WON).envelopes)
    days = {"2026-03-02T08:00": "new", "2026-03-05T16:00": "new", "2026-03-06T16:00": "solid"}
    assert {moment: stage(home, "K-17", moment).name for moment in days} == days


def test_without_promises_kept_praise_alone_builds_but_does_not_make_it_solid(home: Home, given: Given) -> None:
    text = "".join(f"2026-03-0{day}T09:00  Rückmeldung K-17 5\n" for day in range(2, 8))
    home.take(given(text).envelopes)
    assert stage(home, "K-17", "2026-03-09").name == "building"


def test_what_is_not_kept_up_slips_and_recovers_and_every_stage_says_why(home: Home, given: Given) -> None:
    home.take(given(WON + TROUBLE).envelopes)
    through = {
        "2026-04-07T12:00": ("solid", "balance_and_reliability"),
        "2026-04-10T12:00": ("recovering", "incident_open"),
        "2026-04-24T12:00": ("strained", "fell_by"),
        "2026-06-24T12:00": ("solid", "balance_and_reliability"),
    }
    found = {moment: stage(home, "K-17", moment)[:2] for moment in through}
    assert found == through


def test_trust_that_was_won_fades_when_it_is_not_maintained(home: Home, given: Given) -> None:
    home.take(given(WON).envelopes)
    assert stage(home, "K-17", "2026-04-01").name == "solid"
    assert stage(home, "K-17", "2029-04-01").name == "building"
    assert account(home, "K-17", "2029-04-01").balance < account(home, "K-17", "2026-04-01").balance / 6


def test_whoever_went_to_somebody_else_is_lost_whatever_the_balance_says(home: Home, given: Given) -> None:
    home.take(given(WON + "2026-04-01T09:00  K-17 geht").envelopes)
    assert stage(home, "K-17", "2026-04-02")[:2] == ("lost", "left")
