"""What an account says at a moment: buffer and stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Literal, NamedTuple

from domain.account.curve import Curve
from domain.account.posting import DAY_SECONDS, Posting, Rulebooks, balance, days_between


def buffer(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks, *, now: int | None = None) -> float:
    """How many usual withdrawals the balance would bear; `now`: the balance, where it is known already."""
    rules = rulebooks.at(at)
    withdrawals = [
        -points
        for line in lines
        if line.stands_at(at)
        and days_between(line.time, at) <= rules.buffer.days
        and (points := line.points_at(at, rulebooks)) < 0
    ]
    enough = len(withdrawals) >= max(1, rules.buffer.fewest_withdrawals)
    usual = median(withdrawals) if enough else rules.buffer.usual_withdrawal
    return (balance(lines, at, rulebooks) if now is None else now) / usual


class Stage(NamedTuple):
    """`name` and the figure that decides, in hundredths (or a count for `new`)."""

    name: Literal["lost", "recovering", "strained", "new", "solid", "building"]
    reason: str
    figure: int = 0


def stage(
    lines: Sequence[Posting],
    at: datetime,
    rulebooks: Rulebooks,
    *,
    reliability_low: float | None,
    left: bool = False,
    recovering: bool = False,
    now: int | None = None,
) -> Stage:
    """The first that fits (SPEC 5). `reliability_low`: lower bound of the interval, None if nothing is known.

    `recovering`: an incident of normal or higher severity is open. `now`: the balance, where it is known already.
    """
    worth = rulebooks.at(at).stage
    if left:
        return Stage("lost", "left")
    now = balance(lines, at, rulebooks) if now is None else now
    standing = [line for line in lines if line.stands_at(at)]
    if now < worth.lost_below:
        return Stage("lost", "balance_below", worth.lost_below)
    if recovering:
        return Stage("recovering", "incident_open")
    if now < worth.strained_below:
        return Stage("strained", "balance_below", worth.strained_below)
    fall = _fall(lines, at, rulebooks, now)
    if fall >= worth.strained_after_fall:
        return Stage("strained", "fell_by", fall)
    if len(standing) < worth.new_below_lines:
        return Stage("new", "few_lines", len(standing))
    if now >= worth.solid_from and (reliability_low or 0.0) >= worth.solid_reliability:
        return Stage("solid", "balance_and_reliability", now)
    return Stage("building", "on_the_way", now)


def highest(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks) -> int:
    """The highest balance of the days before, taken where it can have its peak: around each line."""
    curve = Curve(lines, rulebooks)
    return _top(curve, _peaks(lines, at, rulebooks), lines, rulebooks)


def _fall(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks, now: int) -> int:
    """By how much it lies below that; 0 where it can only be less than what counts."""
    curve = Curve(lines, rulebooks)
    peaks = _peaks(lines, at, rulebooks)
    if max(map(curve.at, peaks)) + curve.off - now < rulebooks.at(at).stage.strained_after_fall:
        return 0
    return _top(curve, peaks, lines, rulebooks) - now


def _peaks(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks) -> set[datetime]:
    start = at.timestamp() - rulebooks.at(at).stage.fall_days * DAY_SECONDS
    begin = datetime.fromtimestamp(start, UTC)
    around = {moment for line in lines for moment in (line.time, line.time - datetime.resolution)}
    return {begin, at} | {moment for moment in around if begin <= moment <= at}


def _top(curve: Curve, moments: set[datetime], lines: Sequence[Posting], rulebooks: Rulebooks) -> int:
    """Only around the top of the curve, which is nearly right, the lines are added up one by one."""
    about = {moment: curve.at(moment) for moment in moments}
    near = max(about.values()) - 2 * curve.off
    return max(balance(lines, moment, rulebooks) for moment, height in about.items() if height >= near)
