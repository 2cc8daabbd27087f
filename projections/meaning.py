"""Does the figure mean anything? The adviser and the account tested on the firm's own log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain import backtest, feedback
from domain.backtest import Backtest, OfAccount, Voice
from domain.log import Log
from domain.roles import Asker, allowed
from domain.steering import Steering
from projections import experiences, replay
from projections.filters import Library
from projections.follow import Progress
from projections.tables import Views


class OfAdviser(NamedTuple):
    """`since` is where the test begins: as asked, else in the middle."""

    since: datetime | None
    found: Backtest | None


class OfBalances(NamedTuple):
    """`left_out`: of so many customers something cannot be read."""

    since: datetime | None
    found: OfAccount
    left_out: int


def of_adviser(library: Library, asker: Asker, since: datetime | None, at: datetime) -> OfAdviser:
    """What the adviser would have said of each promise, against what became of it by `at`."""
    allowed(asker, "tests")
    known = experiences.every(library.views, at)
    since = since or middle([each.proposal.made_at for each in known if each.known_at is not None])
    rules = library.steering(None).rulebooks.at(at).advice
    return OfAdviser(since, backtest.of_adviser(known, rules, since, at))


def of_account(
    log: Log, library: Library, asker: Asker, since: datetime | None, at: datetime, tell: Progress | None = None
) -> OfBalances:
    """What the account showed before each feedback about a promise, against what the feedback was."""
    allowed(asker, "tests")
    steering = library.steering(None)
    rulebook = steering.rulebooks.at(at)
    missed = list[int]()
    heard = voices(log, library.views, replay.under(steering, rulebook), at, tell, missed.append)
    since = since or middle([each.at for each in heard])
    found = backtest.of_account(heard, since) if since else OfAccount(None, None)
    return OfBalances(since, found, sum(missed))


def voices(
    log: Log,
    views: Views,
    steering: Steering,
    at: datetime,
    tell: Progress | None = None,
    missed: replay.Missed = replay.nobody_hears,
) -> list[Voice]:
    """All feedback about promises by a moment, with what the account said just then; in order of time."""
    heard = [
        Voice(each.at, feedback.score(account.lines, each, steering.rulebooks) / 100, each.bad, each.fulfilled)
        for account in replay.accounts(log, views, steering, tell, missed)
        for each in feedback.said(account.relationship)
        if each.at <= at
    ]
    # By time alone, so that two rulebooks give them in one order.
    return sorted(heard, key=lambda each: each.at)


def middle(moments: Sequence[datetime]) -> datetime | None:
    """Half before, half from there on."""
    return sorted(moments)[len(moments) // 2] if moments else None
