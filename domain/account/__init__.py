"""The trust account: what each deed of ours adds to a customer's trust or takes from it.

The only place that knows points. They are signed integers in hundredths: a deposit is positive, a
withdrawal negative; everything else only adds. Rules and the article each comes from:
docs/explanation/trust-account.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.account.contacts import of_contacts
from domain.account.factors import LOWEST_QUARTER, Factors, Sensitivity, is_strong_reaction
from domain.account.incidents import capped, of_incidents
from domain.account.posting import Against, Factor, Posting, Rulebooks, balance
from domain.account.promises import of_promise, worth_of
from domain.account.reading import Stage, buffer, highest, stage
from domain.account.sentences import SENTENCES
from domain.account.told import of_customer
from domain.relationship import Relationship
from domain.steering import Steering


def bare_lines(relationship: Relationship, steering: Steering) -> list[Posting]:
    """All lines of one customer before newness, sensitivity and cap, in order of happening."""
    promises = [line for life in relationship.lives(steering).values() for line in of_promise(life, steering)]
    lines = [
        *of_customer(relationship.own, steering),
        *promises,
        *of_contacts(relationship, steering),
        *of_incidents(relationship, promises, steering),
    ]
    return sorted(lines, key=lambda line: (line.time, line.fact, line.rule, line.stands_from))


def lines(relationship: Relationship, steering: Steering) -> list[Posting]:
    """All lines of one customer with their factors and points, in order of happening; some lie ahead."""
    bare = bare_lines(relationship, steering)
    return with_factors(bare, Factors(relationship, bare, steering))


def with_factors(bare: Sequence[Posting], factors: Factors) -> list[Posting]:
    return capped([factors.on(line) for line in bare], factors.steering.rulebooks)


__all__ = [
    "LOWEST_QUARTER",
    "SENTENCES",
    "Against",
    "Factor",
    "Factors",
    "Posting",
    "Relationship",
    "Rulebooks",
    "Sensitivity",
    "Stage",
    "balance",
    "bare_lines",
    "buffer",
    "highest",
    "is_strong_reaction",
    "lines",
    "of_customer",
    "of_promise",
    "stage",
    "with_factors",
    "worth_of",
]
