"""What if another rulebook had counted: the whole log under it and under today's, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple

from domain import account
from domain.account import Stage, worth_of
from domain.alert import Rule
from domain.log import Log
from domain.relationship import Relationship
from domain.reliability import Evidence, reliability, weight
from domain.roles import Asker, allowed
from domain.rulebook import Rulebook
from domain.steering import Steering
from projections import replay
from projections.customers import names_of
from projections.filters import Library
from projections.follow import Progress
from projections.other_alerts import Came, OtherAlert, Replayed, Tally
from projections.replay import Account
from projections.statements import standing_at


class Side(NamedTuple):
    """A customer under one rulebook; balance in hundredths."""

    balance: int
    stage: Stage


class Difference(NamedTuple):
    customer: str
    id: str
    name: str | None
    today: Side
    then: Side

    @property
    def points(self) -> int:
        return self.then.balance - self.today.balance


class Class(NamedTuple):
    """So many customers whose balance differs by at least `start` and less than `end` points, in hundredths."""

    start: int
    end: int
    customers: int


@dataclass(frozen=True)
class WhatIf:
    """`differences`: whose balance differs, the largest first; `only_stage`: whose stage alone does.

    `points` holds the difference of every customer, in hundredths. `alerts` by rule, the most urgent first: None where
    both rulebooks agree in all that it depends on; without those of which none came. `other_alerts`: the latest of
    what came only under one of the two.
    """

    at: datetime
    customers: int
    differences: tuple[Difference, ...]
    only_stage: tuple[Difference, ...]
    points: tuple[int, ...]
    stages_today: dict[str, int]
    stages_then: dict[str, int]
    alerts: dict[Rule, Came | None]
    other_alerts: tuple[OtherAlert, ...]

    @property
    def other_stage(self) -> list[Difference]:
        both = (*self.differences, *self.only_stage)
        return [each for each in both if each.today.stage.name != each.then.stage.name]

    @property
    def median(self) -> int:
        """Of those that differ."""
        return round(median(each.points for each in self.differences)) if self.differences else 0

    @property
    def distribution(self) -> tuple[Class, ...]:
        """The balances that differ, in classes of equal and round width."""
        points = sorted(each.points for each in self.differences)
        if not points:
            return ()
        width = _round_width((points[-1] - points[0]) / MOST_CLASSES)
        first = points[0] // width
        counts = Counter(each // width for each in points)
        return tuple(
            Class(place * width, (place + 1) * width, counts[place]) for place in range(first, points[-1] // width + 1)
        )


MOST_CLASSES = 20


def _round_width(least: float) -> int:
    """1, 2 or 5 times a power of ten, in hundredths."""
    width = 1
    while width < least:
        width = width * 5 // 2 if str(width)[0] == "2" else width * 2
    return width


def what_if(
    log: Log,
    library: Library,
    asker: Asker,
    rulebook: Rulebook,
    at: datetime,
    replayed: Replayed,
    tell: Progress | None = None,
) -> WhatIf:
    """Both rulebooks over the whole log, as if each had counted from the beginning; nothing is written."""
    allowed(asker, "tests")
    steering = library.steering(None)
    rules = (steering.rulebooks.at(at), rulebook)
    sides = [replay.under(steering, each) for each in rules]
    watched = replayed.differing(*rules)
    found: list[tuple[str, Side, Side]] = []
    tally = Tally()
    for relationship in replay.every(log, library.views, tell):
        accounts = [Account(relationship, account.lines(relationship, side)) for side in sides]
        today, then = (_side(each, side, at) for each, side in zip(accounts, sides, strict=True))
        found.append((relationship.customer, today, then))
        if watched:
            tally.add(*(replayed.alerts_of(*pair, at, watched) for pair in zip(accounts, sides, strict=True)))
    names = names_of(library, [customer for customer, *_ in found])
    every = [Difference(customer, *names[customer], before, after) for customer, before, after in found]
    differing = [each for each in every if each.points]
    only_stage = [each for each in every if not each.points and each.today.stage.name != each.then.stage.name]
    return WhatIf(
        at=at,
        customers=len(found),
        differences=tuple(sorted(differing, key=lambda each: (-abs(each.points), each.id))),
        only_stage=tuple(sorted(only_stage, key=lambda each: each.id)),
        points=tuple(each.points for each in every),
        stages_today=dict(Counter(before.stage.name for _, before, _ in found)),
        stages_then=dict(Counter(after.stage.name for _, _, after in found)),
        alerts=tally.by_rule(replayed.COVERED, watched),
        other_alerts=tuple(tally.listed(library, steering, at)),
    )


def _side(each: Account, steering: Steering, at: datetime) -> Side:
    rulebooks, standing = steering.rulebooks, standing_at(each.relationship, at)
    balance = account.balance(each.lines, at, rulebooks)
    # Reliability tells solid from building only, and takes longer to reckon than all else here.
    low = _reliability_low(each, steering, at) if balance >= rulebooks.at(at).stage.solid_from else None
    stage = account.stage(
        each.lines, at, rulebooks, reliability_low=low, left=standing.left, recovering=standing.recovering
    )
    return Side(balance, stage)


def _reliability_low(each: Account, steering: Steering, at: datetime) -> float | None:
    evidence = _evidence(each.relationship, steering, at)
    trust = reliability(evidence, at, steering.rulebooks.at(at), steering.rates_at(at).kept)
    return trust.low if trust.rests_on else None


def _evidence(relationship: Relationship, steering: Steering, at: datetime) -> Iterator[Evidence]:
    """The settled promises by which the customer's reliability is judged."""
    for life in relationship.lives(steering).values():
        for step in life:
            verdict = step.after.verdict
            if verdict is None:
                continue
            if verdict.outcome != "released" and verdict.at <= at:
                rules = steering.rulebooks.at(step.fact.time)
                yield Evidence(verdict.at, weight(worth_of(step, rules), rules))
            break
