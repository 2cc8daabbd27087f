"""P13: Do not look for the guilty; the customer wants a quick solution (001)."""

from __future__ import annotations

import re

from domain.vocabulary import FACTS
from projections import incidents, kpis, promises
from projections.kpis import DEFINITIONS
from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import LED, asked, by, employ, figure, noticed, told, words

BLAME = re.compile(r"guilt|blame|fault|culprit|schuld|rank|worst|league|Rangliste", re.IGNORECASE)

STORY = """
2026-03-02T09:00  Vorfall K-1 "V-1" wrong_work, von zora, Team Montage
2026-03-02T11:00  löst
2026-03-02T09:00  Vorfall K-2 "V-2" wrong_work, von anton, Team Montage
2026-03-03T11:00  löst
2026-03-02T09:00  Vorfall K-3 "V-3" wrong_work, von mia, Team Montage
2026-03-06T11:00  löst
"""


def test_what_is_measured_is_how_soon_it_was_put_right(home: Home, given: Given) -> None:
    home.take(given(STORY).envelopes)
    found = figure(home, "resolution_hours", "2026-03-20")
    assert (found.clock.median, found.clock.max, found.business.median) == (26, 98, 10)
    assert by(home, "team", "resolution_hours", "2026-03-20").keys() == {"Montage"}


def test_no_figure_orders_people_by_how_they_did(home: Home, given: Given) -> None:
    """Zora was the quickest and Mia the slowest; they stand by the alphabet."""
    home.take(given(STORY).envelopes)
    for name in DEFINITIONS:
        keys = [key for key in by(home, "owner", name, "2026-03-20") if key is not None]
        assert keys == sorted(keys), name


def test_lists_go_by_time_never_by_person(home: Home, given: Given) -> None:
    home.take(given(STORY).envelopes)
    assert [row.owner for row in incidents.listed(*asked(home, "2026-03-20"))] == ["zora", "anton", "mia"]
    assert set(promises.ORDERS) == {"due", "latest"}


def test_no_fact_and_no_figure_asks_who_is_to_blame() -> None:
    for name, kind in FACTS.items():
        assert not any(BLAME.search(field) for field in kind.model_fields), name
    for name, definition in kpis.DEFINITIONS.items():
        assert not BLAME.search(name)
        assert not BLAME.search(definition.sentence)


def test_an_incident_weighs_the_same_whoever_answers_for_it(given: Given) -> None:
    costs = {
        given(f'2026-03-02T09:00  Vorfall K-1 "V-1" wrong_work{who}').balance("2026-03-03")
        for who in ("", ", von zora", ", von mia", ", Team Montage")
    }
    assert len(costs) == 1


def test_when_a_team_keeps_less_than_usual_whoever_leads_hears_of_the_work_and_of_no_person(
    home: Home, given: Given
) -> None:
    """Forty of forty in February, two of ten in the second week of March, most of them promised by Mia."""
    text = "".join(
        f'2026-02-02T09:00  verspricht K-1 {who} "{due} {n}" bis {due}T12:00, Team Montage\n'
        + (f'2026-02-20T09:00  erfüllt "{due} {n}"\n' if n < kept else "")
        for who, due, many, kept in (("zora", "2026-02-25", 40, 40), ("mia", "2026-03-11", 10, 2))
        for n in range(many)
    )
    employ(home, LED)
    home.take(given(text).envelopes)
    assert told(home, "2026-03-15T23:59", "reliability_drift") == []
    (drift,) = noticed(home, "2026-03-16T00:00", "reliability_drift")
    says = words(home, drift)
    assert says.startswith("Montage: 2 von 10 Zusagen pünktlich")
    assert "Es geht darum, wie die Arbeit läuft, und um niemand Einzelnen." in says
    assert not re.search("mia|zora", says)
