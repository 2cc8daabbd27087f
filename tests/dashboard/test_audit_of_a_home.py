"""The audit of a real home: the page and the command line say the same of any two moments."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from dashboard.answers.home import Home
from dashboard.answers.moments import end_of
from dashboard.shapes.asking import Reader
from dashboard.shapes.customers import CustomersAsked
from dashboard.shapes.timeline import TimelineAsked
from domain.roles import Asker, NotAllowed
from domain.vocabulary import parse
from intake import sample_firm
from tests.cli.home import Konto
from tests.homes import open_at
from tests.notation import at, envelopes
from wiring.worker import run_tick

READER = Reader(None, "de", ZoneInfo("Europe/Berlin"))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = 42
MOMENTS = 8


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The sample firm's last weeks, heard of week by week: what happened on Friday we know on Monday."""
    home = open_at(tmp_path_factory.mktemp("audited"))
    facts = sorted(sample_firm.facts(1, DAYS, NOW), key=lambda each: each["time"])
    for _, week in groupby(facts, key=lambda each: datetime.fromisoformat(each["time"]).isocalendar()[:2]):
        told = [parse(each, now=NOW) for each in week]
        monday = told[-1].time + timedelta(days=7 - told[-1].time.weekday())
        home.clock.now = min(NOW, monday.replace(hour=6))
        home.konto.record(told)
    home.clock.now = NOW
    home.konto.catch_up()
    yield Home(home.konto)
    home.close()


def test_the_page_says_of_any_two_moments_what_the_statement_says(firm):
    dice, command = random.Random(8), Konto(firm.konto.home, NOW)
    busy = firm.konto.views.rows(
        "SELECT t.customer, c.source, c.id FROM timeline t JOIN customers c ON c.customer = t.customer "
        "GROUP BY t.customer, c.source, c.id ORDER BY COUNT(*) DESC LIMIT 20"
    )
    seen = []
    for _ in range(MOMENTS):
        customer, *own = dice.choice(busy)
        days = {name: NOW.date() - timedelta(days=dice.randrange(DAYS)) for name in ("as-of", "known-on")}
        found = firm.timeline(READER, customer, TimelineAsked(*days.values()))
        told = _told(command, ":".join(own), [f"--{name}={_end(day)}" for name, day in days.items()])
        assert found.total == told.entries
        if found.standing is None:
            assert (told.entries, told.balance, told.open) == (0, 0, 0)
            continue
        standing = found.standing
        page = (standing.balance, *standing.stage, standing.reliability.rests_on, standing.open_promises)
        assert page == (told.balance, told.stage, told.reason, told.rests_on, told.open)
        seen.append((standing.balance, standing.open_promises, found.later.learned if found.later else 0))
    assert len(set(seen)) > MOMENTS // 2, "the moments differ"
    assert any(learned for *_, learned in seen)


class Told(NamedTuple):
    """What the command line says of a customer at two moments."""

    entries: int
    balance: int
    stage: str
    reason: str
    rests_on: int
    open: int


def _told(command: Konto, own: str, then: list[str]) -> Told:
    said = command("statement", own, *then, "--json").json
    entries = command("audit", "timeline", own, *then, "--json").json
    states = ("open", "overdue")
    counts = [
        command("promises", "--where", f"customer={own}", "--state", state, *then, "--count", "--json").json["count"]
        for state in states
    ]
    return Told(
        len(entries),
        round(said["balance"] * 100),
        said["stage"],
        said["stage_reason"],
        said["reliability"]["rests_on"],
        sum(counts),
    )


def _end(day: date) -> str:
    return min(NOW, end_of(day, READER)).isoformat()


