"""How a team stands: what each of its people has in hand, who is away and who stands in."""

from __future__ import annotations

from datetime import datetime, timedelta

from dashboard.answers import per_person
from dashboard.answers.moments import day_of, midnight
from dashboard.answers.rights import refusal
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.team import Team, TeamGroup, TeamRow
from domain.people import People, Person
from domain.roles import may
from projections import in_hand
from projections.filters import Moment
from projections.in_hand import InHand
from wiring.home import Konto

NOTHING = InHand()


def team(konto: Konto, reader: Reader) -> Team | Refusal:
    """For whoever looks after deliveries and may read what everybody has promised."""
    for what in ("deliveries", "promises", "contacts", "incidents"):
        if refused := refusal(konto, what, reader):
            return refused
    now = konto.clock()
    ends = midnight(day_of(now, reader) + timedelta(days=1), reader)
    found = in_hand.everybody(konto.library, konto.asker, Moment(now), ends)
    protection, opened = konto.library.protection(), per_person.openings(konto, reader)
    return Team(
        tuple(_groups(konto.steering.people.at(now), found, now)),
        opening=next((each for each in opened if each.state == "in_force"), None),
        is_alone=protection.is_alone(konto.asker),
        may_look=may(konto.asker, "figures_per_person"),
    )


def _groups(people: People, found: dict[str | None, InHand], now: datetime) -> list[TeamGroup]:
    groups = [
        TeamGroup(
            name=each.name,
            manager=manager.name if (manager := people.find(each.manager)) else None,
            rows=_rows([_of(person, people, found, now) for person in people.persons if person.team == each.name]),
        )
        for each in people.teams
    ]
    known = {person.name for person in people.persons if person.team}
    others = [_of(person, people, found, now) for person in people.persons if not person.team]
    here = known | {row.name for row in others}
    others += [_row(name, counts) for name, counts in found.items() if name is not None and name not in here]
    groups.append(TeamGroup(None, None, _rows(others)))
    if None in found:
        groups.append(TeamGroup(None, None, (_row(None, found[None]),)))
    return [group for group in groups if group.rows]


def _rows(rows: list[TeamRow]) -> tuple[TeamRow, ...]:
    return tuple(sorted(rows, key=lambda row: (row.name or "").casefold()))


def _of(person: Person, people: People, found: dict[str | None, InHand], now: datetime) -> TeamRow:
    row = _row(person.name, found.get(person.name, NOTHING))
    if not people.is_away(person, now):
        return row
    stand_in = people.stand_in_for(person.id, now)
    return row._replace(away=True, stand_in=stand_in.name if stand_in else None)


def _row(name: str | None, counts: InHand) -> TeamRow:
    return TeamRow(name, *counts, away=False, stand_in=None)
