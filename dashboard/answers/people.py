"""The people document and the calendars in words, with what is still missing in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from dashboard.answers import per_person
from dashboard.answers.moments import day_of
from dashboard.answers.rights import refusal
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.people import Away, CalendarRow, Closed, Missing, PeopleAndHours, PersonRow, TeamRow
from domain.calendars import Calendar, Calendars
from domain.people import Absence, People, Person
from domain.roles import may
from wiring.home import Konto

AHEAD_DAYS = 366
SHOWN_CLOSED, SHOWN_AWAY = 6, 3
GERMANY = "DE"


def everybody(konto: Konto, reader: Reader) -> PeopleAndHours | Refusal:
    if refused := refusal(konto, "documents", reader):
        return refused
    now = konto.clock()
    people, calendars = konto.steering.people.at(now), konto.steering.calendars.at(now)
    today = day_of(now, reader)
    manager = people.find(people.manager)
    return PeopleAndHours(
        persons=tuple(_person(each, people, now) for each in people.persons),
        teams=tuple(_teams(people, calendars)),
        calendars=tuple(_calendar(name, calendars, today, reader.lang) for name in _in_order(calendars)),
        manager=manager.name if manager else None,
        shared_inbox=people.shared_inbox,
        missing=tuple(missing(people, calendars)),
        may_publish_people=may(konto.asker, "publish_people"),
        may_publish_calendars=may(konto.asker, "publish_calendars"),
        openings=per_person.openings(konto, reader),
        may_open_figures=may(konto.asker, "open_figures"),
    )


def missing(people: People, calendars: Calendars) -> Iterator[Missing]:
    if not people.persons:
        yield "people"
    usual = calendars.calendars[calendars.default]
    if usual.country is None:
        yield "holidays"
    elif usual.country == GERMANY and usual.land is None:
        yield "land"


def _person(person: Person, people: People, now: datetime) -> PersonRow:
    today = now.astimezone(people.zone_of(person)).date()
    stand_in = people.find(person.stand_in)
    spans = sorted(_days(each) for each in person.away)
    return PersonRow(
        name=person.name,
        roles=person.roles,
        team=person.team,
        stand_in=stand_in.name if stand_in else None,
        away=away_now(person, people, now),
        later=tuple(each for each in spans if each.first > today)[:SHOWN_AWAY],
        reachable=bool(person.reachable_by),
    )


def away_now(person: Person, people: People, now: datetime) -> Away | None:
    zone = people.zone_of(person)
    return next((_days(each) for each in person.away if each.covers(now, zone)), None)


def _days(absence: Absence) -> Away:
    first, last = (each.date() if isinstance(each, datetime) else each for each in (absence.first, absence.last))
    return Away(first, last)


def _teams(people: People, calendars: Calendars) -> Iterator[TeamRow]:
    for team in people.teams:
        manager = people.find(team.manager)
        then = (people.find(name) for name in team.escalation)
        names = tuple(each.name for each in then if each is not None)
        yield TeamRow(team.name, manager.name if manager else None, names, _calendar_of(team.name, calendars))


def _calendar_of(team: str, calendars: Calendars) -> str:
    hours = calendars.for_team(team)
    return next(name for name, each in calendars.calendars.items() if each.opening_hours is hours)


def _in_order(calendars: Calendars) -> list[str]:
    """The usual one first."""
    return [calendars.default, *(name for name in calendars.calendars if name != calendars.default)]


def _calendar(name: str, calendars: Calendars, today: date, lang: str) -> CalendarRow:
    calendar = calendars.calendars[name]
    return CalendarRow(
        name=name,
        usual=name == calendars.default,
        teams=tuple(team for team, own in calendars.teams.items() if own == name),
        zone=calendar.zone,
        country=calendar.country,
        land=calendar.land,
        week=tuple(tuple((each.opens_seconds, each.closes_seconds) for each in day) for day in calendar.hours.week),
        closed=tuple(_closed(calendar, today, lang))[:SHOWN_CLOSED],
    )


def _closed(calendar: Calendar, today: date, lang: str) -> Iterator[Closed]:
    """Days on which one would usually work, those in a row for one reason together."""
    hours, run = calendar.opening_hours, None
    for number in range(AHEAD_DAYS):
        day = today + timedelta(days=number)
        if not calendar.hours.week[day.weekday()]:
            continue
        why = hours.why_closed(day, lang)
        if run is not None and run.reason == why:
            run = run._replace(last=day)
            continue
        if run is not None:
            yield run
        run = None if why is None else Closed(day, day, why)
    if run is not None:
        yield run
