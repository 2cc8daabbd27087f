"""Figures about single colleagues: opened, closed, and looked at while they are open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from dashboard.answers.looking import noted
from dashboard.answers.measures import share
from dashboard.answers.moments import day_of, midnight
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.per_person import OpeningAsked, OpeningRow, PerPerson, PersonFigures
from domain.errors import Refused
from domain.per_person import Opening
from domain.roles import scope
from projections.filters import Moment
from projections.kpis import Question
from wiring import per_person
from wiring.home import Konto
from wiring.refusals import printable
from words import translator

SHOWN = ("on_time_rate", "strict_on_time_rate")
PAGE = "team"


def openings(konto: Konto, reader: Reader) -> tuple[OpeningRow, ...]:
    """Every time they were open, the newest first."""
    return tuple(_row(konto, reader, opening) for opening in reversed(per_person.listed(konto)))


def _row(konto: Konto, reader: Reader, opening: Opening) -> OpeningRow:
    now, data = konto.clock(), opening.data
    known = konto.steering.find(data.by, now)
    who = known.name if known else konto.name_of(data.by)
    return OpeningRow(opening.state(now), data.basis, data.purpose, *opening.days(reader.zone), who)


def figures(konto: Konto, reader: Reader) -> PerPerson | Refusal:
    """Of everybody, for the time since they were opened. Each call is a look, and noted."""
    try:
        found = per_person.figures(konto, Question(Moment(konto.clock()), by="owner", zone=reader.zone), SHOWN, PAGE)
    except Refused as refused:
        return _refusal(konto, refused, reader)
    rows = tuple(PersonFigures(group.key, *(share(group.figures[name]) for name in SHOWN)) for group in found.groups)
    shown = found.per_person
    since = found.question.start or konto.clock()
    return PerPerson(day_of(since, reader), rows, shown.not_shown if shown else 0)


def open_(konto: Konto, reader: Reader, asked: OpeningAsked) -> Refusal | None:
    """None = recorded. Days begin and end on the reader's clock."""
    start = None if asked.start is None else midnight(asked.start, reader)
    until = midnight(asked.until + timedelta(days=1), reader)
    return _done(
        konto,
        lambda: per_person.open_(konto, basis=asked.basis, purpose=asked.purpose, start=start, end=until),
        reader,
    )


def close(konto: Konto, reader: Reader) -> Refusal | None:
    """None = closed."""
    return _done(konto, lambda: per_person.close(konto), reader)


def _done(konto: Konto, action: Callable[[], object], reader: Reader) -> Refusal | None:
    try:
        action()
    except Refused as refused:
        return _refusal(konto, refused, reader)
    return None


def _refusal(konto: Konto, refused: Refused, reader: Reader) -> Refusal:
    noted(konto, refused)
    t = translator(reader.lang)
    # What somebody on a page reads has no field's name in code before it.
    return Refusal(tuple(printable(t.gettext(each.text).format(**each.params)) for each in (refused, *refused.also)))


def shown_teams(konto: Konto, teams: Iterable[str]) -> tuple[str, ...]:
    """Those whose figures may be looked at by themselves."""
    return tuple(team for team in teams if is_shown(konto, team))


def is_shown(konto: Konto, team: str | None) -> bool:
    if team is None or scope(konto.asker, "figures") != "all":
        return True
    protection = konto.library.protection()
    return protection.is_alone(konto.asker) or protection.shows_team(team)
