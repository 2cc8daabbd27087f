"""Incidents and recovery: what they cost, which steps bring something back, in which order and by when.

Monday 2 March 2026 is an ordinary working day; the shipped hours are Monday to Friday 8-12 and 13-17. An incident
reported at 9:00 asks for the reason by 14:00, the apology by Tuesday 9:00, a new chance by Wednesday 9:00, a talk by
Thursday 9:00 and its resolution by Monday 9:00.
"""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import pytest

from domain.recovery import ORDER
from tests.notation import Given, History, local, rulebook, steering

# Nobody is new or sensitive and nothing fades here, so that a line shows its own worth.
USUAL: dict[str, dict[str, Any]] = {"newness": {"factor": 1.0}, "sensitivity": {"least": 1.0, "most": 1.0}}
PLAIN = steering(rulebook(**USUAL))
NEVER_FADING = steering(rulebook(**USUAL, fading={"half_life_days": "none"}))

REPORTED = '2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work\n'
SERIOUS = '2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work, ernst\n'

STEPS = {
    "reason": "2026-03-02T10:00  nennt den Grund, Kanal letter",
    "apology": "2026-03-02T11:00  entschuldigt sich, Kanal phone",
    "chance": "2026-03-03T09:00  bittet um neue Chance, mit Angebot",
    "talk": "2026-03-04T09:00  spricht persönlich",
    "resolved": "2026-03-05T09:00  löst",
}
"""Each in its time and in this order."""


def lines(given: Given, text: str) -> list[tuple[str, float]]:
    return given(text, NEVER_FADING).lines()


def earned(given: Given, *steps: str, reported: str = SERIOUS) -> list[tuple[str, float]]:
    """What comes back after a serious incident, of which the cap cuts nothing."""
    (_, *back) = lines(given, reported + "\n".join(steps))
    return back


def after(history: History, moment: str | None = None) -> list[tuple[str, bool]]:
    """The steps done, and whether each was in time."""
    case = history.case(moment) if moment else history.case()
    return [(done.step, done.in_time) for done in case.done]


# -- what an incident costs -------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "points"), [(", gering", -4), ("", -8), (", ernst", -16)])
@pytest.mark.parametrize(
    "kind", ["complaint", "missed_appointment", "wrong_work", "forgotten", "product_claim", "other"]
)
def test_an_incident_costs_4_8_or_16_by_its_severity_whatever_its_kind(
    given: Given, kind: str, said: str, points: float
) -> None:
    assert lines(given, f'2026-03-02T09:00  Vorfall K-17 "V-1" {kind}{said}') == [("incident", points)]


@pytest.mark.parametrize(("said", "points"), [(", gering", -2), ("", -4), (", ernst", -8)])
def test_told_by_us_first_it_costs_half(given: Given, said: str, points: float) -> None:
    history = given(f'2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work{said}, selbst gemeldet', NEVER_FADING)
    assert history.lines() == [("incident", points)]
    assert history.factors() == [("incident", {"admitted": 0.5})]


@pytest.mark.parametrize("said", ["", ", gering", ", ernst", ", selbst gemeldet"])
def test_an_untruth_costs_32_however_severe_and_whoever_told_it_first(given: Given, said: str) -> None:
    assert lines(given, f'2026-03-02T09:00  Vorfall K-17 "V-1" untruth{said}') == [("untruth", -32.0)]


def test_an_untruth_does_not_fade_where_other_incidents_do(given: Given) -> None:
    untrue = given('2026-03-02T09:00  Vorfall K-17 "V-1" untruth', PLAIN)
    other = given(SERIOUS, PLAIN)
    assert [untrue.balance(moment) for moment in ("2026-03-02T09:00", "2027-03-02T09:00", "2046-03-02")] == [-32.0] * 3
    assert other.balance("2027-03-02T09:00") == -8


def test_an_untruth_is_not_recovered_by_anything(given: Given) -> None:
    text = '2026-03-02T09:00  Vorfall K-17 "V-1" untruth\n' + "\n".join(STEPS.values())
    history = given(text, NEVER_FADING)
    assert history.lines() == [("untruth", -32.0)]
    assert [step for step, _ in after(history)] == list(ORDER), "the steps are still known, they only earn nothing"


