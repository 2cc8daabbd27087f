"""Any order of arrival gives one result: 200 facts of all types, shuffled over and over.

The short form runs with every commit; the long one, a thousand shuffles, with `pytest -m long tests/properties`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import account, recovery
from domain.question import questions
from domain.relationship import relationships
from domain.steering import published
from domain.vocabulary import FACTS
from projections.page import by_stream
from projections.tables import ALWAYS
from tests.homes import Home
from tests.notation import Data, History, envelopes, steering, struct_replace
from tests.properties.test_invariants import NOW, figures, homes, tables

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
long = pytest.mark.long
shuffles = pytest.mark.parametrize(
    "shuffles", [pytest.param(250, id="short"), pytest.param(1_000, id="long", marks=long)]
)
through_the_store = pytest.mark.parametrize(
    "shuffles", [pytest.param(3, id="short"), pytest.param(10, id="long", marks=long)]
)
MOMENTS = [datetime(2026, 2, 2, 12, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)]

CUSTOMER = """
+0 {K} fragt "{c}1", Kanal email, Faden T-{n}, über "{p}1"
+1 Kunde {K}, zuständig ines, Team Kundendienst
+2 verspricht {K} ines "{p}1" bis {d5}, Art delivery
+3 beantwortet "{c}1", automatisch
+4 pausiert "{p}1" wegen Kunde
+9 setzt "{p}1" fort wegen Kunde
+10 beantwortet "{c}1", von ines
+12 verschiebt "{p}1" auf {d8}, mit Alternative
+14 beschreibt "{p}1", Plan B
+15 übergibt "{p}1" an lutz
+20 {K} hakt nach "{c}2" zu "{p}1", Kanal phone
+190 erfüllt "{p}1", Grad 1.2
+195 meldet sich "{c}3" bei {K}, Zweck follow_up, von lutz, Kanal phone
+24 verspricht {K} lutz "{p}2" bis {d5}, Preis 900 EUR
+25 meldet sich "{c}4" bei {K}, Zweck needs, von lutz, Kanal in_person
+200 Vorfall {K} "{v}1" complaint, ernst, zu "{p}2", Lieferant Acme
+202 nennt den Grund für "{v}1"
+203 entschuldigt sich für "{v}1"
+204 pausiert Vorfall "{v}1" wegen Kunde
+220 setzt Vorfall "{v}1" fort wegen Kunde
+221 bittet um neue Chance für "{v}1"
+222 bietet an für "{v}1"
+223 Angebot angenommen zu "{v}1"
+224 spricht persönlich zu "{v}1"
+225 übergibt Vorfall "{v}1" an karin
+240 löst "{v}1"
+250 öffnet "{v}1" wieder
+260 löst "{v}1"
+270 schließt "{v}1"
+230 {end}
+300 fragt {K} um Rückmeldung
+310 Rückmeldung {K} 2, über {p}2
+311 Rückmeldung ? 5, über {c}1
+320 {K} empfiehlt uns
+330 lehnt ab {K}, mit Grund, mit Alternative
+340 Kunde {K} geändert, seit 2025-05-01
+350 zuständig für {K} ist karin
+360 Empfindlichkeit {K} 1.5
"""
"""One customer's history: hours after the start, and what happens. Of two at one hour the order of a life decides."""

ENDINGS = ['nimmt "{p}2" zurück, mit Grund', 'bricht "{p}2"', 'erlässt "{p}2"', 'erfüllt "{p}2", berechnet 1100']


def told() -> Iterator[str]:
    for n in range(5):
        names = {"K": f"K-{n}", "n": n, "p": f"P{n}.", "c": f"C{n}.", "v": f"V{n}."}
        days = {f"d{d}": (START + timedelta(days=d + n)).date().isoformat() for d in (5, 8)}
        text = CUSTOMER.format(**names, **days, end=ENDINGS[n % len(ENDINGS)].format(**names))
        for line in text.strip().splitlines():
            hours, said = line.split(" ", 1)
            # The hour names the fact: within one customer's history none stands twice.
            yield f"{moment(int(hours) + 7 * n)}  {said} [{n}{hours}]"
    yield f"{moment(400)}  K-3 geht"
    yield f"{moment(410)}  führt K-0 und K-1 zusammen"
    yield f"{moment(420)}  führt K-2 und K-4 zusammen"
    yield f"{moment(430)}  trennt K-2 und K-4"
    yield f"{moment(440)}  zieht zurück [3+310]"
    yield f"{moment(450)}  zieht zurück [2+25]"
    yield f"{moment(700)}  Quoten 2026-01 0.7 0.2"


