"""The whole log read once more, customer by customer: for another rulebook, a calibration, a backtest.

Reads only. What is folded here is thrown away again; the tables and the log stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from domain import account
from domain.account import Posting
from domain.documents import Versions
from domain.log import Log
from domain.relationship import Relationship, relationships
from domain.rulebook import Rulebook
from domain.steering import Steering
from projections import families
from projections.follow import Progress
from projections.tables import Views

FAMILIES_AT_ONCE = 250

Missed = Callable[[int], object]
"""Hears of how many customers something cannot be read, so that they are left out."""
Portion = Sequence[Sequence[str]]
"""Families of customers, each of those who have to be folded together, by internal ids."""


class Account(NamedTuple):
    """Everything that a customer's account is made of."""

    relationship: Relationship
    lines: list[Posting]


def under(steering: Steering, rulebook: Rulebook) -> Steering:
    """As if this rulebook had counted from the beginning; calendars, people and the firm's rates stay."""
    return replace(steering, rulebooks=Versions(rulebook))


def nobody_hears(missed: int) -> None:
    """For whoever adds nothing up."""


def accounts(
    log: Log, views: Views, steering: Steering, tell: Progress | None = None, missed: Missed = nobody_hears
) -> Iterator[Account]:
    """Every customer's account under these documents."""
    for relationship in every(log, views, tell, missed):
        yield Account(relationship, account.lines(relationship, steering))


def every(
    log: Log, views: Views, tell: Progress | None = None, missed: Missed = nobody_hears
) -> Iterator[Relationship]:
    """Every customer with the facts that count, merged ones within their survivor; `tell` hears of the customers."""
    shared = portions(views)
    done, total = 0, sum(map(customers_in, shared))
    for portion in shared:
        yield from folded(log, views, portion, missed=missed)
        done += customers_in(portion)
        if tell:
            tell(done, total)


def portions(views: Views) -> list[Portion]:
    """All customers, shared out so that each portion can be folded without the others."""
    with views.store.reading() as cursor:
        known = [row[0] for row in cursor.execute("SELECT customer FROM customers ORDER BY customer").all()]
        family_of = families.of(cursor, known)
    ordered = sorted(known, key=lambda customer: (family_of[customer], customer))
    together = [list(own) for _, own in groupby(ordered, key=lambda customer: family_of[customer])]
    return [together[start : start + FAMILIES_AT_ONCE] for start in range(0, len(together), FAMILIES_AT_ONCE)]


def customers_in(portion: Portion) -> int:
    return sum(map(len, portion))


def folded(
    log: Log, views: Views, portion: Portion, *, upto: int | None = None, missed: Missed = nobody_hears
) -> Iterator[Relationship]:
    """Its customers with the facts that count; `upto`: as recorded up to a position of the log.

    Without those of whom something cannot be read: nobody can say what it meant for them.
    """
    with views.store.reading() as cursor:
        streams = families.streams(cursor, [customer for family in portion for customer in family])
    owns = [
        [stream for customer in family for stream in (customer, *sorted(streams.get(customer, ())))]
        for family in portion
    ]
    histories, damaged = log.whole(sorted({stream for own in owns for stream in own}), upto=upto)
    for family, own in zip(portion, owns, strict=True):
        if not damaged.isdisjoint(own):
            missed(len(family))
            continue
        yield from relationships(histories[stream] for stream in own if stream in histories).values()
