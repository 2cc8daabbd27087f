"""A calibration from the firm's own log: what customers did, and how a rulebook fits to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain import backtest, rulebook
from domain.account import LOWEST_QUARTER, Posting, Rulebooks
from domain.account.weights import shares
from domain.backtest import OfAccount, Voice
from domain.calibration import Calibration, Case, calibrated, prior_of, weights_of
from domain.customer import CustomerLeft, FeedbackGiven, ReferralGiven
from domain.fact import Fact
from domain.lives import kind_of
from domain.log import Log
from domain.relationship import Relationship
from domain.roles import Asker, allowed
from projections import meaning, replay
from projections.filters import Library
from projections.follow import Progress

FITTED_SHARE = 0.75
"""Without a moment the first three quarters are fitted, and the rest shows what that is worth."""


class Outcome(NamedTuple):
    """`before` and `after`: the backtest from `until` on, under today's rulebook and under the fitted one.

    `is_better`: the fitted one was less surprised, by more than chance. `left_out`: of so many customers something
    cannot be read.
    """

    until: datetime
    calibration: Calibration
    before: OfAccount
    after: OfAccount
    is_better: bool
    left_out: int


def calibrate(
    log: Log, library: Library, asker: Asker, until: datetime | None, at: datetime, tell: Progress | None = None
) -> Outcome | None:
    """Fitted on what customers did before `until`, tested on what they did then; None where they did nothing."""
    allowed(asker, "tests")
    steering = library.steering(None)
    today = steering.rulebooks.at(at)
    prior = prior_of(today, rulebook.default())
    missed = list[int]()
    accounts = replay.accounts(log, library.views, replay.under(steering, prior), tell, missed.append)
    cases, totals = _gathered(accounts, replay.under(steering, prior).rulebooks, at)
    if not cases:
        return None
    moments = sorted(case.at for case in cases)
    until = until or moments[int(len(moments) * FITTED_SHARE)]
    found = calibrated([case for case in cases if case.at < until], totals, today, prior, until)

    def heard(rules: rulebook.Rulebook) -> list[Voice]:
        return meaning.voices(log, library.views, replay.under(steering, rules), at, tell)

    old = heard(today)
    new = old if found.rulebook == today else heard(found.rulebook)
    return Outcome(
        until,
        found,
        backtest.of_account(old, until),
        backtest.of_account(new, until),
        backtest.is_better(old, new, until),
        sum(missed),
    )


def _gathered(
    accounts: Iterator[replay.Account], rulebooks: Rulebooks, at: datetime
) -> tuple[list[Case], Mapping[str, float]]:
    """All cases by a moment, and what each weight came to over all accounts, in absolute points."""
    cases: list[Case] = []
    totals: Counter[str] = Counter()
    for account in accounts:
        cases += (case for case in _cases(account.relationship, account.lines, rulebooks) if case.at <= at)
        for line in account.lines:
            if not line.provisional and line.time <= at:
                totals.update(
                    {weight: abs(points) for weight, points in _parts(line, line.points, line.time, rulebooks)}
                )
    return cases, totals


def _cases(relationship: Relationship, lines: Sequence[Posting], rulebooks: Rulebooks) -> Iterator[Case]:
    """Feedback about a promise beside the lines of that promise; whatever else they did beside the whole account."""
    for fact in relationship.own:
        bad = _bad(fact)
        if bad is None:
            continue
        about = relationship.named(getattr(fact.data, "about", None))
        if about and kind_of(about[0].stream) == "promise":
            group, own = "promise", [line for line in lines if line.subject == about[0].stream]
        else:
            # Of one instant, what they did is what the account answers to, not a part of it.
            group, own = "account", [line for line in lines if line.fact != fact.key]
        yield Case(fact.time, group, parts_of(own, fact.time, rulebooks), bad)


def _bad(fact: Fact) -> bool | None:
    """Whether what a customer did was bad for us; None = it says nothing."""
    match fact.data:
        case FeedbackGiven() as feedback:
            return feedback.normalised <= LOWEST_QUARTER
        case CustomerLeft():
            return True
        case ReferralGiven():
            return False
    return None


def parts_of(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks) -> dict[str, float]:
    """What each weight of the rulebook has come to at a moment, factors and fading included, in points."""
    parts: dict[str, float] = {}
    for line in lines:
        if line.stands_at(at):
            for weight, points in _parts(line, line.counts_at(at, rulebooks), at, rulebooks):
                parts[weight] = parts.get(weight, 0.0) + points
    return parts


def _parts(line: Posting, points: int, at: datetime, rulebooks: Rulebooks) -> Iterator[tuple[str, float]]:
    """A line's points, parted as its base is put together."""
    weights = weights_of(rulebooks.at(at))
    of_each = [(share.weight, share.times * weights[share.weight]) for share in shares(line, at, rulebooks)]
    whole = sum(base for _, base in of_each)
    if whole:
        for weight, base in of_each:
            yield weight, points / 100 * base / whole