def test_an_untruth_weighs_heaviest_of_all_that_can_happen_once(given: Given) -> None:
    worst = [
        '2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-04\n2026-03-05T09:00  bricht "A"',
        "2026-03-02T09:00  Rückmeldung K-17 1",
        SERIOUS,
        "2026-03-02T09:00  K-17 fragt",
    ]
    assert all(sum(points for _, points in lines(given, text)) > -32 for text in worst)


# -- an incident that names a promise ---------------------------------------------------------------

MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00\n'
BROKEN = '2026-03-04T09:00  bricht "Angebot"\n'


def about(severity: str = "", moment: str = "2026-03-09T09:00") -> str:
    return f'{moment}  Vorfall K-17 "V-1" complaint{severity}, zu "Angebot"\n'


@pytest.mark.parametrize(
    ("end", "severity", "expected"),
    [
        (BROKEN, "", [("broken", -8.0), ("incident", 0.0)]),
        (BROKEN, ", gering", [("broken", -8.0), ("incident", 0.0)]),
        (BROKEN, ", ernst", [("broken", -8.0), ("incident", -8.0)]),
        (BROKEN, ", ernst, selbst gemeldet", [("broken", -8.0), ("incident", 0.0)]),
        ('2026-03-07T12:00  erfüllt "Angebot"\n', "", [("fulfilled_late", -3.0), ("incident", -5.0)]),
        ('2026-03-06T12:00  erfüllt "Angebot"\n', "", [("kept", 4.0), ("incident", -8.0)]),
        ('2026-03-06T12:00  erfüllt "Angebot", Grad 0.6\n', "", [("partly_fulfilled", -0.8), ("incident", -7.2)]),
        ('2026-03-04T09:00  nimmt "Angebot" zurück\n', "", [("withdrawn_without", -2.0), ("incident", -6.0)]),
    ],
)  # fmt: skip
def test_it_costs_only_what_exceeds_the_withdrawal_of_the_promise_that_it_names(
    given: Given, end: str, severity: str, expected: list[tuple[str, float]]
) -> None:
    assert lines(given, MADE + end + about(severity)) == expected


def test_all_withdrawals_of_the_promise_count_together(given: Given) -> None:
    """Moved late without an alternative (−4), then a day late (−3): 1 of the 8 is left."""
    text = MADE + '2026-03-06T11:00  verschiebt "Angebot" auf 2026-03-09T12:00\n2026-03-10T12:00  erfüllt "Angebot"\n'
    assert lines(given, text + about(moment="2026-03-11T09:00")) == [
        ("moved_late_without_alternative", -4.0),
        ("fulfilled_late", -3.0),
        ("incident", -1.0),
    ]


def test_which_of_the_two_came_first_makes_no_difference_in_the_end(given: Given) -> None:
    """Complained on Tuesday, broken on Wednesday: first it costs 8, then only what exceeds the promise's 8."""
    history = given(MADE + about(", ernst", "2026-03-03T09:00") + BROKEN, NEVER_FADING)
    assert history.lines("2026-03-03T12:00") == [("incident", -16.0)]
    assert sorted(history.lines("2026-03-04T09:00")) == [("broken", -8.0), ("incident", -8.0)]
    other_way_round = given(MADE + BROKEN + about(", ernst", "2026-03-05T09:00"), NEVER_FADING)
    assert history.balance("2026-03-06") == other_way_round.balance("2026-03-06") == -16


def test_while_the_promise_is_overdue_both_together_cost_what_the_incident_costs(given: Given) -> None:
    """The overdue line grows from −2 to −8; what the incident takes beside it shrinks from −6 to 0."""
    history = given(MADE + about(moment="2026-03-07T12:00"), NEVER_FADING)
    assert history.lines("2026-03-06T12:00") == [("overdue", -2.0)]
    for moment, overdue in [("2026-03-07T12:00", -3.0), ("2026-03-09T12:00", -5.0), ("2026-03-11T12:00", -7.5)]:
        assert history.lines(moment) == [("overdue", overdue), ("incident", -8 - overdue)]
        assert history.balance(moment) == -8
    assert history.lines("2026-04-20T12:00") == [("overdue", -8.0), ("incident", 0.0)]


