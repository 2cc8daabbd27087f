"""The time-driven check: which alert comes when, and that it comes once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from domain.alert import AlertRaised
from projections import outbox
from tests.alerts.firm import patient, ticked
from tests.homes import Home, open_at
from tests.notation import at, envelopes
from tests.processes import at_once
from wiring.home import open_home
from wiring.worker import run_tick

Ticks = list[tuple[str, list[str]]]


@pytest.fixture
def home(home: Home) -> Home:
    """Only what somebody should do is raised here, nothing that lasts."""
    patient(home)
    return home


CASES: dict[str, tuple[str, Ticks]] = {
    "a due on a Thursday afternoon": (
        '2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00',
        [
            ("2026-03-10T07:59:59", []),
            ("2026-03-10T08:00", ["due_soon"]),  # the second business day before opens
            ("2026-03-11T10:59:59", []),
            ("2026-03-11T11:00", ["last_call"]),  # 8 hours of notice and 4 before them
            ("2026-03-11T16:00", []),
            ("2026-03-12T15:59:59", []),
            ("2026-03-12T16:00", ["overdue"]),
            ("2026-03-13T16:00", []),
        ],
    ),
    "a due on a Monday, so that the week-end lies before it": (
        '2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-16T10:00',
        [
            ("2026-03-12T07:59:59", []),
            ("2026-03-12T08:00", ["due_soon"]),
            ("2026-03-12T14:59:59", []),
            ("2026-03-12T15:00", ["last_call"]),
            ("2026-03-16T10:00", ["overdue"]),
        ],
    ),
    "a due after Easter, with Good Friday and Easter Monday before it": (
        '2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-04-07T10:00',
        [
            ("2026-04-01T07:59:59", []),
            ("2026-04-01T08:00", ["due_soon"]),
            ("2026-04-01T14:59:59", []),
            ("2026-04-01T15:00", ["last_call"]),
            ("2026-04-07T09:59:59", []),
            ("2026-04-07T10:00", ["overdue"]),
        ],
    ),
    "a due that is a date ends at midnight": (
        '2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12',
        [
            ("2026-03-10T08:00", ["due_soon"]),
            ("2026-03-11T12:59:59", []),
            ("2026-03-11T13:00", ["last_call"]),
            ("2026-03-12T23:59:59", []),
            ("2026-03-13T00:00", ["overdue"]),
        ],
    ),
    "a check that comes late tells only what still holds": (
        '2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00',
        [("2026-03-11T12:00", ["due_soon", "last_call"]), ("2026-03-12T17:00", ["overdue"])],
    ),
    "too late for timely notice there is no last call": (
        '2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00',
        [("2026-03-11T16:00", ["due_soon"])],
    ),
    "promised for the same day": (
        '2026-03-12T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T15:00',
        [
            ("2026-03-12T08:59", []),
            ("2026-03-12T09:00", ["due_soon", "last_call"]),
            ("2026-03-12T13:00", []),
            ("2026-03-12T15:00", ["overdue"]),
        ],
    ),
    "moved before anything was due: only the new date counts": (
        """
        2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00
        2026-03-09T09:00  verschiebt "A" auf 2026-03-19T16:00
        """,
        [
            ("2026-03-12T17:00", []),
            ("2026-03-17T08:00", ["due_soon"]),
            ("2026-03-18T11:00", ["last_call"]),
            ("2026-03-19T16:00", ["overdue"]),
        ],
    ),
    "moved after it was overdue: armed anew": (
        """
        2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00
        2026-03-13T09:00  verschiebt "A" auf 2026-03-19T16:00
        """,
        [
            ("2026-03-10T08:00", ["due_soon"]),
            ("2026-03-12T16:00", ["overdue"]),
            ("2026-03-13T09:00", []),
            ("2026-03-17T08:00", ["due_soon"]),
            ("2026-03-19T16:00", ["overdue"]),
        ],
    ),
    "a move that was not agreed changes nothing": (
        """
        2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00
        2026-03-11T12:00  verschiebt "A" auf 2026-03-19T16:00, nicht vereinbart
        """,
        [("2026-03-10T08:00", ["due_soon"]), ("2026-03-12T16:00", ["overdue"]), ("2026-03-19T16:00", [])],
    ),
    "while the customer lets us wait nobody is warned, then armed anew": (
        """
        2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00
        2026-03-10T12:00  pausiert "A" wegen Kunde
        2026-03-17T12:00  setzt "A" fort wegen Kunde
        """,
        [
            ("2026-03-10T08:00", ["due_soon"]),
            ("2026-03-11T12:00", []),
            ("2026-03-12T16:00", []),
            ("2026-03-17T11:59", []),
            ("2026-03-17T12:00", ["due_soon"]),  # due on the 19th now
            ("2026-03-18T11:00", ["last_call"]),
            ("2026-03-19T16:00", ["overdue"]),
        ],
    ),
    "waiting for a supplier is our own affair": (
        """
        2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00
        2026-03-09T12:00  pausiert "A" wegen Lieferant
        """,
        [("2026-03-10T08:00", ["due_soon"]), ("2026-03-12T16:00", ["overdue"])],
    ),
    "without a due nobody is warned": (
        '2026-03-02T09:00  verspricht K-1 ines@example.com "A"',
        [("2026-03-12T16:00", []), ("2027-03-12T16:00", [])],
    ),
    "what is kept, taken back or waived needs nobody": (
        """
        2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00
        2026-03-02T09:00  verspricht K-1 ines@example.com "B" bis 2026-03-12T16:00
        2026-03-02T09:00  verspricht K-1 ines@example.com "C" bis 2026-03-12T16:00
        2026-03-02T09:00  verspricht K-1 ines@example.com "D" bis 2026-03-12T16:00
        2026-03-09T09:00  erfüllt "A"
        2026-03-09T09:00  nimmt "B" zurück
        2026-03-09T09:00  erlässt "C"
        2026-03-09T09:00  bricht "D"
        """,
        [("2026-03-10T08:00", []), ("2026-03-12T16:00", [])],
    ),
    "a colleague is promised something, too": (
        """
        2026-03-02T08:00  Kunde K-1, ist colleague
        2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00, intern
        """,
        [("2026-03-12T16:00", ["overdue"])],
    ),
    "exactly seven days after the moment it is still told": (
        '2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00',
        [("2026-03-19T16:00", ["overdue"])],
    ),
    "more than seven days after the moment it is only listed": (
        '2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00',
        [("2026-03-19T16:00:01", []), ("2026-04-12T16:00", [])],
    ),
    "somebody else answers for it: they hear of what is true now, the first one is not told again": (
        """
        2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00
        2026-03-12T17:00  übergibt "A" an lutz
        """,
        [("2026-03-12T16:00", ["overdue"]), ("2026-03-12T17:00", ["overdue"]), ("2026-03-12T18:00", [])],
    ),
}


@pytest.mark.parametrize(("text", "ticks"), CASES.values(), ids=CASES)
def test_alerts_come_when_their_moment_has_come(home: Home, text: str, ticks: Ticks):
    home.clock.now = at("2026-02-01")
    home.konto.publish("people", '[[persons]]\nid = "lutz"\nname = "Lutz"\nemail = "lutz@example.com"\n')
    # All is told before the first check: each one only looks at what had happened by then.
    home.take(envelopes(text))
    assert [(moment, sorted(rule for rule, _ in ticked(home, moment))) for moment, _ in ticks] == ticks


def test_facts_that_come_in_between_count_as_they_come(home: Home):
    home.take(envelopes('2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00'))
    assert ticked(home, "2026-03-11T12:00") == [("last_call", "A"), ("due_soon", "A")]
    home.take(envelopes('2026-03-11T15:00  verschiebt "A" auf 2026-03-13T16:00 [moved]'))
    assert ticked(home, "2026-03-11T15:10") == [("due_soon", "A")]
    home.take(envelopes('2026-03-13T15:00  erfüllt "A" [kept]'))
    assert ticked(home, "2026-03-13T16:00") == []


def test_a_check_for_a_past_moment_looks_at_what_had_happened_by_then_whenever_it_was_recorded(home: Home):
    """
    2026-03-02T09:00  verspricht K-1 ines@example.com "spät erfüllt" bis 2026-03-12T16:00
    2026-03-12T18:00  erfüllt "spät erfüllt"
    2026-03-02T09:00  verspricht K-1 ines@example.com "spät erfasst" bis 2026-03-12T16:00 (erfasst 2026-03-20T09:00)
    2026-03-12T17:30  verspricht K-1 ines@example.com "noch nicht" bis 2026-03-12T17:40
    """
    doc = test_a_check_for_a_past_moment_looks_at_what_had_happened_by_then_whenever_it_was_recorded.__doc__ or ""
    home.take(envelopes(doc))
    home.clock.now = at("2026-03-20T12:00")
    own = dict(home.rows("SELECT promise, id FROM promise_words"))
    newly = run_tick(home.konto, at("2026-03-12T17:00"))
    assert sorted((each.occasion.rule, own[each.occasion.subject]) for each in newly) == [
        ("overdue", "spät erfasst"),
        ("overdue", "spät erfüllt"),
    ]
    (raised,) = {(fact.time, fact.recorded) for fact in home.konto.log.page(0, 100) if fact.type == "alert.raised"}
    assert raised == (at("2026-03-12T17:00"), at("2026-03-20T12:00"))


def test_a_check_for_a_moment_ahead_is_sent_only_when_that_moment_has_come(home: Home):
    home.take(envelopes('2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00'))
    home.clock.now = at("2026-03-09T09:00")
    (newly,) = run_tick(home.konto, at("2026-03-12T16:30"))
    assert newly.occasion.rule == "overdue"
    views = home.konto.views
    assert outbox.to_release(views, at("2026-03-12T15:59")) == []
    (waiting,) = outbox.to_release(views, at("2026-03-12T16:00"))
    assert waiting.alert == newly.alert
    assert ticked(home, "2026-03-12T16:01") == [], "it was raised already"


def test_an_alert_says_what_it_was_decided_from(home: Home):
    home.take(envelopes('2026-03-02T09:00  verspricht K-1 ines@example.com "A" bis 2026-03-12T16:00'))
    head = home.konto.log.head()
    assert ticked(home, "2026-03-12T16:30") == [("overdue", "A")]
    (fact,) = (fact for fact in home.konto.log.page(0, 100) if fact.type == "alert.raised")
    data = fact.data
    assert isinstance(data, AlertRaised)
    assert (data.rule, data.level, data.occurrence) == ("overdue", 1, 0)
    assert (data.moment, data.position) == (at("2026-03-12T16:00"), head)
    assert data.recipient == home.konto.log.ids.person("ines@example.com")
    assert (fact.time, fact.recorded) == (at("2026-03-12T16:30"), at("2026-03-12T16:30"))
    assert fact.stream.startswith("alert-")


def test_what_nobody_can_be_told_is_raised_and_shown_as_undeliverable(home: Home):
    home.take(envelopes('2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-12T16:00'))
    assert ticked(home, "2026-03-12T16:00") == [("overdue", "A")]
    assert home.rows("SELECT state, reason FROM alerts") == [("undeliverable", "nobody_reachable")]
    assert home.rows("SELECT * FROM outbox") == []


def test_an_import_of_history_floods_nobody(home: Home):
    lines = [
        f'2025-{month:02}-02T09:00  verspricht K-{month} ines@example.com "P-{month}-{n}" bis 2025-{month:02}-20'
        for month in range(1, 13) for n in range(5)
    ]  # fmt: skip
    home.take_as_they_come(list(envelopes("\n".join(lines))), at("2026-03-12T09:00"))
    assert ticked(home, "2026-03-12T09:00") == []


# -- once ---------------------------------------------------------------------------------------------

MANY = "\n".join(f'2026-03-02T09:00  verspricht K-{n} ines@example.com "P-{n}" bis 2026-03-12T16:00' for n in range(40))


def test_checked_twenty_times_it_is_raised_once(home: Home):
    home.take(envelopes(MANY))
    newly = [ticked(home, at("2026-03-12T16:00") + timedelta(minutes=n)) for n in range(20)]
    assert [len(each) for each in newly] == [40] + [0] * 19


def test_checked_by_several_processes_at_once_it_is_raised_once(tmp_path: Path):
    home = open_at(tmp_path / "home")
    patient(home)
    home.take(envelopes(MANY))
    home.close()
    newly = at_once(tick_five_times, [(str(tmp_path / "home"),)] * 3)
    assert sorted(sum(each) for each in zip(*newly, strict=True)) == [0, 0, 0, 0, 40]
    home = open_at(tmp_path / "home")
    raised = [fact.stream for fact in home.konto.log.page(0, 1000) if fact.type == "alert.raised"]
    assert len(raised) == len(set(raised)) == 40
    home.konto.catch_up()
    assert len(home.rows("SELECT * FROM alerts")) == len(home.rows("SELECT * FROM outbox")) == 40
    home.close()


def tick_five_times(folder: str) -> list[int]:
    konto = open_home(Path(folder), environment={}, clock=lambda: at("2026-03-12T16:30"))
    try:
        return [len(run_tick(konto)) for _ in range(5)]
    finally:
        konto.close()
