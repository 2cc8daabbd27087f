"""What the whole firm hears of: promises at risk, too much in hand, suppliers' cards, a week that is no chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from domain.alert import Occasion, Whose, subject_of
from domain.drift import Kept
from projections import at_risk, drift, open_promises, overload, supplier_cards
from projections.filters import Library, Moment
from projections.taught import Taught
from tests.homes import Home, open_at
from tests.notation import BERLIN, at, envelopes, local
from tests.stores import ENGINES, lasting_folder
from workers import (
    when_a_promise_is_at_risk_tell_its_owner_in_time,
    when_a_supplier_gets_a_card_tell_the_manager,
    when_a_team_keeps_fewer_promises_than_usual_tell_its_manager,
    when_somebody_has_more_in_hand_than_ever_went_well_tell_them,
)

WEEK = timedelta(days=7)
PEOPLE = """
manager = "karin"

[[persons]]
id = "karin"
name = "Karin Vogt"

[[persons]]
id = "ines"
name = "Ines Roth"
aliases = ["iroth"]
"""


def told(home: Home, story: str | Iterable[str], people: str | None = None) -> Home:
    """All of it recorded at one moment, as from a file."""
    if people is not None:
        home.konto.publish("people", people)
    text = story if isinstance(story, str) else "\n".join(story)
    receipts = home.take_as_they_come(list(envelopes(text)), at("2028-01-01"))
    assert [each.refused for each in receipts if each.refused] == []
    return home


def found(home: Home, source: Callable[..., list[Any]], policy: ModuleType, *more: Any, **asked: Any) -> list[Occasion]:
    """`more`: the moment, and what the source wants to know beside it."""
    library: Library = home.konto.library
    moment, *others = more
    rows = source(library, library.steering(None), Moment(at(moment)), *others, **asked)
    occasions = [occasion for row in rows for occasion in policy.occasions(row)]
    assert all(occasion.holds_at(at(moment)) for occasion in occasions)
    return occasions


# -- suppliers' cards -----------------------------------------------------------------------------------


def cards(home: Home, moment: str, **asked: Any) -> list[Occasion]:
    return found(home, supplier_cards.rows, when_a_supplier_gets_a_card_tell_the_manager, moment, **asked)


CLAIMS = "".join(
    f'2026-{month:02}-05T09:00  Vorfall K-{month} "V-{month}" product_claim, Lieferant Acme [claim-{month}]\n'
    for month in (1, 2, 3, 4)
)


def card_of(home: Home, moment: str) -> tuple[int, str | None, str | None] | None:
    of_acme = subject_of(home.konto.log.ids, "supplier", "Acme")
    return next(
        ((each.level, local(each.since), local(each.until)) for each in cards(home, moment) if each.subject == of_acme),
        None,
    )


def test_red_comes_after_yellow_and_a_card_ends_by_time_alone(home: Home) -> None:
    told(home, CLAIMS)
    through = {
        "2026-02-05T08:59": None,
        "2026-02-05T09:00": (1, "2026-02-05T09:00", "2027-01-05T09:00"),
        "2026-03-20T09:00": (1, "2026-02-05T09:00", "2027-02-05T09:00"),
        "2026-04-05T08:59": (1, "2026-02-05T09:00", "2027-02-05T09:00"),
        "2026-04-05T09:00": (2, "2026-04-05T09:00", "2027-01-05T09:00"),
        "2027-01-05T08:59": (2, "2026-04-05T09:00", "2027-01-05T09:00"),
        "2027-01-05T09:00": (1, "2026-02-05T09:00", "2027-03-05T09:00"),
        "2027-03-05T08:59": (1, "2026-02-05T09:00", "2027-03-05T09:00"),
        "2027-03-05T09:00": None,
    }
    assert {moment: card_of(home, moment) for moment in through} == through


def test_a_card_is_for_whoever_leads_and_about_no_customer(home: Home) -> None:
    told(home, CLAIMS)
    (occasion,) = cards(home, "2026-02-06")
    assert (occasion.rule, occasion.customer, occasion.whose) == ("supplier_card", "", Whose(to_manager=True))


def test_a_claim_recorded_late_counts_from_when_it_was_and_one_recorded_by_mistake_does_not(home: Home) -> None:
    told(home, CLAIMS)
    home.clock.now = at("2028-01-02")
    home.take_as_they_come(list(envelopes("2026-04-20T09:00  zieht zurück [claim-4] [gone]")), at("2028-01-03"))
    assert card_of(home, "2026-04-21") == (1, "2026-02-05T09:00", "2027-02-05T09:00")
    late = '2026-03-20T09:00  Vorfall K-9 "V-9" product_claim, Lieferant Acme'
    home.take_as_they_come(list(envelopes(late + " [late]")), at("2028-01-04"))
    assert card_of(home, "2026-04-21") == (2, "2026-03-20T09:00", "2027-01-05T09:00")


def test_what_else_goes_wrong_with_a_supplier_gives_no_card(home: Home) -> None:
    told(home, CLAIMS.replace("product_claim", "wrong_work"))
    assert cards(home, "2026-04-21") == []


def test_only_what_began_lately_or_is_named_is_given(home: Home) -> None:
    told(home, CLAIMS + CLAIMS.replace("Acme", "Bolt").replace("V-", "W-").replace("claim-", "bolt-"))
    acme = subject_of(home.konto.log.ids, "supplier", "Acme")
    begun = at("2026-02-05T09:00")
    assert len(cards(home, "2026-02-06")) == 2
    assert len(cards(home, "2026-02-06", since=begun)) == 2
    assert cards(home, "2026-02-06", since=begun + timedelta(seconds=1)) == []
    named = cards(home, "2026-02-06", since=begun + timedelta(seconds=1), subjects=frozenset({acme}))
    assert [each.subject for each in named] == [acme]
    assert [each.subject for each in cards(home, "2026-02-06", subjects=frozenset({acme}))] == [acme]


# -- too much in hand -------------------------------------------------------------------------------------


def overloads(home: Home, moment: str, **asked: Any) -> dict[str, str | None]:
    """Since when, by internal id."""
    policy = when_somebody_has_more_in_hand_than_ever_went_well_tell_them
    occasions = found(home, overload.rows, policy, moment, BERLIN, **asked)
    assert all(each.whose == Whose(owner=each.subject) and each.customer == "" for each in occasions)
    assert all((each.rule, each.until) == ("overload", None) for each in occasions)
    return {each.subject: local(each.since) for each in occasions}


IN_HAND = """
    2026-01-07T09:00  verspricht K-1 ines "a" bis 2026-01-20T12:00
    2026-01-08T09:00  verspricht K-1 iroth "b" bis 2026-01-21T12:00
    2026-01-19T09:00  erfüllt "a"
    2026-01-20T09:00  erfüllt "b"
    2026-03-02T09:00  verspricht K-1 ines "c" bis 2026-05-20T12:00
    2026-03-03T09:00  verspricht K-1 iroth "d" bis 2026-05-20T12:00
    2026-03-04T09:00  verspricht K-2 lutz "e" bis 2026-05-20T12:00
    2026-03-05T09:00  übergibt "e" an ines
    2026-03-21T10:00  übergibt "e" an lutz
    2026-03-29T03:30  übergibt "e" an iroth
