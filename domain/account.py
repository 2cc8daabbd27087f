"""The trust account: what each deed of ours adds to a customer's trust or takes from it.

The only place that knows points. They are signed integers in hundredths: a deposit is positive, a
withdrawal negative; everything else only adds. Rules and the article each comes from:
docs/explanation/trust-account.md.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from statistics import median
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from domain import customer as customers
from domain.customer import Customer, FeedbackGiven, ReferralGiven
from domain.documents import Versions
from domain.fact import Fact, in_order
from domain.outcome import Standing, Step, steps
from domain.promise import PromiseRenegotiated, PromiseWithdrawn, RequestDeclined
from domain.rulebook import Rulebook, hundredths
from domain.steering import Steering

DAY_SECONDS = 86_400

Rulebooks = Versions[Rulebook]
FactorName = Literal["binding", "newness", "sensitivity"]


class Factor(NamedTuple):
    name: FactorName
    value: float


class Posting(msgspec.Struct, frozen=True):
    """One line of a statement.

    A provisional line (`due` set) is worth what the lateness table says at the moment of reading, and
    stands only until `until`. `subject` is the stream of the promise, or the fact's own key.
    """

    time: datetime
    rule: str
    base: int
    fact: str
    subject: str
    factors: tuple[Factor, ...] = ()
    points: int = 0
    until: datetime | None = None
    due: datetime | None = None
    days_late: float | None = None
    settles: bool = False
    counts_as_new: bool = False
    """A deposit of a promise: newness multiplies it."""

    @property
    def provisional(self) -> bool:
        return self.due is not None

    def stands_at(self, at: datetime) -> bool:
        return self.time <= at and (self.until is None or at < self.until)

    def base_at(self, at: datetime, rulebooks: Rulebooks) -> int:
        """Hundredths; of a provisional line by the days past its due, under the rules of the due."""
        if self.due is None:
            return self.base
        return hundredths(rulebooks.at(self.due).promise.late.at(_days(self.due, at)) / 100)

    def points_at(self, at: datetime, rulebooks: Rulebooks) -> int:
        if self.due is None:
            return self.points
        return _times(self.base_at(at, rulebooks), self.factors)

    def counts_at(self, at: datetime, rulebooks: Rulebooks) -> int:
        """What the line still counts: its points, faded with its age. A provisional line has no age."""
        points = self.points_at(at, rulebooks)
        if self.due is not None:
            return points
        return hundredths(points / 100 * rulebooks.at(at).fading.at(_days(self.time, at)))


def _days(since: datetime, at: datetime) -> float:
    return (at - since).total_seconds() / DAY_SECONDS


def _times(base: int, factors: Iterable[Factor]) -> int:
    points = float(base)
    for factor in factors:
        points *= factor.value
    return hundredths(points / 100)


# -- a promise --------------------------------------------------------------------------------------


def of_promise(history: Sequence[Fact], steering: Steering) -> list[Posting]:
    """The lines that one promise has earned, in order of happening, before newness and sensitivity.

    None for an internal promise: the customer does not see it.
    """
    lines: list[Posting] = []
    previous: Step | None = None
    for step in steps(history, steering):
        if step.after.promise.internal:
            return []
        if previous is not None:
            lines += _overdue(previous, step.fact.time, steering)
        lines += _earned(step, steering.rulebooks.at(step.fact.time))
        previous = step
    if previous is not None:
        lines += _overdue(previous, None, steering)
    return _joined(lines)


def _overdue(step: Step, until: datetime | None, steering: Steering) -> list[Posting]:
    """The provisional line of the time between two facts."""
    standing, due = step.after, step.after.overdue_from
    if due is None or (until is not None and until <= due):
        return []
    start = max(due, step.fact.time)
    soft = _binding(standing, steering.rulebooks.at(due))
    return [
        Posting(
            time=start,
            rule="overdue",
            base=0,
            fact=standing.promise.made.key,
            subject=standing.promise.made.stream,
            factors=soft,
            until=until,
            due=due,
        )
    ]


def _joined(lines: list[Posting]) -> list[Posting]:
    """Facts that change nothing about being overdue do not cut the provisional line in two."""
    joined: list[Posting] = []
    overdue: int | None = None
    for line in lines:
        if not line.provisional:
            joined.append(line)
        elif overdue is not None and (joined[overdue].due, joined[overdue].until) == (line.due, line.time):
            joined[overdue] = replace(joined[overdue], until=line.until)
        else:
            overdue = len(joined)
            joined.append(line)
    return joined


def _earned(step: Step, rules: Rulebook) -> list[Posting]:
    verdict = step.after.verdict
    data = step.fact.data
    if step.before is None or step.before.verdict is not None:
        return []
    if isinstance(data, PromiseRenegotiated):
        rule, base = _move(step, data, rules)
        return [_line(step, rule, base, rules)]
    if verdict is None or verdict.outcome == "released":
        return []
    rule, base, days_late = _settled(step, rules)
    return [replace(_line(step, rule, base, rules), settles=True, counts_as_new=base > 0, days_late=days_late)]


def _line(step: Step, rule: str, base: int, rules: Rulebook) -> Posting:
    factors = _binding(step.after, rules) if base < 0 else ()
    return Posting(
        time=step.fact.time.astimezone(UTC),
        rule=rule,
        base=base,
        fact=step.fact.key,
        subject=step.fact.stream,
        factors=factors,
    )


def _binding(standing: Standing, rules: Rulebook) -> tuple[Factor, ...]:
    if standing.promise.binding == "firm":
        return ()
    return (Factor("binding", rules.promise.soft),)


def _move(step: Step, move: PromiseRenegotiated, rules: Rulebook) -> tuple[str, int]:
    worth = rules.promise
    if not move.agreed:
        return "move_not_agreed", worth.moved_for_customer
    if move.asked_by == "customer":
        return "moved_for_customer", worth.moved_for_customer
    match step.in_time, move.alternative is not None:
        case True, True:
            return "moved_in_time", worth.moved_in_time
        case True, False:
            return "moved_in_time_without_alternative", worth.moved_in_time_without_alternative
        case _, True:
            return "moved_late", worth.moved_late
        case _:
            return "moved_late_without_alternative", worth.moved_late_without_alternative


def worth_of(step: Step, rules: Rulebook) -> int:
    """Base points of a settled promise, also of an internal one: reliability weighs them."""
    return _settled(step, rules)[1]


def _settled(step: Step, rules: Rulebook) -> tuple[str, int, float | None]:
    """Rule, base points and, where it was late, the days past the due in force."""
    before, verdict, worth = step.before, step.after.verdict, rules.promise
    assert before is not None
    assert verdict is not None
    due = step.after.due  # moved on by a pause of the customer that still ran
    if isinstance(step.fact.data, PromiseWithdrawn):
        rule, base = _withdrawn(step, step.fact.data, rules)
        if not step.in_time and due is not None and verdict.at > due:
            base = min(base, hundredths(worth.late.at(_days(due, verdict.at)) / 100))
        return rule, base, None
    if verdict.degree is None:
        return "broken", worth.broken, None
    days_late = _days(due, verdict.at) if due is not None and verdict.at > due else None
    late = None if days_late is None else hundredths(worth.late.at(days_late) / 100)
    if verdict.degree < 1:
        partly = worth.partly_at_zero + hundredths(worth.partly_per_degree / 100 * verdict.degree)
        return "partly_fulfilled", partly if late is None else min(partly, late), days_late
    if late is not None:
        return "fulfilled_late", late, days_late
    rule, base = _kept(before, rules)
    if verdict.degree > 1:
        more = min(1.0, (verdict.degree - 1) / (worth.exceeded_full_at - 1))
        return "exceeded", base + hundredths(worth.exceeded / 100 * more), None
    return rule, base, None


def _kept(before: Standing, rules: Rulebook) -> tuple[str, int]:
    worth = rules.promise
    if before.moves_late:
        return "kept_after_late_move", worth.kept_after_late_move
    if before.moves_in_time:
        return "kept_after_timely_move", worth.kept_after_timely_move
    return "kept", worth.kept


def _withdrawn(step: Step, fact: PromiseWithdrawn, rules: Rulebook) -> tuple[str, int]:
    worth = rules.promise
    if not step.in_time:
        return "withdrawn_late", worth.withdrawn_late
    match (fact.reason is not None) + (fact.alternative is not None):
        case 2:
            return "withdrawn", worth.withdrawn
        case 1:
            return "withdrawn_with_one", worth.withdrawn_with_one
        case _:
            return "withdrawn_without", worth.withdrawn_without


# -- what the customer told us, and honest noes -----------------------------------------------------


def of_customer(history: Sequence[Fact], steering: Steering) -> list[Posting]:
    """The lines of a customer's own stream, before sensitivity."""
    lines: list[Posting] = []
    customer = Customer()
    for fact in in_order(history):
        before, customer = customer, customers.evolve(customer, fact)
        rule, base = _said(fact, before, customer, steering)
        if rule:
            lines.append(Posting(fact.time.astimezone(UTC), rule, base, fact=fact.key, subject=fact.key))
    return lines


