"""The promise adviser: how probable it is that a promise is kept, learned from those that ended before.

Every promise that ends moves a few effects a little: how the firm does at present, and how its teams, its
people and its kinds of work differ from that. An effect is a step on the scale of log-odds; steps add up.
What is known of an effect fades with time, and what fades draws it back to "as everybody". Where kind,
customer, time to the due, load or weekday made earlier forecasts better, they join in.

The form is dynamic logistic regression with forgetting (West, Harrison and Migon 1985; McCormick and others
2012); each step is one of a Kalman filter on the log-odds, as in Glickman's ratings (1999). It advises about
dates; it is no mark for anybody. Times in here are days since 1970.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from domain.experience import Experience, Proposal
from domain.forecast import SURE, loss, sigmoid
from domain.rulebook import AdviceRules

Key = tuple[str, str]

FIRM: Key = ("firm", "")
LATELY = "lately"
OPTIONAL = (LATELY, "kind", "customer", "lead", "load", "weekday")
"""What joins where it helps, in this order: each one explains what those before it leave. The first is by how much
all forecasts were off lately."""
NO_USUAL = frozenset((FIRM[0], "lead", "load"))
LEAD_DAYS = (1, 2, 3, 5, 10, 20)
LOADS = (1, 3, 6, 11, 21)
"""Where the next class begins."""
LEAST, MOST = 0.01, 0.99
LEAST_SPREAD = 0.02
"""Of a forecast near 0 or 1, so that one surprise does not move an effect without bounds."""


class Reason(NamedTuple):
    """One effect on an estimate: the probability after it, and how many promises it rests on."""

    name: str
    value: str
    probability: float
    rests_on: int


class Estimate(NamedTuple):
    """`probability` is None where too little is known; `interval` is the 90 % credible one.

    `load`: how many open promises the owner has. `memory_days`: the half-life that did best lately.
    """

    probability: float | None
    interval: tuple[float, float]
    rests_on: int
    reasons: tuple[Reason, ...]
    load: int
    memory_days: float


def lead_class(days: float) -> int:
    return bisect_right(LEAD_DAYS, days)


def load_class(promises: int) -> int:
    return bisect_right(LOADS, promises)


# -- learning -----------------------------------------------------------------------------------------


class Adviser:
    """What was learned up to a moment. Promises are told to it in order of time: made, and later known."""

    def __init__(self, rules: AdviceRules) -> None:
        self.rules = rules
        self.models = [_Effects(rules, memory) for memory in sorted(rules.memory_days, reverse=True)]
        """By memory, the longest first."""
        self.shorter = [_Fading(rules.judged_days) for _ in self.models]
        """How much better forecasts are with each memory than with the longest."""
        self.optional = _Effects(rules, rules.memory_days[0])
        self.gains = {name: _Fading(rules.judged_days) for name in OPTIONAL}
        self.open: Counter[str] = Counter()
        self.said: dict[str, _Said] = {}
        self.known = 0
        self.fresh = _Fading(rules.half_life_days)
        """How many ended lately enough to teach something."""
        self.heard_at: datetime | None = None
        """When the last thing happened that it was told."""

    def copy(self) -> Adviser:
        """Another one who knows the same, and goes on by itself."""
        return remembering(self.rules, self.memory())

    def memory(self) -> Memory:
        """Everything that was learned, as plain values that can be kept."""
        return {
            "models": [model.memory() for model in self.models],
            "shorter": [gain.memory() for gain in self.shorter],
            "optional": self.optional.memory(),
            "gains": {name: gain.memory() for name, gain in self.gains.items()},
            "open": dict(self.open),
            "said": {promise: list(said) for promise, said in self.said.items()},
            "known": self.known,
            "fresh": self.fresh.memory(),
            "heard_at": None if self.heard_at is None else self.heard_at.isoformat(),
        }

    def hear(self, event: Event) -> None:
        self.heard_at = event.at
        if event.what == MADE:
            self.make(event.promise, event.experience.proposal)
        elif event.what in (KNOWN, KNOWN_AT_ONCE):
            self.learn(event.experience)
        else:
            self.end(event.experience)

    def make(self, promise: str, proposal: Proposal) -> None:
        """A promise was made: what would have been said of it is kept, to be judged when its end is known."""
        self.said[promise] = self._say(proposal)
        self._count(proposal.owner, 1)

    def learn(self, experience: Experience) -> None:
        """It is known whether the promise was kept."""
        assert experience.known_at is not None
        at, kept, said = _days(experience.known_at), experience.kept, self.said.pop(experience.promise)
        longest = loss(said.by_memory[0], kept)
        for gain, probability in zip(self.shorter, said.by_memory, strict=True):
            gain.add(longest - loss(probability, kept), at)
        for name, (without, with_it) in said.optional.items():
            self.gains[name].add(loss(without, kept) - loss(with_it, kept), at)
        explained = self._model.sum(said.keys, at).mean
        for name, keys in said.optional_keys.items():
            self.optional.learn(keys, at, kept, explained)
            if self._joins(name):
                explained += self.optional.sum(keys, at).mean
        for model in self.models:
            model.learn(said.keys, at, kept)
        self.known += 1
        self.fresh.add(1.0, at)

    def end(self, experience: Experience) -> None:
        """Nothing is left to do for it."""
        self._count(experience.proposal.owner, -1)

    def _count(self, owner: str | None, promises: int) -> None:
        if owner is not None:
            self.open[owner] += promises

    @property
    def _best(self) -> int:
        """The memory whose forecasts were the best lately; the longest one while that may be chance."""
        better = [place for place, gain in enumerate(self.shorter) if gain.is_probable]
        return max(better, key=lambda place: self.shorter[place].sum, default=0)

    @property
    def _model(self) -> _Effects:
        return self.models[self._best]

    def _joins(self, name: str) -> bool:
        """Whether it makes forecasts better; what is always the same explains nothing."""
        return self.gains[name].is_probable and (self.optional.values[name] > 1 or name == LATELY)

    def _say(self, proposal: Proposal) -> _Said:
        at, keys = _days(proposal.made_at), _keys(proposal)
        sums = [model.sum(keys, at) for model in self.models]
        total = sums[self._best]
        optional: dict[str, tuple[float, float]] = {}
        optional_keys = _optional_keys(proposal, self.load(proposal.owner))
        for name, own in optional_keys.items():
            more = total + self.optional.sum(own, at)
            optional[name] = (total.probability, more.probability)
            if self._joins(name):
                total = more
        return _Said(keys, optional_keys, [each.probability for each in sums], optional)

    # -- asking ---------------------------------------------------------------------------------------

    def load(self, owner: str | None) -> int:
        """The owner's open promises."""
        return self.open[owner] if owner is not None else 0

    def promises_of(self, owner: str) -> int:
        """How many of somebody's promises it learned from."""
        return self._model.count(("owner", owner))

    @property
    def memory_days(self) -> float:
        return self._model.memory_days

    @property
    def joined(self) -> tuple[str, ...]:
        """What joins at present because it makes forecasts better."""
        return tuple(name for name in OPTIONAL if self._joins(name))

    def probability(self, proposal: Proposal, load: int | None = None) -> float | None:
        """That it is kept; None where too little is known. `load` as in `estimate`."""
        total, at = _Sum(0.0, 0.0), _days(proposal.made_at)
        for keys, effects in self._steps(proposal, load):
            total += effects.sum(keys, at)
        return total.probability if self._knows_enough(proposal) else None

    def estimate(self, proposal: Proposal, load: int | None = None) -> Estimate:
        """With everything that it rests on. `load` = the owner's open promises, where they are not those of now."""
        at = _days(proposal.made_at)
        steps = self._steps(proposal, load)
        usual = [math.fsum(effects.usual(key, at) for key in keys) for keys, effects in steps]
        # Told against what is usual, so that the first step is how the firm does; in the end it is the plain sum.
        total, reasons = _Sum(math.fsum(usual), 0.0), []
        for (keys, effects), mean in zip(steps, usual, strict=True):
            own = effects.sum(keys, at)
            total += _Sum(own.mean - mean, own.variance)
            reasons.append(Reason(*keys[-1], total.probability, effects.count(keys[-1])))
        return Estimate(
            probability=total.probability if self._knows_enough(proposal) else None,
            interval=total.interval,
            rests_on=self.known,
            reasons=tuple(reasons),
            load=self.load(proposal.owner) if load is None else load,
            memory_days=self.memory_days,
        )

    def _steps(self, proposal: Proposal, load: int | None) -> list[tuple[list[Key], _Effects]]:
        load = self.load(proposal.owner) if load is None else load
        main = [([key], self._model) for key in _keys(proposal)]
        optional = _optional_keys(proposal, load)
        return main + [(keys, self.optional) for name, keys in optional.items() if self._joins(name)]

    def _knows_enough(self, proposal: Proposal) -> bool:
        return self.fresh.at_moment(_days(proposal.made_at)) >= self.rules.fewest_promises


