"""What if another rulebook had counted: the whole log under it and under today's, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple

from domain import account
from domain.account import Stage, worth_of
from domain.log import Log
from domain.outcome import Step, moments, steps
from domain.people import Asker, allowed
from domain.relationship import Relationship
from domain.reliability import Evidence, reliability, weight
from domain.rulebook import Rulebook
from domain.steering import Steering
from projections import replay
from projections.customers import names_of
from projections.filters import Library
from projections.follow import Progress
from projections.statements import stage_of, standing_at


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


class LastCalls(NamedTuple):
    """Of the last calls for timely notice: how many came under both, and how many only under one of the two."""

    both: int
    only_today: int
    only_then: int


class Class(NamedTuple):
    """So many customers whose balance differs by at least `start` and less than `end` points, in hundredths."""

    start: int
    end: int
    customers: int


@dataclass(frozen=True)
class WhatIf:
    """`differences`: whose balance differs, the largest first; `only_stage`: whose stage alone does.

    `points` holds the difference of every customer, in hundredths. `last_calls` is None where both rulebooks ask
    for the same notice.
    """

    at: datetime
    customers: int
    differences: tuple[Difference, ...]
    only_stage: tuple[Difference, ...]
    points: tuple[int, ...]
    stages_today: dict[str, int]
    stages_then: dict[str, int]
    last_calls: LastCalls | None

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
    log: Log, library: Library, asker: Asker, rulebook: Rulebook, at: datetime, tell: Progress | None = None
) -> WhatIf:
    """Both rulebooks over the whole log, as if each had counted from the beginning; nothing is written."""
    allowed(asker, "tests")
    steering = library.steering(None)
    rules = (steering.rulebooks.at(at), rulebook)
    today, then = (replay.under(steering, each) for each in rules)
    found: list[tuple[str, Side, Side]] = []
    calls = [0, 0, 0]
    other_notice = rules[0].notice != rules[1].notice
    for relationship in replay.every(log, library.views, tell):
        found.append((relationship.customer, _side(relationship, today, at), _side(relationship, then, at)))
        if other_notice:
            calls = [sum(pair) for pair in zip(calls, _last_calls(relationship, today, then, at), strict=True)]
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
        last_calls=LastCalls(*calls) if other_notice else None,
    )


def _side(relationship: Relationship, steering: Steering, at: datetime) -> Side:
    lines = account.lines(relationship, steering)
    rules = steering.rulebooks.at(at)
    trust = reliability(_evidence(relationship, steering, at), at, rules, steering.rates_at(at).kept)
    stage = stage_of(lines, trust, standing_at(relationship, at), steering.rulebooks, at)
    return Side(account.balance(lines, at, steering.rulebooks), stage)


def _evidence(relationship: Relationship, steering: Steering, at: datetime) -> Iterator[Evidence]:
    """The settled promises by which the customer's reliability is judged."""
    for history in relationship.promises.values():
        for step in steps(history, steering):
            verdict = step.after.verdict
            if verdict is None:
                continue
            if verdict.outcome != "released" and verdict.at <= at:
                rules = steering.rulebooks.at(step.fact.time)
                yield Evidence(verdict.at, weight(worth_of(step, rules), rules))
            break


# -- alerts -------------------------------------------------------------------------------------------


def _last_calls(relationship: Relationship, today: Steering, then: Steering, at: datetime) -> LastCalls:
    """Of every promise and each version of its due: whether the last call came while it was still to be done."""
    one, other = (
        {
            (stream, occurrence)
            for stream, history in relationship.promises.items()
            for occurrence in _called(list(steps(history, steering)), steering, at)
        }
        for steering in (today, then)
    )
    return LastCalls(len(one & other), len(one - other), len(other - one))


def _called(life: Sequence[Step], steering: Steering, at: datetime) -> Iterator[int]:
    for place, step in enumerate(life):
        end = life[place + 1].fact.time if place + 1 < len(life) else at
        soon = moments(step.after, steering, step.fact.time)
        if soon is not None and soon.last_call < min(end, at):
            yield step.after.occurrence