def _said(fact: Fact, before: Customer, after: Customer, steering: Steering) -> tuple[str, int]:
    worth = steering.rulebooks.at(fact.time).customer
    match fact.data:
        case FeedbackGiven() as feedback:
            span = worth.feedback_best - worth.feedback_worst
            return "feedback", hundredths((worth.feedback_worst + span * feedback.normalised) / 100)
        case ReferralGiven():
            return "referral", worth.referral
        case RequestDeclined(reason=str(), alternative=alternative):
            if alternative is None:
                return "honest_no", worth.honest_no
            return "honest_no_with_alternative", worth.honest_no_with_alternative
        case _ if before.owner and after.owner and _somebody_else(before.owner, after.owner, fact, steering):
            return "owner_changed", worth.owner_changed
    return "", 0


def _somebody_else(before: str, after: str, fact: Fact, steering: Steering) -> bool:
    if before == after:
        return False
    first, second = steering.find(before, fact.time), steering.find(after, fact.time)
    return first is None or second is None or first.id != second.id


# -- the whole account ------------------------------------------------------------------------------


def lines(own: Sequence[Fact], promises: Iterable[Sequence[Fact]], steering: Steering) -> list[Posting]:
    """All lines of one customer with their factors and points, in order of happening.

    `own` is the customer's stream, `promises` the histories of their promises.
    """
    promises = list(promises)
    bare = of_customer(own, steering)
    for history in promises:
        bare += of_promise(history, steering)
    bare.sort(key=lambda line: (line.time, line.fact, line.rule))
    if not bare:
        return []
    acquaintance = _Acquaintance(own, promises, bare)
    return [acquaintance.with_factors(line, steering.rulebooks.at(line.due or line.time)) for line in bare]


