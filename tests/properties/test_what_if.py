"""What another rulebook would have made of the past is what it makes of it, and the same however it is shared out."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis import given as whatever
from hypothesis import strategies as st

from domain.documents import load
from domain.rulebook import Rulebook, default_text
from projections import customers, statements
from projections import what_if as view
from projections.replay import Portion
from projections.what_if import Found, Side
from tests.homes import Home
from tests.notation import envelopes
from tests.properties.test_invariants import END, NOW, histories, homes, written
from wiring.trying import what_if
from workers import replayed

FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHANGES = (
    ("kept = 4 ", "kept = 1 "),
    ("\nbroken = -8\n", "\nbroken = -16\n"),
    ("half_life_days = 365", "half_life_days = 30"),
    ("strained_below = 0", "strained_below = 3"),
    ("due_soon_days = 2", "due_soon_days = 5"),
)


@st.composite
def firms(draw: st.DrawFn) -> str:
    """Histories of several customers, two of whom are one perhaps, with something retracted and a supplier in it."""
    lines = draw(histories(customers=4)).splitlines()
    lines.append(f'{written(END)}  Vorfall K-9 "V9" complaint, Lieferant Acme [v9]')
    lines.append(f"{written(END)}  K-9 empfiehlt uns [r9]")
    lines.append(f"{written(END)}  führt K-1 und K-9 zusammen")
    if draw(st.booleans()):
        lines.append(f"{written(END + timedelta(hours=1))}  trennt K-1 und K-9")
    if draw(st.booleans()):
        lines.append(f"{written(END + timedelta(hours=2))}  zieht zurück [{draw(st.sampled_from(['v9', 'r9']))}]")
    return "\n".join(lines)


@st.composite
def books(draw: st.DrawFn) -> str:
    text = default_text()
    for before, after in draw(st.lists(st.sampled_from(CHANGES), min_size=1, unique=True)):
        assert before in text
        text = text.replace(before, after)
    return text


@FEW
@whatever(firms(), books(), st.randoms(use_true_random=False))
def test_however_customers_are_shared_out_the_answer_is_what_publishing_the_rulebook_gives(
    text: str, book: str, shuffle: random.Random
) -> None:
    with homes(2) as (home, published):
        published.clock.now = home.clock.now
        published.konto.publish("rulebook", book)
        for each in (home, published):
            each.take(envelopes(text))
            each.clock.now = NOW
        published.konto.rebuild()
        found = what_if(home.konto, load(book, Rulebook), NOW)
        assert shared_out(home, load(book, Rulebook), shuffle) == found
        before, after = standings(home), standings(published)
        assert {each.customer: (each.today, each.then) for each in (*found.differences, *found.only_stage)} == {
            customer: (before[customer], after[customer])
            for customer in before
            if (before[customer].balance, before[customer].stage.name)
            != (after[customer].balance, after[customer].stage.name)
        }
        assert found.customers == len(before)


def shared_out(home: Home, book: Rulebook, shuffle: random.Random) -> view.WhatIf:
    """Each family by itself, in any order, and what was found sent as between processes."""
    konto, upto = home.konto, home.konto.log.head()
    sides = view.sides(konto.steering, book, NOW)
    compared = partial(view.compared_in, konto.log, konto.views, sides, NOW, replayed, upto)

    def several(portions: Iterable[Portion]) -> Iterator[Found]:
        singly = [[family] for portion in portions for family in portion]
        shuffle.shuffle(singly)
        return (pickle.loads(pickle.dumps(compared(portion))) for portion in singly)

    return view.what_if(konto.log, konto.library, konto.asker, sides, NOW, replayed, upto=upto, several=several)


def standings(home: Home) -> dict[str, Side]:
    """Of each customer as the tables have it, merged ones within their survivor."""
    konto = home.konto
    known = {row[0] for row in home.rows("SELECT survivor FROM customers")}
    parties = [customers.party(konto.library, konto.asker, each) for each in known]
    read = [statements.kept(konto.views, party, konto.steering, NOW) for party in parties]
    return {each.customer.customer: Side(each.balance, each.stage) for each in read}
