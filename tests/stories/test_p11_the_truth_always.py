"""P11: Truth, always; a lie weighs heaviest, an error admitted first weighs less (000, 001)."""

from __future__ import annotations

from domain import rulebook as rulebooks
from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, stage

STEPS = """
2026-03-02T10:00  nennt den Grund
2026-03-02T11:00  entschuldigt sich
2026-03-03T09:00  bittet um neue Chance, mit Angebot
2026-03-03T10:00  Angebot angenommen
2026-03-04T09:00  spricht persönlich
2026-03-05T09:00  löst
"""


def test_nothing_costs_as_much_as_an_untruth(given: Given) -> None:
    incident = rulebooks.default().incident
    assert incident.untruth < min(incident.serious, rulebooks.default().promise.broken)
    assert incident.untruth * incident.admitted <= incident.serious


def test_an_untruth_neither_fades_nor_can_it_be_bought_back(given: Given) -> None:
    history = given('2026-03-02T09:00  Vorfall K-17 "V-1" untruth\n' + STEPS, KNOWN_AND_ORDINARY)
    assert [history.balance(f"{year}-04-01") for year in (2026, 2031, 2046)] == [-32, -32, -32]


def test_it_loses_a_customer_who_was_well_disposed(home: Home, given: Given) -> None:
    """
    2026-02-02T09:00  K-17 empfiehlt uns
    2026-02-09T09:00  Rückmeldung K-17 5
    2026-03-02T09:00  Vorfall K-17 "V-1" untruth
    2026-03-02T10:00  schließt
    """
    home.take(given().envelopes)
    assert stage(home, "K-17", "2026-03-01").name == "new"
    assert (stage(home, "K-17", "2026-03-03").name, stage(home, "K-17", "2030-03-03").name) == ("lost", "lost")


def test_an_error_that_we_tell_first_costs_half(given: Given) -> None:
    told_by_them = given('2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work', KNOWN_AND_ORDINARY)
    told_by_us = given('2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work, selbst gemeldet', KNOWN_AND_ORDINARY)
    assert (told_by_them.lines(), told_by_us.lines()) == ([("incident", -8.0)], [("incident", -4.0)])


def test_admitting_an_untruth_does_not_make_it_cheaper(given: Given) -> None:
    history = given('2026-03-02T09:00  Vorfall K-17 "V-1" untruth, selbst gemeldet', KNOWN_AND_ORDINARY)
    assert history.lines() == [("untruth", -32.0)]