class _Acquaintance:
    """How long and how well a customer knew us, and how sensitive they were, just before an instant."""

    def __init__(self, own: Sequence[Fact], promises: Sequence[Sequence[Fact]], bare: Sequence[Posting]) -> None:
        facts = in_order(own)
        everything = [*facts, *(fact for history in promises for fact in history)]
        self.first_fact = min(fact.time for fact in everything)
        self.settled = sorted(line.time for line in bare if line.settles)
        self.states: list[tuple[datetime, Customer]] = []
        customer = Customer()
        for fact in facts:
            customer = customers.evolve(customer, fact)
            self.states.append((fact.time, customer))

    def with_factors(self, line: Posting, rules: Rulebook) -> Posting:
        before = line.due or line.time
        customer = self._just_before(before)
        factors = line.factors
        if line.counts_as_new:
            settled = bisect_left(self.settled, before)
            newness = rules.newness.at(settled, _days(self._known_since(customer), before))
            if newness != 1:
                factors += (Factor("newness", newness),)
        if (line.base < 0 or line.provisional) and customer.sensitivity not in (None, 1.0):
            assert customer.sensitivity is not None
            factors += (Factor("sensitivity", customer.sensitivity),)
        return replace(line, factors=factors, points=_times(line.base, factors))

    def _just_before(self, at: datetime) -> Customer:
        place = bisect_left(self.states, at, key=lambda state: state[0])
        return self.states[place - 1][1] if place else Customer()

    def _known_since(self, customer: Customer) -> datetime:
        since = customer.since
        if since is None:
            return self.first_fact
        return since if isinstance(since, datetime) else datetime.combine(since, time(), tzinfo=UTC)


