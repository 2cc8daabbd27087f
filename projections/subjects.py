"""What an alert is about, under the name that users know it by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Literal

from domain.alert import subject_of
from domain.steering import Steering
from projections import channels
from projections.filters import Library

Finder = Callable[[Library, Steering, str, datetime], str | None]
Kind = Literal["supplier", "team", "channel"]


def own_name(library: Library, steering: Steering, subject: str, at: datetime) -> str:
    """The source's own id of a promise, contact, incident or customer; the name of all else. The internal id where
    nothing is known of it."""
    kind = subject.partition("-")[0]
    find = FINDERS.get(kind)
    return (find(library, steering, subject, at) if find else None) or subject


def _worded(table: str, column: str) -> Finder:
    def find(library: Library, steering: Steering, subject: str, at: datetime) -> str | None:
        row = library.views.row(f"SELECT id FROM {table} WHERE {column} = ?", (subject,))
        return None if row is None else row[0]

    return find


def _person(library: Library, steering: Steering, subject: str, at: datetime) -> str | None:
    person = steering.find(subject, at)
    if person is not None:
        return person.id
    row = library.views.row("SELECT name FROM persons WHERE person = ?", (subject,))
    return None if row is None else row[0]


def supplier(library: Library, steering: Steering, subject: str, at: datetime) -> str | None:
    """By looking which of the known ones has this id: the id reveals nothing."""
    names = library.views.rows(
        "SELECT supplier FROM promises WHERE supplier IS NOT NULL UNION "
        "SELECT supplier FROM incidents WHERE supplier IS NOT NULL"
    )
    return _among(library, "supplier", subject, (row[0] for row in names))


def team(library: Library, steering: Steering, subject: str, at: datetime) -> str | None:
    names = {row[0] for row in library.views.rows("SELECT DISTINCT team FROM promises WHERE team IS NOT NULL")}
    return _among(library, "team", subject, sorted(names | {each.name for each in steering.people.at(at).teams}))


def channel(library: Library, steering: Steering, subject: str, at: datetime) -> str | None:
    return _among(library, "channel", subject, channels.paused(library.views))


def _among(library: Library, kind: Kind, subject: str, names: Iterable[str]) -> str | None:
    return next((name for name in names if subject_of(library.ids, kind, name) == subject), None)


FINDERS: Mapping[str, Finder] = {
    "promise": _worded("promise_words", "promise"),
    "contact": _worded("contact_words", "contact"),
    "incident": _worded("incident_words", "incident"),
    "customer": _worded("customers", "customer"),
    "person": _person,
    "supplier": supplier,
    "team": team,
    "channel": channel,
}
