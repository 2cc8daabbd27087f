"""How sensitive a customer is: learned from how strongly they reacted to withdrawals, unless set by hand (P9).

(k + 5) ÷ (f + 5), where k are strong reactions within 30 days after earlier withdrawals and f are those to be
expected at the firm's own rate, 0.1 a withdrawal until the firm knows its own.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.account import Sensitivity
from tests.notation import Given, History, at, local, rulebook, steering

PLAIN = steering(rulebook(newness={"factor": 1.0}))
LATER = "2026-03-20"


def broken(count: int, start: str = "2026-03-02T09:00", every: timedelta = timedelta(hours=1)) -> str:
    """So many promises broken, one an hour."""
    text = ""
    for number in range(count):
        moment = local(at(start) + number * every)
        text += f'{moment}  verspricht K-17 ines "B{number}/{start}"\n{moment}  bricht "B{number}/{start}"\n'
    return text


def learned(given: Given, text: str, moment: str = LATER) -> tuple[int | None, float]:
    """Reactions, and what was to be expected."""
    found = given(text, PLAIN).sensitivity(moment)
    return found.reactions, pytest.approx(found.expected)


# -- the formula ------------------------------------------------------------------------------------


def test_with_nothing_behind_them_a_customer_reacts_as_others_do(given: Given) -> None:
    assert given("2026-03-02T09:00  Kunde K-17").sensitivity(LATER) == Sensitivity(1.0, 0, 0.0)


@pytest.mark.parametrize(("earlier", "factor"), [(0, 1), (1, 5 / 5.1), (2, 5 / 5.2), (10, 5 / 6), (40, 5 / 9)])
def test_each_earlier_withdrawal_without_a_reaction_expects_a_tenth_of_one_and_makes_the_next_cost_less(
    given: Given, earlier: int, factor: float
) -> None:
    history = given(broken(earlier + 1), PLAIN)
    assert history.factors()[-1] == ("broken", {"sensitivity": pytest.approx(factor)} if earlier else {})
    assert history.lines("2026-04-01")[-1] == ("broken", round(-8 * factor, 2))


def test_each_strong_reaction_makes_what_follows_cost_more(given: Given) -> None:
    """Broken (−8). They ask again: −2 · 5 ÷ 5.1. Then of two withdrawals one was answered by a reaction: 6 ÷ 5.2.

    2026-03-02T09:00  verspricht K-17 ines "A"
    2026-03-02T10:00  bricht "A"
    2026-03-03T09:00  K-17 hakt nach zu "A", braucht keine Antwort
    2026-03-04T09:00  verspricht K-17 ines "B"
    2026-03-04T10:00  bricht "B"
    """
    assert given(None, PLAIN).lines("2026-03-05") == [("broken", -8.0), ("chased", -1.96), ("broken", -9.23)]
    assert given(None, PLAIN).sensitivity("2026-03-04T10:00") == Sensitivity(pytest.approx(6 / 5.2), 1, 0.2)


def test_sensitivity_multiplies_withdrawals_only_not_deposits(given: Given) -> None:
    text = broken(2) + "2026-03-05T09:00  K-17 empfiehlt uns\n2026-03-05T10:00  Rückmeldung K-17 5\n"
    assert given(text, PLAIN).lines(LATER)[2:] == [("referral", 6.0), ("feedback", 6.0)]


def test_a_withdrawal_at_the_very_instant_is_no_earlier_one(given: Given) -> None:
    text = broken(2, every=timedelta(0))
    assert [factors for _, factors in given(text, PLAIN).factors()] == [{}, {}]


def test_what_is_expected_lasts_as_lines_do_also_when_they_have_faded(given: Given) -> None:
    assert learned(given, broken(3), "2028-03-02") == (0, 0.3)


# -- what is a strong reaction ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "strong"),
    [
        ('Vorfall K-17 "V-1" complaint', True),
        ('Vorfall K-17 "V-1" complaint, gering, selbst gemeldet', True),
        ('Vorfall K-17 "V-1" wrong_work, ernst', False),
        ('Vorfall K-17 "V-1" untruth', False),
        ('K-17 hakt nach zu "B0", braucht keine Antwort', True),
        ("K-17 fragt, braucht keine Antwort", False),
        ("Rückmeldung K-17 1", True),
        ("Rückmeldung K-17 2", True),  # the lowest quarter of 1 to 5 ends at 2
        ("Rückmeldung K-17 2.01", False),
        ("Rückmeldung K-17 2.5, von 0 bis 10", True),
        ("Rückmeldung K-17 5", False),
        ("K-17 geht", True),
        ("K-17 empfiehlt uns", False),
        ("zuständig für K-17 ist lutz", False),
    ],
)
def test_a_complaint_asking_again_feedback_in_the_lowest_quarter_and_leaving_are_strong_reactions(
    given: Given, line: str, strong: bool
) -> None:
    assert learned(given, broken(1) + f"2026-03-03T09:00  {line}")[0] == strong


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        ("2026-03-02T09:00", False),  # at the instant of the withdrawal nothing came before it
        ("2026-03-02T09:00:01", True),
        ("2026-04-01T10:00", True),  # 30 days of 24 hours: the clock was put forward
        ("2026-04-01T10:00:01", False),
        ("2026-03-01T09:00", False),
    ],
)
def test_a_reaction_counts_within_30_days_after_a_withdrawal(given: Given, moment: str, counts: bool) -> None:
    text = broken(1) + f"{moment}  Rückmeldung K-17 1"
    assert learned(given, text, "2026-05-01")[0] == counts


def test_a_reaction_counts_once_however_many_withdrawals_came_before_it(given: Given) -> None:
    assert learned(given, broken(7) + "2026-03-03T09:00  Rückmeldung K-17 1") == (1, 0.8)


def test_a_reaction_does_not_answer_itself_but_the_next_one_answers_it(given: Given) -> None:
    """A complaint is a withdrawal, too."""
    first = '2026-03-02T09:00  Vorfall K-17 "V-1" complaint\n'
    assert learned(given, first) == (0, 0.1)
    assert learned(given, first + '2026-03-03T09:00  Vorfall K-17 "V-2" complaint\n') == (1, 0.2)


def test_without_a_withdrawal_before_it_a_reaction_says_nothing(given: Given) -> None:
    kept = '2026-03-02T09:00  verspricht K-17 ines "A"\n2026-03-02T10:00  erfüllt "A"\n'
    assert learned(given, kept + "2026-03-03T09:00  Rückmeldung K-17 1") == (0, 0.1)


def test_lines_that_cost_nothing_are_no_withdrawals(given: Given) -> None:
    """Taken back openly with reason and alternative, moved at the customer's wish."""
    text = '2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-06T12:00\n'
    text += '2026-03-03T09:00  verschiebt "A" auf 2026-03-09T12:00, vom Kunden gewünscht\n'
    text += '2026-03-04T09:00  nimmt "A" zurück, mit Grund, mit Alternative\n'
    assert learned(given, text + "2026-03-05T09:00  Rückmeldung K-17 1") == (0, 0.1)


