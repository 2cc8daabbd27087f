"""Alerts about a customer's state: of whom they tell, and since when it holds."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from domain.account.watching import Watch, recovering_of
from domain.alert import Occasion, Whose
from domain.documents import load
from domain.rulebook import Rulebook, default_text
from projections import quiet, strained
from projections.filters import Moment
from tests.homes import Home
from tests.notation import Given, at, envelopes, local, steering
from workers import (
    when_a_customer_falls_silent_tell_whoever_looks_after_them,
    when_a_habit_has_lapsed_tell_whoever_looks_after_the_customer,
    when_feedback_stays_away_tell_whoever_looks_after_the_customer,
    when_the_buffer_is_thin_tell_whoever_looks_after_the_customer,
    when_trust_is_falling_tell_whoever_looks_after_the_customer,
    when_trust_is_low_tell_whoever_looks_after_the_customer,
)

OF_ACCOUNTS = (
    when_trust_is_low_tell_whoever_looks_after_the_customer.occasions,
    when_trust_is_falling_tell_whoever_looks_after_the_customer.occasions,
    when_the_buffer_is_thin_tell_whoever_looks_after_the_customer.occasions,
)
OF_SILENCE = (
    when_a_customer_falls_silent_tell_whoever_looks_after_them.occasions,
    when_feedback_stays_away_tell_whoever_looks_after_the_customer.occasions,
    when_a_habit_has_lapsed_tell_whoever_looks_after_the_customer.occasions,
)


def changed(**changes: str) -> str:
    """The shipped rulebook with other lines: the key with its value now → what stands there instead."""
    text = default_text()
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    return text


ORDINARY = changed(**{"least = 0.5": "least = 1", "most = 2": "most = 1", "factor = 2": "factor = 1"})
"""Nobody is new or sensitive, so that a line shows its own worth."""
UNFADING = ORDINARY.replace("[fading]", "[fading]\n#").replace("half_life_days = 365", 'half_life_days = "none"', 1)


# -- what is asked --------------------------------------------------------------------------------------


def of_accounts(home: Home, moment: datetime, **about: Collection[str] | datetime | None) -> Iterator[Occasion]:
    konto = home.konto
    for row in strained.rows(konto.library, konto.steering, Moment(moment), **about):  # type: ignore[arg-type]
        for policy in OF_ACCOUNTS:
            yield from policy(row)


def of_silence(home: Home, moment: datetime, **about: Collection[str] | datetime | None) -> Iterator[Occasion]:
    konto = home.konto
    for row in quiet.rows(konto.library, konto.steering, Moment(moment), **about):  # type: ignore[arg-type]
        for policy in OF_SILENCE:
            yield from policy(row)


def told(home: Home, occasions: Iterator[Occasion]) -> dict[str, str]:
    """Customer, rule, level and detail → since when, by Berlin's clock."""
    own = dict(home.rows("SELECT customer, id FROM customers"))
    found = {}
    for each in occasions:
        assert (each.subject, each.occurrence, each.until) == (each.customer, 0, None)
        words = [own[each.customer], each.rule, str(each.level) if each.level > 1 else "", each.detail]
        found[" ".join(word for word in words if word)] = local(each.since) or ""
    return found


class Story(NamedTuple):
    """`looks`: moment → what holds then."""

    history: str
    looks: dict[str, dict[str, str]]


def lived(home: Home, story: str, rulebook: str = UNFADING) -> None:
    home.konto.publish("rulebook", rulebook)
    home.take(envelopes(story))


# -- the account ----------------------------------------------------------------------------------------

GOOD = """
2026-01-05T09:00  K-1 empfiehlt uns
2026-01-05T10:00  K-1 empfiehlt uns
2026-01-05T11:00  K-1 empfiehlt uns
"""
THREE = """
2026-02-02T09:00  verspricht K-1 ines "A"
2026-02-02T09:00  verspricht K-1 ines "B"
2026-02-02T09:00  verspricht K-1 ines "C"
"""

