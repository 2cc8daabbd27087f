"""Through the store: what was recorded by mistake never was, merged customers always were one, and what we knew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from projections import contacts, customers, incidents, promises, statements
from projections.filters import Moment
from tests.domain.test_relationship import LIFE, MERGED, ONE, SEPARATED, TWO, without
from tests.homes import Home, open_at
from tests.notation import Data, Given, History, at

MOMENTS = (
    "2026-03-02T12:00",
    "2026-03-03T12:00",
    "2026-03-06T12:00",
    "2026-03-09T10:30",
    "2026-03-11T12:00",
    "2026-05-01",
)

Homes = Callable[[list[Data] | History], Home]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Homes]:
    """Homes of one seed, so that the same names have the same internal ids."""
    homes: list[Home] = []

    def at_another_place(told: list[Data] | History) -> Home:
        home = open_at(tmp_path / str(len(homes)))
        homes.append(home)
        home.take(told.envelopes if isinstance(told, History) else told)
        return home

    yield at_another_place
    for home in homes:
        home.close()


def told(home: Home, moment: str, known: datetime | None = None) -> dict[str, list[Any]]:
    """Everything that lists and statements say at a moment, as known now or then."""
    konto = home.konto
    asked = (konto.library, konto.asker, Moment(at(moment), known))
    customers = sorted(row[0] for row in home.rows("SELECT DISTINCT survivor FROM customers"))
    lines = [
        (customer, each.posting.rule, each.posting.time, each.points, each.counts, each.posting.factors)
        for customer in customers
        for each in _statement(home, customer, moment, known).lines
    ]
    return {
        "promises": promises.listed(*asked),
        "contacts": contacts.listed(*asked),
        "incidents": incidents.listed(*asked),
        "lines": lines,
    }


def _statement(home: Home, customer: str, moment: str, known: datetime | None) -> statements.Statement:
    konto = home.konto
    steering = konto.library.steering(known)
    return statements.statement(konto.library, konto.asker, customer, steering, at(moment), known=known)


def same(one: Home, other: Home, known: datetime | None = None) -> None:
    for moment in MOMENTS:
        mine, others = told(one, moment, known), told(other, moment)
        assert mine == others, moment
    assert any(told(other, moment)["lines"] for moment in MOMENTS)


def same_rows(one: Home, other: Home, known: datetime) -> None:
    """What a customer is called is as we know it now; everything else as we knew it then."""

    def rows(home: Home, moment: str, known: datetime | None) -> list[Any]:
        found = told(home, moment, known)
        listed = [row for name in ("promises", "contacts", "incidents") for row in found[name]]
        return [row._replace(customer_id="", customer_name="") for row in listed]

    for moment in MOMENTS:
        assert rows(one, moment, known) == rows(other, moment, None), moment


BY_MISTAKE = ["kept", "answered", "asked again", "reported", "chased", "paused", "owner"]


def test_what_was_recorded_by_mistake_never_was(opened: Homes, given: Given) -> None:
    alone = {"reported": ("explained", "apologised", "resolved")}
    gone = [id for each in BY_MISTAKE for id in (each, *alone.get(each, ()))]
    taken_out = "".join(f"2026-03-20T09:00  zieht zurück [{each}]\n" for each in BY_MISTAKE)
    same(opened(given(LIFE + taken_out)), opened(without(given(LIFE), *gone)))


def test_before_we_took_it_out_we_knew_it_as_it_was(opened: Homes, given: Given) -> None:
    text = LIFE + "2026-03-20T09:00  zieht zurück [kept]\n2026-03-20T09:00  zieht zurück [reported]\n"
    home = opened(given(text))
    same(home, opened(given(LIFE)), known=at("2026-03-20T08:59"))
    same(home, opened(without(given(LIFE), "kept", "reported", "explained", "apologised", "resolved")))


def test_merged_they_always_were_one(opened: Homes, given: Given) -> None:
    same(opened(given(TWO + MERGED)), opened(ONE(given(TWO))))


def test_before_they_were_merged_we_knew_them_as_two(opened: Homes, given: Given) -> None:
    same_rows(opened(given(TWO + MERGED)), opened(given(TWO)), known=at("2026-03-16T09:00"))


def test_separated_they_never_were_one(opened: Homes, given: Given) -> None:
    same(opened(given(TWO + MERGED + SEPARATED)), opened(given(TWO)))


def test_between_merging_and_separating_we_knew_them_as_one(opened: Homes, given: Given) -> None:
    home, as_one = opened(given(TWO + MERGED + SEPARATED)), opened(ONE(given(TWO)))
    same_rows(home, as_one, known=at("2026-03-16T12:00"))


@pytest.mark.parametrize("text", [LIFE, TWO + MERGED, TWO + MERGED + SEPARATED], ids=["one", "merged", "separated"])
def test_the_tables_are_the_same_in_whichever_order_it_came(opened: Homes, given: Given, text: str) -> None:
    """All at one moment, in order and backwards: what waits is recorded as soon as it can be."""
    taken_out = "2026-03-20T09:00  zieht zurück [kept]\n" if text == LIFE else ""
    facts = list(given(text + taken_out).envelopes)
    homes = []
    for order in (facts, facts[::-1], facts[::2] + facts[1::2]):
        home = opened([])
        home.take_as_they_come(order, at("2026-06-01"))
        assert home.konto.log.parked() == []
        homes.append(home)
    for other in homes[1:]:
        for moment in MOMENTS:
            assert told(other, moment) == told(homes[0], moment)


def test_of_whom_everything_was_a_mistake_is_found_by_what_we_knew_before_and_in_no_list_of_today(
    home: Home, given: Given
) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-20 [a]
    2026-03-10T09:00  zieht zurück [a]
    """
    home.take(given().envelopes)
    konto = home.konto
    for known, ids in ((at("2026-03-06"), ["A"]), (None, [])):
        assert [row.id for row in home.listed("2026-03-05", known=known)] == ids
        assert promises.count(konto.library, konto.asker, Moment(at("2026-03-05"), known)) == len(ids)
    assert customers.listed(konto.library, konto.asker) == []
