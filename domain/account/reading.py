"""What an account says at a moment: balance, buffer and stage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Literal, NamedTuple

from domain.account.posting import DAY_SECONDS, Posting, Rulebooks, days_between


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
        and days_between(line.time, at) <= rules.buffer.days
        and (points := line.points_at(at, rulebooks)) < 0
    ]
    enough = len(withdrawals) >= max(1, rules.buffer.fewest_withdrawals)
    usual = median(withdrawals) if enough else rules.buffer.usual_withdrawal
    return balance(lines, at, rulebooks) / usual


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
) -> Stage:
    """The first that fits (SPEC 5). `reliability_low`: lower bound of the interval, None if nothing is known.

    `recovering`: an incident of normal or higher severity is open.
    """
    worth = rulebooks.at(at).stage
    if left:
        return Stage("lost", "left")
    now = balance(lines, at, rulebooks)
    standing = [line for line in lines if line.stands_at(at)]
    if now < worth.lost_below:
        return Stage("lost", "balance_below", worth.lost_below)
    if recovering:
        return Stage("recovering", "incident_open")
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
