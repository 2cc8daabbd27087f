"""Customers at a moment: who looks after them, whether they are active, and whether they have fallen silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.by_hand import rules
from tests.by_hand.hours import BERLIN

if TYPE_CHECKING:
    from tests.by_hand.firm import Firm

DESCRIBED = ("kind", "owner", "team", "since")


@dataclass
class Customer:
    id: str
    kind: str = "customer"
    owner: str | None = None
    team: str | None = None
    since: str | None = None
    sensitivity: float | None = None
    left_at: datetime | None = None

    @property
    def dimensions(self) -> dict[str, str | None]:
        return {"customer": self.id, "owner": self.owner, "team": self.team, "kind": self.kind}

    @property
    def known_since(self) -> datetime | None:
        """What `since` says; a date begins at its midnight in Berlin."""
        if self.since is None:
            return None
        if len(self.since) == 10:
            day = date.fromisoformat(self.since)
            return datetime(day.year, day.month, day.day, tzinfo=BERLIN)
        return datetime.fromisoformat(self.since)


def customer(firm: Firm, id: str, moment: datetime) -> Customer:
    """As told by all facts up to the moment, of whomever is one with them."""
    found = Customer(id)
    for fact in firm.told(id):
        if fact["at"] > moment:
            break
        data: dict[str, Any] = fact["data"]
        if fact["type"] in ("customer.registered", "customer.changed", "customer.owner_assigned"):
            for name in DESCRIBED:
                if name in data:
                    setattr(found, name, data[name])
            found.kind = found.kind or "customer"
        elif fact["type"] == "customer.sensitivity_set":
            found.sensitivity = data["value"]
        elif fact["type"] == "customer.left":
            found.left_at = fact["at"]
    found.owner = None if found.owner is None else firm.person_of(found.owner)
    if found.team is None and found.owner is not None:
        found.team = firm.team_of(found.owner)
    return found


def heard_of_lately(firm: Firm, customer: Customer, moment: datetime) -> bool:
    """Of the kind customer, and any fact of theirs in the last 365 days."""
    long_ago = moment - timedelta(days=rules.ACTIVE_DAYS)
    return customer.kind == "customer" and any(long_ago <= fact["at"] <= moment for fact in firm.of(customer.id))


def active(firm: Firm, customer: Customer, moment: datetime) -> bool:
    return customer.left_at is None and heard_of_lately(firm, customer, moment)


def usual_gap(times: Sequence[datetime]) -> timedelta | None:
    if len(times) < rules.GAP_KNOWN_FROM:
        return None
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return timedelta(seconds=median(gap.total_seconds() for gap in gaps))


def silent(firm: Firm, id: str, moment: datetime) -> bool:
    times = [each.at for each in firm.contacts_of(id, moment) if each.two_way]
    gap = usual_gap(times)
    limit = timedelta(days=rules.UNKNOWN_GAP_DAYS) if gap is None else rules.USUAL_GAPS * gap
    last = times[-1] if times else firm.of(id)[0]["at"]
    return moment - last > limit


def normalised(feedback: dict[str, Any]) -> float:
    low, high = feedback.get("scale_min", 1), feedback.get("scale_max", 5)
    return (feedback["score"] - low) / (high - low)


def feedback_times(firm: Firm, id: str, *, lowest_quarter: bool = False) -> list[datetime]:
    return [
        fact["at"]
        for fact in firm.of(id)
        if fact["type"] == "feedback.given" and (not lowest_quarter or normalised(fact["data"]) <= rules.LOWEST_QUARTER)
    ]