"""


def test_it_is_too_much_while_more_is_open_than_in_any_month_that_went_well(home: Home) -> None:
    """Two at once in January, under both of her names; the third is handed over, away, and back."""
    told(home, IN_HAND, PEOPLE)
    ines = home.konto.log.ids.person("ines")
    through = {
        "2026-03-05T08:59": {},
        "2026-03-05T09:00": {ines: "2026-03-05T09:00"},
        "2026-03-21T09:59": {ines: "2026-03-05T09:00"},
        "2026-03-21T10:00": {},
        "2026-03-29T01:59": {},
        "2026-03-29T03:30": {ines: "2026-03-29T03:30"},
        "2026-04-15T09:00": {ines: "2026-03-29T03:30"},  # of March nothing is known yet
    }
    assert {moment: overloads(home, moment) for moment in through} == through


def test_who_is_not_in_the_people_document_is_counted_under_each_name(home: Home) -> None:
    told(home, IN_HAND)
    assert overloads(home, "2026-03-20") == {home.konto.log.ids.person("ines"): "2026-03-05T09:00"}


@pytest.mark.parametrize(
    ("january", "expected"),
    [
        ('2026-01-19T09:00  erfüllt "a"', "2026-03-03T09:00"),
        ('2026-01-19T09:00  bricht "a"', None),  # no month that went well is known
        ("", None),  # as little as when it passed
    ],
)
def test_only_a_month_that_went_well_is_a_measure(home: Home, january: str, expected: str | None) -> None:
    told(
        home,
        f"""
        2026-01-07T09:00  verspricht K-1 ines "a" bis 2026-01-20T12:00
        {january}
        2026-03-02T09:00  verspricht K-1 ines "c" bis 2026-05-20T12:00
        2026-03-03T09:00  verspricht K-1 ines "d" bis 2026-05-20T12:00
        """,
    )
    since = overloads(home, "2026-03-12").get(home.konto.log.ids.person("ines"))
    assert since == expected


def test_an_old_burden_is_given_only_where_it_is_asked_for(home: Home) -> None:
    told(home, IN_HAND, PEOPLE)
    ines = home.konto.log.ids.person("ines")
    assert overloads(home, "2026-03-20", since=at("2026-03-13")) == {}
    assert overloads(home, "2026-03-20", since=at("2026-03-13"), subjects={ines}) == {ines: "2026-03-05T09:00"}
    assert overloads(home, "2026-03-12T08:00", since=at("2026-03-05T08:00")) == {ines: "2026-03-05T09:00"}


# -- a week that is no chance -----------------------------------------------------------------------------


def drifts(home: Home, moment: str, **asked: Any) -> list[Occasion]:
    policy = when_a_team_keeps_fewer_promises_than_usual_tell_its_manager
    return found(home, drift.rows, policy, moment, BERLIN, **asked)


def week(monday: str, kept: int, missed: int, team: str = "Kundendienst") -> Iterator[str]:
    """Promises due on that week's Sunday by 24:00, made the Monday before; what is missed is never fulfilled."""
    begin = at(f"{monday}T09:00")
    sunday = (begin.astimezone(BERLIN).date() + timedelta(days=6)).isoformat()
    for number in range(kept + missed):
        name = f"{team} {monday} {number}"
        yield f'{local(begin - WEEK)}  verspricht K-1 ines "{name}" bis {sunday}, Team {team}'
        if number < kept:
            yield f'{local(begin + timedelta(days=number % 6))}  erfüllt "{name}"'