def test_a_promise_that_is_overdue_when_they_complain_is_a_withdrawal_before_it(given: Given) -> None:
    text = '2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-06T12:00\n'
    assert learned(given, text + "2026-03-06T12:00  Rückmeldung K-17 1", "2026-03-06T12:00:01")[0] == 0
    assert learned(given, text + "2026-03-06T12:00:01  Rückmeldung K-17 1", "2026-03-06T12:01")[0] == 1


def test_a_move_that_ends_an_overdue_line_takes_it_out_of_what_is_expected(given: Given) -> None:
    """Overdue it is one; moved late it is the move's; overdue again both."""
    text = '2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-06T12:00\n'
    text += '2026-03-08T12:00  verschiebt "A" auf 2026-03-12T12:00, mit Alternative\n'
    moments = ("2026-03-06T12:00", "2026-03-08T11:00", "2026-03-08T13:00", "2026-03-12T13:00")
    assert [learned(given, text, each)[1] for each in moments] == [0.0, 0.1, 0.1, 0.2]


def test_a_question_never_answered_is_a_withdrawal_only_from_its_own_moment_on(given: Given) -> None:
    text = "2026-03-02T09:00  K-17 fragt, Kanal email\n"
    assert learned(given, text, "2026-03-04T09:00") == (0, 0.0)
    assert learned(given, text, "2026-03-04T09:00:01") == (0, 0.1)


def test_an_incident_whose_share_shrinks_when_its_promise_is_broken_stays_a_withdrawal_all_the_time(
    given: Given,
) -> None:
    """Complained on Monday (16), broken on Tuesday (8 of the 16): just before, the whole incident stood."""
    text = '2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-20T12:00\n'
    text += '2026-03-02T10:00  Vorfall K-17 "V-1" wrong_work, ernst, zu "A"\n2026-03-03T10:00  bricht "A"\n'
    moments = ("2026-03-02T10:00", "2026-03-03T09:59", "2026-03-03T10:00", "2026-03-03T10:01")
    assert [learned(given, text, each)[1] for each in moments] == [0.0, 0.1, 0.1, 0.2]
    assert dict(given(text, PLAIN).factors())["broken"] == {"sensitivity": pytest.approx(5 / 5.1)}


# -- its limits, and the firm's own rates -----------------------------------------------------------


def chases(count: int) -> str:
    return "".join(
        f'{local(at("2026-03-03T09:00") + timedelta(hours=number))}  K-17 hakt nach zu "B", braucht keine Antwort\n'
        for number in range(count)
    )


