"""What if another rulebook had counted: the whole log under it and under today's, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
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
from projections.replay import Account, Portion
from projections.statements import standing_at
from projections.tables import Views


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

    `left_out`: so many customers more, of whom something cannot be read. `alerts` by rule, the most urgent first: None
    where both rulebooks agree in all that it depends on; without those of which none came. `other_alerts`: the latest
    of what came only under one of the two.
    """

    at: datetime
    customers: int
    left_out: int
    differences: tuple[Difference, ...]
    only_stage: tuple[Difference, ...]
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


class Sides(NamedTuple):
    """Today's rulebook and the other one, each as if it had counted from the beginning."""

    today: Steering
    then: Steering

    @property
    def rulebooks(self) -> tuple[Rulebook, Rulebook]:
        return self.today.rulebooks.first, self.then.rulebooks.first


def sides(steering: Steering, rulebook: Rulebook, at: datetime) -> Sides:
    return Sides(replay.under(steering, steering.rulebooks.at(at)), replay.under(steering, rulebook))


@dataclass
class Found:
    """What some of the customers came to; of those of whom nothing differs only how many they are.

    `read`: so many were read, merged ones among them. What was found of others can be added, in any order.
    """

    read: int = 0
    left_out: int = 0
    customers: int = 0
    differing: list[tuple[str, Side, Side]] = field(default_factory=list)
    stages_today: Counter[str] = field(default_factory=Counter)
    stages_then: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)

    def note(self, customer: str, today: Side, then: Side) -> None:
        self.customers += 1
        self.stages_today[today.stage.name] += 1
        self.stages_then[then.stage.name] += 1
        if today.balance != then.balance or today.stage.name != then.stage.name:
            self.differing.append((customer, today, then))

    def add(self, other: Found) -> None:
        self.read += other.read
        self.left_out += other.left_out
        self.customers += other.customers
        self.differing += other.differing
        self.stages_today += other.stages_today
        self.stages_then += other.stages_then
        self.tally.add_all(other.tally)


def compared(relationships: Iterable[Relationship], sides: Sides, at: datetime, replayed: Replayed) -> Found:
    """Both rulebooks over these customers."""
    found = Found()
    watched = replayed.differing(*sides.rulebooks)
    even_so = replayed.differing(*sides.rulebooks, same_lines=True)
    for relationship in relationships:
        today, then = (Account(relationship, account.lines(relationship, side)) for side in sides)
        found.note(relationship.customer, _side(today, sides.today, at), _side(then, sides.then, at))
        if not watched:
            continue
        came = list(replayed.alerts_of(today, sides.today, at, watched))
        # What follows from the lines alone need not be looked for again where these are the same.
        others = even_so if today.lines == then.lines else watched
        same = (each for each in came if each.rule not in others)
        found.tally.add(came, [*same, *replayed.alerts_of(then, sides.then, at, others)])
    return found


Several = Callable[[Iterable[Portion]], Iterator[Found]]
"""What each portion came to, in any order."""


def what_if(
    log: Log,
    library: Library,
    asker: Asker,
    sides: Sides,
    at: datetime,
    replayed: Replayed,
    *,
    upto: int,
    several: Several | None = None,
    tell: Progress | None = None,
) -> WhatIf:
    """Both rulebooks over the whole log up to a position; nothing is written.

    `several` compare portions at the same time; without them all are compared here, one after the other.
    """
    allowed(asker, "tests")
    portions = replay.portions(library.views)
    total, found = sum(map(replay.customers_in, portions)), Found()
    one = partial(compared_in, log, library.views, sides, at, replayed, upto)
    for each in several(portions) if several else map(one, portions):
        found.add(each)
        if tell:
            tell(found.read, total)
    return _told(library, found, sides, at, replayed)


def compared_in(
    log: Log, views: Views, sides: Sides, at: datetime, replayed: Replayed, upto: int, portion: Portion
) -> Found:
    missed = list[int]()
    found = compared(replay.folded(log, views, portion, upto=upto, missed=missed.append), sides, at, replayed)
    found.read, found.left_out = replay.customers_in(portion), sum(missed)
    return found


def _told(library: Library, found: Found, sides: Sides, at: datetime, replayed: Replayed) -> WhatIf:
    names = names_of(library, [customer for customer, *_ in found.differing])
    every = [Difference(customer, *names[customer], today, then) for customer, today, then in found.differing]
    return WhatIf(
        at=at,
        customers=found.customers,
        left_out=found.left_out,
        differences=tuple(sorted((each for each in every if each.points), key=_largest_first)),
        only_stage=tuple(sorted((each for each in every if not each.points), key=_largest_first)),
        stages_today=dict(sorted(found.stages_today.items())),
        stages_then=dict(sorted(found.stages_then.items())),
        alerts=found.tally.by_rule(replayed.COVERED, replayed.differing(*sides.rulebooks)),
        other_alerts=tuple(found.tally.listed(library, sides.today, at)),
    )


def _largest_first(each: Difference) -> tuple[int, str, str]:
    return -abs(each.points), each.id, each.customer


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
