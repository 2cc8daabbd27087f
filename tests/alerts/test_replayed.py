"""What the check would have raised under a rulebook, folded from the facts: the same as what it does raise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from domain import rulebook
from domain.alert import AlertDelivered, Occasion, Rule, event
from domain.recovery import ORDER
from domain.rulebook import Late, Rulebook
from projections import replay
from projections.other_alerts import compared
from projections.replay import Account
from tests.homes import Home
from tests.notation import Given, at, envelopes
from tests.notation import rulebook as changed
from tests.notation import steering as steered
from wiring.worker import look
from workers import replayed
from workers.replayed import ACCOUNT, COVERED, STATES, WATCHED
from workers.tick import Newly
from workers.watches import QUICK, WATCHES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

PEOPLE = """
manager = "karin"

[[persons]]
id = "karin"
name = "Karin Roth"
email = "karin@example.com"
roles = ["manager"]

[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
"""

FIRM = """
2026-03-02T08:00  Kunde K-1, namens Meier, zuständig ines
2026-03-02T08:05  Kunde K-2, namens Aydin

2026-03-02T09:00  verspricht K-1 ines "kept in time" bis 2026-03-12T16:00
2026-03-02T09:00  verspricht K-1 ines "overdue" bis 2026-03-12T16:00
2026-03-02T09:00  verspricht K-1 ines "a date" bis 2026-03-13
2026-03-12T09:00  verspricht K-1 ines "for the same day" bis 2026-03-12T15:00
2026-03-03T10:00  verspricht K-1 ines "too short for notice" bis 2026-03-03T10:30
2026-03-02T09:00  verspricht K-2 lutz "given to others" bis 2026-03-17T16:00
2026-03-16T12:00  übergibt "given to others" an ines
2026-03-17T12:00  übergibt "given to others" an lutz
2026-03-02T09:00  verspricht K-2 lutz "undated"
2026-03-10T09:00  erfüllt "kept in time"
2026-03-20T09:00  erfüllt "overdue"

2026-03-02T09:00  verspricht K-2 lutz "moved" bis 2026-03-12T16:00
2026-03-03T09:00  verschiebt "moved" auf 2026-03-16T16:00
2026-03-11T09:00  verschiebt "moved" auf 2026-03-18T16:00
2026-03-18T15:00  verschiebt "moved" auf 2026-03-24T16:00
2026-03-19T09:00  verschiebt "moved" auf 2026-03-26T16:00, nicht vereinbart
2026-03-20T09:00  verschiebt "moved" auf 2026-03-27T16:00
2026-03-25T09:00  pausiert "moved" wegen Kunde
2026-03-26T11:00  setzt "moved" fort wegen Kunde
2026-03-31T09:00  nimmt "moved" zurück

2026-03-02T09:00  verspricht K-1 ines "waits" bis 2026-03-12T16:00
2026-03-11T12:00  pausiert "waits" wegen Kunde
2026-03-11T12:30  setzt "waits" fort wegen Kunde
2026-03-11T15:00  pausiert "waits" wegen Kunde
2026-03-17T12:00  setzt "waits" fort wegen Kunde

2026-03-02T09:00  verspricht K-1 lutz "Therme" bis 2026-03-09T16:00, Art delivery
2026-03-06T15:00  erfüllt "Therme"
2026-03-09T11:00  meldet sich bei K-1, Zweck follow_up, über "Therme", Kanal phone
2026-03-02T09:00  verspricht K-1 lutz "Kessel" bis 2026-03-10T16:00, Art delivery
2026-03-10T15:00  erfüllt "Kessel"
2026-03-02T09:00  verspricht K-2 lutz "halb" bis 2026-03-10T16:00, Art delivery
2026-03-10T15:00  erfüllt "halb", Grad 0.4
2026-03-02T09:00  verspricht K-2 lutz "Pumpe" bis 2026-03-10T16:00, Art delivery
2026-03-10T15:00  erfüllt "Pumpe"
2026-03-11T07:00  meldet sich bei K-2, Zweck follow_up, über "Pumpe", Kanal phone

2026-03-04T09:00  K-1 fragt "half a day", Kanal email, Faden T-1
2026-03-04T15:00  beantwortet "half a day", von ines
2026-03-05T16:00  K-1 fragt "never", Kanal email, Faden T-2
2026-03-06T11:00  K-2 fragt "by phone", Kanal phone, an lutz
2026-03-06T16:30  beantwortet "by phone", von lutz
2026-03-09T09:00  K-1 fragt "about what waits", Kanal chat, über "waits"
2026-03-11T10:00  K-1 fragt "while it waits", Kanal letter, über "waits"

2026-03-10T10:00  Vorfall K-2 "V-1" complaint, von lutz
2026-03-10T11:00  nennt den Grund, von lutz, Kanal phone
2026-03-11T14:00  übergibt Vorfall "V-1" an ines
2026-03-12T14:00  pausiert Vorfall "V-1" wegen Kunde
2026-03-16T10:00  setzt Vorfall "V-1" fort wegen Kunde
2026-03-17T10:00  entschuldigt sich, von ines
2026-03-19T10:00  löst "V-1"
2026-03-23T10:00  öffnet "V-1" wieder
2026-03-24T10:00  Vorfall K-1 "V-2" forgotten
"""
END = at("2026-04-03T18:00")

Key = tuple[str, str, int, int, str]


def key(each: Occasion) -> Key:
    return each.rule, each.subject, each.occurrence, each.level, each.detail


# -- the same as the live check ---------------------------------------------------------------------------


def instants(home: Home) -> list[datetime]:
    """Every full hour, every fact, and every moment that a table names."""
    columns = {
        "promises": ("at_from", "due_soon", "last_call", "last_moment", "overdue_from", "follow_up_from"),
        "questions": ("asked_at", "warn_at", "target_at", "answered_at"),
        "incidents": ("at_from", *(f"{step}_{end}" for step in ORDER for end in ("warn", "due", "done"))),
        "contacts": ("at",),
    }
    named = {
        EPOCH + timedelta(microseconds=us)
        for table, names in columns.items()
        for name in names
        for (us,) in home.rows(f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL")
    }
    start = at("2026-03-02T07:00")
    hours = {start + number * HOUR for number in range((END - start) // HOUR + 1)}
    return sorted(moment for moment in named | hours if start <= moment <= END)


@pytest.mark.long_on_postgres
def test_a_check_at_every_instant_raises_exactly_what_is_replayed(home: Home):
    konto = home.konto
    home.clock.now = at("2026-03-01")
    konto.publish("people", PEOPLE)
    home.take(envelopes(FIRM))
    for moment in instants(home):
        home.clock.now = moment
        look(konto, moment, QUICK, tidy=False)
        konto.catch_up()
    rows = home.rows("SELECT rule, subject, occurrence, level, detail FROM alerts")
    live = {row for row in rows if row[0] in WATCHED}
    steering = replay.under(konto.steering, rulebook.default())
    accounts = replay.accounts(konto.log, konto.views, steering)
    told = {key(each) for account in accounts for each in replayed.alerts_of(account, steering, END, tuple(WATCHED))}
    assert told == live
    assert {row[0] for row in live} == set(WATCHED), "the story has something of every rule"


ACCOUNTS = """
2026-01-02T08:00  Kunde K-1, namens Meier, zuständig ines
2026-01-05T09:00  verspricht K-1 ines "A"
2026-01-05T09:00  verspricht K-1 ines "B"
2026-01-05T09:00  verspricht K-1 ines "C"
2026-01-06T09:00  K-1 empfiehlt uns
2026-01-06T10:00  K-1 empfiehlt uns
2026-01-06T11:00  K-1 empfiehlt uns
2026-01-06T12:00  Rückmeldung K-1 5
2026-01-12T09:00  bricht "A"
2026-01-14T10:00  bricht "B"
2026-01-19T10:00  Vorfall K-1 "V-1" complaint, ernst, von lutz
2026-01-21T10:00  löst "V-1"
2026-01-23T10:00  bricht "C"
2026-01-28T10:00  K-1 empfiehlt uns
2026-01-30T10:00  Rückmeldung K-1 5
2026-02-04T10:00  K-1 empfiehlt uns
2026-02-04T12:00  K-1 empfiehlt uns
2026-02-20T10:00  K-1 empfiehlt uns
2026-02-20T10:00  K-1 empfiehlt uns
2026-03-02T10:00  verspricht K-1 ines "D" bis 2026-03-06T12:00
2026-03-12T10:00  erfüllt "D"
2026-04-13T10:00  Vorfall K-1 "V-2" complaint, ernst, von ines
2026-04-13T16:00  schließt "V-2"
2026-05-04T10:00  zuständig für K-1 ist lutz

2026-01-05T08:00  Kunde K-2, namens Aydin, ist prospect
2026-01-05T09:00  Vorfall K-2 "W-1", ernst
2026-01-05T10:00  schließt "W-1"
2026-01-05T11:00  Vorfall K-2 "W-2", ernst
2026-01-05T12:00  schließt "W-2"
2026-01-12T09:00  Kunde K-2 geändert, ist customer
2026-03-16T09:00  K-2 geht

2026-01-07T09:00  meldet sich bei K-3, Zweck check_in
2026-01-07T09:00  meldet sich bei K-3, Zweck service
2026-01-07T09:00  meldet sich bei K-3, Zweck needs
2026-01-07T09:00  meldet sich bei K-3, Zweck courtesy
2026-02-11T09:00  meldet sich bei K-3, Zweck service, Kanal phone
2026-03-18T09:00  meldet sich bei K-3, Zweck service, Kanal phone
2026-04-22T09:00  meldet sich bei K-3, Zweck service, Kanal phone
"""
LASTED = at("2026-08-01")


def days_and_changes(accounts: Iterable[Account], begins: Iterable[datetime | None]) -> list[datetime]:
    """Every beginning of a day, every change of an account, what comes just before it, and what is named besides."""
    lines = [line for account in accounts for line in account.lines]
    facts = [fact.time for account in accounts for fact in account.relationship.facts]
    changes = {*facts, *(each for line in lines for each in (line.time, line.stands_from, line.until))}
    named = {
        each - tick for each in {*changes, *begins} if each is not None for tick in (datetime.resolution, 0 * HOUR)
    }
    days = {datetime(2026, 1, 2, tzinfo=UTC) + number * 24 * HOUR for number in range(211)}
    return sorted(moment for moment in days | named if at("2026-01-02T07:00") <= moment <= LASTED)


def sent(home: Home, newly: Iterable[Newly]) -> None:
    """As if each message had left at once: only what was told of can end and come back."""
    konto, now = home.konto, home.clock.now
    with konto.log.writing() as writer:
        writer.load(each.alert for each in newly)
        for each in newly:
            data = AlertDelivered(channel="email", message_id=each.alert, to=each.recipient)
            fact = event(konto.log.ids, each.alert, each.occasion.customer, data, at=now, now=now, number=2)
            writer.append(fact, None, "")
    konto.catch_up()


@pytest.mark.long_on_postgres
def test_a_check_at_every_change_tells_of_every_state_exactly_what_is_replayed(home: Home):
    konto = home.konto
    home.clock.now = at("2026-01-01")
    konto.publish("people", PEOPLE)
    home.take(envelopes(ACCOUNTS))
    steering = replay.under(konto.steering, rulebook.default())
    accounts = list(replay.accounts(konto.log, konto.views, steering))
    then = [each for account in accounts for each in replayed.alerts_of(account, steering, LASTED, tuple(STATES))]
    lasting = [watch for watch in WATCHES if set(watch.rules) & set(STATES)]
    for moment in days_and_changes(accounts, (edge for each in then for edge in (each.since, each.until))):
        home.clock.now = moment
        sent(home, look(konto, moment, lasting))
    rows = home.rows("SELECT rule, subject, occurrence, level, detail, moment FROM alerts")
    live = {(*row[:5], EPOCH + timedelta(microseconds=row[5])) for row in rows if not row[4].startswith("-")}
    first = {key(each): each.since for each in then}
    told = {row for row in live if row[5] == first.get(row[:5])}
    assert {row[:5] for row in live} == {key(each) for each in then}
    assert {row[:5] for row in told} == set(first), "each began at the same second"
    assert {row[0] for row in live} == set(STATES), "the story has something of every rule"
    assert {(row[0], row[3]) for row in live} >= {("trust_low", 1), ("trust_low", 2)}
    assert {row[0] for row in live if row[2] > 0}, "something came back"


# -- another rulebook -------------------------------------------------------------------------------------

QUIET = """
2025-01-02T09:00  Kunde K-1, namens Meier
2025-01-10T09:00  K-1 fragt "a", Kanal phone
2025-01-20T09:00  K-1 fragt "b", Kanal phone
2025-01-30T09:00  K-1 fragt "c", Kanal phone
2025-02-09T09:00  K-1 fragt "d", Kanal phone
2025-05-01T09:00  K-1 fragt "e", Kanal phone
2025-05-10T09:00  Rückmeldung K-1 5
2025-01-06T09:00  meldet sich bei K-1, Zweck service, Kanal email
2025-02-06T09:00  meldet sich bei K-1, Zweck service, Kanal email
2025-03-06T09:00  meldet sich bei K-1, Zweck service, Kanal email
2025-04-06T09:00  meldet sich bei K-1, Zweck service, Kanal email
"""


def came(given: Given, book: Rulebook | None = None, text: str = FIRM + QUIET) -> list[Occasion]:
    return [each for _, alerts in by_account(given, book, text) for each in alerts]


def by_account(
    given: Given, book: Rulebook | None = None, text: str = FIRM + QUIET
) -> list[tuple[Account, list[Occasion]]]:
    history = given(text, steered(book))
    accounts = [
        Account(history.relationship(customer), history.postings_of(customer))
        for customer in ("customer-K-1", "customer-K-2")
    ]
    return [(account, list(replayed.alerts_of(account, history.steered, END))) for account in accounts]


def different(today: list[Occasion], then: list[Occasion]) -> set[Rule]:
    return {each.rule for each, side in compared(today, then) if side != "both"}


CHANGES: Mapping[str, tuple[dict[str, dict[str, Any]], set[Rule]]] = {
    "the last call comes earlier": ({"alerts": {"last_call_hours": 24.0}}, {"last_call"}),
    "more notice is asked for": ({"notice": {"most_hours": 16.0, "share": 0.5}}, {"last_call"}),
    "answers have more time": ({"answers": {"target_hours": 16.0}}, {"unanswered"}),
    "told sooner of a question": ({"alerts": {"unanswered_at": 0.8}}, {"unanswered"}),
    "the reason has less time": ({"recovery": {"reason_hours": 0.5}}, {"recovery_step_due"}),
    "told sooner of a step": ({"alerts": {"recovery_at": 0.1}}, {"recovery_step_due"}),
    "moved twice is often": ({"alerts": {"moved_again_from": 2}}, {"moved_again"}),
    "due soon is later": ({"alerts": {"due_soon_days": 12}}, {"due_soon"}),
    "half is enough": ({"promise": {"partial_from": 0.4}}, {"follow_up_due"}),
    "no follow-up of deliveries": ({"contacts": {"follow_up_kinds": ("quality",)}}, {"follow_up_due"}),
    "silent after many gaps": ({"silence": {"usual_gaps": 12.0}}, {"silent_customer"}),
    "feedback is missed later": ({"alerts": {"feedback_silent_days": 400.0}}, {"feedback_silent"}),
    "a habit may be irregular": ({"habits": {"fewest_contacts": 9}}, {"lapsed_cadence"}),
    "points": ({"promise": {"broken": -1600}, "answers": {"late": -500}}, set()),
}
OF_THE_ACCOUNT: set[Rule] = {"trust_low", "trust_falling", "buffer_thin"}
"""What lines are worth changes these together."""


@pytest.mark.parametrize(("changes", "rules"), CHANGES.values(), ids=CHANGES)
def test_each_change_is_seen_in_the_alerts_of_its_rule_alone(given, changes, rules):
    other = changed(**changes)
    also = OF_THE_ACCOUNT if set(changes) & set(ACCOUNT) else set()
    assert rules <= different(came(given), came(given, other)) <= rules | also
    assert set(replayed.differing(rulebook.default(), other)) == rules | also


WORTH: Mapping[str, tuple[dict[str, dict[str, Any]], set[Rule]]] = {
    "broken promises cost less": ({"promise": {"broken": -100}}, OF_THE_ACCOUNT),
    "only a greater fall is one": ({"alerts": {"fall_points": 4000}}, {"trust_falling"}),
    "a fall is quicker": ({"alerts": {"fall_days": 0.5}}, {"trust_falling"}),
    "more is thin": ({"alerts": {"thin_buffer": 6.0}}, {"buffer_thin"}),
    "less is strained": (
        {"stage": {"strained_below": -1500, "strained_after_fall": 9000}},
        {"trust_low", "buffer_thin"},
    ),
    "few withdrawals are enough": ({"buffer": {"fewest_withdrawals": 1}}, {"buffer_thin"}),
    "all fades soon": ({"fading": {"half_life_days": 10.0}}, OF_THE_ACCOUNT),
}


@pytest.mark.parametrize(("changes", "rules"), WORTH.values(), ids=WORTH)
def test_what_an_account_shows_comes_otherwise_under_other_rules(given, changes, rules):
    other = changed(**changes)
    found = different(came(given, text=ACCOUNTS), came(given, other, ACCOUNTS))
    assert found <= rules == set(replayed.differing(rulebook.default(), other))
    assert found


def test_under_the_same_rulebook_nothing_is_different(given):
    assert replayed.differing(rulebook.default(), rulebook.default()) == ()
    every = came(given)
    assert {each.rule for each in every} == {*WATCHED, *STATES} == set(COVERED)
    assert different(every, came(given, rulebook.default())) == set()


@pytest.mark.parametrize("section", Rulebook.model_fields)
def test_no_value_of_the_rulebook_changes_alerts_that_do_not_depend_on_it(given, section):
    """Whoever says that a rule depends on nothing else must be right: its alerts are not even looked at."""
    before = came(given)
    for name, value in getattr(rulebook.default(), section):
        if isinstance(value, int | float):
            for factor in (0.5, 1 if 0.5 < value < 1 else 3):
                other = changed(**{section: {name: type(value)(value * factor)}})
                said = set(replayed.differing(rulebook.default(), other))
                assert different(before, came(given, other)) <= said, (section, name)


OVERDUE = """
2026-01-02T08:00  Kunde K-1, namens Meier
2026-01-02T08:00  Kunde K-2, namens Aydin
2026-01-05T09:00  verspricht K-1 ines "A" bis 2026-01-12T09:00
2026-01-05T09:00  verspricht K-1 ines "B" bis 2026-01-13T09:00
"""
FACTORS = (0.1, 3)


def times(value: float | Late, factor: float) -> float | Late:
    if isinstance(value, Late):
        return Late(value.days, tuple(round(points * factor) for points in value.points))
    return type(value)(value * factor) or 1


@pytest.mark.parametrize("text", [FIRM + QUIET, ACCOUNTS, OVERDUE], ids=["things", "accounts", "overdue"])
@pytest.mark.parametrize("section", ["alerts", "buffer", "fading", "promise", "stage"])
def test_an_account_with_the_same_lines_differs_only_in_what_does_not_follow_from_them_alone(given, section, text):
    """Whoever has the same lines under both is not looked at twice for it, and this must be right."""
    before, same = by_account(given, text=text), 0
    values = [each for each in getattr(rulebook.default(), section) if isinstance(each[1], int | float | Late)]
    for (name, value), factor in product(values, FACTORS):
        other = changed(**{section: {name: times(value, factor)}})
        said = set(replayed.differing(rulebook.default(), other, same_lines=True))
        for (today, alerts), (then, others) in zip(before, by_account(given, other, text), strict=True):
            if today.lines == then.lines:
                same += 1
                assert different(alerts, others) <= said, (section, name)
    assert same


def test_what_only_comes_sooner_or_later_comes_under_both(given):
    sooner = came(given, changed(silence={"usual_gaps": 2.0}), QUIET)
    (silent,) = (each for each in sooner if each.rule == "silent_customer")
    assert silent.since == at("2025-03-01T09:00")
    sides = {(each.rule, side) for each, side in compared(came(given, text=QUIET), sooner) if each.rule in STATES}
    assert sides == {(rule, "both") for rule in set(STATES) - {"trust_falling"}}


def test_a_state_that_lasted_at_another_time_is_another_one(given):
    """Under today's silent in March, under the other only from August on."""
    later = came(given, changed(silence={"usual_gaps": 12.0}), QUIET)
    sides = [(each.since.month, side) for each, side in compared(came(given, text=QUIET), later) if side != "both"]
    assert sides == [(3, "today"), (8, "then")]


# -- lasting states ---------------------------------------------------------------------------------------


def begun(given: Given, rule: Rule, book: Rulebook | None = None, text: str = QUIET) -> list[datetime]:
    return [each.since for each in came(given, book, text) if each.rule == rule]


def test_a_state_is_told_of_anew_only_after_a_while_without_it(given):
    """Silent from March until the first of May, and again 25 days later."""
    first, again = at("2025-03-06T09:00"), at("2025-05-26T09:00")
    assert begun(given, "silent_customer") == [first]
    assert begun(given, "silent_customer", changed(alerts={"again_after_days": 25.0})) == [first, again]


def test_feedback_and_habits_are_missed_after_their_time(given):
    assert begun(given, "feedback_silent") == [at("2025-11-06T08:00")]
    assert begun(given, "lapsed_cadence") == [at("2025-05-22T19:30")]
