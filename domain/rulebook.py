"""The rulebook: what each deed is worth, as validated data. Points are integers in hundredths."""

from __future__ import annotations

import math
import tomllib
from bisect import bisect_right
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from domain.alert import Rule
from domain.documents import Document, Items, Part, load
from domain.fact import Channel, Kind, finding


def hundredths(points: float) -> int:
    """Rounded half away from zero, so that a deposit and a withdrawal of one size stay equal."""
    return int(points * 100 + 0.5) if points >= 0 else -int(0.5 - points * 100)


MOST_POINTS = 100


def _points(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return value
    if abs(value) > MOST_POINTS:
        raise finding(
            "out_of_range",
            "{found} points are too many; from -{most} to {most} are possible.",
            {"found": f"{value:g}", "most": MOST_POINTS},
        )
    return hundredths(value)


Points = Annotated[int, BeforeValidator(_points)]
Deposit = Annotated[Points, Field(ge=0)]
Withdrawal = Annotated[Points, Field(le=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, le=100_000)]
Count = Annotated[int, Field(ge=0, le=100_000)]


class Late(NamedTuple):
    """Points by days past the due, linear between the knots, flat after the last."""

    days: tuple[float, ...]
    points: tuple[int, ...]

    def at(self, days: float) -> float:
        """Hundredths of points, not yet rounded."""
        if days <= self.days[0]:
            return self.points[0]
        place = bisect_right(self.days, days)
        if place == len(self.days):
            return self.points[-1]
        left, low = self.days[place - 1], self.points[place - 1]
        return low + (self.points[place] - low) * (days - left) / (self.days[place] - left)

    def shares(self, days: float) -> tuple[tuple[int, float], ...]:
        """Which knots the points at so many days come from, each with its share."""
        if days <= self.days[0]:
            return ((0, 1.0),)
        for place, (left, right) in enumerate(pairwise(self.days)):
            if days < right:
                share = (days - left) / (right - left)
                return ((place, 1 - share), (place + 1, share))
        return ((len(self.days) - 1, 1.0),)


def _late(value: object) -> object:
    if isinstance(value, Late):
        return value
    pairs = value if isinstance(value, list) else []
    if not pairs or not all(_is_pair(each) for each in pairs):
        raise finding("wrong_form", "Write pairs of days and points, such as [[0, -2], [1, -3]].", {})
    days = tuple(float(day) for day, _ in pairs)
    points: tuple[Any, ...] = tuple(_points(each) for _, each in pairs)
    if days[0] != 0 or any(left >= right for left, right in pairwise(days)):
        raise finding("wrong_order", "The days begin at 0 and grow from pair to pair.", {})
    if points[0] > 0 or any(left < right for left, right in pairwise(points)):
        raise finding("wrong_order", "Being later never costs less: the points fall from pair to pair.", {})
    return Late(days=days, points=points)


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(number) in (int, float) and math.isfinite(number) for number in value)
    )


class PromiseRules(Part):
    kept: Deposit
    kept_after_timely_move: Deposit
    kept_after_late_move: Points
    exceeded: Deposit
    exceeded_full_at: Annotated[float, Field(gt=1, le=100)]
    late: Annotated[Late, BeforeValidator(_late)]
    broken: Withdrawal
    partly_at_zero: Withdrawal
    partly_per_degree: Deposit
    moved_in_time: Withdrawal
    moved_in_time_without_alternative: Withdrawal
    moved_late: Withdrawal
    moved_late_without_alternative: Withdrawal
    moved_for_customer: Points
    withdrawn: Withdrawal
    withdrawn_with_one: Withdrawal
    withdrawn_without: Withdrawal
    withdrawn_late: Withdrawal
    soft: Share
    unconfirmed: Share = 0.0
    partial_from: Share
    price_tolerance: Share
    estimate_tolerance: Share

    @model_validator(mode="after")
    def keeping_is_worth_more_than_breaking(self) -> Self:
        if self.kept <= self.broken:
            raise finding("wrong_order", "A kept promise must be worth more than a broken one.", {})
        return self


class NoticeRules(Part):
    most_hours: Positive
    least_hours: Positive
    share: Share
    at_most_share: Share

    def needed(self, quiet: int) -> float:
        """Business seconds of notice that are in time; `quiet` = business seconds from making to the due."""
        return min(
            self.most_hours * 3600,
            max(self.least_hours * 3600, quiet * self.share),
            quiet * self.at_most_share,
        )


class CustomerRules(Part):
    honest_no: Deposit
    honest_no_with_alternative: Deposit
    feedback_worst: Withdrawal
    feedback_best: Deposit
    referral: Deposit
    owner_changed: Withdrawal


class AnswerRules(Part):
    target_hours: Positive
    channel_hours: dict[Channel, Positive]
    given_up_after: Annotated[float, Field(ge=1, le=100)]
    in_time: Deposit
    late: Withdrawal
    never: Withdrawal
    chased: Withdrawal

    def target_seconds(self, channel: str | None) -> int:
        """Business seconds for an answer on this channel."""
        own = (hours for known, hours in self.channel_hours.items() if known == channel)
        return round(next(own, self.target_hours) * 3600)


class ContactRules(Part):
    follow_up: Deposit
    check_in: Deposit
    needs: Deposit
    advice: Deposit
    idea_adopted: Deposit
    courtesy: Deposit
    service: Deposit
    apart_days: Positive
    follow_up_kinds: Items[Kind]


class IncidentRules(Part):
    minor: Withdrawal
    normal: Withdrawal
    serious: Withdrawal
    untruth: Withdrawal
    admitted: Share