def test_an_overdue_intention_takes_half_and_the_incident_the_rest(given: Given) -> None:
    history = given(MADE.replace("12:00\n", "12:00, beabsichtigt\n") + about(moment="2026-03-07T12:00"), NEVER_FADING)
    assert history.lines("2026-03-07T12:00") == [("overdue", -1.5), ("incident", -6.5)]


def test_a_complaint_before_the_due_shrinks_when_the_due_passes_and_grows_again_when_a_move_ends_that(
    given: Given,
) -> None:
    text = MADE + about(moment="2026-03-05T09:00")
    text += '2026-03-08T12:00  verschiebt "Angebot" auf 2026-03-20T12:00, mit Alternative\n'
    history = given(text, NEVER_FADING)
    assert history.lines("2026-03-06T11:59") == [("incident", -8.0)]
    assert sorted(history.lines("2026-03-08T11:59:59.999999")) == [("incident", -4.0), ("overdue", -4.0)]
    assert sorted(history.lines("2026-03-08T12:00")) == [("incident", -5.0), ("moved_late", -3.0)]
    assert [local(line.stands_from) for line in history.postings if line.rule == "incident"] == [
        "2026-03-05T09:00", "2026-03-06T12:00", "2026-03-08T12:00", "2026-03-20T12:00"
    ]  # fmt: skip


def test_of_one_incident_never_two_lines_stand_at_once(given: Given) -> None:
    text = MADE + about(moment="2026-03-05T09:00") + '2026-03-11T12:00  erfüllt "Angebot"\n'
    history = given(text, NEVER_FADING)
    for day in range(5, 25):
        for hour in ("00:00", "09:00", "12:00", "12:01"):
            moment = f"2026-03-{day:02}T{hour}"
            count = [rule for rule, _ in history.lines(moment)].count("incident")
            assert count == (moment >= "2026-03-05T09:00"), moment


def test_a_promise_that_cost_nothing_or_that_nobody_knows_leaves_the_incident_whole(given: Given) -> None:
    assert lines(given, about()) == [("incident", -8.0)]
    other = MADE.replace("Angebot", "Anderes") + BROKEN.replace("Angebot", "Anderes")
    assert lines(given, other + about()) == [("broken", -8.0), ("incident", -8.0)]
    internal = MADE.replace("12:00\n", "12:00, intern\n") + BROKEN
    assert lines(given, internal + about()) == [("incident", -8.0)]


def test_an_untruth_about_a_promise_costs_32_beside_it(given: Given) -> None:
    text = MADE + BROKEN + '2026-03-05T09:00  Vorfall K-17 "V-1" untruth, zu "Angebot"'
    assert lines(given, text) == [("broken", -8.0), ("untruth", -32.0)]


# -- by when ----------------------------------------------------------------------------------------


def deadlines(history: History, moment: str | None = None) -> dict[str, str | None]:
    due = (history.case(moment) if moment else history.case()).deadlines
    return {step: local(due.of(step)) for step in ORDER}


def test_reason_4_apology_8_chance_16_talk_24_and_resolution_40_business_hours_after_the_report(given: Given) -> None:
    assert deadlines(given(REPORTED)) == {
        "reason": "2026-03-02T14:00",
        "apology": "2026-03-03T09:00",
        "chance": "2026-03-04T09:00",
        "talk": "2026-03-05T09:00",
        "resolved": "2026-03-09T09:00",
    }


def test_deadlines_are_those_of_the_rulebook_valid_at_the_report(given: Given) -> None:
    quicker = steering(later=[("2026-03-02T10:00", rulebook(recovery={"reason_hours": 1.0}))])
    assert deadlines(given(REPORTED, quicker))["reason"] == "2026-03-02T14:00"
    assert deadlines(given(REPORTED.replace("09:00", "10:00"), quicker))["reason"] == "2026-03-02T11:00"


CALENDARS = """
default = "werktags"
[teams]
Notdienst = "notdienst"
[calendars.werktags]
zone = "Europe/Berlin"
[calendars.werktags.hours]
monday = ["08:00-12:00", "13:00-17:00"]
[calendars.notdienst]
zone = "Europe/Berlin"
[calendars.notdienst.hours]
monday = ["00:00-24:00"]
"""
PERSONS = """
[[teams]]
name = "Notdienst"
[[persons]]
id = "lutz"
name = "Lutz"
team = "Notdienst"
"""


