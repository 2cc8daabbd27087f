"""Customers from whom something stays away: a word, feedback, or what we used to do for them, and since when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from domain.alert import Occasion, Rule, Whose
from domain.habits import habit, silent_from
from domain.lasting import since_by_versions
from domain.rulebook import Rulebook
from domain.steering import Steering
from projections.active import Active, active, among
from projections.filters import Library, Moment
from projections.rhythm import approaches, two_way
from projections.tables import instant


class Missed(NamedTuple):
    """A habit of ours that has lapsed."""

    purpose: str
    since: datetime


class Quiet(NamedTuple):
    """An active customer of whom something of this holds, each with since when; internal ids, times UTC."""

    customer: str
    owner: str | None
    team: str | None
    silent: datetime | None
    without_feedback: datetime | None
    missed: tuple[Missed, ...]
    """By purpose."""

    def occasion(self, rule: Rule, since: datetime, detail: str = "") -> Occasion:
        whose = Whose(customer_owner=self.owner, team=self.team)
        return Occasion(rule, self.customer, self.customer, since, whose, detail=detail)


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[Quiet]:
    """In order of internal ids; only these customers, None = all. `since` saves nothing here: it follows at once.

    Costs a walk through the times of all facts and contacts of the active customers. No fact is folded.
    """
    spoke, feedback = two_way(library, moment, subjects), _feedback(library, moment, subjects)
    habits = _by_customer(approaches(library, moment, subjects))
    found = (
        Quiet(
            each.customer,
            each.owner,
            each.team,
            _silent(each, spoke.get(each.customer, []), steering, moment.at),
            _without_feedback(each, feedback.get(each.customer), steering, moment.at),
            tuple(_missed(each, habits.get(each.customer, {}), steering, moment.at)),
        )
        for each in active(library, moment, subjects=subjects).values()
    )
    return [each for each in found if each.silent or each.without_feedback or each.missed]


# -- since when -----------------------------------------------------------------------------------------


def _silent(customer: Active, spoke: Sequence[datetime], steering: Steering, at: datetime) -> datetime | None:
    def begins(book: Rulebook) -> datetime:
        return silent_from(spoke, customer.first, book.silence)

    return _held(customer, begins, steering, at)


def _without_feedback(customer: Active, last: datetime | None, steering: Steering, at: datetime) -> datetime | None:
    """The days count from when they became active at the earliest: who came yesterday owes us no word."""
    heard = customer.begun if last is None else max(last, customer.begun)

    def begins(book: Rulebook) -> datetime:
        return heard + timedelta(days=book.alerts.feedback_silent_days)

    return _held(customer, begins, steering, at)


def _missed(
    customer: Active, habits: Mapping[str, Sequence[datetime]], steering: Steering, at: datetime
) -> Iterator[Missed]:
    for purpose, times in sorted(habits.items()):
        since = _held(customer, partial(_lapses, times), steering, at)
        if since is not None:
            yield Missed(purpose, since)


def _lapses(times: Sequence[datetime], book: Rulebook) -> datetime | None:
    made = habit(times, book.habits)
    return None if made is None else made.lapses_at


def _held(
    customer: Active, begins: Callable[[Rulebook], datetime | None], steering: Steering, at: datetime
) -> datetime | None:
    """Nothing holds from before they were an active customer."""
    since = since_by_versions(steering.rulebooks, at, begins)
    return None if since is None else max(since, customer.begun)


# -- loading ----------------------------------------------------------------------------------------------


def _feedback(library: Library, moment: Moment, subjects: Collection[str] | None) -> dict[str, datetime]:
    """When each customer last gave any."""
    named = among("t.customer", subjects)
    rows = library.views.rows(
        f"SELECT t.customer, MAX(t.time) FROM timeline t WHERE t.type = 'feedback.given' AND t.time <= {moment.us} "
        f"AND {moment.knows('t')} AND {named.sql} GROUP BY t.customer",
        named.params,
    )
    return {row[0]: last for row in rows if (last := instant(row[1])) is not None}


def _by_customer(approached: Mapping[tuple[str, str], list[datetime]]) -> dict[str, dict[str, list[datetime]]]:
    found: dict[str, dict[str, list[datetime]]] = {}
    for (customer, purpose), times in approached.items():
        found.setdefault(customer, {})[purpose] = times
    return found
