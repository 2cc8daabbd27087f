"""The people document: who works here, who stands in for whom, who may see what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from domain.calendars import REVERSED_DAYS, clock_times
from domain.documents import Document, DocumentRefused, Items, Part, load, nearest
from domain.fact import Address, DayOrInstant, Label, ZoneName, finding
from domain.local_time import at_second, end_of_date, local_edge
from domain.roles import Role

# -- values -----------------------------------------------------------------------------------------

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def _quiet_hours(value: object) -> tuple[int, int]:
    first, last = clock_times(value)
    if first == last:
        raise finding("empty_span", EMPTY_SPAN, {"found": str(value)})
    return first, last


def _clock_time(value: object) -> int:
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise finding("not_a_clock_time", NOT_A_CLOCK_TIME, {"found": str(value)[:40]})
    return (int(match[1]) * 60 + int(match[2])) * 60


def _channel(name: str) -> str:
    if "://" in name:
        raise finding("secret_in_document", SECRET_IN_DOCUMENT, {})
    return name


QuietHours = Annotated[tuple[int, int], PlainValidator(_quiet_hours)]
"""From one time of the day to another, in seconds since midnight; the second may lie on the next day."""
ClockTime = Annotated[int, PlainValidator(_clock_time)]
"""A time of the day, in seconds since midnight."""
ManyAnHour = Annotated[int, Field(ge=1, le=100_000)]
ChannelName = Annotated[Label, AfterValidator(_channel)]


# -- tables -----------------------------------------------------------------------------------------


class Absence(Part):
    """Away from a date or moment to another; dates are included on both sides."""

    first: DayOrInstant = Field(alias="from")
    last: DayOrInstant = Field(alias="to")

    @model_validator(mode="after")
    def it_ends_after_it_begins(self) -> Self:
        first, last = (each.date() if isinstance(each, datetime) else each for each in (self.first, self.last))
        if last < first:
            raise finding("reversed_days", REVERSED_DAYS, {"first": first.isoformat(), "last": last.isoformat()})
        return self

    def covers(self, at: datetime, zone: ZoneInfo) -> bool:
        first = self.first if isinstance(self.first, datetime) else end_of_date(_day_before(self.first), zone)
        last = self.last if isinstance(self.last, datetime) else end_of_date(self.last, zone)
        return first <= at < last


class Person(Part):
    """One of us, as other systems and our messages know them."""

    id: Label
    name: Label
    email: Address | None = None
    aliases: Items[Label] = ()
    """User names in other systems."""
    language: Literal["de", "en"] = "de"
    roles: Items[Role] = ("owner",)
    team: Label | None = None
    stand_in: Label | None = None
    away: Items[Absence] = ()
    channels: Items[ChannelName] = ("email",)
    """In this order; every name but "email" is a channel from the settings, where its password lies."""
    quiet_hours: QuietHours | None = None
    digest: bool = False
    """One message a day instead of single ones."""
    digest_at: ClockTime | None = None
    most_an_hour: ManyAnHour | None = None
    around_the_clock: bool | None = None
    zone: ZoneName | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All that this person can be called by in facts."""
        return (self.id, *((self.email,) if self.email else ()), *self.aliases)

    @property
    def reachable_by(self) -> tuple[str, ...]:
        """The channels that can work at all."""
        return tuple(each for each in self.channels if each != "email" or self.email)


class Team(Part):
    """People who answer for something together, and who hears of it when they do not."""

    name: Label
    manager: Label | None = None
    escalation: Items[Label] = ()
    """After the manager, in this order; then the firm's manager, at last the shared inbox."""


