"""What became of every alert: page by page, with how many stand in each state, and how the last days went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain.alert import NOBODY, SHARED_INBOX
from domain.roles import Asker
from projections import alerts
from projections.alerts import STATES, AlertRow
from projections.customers import person_names
from projections.filters import Condition, Library
from projections.tables import micros
from projections.unseen import EVERYBODY, went_to


class LogPage(NamedTuple):
    """`counts` per state for the same rule and person."""

    rows: list[AlertRow]
    counts: dict[str, int]


class Lately(NamedTuple):
    """How many alerts were raised, and how many delivered, since a moment; and how many reach nobody now."""

    raised: int
    delivered: int
    undeliverable: int


def page(
    library: Library,
    asker: Asker,
    *,
    states: Sequence[str] = (),
    rule: str | None = None,
    person: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> LogPage:
    """The newest first. `person`: the name of whom it was meant for or went to."""
    who = EVERYBODY if person is None else went_to(library, person)
    if rule is not None:
        who = who.and_(Condition("a.rule = ?", [rule]))
    where = who.and_(alerts.seen_by(library, asker))
    counted = library.views.rows(
        f"SELECT a.state, COUNT(*) FROM alerts a WHERE {where.sql} GROUP BY a.state", where.params
    )
    return LogPage(
        rows=alerts.listed(library, asker, states=states, among=who, limit=limit, offset=offset),
        counts=dict.fromkeys(STATES, 0) | {row[0]: row[1] for row in counted},
    )


def rules(library: Library, asker: Asker) -> set[str]:
    """Those by which anything was ever raised."""
    return set(_distinct(library, asker, "a.rule"))


def people(library: Library, asker: Asker) -> list[str]:
    """The names of those whom anything was meant for or went to."""
    names = person_names(library)
    known = {*_distinct(library, asker, "a.recipient"), *_distinct(library, asker, "a.sent_to")}
    return sorted({names.get(each, each) for each in known - {NOBODY, SHARED_INBOX}}, key=str.casefold)


def _distinct(library: Library, asker: Asker, column: str) -> list[str]:
    where = alerts.seen_by(library, asker)
    rows = library.views.rows(f"SELECT DISTINCT {column} FROM alerts a WHERE {where.sql}", where.params)
    return [row[0] for row in rows if row[0] is not None]


def lately(library: Library, asker: Asker, since: datetime) -> Lately:
    where, us = alerts.seen_by(library, asker), micros(since)
    row = library.views.row(
        "SELECT SUM(CASE WHEN a.raised_at >= ? THEN 1 ELSE 0 END), SUM(CASE WHEN a.delivered_at >= ? THEN 1 ELSE 0 END)"
        f", SUM(CASE WHEN a.state = 'undeliverable' THEN 1 ELSE 0 END) FROM alerts a WHERE {where.sql}",
        (us, us, *where.params),
    )
    return Lately(*(int(each or 0) for each in row))
