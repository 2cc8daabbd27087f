"""One promise with all that belongs to it: its life fact by fact, its lines in the account, the alerts about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.account import Posting
from domain.fact import SEALED, Fact, in_order
from domain.lives import standing
from domain.log import Log
from domain.outcome import Step, steps
from domain.promise import PromiseChanged, PromiseMade
from domain.roles import Asker, allowed, may
from domain.steering import Steering
from projections import alerts, audit, own_names, promises, statements
from projections.alerts import AlertRow
from projections.audit import Timeline
from projections.filters import Condition, Library, Moment
from projections.promises import PromiseRow


class OnePromise(NamedTuple):
    """`life`: the facts that count, with how the promise stood before and after each; their words in `told`.

    `timeline`: all facts of the promise in order of happening, also those recorded by mistake. `lines`: those of the
    account that come from it and stand at the moment.
    """

    row: PromiseRow
    life: tuple[Step, ...]
    told: Mapping[str, Fact]
    timeline: Timeline
    lines: tuple[Posting, ...]
    alerts: tuple[AlertRow, ...]


def find(log: Log, library: Library, asker: Asker, steering: Steering, name: str, moment: Moment) -> OnePromise | None:
    """By `source:id` or internal id; None where there is none or the asker may not see it, alike."""
    allowed(asker, "promises")
    thing = own_names.named(library, "promise", name).thing
    rows = promises.listed(library, asker, moment, among=Condition("?", [thing]))
    if not rows:
        return None
    row = rows[0]
    everything = audit.timeline(log, library, asker, row.customer, moment)
    entries = [entry for entry in everything.entries if entry.fact.stream == thing]
    history = log.histories([thing]).get(thing, [])
    about = Condition("a.subject = ?", [thing])
    return OnePromise(
        row=row,
        life=tuple(steps([fact for fact in standing(history) if fact.time <= moment.at], steering)),
        told={entry.fact.key: entry.fact for entry in entries},
        timeline=everything._replace(entries=entries),
        lines=tuple(
            line
            for line in statements.lines_of(library.views, row.customer)
            if line.subject == thing and line.stands_at(moment.at)
        ),
        alerts=tuple(alerts.listed(library, asker, among=about)) if may(asker, "alerts") else (),
    )


def plans_b(log: Log, things: Iterable[str]) -> dict[str, str]:
    """What the plan is where a promise cannot be kept, for those that have one; asked in one go for a page's rows."""
    histories = log.histories(things)
    said = {thing: _last_plan(facts) for thing, facts in histories.items()}
    words = {fact.key: fact for fact in log.opened([fact for fact in said.values() if fact])}
    plans = {thing: getattr(words[fact.key].data, "plan_b", None) for thing, fact in said.items() if fact}
    return {thing: plan for thing, plan in plans.items() if plan and plan != SEALED}


def _last_plan(history: list[Fact]) -> Fact | None:
    telling = [
        fact
        for fact in in_order(standing(history))
        if isinstance(fact.data, PromiseMade) or (isinstance(fact.data, PromiseChanged) and fact.data.says("plan_b"))
    ]
    return telling[-1] if telling else None