Memory = dict[str, Any]


def remembering(rules: AdviceRules, memory: Memory) -> Adviser:
    """The adviser who knows what another one knew (`Adviser.memory`)."""
    adviser = Adviser(rules)
    for model, known in zip(adviser.models, memory["models"], strict=True):
        model.remember(known)
    for gain, sums in zip(adviser.shorter, memory["shorter"], strict=True):
        gain.remember(sums)
    adviser.optional.remember(memory["optional"])
    for name, gain in adviser.gains.items():
        gain.remember(memory["gains"][name])
    adviser.open.update(memory["open"])
    adviser.said.update({promise: _said(each) for promise, each in memory["said"].items()})
    adviser.known = memory["known"]
    adviser.fresh.remember(memory["fresh"])
    adviser.heard_at = None if memory["heard_at"] is None else datetime.fromisoformat(memory["heard_at"])
    return adviser


def _said(kept: Sequence[Any]) -> _Said:
    keys, optional_keys, by_memory, optional = kept
    return _Said(
        [(name, value) for name, value in keys],
        {name: [(each, value) for each, value in own] for name, own in optional_keys.items()},
        by_memory,
        {name: (without, with_it) for name, (without, with_it) in optional.items()},
    )


class _Said(NamedTuple):
    """What was said of a promise when it was made: by each memory, and without and with each optional effect."""

    keys: list[Key]
    optional_keys: dict[str, list[Key]]
    by_memory: list[float]
    optional: dict[str, tuple[float, float]]


