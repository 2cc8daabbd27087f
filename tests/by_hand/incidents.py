"""What went wrong, and how it was mended: states, deadlines, steps in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.by_hand import rules
from tests.by_hand.facts import Envelope
from tests.by_hand.hours import Hours, Pause, hours

if TYPE_CHECKING:
    from tests.by_hand.firm import Firm

PERSONAL = ("in_person", "video")


@dataclass
class Deed:
    """A step that earns: done after all before it, and in time where that is asked."""

    rule: str
    base: int
    at: datetime
    fact: str


@dataclass
class Incident:
    id: str
    customer: str
    kind: str
    severity: str
    promise: str | None
    admitted: bool
    owner: str | None
    team: str | None
    supplier: str | None
    product: str | None
    reported_at: datetime
    hours: Hours = field(repr=False)
    waits: list[Pause] = field(default_factory=list)
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    done: dict[str, datetime] = field(default_factory=dict)
    """Steps after all steps before them."""
    deeds: list[Deed] = field(default_factory=list)
    said: dict[str, tuple[datetime, bool]] = field(default_factory=dict)
    """Reason, apology and talk, each after the one before it, and whether in time."""

    def deadline(self, step: str) -> datetime | None:
        """None while the customer lets us wait."""
        return self.hours.used_up(self.reported_at, hours(rules.STEP_HOURS[step]), self.waits)

    @property
    def states(self) -> tuple[str, ...]:
        if self.closed_at is not None:
            return ("closed",)
        return ("open", "unresolved" if self.resolved_at is None else "resolved")

    @property
    def running(self) -> bool:
        return self.resolved_at is None and self.closed_at is None

    @property
    def disciplined(self) -> bool:
        return all(step in self.said and self.said[step][1] for step in ("reason", "apology", "talk"))

    @property
    def resolution_hours(self) -> float | None:
        return None if self.resolved_at is None else (self.resolved_at - self.reported_at).total_seconds() / 3600

    @property
    def resolution_business_hours(self) -> float | None:
        if self.resolved_at is None:
            return None
        return self.hours.open_time(self.reported_at, self.resolved_at).total_seconds() / 3600

    @property
    def dimensions(self) -> dict[str, str | None]:
        return {
            name: getattr(self, name)
            for name in ("customer", "kind", "severity", "owner", "team", "supplier", "product")
        }


def incident(firm: Firm, facts: Sequence[Envelope]) -> Incident:
    """What these facts of one incident, in order, say."""
    report, *others = facts
    data, at = report["data"], report["at"]
    them = firm.customer(report["whose"], at)
    by, team = data.get("by"), data.get("team")
    calendar = firm.hours(team, by) if by or team else firm.hours(them.team, them.owner)
    found = Incident(
        data["incident"], report["whose"], data.get("kind", "other"), data.get("severity", "normal"),
        data.get("promise"), data.get("admitted", False), by, team, data.get("supplier"), data.get("product"), at,
        calendar,
    )  # fmt: skip
    heard: set[str] = set()
    for fact in others:
        data, at, verb = fact["data"], fact["at"], fact["type"].split(".")[1]
        if verb == "assigned":
            found.owner, found.team = data.get("by", found.owner), data.get("team", found.team)
        elif verb == "paused" and data["cause"] == "customer":
            if not found.waits or found.waits[-1][1] is not None:
                found.waits.append((at, None))
        elif verb == "resumed" and data["cause"] == "customer":
            if found.waits and found.waits[-1][1] is None:
                found.waits[-1] = (found.waits[-1][0], at)
        elif verb == "explained":
            _step(found, "reason", fact)
        elif verb == "apologised":
            _step(found, "apology", fact)
        elif verb in ("chance_asked", "offered"):
            heard |= {verb} | ({"offered"} if (data.get("offer") or "").strip() else set())
            if heard == {"chance_asked", "offered"}:
                _step(found, "chance", fact)
        elif verb == "offer_answered" and data["accepted"] and "chance" in found.done:
            if not any(deed.rule == "offer_accepted" for deed in found.deeds):
                found.deeds.append(Deed("offer_accepted", rules.OFFER_ACCEPTED, at, fact["id"]))
        elif verb == "talked" and data.get("channel") in PERSONAL:
            _step(found, "talk", fact)
        elif verb == "resolved":
            _step(found, "resolution", fact)
            found.resolved_at = found.resolved_at or at
        elif verb == "closed":
            found.closed_at = found.closed_at or at
        elif verb == "reopened":
            found.resolved_at = found.closed_at = None
    if found.team is None and found.owner is not None:
        found.team = firm.team_of(found.owner)
    found.owner = None if found.owner is None else firm.person_of(found.owner)
    return found


def _step(found: Incident, step: str, fact: Envelope) -> None:
    at, deadline = fact["at"], found.deadline(step)
    in_time = deadline is None or at <= deadline
    spoken = ("reason", "apology", "talk")
    if step in spoken and step not in found.said:
        before = spoken[: spoken.index(step)]
        if all(each in found.said for each in before):
            found.said[step] = (at, in_time)
    before = rules.STEPS[: rules.STEPS.index(step)]
    if step in found.done or not all(each in found.done for each in before):
        return
    found.done[step] = at
    if in_time or step == "chance":
        rule, base = rules.RECOVERY[step]
        found.deeds.append(Deed(rule, base, at, fact["id"]))