@pytest.mark.parametrize(
    ("before", "said", "reason"),
    [
        ("", "", "14:00"),
        ("", ", von lutz", "13:00"),
        ("", ", Team Notdienst", "13:00"),
        (", zuständig lutz", "", "13:00"),
        (", zuständig lutz", ", von ines", "14:00"),
        (", Team Notdienst", "", "13:00"),
    ],
)
def test_business_time_is_that_of_whoever_answers_for_it_at_the_report_else_of_who_looks_after_the_customer(
    given: Given, before: str, said: str, reason: str
) -> None:
    text = f'2026-03-01T09:00  Kunde K-17{before}\n2026-03-02T09:00  Vorfall K-17 "V-1" other{said}\n'
    history = given(
        text + "2026-03-02T09:30  übergibt Vorfall an lutz, Team Notdienst",
        steering(calendar=CALENDARS, persons=PERSONS),
    )
    assert deadlines(history)["reason"] == f"2026-03-02T{reason}"


def test_a_pause_caused_by_the_customer_moves_what_is_still_due_and_while_it_runs_there_is_no_deadline(
    given: Given,
) -> None:
    """From 16:00 to 10:00 the next day are three business hours; the reason was due before."""
    text = REPORTED + "2026-03-02T16:00  pausiert Vorfall wegen Kunde\n2026-03-03T10:00  setzt Vorfall fort wegen Kunde"
    history = given(text)
    running = deadlines(history, "2026-03-03T09:59")
    assert running == {"reason": "2026-03-02T14:00", "apology": None, "chance": None, "talk": None, "resolved": None}
    assert deadlines(history) == {
        "reason": "2026-03-02T14:00",
        "apology": "2026-03-03T12:00",
        "chance": "2026-03-04T12:00",
        "talk": "2026-03-05T12:00",
        "resolved": "2026-03-09T12:00",
    }
    assert history.case("2026-03-03T09:59").discipline_due is None
    assert local(history.case().discipline_due) == "2026-03-05T12:00"


def test_no_other_pause_moves_a_deadline(given: Given) -> None:
    text = REPORTED + "2026-03-02T10:00  pausiert Vorfall wegen Teil\n2026-03-03T10:00  setzt Vorfall fort wegen Teil"
    assert deadlines(given(text)) == deadlines(given(REPORTED))


# -- what comes back --------------------------------------------------------------------------------


def test_all_steps_in_order_and_in_time_bring_back_1_1_1_3_and_2_and_an_accepted_offer_2(given: Given) -> None:
    """After a serious incident 60 % are 9.6; without the offer the steps together are 8."""
    assert earned(given, *STEPS.values()) == [
        ("reason_given", 1.0),
        ("apologised", 1.0),
        ("chance_asked", 1.0),
        ("talked", 3.0),
        ("resolved", 2.0),
    ]
    accepted = "2026-03-03T10:00  Angebot angenommen"
    first = [STEPS[step] for step in ("reason", "apology", "chance")]
    assert earned(given, *first, accepted)[-1] == ("offer_accepted", 2.0)


NO_CAP = steering(rulebook(**USUAL, fading={"half_life_days": "none"}, recovery={"cap": 1.0, "cap_repeated": 1.0}))


@pytest.mark.parametrize("done", [each for count in range(6) for each in combinations(ORDER, count)])
def test_a_step_earns_only_when_all_before_it_are_done(given: Given, done: tuple[str, ...]) -> None:
    """Every choice of steps, each in its time: what counts is the part without a gap from the reason on."""
    history = given(SERIOUS + "\n".join(STEPS[step] for step in done), NO_CAP)
    unbroken = [step for place, step in enumerate(done) if done[: place + 1] == ORDER[: place + 1]]
    assert after(history) == [(step, True) for step in unbroken]
    assert len(history.lines()) == 1 + len(unbroken)