ACCOUNTS: dict[str, Story] = {
    "an overdue promise strains a young account, and it never was thin before": Story(
        '2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-10T16:00',
        {
            "2026-03-10T15:59:59": {},
            "2026-03-10T16:00": {"K-1 trust_low": "2026-03-10T16:00"},
            "2026-03-31T09:00": {"K-1 trust_low": "2026-03-10T16:00"},
        },
    ),
    "strained, lost and strained again: the first level goes on all the while": Story(
        THREE
        + """
        2026-03-03T10:00  bricht "A"
        2026-03-05T10:00  bricht "B"
        2026-03-09T10:00  bricht "C"
        2026-03-16T10:00  Rückmeldung K-1 5
        2026-03-20T10:00  K-1 empfiehlt uns
        2026-04-01T10:00  K-1 empfiehlt uns
        2026-04-01T10:00  K-1 empfiehlt uns
        """,
        {
            "2026-03-03T09:59:59": {},
            "2026-03-04T10:00": {"K-1 trust_low": "2026-03-03T10:00"},
            "2026-03-05T10:00": {
                "K-1 trust_low": "2026-03-03T10:00",
                "K-1 trust_falling": "2026-03-05T10:00",
            },
            "2026-03-09T10:00": {
                "K-1 trust_low": "2026-03-03T10:00",
                "K-1 trust_low 2": "2026-03-09T10:00",
                "K-1 trust_falling": "2026-03-05T10:00",
            },
            "2026-03-16T10:00": {
                "K-1 trust_low": "2026-03-03T10:00",
                "K-1 trust_falling": "2026-03-05T10:00",
            },
            "2026-04-01T09:59:59": {"K-1 trust_low": "2026-03-03T10:00"},
            "2026-04-01T10:00": {"K-1 buffer_thin": "2026-03-03T10:00"},
        },
    ),
    "what came back within a day is told from when it came back": Story(
        THREE
        + """
        2026-03-03T10:00  bricht "A"
        2026-03-04T10:00  K-1 empfiehlt uns
        2026-03-04T10:00  K-1 empfiehlt uns
        2026-03-04T18:00  bricht "B"
        """,
        {
            "2026-03-04T12:00": {},
            "2026-03-04T18:00": {"K-1 trust_low": "2026-03-04T18:00"},
        },
    ),
    "while it is being mended it is not strained; a fall lasts thirty days, over the clock change in spring": Story(
        GOOD
        + """
        2026-03-10T09:00  Vorfall K-1 "V", ernst
        2026-03-12T09:00  löst
        """,
        {
            "2026-03-10T08:59:59": {},
            "2026-03-10T09:00": {"K-1 trust_falling": "2026-03-10T09:00", "K-1 buffer_thin": "2026-03-10T09:00"},
            "2026-03-12T09:00": {
                "K-1 trust_low": "2026-03-12T09:00",
                "K-1 trust_falling": "2026-03-10T09:00",
            },
            "2026-04-09T09:59:59": {
                "K-1 trust_low": "2026-03-12T09:00",
                "K-1 trust_falling": "2026-03-10T09:00",
            },
            "2026-04-09T10:00": {},  # 2 points from four lines: as new as before
        },
    ),
    "a fall over the clock change in autumn": Story(
        GOOD
        + """
        2026-10-20T09:00  Vorfall K-1 "V", ernst
        2026-10-20T09:30  schließt "V"
        """,
        {
            "2026-11-19T07:59:59": {
                "K-1 trust_low": "2026-10-20T09:30",
                "K-1 trust_falling": "2026-10-20T09:00",
            },
            "2026-11-19T08:00": {},
        },
    ),
    "a small incident is nothing to be mended first": Story(
        '2026-03-10T09:00  Vorfall K-1 "V", gering',
        {"2026-03-11T09:00": {"K-1 trust_low": "2026-03-10T09:00"}},
    ),
    "few lines are new however small the balance, and nobody at all": Story(
        """
        2026-01-05T09:00  Kunde K-2, namens Meier
        2026-01-05T09:00  meldet sich bei K-1, Zweck check_in
        2026-01-05T09:00  meldet sich bei K-1, Zweck service
        2026-01-05T09:00  meldet sich bei K-1, Zweck needs
        2026-01-05T09:00  meldet sich bei K-1, Zweck courtesy
        2026-02-09T09:00  meldet sich bei K-1, Zweck service
        """,
        {"2026-02-09T08:59:59": {}, "2026-02-09T09:00": {"K-1 buffer_thin": "2026-02-09T09:00"}},
    ),
    "whoever is no customer, and who has become one": Story(
        """
        2026-02-02T08:00  Kunde K-1, ist prospect
        2026-02-02T08:00  Kunde K-2, ist supplier
        2026-02-02T09:00  Vorfall K-1 "V", gering
        2026-02-02T09:00  Vorfall K-2 "W", gering
        2026-04-01T09:00  Kunde K-1 geändert, ist customer
        """,
        {
            "2026-04-01T08:59:59": {},
            "2026-04-01T09:00": {"K-1 trust_low": "2026-04-01T09:00"},
        },
    ),
    "whoever has left is nobody's to win back by an alert": Story(
        """
        2026-02-02T09:00  Vorfall K-1 "V", gering
        2026-02-09T09:00  K-1 geht
        """,
        {
            "2026-02-09T08:59:59": {"K-1 trust_low": "2026-02-02T09:00"},
            "2026-02-09T09:00": {},
        },
    ),
    "whoever was not heard of for a year, and came back": Story(
        """
        2025-01-06T09:00  Vorfall K-1 "V", gering
        2026-02-02T09:00  meldet sich bei K-1, Zweck news, Kanal email
        """,
        {
            "2026-01-06T08:59:59": {"K-1 trust_low": "2025-01-06T09:00"},
            "2026-01-06T09:00": {},
            "2026-02-02T09:00": {"K-1 trust_low": "2026-02-02T09:00"},
        },
    ),
    "whoever became a customer, was not heard of for a year, and came back": Story(
        """
        2024-11-04T09:00  Kunde K-1, ist prospect
        2025-01-06T09:00  Vorfall K-1 "V", gering
        2025-01-07T09:00  Kunde K-1 geändert, ist customer
        2026-02-02T09:00  meldet sich bei K-1, Zweck news, Kanal email
        """,
        {"2026-03-02T09:00": {"K-1 trust_low": "2026-02-02T09:00"}},
    ),
}