STORY = """
    2026-02-02T08:00  Kunde K-17, namens =HYPERLINK("x"), zuständig lutz
    2026-02-02T09:00  verspricht K-17 lutz "=1+1" bis 2026-02-05T12:00
    2026-02-04T09:00  erfüllt (erfasst 2026-02-20T09:00)
    2026-02-10T09:00  K-17 fragt "F-1", Kanal email, an lutz
    2026-02-11T09:00  Vorfall K-17 "V-2" complaint, von lutz
    2026-02-12T16:00  verspricht K-17 lutz "Rückruf" bis 2026-02-13T17:00 [wrong]
    2026-03-02T09:00  verspricht K-17 lutz "Wartung" bis 2026-03-11T12:00
    2026-02-25T08:00  zieht zurück [wrong], mit Grund (erfasst 2026-02-25T08:01)
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = open_at(tmp_path_factory.mktemp("small"))
    receipts = home.take(envelopes(STORY))
    assert [each.refused for each in receipts if each.refused] == []
    home.clock.now = at("2026-03-12T07:40")
    yield Home(home.konto)
    home.close()


def _customer(pages: Home) -> str:
    return pages.customers(READER, CustomersAsked(), 1).rows[0].customer


def test_what_came_to_light_later_is_counted_and_so_is_the_difference_it_makes(pages):
    day = date(2026, 2, 14)
    found = pages.timeline(READER, _customer(pages), TimelineAsked(day, day))
    assert (found.later.learned, found.later.retracted) == (1, 1)
    assert "erfüllt" in found.later.entries[0].text
    assert found.later.balance_then == found.standing.balance < found.later.balance_now
    assert found.standing.open_promises == 2
    assert [each.late for each in found.standing.promises] == [True, True]
    assert found.standing.open_questions == 1
    now = pages.timeline(READER, _customer(pages), TimelineAsked(day))
    assert now.later == found.later
    assert pages.timeline(READER, _customer(pages), TimelineAsked()).later is None


def test_entries_go_by_kind_and_by_the_promise_they_are_about(pages):
    everything = pages.timeline(READER, _customer(pages), TimelineAsked())
    assert everything.counts == {"all": 8, "promises": 5, "contacts": 1, "incidents": 1, "alerts": 0}
    (kept,) = [row for row in everything.rows if "erfüllt" in row.text]
    one = pages.timeline(READER, _customer(pages), TimelineAsked(thing=kept.thing))
    assert (one.total, one.thing) == (2, "=1+1")


def test_a_table_is_harmless_in_a_spreadsheet_and_json_is_what_the_command_says(pages):
    table = pages.timeline_file(READER, _customer(pages), TimelineAsked(kind="promises"), "csv").content
    rows = list(csv.reader(StringIO(table.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 6
    assert rows[0][:3] == ["Geschehen", "Erfasst", "Vorgang"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert "'=1+1: erfüllt" in [row[2] for row in rows]
    told = json.loads(pages.timeline_file(READER, _customer(pages), TimelineAsked(), "json").content)
    now = pages.konto.clock()
    assert told == Konto(pages.konto.home, now)("audit", "timeline", "K-17", "--json").json


def test_whose_role_does_not_reach_so_far_sees_and_takes_nothing(pages):
    owner = Home(replace(pages.konto, asker=Asker("lutz", frozenset({"owner"}))))
    for asked in (
        lambda: owner.timeline(READER, "x", TimelineAsked()),
        lambda: owner.timeline_file(READER, "x", TimelineAsked(), "csv"),
    ):
        with pytest.raises(NotAllowed):
            asked()
    auditor = Home(replace(pages.konto, asker=Asker("ines", frozenset({"auditor"}))))
    assert auditor.timeline(READER, _customer(pages), TimelineAsked()).total == 8


def test_an_alert_says_for_whom_it_was_and_what_became_of_it_only_by_then(pages):
    run_tick(pages.konto)
    customer = _customer(pages)
    (first, *others) = pages.timeline(READER, customer, TimelineAsked(kind="alerts")).rows
    assert first.became == ()
    ids = [row[0] for row in pages.konto.views.rows("SELECT alert FROM alerts ORDER BY alert")]
    assert len(ids) == 1 + len(others)
    assert pages.put_off(READER, ids[:1], at("2026-03-13T08:00"), "Warte auf den Händler") is None
    assert pages.take_note(READER, ids) is None
    noted = pages.timeline(READER, customer, TimelineAsked(kind="alerts")).rows
    said = {each.text for row in noted for each in row.became}
    assert "jemand an diesem Rechner hat ihn zur Kenntnis genommen" in said
    assert "jemand an diesem Rechner hat ihn aufgeschoben bis morgen 8 Uhr: Warte auf den Händler" in said
    yesterday = pages.timeline(READER, customer, TimelineAsked(date(2026, 3, 11), kind="alerts"))
    assert not [each for row in yesterday.rows for each in row.became]
