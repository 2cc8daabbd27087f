"""What makes a line weigh more or less: how new a customer is to us, and how sensitive they are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from typing import NamedTuple

from msgspec.structs import replace

from domain.account.posting import Factor, Posting, days_between, times
from domain.contact import ContactInbound
from domain.customer import Customer, CustomerLeft, FeedbackGiven
from domain.fact import Fact
from domain.incident import IncidentReported
from domain.relationship import Relationship
from domain.rulebook import Rulebook
from domain.steering import Steering

LOWEST_QUARTER = 0.25
"""Of a feedback's scale, its end included."""


def is_strong_reaction(fact: Fact) -> bool:
    """Whether a customer reacts strongly: complains, chases, is disappointed, leaves."""
    match fact.data:
        case IncidentReported(kind="complaint") | CustomerLeft():
            return True
        case ContactInbound(chases=chased):
            return chased is not None
        case FeedbackGiven() as feedback:
            return feedback.normalised <= LOWEST_QUARTER
    return False


class Sensitivity(NamedTuple):
    """How a customer reacts to withdrawals: `value` 1 = as others do.

    Learned as (reactions + prior) ÷ (expected + prior); `reactions` None = set by hand.
    """

    value: float
    reactions: int | None
    expected: float = 0.0


class Factors:
    """How long and how well a customer knew us, and how sensitive they were, just before an instant."""

    def __init__(self, relationship: Relationship, bare: Sequence[Posting], steering: Steering) -> None:
        self.relationship, self.steering = relationship, steering
        self.settled = sorted(line.time for line in bare if line.settles)
        self.withdrawals = _Withdrawals(bare, steering)
        self.reactions = self._reactions()

    def on(self, line: Posting) -> Posting:
        """The line with its factors and points."""
        before = line.due or line.time
        rules = self.steering.rulebooks.at(before)
        factors = line.factors
        if line.counts_as_new:
            newness = self._newness(before, rules)
            if newness != 1:
                factors += (Factor("newness", newness),)
        if line.base < 0 or line.provisional:
            sensitivity = self.sensitivity(before).value
            if sensitivity != 1:
                factors += (Factor("sensitivity", sensitivity),)
        return replace(line, factors=factors, points=times(line.base, factors))

    def _newness(self, before: datetime, rules: Rulebook) -> float:
        known = days_between(self._known_since(self.relationship.just_before(before)), before)
        return rules.newness.at(bisect_left(self.settled, before), known)

    def _known_since(self, customer: Customer) -> datetime:
        since = customer.since
        if since is None:
            return self.relationship.first_fact
        return since if isinstance(since, datetime) else datetime.combine(since, time(), tzinfo=UTC)

    def sensitivity(self, before: datetime) -> Sensitivity:
        """From what happened before this instant; set by hand or learned (SPEC 5)."""
        by_hand = self.relationship.just_before(before).sensitivity
        if by_hand is not None:
            return Sensitivity(by_hand, None)
        rules = self.steering.rulebooks.at(before).sensitivity
        reactions = bisect_left(self.reactions, before)
        expected = self.withdrawals.expected(before)
        learned = (reactions + rules.weight_of_prior) / (expected + rules.weight_of_prior)
        return Sensitivity(min(rules.most, max(rules.least, learned)), reactions, expected)

    def _reactions(self) -> list[datetime]:
        """Strong reactions that a withdrawal came before."""
        strong = sorted(fact.time for fact in self.relationship.facts if is_strong_reaction(fact))
        return [at for at in strong if self.withdrawals.any_before(at, self._window(at))]

    def _window(self, at: datetime) -> timedelta:
        return timedelta(days=self.steering.rulebooks.at(at).sensitivity.reaction_days)


class _Withdrawals:
    """The withdrawals of an account, before factors: which ones stood just before an instant."""

    def __init__(self, bare: Sequence[Posting], steering: Steering) -> None:
        self.steering = steering
        lines = [line for line in bare if line.base < 0 or line.provisional]
        self.against = [line for line in lines if line.against is not None]
        """What an overdue promise may cover wholly: they have to be looked at one by one."""
        self.lines = sorted(
            (line for line in lines if line.against is None),
            key=lambda line: line.stands_from,
        )
        rates = [self._rate(line) for line in self.lines]
        self.starts = [line.stands_from for line in self.lines]
        self.rates = [0.0, *accumulate(rates)]
        ended = sorted(
            (line.until if line.provisional else line.until + datetime.resolution, rate)
            for line, rate in zip(self.lines, rates, strict=True)
            if line.until is not None
        )
        self.ends = [until for until, _ in ended]
        self.ended_rates = [0.0, *accumulate(rate for _, rate in ended)]

    def _rate(self, line: Posting) -> float:
        return self.steering.rates_at(line.time).reactions

    def expected(self, before: datetime) -> float:
        """Strong reactions to be expected of what stood just before the instant, at the firm's rates.

        An overdue line that ends at this very instant does not count: a promise is no withdrawal before its own.
        """
        plain = self.rates[bisect_left(self.starts, before)] - self.ended_rates[bisect_right(self.ends, before)]
        return plain + sum(self._rate(line) for line in self.against if self._costs(line, before))

    def any_before(self, at: datetime, window: timedelta) -> bool:
        """Whether a withdrawal of this window, or a promise overdue then, stood just before the instant."""
        for line in reversed(self.lines[: bisect_left(self.starts, at)]):
            if (line.until is None or line.until >= at) and (line.provisional or line.time >= at - window):
                return True
        return any(self._costs(line, at) and line.time >= at - window for line in self.against)

    def _costs(self, line: Posting, before: datetime) -> bool:
        """Whether an incident about an overdue promise costs anything just before an instant."""
        just_before = before - datetime.resolution
        return line.stands_at(just_before) and line.base_at(just_before, self.steering.rulebooks) < 0
