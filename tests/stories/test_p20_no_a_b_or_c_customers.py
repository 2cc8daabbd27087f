"""P20: No A, B, C customers: everybody gets first-class service (001)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from domain.rulebook import Rulebook
from domain.vocabulary import FACTS
from projections.kpis import DEFINITIONS
from projections.open_list import page
from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, asked, employ, figure, told

CLASS = re.compile(r"class|tier|revenue|turnover|umsatz|segment|vip|priority|importance|potential|abc|profit|margin")


def keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from keys(kind)


def test_no_rule_knows_a_class_or_what_a_customer_spends() -> None:
    names = list(keys(Rulebook))
    assert len(names) > 80, "the search found the rules"
    assert [name for name in names if CLASS.search(name)] == []


def test_no_fact_has_a_field_for_it() -> None:
    assert [(type, name) for type, kind in FACTS.items() for name in kind.model_fields if CLASS.search(name)] == []
    assert [name for name in DEFINITIONS if CLASS.search(name)] == []


def test_an_account_goes_by_deeds_whatever_the_order_was_worth(given: Given) -> None:
    accounts = [
        given(
            f'2026-03-02T09:00  verspricht {who} ines "A" bis 2026-03-06T12:00, Preis {price} EUR\n'
            f'2026-03-06T11:00  erfüllt "A", berechnet {price}\n2026-03-09T09:00  {who} fragt',
            KNOWN_AND_ORDINARY,
        ).lines()
        for who, price in (("K-1", 50), ("K-2", 5_000_000))
    ]
    assert accounts[0] == accounts[1]


def test_the_list_of_what_is_open_goes_by_urgency_alone(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "groß" bis 2026-03-12T12:00, Preis 900000 EUR
    2026-03-02T09:00  verspricht K-2 ines "klein" bis 2026-03-10T12:00, Preis 20 EUR
    2026-03-02T09:00  verspricht K-3 ines "mittel" bis 2026-03-11T12:00, Preis 4000 EUR
    """
    home.take(given().envelopes)
    assert [row.promise.id for row in page(*asked(home, "2026-03-09")).rows] == ["klein", "mittel", "groß"]


def test_whether_all_are_served_alike_is_a_figure(home: Home, given: Given) -> None:
    """One waits one hour, the other three; both promises were kept."""
    text = "".join(
        f"2026-03-02T08:00  {who} fragt, Kanal email\n2026-03-02T{answered}:00  beantwortet, von ines\n"
        f'2026-03-02T09:00  verspricht {who} ines "{who}" bis 2026-03-06T12:00\n2026-03-06T11:00  erfüllt "{who}"\n'
        for who, answered in (("K-1", "09"), ("K-2", "11"))
    )
    home.take(given(text).envelopes)
    found = figure(home, "equal_service", "2026-03-20")
    assert (found.first_answer.value, found.first_answer.n) == (0.25, 2)
    assert (found.on_time.value, found.on_time.n) == (0, 2), "0 means all alike"


@pytest.mark.parametrize(("first", "second"), [(20, 900_000), (900_000, 20)])
def test_whoever_is_told_of_several_things_hears_of_the_urgent_first_whatever_each_is_worth(
    home: Home, given: Given, first: int, second: int
) -> None:
    employ(home)
    text = f"""
    2026-02-02T09:00  verspricht K-{first} ines "früher" bis 2026-02-20T12:00, Preis {first} EUR
    2026-02-19T12:00  erfüllt "früher", berechnet {first}
    2026-03-02T09:00  verspricht K-{first} ines "bald" bis 2026-03-12T12:00, Preis {first} EUR
    2026-03-02T09:00  verspricht K-{second} ines "überfällig" bis 2026-03-10T12:00, Preis {second} EUR
    2026-03-10T11:30  K-{first} hakt nach "Frage" zu "bald", Kanal phone
    """
    home.take(given(text).envelopes)
    assert told(home, "2026-03-10T12:00", "chased", "overdue", "due_soon") == [
        "ines: chased Frage",
        "ines: overdue überfällig",
        "ines: due_soon bald",
    ]
