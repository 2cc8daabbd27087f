"""P26: Not only the boss: every employee; and employees among themselves (000, 004)."""

from __future__ import annotations

from tests.homes import Home
from tests.notation import Given, at
from tests.stories.asking import account, by, employ, share, told

STORY = """
2026-03-01T09:00  Kunde karin, ist colleague
2026-03-01T09:00  Kunde acme, ist supplier
2026-03-01T09:00  Kunde K-1
2026-03-02T09:00  verspricht karin lutz "Werkzeug zurück" bis 2026-03-03T12:00, Team Montage
2026-03-03T11:00  erfüllt "Werkzeug zurück"
2026-03-02T09:00  verspricht acme ines "Rechnung bezahlen" bis 2026-03-06T12:00, Team Büro
2026-03-09T11:00  erfüllt "Rechnung bezahlen"
2026-03-02T09:00  verspricht K-1 lutz "Therme" bis 2026-03-06T12:00, Team Montage
2026-03-06T11:00  erfüllt "Therme"
2026-03-02T09:00  verspricht K-1 ines "Übergabe an Montage" bis 2026-03-04T12:00, Team Büro, intern
2026-03-05T11:00  erfüllt "Übergabe an Montage"
"""


def test_colleagues_and_suppliers_have_an_account_like_everybody(home: Home, given: Given) -> None:
    home.take(given(STORY).envelopes)
    assert account(home, "karin", "2026-03-20").balance > 0
    assert account(home, "acme", "2026-03-20").balance < 0


def test_promises_count_for_everybody_who_gave_them(home: Home, given: Given) -> None:
    home.take(given(STORY).envelopes)
    rates = {
        key: (found.numerator, found.denominator)
        for key, found in by(home, "owner", "on_time_rate", "2026-03-20").items()
    }
    assert rates == {"ines": (0, 2), "lutz": (2, 2)}
    teams = {key: found.denominator for key, found in by(home, "team", "on_time_rate", "2026-03-20").items()}
    assert teams == {"Büro": 2, "Montage": 2}


def test_what_is_promised_inside_counts_in_reliability_but_not_against_the_customers_trust(
    home: Home, given: Given
) -> None:
    home.take(given(STORY).envelopes)
    found = account(home, "K-1", "2026-03-20")
    assert [line.posting.rule for line in found.lines] == ["kept"]
    assert found.reliability.rests_on == 2


def test_figures_of_customers_speak_of_customers_only(home: Home, given: Given) -> None:
    home.take(given(STORY).envelopes)
    assert share(home, "feedback_silence", "2026-03-20") == (1, 1)


def test_a_promise_handed_over_counts_for_whoever_answers_for_it_and_who_promised_stays_known(
    home: Home, given: Given
) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-06T12:00
    2026-03-03T09:00  übergibt "A" an lutz
    2026-03-06T11:00  erfüllt "A"
    """
    home.take(given().envelopes)
    assert set(by(home, "owner", "on_time_rate", "2026-03-20")) == {"lutz"}
    history = home.konto.log.opened(home.konto.log.page(0, 10))
    assert [getattr(fact.data, "by", None) for fact in history][:2] == ["ines", "lutz"]
    assert at("2026-03-02T09:00") == history[0].time


def test_who_promised_something_to_a_colleague_a_supplier_or_inside_is_told_as_for_a_customer(
    home: Home, given: Given
) -> None:
    """
    2026-03-01T09:00  Kunde karin, ist colleague
    2026-03-01T09:00  Kunde acme, ist supplier
    2026-03-02T09:00  verspricht karin lutz "Werkzeug zurück" bis 2026-03-06T12:00
    2026-03-02T09:00  verspricht acme ines "Rechnung bezahlen" bis 2026-03-06T12:00
    2026-03-02T09:00  verspricht K-1 ines "Übergabe an Montage" bis 2026-03-06T12:00, intern
    2026-03-06T13:00  karin hakt nach "Und?" zu "Werkzeug zurück"
    """
    employ(home)
    home.take(given().envelopes)
    all_three = ["ines: Rechnung bezahlen", "ines: Übergabe an Montage", "lutz: Werkzeug zurück"]
    assert sorted(told(home, "2026-03-05T08:00", "last_call")) == all_three
    assert sorted(told(home, "2026-03-06T12:00", "overdue")) == all_three
    assert told(home, "2026-03-06T13:00") == ["lutz: chased Und?"], "and nobody that a colleague's trust is low"