@pytest.mark.parametrize("story", ACCOUNTS.values(), ids=ACCOUNTS)
def test_what_an_account_shows(home: Home, story: Story) -> None:
    lived(home, story.history)
    assert {moment: told(home, of_accounts(home, at(moment))) for moment in story.looks} == story.looks


def test_an_account_grows_thin_by_fading_alone_and_the_second_is_found(home: Home) -> None:
    """Five lines of 3 points, each counted in hundredths: below 8 points when none counts more than 1.59."""
    start = at("2025-11-03T09:00")
    lived(home, "2025-11-03T09:00  Rückmeldung K-1 4\n" * 5, ORDINARY)
    thin = start + timedelta(seconds=math.ceil(365 * 86_400 * math.log2(300 / 159.5)))
    for later in (timedelta(0), timedelta(hours=7), timedelta(days=20)):
        assert told(home, of_accounts(home, thin + later)) == {"K-1 buffer_thin": local(thin)}
    assert told(home, of_accounts(home, thin - timedelta(seconds=1))) == {}


def test_a_fact_that_came_late_counts_from_when_it_happened(home: Home) -> None:
    lived(home, '2026-03-05T09:00  Vorfall K-1 "V", gering (erfasst 2026-03-20T09:00)\n2026-01-05T09:00  Kunde K-1')
    since = "2026-03-05T09:00"
    assert told(home, of_accounts(home, at("2026-03-05T08:59:59"))) == {}
    assert told(home, of_accounts(home, at("2026-03-10"))) == {"K-1 trust_low": since}


def test_what_was_recorded_by_mistake_is_no_reason(home: Home) -> None:
    lived(home, '2026-03-05T09:00  Vorfall K-1 "V", gering [x]\n2026-01-05T09:00  Kunde K-1')
    assert told(home, of_accounts(home, at("2026-03-10"))) != {}
    home.take(envelopes("2026-03-20T09:00  zieht zurück [x] [y]"))
    assert told(home, of_accounts(home, at("2026-03-10"))) == {}


