"""What a history came to is kept while it is written to; it says the same as a walk over all of it, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.course import Course
from domain.fact import Fact
from domain.history import Impossible
from domain.lives import LIVES, standing
from domain.vocabulary import parse
from tests.notation import at

START, NOW = at("2026-03-02T09:00"), at("2026-06-01")
KINDS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "promise": [
        ("promise.made", {"customer": "K", "due": "2026-03-02T12:00:00Z"}),
        ("promise.changed", {"plan_b": "x"}),
        ("promise.assigned", {"by": "ines"}),
        ("promise.paused", {"cause": "customer"}),
        ("promise.resumed", {"cause": "customer"}),
        ("promise.renegotiated", {"due": "2026-03-02T08:00:00Z"}),
        ("promise.renegotiated", {"due": "2026-04-02T08:00:00Z"}),
        ("promise.fulfilled", {}),
        ("promise.broken", {}),
    ],
    "contact": [
        ("contact.inbound", {"customer": "K"}),
        ("contact.outbound", {"customer": "K"}),
        ("contact.answered", {}),
        ("contact.answered", {"automatic": True}),
    ],
    "incident": [
        ("incident.reported", {"customer": "K"}),
        ("incident.explained", {}),
        ("incident.offered", {}),
        ("incident.offer_answered", {"accepted": True}),
        ("incident.resolved", {}),
        ("incident.reopened", {}),
        ("incident.closed", {}),
        ("incident.paused", {"cause": "part"}),
        ("incident.resumed", {"cause": "part"}),
    ],
}
RETRACTED = ("fact.retracted", {})


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=300)
@given(data=st.data())
def test_a_history_as_it_goes_on_accepts_and_refuses_what_a_walk_over_all_of_it_does(kind: str, data: st.DataObject):
    """Facts of any order and time, several at one instant, retractions among them; begun anywhere, as a process is."""
    begins, *follow = KINDS[kind]
    some = data.draw(st.lists(st.sampled_from([begins, *follow, RETRACTED]), min_size=1, max_size=4))
    later = data.draw(st.lists(st.tuples(st.sampled_from(some), st.integers(0, 6)), max_size=10))
    drawn = [(begins, 1), *later]
    # Given a history that is written to from its third fact on by somebody who has just read it.
    course, recorded = Course(f"{kind}-x", []), list[Fact]()
    for number, ((type, fields), hour) in enumerate(drawn):
        if len(recorded) == 2:
            course = Course(f"{kind}-x", list(recorded))
        fact = told(kind, number, type, fields, hour, recorded)
        if fact is None:
            continue
        # When the next fact comes, then both say the same of it.
        if type != "fact.retracted":
            expected = walked(kind, recorded, fact)
            assert judged(course, fact) == expected
            if expected is not None:
                continue
        recorded.append(fact)
        course.append(fact)
        assert course.standing() == standing(recorded)


def told(kind: str, number: int, type: str, fields: dict[str, Any], hour: int, recorded: Sequence[Fact]) -> Fact | None:
    """As it would stand in the log; None where there is nothing yet to retract."""
    data = {kind: "x", **fields}
    if type == "fact.retracted":
        if not recorded:
            return None
        data = {"retracts": {"source": "crm", "id": recorded[(number + hour) % len(recorded)].key}}
    time = (START + timedelta(hours=hour)).isoformat()
    envelope = {"specversion": "1.0", "source": "crm", "id": f"{number}", "type": type, "time": time, "data": data}
    fact = parse(envelope, now=NOW)
    return replace(fact, key=f"{number}", stream=f"{kind}-x", customer="customer-K")


def walked(kind: str, recorded: Sequence[Fact], fact: Fact) -> str | None:
    """The refusal of a walk over everything, None for none."""
    try:
        LIVES[kind].accept(standing(recorded), fact)
    except Impossible as impossible:
        return str(impossible)
    return None


def judged(course: Course, fact: Fact) -> str | None:
    try:
        course.accept(fact)
    except Impossible as impossible:
        return str(impossible)
    return None