@pytest.mark.parametrize("order", list(permutations(("reason", "apology", "chance", "talk"))))
def test_only_as_much_counts_as_came_in_order(given: Given, order: tuple[str, ...]) -> None:
    """All on the first day, an hour apart."""
    said = {"reason": "nennt den Grund", "apology": "entschuldigt sich", "chance": "bittet um neue Chance, mit Angebot",
            "talk": "spricht persönlich"}  # fmt: skip
    times = ("09:30", "10:30", "11:30", "13:30")
    text = "\n".join(f"2026-03-02T{time}  {said[step]}" for time, step in zip(times, order, strict=True))
    expected = []
    for step in order:
        if step == ORDER[len(expected)]:
            expected.append(step)
    assert [step for step, _ in after(given(SERIOUS + text))] == expected


def test_a_step_out_of_order_can_be_made_up_for_by_doing_it_again_in_order(given: Given) -> None:
    """
    2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work, ernst
    2026-03-02T10:00  entschuldigt sich
    2026-03-02T11:00  nennt den Grund
    2026-03-02T13:30  entschuldigt sich
    """
    assert given(None, NEVER_FADING).lines()[1:] == [("reason_given", 1.0), ("apologised", 1.0)]


def test_a_step_done_twice_earns_once(given: Given) -> None:
    """
    2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work, ernst
    2026-03-02T10:00  nennt den Grund
    2026-03-02T11:00  nennt den Grund
    """
    assert given(None, NEVER_FADING).lines()[1:] == [("reason_given", 1.0)]


@pytest.mark.parametrize(
    ("step", "last_moment", "too_late"),
    [
        ("reason", "2026-03-02T14:00", "2026-03-02T14:00:01"),
        ("apology", "2026-03-03T09:00", "2026-03-03T09:00:01"),
        ("talk", "2026-03-05T09:00", "2026-03-05T09:00:01"),
        ("resolved", "2026-03-09T09:00", "2026-03-09T09:00:01"),
    ],
)
def test_reason_apology_talk_and_resolution_earn_up_to_their_deadline_and_nothing_after_it_but_open_the_way(
    given: Given, step: str, last_moment: str, too_late: str
) -> None:
    names = {"reason": "reason_given", "apology": "apologised", "talk": "talked", "resolved": "resolved"}
    place = ORDER.index(step)  # type: ignore[arg-type]
    before = [STEPS[each] for each in ORDER[:place]]
    verb = STEPS[step].split("  ")[1]
    following = [f"2026-03-12T09:00  {STEPS[each].split('  ')[1]}" for each in ORDER[place + 1 :]]
    in_time = given(SERIOUS + "\n".join([*before, f"{last_moment}  {verb}"]), NO_CAP)
    late = given(SERIOUS + "\n".join([*before, f"{too_late}  {verb}", *following]), NO_CAP)
    assert names[step] in {rule for rule, _ in in_time.lines()}
    assert names[step] not in {rule for rule, _ in late.lines()}
    assert [each for each, _ in after(late)] == list(ORDER), "done late, it still lets the next one follow"


def test_a_new_chance_and_an_accepted_offer_earn_whenever_they_come_in_order(given: Given) -> None:
    """
    2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work, ernst
    2026-03-02T10:00  nennt den Grund
    2026-03-02T11:00  entschuldigt sich
    2026-05-04T09:00  bittet um neue Chance, mit Angebot
    2026-06-01T09:00  Angebot angenommen
    """
    back = given(None, NEVER_FADING).lines()[1:]
    assert back == [("reason_given", 1.0), ("apologised", 1.0), ("chance_asked", 1.0), ("offer_accepted", 2.0)]


@pytest.mark.parametrize(
    ("lines_", "done_at"),
    [
        (["2026-03-03T09:00  bittet um neue Chance"], None),
        (["2026-03-03T09:00  bietet an"], None),
        (["2026-03-03T09:00  bittet um neue Chance, mit Angebot"], "2026-03-03T09:00"),
        (["2026-03-03T09:00  bittet um neue Chance", "2026-03-03T10:00  bietet an"], "2026-03-03T10:00"),
        (["2026-03-03T09:00  bietet an", "2026-03-03T10:00  bittet um neue Chance"], "2026-03-03T10:00"),
    ],
)
def test_a_new_chance_counts_only_with_an_offer_at_the_later_of_the_two(
    given: Given, lines_: list[str], done_at: str | None
) -> None:
    history = given(SERIOUS + "\n".join([STEPS["reason"], STEPS["apology"], *lines_]), NEVER_FADING)
    chances = [local(line.time) for line in history.postings if line.rule == "chance_asked"]
    assert chances == ([] if done_at is None else [done_at])


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("spricht persönlich", True),
        ("spricht, Kanal video", True),
        ("spricht, Kanal in_person", True),
        ("spricht, Kanal phone", False),
        ("spricht, Kanal email", False),
        ("spricht, Kanal chat", False),
        ("spricht", False),
    ],
)
def test_a_talk_counts_in_person_or_by_video_mail_and_phone_seldom_restore_trust(
    given: Given, said: str, counts: bool
) -> None:
    before = [STEPS[each] for each in ("reason", "apology", "chance")]
    talked = ("talked", 3.0) in earned(given, *before, f"2026-03-04T09:00  {said}")
    assert talked is counts


