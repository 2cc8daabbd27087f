"""Trying another rulebook on the whole past: the accounts, and the alerts by the policies of the check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from domain.rulebook import Rulebook
from projections import what_if as view
from projections.follow import Progress, steering_upto
from projections.replay import Portion
from projections.what_if import Found, WhatIf
from wiring.home import Konto, Opening
from wiring.processes import Processes, Tell, Work, as_many_as_help
from words import N_
from workers import replayed

PROCESS_ENDED = N_(
    "One of the processes that reckon the past ended before its work was done (exit code {exit}). Nothing was changed. "
    "Please try again; konto what-if with --processes 1 needs the least memory."
)


def what_if(
    konto: Konto, rulebook: Rulebook, at: datetime, tell: Progress | None = None, *, processes: int | None = 1
) -> WhatIf:
    """All that was recorded until now under this rulebook; nothing is changed.

    With more than one process, so many reckon beside this one, which only adds up; None = as many as help. Which
    program may ask for them: `processes.Processes`.
    """
    upto = konto.log.head()
    sides = view.sides(konto.follower.steering(upto), rulebook, at)
    ask = partial(view.what_if, konto.log, konto.library, konto.asker, sides, at, replayed, upto=upto, tell=tell)
    count = processes or as_many_as_help(upto)
    if count == 1:
        return ask()
    with Processes(count, PROCESS_ENDED) as beside:
        return ask(several=partial(_shared_out, beside, partial(_compare, konto.reading, rulebook, at, upto)))


def _shared_out(beside: Processes, work: Work, portions: Iterable[Portion]) -> Iterator[Found]:
    beside.begin(work)
    beside.give(portions)
    return (found for _, found in beside.told() if found is not None)


def _compare(
    opening: Opening, rulebook: Rulebook, at: datetime, upto: int, number: int, portions: Iterator[Portion], tell: Tell
) -> None:
    with opening() as (log, views):
        sides = view.sides(steering_upto(log, upto), rulebook, at)
        for portion in portions:
            tell(view.compared_in(log, views, sides, at, replayed, upto, portion))
