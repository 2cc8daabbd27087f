"""When a message may leave: in business time, outside quiet hours, for some once a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.business_time import Hours
from domain.people import People, Person
from domain.steering import Steering
from workers.recipients import Addressee, hours_of

MOST_STEPS = 400
"""So many openings are tried for one outside of quiet hours: whoever has none is written to at the next opening."""


class Habits(NamedTuple):
    """How somebody wants to get messages at a moment."""

    people: People
    person: Person | None
    hours: Hours

    @property
    def around_the_clock(self) -> bool:
        own = self.person.around_the_clock if self.person else None
        return self.people.around_the_clock if own is None else own

    @property
    def most_an_hour(self) -> int:
        own = self.person.most_an_hour if self.person else None
        return self.people.most_an_hour if own is None else own

    @property
    def digest(self) -> bool:
        return self.person is not None and self.person.digest


def habits(reader: Addressee | None, steering: Steering, at: datetime) -> Habits:
    return Habits(steering.people.at(at), reader.known if reader else None, hours_of(reader, steering, at))


def may_leave_at(habits: Habits, at: datetime) -> datetime:
    """The moment itself, or the first after it in business time and outside quiet hours, UTC."""
    found = at
    for _ in range(MOST_STEPS):
        opening = found if habits.around_the_clock else habits.hours.next_opening(found)
        quiet = habits.people.quiet_until(habits.person, opening)
        if quiet is None:
            return opening
        found = quiet
    return at if habits.around_the_clock else habits.hours.next_opening(at)


def leaves_at(habits: Habits, due: datetime, until: datetime | None, now: datetime) -> datetime:
    """When a message leaves that is due since some moment and is about something that holds until another; UTC.

    Who wants one message a day gets it then, and at once only what nobody could act on any more by then.
    """
    if habits.digest and ((daily := next_digest(habits, due)) <= now or until is None or daily < until):
        return daily if daily > now else habits.people.quiet_until(habits.person, now) or now
    return may_leave_at(habits, now)


def next_digest(habits: Habits, at: datetime) -> datetime:
    """The first daily message at a moment or after it: on business days, and not before quiet hours end."""
    assert habits.person is not None
    zone = habits.people.zone_of(habits.person)
    day = at.astimezone(zone).date()
    while True:
        if habits.around_the_clock or habits.hours.is_business_day(day):
            moment = habits.people.digest_on(habits.person, day)
            moment = habits.people.quiet_until(habits.person, moment) or moment
            if moment >= at:
                return moment
        day += timedelta(days=1)