@pytest.mark.parametrize("channel", ["letter", "phone", "email", "in_person"])
def test_for_the_reason_letter_or_phone_will_do(given: Given, channel: str) -> None:
    assert earned(given, f"2026-03-02T10:00  nennt den Grund, Kanal {channel}") == [("reason_given", 1.0)]


def test_an_offer_earns_when_it_is_accepted_after_the_new_chance_not_declined_or_never_made(given: Given) -> None:
    first = [STEPS["reason"], STEPS["apology"]]
    chance = STEPS["chance"]
    assert earned(given, *first, chance, "2026-03-03T10:00  Angebot angenommen")[3:] == [("offer_accepted", 2.0)]
    assert earned(given, *first, chance, "2026-03-03T10:00  Angebot abgelehnt")[3:] == []
    assert earned(given, *first, "2026-03-03T10:00  Angebot angenommen")[2:] == []
    assert earned(given, *first, "2026-03-02T13:00  Angebot angenommen", chance)[2:] == [("chance_asked", 1.0)]


def test_reopened_and_put_right_again_it_earns_once(given: Given) -> None:
    more = ["2026-03-05T15:00  öffnet wieder", "2026-03-06T09:00  löst"]
    assert earned(given, *STEPS.values(), *more)[-1] == ("resolved", 2.0)
    assert [rule for rule, _ in earned(given, *STEPS.values(), *more)].count("resolved") == 1


def test_closing_earns_nothing(given: Given) -> None:
    assert earned(given, "2026-03-02T10:00  schließt") == []


def test_two_incidents_have_their_own_steps(given: Given) -> None:
    """
    2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work, ernst
    2026-03-02T09:00  Vorfall K-17 "V-2" forgotten, ernst
    2026-03-02T10:00  nennt den Grund zu "V-1"
    2026-03-02T11:00  entschuldigt sich zu "V-2"
    """
    history = given()
    assert [[done.step for done in history.case(name=name).done] for name in ("V-1", "V-2")] == [["reason"], []]


# -- the cap ----------------------------------------------------------------------------------------

ALL_STEPS = "\n".join(
    [STEPS["reason"], STEPS["apology"], STEPS["chance"], "2026-03-03T10:00  Angebot angenommen", STEPS["talk"],
     STEPS["resolved"]]
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "back"),
    [
        (", ernst", [1, 1, 1, 2, 3, 1.6]),  # 60 % of 16 are 9.6
        ("", [1, 1, 1, 1.8, 0, 0]),  # 4.8
        (", gering", [1, 1, 0.4, 0, 0, 0]),  # 2.4
        (", ernst, selbst gemeldet", [1, 1, 1, 1.8, 0, 0]),  # of 8
        (", selbst gemeldet", [1, 1, 0.4, 0, 0, 0]),  # of 4
        (", gering, selbst gemeldet", [1, 0.2, 0, 0, 0, 0]),  # 1.2
    ],
)
def test_of_an_incident_60_percent_come_back_at_most_cut_in_order_of_time(
    given: Given, said: str, back: list[float]
) -> None:
    history = given(f'2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work{said}\n' + ALL_STEPS, NEVER_FADING)
    assert [points for _, points in history.lines()[1:]] == back


def test_the_cut_stands_at_the_line_as_a_factor(given: Given) -> None:
    """Of 4.8 three are given; of the 2 for the accepted offer 1.8 are left, and nothing of the talk."""
    history = given(REPORTED + ALL_STEPS, NEVER_FADING)
    factors = dict(history.factors())
    assert factors["chance_asked"] == {}
    assert factors["offer_accepted"] == {"recovery_cap": 0.9}
    assert factors["talked"] == {"recovery_cap": 0.0}