# -- readings ---------------------------------------------------------------------------------------


def balance(lines: Iterable[Posting], at: datetime, rulebooks: Rulebooks) -> int:
    """Hundredths of points at a moment: the sum of what the lines count then."""
    return sum(line.counts_at(at, rulebooks) for line in lines if line.stands_at(at))


def buffer(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks) -> float:
    """How many usual withdrawals the balance would bear."""
    rules = rulebooks.at(at)
    withdrawals = [
        -points
        for line in lines
        if line.stands_at(at)
        and _days(line.time, at) <= rules.buffer.days
        and (points := line.points_at(at, rulebooks)) < 0
    ]
    enough = len(withdrawals) >= max(1, rules.buffer.fewest_withdrawals)
    usual = median(withdrawals) if enough else rules.buffer.usual_withdrawal
    return balance(lines, at, rulebooks) / usual


class Stage(NamedTuple):
    """`name` and the figure that decides, in hundredths (or a count for `new`)."""

    name: Literal["lost", "strained", "new", "solid", "building"]
    reason: str
    figure: int = 0


def stage(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks, *, reliability_low: float | None) -> Stage:
    """The first that fits (SPEC 5). `reliability_low`: lower bound of the interval, None if nothing is known."""
    worth = rulebooks.at(at).stage
    now = balance(lines, at, rulebooks)
    standing = [line for line in lines if line.stands_at(at)]
    if now < worth.lost_below:
        return Stage("lost", "balance_below", worth.lost_below)
    if now < worth.strained_below:
        return Stage("strained", "balance_below", worth.strained_below)
    fall = highest(lines, at, rulebooks) - now
    if fall >= worth.strained_after_fall:
        return Stage("strained", "fell_by", fall)
    if len(standing) < worth.new_below_lines:
        return Stage("new", "few_lines", len(standing))
    if now >= worth.solid_from and (reliability_low or 0.0) >= worth.solid_reliability:
        return Stage("solid", "balance_and_reliability", now)
    return Stage("building", "on_the_way", now)


def highest(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks) -> int:
    """The highest balance of the days before, taken where it can have its peak: around each line."""
    start = at.timestamp() - rulebooks.at(at).stage.fall_days * DAY_SECONDS
    begin = datetime.fromtimestamp(start, UTC)
    moments = {begin, at} | {
        moment for line in lines for moment in (line.time, line.time - datetime.resolution) if begin <= moment <= at
    }
    return max(balance(lines, moment, rulebooks) for moment in moments)


SENTENCES: Mapping[str, str] = {
    "kept": "{what}: kept as promised",
    "kept_after_timely_move": "{what}: kept by the new date, moved in time",
    "kept_after_late_move": "{what}: kept by the new date, but notice came late",
    "exceeded": "{what}: more than promised",
    "fulfilled_late": "{what}: {late} late",
    "partly_fulfilled": "{what}: only partly fulfilled",
    "overdue": "{what}: overdue",
    "broken": "{what}: not kept",
    "moved_in_time": "{what}: moved in time, with an alternative",
    "moved_in_time_without_alternative": "{what}: moved in time, without an alternative",
    "moved_late": "{what}: notice came late, with an alternative",
    "moved_late_without_alternative": "{what}: notice came late and without an alternative",
    "moved_for_customer": "{what}: moved at the customer's wish",
    "move_not_agreed": "{what}: a new date was proposed, not agreed",
    "withdrawn": "{what}: taken back openly and in time, with reason and alternative",
    "withdrawn_with_one": "{what}: taken back openly and in time",
    "withdrawn_without": "{what}: taken back in time, without reason or alternative",
    "withdrawn_late": "{what}: taken back late",
    "feedback": "Feedback: {score} on a scale from {low} to {high}",
    "referral": "Recommended us",
    "honest_no": "{what}: an honest no with a reason",
    "honest_no_with_alternative": "{what}: an honest no with a reason and a recommendation",
    "owner_changed": "Somebody else looks after this customer now",
}
"""The sentence of each rule, for the statement; {what} is the promise in the firm's own words."""
