"""What is impossible after something went wrong is refused by name; the way back may be gone in any order."""

from __future__ import annotations

from itertools import permutations

import pytest

from domain.history import Impossible
from domain.incident import LIFE, STEPS, Incident
from tests.notation import Given, arrived, local

REPORTED = '2026-03-02T09:00  Vorfall K-17 "V-1" complaint, ernst, von ines, Team Süd [gemeldet]\n'

ACTS = [
    "übergibt Vorfall an lutz",
    "pausiert Vorfall wegen Kunde",
    "setzt Vorfall fort wegen Kunde",
    "nennt den Grund",
    "entschuldigt sich",
    "bittet um neue Chance, mit Angebot",
    "bietet an, Betrag 50",
    "Angebot angenommen",
    "spricht persönlich",
    "löst",
    "öffnet wieder",
    "schließt",
]


def refusal(given: Given, text: str) -> Impossible:
    """The one refusal when the facts come in the order of the text."""
    _, refused = arrived(LIFE, given(text).facts)
    assert len(refused) == 1
    return refused[0]


def state(given: Given, text: str) -> Incident:
    incident = LIFE.state(given(REPORTED + text).facts)
    assert incident is not None
    return incident


def test_all_that_can_be_done_about_an_incident_is_tested_here(given: Given) -> None:
    lines = (f"2026-03-02T10:00  {line}" for line in ACTS)
    told = {fact.type for fact in given(REPORTED + "\n".join(lines)).facts}
    assert told == {"incident.reported", *(step.type_name for step in STEPS)}


@pytest.mark.parametrize("time", ["2026-03-01T09:00", "2026-03-02T09:00", "2026-03-03T09:00"])
def test_an_incident_is_reported_once_under_its_id_whichever_happened_first(given: Given, time: str) -> None:
    error = refusal(given, REPORTED + f'{time}  Vorfall K-18 "V-1" forgotten [nochmal]')
    assert (error.rule, error.code) == ("incident_already_reported", "rule")
    assert (error.fact.id, error.earlier and error.earlier.id) == ("nochmal", "gemeldet")
    assert "incident.reported gemeldet" in str(error)


@pytest.mark.parametrize("line", ACTS)
def test_nothing_is_done_about_an_incident_before_its_report_and_the_report_is_named(given: Given, line: str) -> None:
    error = refusal(given, REPORTED + f"2026-03-02T08:59:59  {line} [früh]")
    assert error.rule == "before_reported"
    assert (error.fact.id, error.earlier and error.earlier.id) == ("früh", "gemeldet")
    assert "incident.reported gemeldet" in str(error)


def test_at_the_very_instant_of_the_report_everything_is_possible(given: Given) -> None:
    lines = "\n".join(f"2026-03-02T09:00  {line}" for line in ACTS)
    assert arrived(LIFE, given(REPORTED + lines).facts)[1] == []


@pytest.mark.parametrize("line", ACTS)
@pytest.mark.parametrize("end", ["löst", "schließt"])
def test_everything_is_possible_again_and_after_the_end_too(given: Given, line: str, end: str) -> None:
    text = REPORTED + f"2026-03-03T09:00  {end}\n2026-03-03T10:00  {line}\n2026-03-03T11:00  {line}"
    reported, *others = given(text).facts
    for facts in permutations(others):
        assert arrived(LIFE, [reported, *facts])[1] == []


def test_the_steps_may_come_in_any_order_and_arrive_in_any_order_with_one_result(given: Given) -> None:
    """
    2026-03-02T09:00  Vorfall K-17 "V-1", von ines
    2026-03-02T10:00  spricht persönlich
    2026-03-02T11:00  entschuldigt sich
    2026-03-02T12:00  löst
    2026-03-02T13:00  öffnet wieder
    2026-03-02T14:00  übergibt Vorfall an lutz
    2026-03-02T15:00  schließt
    """
    reported, *others = given().facts
    results = set()
    for facts in permutations(others):
        stand, refused = arrived(LIFE, [reported, *facts])
        incident = LIFE.state(stand)
        assert refused == []
        assert incident is not None
        results.add((incident.state, incident.owner, incident.resolved_at, incident.closed_at))
    assert [(state, owner, resolved, local(closed)) for state, owner, resolved, closed in results] == [
        ("closed", "lutz", None, "2026-03-02T15:00")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "open"),
        ("2026-03-03T09:00  löst", "resolved"),
        ("2026-03-03T09:00  löst\n2026-03-04T09:00  löst", "resolved"),
        ("2026-03-03T09:00  löst\n2026-03-04T09:00  schließt", "closed"),
        ("2026-03-03T09:00  schließt", "closed"),
        ("2026-03-03T09:00  schließt\n2026-03-04T09:00  löst", "closed"),
        ("2026-03-03T09:00  öffnet wieder", "open"),
        ("2026-03-03T09:00  löst\n2026-03-04T09:00  öffnet wieder", "open"),
        ("2026-03-03T09:00  schließt\n2026-03-04T09:00  öffnet wieder", "open"),
        ("2026-03-03T09:00  löst\n2026-03-03T10:00  schließt\n2026-03-04T09:00  öffnet wieder", "open"),
        ("2026-03-03T09:00  löst\n2026-03-04T09:00  öffnet wieder\n2026-03-05T09:00  löst", "resolved"),
    ],
)
def test_an_incident_is_open_resolved_or_closed_by_what_was_said_last(given: Given, text: str, expected: str) -> None:
    assert state(given, text).state == expected


def test_it_was_resolved_when_it_was_resolved_last_and_closed_when_it_was_closed_first(given: Given) -> None:
    """
    2026-03-02T09:00  Vorfall K-17 "V-1"
    2026-03-03T09:00  löst
    2026-03-04T09:00  löst
    2026-03-05T09:00  schließt
    2026-03-06T09:00  schließt
    """
    incident = LIFE.state(given().facts)
    assert incident is not None
    assert (local(incident.resolved_at), local(incident.closed_at)) == ("2026-03-04T09:00", "2026-03-05T09:00")


def test_who_answers_for_it_is_whoever_it_was_handed_to_and_a_team_not_named_stays(given: Given) -> None:
    assert (state(given, "").owner, state(given, "").team) == ("ines", "Süd")
    handed = state(given, "2026-03-03T09:00  übergibt Vorfall an lutz")
    assert (handed.owner, handed.team) == ("lutz", "Süd")
    cleared = state(given, "2026-03-03T09:00  übergibt Vorfall an niemand, Team Nord")
    assert (cleared.owner, cleared.team) == (None, "Nord")


def test_a_pause_runs_from_its_first_word_until_it_ends_each_cause_by_itself(given: Given) -> None:
    text = (
        "2026-03-03T09:00  pausiert Vorfall wegen Kunde\n"
        "2026-03-03T10:00  pausiert Vorfall wegen Kunde\n"
        "2026-03-03T11:00  pausiert Vorfall wegen Teil\n"
    )
    paused = {cause: local(since) for cause, since in state(given, text).paused.items()}
    assert paused == {"customer": "2026-03-03T09:00", "part": "2026-03-03T11:00"}
    assert set(state(given, text + "2026-03-03T12:00  setzt Vorfall fort wegen Kunde").paused) == {"part"}
