"""Facts out of the log as they came, in the order in which they were recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from domain.fact import Fact
from domain.stored import IllegibleParked, read
from domain.vocabulary import FACTS, envelope
from projections import families
from projections.sentences import merged
from wiring.home import Konto

CHUNK = 1000


def envelopes(
    konto: Konto,
    customer: str | None = None,
    *,
    unreadable: Callable[[int], object] = lambda position: None,
    illegible: Callable[[IllegibleParked], object] = lambda parked: None,
) -> Iterator[dict[str, Any] | None]:
    """One for each fact, with `recorded`; None stands for a fact of an erased customer.

    `customer` is an internal id. Without one those that still wait come last, with the moment at which they came, and
    `unreadable` hears where something stands that cannot be read, `illegible` what waits and cannot be read. Alerts are
    no facts: they follow from these.
    Raises UnreadableEvent where it is the customer's.
    """
    for page in _pages(konto, unreadable) if customer is None else _of(konto, customer):
        told = [fact for fact in page if fact.type in FACTS]
        legible = konto.log.opened(told) if customer is not None else konto.log.legibly_opened(told)
        for position in sorted({fact.position for fact in told} - {fact.position for fact in legible}):
            unreadable(position)
        for fact in legible:
            yield _written(fact)
    if customer is None:
        whole, damaged = konto.log.all_parked()
        for each in whole:
            yield {**envelope(each.fact), "recorded": each.since.isoformat()}
        for other in damaged:
            illegible(other)


def _written(fact: Fact) -> dict[str, Any] | None:
    if not fact.id:
        return None
    assert fact.recorded is not None
    return {**envelope(fact), "recorded": fact.recorded.isoformat()}


def _pages(konto: Konto, unreadable: Callable[[int], object]) -> Iterator[Sequence[Fact]]:
    position = 0
    while rows := konto.log.rows(position, CHUNK):
        page = []
        for row in rows:
            if (fact := read(row)) is not None:
                page.append(fact)
            elif row.topic in FACTS:
                unreadable(row.position)
        yield page
        position = rows[-1].position


def _of(konto: Konto, customer: str) -> Iterator[Sequence[Fact]]:
    """All facts of a customer and of whoever was merged into them."""
    relationship = konto.library.relationship(customer, None)
    own = [customer, *merged(konto.library, customer)]
    with konto.views.store.reading() as cursor:
        streams = [stream for each in families.streams(cursor, own).values() for stream in each]
    histories = konto.log.histories([*own, *sorted({*streams, *(fact.stream for fact in relationship.facts)})])
    yield sorted((fact for facts in histories.values() for fact in facts), key=lambda fact: fact.position)