def test_two_customers_who_are_one_have_one_account_as_if_they_always_had(home: Home) -> None:
    lived(
        home,
        GOOD.replace("2026-01-05T11:00  K-1 empfiehlt uns", "")
        + THREE.replace("K-1", "K-2")
        + '2026-03-03T10:00  bricht "A"\n2026-03-05T10:00  bricht "B"',
    )
    assert set(told(home, of_accounts(home, at("2026-03-10")))) == {
        "K-2 trust_low",
        "K-2 trust_falling",
    }
    home.take(envelopes("2026-03-20T09:00  führt K-1 und K-2 zusammen [m]"))
    since = "2026-03-05T10:00"
    assert told(home, of_accounts(home, at("2026-03-10"))) == {
        "K-1 trust_low": since,
        "K-1 trust_falling": since,
    }
    home.take(envelopes("2026-03-21T09:00  trennt K-1 und K-2 [s]"))
    found = told(home, of_accounts(home, at("2026-03-10")))
    assert {key.partition(" ")[0] for key in found} == {"K-2"}
    assert found["K-2 trust_low"] == "2026-03-03T10:00"


def test_under_another_rulebook_it_begins_with_that_rulebook(home: Home) -> None:
    lived(home, "2026-02-02T09:00  Rückmeldung K-1 4\n" * 5)
    stricter = UNFADING.replace("thin_buffer = 2 ", "thin_buffer = 4 ")
    home.konto.publish("rulebook", stricter, valid_from=at("2026-04-01"))
    home.konto.catch_up()
    assert told(home, of_accounts(home, at("2026-03-31T23:59"))) == {}
    assert told(home, of_accounts(home, at("2026-04-20"))) == {"K-1 buffer_thin": "2026-04-01T00:00"}


def test_the_same_can_be_asked_of_folded_facts(given: Given) -> None:
    """
    2026-01-05T09:00  Vorfall K-1 "klein", gering
    2026-01-05T10:00  K-1 empfiehlt uns
    2026-01-05T10:00  K-1 empfiehlt uns
    2026-03-10T09:00  Vorfall K-1 "V", ernst
    2026-03-12T09:00  löst
    2026-03-13T09:00  öffnet wieder
    2026-03-14T09:00  schließt
    """
    history = given(None, steering(load(UNFADING, Rulebook)))
    watch = Watch(history.postings, recovering_of(history.relationship()), history.steered.rulebooks)
    assert [(local(each.start), local(each.end)) for each in recovering_of(history.relationship())] == [
        ("2026-03-10T09:00", "2026-03-12T09:00"),
        ("2026-03-13T09:00", "2026-03-14T09:00"),
    ]
    since = {moment: local(watch.since(watch.is_low, at(moment))) for moment in ("2026-03-12T12:00", "2026-03-20")}
    assert since == {"2026-03-12T12:00": "2026-03-12T09:00", "2026-03-20": "2026-03-14T09:00"}
    assert watch.since(watch.is_low, at("2026-03-13T12:00")) is None


# -- silences -------------------------------------------------------------------------------------------


def calls(start: str, every: int, count: int, customer: str = "K-1") -> str:
    """They ring every so many days, at the same time by UTC."""
    days = (at(start) + timedelta(days=every * number) for number in range(count))
    return "".join(f"{local(day)}  {customer} fragt, Kanal phone, braucht keine Antwort\n" for day in days)


def services(start: str, *days: int) -> str:
    moments = (local(at(start) + timedelta(days=day)) for day in days)
    return "".join(f"{moment}  meldet sich bei K-1, Zweck service, Kanal email\n" for moment in moments)


