"""P21: Call the customer the day after delivery and ask if all is well (003)."""

from __future__ import annotations

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, employ, noticed, share, told, words

# Delivered on Friday: the call is due by Monday evening.
DELIVERED = """
2026-03-02T09:00  verspricht K-17 lutz "Therme" bis 2026-03-06T16:00, Art delivery
2026-03-06T15:00  erfüllt "Therme"
"""
CALL = "{moment}  meldet sich bei K-17, Zweck follow_up, Kanal phone, von lutz\n"


def test_a_call_on_the_next_business_day_earns_2_a_later_one_nothing(given: Given) -> None:
    for moment, earns in (("2026-03-09T10:00", True), ("2026-03-09T18:00", True), ("2026-03-10T08:00", False)):
        lines = dict(given(DELIVERED + CALL.format(moment=moment), KNOWN_AND_ORDINARY).lines())
        assert lines.get("follow_up") == (2 if earns else None), moment


def test_not_calling_costs_nothing(given: Given) -> None:
    assert given(DELIVERED, KNOWN_AND_ORDINARY).lines() == [("kept", 4.0)]


def test_the_figure_counts_deliveries_whose_time_for_it_is_over(home: Home, given: Given) -> None:
    second = DELIVERED.replace("K-17", "K-18").replace("Therme", "Speicher")
    other = DELIVERED.replace("Therme", "Wartung").replace("delivery", "appointment")
    home.take(given(DELIVERED + second + other + CALL.format(moment="2026-03-09T10:00")).envelopes)
    assert share(home, "follow_up_rate", "2026-03-09T23:00") == (0, 0), "there is still time"
    assert share(home, "follow_up_rate", "2026-03-10T00:00") == (1, 2)


def test_whoever_delivered_is_reminded_when_the_next_business_day_begins_unless_somebody_has_called(
    home: Home, given: Given
) -> None:
    called = DELIVERED.replace("K-17", "K-18").replace("Therme", "Speicher")
    called += CALL.replace("K-17", "K-18").format(moment="2026-03-06T16:30")
    employ(home)
    home.take(given(DELIVERED + called).envelopes)
    assert told(home, "2026-03-07T10:00", "follow_up_due") == [], "on Saturday nobody works"
    assert told(home, "2026-03-09T07:59", "follow_up_due") == []
    (reminder,) = noticed(home, "2026-03-09T08:00", "follow_up_due")
    assert "Rufen Sie heute an und fragen Sie, ob alles gut ist." in words(home, reminder)
    assert told(home, "2026-03-09T09:00", "follow_up_due") == []