def _keys(proposal: Proposal) -> list[Key]:
    named = (("team", proposal.team), ("owner", proposal.owner), ("severity", proposal.severity))
    return [FIRM, *((name, value) for name, value in named if value is not None)]


def _optional_keys(proposal: Proposal, load: int) -> dict[str, list[Key]]:
    values = {
        LATELY: "",
        "kind": proposal.kind,
        "customer": proposal.customer,
        "weekday": str(proposal.weekday),
    }
    steps = {
        "lead": None if proposal.lead_days is None else lead_class(proposal.lead_days),
        "load": None if proposal.owner is None else load_class(load),
    }
    keys = {name: [(name, value)] for name, value in values.items() if value is not None}
    # One effect a step: a class that nobody has tried yet has what is known of the smaller ones.
    keys |= {name: [(name, str(step)) for step in range(top + 1)] for name, top in steps.items() if top is not None}
    return {name: keys[name] for name in OPTIONAL if name in keys}


def _days(at: datetime) -> float:
    return at.timestamp() / 86_400


# -- in order of time ---------------------------------------------------------------------------------


def taught(experiences: Iterable[Experience], rules: AdviceRules, at: datetime) -> Adviser:
    """What was learned by a moment."""
    adviser = Adviser(rules)
    for _ in walk(adviser, experiences, at):
        pass
    return adviser


def walk(adviser: Adviser, experiences: Iterable[Experience], until: datetime | None = None) -> Iterator[Experience]:
    """Tells the adviser everything up to a moment in order of time; stops at each promise just before it is made."""
    for event in events(experiences, until):
        if event.what == MADE:
            yield event.experience
        adviser.hear(event)


KNOWN, ENDED, MADE, KNOWN_AT_ONCE, ENDED_AT_ONCE = range(5)


class Event(NamedTuple):
    """Something to tell the adviser; `what` in the order in which things of one instant are told."""

    at: datetime
    what: int
    promise: str
    experience: Experience


def events(
    experiences: Iterable[Experience], until: datetime | None = None, after: datetime | None = None
) -> list[Event]:
    """What happened later than one moment and by another one, in order of time.

    An end counts from its very instant: what is made in the same instant knows of it.
    """
    found = []
    for each in experiences:
        made = each.proposal.made_at
        found.append(Event(made, MADE, each.promise, each))
        if each.known_at is not None:
            what = KNOWN if each.known_at > made else KNOWN_AT_ONCE
            found.append(Event(each.known_at, what, each.promise, each))
        if each.ended_at is not None:
            what = ENDED if each.ended_at > made else ENDED_AT_ONCE
            found.append(Event(each.ended_at, what, each.promise, each))
    asked = (each for each in found if (until is None or each.at <= until) and (after is None or each.at > after))
    return sorted(asked, key=itemgetter(0, 1, 2))


# -- effects ------------------------------------------------------------------------------------------


class _Sum(NamedTuple):
    """Log-odds: mean and variance."""

    mean: float
    variance: float

    def __add__(self, other: object) -> _Sum:
        assert isinstance(other, _Sum)
        return _Sum(self.mean + other.mean, self.variance + other.variance)

    @property
    def probability(self) -> float:
        """With what is uncertain averaged in (MacKay 1992)."""
        return _within(sigmoid(self.mean / math.sqrt(1 + math.pi * self.variance / 8)))

    @property
    def interval(self) -> tuple[float, float]:
        spread = SURE * math.sqrt(self.variance)
        return _within(sigmoid(self.mean - spread)), _within(sigmoid(self.mean + spread))


