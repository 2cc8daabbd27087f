"""Every figure of SPEC 4: its rows, each with its dimensions, and what they come to.

A share is (numerator, denominator), times and ratios are sorted lists, `fulfilment_degree` is the list of degrees,
`incident_rate` (incidents, promises made), `continuity` the list of each customer's share,
`equal_service` the two Gini coefficients.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.by_hand import rules
from tests.by_hand.account import asks_for_follow_up, follows_up
from tests.by_hand.customers import active, feedback_times, heard_of_lately, silent
from tests.by_hand.promises import Life, charged_to_promised, late_business_hours, late_hours, shares

if TYPE_CHECKING:
    from tests.by_hand.firm import Firm

Dimensions = Mapping[str, str | None]
Key = str | None


@dataclass(frozen=True)
class Asked:
    """As of a moment, perhaps for a period; `end` is exclusive."""

    firm: Firm
    moment: datetime
    start: datetime | None = None
    end: datetime | None = None

    def within(self, moment: datetime) -> bool:
        return (self.start is None or moment >= self.start) and (self.end is None or moment < self.end)

    @property
    def last(self) -> datetime:
        """The moment of what is asked about customers: the end of the period."""
        return self.moment if self.end is None else min(self.moment, self.end)


@dataclass(frozen=True)
class Row:
    dimensions: Dimensions
    value: Any


def of_promise(life: Life) -> dict[str, str | None]:
    names = ("owner", "team", "kind", "customer", "supplier", "product", "channel", "severity")
    return {name: getattr(life, name) for name in names}


# -- rows -------------------------------------------------------------------------------------------


def promise_rows(asked: Asked) -> list[Row]:
    promises = asked.firm.promises(asked.moment)
    return [Row(of_promise(each), each) for each in promises if each.lies_in(asked.start, asked.end)]


def answer_rows(asked: Asked) -> list[Row]:
    """(in time, hours until the answer or None, whether the target has passed) of each question."""
    return [
        Row(each.dimensions, (each.in_time, each.answer_hours, each.target is not None and each.target <= asked.moment))
        for each in asked.firm.questions(asked.moment)
        if asked.within(each.asked_at)
    ]


def inbound_rows(asked: Asked) -> list[Row]:
    contacts = asked.firm.contacts(asked.moment)
    return [
        Row(each.dimensions, each.chases is not None) for each in contacts if each.inbound and asked.within(each.at)
    ]


def follow_up_rows(asked: Asked) -> list[Row]:
    """Whether each delivery was followed up, of those whose window has closed."""
    found = []
    for life in asked.firm.promises(asked.moment):
        at = life.settled_at
        if at is None or not asks_for_follow_up(life) or not asked.within(at):
            continue
        if life.hours.end_of_next_business_day(at) > asked.moment:
            continue
        ours = _outbound(asked, life.customer, "follow_up")
        found.append(Row(of_promise(life), any(follows_up(contact, life) for contact in ours)))
    return found


def needs_rows(asked: Asked) -> list[Row]:
    """Whether each customer's first promise of a price or a delivery came after a talk about needs."""
    firsts: dict[str, Life] = {}
    for life in asked.firm.promises(asked.moment):
        if life.kind in ("price", "delivery") and not life.internal:
            first = firsts.get(life.customer)
            if first is None or (life.made_at, life.id) < (first.made_at, first.id):
                firsts[life.customer] = life
    return [
        Row(of_promise(life), any(fact["at"] < life.made_at for fact in _outbound(asked, life.customer, "needs")))
        for life in firsts.values()
        if asked.within(life.made_at)
    ]


def _outbound(asked: Asked, customer: str, purpose: str) -> list[dict[str, Any]]:
    return [
        fact
        for fact in asked.firm.of(customer)
        if fact["type"] == "contact.outbound" and fact["data"].get("purpose") == purpose and fact["at"] <= asked.moment
    ]


def incident_rows(asked: Asked) -> list[Row]:
    incidents = asked.firm.incidents(asked.moment)
    return [Row(each.dimensions, each) for each in incidents if asked.within(each.reported_at)]