@pytest.mark.parametrize(
    ("earlier", "back"),
    [
        ('2025-09-03T10:00  Vorfall K-17 "V-0" wrong_work', 4.8),  # 180 days of 24 hours: summer time ended
        ('2025-09-03T09:59:59  Vorfall K-17 "V-0" wrong_work', 9.6),
        ('2026-03-02T08:59:59  Vorfall K-17 "V-0" wrong_work, gering', 4.8),
        ('2026-01-02T09:00  Vorfall K-17 "V-0" forgotten', 9.6),
        ('2026-01-02T09:00  Vorfall K-18 "V-0" wrong_work', 9.6),
        ('2026-03-02T09:30  Vorfall K-17 "V-0" wrong_work', 9.6),
    ],
)
def test_30_percent_come_back_when_the_same_happened_to_the_same_customer_within_180_days_before(
    given: Given, earlier: str, back: float
) -> None:
    history = given(f"{earlier}\n{SERIOUS}{ALL_STEPS}", NEVER_FADING)
    lines_ = history.postings_of("customer-K-17")
    assert sum(line.points for line in lines_ if line.recovers == "incident-V-1") / 100 == back


def test_the_cap_is_of_what_the_incident_costs_with_the_customers_sensitivity(given: Given) -> None:
    """16 at a sensitivity of 2 are 32, of which 19.2 could come back; at 0.5 they are 8, of which 4.8 do."""
    for value, back in ((2, 10.0), (0.5, 4.8)):
        history = given(f"2026-03-01T09:00  Empfindlichkeit K-17 {value}\n{SERIOUS}{ALL_STEPS}", NEVER_FADING)
        assert sum(points for rule, points in history.lines() if rule != "incident") == pytest.approx(back)


def test_the_cap_is_of_what_the_incident_is_worth_at_the_instant_of_the_deposit(given: Given) -> None:
    """A normal incident about a promise broken before it costs nothing more, so nothing can come back."""
    history = given(MADE + BROKEN + about() + "2026-03-09T10:00  nennt den Grund", NEVER_FADING)
    assert history.lines() == [("broken", -8.0), ("incident", 0.0), ("reason_given", 0.0)]


def test_while_the_promise_is_overdue_the_cap_is_of_what_the_incident_takes_beside_it(given: Given) -> None:
    """Three days overdue are −5, so a normal incident takes 3 beside it, of which 1.8 may come back."""
    text = MADE + about(moment="2026-03-09T11:00")
    text += "2026-03-09T12:00  nennt den Grund\n2026-03-09T12:00  entschuldigt sich"
    assert given(text, NEVER_FADING).lines("2026-03-09T12:00") == [
        ("overdue", -5.0),
        ("incident", -3.0),
        ("reason_given", 1.0),
        ("apologised", 0.8),
    ]


def test_what_recovery_brings_back_never_exceeds_the_cap_whatever_is_done(given: Given) -> None:
    """Recovery restores, but does not enrich."""
    for severity, cost in ((", gering", 4), ("", 8), (", ernst", 16)):
        history = given(f'2026-03-02T09:00  Vorfall K-17 "V-1" other{severity}\n' + ALL_STEPS, NEVER_FADING)
        back = sum(points for rule, points in history.lines() if rule != "incident")
        assert back <= 0.6 * cost + 1e-9
        assert history.balance("2026-12-31") < 0


# -- discipline -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "disciplined"),
    [
        (["reason", "apology", "talk"], True),
        (["reason", "apology", "chance", "talk"], True),
        (["apology", "talk"], False),
        (["reason", "talk"], False),
        (["reason", "apology"], False),
    ],
)
def test_discipline_asks_for_reason_apology_and_talk_the_new_chance_may_be_missing(
    given: Given, steps: list[str], disciplined: bool
) -> None:
    assert given(REPORTED + "\n".join(STEPS[step] for step in steps)).case().disciplined is disciplined


def test_discipline_asks_for_each_in_time(given: Given) -> None:
    late = STEPS["talk"].replace("2026-03-04", "2026-03-06")
    assert not given(REPORTED + "\n".join([STEPS["reason"], STEPS["apology"], late])).case().disciplined