SILENCES: dict[str, Story] = {
    "whoever rings every week is silent after two and a half, over the clock change in spring": Story(
        calls("2026-01-05T09:00", 7, 11) + "2026-04-20T09:00  K-1 fragt, Kanal phone, braucht keine Antwort",
        {
            "2026-04-02T21:59:59": {},
            "2026-04-02T22:00": {"K-1 silent_customer": "2026-04-02T22:00"},
            "2026-04-20T08:59:59": {"K-1 silent_customer": "2026-04-02T22:00"},
            "2026-04-20T09:00": {},
        },
    ),
    "and over the one in autumn": Story(
        calls("2026-08-17T09:00", 7, 10),
        {"2026-11-05T19:59:59": {}, "2026-11-05T20:00": {"K-1 silent_customer": "2026-11-05T20:00"}},
    ),
    "until the rhythm is known it takes sixty days; what we send is no conversation": Story(
        """
        2026-01-05T09:00  Kunde K-1, namens Meier
        2026-02-02T09:00  meldet sich bei K-1, Zweck news, Kanal email
        """,
        {"2026-03-06T08:59:59": {}, "2026-03-06T09:00": {"K-1 silent_customer": "2026-03-06T09:00"}},
    ),
    "no feedback: counted from the last one": Story(
        calls("2026-01-05T09:00", 30, 12) + "2026-01-19T09:00  Rückmeldung K-1 4",
        {
            "2026-07-18T09:59:59": {},
            "2026-07-18T10:00": {"K-1 feedback_silent": "2026-07-18T10:00"},
            "2026-09-01": {"K-1 feedback_silent": "2026-07-18T10:00"},
        },
    ),
    "no feedback ever: a new customer owes none yet": Story(
        calls("2026-01-05T09:00", 30, 12),
        {"2026-07-04T09:59:59": {}, "2026-07-04T10:00": {"K-1 feedback_silent": "2026-07-04T10:00"}},
    ),
    "no feedback: whoever came back after a year owes none yet": Story(
        "2024-11-04T09:00  Rückmeldung K-1 4\n" + calls("2026-01-05T09:00", 30, 12),
        {"2026-07-04T09:59:59": {}, "2026-07-04T10:00": {"K-1 feedback_silent": "2026-07-04T10:00"}},
    ),
    "what came every month is missed by half a month, over the clock change in spring": Story(
        services("2026-01-05T09:00", 0, 30, 60, 80) + calls("2026-01-05T10:00", 30, 12),
        {
            # The gaps of 30, 30 and 20 days: the quartile of 25 lies within a quarter of the median.
            "2026-05-10T09:59:59": {},
            "2026-05-10T10:00": {"K-1 lapsed_cadence service": "2026-05-10T10:00"},
            "2026-06-30": {"K-1 lapsed_cadence service": "2026-05-10T10:00"},
        },
    ),
    "what came now and then is no habit": Story(
        services("2026-01-05T09:00", 0, 3, 50, 61) + calls("2026-01-05T10:00", 30, 12), {"2026-06-30": {}}
    ),
    "whoever is no customer, and who has become one": Story(
        calls("2026-01-05T09:00", 7, 11)
        + calls("2026-01-05T09:00", 7, 11, "K-2")
        + """
        2026-01-05T08:00  Kunde K-1, ist prospect
        2026-01-05T08:00  Kunde K-2, ist supplier
        2026-04-15T09:00  Kunde K-1 geändert, ist customer
        """,
        {"2026-04-15T08:59:59": {}, "2026-04-15T09:00": {"K-1 silent_customer": "2026-04-15T09:00"}},
    ),
    "whoever has left, and who was not heard of for a year": Story(
        calls("2026-01-05T09:00", 7, 11) + "2026-04-15T09:00  K-1 geht\n" + calls("2025-01-06T09:00", 7, 5, "K-2"),
        {
            "2026-02-03T08:59:59": {
                "K-2 silent_customer": "2025-02-20T21:00",
                "K-2 feedback_silent": "2025-07-05T10:00",
            },
            "2026-02-03T09:00": {},
            "2026-04-15T08:59:59": {"K-1 silent_customer": "2026-04-02T22:00"},
            "2026-04-15T09:00": {},
        },
    ),
    "a contact that was told of late ended the silence when it happened": Story(
        calls("2026-01-05T09:00", 7, 11)
        + "2026-04-04T09:00  K-1 fragt, Kanal phone, braucht keine Antwort (erfasst 2026-05-01T09:00)",
        {"2026-04-03T09:00": {"K-1 silent_customer": "2026-04-02T22:00"}, "2026-04-10T09:00": {}},
    ),
}


