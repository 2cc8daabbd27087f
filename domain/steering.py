"""The three documents that steer the product, each as it was valid through time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from domain import calendars, people, rulebook
from domain.business_time import Hours
from domain.calendars import Calendars
from domain.document import DocumentKind, DocumentPublished
from domain.documents import Document, Versions, load
from domain.fact import Fact
from domain.firm import FirmRatesSet, Rates
from domain.people import People, Person
from domain.rulebook import Rulebook

MODELS: dict[DocumentKind, type[Document]] = {
    "rulebook": Rulebook,
    "calendars": Calendars,
    "people": People,
}


@dataclass(frozen=True)
class Steering:
    """`person` gives the internal id of a name, as the log holds it."""

    person: Callable[[str], str]
    rulebooks: Versions[Rulebook]
    calendars: Versions[Calendars]
    people: Versions[People]
    rates: tuple[tuple[datetime, Rates], ...] = ()
    """The firm's own rates, each from the instant at which it begins to count, in order of time."""
    _known: dict[int, dict[str, Person]] = field(default_factory=dict, compare=False, repr=False)

    def hours(self, team: str | None, owner: str | None, at: datetime) -> Hours:
        """The opening hours that count for whoever answers; `owner` is an internal id."""
        return self.calendars.at(at).for_team(team or self.team_of(owner, at))

    def team_of(self, owner: str | None, at: datetime) -> str | None:
        person = self.find(owner, at)
        return None if person is None else person.team

    def find(self, internal: str | None, at: datetime) -> Person | None:
        """The person of the people document behind an internal id, under any of their names."""
        if internal is None:
            return None
        return self._by_id(self.people.at(at)).get(internal)

    def _by_id(self, document: People) -> dict[str, Person]:
        if id(document) not in self._known:
            self._known[id(document)] = {
                self.person(name): person for person in document.persons for name in person.names
            }
        return self._known[id(document)]

    def rates_at(self, instant: datetime) -> Rates:
        """The firm's rates of the month; until the first ones are set, those of the rulebook."""
        place = bisect_right(self.rates, instant, key=lambda each: each[0])
        if place:
            return self.rates[place - 1][1]
        rules = self.rulebooks.at(instant)
        return Rates(kept=rules.reliability.firm_rate, reactions=rules.sensitivity.firm_reactions)

    def changes(self) -> list[datetime]:
        """The instants at which another version of what hours depend on begins to count."""
        return self._changes

    @cached_property
    def _changes(self) -> list[datetime]:
        return sorted({*self.calendars.starts(), *self.people.starts()})


def shipped(person: Callable[[str], str]) -> Steering:
    """What counts before anything was published."""
    return Steering(
        person,
        Versions(rulebook.default()),
        Versions(calendars.default()),
        Versions(people.default()),
    )


def published(steering: Steering, documents: Iterable[Fact], *, first_fact: int | None) -> Steering:
    """With these documents and rates, in order of recording, in their sources' words.

    `first_fact` is the position of the log's first fact that is no document: what was published before
    it counts from the beginning.
    """
    for fact in documents:
        data = fact.data
        if isinstance(data, FirmRatesSet):
            others = [each for each in steering.rates if each[0] != fact.time]
            rates = sorted([*others, (fact.time, data.rates)], key=lambda each: each[0])
            steering = replace(steering, rates=tuple(rates))
        if not isinstance(data, DocumentPublished):
            continue
        start = None if first_fact is None or fact.position < first_fact else data.valid_from
        version = load(data.content, MODELS[data.kind])
        match version:
            case Rulebook():
                steering = replace(steering, rulebooks=steering.rulebooks.published(start, version))
            case Calendars():
                steering = replace(steering, calendars=steering.calendars.published(start, version))
            case People():
                steering = replace(steering, people=steering.people.published(start, version))
    return steering
