"""The alerts under today's rulebook and under another one: which came under both, and which under one alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from domain.alert import LASTING, Occasion, Rule
from domain.rulebook import Rulebook
from domain.steering import Steering
from projections.customers import names_of
from projections.filters import Library
from projections.replay import Account
from projections.subjects import own_name

MOST_LISTED = 50

Only = Literal["today", "then"]
Side = Only | Literal["both"]


class Came(NamedTuple):
    """How many alerts came under both rulebooks, and how many only under one of the two."""

    both: int
    only_today: int
    only_then: int


class OtherAlert(NamedTuple):
    """One that came `only` under one of the two. `customer` is an internal id, `id` and `subject` the source's own."""

    rule: Rule
    level: int
    detail: str
    customer: str
    id: str
    name: str | None
    subject: str
    moment: datetime
    only: Only


class Replayed(Protocol):
    """What the policies would have raised; it is given from above, since they stand there."""

    def differing(self, one: Rulebook, other: Rulebook, *, same_lines: bool = False) -> Collection[Rule]:
        """The rules whose alerts may be others, the most urgent first; `same_lines`: even of an account whose lines
        are the same under both."""

    def alerts_of(
        self, account: Account, steering: Steering, at: datetime, rules: Collection[Rule]
    ) -> Iterable[Occasion]: ...

    @property
    def COVERED(self) -> Collection[Rule]:
        """All rules that can be replayed."""


class Tally:
    """Counts customer by customer, and keeps the latest of what came only under one of the two."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Rule, Side]] = Counter()
        self._latest: list[tuple[Occasion, Only]] = []

    def add(self, today: Iterable[Occasion], then: Iterable[Occasion]) -> None:
        for occasion, side in compared(today, then):
            self._counts[occasion.rule, side] += 1
            if side != "both":
                self._latest.append((occasion, side))
        self._forget_older()

    def add_all(self, other: Tally) -> None:
        """What was counted of other customers."""
        self._counts += other._counts
        self._latest += other._latest
        self._forget_older()

    def _forget_older(self) -> None:
        if len(self._latest) > 2 * MOST_LISTED:
            self._latest = self._kept()

    def _kept(self) -> list[tuple[Occasion, Only]]:
        return sorted(self._latest, key=_newest_first)[:MOST_LISTED]

    def by_rule(self, covered: Iterable[Rule], differing: Collection[Rule]) -> dict[Rule, Came | None]:
        """None for those that cannot differ; without those that can, but never came."""
        found = {rule: self._of(rule) if rule in differing else None for rule in covered}
        return {rule: came for rule, came in found.items() if came is None or any(came)}

    def _of(self, rule: Rule) -> Came:
        return Came(*(self._counts[rule, side] for side in ("both", "today", "then")))

    def listed(self, library: Library, steering: Steering, at: datetime) -> Iterator[OtherAlert]:
        """The newest first."""
        kept = self._kept()
        names = names_of(library, {each.customer for each, _ in kept})
        for each, side in kept:
            subject = own_name(library, steering, each.subject, at)
            about = (each.customer, *names[each.customer], subject)
            yield OtherAlert(each.rule, each.level, each.detail, *about, each.since, side)


def _newest_first(each: tuple[Occasion, Only]) -> tuple[float, str, str, str, int, str, int]:
    """No two are alike: the order in which customers are read does not matter."""
    occasion, side = each
    what = occasion.rule, occasion.subject, side, occasion.level, occasion.detail, occasion.occurrence
    return -occasion.since.timestamp(), *what


def compared(today: Iterable[Occasion], then: Iterable[Occasion]) -> Iterator[tuple[Occasion, Side]]:
    """Each alert once. Those about a thing are the same by what they are about, those about a state that lasts if it
    lasted at one time: it begins sooner or later under other rules."""
    one, other = _by_key(today), _by_key(then)
    for key in [*one, *(each for each in other if each not in one)]:
        yield from _paired(one.get(key, []), other.get(key, []))


def _by_key(occasions: Iterable[Occasion]) -> dict[tuple[Rule, str, int, int, str], list[Occasion]]:
    found: dict[tuple[Rule, str, int, int, str], list[Occasion]] = {}
    for each in occasions:
        lasts = each.rule in LASTING
        key = (each.rule, each.subject, 0 if lasts else each.occurrence, each.level, each.detail)
        same = found.setdefault(key, [])
        if lasts or not same:
            same.append(each)
    return found


def _paired(today: list[Occasion], then: list[Occasion]) -> Iterator[tuple[Occasion, Side]]:
    """Both in order of time, none of one side overlapping another of it."""
    rest = list(then)
    for each in today:
        while rest and each.rule in LASTING and _is_over(rest[0], each):
            yield rest.pop(0), "then"
        if rest and not (each.rule in LASTING and _is_over(each, rest[0])):
            rest.pop(0)
            yield each, "both"
        else:
            yield each, "today"
    yield from ((each, "then") for each in rest)


def _is_over(one: Occasion, before: Occasion) -> bool:
    return one.until is not None and one.until <= before.since