def usual(monday: str, weeks: int = 4, kept: int = 9, missed: int = 1, team: str = "Kundendienst") -> Iterator[str]:
    """The weeks before a Monday."""
    for number in range(1, weeks + 1):
        yield from week((at(monday) - number * WEEK).astimezone(BERLIN).date().isoformat(), kept, missed, team)


@pytest.fixture
def short(home: Home) -> Home:
    """A home that compares with four weeks, so that a test can count them."""
    rules = (home.konto.home / "rulebook.toml").read_text("utf-8")
    home.konto.publish("rulebook", rules.replace("drift_weeks = 26", "drift_weeks = 4 "))
    return home


# 36 of 40 kept before. Of ten, three or fewer are kept 1 time in 3768, four or fewer 1 in 566; the limit is 1 in 741.
OUTSIDE, INSIDE = 3, 4


@pytest.mark.parametrize(
    ("monday", "over", "next_over", "over_utc"),
    [
        ("2026-03-02", "2026-03-09T00:00", "2026-03-16T00:00", "2026-03-08T23:00+00:00"),
        ("2026-03-23", "2026-03-30T00:00", "2026-04-06T00:00", "2026-03-29T22:00+00:00"),
        ("2026-03-30", "2026-04-06T00:00", "2026-04-13T00:00", "2026-04-05T22:00+00:00"),
        ("2026-10-19", "2026-10-26T00:00", "2026-11-02T00:00", "2026-10-25T23:00+00:00"),
        ("2026-12-28", "2027-01-04T00:00", "2027-01-11T00:00", "2027-01-03T23:00+00:00"),
    ],
)
def test_a_week_below_the_limit_is_told_when_it_is_over_until_the_next_one_is(
    short: Home, monday: str, over: str, next_over: str, over_utc: str
) -> None:
    """Also where the clock is changed in its last night, or the year."""
    told(short, [*usual(monday), *week(monday, OUTSIDE, 10 - OUTSIDE)])
    (occasion,) = drifts(short, over)
    assert (occasion.rule, occasion.level, occasion.customer) == ("reliability_drift", 1, "")
    assert occasion.subject == subject_of(short.konto.log.ids, "team", "Kundendienst")
    assert occasion.whose == Whose(team="Kundendienst", to_manager=True)
    assert (occasion.since, local(occasion.until)) == (at(over_utc), next_over)
    second = timedelta(seconds=1)
    assert drifts(short, local(at(over) - second) or "") == []
    assert drifts(short, local(at(next_over) - second) or "") == [occasion]
    assert drifts(short, next_over) == []