def incidents_and_promises(asked: Asked) -> list[Row]:
    reported = [Row(row.dimensions, "incident") for row in incident_rows(asked)]
    made = [life for life in asked.firm.promises(asked.moment) if asked.within(life.made_at)]
    return reported + [Row(of_promise(life), "promise") for life in made]


def discipline_rows(asked: Asked) -> list[Row]:
    rows = [(row, row.value.deadline("talk")) for row in incident_rows(asked)]
    return [
        Row(row.dimensions, row.value.disciplined)
        for row, deadline in rows
        if deadline is not None and deadline <= asked.moment
    ]


def success_rows(asked: Asked) -> list[Row]:
    long_enough = timedelta(days=rules.SUCCESS_DAYS)
    return [
        Row(row.dimensions, asked.firm.account(row.value.customer).recovered(row.value))
        for row in incident_rows(asked)
        if row.value.reported_at + long_enough <= asked.moment
    ]


def active_rows(judge: Callable[[Asked, str], bool]) -> Callable[[Asked], list[Row]]:
    def rows(asked: Asked) -> list[Row]:
        return [
            Row(each.dimensions, judge(asked, each.id))
            for each in asked.firm.customers(asked.last)
            if active(asked.firm, each, asked.last)
        ]

    return rows


def recommended(asked: Asked, customer: str) -> bool:
    return any(
        fact["type"] == "referral.given" and fact["at"] <= asked.last and asked.within(fact["at"])
        for fact in asked.firm.of(customer)
    )


def without_feedback(asked: Asked, customer: str) -> bool:
    since = asked.last - timedelta(days=rules.FEEDBACK_SILENCE_DAYS)
    return not any(since < at <= asked.last for at in feedback_times(asked.firm, customer))


def detractor_rows(asked: Asked) -> list[Row]:
    """Active customers, and those who are no longer because they left in the period after a broken promise."""
    found = []
    for each in asked.firm.customers(asked.last):
        if not heard_of_lately(asked.firm, each, asked.last):
            continue
        left = each.left_at is not None
        disappointed = (
            each.left_at is not None and asked.within(each.left_at) and _was_broken(asked, each.id, each.left_at)
        )
        if not left or disappointed:
            bad = feedback_times(asked.firm, each.id, lowest_quarter=True)
            unhappy = any(at <= asked.last and asked.within(at) for at in bad)
            found.append(Row(each.dimensions, disappointed or unhappy))
    return found


def _was_broken(asked: Asked, customer: str, before: datetime) -> bool:
    return any(
        life.state == "broken" and life.settled_at is not None and life.settled_at < before
        for life in asked.firm.promises(asked.last)
        if life.customer == customer
    )


def continuity_rows(asked: Asked) -> list[Row]:
    """The share of the person most often met, of each customer who met any."""
    met: dict[str, Counter[str]] = {}
    for contact in asked.firm.contacts(asked.moment):
        if contact.person is not None and asked.within(contact.at):
            met.setdefault(contact.customer, Counter())[contact.person] += 1
    for life in asked.firm.promises(asked.moment):
        if life.owner is not None and life.lies_in(asked.start, asked.end):
            met.setdefault(life.customer, Counter())[life.owner] += 1
    return [
        Row(asked.firm.customer(id, asked.last).dimensions, max(people.values()) / sum(people.values()))
        for id, people in met.items()
        if asked.firm.customer(id, asked.last).kind == "customer"
    ]


def service_rows(asked: Asked) -> list[Row]:
    """(median hours until the answer or None, rate of promises kept in time or None) of each customer."""
    answers: dict[str, list[float]] = {}
    for each in asked.firm.questions(asked.moment):
        if each.answer_hours is not None and asked.within(each.asked_at):
            answers.setdefault(each.customer, []).append(each.answer_hours)
    promises: dict[str, list[Life]] = {}
    for life in asked.firm.promises(asked.moment):
        if life.lies_in(asked.start, asked.end):
            promises.setdefault(life.customer, []).append(life)
    found = []
    for customer in asked.firm.customers(asked.last):
        if customer.kind != "customer":
            continue
        waited = answers.get(customer.id)
        kept, counted = shares(promises.get(customer.id, []))["on_time_rate"]
        found.append(
            Row(customer.dimensions, (median(waited) if waited else None, kept / counted if counted else None))
        )  # fmt: skip
    return found