def moment(hours: int) -> str:
    return (START + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%MZ")


def facts() -> list[Data]:
    return list(envelopes("\n".join(told())))


def test_the_history_holds_about_200_facts_of_every_type_but_documents() -> None:
    assert 195 <= len(facts()) <= 205
    assert {each["type"] for each in facts()} == set(FACTS) - {"document.published"}
    assert len({each["id"] for each in facts()}) == len(facts())


@shuffles
def test_shuffles_give_the_same_accounts_questions_and_recoveries(shuffles: int) -> None:
    rng = random.Random(3)
    history = History(facts())
    as_written = list(history.facts)
    expected = folded(as_written)
    assert len(expected) == 4, "two of five are one"
    assert sum(len(lines) for lines, _, _ in expected.values()) > 100
    for number in range(shuffles):
        mixed = as_written.copy()
        rng.shuffle(mixed)
        assert folded([struct_replace(fact, position=place) for place, fact in enumerate(mixed, 1)]) == expected, number


def folded(arrived: list[Any]) -> dict[str, Any]:
    """What follows of the facts as they arrived, without the order in which they did."""
    steers = published(steering(), [fact for fact in arrived if fact.stream == "firm"], first_fact=1)
    streams = by_stream(fact for fact in arrived if fact.stream != "firm")
    found = {}
    for customer, relationship in relationships(streams.values()).items():
        lines = [(line.time, line.rule, line.factors, line.points) for line in account.lines(relationship, steers)]
        asked = [(each.asked.key, each.target_at, each.answered_in_seconds) for each in questions(relationship, steers)]
        cases = {
            stream: [(done.step, done.fact.key, done.in_time) for done in case.done]
            for stream, history in relationship.incidents.items()
            for case in [recovery.case_of(history, relationship, steers)]
        }
        found[customer] = (lines, asked, sorted(cases.items()))
    return found


@pytest.mark.parametrize("portion", [1, 60])
@through_the_store
def test_shuffles_through_the_store_give_the_same_tables_and_figures(shuffles: int, portion: int) -> None:
    rng = random.Random(portion)
    with homes(1 + shuffles) as (straight, *others):
        straight.take_as_they_come(facts(), NOW)
        assert straight.konto.log.parked() == []
        expected = seen(straight)
        for number, other in enumerate(others):
            mixed = facts()
            rng.shuffle(mixed)
            while mixed:
                some, mixed = mixed[:portion], mixed[portion:]
                take(other, some)
            other.konto.catch_up()
            assert other.konto.log.parked() == [], number
            assert seen(other) == expected, number


@through_the_store
def test_clocks_that_are_off_by_an_hour_change_no_figure(shuffles: int) -> None:
    """Each portion is recorded by a machine whose clock goes up to an hour before or after the others'."""
    rng = random.Random(5)
    with homes(1 + shuffles) as (straight, *others):
        straight.take_as_they_come(facts(), NOW)
        expected = counts(straight)
        for number, other in enumerate(others):
            mixed = facts()
            rng.shuffle(mixed)
            while mixed:
                some, mixed = mixed[:20], mixed[20:]
                take(other, some, NOW + timedelta(minutes=rng.randint(-60, 60)))
            assert other.konto.log.parked() == [], number
            assert counts(other) == expected, number


def counts(home: Home) -> Any:
    """All figures, and how every promise stands by what is known at last."""
    standing = home.rows(f"SELECT * FROM promises WHERE known_until = {ALWAYS}")
    columns = [row[1] for row in home.rows("PRAGMA table_info(promises)")]
    known = [place for place, name in enumerate(columns) if name.startswith("known_")]
    return [
        sorted((tuple(each for place, each in enumerate(row) if place not in known) for row in standing), key=repr),
        *(figures(home, at, by=by) for at in MOMENTS for by in (None, "team", "customer")),
    ]


def take(home: Home, portion: list[Data], now: datetime = NOW) -> None:
    receipts = home.take_as_they_come(portion, now)
    assert {receipt.status for receipt in receipts} <= {"recorded", "parked"}


def seen(home: Home) -> Any:
    return [
        tables(home, with_arrival=False),
        *(figures(home, at, by=by) for at in MOMENTS for by in (None, "team")),
    ]