def test_just_inside_the_limit_is_chance(short: Home) -> None:
    told(short, [*usual("2026-03-02"), *week("2026-03-02", INSIDE, 10 - INSIDE)])
    assert drifts(short, "2026-03-09") == []


@pytest.mark.parametrize(
    "story",
    [
        # Nothing was ever missed: neither are one or two of ten more than chance.
        [*usual("2026-03-02", kept=10, missed=0), *week("2026-03-02", 8, 2)],
        # Too few before: 28, and 2 more in a week that is too long ago.
        [*usual("2026-03-02", kept=7, missed=0), *week("2026-01-26", 2, 0), *week("2026-03-02", 0, 10)],
        # Too few in the week.
        [*usual("2026-03-02"), *week("2026-03-02", 0, 4)],
        # No team.
        [line.replace(", Team Kundendienst", "") for line in [*usual("2026-03-02"), *week("2026-03-02", 0, 10)]],
        # It is no news that a team keeps a third.
        [*usual("2026-03-02", kept=3, missed=7), *week("2026-03-02", 1, 9)],
        # Better than usual is nothing to warn of.
        [*usual("2026-03-02", kept=5, missed=5), *week("2026-03-02", 10, 0)],
    ],
    ids=("nothing missed yet", "few before", "few in the week", "no team", "as ever", "better"),
)
def test_what_is_no_drift(short: Home, story: list[str]) -> None:
    told(short, story)
    assert drifts(short, "2026-03-10") == []


def test_each_team_is_compared_with_itself(short: Home) -> None:
    told(
        short,
        [
            *usual("2026-03-02"),
            *week("2026-03-02", 9, 1),
            *usual("2026-03-02", team="Montage"),
            *week("2026-03-02", 3, 7, "Montage"),
        ],
    )
    assert [each.whose.team for each in drifts(short, "2026-03-10")] == ["Montage"]