# -- what they come to ------------------------------------------------------------------------------


def share(values: Sequence[bool]) -> tuple[int, int]:
    return sum(values), len(values)


def times(name: str) -> Callable[[Sequence[Any]], list[float]]:
    def read(values: Sequence[Any]) -> list[float]:
        return sorted(hours for each in values if (hours := getattr(each, name)) is not None)

    return read


def gini(values: Sequence[float]) -> float | None:
    """Mean difference of any two, by twice their mean; None where there is nothing to share."""
    if not values or not sum(values):
        return None
    differences = sum(abs(one - other) for one in values for other in values)
    return differences / (2 * len(values) * sum(values))


Rows = Callable[[Asked], list[Row]]
Reading = Callable[[Sequence[Any]], Any]

FIGURES: dict[str, tuple[Rows, Reading]] = {
    **{
        name: (promise_rows, lambda promises, name=name: shares(promises)[name])
        for name in (
            "on_time_rate", "strict_on_time_rate", "timely_notice_rate", "over_fulfilment_rate", "broken_rate",
            "withdrawn_rate", "partial_rate",
        )
    },
    "lateness_hours": (promise_rows, late_hours),
    "lateness_business_hours": (promise_rows, late_business_hours),
    "fulfilment_degree": (promise_rows, lambda promises: [each.degree for each in promises if each.degree is not None]),
    "estimate_accuracy": (promise_rows, charged_to_promised),
    "first_answer_hours": (answer_rows, lambda values: sorted(hours for _, hours, _ in values if hours is not None)),
    "answered_in_time": (answer_rows, lambda values: share([in_time for in_time, _, passed in values if passed])),
    "chase_rate": (inbound_rows, share),
    "follow_up_rate": (follow_up_rows, share),
    "needs_first_rate": (needs_rows, share),
    "incident_rate": (incidents_and_promises, lambda said: (said.count("incident"), said.count("promise"))),
    "resolution_hours": (incident_rows, times("resolution_hours")),
    "resolution_business_hours": (incident_rows, times("resolution_business_hours")),
    "recovery_discipline": (discipline_rows, share),
    "recovery_success": (success_rows, share),
    "continuity": (continuity_rows, lambda values: list(values)),
    "referral_rate": (active_rows(recommended), share),
    "detractor_rate": (detractor_rows, share),
    "silence": (active_rows(lambda asked, customer: silent(asked.firm, customer, asked.last)), share),
    "feedback_silence": (active_rows(without_feedback), share),
    "equal_service": (
        service_rows,
        lambda values: (
            gini([hours for hours, _ in values if hours is not None]),
            gini([rate for _, rate in values if rate is not None]),
        ),
    ),
}  # fmt: skip


def figure(
    firm: Firm,
    name: str,
    moment: datetime,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    where: Mapping[str, Key] | None = None,
) -> Any:
    rows, reading = FIGURES[name]
    chosen = [row for row in rows(Asked(firm, moment, start, end)) if _fits(row, where or {})]
    return reading([row.value for row in chosen])


def by(
    firm: Firm,
    name: str,
    dimension: str,
    moment: datetime,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    where: Mapping[str, Key] | None = None,
) -> dict[Key, Any]:
    """The figure of each group; None holds what has no such thing."""
    rows, reading = FIGURES[name]
    groups: dict[Key, list[Any]] = {}
    for row in rows(Asked(firm, moment, start, end)):
        if _fits(row, where or {}):
            groups.setdefault(row.dimensions.get(dimension), []).append(row.value)
    return {key: reading(values) for key, values in groups.items()}


def _fits(row: Row, where: Mapping[str, Key]) -> bool:
    return all(row.dimensions.get(dimension) == value for dimension, value in where.items())