class RecoveryRules(Part):
    """The steps by their names in recovery.py."""

    reason: Deposit
    apology: Deposit
    chance: Deposit
    talk: Deposit
    offer_accepted: Deposit
    resolved: Deposit
    cap: Share
    cap_repeated: Share
    repeated_days: Positive
    reason_hours: Positive
    apology_hours: Positive
    chance_hours: Positive
    talk_hours: Positive
    resolution_hours: Positive


class SensitivityRules(Part):
    least: Annotated[float, Field(gt=0, le=1)]
    most: Annotated[float, Field(ge=1, le=10)]
    weight_of_prior: Positive
    reaction_days: Positive
    firm_reactions: Annotated[float, Field(ge=0, le=1000)]


class SilenceRules(Part):
    usual_gaps: Positive
    until_known_days: Positive
    known_from_contacts: Annotated[int, Field(ge=2, le=1000)]


class HabitRules(Part):
    fewest_contacts: Annotated[int, Field(ge=3, le=1000)]
    quartiles_within: Share
    lapsed_after: Positive


class CardRules(Part):
    months: Annotated[int, Field(ge=1, le=120)]
    yellow_from: Annotated[int, Field(ge=1, le=1000)]
    red_from: Annotated[int, Field(ge=1, le=1000)]

    @model_validator(mode="after")
    def red_comes_after_yellow(self) -> Self:
        if self.red_from <= self.yellow_from:
            raise finding("wrong_order", "The red card comes after the yellow one.", {})
        return self


class NewnessRules(Part):
    factor: Annotated[float, Field(ge=1, le=10)]
    promises: Annotated[int, Field(ge=1, le=1000)]
    days: Positive

    def at(self, settled: int, days: float) -> float:
        """Full for the newest, 1 for those who know us; falls in between (SPEC 5)."""
        acquaintance = min(settled / self.promises, max(days, 0.0) / self.days)
        return max(1.0, min(self.factor, self.factor - (acquaintance - 1) * (self.factor - 1)))


class FadingRules(Part):
    half_life_days: Positive | Literal["none"]

    def at(self, days: float) -> float:
        return 1.0 if self.half_life_days == "none" else 2.0 ** (-days / self.half_life_days)


class ReliabilityRules(Part):
    half_life_days: Positive
    weight_of_prior: Positive
    firm_rate: Share
    shown_from: Count


class AdviceRules(Part):
    memory_days: Annotated[Items[Positive], Field(min_length=1, max_length=20)]
    half_life_days: Positive
    weight_of_firm: Positive
    weight_of_prior: Positive
    judged_days: Positive
    fewest_promises: Count
    safe: Annotated[float, Field(gt=0, lt=1)]
    at_risk: Annotated[float, Field(gt=0, lt=1)]
    overload_kept: Share


class AlertRules(Part):
    due_soon_days: Annotated[int, Field(ge=1, le=60)]
    last_call_hours: Positive
    moved_again_from: Annotated[int, Field(ge=1, le=100)]
    unanswered_at: Annotated[float, Field(gt=0, lt=1)]
    recovery_at: Annotated[float, Field(gt=0, lt=1)]
    fall_points: Annotated[Points, Field(gt=0)]
    fall_days: Positive
    thin_buffer: Positive
    feedback_silent_days: Positive
    drift_weeks: Annotated[int, Field(ge=4, le=520)]
    drift_spread: Positive
    again_after_days: Positive
    escalate_after_hours: Positive
    not_escalated: Items[Rule]

    @property
    def last_call_seconds(self) -> int:
        return round(self.last_call_hours * 3600)

    @property
    def escalate_after_seconds(self) -> int:
        return round(self.escalate_after_hours * 3600)


class CalibrationRules(Part):
    fewest_cases: Annotated[int, Field(ge=1, le=100_000)]
    prior_spread: Annotated[float, Field(gt=0, le=10)]
    half_life_days: Positive


class BufferRules(Part):
    days: Positive
    fewest_withdrawals: Count
    usual_withdrawal: Annotated[Points, Field(gt=0)]


class StageRules(Part):
    lost_below: Points
    strained_below: Points
    strained_after_fall: Deposit
    fall_days: Positive
    new_below_lines: Count
    solid_from: Points
    solid_reliability: Share


class Rulebook(Document):
    """A section that came with a later version may be missing in an older rulebook; then the shipped one counts."""

    promise: PromiseRules
    notice: NoticeRules
    customer: CustomerRules
    answers: AnswerRules
    contacts: ContactRules
    incident: IncidentRules
    recovery: RecoveryRules
    sensitivity: SensitivityRules
    silence: SilenceRules
    habits: HabitRules
    cards: CardRules
    newness: NewnessRules
    fading: FadingRules
    reliability: ReliabilityRules
    advice: AdviceRules
    calibration: CalibrationRules
    alerts: AlertRules
    buffer: BufferRules
    stage: StageRules

    @model_validator(mode="before")
    @classmethod
    def an_older_one_has_the_shipped_sections(cls, written: Any) -> Any:
        if not isinstance(written, dict):
            return written
        missing = [name for name in CAME_LATER if name not in written]
        return {**{name: shipped()[name] for name in missing}, **written}


CAME_LATER = (
    "answers", "contacts", "incident", "recovery", "sensitivity", "silence", "habits", "cards", "advice", "calibration",
    "alerts",
)  # fmt: skip
"""Sections that the first rulebooks did not have."""


def default_text() -> str:
    return resources.files("domain").joinpath("defaults/rulebook.toml").read_text("utf-8")


@cache
def shipped() -> dict[str, Any]:
    """The shipped rulebook as written, section by section."""
    return tomllib.loads(default_text())


@cache
def default() -> Rulebook:
    return load(default_text(), Rulebook)