@pytest.mark.parametrize(
    ("afterwards", "counted"),
    [
        ('2026-03-09T00:00  erfüllt "{}"', Kept(3, 10)),  # by 24:00 is in time
        ('2026-03-09T00:01  erfüllt "{}"', Kept(2, 10)),  # late stays late
        ('2026-03-10T08:00  verschiebt "{}" auf 2026-03-20T12:00', Kept(2, 10)),  # overdue when the week was over
        ('2026-03-05T08:00  verschiebt "{}" auf 2026-03-20T12:00', Kept(2, 9)),  # no longer due in that week
        ('2026-03-05T08:00  erlässt "{}"', Kept(2, 9)),
        ('2026-03-05T08:00  pausiert "{}" wegen Kunde', Kept(2, 9)),  # nothing is overdue while the customer waits
        ('2026-03-05T08:00  nimmt "{}" zurück', Kept(2, 10)),
        ('2026-03-05T08:00  übergibt "{}" an lutz, Team Montage', Kept(2, 9)),  # another team answers for it
    ],
)
def test_a_promise_counts_as_it_stood_when_its_week_was_over(short: Home, afterwards: str, counted: Kept) -> None:
    told(short, [*usual("2026-03-02"), *week("2026-03-02", 2, 8)])
    later = list(envelopes(afterwards.format("Kundendienst 2026-03-02 9") + " [later]"))
    (receipt,) = short.take_as_they_come(later, at("2028-01-02"))
    assert receipt.refused is None
    library = short.konto.library
    (row,) = drift.rows(library, library.steering(None), Moment(at("2026-03-11")), BERLIN)
    assert (row.week, row.before) == (counted, Kept(36, 40))


def test_as_shipped_half_a_year_is_compared(home: Home) -> None:
    """26 weeks with two promises each: 52, all kept. A 27th before them, all missed, is none of them."""
    story = [*usual("2026-07-06", weeks=26, kept=2, missed=0), *week("2025-12-29", 0, 20), *week("2026-07-06", 2, 3)]
    told(home, story)
    assert [local(each.since) for each in drifts(home, "2026-07-14")] == ["2026-07-13T00:00"]


# -- promises at risk ---------------------------------------------------------------------------------------


def _learned() -> Iterator[str]:
    """Lutz keeps fifteen in February and misses thirty in the first week of March, Ines keeps all of hers."""
    for number in range(15):
        made = at("2026-02-01T09:00") + timedelta(hours=6 * number)
        for who in ("lutz", "ines"):
            yield f'{local(made)}  verspricht K-17 {who} "{who} {number}" bis {local(made + timedelta(days=2))}'
            yield f'{local(made + timedelta(days=1))}  erfüllt "{who} {number}"'
    for number in range(30):
        made = at("2026-03-05T12:00") + timedelta(hours=2 * number)
        for who in ("lutz", "ines"):
            yield f'{local(made)}  verspricht K-17 {who} "{who} März {number}" bis {local(made + timedelta(hours=9))}'
        yield f'{local(made + timedelta(hours=3))}  erfüllt "ines März {number}"'


OPEN = """
    2026-02-20T09:00  Kunde K-17, zuständig karin
    2026-03-01T09:00  verspricht K-17 lutz "Angebot" bis 2026-04-20T12:00, Plan B, Team Büro
    2026-03-01T09:00  verspricht K-17 ines "Wartung" bis 2026-04-20T12:00
    2026-03-09T09:00  verspricht K-18 lutz "Rückruf" bis 2026-03-12T10:00
    2026-03-09T09:00  verspricht K-18 lutz "Therme" bis 2026-03-11T10:00
    2026-03-09T09:00  verspricht K-18 lutz "ohne Termin"
    2026-03-09T09:00  verspricht K-18 lutz "Bad" bis 2026-04-20T12:00
    2026-03-10T09:00  pausiert "Bad" wegen Kunde
    2026-03-09T09:00  verspricht K-18 lutz "Heizung" bis 2026-04-20T12:00
    2026-03-10T10:00  übergibt "Heizung" an ines
    2026-03-09T09:00  verspricht K-18 lutz "Pumpe" bis 2026-04-20T12:00
    2026-03-18T09:00  verschiebt "Pumpe" auf 2026-04-27T12:00
    2026-03-10T11:00  verspricht K-18 ines "Letztes" bis 2026-04-20T12:00
"""
HEARD = "2026-03-11T10:00"
"""When the last thing happened by the 12th that the adviser hears of: the Therme is overdue."""
HEARD_AFTER = "2026-03-12T10:00"
"""The last thing of all: so is the Rückruf."""