def test_the_time_for_discipline_is_over_when_the_last_of_its_deadlines_has_passed(given: Given) -> None:
    assert local(given(REPORTED).case().discipline_due) == "2026-03-05T09:00"


# -- what is next, and the stage --------------------------------------------------------------------


def test_the_next_step_is_the_first_one_not_done_and_none_once_it_is_put_right_or_closed(given: Given) -> None:
    history = given(REPORTED + "\n".join(STEPS.values()))
    moments = ("09:00", "10:00", "11:00")
    assert [history.case(f"2026-03-02T{each}").next_step for each in moments] == ["reason", "apology", "chance"]
    assert [history.case(f"2026-03-0{day}T09:00").next_step for day in (3, 4, 5)] == ["talk", "resolved", None]
    assert given(REPORTED + "2026-03-02T10:00  schließt").case().next_step is None


def test_put_right_without_the_steps_nothing_is_next_until_it_is_opened_again(given: Given) -> None:
    text = REPORTED + "2026-03-02T10:00  löst\n2026-03-03T10:00  öffnet wieder\n"
    assert given(text).case("2026-03-02T12:00").next_step is None
    assert given(text).case().next_step == "reason"
    put_right_once_more = given(text + "2026-03-04T10:00  löst").case()
    assert (put_right_once_more.incident.state, put_right_once_more.next_step) == ("resolved", None)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        (REPORTED, ("recovering", "incident_open")),
        (SERIOUS, ("recovering", "incident_open")),
        ('2026-03-02T09:00  Vorfall K-17 "V-1" wrong_work, gering', ("strained", "balance_below")),
        (REPORTED + "2026-03-02T10:00  löst", ("strained", "balance_below")),
        (REPORTED + "2026-03-02T10:00  schließt", ("strained", "balance_below")),
        (REPORTED + "2026-03-02T10:00  löst\n2026-03-02T11:00  öffnet wieder", ("recovering", "incident_open")),
        (REPORTED + "2026-03-02T10:00  K-17 geht", ("lost", "left")),
        ('2026-03-02T09:00  Vorfall K-17 "V-1" untruth', ("lost", "balance_below")),
    ],
)
def test_a_relationship_is_recovering_while_an_incident_of_normal_or_higher_severity_is_open(
    given: Given, text: str, stage: tuple[str, str]
) -> None:
    found = given(text, PLAIN).stage("2026-03-03")
    assert (found.name, found.reason) == stage


def test_recovering_begins_with_the_report_and_ends_with_the_resolution(given: Given) -> None:
    history = given("2026-03-01T09:00  K-17 empfiehlt uns\n" + REPORTED + "2026-03-03T09:00  löst", PLAIN)
    moments = ("2026-03-02T08:59:59", "2026-03-02T09:00", "2026-03-03T08:59:59", "2026-03-03T09:00")
    assert [history.stage(each).name for each in moments] == ["new", "recovering", "recovering", "strained"]


# -- any order --------------------------------------------------------------------------------------


def test_lines_and_steps_are_the_same_in_whichever_order_the_facts_came(given: Given) -> None:
    """
    2026-03-02T08:00  verspricht K-17 ines "Angebot" bis 2026-03-02T12:00
    2026-03-02T09:00  Vorfall K-17 "V-1" complaint, ernst, zu "Angebot"
    2026-03-02T10:00  nennt den Grund, von ines
    2026-03-02T11:00  entschuldigt sich, von ines
    2026-03-03T12:00  erfüllt "Angebot"
    2026-03-03T09:00  bittet um neue Chance
    2026-03-03T09:00  bietet an
    2026-03-04T09:00  spricht persönlich
    2026-03-05T09:00  löst
    """
    told = list(given().envelopes)
    expected = given(None, PLAIN)
    assert [step for step, _ in after(expected)] == list(ORDER)
    for turn in range(len(told)):
        for envelopes in (told[turn:] + told[:turn], (told[turn:] + told[:turn])[::-1]):
            history = History(envelopes, PLAIN)
            assert after(history) == after(expected)
            assert history.lines("2026-03-02T13:00") == expected.lines("2026-03-02T13:00")
            assert history.lines() == expected.lines()
