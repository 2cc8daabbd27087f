"""Shorter ways give what the long ones give: rows of promises that grew as they happened, facts as they were stored."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import event
from hypothesis import given as whatever
from hypothesis import strategies as st
from pydantic import ValidationError

from domain import calendars
from domain.fact import FROM_THE_LOG, Fact, in_order
from domain.store import Row
from domain.stored import Stored, from_row, to_state
from domain.vocabulary import EVENTS, parse
from projections.page import Family, growth
from projections.promises import rows, rows_of
from tests.controls import EXAMPLES, NOW
from tests.notation import History, steering, struct_replace
from tests.properties.test_invariants import PURE, START, facts, histories, moments

waits = st.sampled_from([0, 0, 1, 60, 3 * 24 * 60]).map(lambda minutes: timedelta(minutes=minutes))
orders = st.sampled_from(["as it happened", "as it happened", "otherwise"])


@PURE
@whatever(
    histories(1),
    st.lists(moments, max_size=2),
    orders,
    st.lists(waits, min_size=40, max_size=40),
    st.randoms(use_true_random=False),
)
def test_a_promise_recorded_as_it_happened_has_the_rows_that_follow_of_each_state_of_knowledge(
    text: str, starts: list[datetime], order: str, waited: Sequence[timedelta], chance: random.Random
) -> None:
    """Also where another calendar begins to count in the middle of its life, or several facts came at once."""
    now = steering()
    for start in starts:
        now = replace(now, calendars=now.calendars.published(start, calendars.default()))
    history = History(facts(text))
    for stream, told in history.streams.items():
        if not stream.startswith("promise-"):
            continue
        made, *others = in_order(told)
        if order == "otherwise":
            chance.shuffle(others)
        arrived = [made, *others]
        recorded, known = START, []
        for place, fact in enumerate(arrived):
            recorded += waited[place]
            known.append(struct_replace(fact, position=place + 1, recorded=recorded))
        event(f"short: {growth(in_order(known)) is not None}, calendars: {len(starts)}")
        family = Family((known[0].customer,), {stream: known})
        assert sorted(rows_of(family, stream, now), key=repr) == sorted(rows(stream, known, now), key=repr)


# -- reading --------------------------------------------------------------------------------------------


def stored(fact: Fact) -> tuple[Row, dict[str, Any]]:
    """The event of a fact, and its data as they lie in the log."""
    state = to_state(struct_replace(fact, recorded=NOW), "")
    return Row(1, "stream", 1, fact.type, state), msgspec.json.decode(state, type=Stored).data


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda each: str(each["type"]))
def test_a_fact_is_read_back_as_strict_validation_would_read_it(example: dict[str, Any]) -> None:
    row, data = stored(parse(example, now=NOW))
    read, strict = from_row(row).data, EVENTS[row.topic].model_validate(data, context=FROM_THE_LOG)
    assert read == strict
    assert repr(read) == repr(strict)
    assert list(read.__dict__) == list(strict.__dict__)
    assert read.model_fields_set == strict.model_fields_set
    assert read.model_dump_json(exclude_unset=True) == strict.model_dump_json(exclude_unset=True)


@PURE
@whatever(histories(2))
def test_whatever_was_told_is_read_back_as_strict_validation_would_read_it(text: str) -> None:
    for fact in History(facts(text)).facts:
        row, data = stored(fact)
        assert from_row(row).data == EVENTS[row.topic].model_validate(data, context=FROM_THE_LOG)


@pytest.mark.parametrize(
    "change", [{"unheard_of": 1}, {"promise": None}], ids=["a field too many", "one that is missing"]
)
def test_what_nobody_could_have_recorded_is_validated_after_all(change: dict[str, Any]) -> None:
    made = EVENTS["promise.made"]
    fields = {"promise": "promise-1", "customer": "customer-1", **change}
    with pytest.raises(ValidationError):
        made.as_stored({name: value for name, value in fields.items() if value is not None})
