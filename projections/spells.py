"""Spells in a customer's past: when a word, feedback or a habit of ours stayed away, and when they were active.

Each function is a pure one of the facts. `lives`: while they were an active customer; of nobody else is anything told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.account.watching import Watch
from domain.contact import ContactInbound, ContactOutbound
from domain.customer import FeedbackGiven
from domain.fact import Fact
from domain.habits import habit, silent_from
from domain.lasting import Condition
from domain.relationship import Relationship
from domain.steering import Steering
from projections.active import ACTIVE
from projections.contacts import SPOKEN


class Spell(NamedTuple):
    """Something held from `start` on until before `end`; None = still."""

    start: datetime
    end: datetime | None


def shown(watch: Watch, holds: Condition, lives: Iterable[Spell]) -> Iterator[Spell]:
    """While the account showed it."""
    for life in lives:
        assert life.end is not None
        yield from (Spell(*span) for span in watch.spells(holds, life.start, life.end))


def silent(relationship: Relationship, lives: Iterable[Spell], steering: Steering) -> Iterator[Spell]:
    spoke = sorted(fact.time for fact in contacts_of(relationship) if is_two_way(fact))
    for life in lives:
        for place, heard in _pieces(spoke, life):
            rules = steering.rulebooks.at(heard.start).silence
            yield from _from(silent_from(spoke[:place], relationship.first_fact, rules), heard)


def without_feedback(relationship: Relationship, lives: Iterable[Spell], steering: Steering) -> Iterator[Spell]:
    given = sorted(fact.time for fact in relationship.facts if isinstance(fact.data, FeedbackGiven))
    for life in lives:
        for _, heard in _pieces(given, life):
            rules = steering.rulebooks.at(heard.start).alerts
            yield from _from(heard.start + timedelta(days=rules.feedback_silent_days), heard)


def lapsed(relationship: Relationship, lives: Sequence[Spell], steering: Steering) -> dict[str, list[Spell]]:
    """By the purpose of what used to be done."""
    times: dict[str, list[datetime]] = {}
    for fact in contacts_of(relationship):
        if isinstance(fact.data, ContactOutbound):
            times.setdefault(fact.data.purpose, []).append(fact.time)
    return {purpose: list(_lapsed(sorted(came), lives, steering)) for purpose, came in times.items()}


def _lapsed(came: Sequence[datetime], lives: Iterable[Spell], steering: Steering) -> Iterator[Spell]:
    for life in lives:
        for place, heard in _pieces(came, life):
            made = habit(came[:place], steering.rulebooks.at(heard.start).habits)
            if made is not None:
                yield from _from(made.lapses_at, heard)


def _from(begins: datetime, heard: Spell) -> Iterator[Spell]:
    """What begins at an instant, as long as nothing new is heard."""
    start = max(begins, heard.start)
    if heard.end is None or start < heard.end:
        yield Spell(start, heard.end)


def _pieces(moments: Sequence[datetime], life: Spell) -> Iterator[tuple[int, Spell]]:
    """The life cut by the moments, each piece with how many of them had come by then."""
    start = life.start
    for place, moment in enumerate(moments):
        if moment > start:
            if life.end is not None and moment >= life.end:
                yield place, Spell(start, life.end)
                return
            yield place, Spell(start, moment)
            start = moment
    yield len(moments), Spell(start, life.end)


def active(relationship: Relationship) -> list[Spell]:
    """While they were an active customer: a fact within a year, and not left (SPEC 4)."""
    times = sorted({fact.time for fact in relationship.facts})
    lives: list[Spell] = []
    for place, start in enumerate(times):
        standing = relationship.at(start)
        if standing.kind != "customer" or standing.left_at is not None:
            continue
        end = start + ACTIVE
        if place + 1 < len(times):
            end = min(end, times[place + 1])
        if lives and lives[-1].end == start:
            lives[-1] = Spell(lives[-1].start, end)
        else:
            lives.append(Spell(start, end))
    return lives


def contacts_of(relationship: Relationship) -> Iterator[Fact]:
    return (fact for history in relationship.contacts.values() for fact in history)


def is_two_way(fact: Fact) -> bool:
    data = fact.data
    return isinstance(data, ContactInbound) or (isinstance(data, ContactOutbound) and data.channel in SPOKEN)
