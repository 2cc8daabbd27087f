"""Channels by which nothing leaves just now, and who looks after the installation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from domain.alert import subject_of
from domain.steering import Steering
from projections import channels
from projections.filters import Library, Moment


class PausedChannel(NamedTuple):
    """`channel` is an internal id, `since` the first failure after which nothing worked, `admins` internal ids."""

    channel: str
    since: datetime
    admins: tuple[str, ...]


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[PausedChannel]:
    """As they stand now: a channel's past is of no interest to a check."""
    persons = steering.people.at(moment.at).persons
    admins = tuple(steering.person(each.id) for each in persons if "admin" in each.roles)
    found = []
    for state in channels.paused(library.views).values():
        subject = subject_of(library.ids, "channel", state.channel)
        if state.since <= moment.at and (subjects is None or subject in subjects):
            found.append(PausedChannel(subject, state.since, admins))
    return found