def test_it_never_goes_above_2(given: Given) -> None:
    """(12 + 5) ÷ (1.3 + 5) would be 2.7."""
    found = given(broken(1) + chases(12), PLAIN).sensitivity(LATER)
    assert (found.value, found.reactions, found.expected) == (2, 12, pytest.approx(1.3))


def test_it_never_goes_below_a_half(given: Given) -> None:
    """5 ÷ (8 + 5) would be 0.38; where 1 in 1 reacts, 8 should have."""
    found = given("2026-03-01T00:00  Quoten 2026-02 0.8 1.0\n" + broken(8), PLAIN).sensitivity(LATER)
    assert (found.value, found.reactions, found.expected) == (0.5, 0, pytest.approx(8.0))


def test_what_is_expected_of_a_withdrawal_is_the_firms_rate_of_its_own_month(given: Given) -> None:
    """Two in February at 0.1, three in March at 0.4, one in April at 0.2."""
    text = "2026-03-01T00:00  Quoten 2026-02 0.8 0.4\n2026-04-01T00:00  Quoten 2026-03 0.8 0.2\n"
    text += broken(2, "2026-02-10T09:00") + broken(3, "2026-03-10T09:00") + broken(1, "2026-04-10T09:00")
    assert learned(given, text, "2026-02-20") == (0, 0.2)
    assert learned(given, text, "2026-03-20") == (0, 0.2 + 1.2)
    assert learned(given, text, "2026-04-20") == (0, 0.2 + 1.2 + 0.2)


def test_the_rate_of_a_month_counts_from_the_first_instant_of_the_next(given: Given) -> None:
    text = "2026-03-01T00:00  Quoten 2026-02 0.8 0.4\n"
    for moment, rate in (("2026-02-28T23:59:59", 0.1), ("2026-03-01T00:00", 0.4)):
        assert learned(given, text + broken(1, moment)) == (0, rate)


def test_where_nobody_ever_reacts_nothing_is_expected_and_all_stay_at_1(given: Given) -> None:
    found = given("2026-01-01T00:00  Quoten 2025-12 0.8 0\n" + broken(50), PLAIN).sensitivity(LATER)
    assert found == Sensitivity(1.0, 0, 0.0)


# -- by hand ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0.5, 1, 1.5, 2])
def test_set_by_hand_it_wins_over_all_that_was_learned(given: Given, value: float) -> None:
    history = given(broken(5) + chases(3) + f"2026-03-10T09:00  Empfindlichkeit K-17 {value}", PLAIN)
    assert history.sensitivity("2026-03-10T09:00").reactions == 3, "just before it is still learned"
    assert history.sensitivity("2026-03-10T09:00:01") == Sensitivity(value, None)


def test_taken_away_again_it_learns_from_everything_that_happened_meanwhile_too(given: Given) -> None:
    text = broken(2) + "2026-03-02T12:00  Empfindlichkeit K-17 2\n" + chases(3)
    text += "2026-03-10T09:00  Empfindlichkeit K-17 gelernt\n"
    assert given(text, PLAIN).sensitivity("2026-03-10T09:00") == Sensitivity(2.0, None)
    assert learned(given, text) == (3, 0.5)


def test_setting_it_by_hand_changes_no_line_from_before(given: Given) -> None:
    text = broken(2)
    by_hand = text + "2026-03-10T09:00  Empfindlichkeit K-17 2\n"
    assert given(by_hand, PLAIN).lines(LATER) == given(text, PLAIN).lines(LATER)


# -- any order, any moment --------------------------------------------------------------------------

STORY = (
    broken(2)
    + """
2026-03-02T15:00  K-17 fragt, Kanal email
2026-03-03T09:00  Vorfall K-17 "V-1" complaint
2026-03-06T09:00  Rückmeldung K-17 2
2026-03-09T09:00  verspricht K-17 ines "C" bis 2026-03-10T12:00
2026-03-11T12:00  erfüllt "C"
2026-03-12T09:00  K-17 geht
"""
)


def test_it_is_the_same_in_whichever_order_the_facts_came(given: Given) -> None:
    told = list(given(STORY).envelopes)
    expected = [History(told, PLAIN).sensitivity(f"2026-03-{day:02}").value for day in range(1, 20)]
    assert len(set(expected)) > 5
    for turn in range(len(told)):
        shuffled = History((told[turn:] + told[:turn])[::-1], PLAIN)
        assert [shuffled.sensitivity(f"2026-03-{day:02}").value for day in range(1, 20)] == expected


def test_what_happens_later_changes_nothing_at_a_moment_before(given: Given) -> None:
    history = given(STORY, PLAIN)
    for day in range(2, 20):
        moment = f"2026-03-{day:02}T10:30"
        assert history.sensitivity(moment) == history.until(moment).sensitivity(moment)
        assert history.lines(moment) == history.until(moment).lines(moment)