def _within(probability: float) -> float:
    return min(MOST, max(LEAST, probability))


class _Effects:
    """Effects by their keys; each is known by its mean and by how much evidence beyond the prior it has."""

    def __init__(self, rules: AdviceRules, memory_days: float) -> None:
        # A promise is worth a quarter, the spread of an even chance.
        self.firm = (rules.weight_of_firm / 4, memory_days)
        self.other = (rules.weight_of_prior / 4, rules.half_life_days)
        self.memory_days = memory_days
        self.known: dict[Key, tuple[float, float, float, int]] = {}
        """Evidence, its pull, when they were so, and from how many promises they came."""
        self.values: Counter[str] = Counter()
        """How many values of each name are known."""
        self.asked_at = 0.0
        self.usual_then: dict[str, float] = {}

    def memory(self) -> list[Any]:
        """Rows of name, value, and what is known of them."""
        return [(*key, *known) for key, known in self.known.items()]

    def remember(self, rows: Iterable[Any]) -> None:
        self.known = {(name, value): (evidence, pull, at, count) for name, value, evidence, pull, at, count in rows}
        self.values = Counter(name for name, _ in self.known)

    def read(self, key: Key, at: float) -> _Sum:
        """What nothing is known of changes nothing but the uncertainty."""
        prior, half_life = self.firm if key == FIRM else self.other
        known = self.known.get(key)
        if known is None:
            return _Sum(0.0, 1 / prior)
        evidence, pull, since, _ = known
        left: float = 2.0 ** (-(at - since) / half_life)
        precision = evidence * left + prior
        return _Sum(pull * left / precision, 1 / precision)

    def sum(self, keys: Iterable[Key], at: float) -> _Sum:
        mean = variance = 0.0
        for key in keys:
            own = self.read(key, at)
            mean += own[0]
            variance += own[1]
        return _Sum(mean, variance)

    def count(self, key: Key) -> int:
        return self.known[key][3] if key in self.known else 0

    def learn(self, keys: Sequence[Key], at: float, kept: bool, explained: float = 0.0) -> None:
        """One step of the filter; `explained`: log-odds from elsewhere."""
        before = [self.read(key, at) for key in keys]
        total = 0.0
        for mean, variance in before:
            explained += mean
            total += variance
        expected = sigmoid(explained)
        spread = max(expected * (1 - expected), LEAST_SPREAD)
        surprise = (kept - expected) / spread / (total + 1 / spread)
        for key, (mean, variance) in zip(keys, before, strict=True):
            precision = 1 / variance + 1 / (total - variance + 1 / spread)
            prior = self.firm[0] if key == FIRM else self.other[0]
            if key not in self.known:
                self.values[key[0]] += 1
            self.known[key] = (
                precision - prior,
                (mean + variance * surprise) * precision,
                at,
                self.count(key) + 1,
            )

    def usual(self, key: Key, at: float) -> float:
        """The effect that a usual promise has of this name: what belongs to the firm, not to one of its values.

        Only of names with one value a promise; of steps there is no usual one.
        """
        name = key[0]
        if name in NO_USUAL:
            return 0.0
        if self.asked_at != at:
            self.asked_at, self.usual_then = at, {}
        if name not in self.usual_then:
            pulls = evidences = 0.0
            for known, (evidence, _, since, _) in self.known.items():
                if known[0] == name:
                    fresh = evidence * 2.0 ** (-(at - since) / self.other[1])
                    pulls += fresh * self.read(known, at).mean
                    evidences += fresh
            self.usual_then[name] = pulls / evidences if evidences else 0.0
        return self.usual_then[name]


class _Fading:
    """A sum that fades with its half-life."""

    def __init__(self, half_life_days: float) -> None:
        self.half_life = half_life_days
        self.sum = self.squares = self.at = 0.0

    def memory(self) -> list[float]:
        return [self.sum, self.squares, self.at]

    def remember(self, sums: Sequence[float]) -> None:
        self.sum, self.squares, self.at = sums

    def add(self, value: float, at: float) -> None:
        left = 2.0 ** (-(at - self.at) / self.half_life)
        self.sum, self.squares, self.at = self.sum * left + value, self.squares * left + value * value, at

    def at_moment(self, at: float) -> float:
        left: float = 2.0 ** (-(at - self.at) / self.half_life)
        return self.sum * left

    @property
    def is_probable(self) -> bool:
        """Surely above nothing."""
        return self.sum > SURE * math.sqrt(self.squares)