@pytest.fixture(scope="module", params=ENGINES)
def firm(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = told(open_at(lasting_folder(request.param, "at_risk", request)), [*_learned(), OPEN])
    yield home
    home.close()


def risks(home: Home, moment: str, taught: Taught | None = None, **asked: Any) -> dict[str, Occasion]:
    """By the promise's own id."""
    taught = taught or Taught(home.konto.library)
    policy = when_a_promise_is_at_risk_tell_its_owner_in_time
    occasions = found(home, at_risk.rows, policy, moment, taught, **asked)
    own = dict(home.rows("SELECT promise, id FROM promise_words"))
    return {own[each.subject]: each for each in occasions}


def lately(home: Home, moment: str, **more: Any) -> dict[str, str | None]:
    found = risks(home, moment, since=at(moment) - WEEK, **more)
    return {name: local(each.since) for name, each in found.items()}


def test_what_has_become_at_risk_in_the_week_is_told(firm: Home) -> None:
    """Neither what is too late to tell, overdue, undated or paused, nor what Ines promised."""
    assert lately(firm, "2026-03-12T07:40") == {"Angebot": HEARD, "Heizung": HEARD, "Pumpe": HEARD}


def test_before_it_was_learned_nothing_is_at_risk(firm: Home) -> None:
    assert risks(firm, "2026-03-05T12:00") == {}
    assert risks(firm, "2026-02-02T09:00") == {}, "too little is known"


def test_what_was_at_risk_a_week_ago_is_not_told_again_unless_it_was_moved(firm: Home) -> None:
    assert lately(firm, "2026-03-20T07:40") == {"Pumpe": "2026-03-18T09:00"}
    everything = risks(firm, "2026-03-20T07:40")
    assert {name: local(each.since) for name, each in everything.items()} == {
        "Angebot": HEARD_AFTER,
        "Heizung": HEARD_AFTER,
        "Pumpe": "2026-03-18T09:00",
    }
    named = {everything["Angebot"].subject}
    assert lately(firm, "2026-03-20T07:40", subjects=named) == {"Angebot": HEARD_AFTER, "Pumpe": "2026-03-18T09:00"}


def test_how_far_back_is_looked_decides_what_is_new(firm: Home) -> None:
    assert lately(firm, "2026-03-18T08:00") == {}
    found = risks(firm, "2026-03-18T08:00", since=at("2026-03-05T12:00"))
    assert local(found["Angebot"].since) == HEARD_AFTER


def test_an_occasion_says_whose_it_is_and_ends_with_the_last_moment_for_notice(firm: Home) -> None:
    found = risks(firm, "2026-03-12T07:40")
    ids, moment = firm.konto.log.ids, Moment(at("2026-03-12T07:40"))
    konto = firm.konto
    (angebot,) = open_promises.rows(konto.library, konto.steering, moment, subjects=[found["Angebot"].subject])
    assert (found["Angebot"].until, found["Angebot"].occurrence) == (angebot.last_moment, angebot.occurrence)
    assert found["Angebot"].whose == Whose(ids.person("lutz"), ids.person("karin"), "Büro")
    assert found["Heizung"].whose.owner == ids.person("ines"), "who answers for it now, not who promised"
    assert angebot.plan_b


def test_with_the_last_moment_for_notice_it_is_over(firm: Home) -> None:
    until = risks(firm, "2026-03-12T07:40")["Angebot"].until
    assert until is not None
    assert "Angebot" in risks(firm, local(until - timedelta(minutes=1)) or "")
    assert "Angebot" not in risks(firm, local(until) or "")


def test_a_moved_promise_is_another_occurrence(firm: Home) -> None:
    before, after = (risks(firm, moment)["Pumpe"] for moment in ("2026-03-12T07:40", "2026-03-20T07:40"))
    assert after.occurrence > before.occurrence


def test_an_adviser_that_is_kept_says_the_same_minute_for_minute(firm: Home) -> None:
    taught = Taught(firm.konto.library)
    for hours in range(0, 200, 9):
        moment = local(at("2026-03-05T12:00") + timedelta(hours=hours)) or ""
        assert risks(firm, moment, taught) == risks(firm, moment)