@pytest.mark.parametrize("story", SILENCES.values(), ids=SILENCES)
def test_what_stays_away(home: Home, story: Story) -> None:
    lived(home, story.history)
    assert {moment: told(home, of_silence(home, at(moment))) for moment in story.looks} == story.looks


def test_a_contact_recorded_by_mistake_ended_no_silence(home: Home) -> None:
    again = "2026-03-30T09:00  K-1 fragt, Kanal phone, braucht keine Antwort [x]"
    lived(home, calls("2026-01-05T09:00", 7, 11) + again)
    assert told(home, of_silence(home, at("2026-04-10"))) == {}
    home.take(envelopes("2026-04-09T09:00  zieht zurück [x] [y]"))
    assert told(home, of_silence(home, at("2026-04-10"))) == {"K-1 silent_customer": "2026-04-02T22:00"}


def test_two_customers_who_are_one_speak_with_one_voice(home: Home) -> None:
    lived(home, calls("2026-01-05T09:00", 7, 11) + calls("2026-03-02T10:00", 7, 7, "K-2"))
    assert told(home, of_silence(home, at("2026-04-10"))) == {"K-1 silent_customer": "2026-04-02T22:00"}
    home.take(envelopes("2026-04-12T09:00  führt K-1 und K-2 zusammen [m]"))
    assert told(home, of_silence(home, at("2026-04-10"))) == {}
    assert told(home, of_silence(home, at("2026-06-01"))).keys() == {"K-1 silent_customer"}


def test_under_another_rulebook_silence_begins_with_that_rulebook(home: Home) -> None:
    lived(home, "2026-01-05T09:00  Kunde K-1")
    sooner = UNFADING.replace("until_known_days = 60", "until_known_days = 20")
    home.konto.publish("rulebook", sooner, valid_from=at("2026-02-10"))
    home.konto.catch_up()
    assert told(home, of_silence(home, at("2026-02-09T23:59"))) == {}
    assert told(home, of_silence(home, at("2026-02-20"))) == {"K-1 silent_customer": "2026-02-10T00:00"}
    assert told(home, of_silence(home, at("2026-03-20"))) == {"K-1 silent_customer": "2026-02-10T00:00"}


# -- for whom and how far -------------------------------------------------------------------------------


def test_it_is_for_whoever_looks_after_the_customer_at_that_moment(home: Home) -> None:
    lived(
        home,
        """
        2026-01-05T09:00  Kunde K-1, zuständig ines, Team Büro
        2026-01-05T09:00  Vorfall K-1 "V", gering
        2026-04-01T09:00  zuständig für K-1 ist lutz
        """,
    )
    for moment, owner in (("2026-03-31", "ines"), ("2026-04-02", "lutz")):
        found = [*of_accounts(home, at(moment)), *of_silence(home, at(moment))]
        assert {each.rule for each in found} == {"trust_low", "silent_customer"}
        assert {each.whose for each in found} == {Whose(None, home.konto.library.ids.person(owner), "Büro")}


def test_what_is_no_news_is_not_searched_for_and_others_are_left_out(home: Home) -> None:
    lived(home, '2026-01-05T09:00  Vorfall K-1 "V", gering\n2026-03-05T09:00  Vorfall K-2 "W", gering')
    moment, lately = at("2026-03-10"), at("2026-03-03")
    found = told(home, of_accounts(home, moment, since=lately))
    assert found["K-2 trust_low"] == "2026-03-05T09:00"
    assert at(found["K-1 trust_low"]) < lately
    (one,) = home.konto.library.customer_ids("K-1")
    of_one = told(home, of_accounts(home, moment, subjects=[one]))
    assert of_one == {"K-1 trust_low": "2026-01-05T09:00"}
    assert told(home, of_silence(home, moment, subjects=[one])) == {"K-1 silent_customer": "2026-03-06T09:00"}
    assert told(home, of_accounts(home, moment, subjects=[])) == {}
    assert told(home, of_silence(home, moment, subjects=[])) == {}