class People(Document):
    """Everybody who works here. Empty as shipped: one local user, who may do everything."""

    zone: ZoneName = "Europe/Berlin"
    manager: Label | None = None
    """Of the whole firm: for whatever has no other manager."""
    shared_inbox: Address | None = None
    quiet_hours: QuietHours | None = None
    """For everybody without quiet hours of their own."""
    digest_at: ClockTime = 7 * 3600 + 30 * 60
    """When those who want one message a day get it, on their business days."""
    most_an_hour: ManyAnHour = 10
    """So many messages anybody gets in an hour; what is more comes together in the last of them."""
    around_the_clock: bool = False
    """Messages leave at any time, not only in the business time of whoever gets them."""
    persons: Items[Person] = ()
    teams: Items[Team] = ()

    # -- finding -------------------------------------------------------------------------------------

    def find(self, name: str | None) -> Person | None:
        """By id, e-mail address or a user name; capital letters make no difference."""
        return self._by_name.get(_folded(name)) if name is not None else None

    def team(self, name: str | None) -> Team | None:
        return self._team_by_name.get(_folded(name)) if name is not None else None

    def team_of(self, person: str | None) -> str | None:
        """The team that a person belongs to; None for unknown people."""
        found = self.find(person)
        return found.team if found else None

    def manager_of(self, person: str | None = None, team: str | None = None) -> Person | None:
        """The nearest manager above a person or a team who is not that person."""
        return next(iter(self.escalation_of(person, team)), None)

    def escalation_of(self, person: str | None = None, team: str | None = None) -> tuple[Person, ...]:
        """Who hears of it, one after the other: the team's manager, its chain, the firm's manager.

        Nobody twice, and never the person it is about. `team` defaults to the person's own.
        After the last of them comes the shared inbox.
        """
        own = self.find(person)
        unit = self.team(team) or self.team(self.team_of(person))
        names = [unit.manager, *unit.escalation] if unit else []
        chain: list[Person] = []
        for name in (*names, self.manager):
            found = self.find(name)
            if found and found != own and found not in chain:
                chain.append(found)
        return tuple(chain)

    def stand_in_for(self, person: str | None, at: datetime) -> Person | None:
        """Who is there for a person at a moment: themself, or the first of the stand-ins who is there.

        None for unknown people, and where the chain ends or comes back to where it was.
        """
        asked: set[str] = set()
        found = self.find(person)
        while found and self.is_away(found, at):
            if found.id in asked:
                return None
            asked.add(found.id)
            found = self.find(found.stand_in)
        return found

    def is_away(self, person: Person, at: datetime) -> bool:
        return any(each.covers(at, self.zone_of(person)) for each in person.away)

    def zone_of(self, person: Person) -> ZoneInfo:
        return ZoneInfo(person.zone or self.zone)

    def digest_on(self, person: Person, day: date) -> datetime:
        """When somebody gets their daily message on a day of theirs."""
        seconds = self.digest_at if person.digest_at is None else person.digest_at
        return at_second(local_edge(day, seconds, self.zone_of(person)))

    def quiet_until(self, person: Person | None, at: datetime) -> datetime | None:
        """When the quiet hours end that a moment lies in; None outside of them. `person` None = those of the firm."""
        quiet = person.quiet_hours if person and person.quiet_hours else self.quiet_hours
        if quiet is None:
            return None
        first, last = quiet
        zone = self.zone_of(person) if person else ZoneInfo(self.zone)
        today = at.astimezone(zone).date()
        for day in (_day_before(today), today):
            end = at_second(local_edge(day if first < last else _day_after(day), last, zone))
            if at_second(local_edge(day, first, zone)) <= at < end:
                return end
        return None

    @cached_property
    def _by_name(self) -> Mapping[str, Person]:
        return {_folded(name): person for person in self.persons for name in person.names}

    @cached_property
    def _team_by_name(self) -> Mapping[str, Team]:
        return {_folded(team.name): team for team in self.teams}

    # -- checking ------------------------------------------------------------------------------------

    def contradictions(self) -> Iterator[DocumentRefused]:
        yield from self._doubled()
        for number, person in enumerate(self.persons):
            place = ("persons", number)
            if person.team is not None and self.team(person.team) is None:
                known = nearest(person.team, [team.name for team in self.teams]) or "–"
                yield DocumentRefused("unknown_team", UNKNOWN_TEAM, (*place, "team"), found=person.team, known=known)
            if person.stand_in is not None:
                yield from self._unknown((*place, "stand_in"), person.stand_in)
                if self.find(person.stand_in) == person:
                    yield DocumentRefused("own_stand_in", OWN_STAND_IN, (*place, "stand_in"), found=person.id)
            if "channels" in person.model_fields_set and "email" in person.channels and person.email is None:
                yield DocumentRefused("no_address", NO_ADDRESS, (*place, "channels"), found=person.id)
        for number, team in enumerate(self.teams):
            if team.manager is not None:
                yield from self._unknown(("teams", number, "manager"), team.manager)
            for position, name in enumerate(team.escalation):
                yield from self._unknown(("teams", number, "escalation", position), name)
        if self.manager is not None:
            yield from self._unknown(("manager",), self.manager)

    def _doubled(self) -> Iterator[DocumentRefused]:
        known: dict[str, str] = {}
        for number, person in enumerate(self.persons):
            for name in dict.fromkeys(_folded(name) for name in person.names):
                if name in known:
                    yield DocumentRefused(
                        "doubled_name",
                        DOUBLED_NAME,
                        ("persons", number),
                        found=name,
                        first=known[name],
                        second=person.id,
                    )
                known.setdefault(name, person.id)
        teams: set[str] = set()
        for number, team in enumerate(self.teams):
            if _folded(team.name) in teams:
                yield DocumentRefused("doubled_team", DOUBLED_TEAM, ("teams", number, "name"), found=team.name)
            teams.add(_folded(team.name))

    def _unknown(self, place: tuple[str | int, ...], name: str) -> Iterator[DocumentRefused]:
        if self.find(name) is None:
            known = nearest(name, [person.id for person in self.persons]) or "–"
            yield DocumentRefused("unknown_person", UNKNOWN_PERSON, place, found=name, known=known)


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def _day_after(day: date) -> date:
    return day + timedelta(days=1)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def default_text() -> str:
    return files("domain").joinpath("defaults", "people.toml").read_text("utf-8")


@cache
def default() -> People:
    """What counts until the firm publishes its people: nobody is named."""
    return load(default_text(), People)


# -- sentences --------------------------------------------------------------------------------------

EMPTY_SPAN = "“{found}” is no span of time. Please write it like 18:00-07:00."
NOT_A_CLOCK_TIME = '“{found}” is no time of the day. Please write it as HH:MM, like "07:30".'
SECRET_IN_DOCUMENT = (
    "This channel is an address with a password in it, and this document is kept for ever. "
    "Please give the channel a name in the settings and write that name here."
)
UNKNOWN_TEAM = "There is no team “{found}” in this document. Possible is: {known}."
UNKNOWN_PERSON = "There is nobody called “{found}” in this document. Possible is: {known}."
OWN_STAND_IN = "“{found}” cannot stand in for themself. Please name somebody else."
NO_ADDRESS = '“{found}” is to get e-mails, but has no e-mail address. Please add a line: email = "…".'
DOUBLED_NAME = "“{found}” means both {first} and {second}. Please let it stand with one of the two."
DOUBLED_TEAM = "The team “{found}” stands here twice. Please keep one of the two."
