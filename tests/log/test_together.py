"""Whoever records at the same time shares a transaction, and hears of their own facts alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from domain.errors import Refused
from domain.fact import Fact
from domain.record import Receipt
from domain.store import StoreBusy
from domain.vocabulary import parse
from tests.homes import Home, open_at
from tests.notation import at, envelopes
from tests.stores import ENGINES, lasting_folder
from wiring.together import MOST, Record, Together

WRITERS = 8
NOW = at("2026-03-03")


def fact(name: str) -> Fact:
    (envelope,) = envelopes(f'2026-03-02T09:00  Kunde K-{name}, namens "Meier {name}"')
    return parse({**envelope, "id": name}, now=NOW)


class Slow:
    """Takes what it is given as a store would, and says in which portions; the first time only when told to."""

    def __init__(self) -> None:
        self.portions: list[list[str]] = []
        self.begun, self.go_on = Event(), Event()

    def __call__(self, facts: Sequence[Fact]) -> list[Receipt]:
        self.portions.append([each.id for each in facts])
        self.begun.set()
        assert self.go_on.wait(10)
        if any(each.id == "poison" for each in facts):
            raise ZeroDivisionError
        return [Receipt(each, "recorded") for each in facts]


def brought(together: Together, slow: Slow, names: Sequence[Sequence[str]]) -> list[object]:
    """One thread a list: the first alone, all others while it is under way. What each was answered or raised."""

    def bring(own: Sequence[str]) -> object:
        try:
            return [receipt.fact.id for receipt in together.record([fact(name) for name in own], slow)]
        except (ZeroDivisionError, Refused) as trouble:
            return type(trouble)

    with ThreadPoolExecutor(len(names)) as threads:
        first = threads.submit(bring, names[0])
        assert slow.begun.wait(10)
        others = []
        for place, own in enumerate(names[1:], 1):
            others.append(threads.submit(bring, own))
            while len(together._waiting) < place:
                sleep(0.001)
        slow.go_on.set()
        return [each.result(10) for each in (first, *others)]


def test_all_who_wait_go_into_the_next_transaction_in_the_order_in_which_they_came() -> None:
    slow = Slow()
    assert brought(Together(), slow, [["a"], ["b"], ["c", "d"], ["e"]]) == [["a"], ["b"], ["c", "d"], ["e"]]
    assert slow.portions == [["a"], ["b", "c", "d", "e"]]


def test_what_does_not_fit_waits_for_the_one_after() -> None:
    slow, many = Slow(), [str(number) for number in range(MOST)]
    assert brought(Together(), slow, [["a"], ["b"], many, ["c"]])[2] == many
    assert sorted(map(len, slow.portions)) == [1, 1, 1, MOST]


def test_a_mistake_is_heard_by_whoever_made_it_alone() -> None:
    assert brought(Together(), Slow(), [["a"], ["b"], ["poison"], ["c"]]) == [["a"], ["b"], ZeroDivisionError, ["c"]]


def test_whoever_is_done_goes_while_the_next_one_still_writes() -> None:
    together, blocked, go_on = Together(), Event(), Event()
    slow = Slow()

    def last(facts: Sequence[Fact]) -> list[Receipt]:
        blocked.set()
        assert go_on.wait(10)
        return [Receipt(each, "recorded") for each in facts]

    def shared(facts: Sequence[Fact]) -> list[Receipt]:
        while len(together._waiting) < 1:
            sleep(0.001)
        return [Receipt(each, "recorded") for each in facts]

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(together.record, [fact("a")], slow)
        assert slow.begun.wait(10)
        leads = threads.submit(together.record, [fact("b")], shared)
        while len(together._waiting) < 1:
            sleep(0.001)
        goes_along = threads.submit(together.record, [fact("c")], slow)
        while len(together._waiting) < 2:
            sleep(0.001)
        slow.go_on.set()
        while together._waiting:
            sleep(0.001)
        writes = threads.submit(together.record, [fact("d")], last)
        assert blocked.wait(10)
        answered = [each.result(10)[0].fact.id for each in (first, leads, goes_along)]
        go_on.set()
        assert (answered, writes.result(10)[0].fact.id) == (["a", "b", "c"], "d")


def test_where_the_one_who_writes_is_interrupted_nobody_waits_for_ever() -> None:
    together, slow = Together(), Slow()

    def interrupted(facts: Sequence[Fact]) -> list[Receipt]:
        raise KeyboardInterrupt

    def bring(name: str, record: Record) -> object:
        try:
            return together.record([fact(name)], record)[0].status
        except (KeyboardInterrupt, StoreBusy) as trouble:
            return type(trouble)

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(bring, "a", slow)
        assert slow.begun.wait(10)
        others = []
        for place, (name, record) in enumerate((("b", interrupted), ("c", slow)), 1):
            others.append(threads.submit(bring, name, record))
            while len(together._waiting) < place:
                sleep(0.001)
        slow.go_on.set()
        assert [each.result(10) for each in (first, *others)] == ["recorded", KeyboardInterrupt, StoreBusy]
    assert bring("d", slow) == "recorded"


# -- with a real store --------------------------------------------------------------------------------


@pytest.fixture(params=ENGINES)
def home(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder(request.param, "together", request))
    yield home
    home.close()


def test_eight_at_a_time_lose_nothing_double_nothing_and_leave_no_gap(home: Home) -> None:
    konto, each_brings = home.konto, 25
    before = konto.log.head()

    def bring(writer: int) -> list[str]:
        # Every fact twice, by two who do not know of each other.
        names = [f"{(writer + lag) % WRITERS}-{number}" for number in range(each_brings) for lag in (0, 1)]
        return [konto.record([fact(name)])[0].status for name in names]

    with ThreadPoolExecutor(WRITERS) as writers:
        said = [status for own in writers.map(bring, range(WRITERS)) for status in own]
    assert (said.count("recorded"), said.count("already")) == (WRITERS * each_brings, WRITERS * each_brings)
    positions = [row.position for row in konto.log.rows(before, 10_000)]
    assert positions == list(range(before + 1, before + 1 + WRITERS * each_brings))


def test_whoever_is_refused_beside_others_is_refused_alone(home: Home) -> None:
    late, good = fact("late"), fact("good")
    (receipt,) = home.konto.record([good])
    assert receipt.status == "recorded"
    (other,) = envelopes('2026-03-02T10:00  Kunde K-good, namens "Wolf"')
    changed = parse({**other, "id": "good"}, now=NOW)
    with ThreadPoolExecutor(2) as writers:
        refused, recorded = writers.map(lambda each: home.konto.record([each])[0], (changed, late))
    assert (refused.status, recorded.status) == ("refused", "recorded")
