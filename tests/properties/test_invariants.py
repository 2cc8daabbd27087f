"""What must hold for every possible history, tried on generated ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, event, settings
from hypothesis import given as whatever
from hypothesis import strategies as st

from domain.account import balance
from domain.fact import Fact
from projections import kpis, statements
from projections.filters import Moment
from projections.follow import FOLDED
from projections.promises import COLUMNS, rows
from projections.tables import ALWAYS, micros
from projections.timeline import set_aside
from tests import by_hand
from tests.homes import Home, open_at, question, stamped
from tests.notation import Data, History, envelopes, struct_replace

START = datetime(2026, 3, 16, tzinfo=UTC)
"""A Monday; the clock change, Good Friday and Easter Monday follow."""
DAYS = 35
END = START + timedelta(days=60)
NOW = END + timedelta(days=30)

PURE = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STORED = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


# -- histories --------------------------------------------------------------------------------------


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%MZ")


moments = st.integers(0, DAYS * 48).map(lambda halves: START + timedelta(minutes=30 * halves))
reads = st.integers(0, 60 * 24).map(lambda hours: START + timedelta(hours=hours, minutes=17))
delays = st.sampled_from([0, 0, 0, 1, 30, 24 * 60, 9 * 24 * 60]).map(lambda minutes: timedelta(minutes=minutes))
people = st.sampled_from(["ines", "lutz", "karin"])


@st.composite
def dues(draw: st.DrawFn, after: datetime) -> str:
    later = after + timedelta(minutes=30 * draw(st.integers(1, 20 * 48)))
    # By the date in Berlin the day has never ended before the making.
    return draw(st.sampled_from([written(later), (later + timedelta(hours=2)).date().isoformat()]))


@st.composite
def made(draw: st.DrawFn, customer: str, name: str, at: datetime) -> str:
    line = f'verspricht {customer} {draw(people)} "{name}"'
    if draw(st.integers(0, 5)):
        line += " bis " + draw(dues(at))
    marks = [
        "Art delivery", "Preis 100 EUR", "beabsichtigt", "geschätzt", "intern", "ernst", "Team Büro", "Lieferant Acme"
    ]  # fmt: skip
    return ", ".join([line, *draw(st.lists(st.sampled_from(marks), max_size=3, unique=True))])


@st.composite
def between(draw: st.DrawFn, name: str, at: datetime) -> str:
    move = f'verschiebt "{name}" auf {draw(dues(at))}'
    move += draw(st.sampled_from(["", "", ", mit Alternative", ", vom Kunden gewünscht", ", nicht vereinbart"]))
    cause = draw(st.sampled_from(["Kunde", "Kunde", "Teil"]))
    return draw(
        st.sampled_from(
            [
                move,
                move,
                f'pausiert "{name}" wegen {cause}',
                f'setzt "{name}" fort wegen {cause}',
                f'übergibt "{name}" an {draw(people)}',
                f'beschreibt "{name}", ernst',
            ]
        )
    )


@st.composite
def ended(draw: st.DrawFn, name: str) -> str:
    degree = draw(st.sampled_from([0.0, 0.4, 0.5, 0.9, 1.0, 1.2, 2.0]))
    return draw(
        st.sampled_from(
            [
                f'erfüllt "{name}"',
                f'erfüllt "{name}", Grad {degree}',
                f'erfüllt "{name}", berechnet {draw(st.sampled_from([90, 100, 104, 112, 150, 300]))}',
                f'nimmt "{name}" zurück, mit Grund',
                f'bricht "{name}"',
                f'erlässt "{name}"',
            ]
        )
    )


@st.composite
def promise_lives(draw: st.DrawFn, customer: str, name: str) -> list[tuple[datetime, str]]:
    times = sorted(draw(st.lists(moments, min_size=1, max_size=6)))
    begun, *others = times
    lines = [(begun, draw(made(customer, name, begun)))]
    lines += [(at, draw(between(name, begun))) for at in others]
    if draw(st.integers(0, 3)):
        end = draw(st.sampled_from([times[-1], times[-1] + timedelta(hours=draw(st.integers(1, 400)))]))
        lines.append((end, draw(ended(name))))
    return lines


CHANNELS = st.sampled_from(["email", "phone", "chat", "in_person", "letter"])
STEPS = [
    'nennt den Grund für "{name}"', 'entschuldigt sich für "{name}"', 'bittet um neue Chance für "{name}", mit Angebot',
    'bittet um neue Chance für "{name}"', 'bietet an für "{name}"', 'Angebot angenommen zu "{name}"',
    'spricht persönlich zu "{name}"', 'spricht zu "{name}", Kanal phone', 'löst "{name}"', 'öffnet "{name}" wieder',
    'schließt "{name}"', 'pausiert Vorfall "{name}" wegen Kunde', 'setzt Vorfall "{name}" fort wegen Kunde',
    'übergibt Vorfall "{name}" an karin',
]  # fmt: skip


@st.composite
def contact_lives(draw: st.DrawFn, customer: str, name: str, promises: Sequence[str]) -> list[tuple[datetime, str]]:
    begun, *others = sorted(draw(st.lists(moments, min_size=1, max_size=3)))
    if not draw(st.integers(0, 2)):
        purpose = draw(st.sampled_from(["follow_up", "needs", "check_in", "service", "advice"]))
        said = f'meldet sich "{name}" bei {customer}, Zweck {purpose}, von {draw(people)}, Kanal {draw(CHANNELS)}'
        return [(begun, said)]
    chased = draw(st.sampled_from(["", "", *promises]))
    asks = f'{customer} hakt nach "{name}" zu "{chased}"' if chased else f'{customer} fragt "{name}"'
    marks = [f"Kanal {draw(CHANNELS)}", "Faden T-1", f"an {draw(people)}", f'über "{draw(st.sampled_from(promises))}"']
    lines = [(begun, ", ".join([asks, *draw(st.lists(st.sampled_from(marks), max_size=3, unique=True))]))]
    for at in others:
        automatic = draw(st.sampled_from(["", "", ", automatisch"]))
        lines.append((at, f'beantwortet "{name}", von {draw(people)}{automatic}'))
    return lines


@st.composite
def incident_lives(draw: st.DrawFn, customer: str, name: str, promises: Sequence[str]) -> list[tuple[datetime, str]]:
    begun, *others = sorted(draw(st.lists(moments, min_size=1, max_size=7)))
    kind = draw(st.sampled_from(["complaint", "complaint", "forgotten", "untruth", "product_claim"]))
    marks = ["ernst", "gering", "selbst gemeldet", f'zu "{draw(st.sampled_from(promises))}"', "Lieferant Acme"]
    said = ", ".join(
        [f'Vorfall {customer} "{name}" {kind}', *draw(st.lists(st.sampled_from(marks), max_size=3, unique=True))]
    )
    return [(begun, said), *((at, draw(st.sampled_from(STEPS)).format(name=name)) for at in others)]


@st.composite
def told(draw: st.DrawFn, customer: str, promises: Sequence[str]) -> tuple[datetime, str]:
    about = draw(st.sampled_from(["", *(f", über {name}" for name in promises)]))
    return draw(moments), draw(
        st.sampled_from(
            [
                f"Kunde {customer}, zuständig {draw(people)}",
                f"Kunde {customer} geändert, seit 2026-01-0{draw(st.integers(1, 9))}",
                f"zuständig für {customer} ist {draw(people)}",
                f"Empfindlichkeit {customer} {draw(st.sampled_from(['0.5', '1.5', '2', 'gelernt']))}",
                f"Rückmeldung {customer} {draw(st.integers(1, 5))}{about}",
                f"Rückmeldung ? {draw(st.integers(1, 5))}{about}" if about else f"{customer} empfiehlt uns",
                f"lehnt ab {customer}, mit Grund",
                f"fragt {customer} um Rückmeldung",
                f"{customer} geht",
            ]
        )
    )


@st.composite
def histories(draw: st.DrawFn, customers: int = 1) -> str:
    """Possible ones, in the notation, in order of happening; what they say is recorded then or later."""
    lines: list[tuple[datetime, str]] = []
    for number in range(1, draw(st.integers(1, customers)) + 1):
        names = [f"P{number}{letter}" for letter in "abc"[: draw(st.integers(1, 3))]]
        for name in names:
            lines += draw(promise_lives(f"K-{number}", name))
        lines += draw(st.lists(told(f"K-{number}", names), max_size=4))
        for letter in "xyz"[: draw(st.integers(0, 3))]:
            lines += draw(contact_lives(f"K-{number}", f"C{number}{letter}", names))
        for letter in "vw"[: draw(st.integers(0, 2))]:
            lines += draw(incident_lives(f"K-{number}", f"V{number}{letter}", names))
    lines.sort(key=lambda line: line[0])
    return "\n".join(f"{written(at)}  {said} (erfasst {written(at + draw(delays))})" for at, said in lines)


def facts(text: str) -> list[Data]:
    return [stamped(each) for each in envelopes(text)]


# -- against plain loops ----------------------------------------------------------------------------


@PURE
@whatever(histories(), st.lists(reads, min_size=3, max_size=3))
def test_every_promise_stands_at_every_moment_as_plain_loops_over_its_facts_say(
    text: str, times: list[datetime]
) -> None:
    history = History(facts(text))
    for moment in [*times, END]:
        for life in by_hand.lives(facts(text), moment):
            standing = history.standing(moment, life.id)
            state = history.outcome(moment, life.id)
            assert state.replace("exceeded", "kept") == life.state, (moment, life)
            first = standing.verdict.first if standing.verdict else None
            assert first is None or first == life.first, (moment, life)
            assert (standing.due, standing.counting, standing.first) == (life.due, life.counting, life.original)
            assert standing.due_day == life.day
            assert (standing.promise.owner, standing.promise.team) == (life.owner, life.team)
            assert (standing.moves_in_time + standing.moves_late) == life.moved_by_us
            assert state != "exceeded" or (life.degree or 0) > 1
            event(state)


# -- reading at a moment ----------------------------------------------------------------------------


def read(history: History, moment: datetime) -> list[Any]:
    """Everything that a statement says at a moment."""
    rules = history.steering.rulebooks
    lines = [line for line in history.postings if line.stands_at(moment)]
    return [
        [
            (line.time, line.rule, line.factors, line.points_at(moment, rules), line.counts_at(moment, rules))
            for line in lines
        ],
        history.balance(moment),
        history.buffer(moment),
        history.stage(moment),
        history.reliability(moment),
    ]


@PURE
@whatever(histories(), reads)
def test_a_reading_at_a_moment_is_the_fold_of_only_the_facts_until_then(text: str, moment: datetime) -> None:
    everything = History(facts(text))
    until = everything.until(moment)
    if not until.envelopes:
        assert [line for line in everything.postings if line.stands_at(moment)] == []
        return
    assert read(everything, moment) == read(until, moment)
    for stream in {fact.stream for fact in until.facts if fact.type == "promise.made"}:
        name = stream.removeprefix("promise-")
        assert everything.outcome(moment, name) == until.outcome(moment, name)
        assert everything.standing(moment, name) == until.standing(moment, name)


@PURE
@whatever(histories(), st.lists(reads, min_size=2, max_size=2))
def test_lines_add_up_to_the_balance_each_one_counted_by_itself(text: str, times: list[datetime]) -> None:
    history = History(facts(text))
    for moment in [START, *times, END]:
        counts = 0
        for line in history.postings:
            if line.stands_from <= moment and (line.until is None or moment < line.until):
                age = (moment - line.time).total_seconds() / 86400
                points = line.points_at(moment, history.steering.rulebooks)
                counts += (
                    points
                    if line.provisional or not line.fades
                    else round(abs(points) * 2 ** (-age / 365) + 1e-9) * (1 if points > 0 else -1)
                )
        assert abs(counts - balance(history.postings, moment, history.steering.rulebooks)) <= len(history.postings) // 4
        assert sum(
            line.counts_at(moment, history.steering.rulebooks) for line in history.postings if line.stands_at(moment)
        ) == (balance(history.postings, moment, history.steering.rulebooks))


@PURE
@whatever(histories(), reads, st.randoms(use_true_random=False))
def test_the_fold_of_shuffled_facts_is_the_same(text: str, moment: datetime, shuffle: random.Random) -> None:
    mixed = facts(text)
    shuffle.shuffle(mixed)
    assert read(History(mixed), moment) == read(History(facts(text)), moment)


# -- knowing at a moment ----------------------------------------------------------------------------

KNOWN_FROM, KNOWN_UNTIL = (list(COLUMNS).index(name) for name in ("known_from", "known_until"))


def unaware(row: Sequence[Any]) -> tuple[Any, ...]:
    """A row without since when we know it."""
    return (*row[:KNOWN_FROM], *row[KNOWN_UNTIL + 1 :])


@PURE
@whatever(histories(), reads)
def test_what_we_knew_at_a_moment_is_the_fold_of_only_the_facts_recorded_by_then(text: str, known: datetime) -> None:
    everything = History(facts(text))
    us = micros(known) or 0
    for stream in {fact.stream for fact in everything.facts if fact.stream.startswith("promise-")}:
        name = stream.removeprefix("promise-")
        arrived = sorted(everything.promise(name), key=lambda fact: (fact.recorded, fact.position))
        if arrived[0].type != "promise.made":
            continue  # it would have been parked, and recorded with the making
        numbered = renumbered(arrived)
        table = rows(stream, numbered, everything.steering)
        then = [each for each in numbered if each.recorded is not None and each.recorded <= known]
        expected = rows(stream, then, everything.steering) if then else []
        assert {unaware(row) for row in table if row[KNOWN_FROM] <= us < row[KNOWN_UNTIL]} == {
            unaware(row) for row in expected if row[KNOWN_UNTIL] == ALWAYS
        }


def renumbered(arrived: Sequence[Fact]) -> list[Fact]:
    return [struct_replace(fact, position=position) for position, fact in enumerate(arrived, 1)]


# -- the store --------------------------------------------------------------------------------------


@contextmanager
def homes(count: int) -> Iterator[list[Home]]:
    """Real homes with the same keys, so that internal ids can be compared."""
    with TemporaryDirectory() as folder:
        opened = [open_at(Path(folder) / str(number), seed=1) for number in range(count)]
        yield opened
        for home in opened:
            home.close()


def tables(home: Home, *, with_arrival: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """Every table; without arrival modulo the position in the log and when it was recorded."""
    found = {name: sorted(home.rows(f"SELECT * FROM {name}"), key=repr) for name in FOLDED}
    if not with_arrival:
        found["timeline"] = sorted(
            home.rows("SELECT customer, time, type, stream, fact, normalised FROM timeline"), key=repr
        )
        found["persons"] = sorted(home.rows("SELECT person, name FROM persons"))
        del found["tiles"]  # the tree is over the order of arrival, and nothing else
    return found


PROMISES = [each.name for each in kpis.promises.FIGURES]


def figures(
    home: Home, moment: datetime, known: datetime | None = None, *, names: Sequence[str] = (), **more: Any
) -> list[kpis.Group]:
    return kpis.figures(home.konto.library, home.konto.asker, question(moment, known=known, **more), names)


@STORED
@whatever(histories(3), reads, st.randoms(use_true_random=False))
def test_shuffled_arrival_gives_the_same_tables_and_figures_and_arriving_twice_nothing_new(
    text: str, moment: datetime, shuffle: random.Random
) -> None:
    mixed = facts(text)
    shuffle.shuffle(mixed)
    with homes(2) as (one, other):
        assert {receipt.status for receipt in one.take_as_they_come(facts(text), NOW)} <= {"recorded", "parked"}
        while mixed:
            portion = [mixed.pop() for _ in range(min(len(mixed), shuffle.randint(1, 9)))]
            other.take_as_they_come(portion, NOW)
        assert one.konto.log.parked() == other.konto.log.parked() == []
        assert tables(one, with_arrival=False) == tables(other, with_arrival=False)
        for by in (None, "owner", "customer"):
            assert figures(one, moment, by=by) == figures(other, moment, by=by)

        head, before = other.konto.log.head(), tables(other)
        again = other.take_as_they_come(facts(text), NOW + timedelta(days=1))
        assert {receipt.status for receipt in again} == {"already"}
        assert (other.konto.log.head(), tables(other)) == (head, before)

        other.konto.rebuild()
        assert tables(other) == before


@STORED
@whatever(histories(3), reads, reads)
def test_figures_lists_and_accounts_of_the_store_are_those_of_loops_as_of_and_as_known_on_any_moment(
    text: str, moment: datetime, known: datetime
) -> None:
    with homes(2) as (full, partial):
        full.take(facts(text))
        recorded = [each for each in facts(text) if by_hand.recorded_at(each) <= known]
        partial.take(recorded)
        assert figures(full, moment, known) == figures(partial, moment)
        for by in ("owner", "kind"):
            assert figures(full, moment, known, names=PROMISES, by=by) == figures(
                partial, moment, names=PROMISES, by=by
            )
        assert listed(full, moment, known) == listed(partial, moment)
        for customer in {row[0] for row in partial.rows("SELECT customer FROM customers")}:
            steering = full.konto.steering
            then = statements.lines_known_on(full.konto.library, customer, known)
            now = statements.lines_of(partial.konto.views, customer)
            assert balance(then, moment, steering.rulebooks) == balance(now, moment, steering.rulebooks)
            account = statements.statement(partial.konto.library, partial.konto.asker, customer, steering, moment)
            assert account.balance == sum(line.counts for line in account.lines)
        if not partial.konto.log.parked():
            (group,) = figures(partial, moment)
            for name, share in by_hand.shares(by_hand.lives(recorded, moment)).items():
                assert tuple(group.figures[name]) == share, name  # type: ignore[arg-type]


@STORED
@whatever(histories(2), reads, st.randoms(use_true_random=False))
def test_what_was_retracted_never_was_and_who_was_merged_always_was_one(
    text: str, moment: datetime, chance: random.Random
) -> None:
    said = [{**each, "recorded": each["time"]} for each in facts(text)]
    gone = chance.sample(said, min(len(said), chance.randint(0, 3)))
    later = (END + timedelta(days=1)).isoformat()
    corrections = [
        {**said[0], "id": f"zurück-{each['id']}", "type": "fact.retracted", "time": later, "recorded": later,
         "data": {"retracts": {"source": each["source"], "id": each["id"]}}}
        for each in gone
    ]  # fmt: skip
    merge = {**said[0], "id": "eins", "type": "customer.merged", "time": later, "recorded": later,
             "data": {"customer": "K-1", "duplicate": "K-2"}}  # fmt: skip
    never = [as_one(each) for each in said if each not in gone]
    with homes(2) as (corrected, straight):
        for each in (corrected, straight):
            each.take([{**merge, "id": "vorher", "type": "customer.registered", "data": {"customer": "K-1"}}])
        corrected.take([*said, *corrections, merge])
        straight.take(never)
        for by in (None, "owner", "team"):
            assert figures(corrected, moment, by=by) == figures(straight, moment, by=by)
        assert account_of(corrected, moment) == account_of(straight, moment)
        assert account_of(corrected, END) == account_of(straight, END)
        assert listed(corrected, moment) == listed(straight, moment)
        waiting = {each.fact.id for each in straight.konto.log.parked()}
        again = {each.fact.id for each in set_aside(corrected.konto.log, corrected.konto.library)}
        assert again == waiting
        corrected.konto.rebuild()
        assert account_of(corrected, moment) == account_of(straight, moment)


def as_one(envelope: Data) -> Data:
    """The same fact, of a customer who has always had one number."""
    data = envelope["data"]
    return {**envelope, "data": {**data, "customer": "K-1"}} if data.get("customer") == "K-2" else envelope


def account_of(home: Home, moment: datetime) -> list[Any]:
    """Everything that the statement of K-1 says."""
    konto = home.konto
    (customer,) = konto.library.customer_ids("K-1")
    found = statements.statement(konto.library, konto.asker, customer, konto.steering, moment)
    lines = [(line.posting.time, line.posting.rule, line.base, line.points, line.counts) for line in found.lines]
    return [sorted(lines), found.balance, found.buffer, found.stage, found.reliability, found.sensitivity]


def listed(home: Home, moment: datetime, known: datetime | None = None) -> list[tuple[Any, ...]]:
    """What lists show, but for what a promise is called: that is known as of now."""
    return [tuple(row) for row in home.listed(moment, known=known)]


def test_the_generated_histories_begin_on_a_monday_and_hold_the_clock_change_and_easter() -> None:
    assert START.weekday() == 0
    assert START.date() < date(2026, 3, 29) < date(2026, 4, 6) < (START + timedelta(days=DAYS)).date()
    assert Moment(START).us == micros(START)
