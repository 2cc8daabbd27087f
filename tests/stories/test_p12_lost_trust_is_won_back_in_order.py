"""P12: Recover lost trust in this order: reason, apology, a new chance with an offer, a talk in person, mend it (000).

By letter or phone will do for the reason; mail and phone seldom restore trust. Keep your dignity.
"""

from __future__ import annotations

import re

from projections import incidents
from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, asked, employ, noticed, share, stage, told, words

REPORTED = '2026-03-02T09:00  Vorfall K-17 "V-1" forgotten, ernst\n'
IN_ORDER = """
2026-03-02T10:00  nennt den Grund, Kanal letter
2026-03-02T11:00  entschuldigt sich, Kanal phone
2026-03-03T09:00  bittet um neue Chance, mit Angebot
2026-03-03T10:00  Angebot angenommen
2026-03-04T09:00  spricht persönlich
2026-03-05T09:00  löst
"""


def back(given: Given, text: str) -> float:
    return sum(points for rule, points in given(REPORTED + text, KNOWN_AND_ORDINARY).lines() if rule != "incident")


def test_in_order_and_in_time_most_of_it_comes_back_but_never_all_of_it(given: Given) -> None:
    """Recovery restores, but it does not enrich: no firm gains by making mistakes and being sorry."""
    assert back(given, IN_ORDER) == 9.6
    assert back(given, IN_ORDER) < 16


def test_the_same_steps_in_the_wrong_order_bring_back_less(given: Given) -> None:
    backwards = (
        IN_ORDER.replace("nennt den Grund", "X")
        .replace("spricht persönlich", "nennt den Grund")
        .replace("X, Kanal letter", "spricht persönlich")
    )
    assert back(given, backwards) < back(given, IN_ORDER) / 2


def test_talking_on_the_phone_does_not_stand_in_for_a_talk_in_person(given: Given) -> None:
    by_phone = IN_ORDER.replace("spricht persönlich", "spricht, Kanal phone")
    assert back(given, by_phone) == 1 + 1 + 1 + 2, "neither the talk nor, without it, the resolution"


def test_the_same_again_within_half_a_year_is_forgiven_less(given: Given) -> None:
    again = REPORTED.replace("V-1", "V-0").replace("2026-03", "2026-01") + REPORTED + IN_ORDER
    found = given(again, KNOWN_AND_ORDINARY)
    assert sum(line.points for line in found.postings if line.recovers == "incident-V-1") == 4_80
    assert {"recovery_cap"} <= {factor for _, factors in found.factors() for factor in factors}, "the line says so"


def test_the_next_step_and_its_deadline_stand_in_the_list(home: Home, given: Given) -> None:
    home.take(given(REPORTED + IN_ORDER).envelopes)
    (row,) = incidents.listed(*asked(home, "2026-03-03T12:00"), states=["unresolved"])
    assert row.next_step == "talk"
    assert row.talk_due is not None
    assert stage(home, "K-17", "2026-03-03T12:00").name == "recovering"
    assert incidents.listed(*asked(home, "2026-03-05T09:00"), states=["unresolved"]) == []


def test_the_firm_sees_how_disciplined_it_was_and_whether_it_helped(home: Home, given: Given) -> None:
    careless = '2026-03-02T09:00  Vorfall K-18 "V-2" forgotten\n2026-03-20T09:00  entschuldigt sich\n'
    won_back = "2026-03-09T09:00  K-17 empfiehlt uns\n2026-03-10T09:00  Rückmeldung K-17 5\n"
    home.take(given(REPORTED + IN_ORDER + careless + won_back).envelopes)
    assert share(home, "recovery_discipline", "2026-06-15") == (1, 2)
    assert share(home, "recovery_success", "2026-06-15") == (1, 2)


def test_by_mail_alone_nothing_is_called_restored_however_often_and_fast(given: Given) -> None:
    assert not restored(given, IN_ORDER.replace("spricht persönlich", "spricht, Kanal email"))
    assert not restored(given, IN_ORDER.replace("spricht persönlich", "spricht, Kanal phone"))
    assert restored(given, IN_ORDER.replace("spricht persönlich", "spricht, Kanal video"))
    assert restored(given, IN_ORDER)


def test_a_talk_before_the_reason_or_without_putting_it_right_restores_nothing(given: Given) -> None:
    assert not restored(given, "2026-03-02T10:00  spricht persönlich\n2026-03-03T09:00  löst")
    assert not restored(given, IN_ORDER.replace("2026-03-05T09:00  löst", ""))
    assert not restored(given, IN_ORDER + "2026-03-06T09:00  öffnet wieder")


def test_the_new_chance_may_be_missing(given: Given) -> None:
    assert restored(given, "\n".join(line for line in IN_ORDER.splitlines() if not re.search("Chance|Angebot", line)))


def restored(given: Given, text: str) -> bool:
    return given(REPORTED + text).case().restored


def test_the_list_says_what_was_put_right_and_yet_not_restored(home: Home, given: Given) -> None:
    home.take(given(REPORTED + IN_ORDER.replace("spricht persönlich", "spricht, Kanal email")).envelopes)
    (row,) = incidents.listed(*asked(home, "2026-04-01"))
    assert (row.state, row.restored, row.talk_done) == ("resolved", False, None)


def test_each_step_is_reminded_of_in_its_order_at_half_of_its_time_and_when_it_has_passed(
    home: Home, given: Given
) -> None:
    """Nothing is done. One reminder at a time: where two fall together, the one about what has passed.

    2026-03-09T08:00  Vorfall K-17 "V-1" forgotten, von ines
    """
    employ(home)
    home.take(given().envelopes)
    looks = {
        "2026-03-09T10:00": ["ines: V-1 reason"],
        "2026-03-09T12:00": ["ines: V-1 reason"],  # passed, and half of the apology's time
        "2026-03-09T12:01": [],
        "2026-03-09T17:00": ["ines: V-1 apology"],  # passed, and half of the new chance's
        "2026-03-10T12:00": ["ines: V-1 talk"],
        "2026-03-10T17:00": ["ines: V-1 chance"],  # passed
        "2026-03-11T12:00": ["ines: V-1 resolved"],
        "2026-03-11T17:00": ["ines: V-1 talk"],  # passed
        "2026-03-13T17:00": ["ines: V-1 resolved"],  # passed
        "2026-03-16T17:00": [],
    }
    assert {moment: told(home, moment, "recovery_step_due") for moment in looks} == looks


def test_only_what_is_still_missing_is_reminded_of_with_what_is_done_and_with_how(home: Home, given: Given) -> None:
    """
    2026-03-09T08:00  Vorfall K-17 "V-1" forgotten, von ines
    2026-03-09T09:00  nennt den Grund, von ines
    2026-03-09T09:30  entschuldigt sich, von ines
    2026-03-09T11:00  bittet um neue Chance, mit Angebot
    """
    employ(home)
    home.take(given().envelopes)
    for moment in ("2026-03-09T10:00", "2026-03-09T12:00", "2026-03-09T17:00"):
        assert told(home, moment, "recovery_step_due") == []
    (talk,) = noticed(home, "2026-03-10T12:00", "recovery_step_due")
    says = words(home, talk)
    assert "Es fehlt das persönliche Gespräch." in says
    assert "Eine E-Mail reicht hier nicht." in says
    assert "der Grund ist genannt" in says
