"""The list of open promises as people work through it: how each stands, most urgent first, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain.roles import Asker
from projections import promises
from projections.customers import OWNER_NAME
from projections.filters import Condition, Filter, Library, Moment
from projections.promises import NO_FILTER, PromiseRow
from projections.tables import micros

STANDINGS = ("overdue", "tight", "notice", "soon", "waiting", "open")
"""Overdue, too late for timely notice, last chance for it, due soon, the clock stands still, far off."""


class OpenRow(NamedTuple):
    promise: PromiseRow
    standing: str
    day_only: bool


class OpenPage(NamedTuple):
    """`counts` per standing for the same owner and kind; `owners` and `kinds` of everything that is open."""

    rows: list[OpenRow]
    counts: dict[str, int]
    owners: list[str]
    kinds: list[str]


def standing_at(moment: Moment) -> str:
    """How an open promise stands, as SQL."""
    now = moment.us
    return (
        "CASE WHEN p.overdue_from IS NULL AND p.due IS NOT NULL THEN 'waiting' "
        f"WHEN p.overdue_from <= {now} THEN 'overdue' WHEN p.last_moment <= {now} THEN 'tight' "
        f"WHEN p.last_call <= {now} THEN 'notice' WHEN p.due_soon <= {now} THEN 'soon' ELSE 'open' END"
    )


def page(
    library: Library,
    asker: Asker,
    moment: Moment,
    *,
    standings: Sequence[str] = (),
    filter: Filter = NO_FILTER,
    limit: int = 50,
    offset: int = 0,
) -> OpenPage:
    where = filter.condition(library, asker, "promises").and_(_open(moment))
    return OpenPage(
        rows=_rows(library, moment, _standing_so(where, moment, standings), limit, offset),
        counts=_counts(library, moment, where),
        owners=_distinct(library, asker, moment, OWNER_NAME.format(column="p.owner")),
        kinds=_distinct(library, asker, moment, "p.kind"),
    )


def first(
    library: Library,
    asker: Asker,
    moment: Moment,
    *,
    standings: Sequence[str] = (),
    filter: Filter = NO_FILTER,
    limit: int,
) -> list[OpenRow]:
    """The rows of the first page alone."""
    where = filter.condition(library, asker, "promises").and_(_open(moment))
    return _rows(library, moment, _standing_so(where, moment, standings), limit, 0)


def _standing_so(where: Condition, moment: Moment, standings: Sequence[str]) -> Condition:
    if not standings:
        return where
    places = ",".join("?" * len(standings))
    return where.and_(Condition(f"{standing_at(moment)} IN ({places})", list(standings)))


class Few(NamedTuple):
    """The first of a list, and how many it has."""

    rows: list[OpenRow]
    total: int


def due_between(moment: Moment, after: datetime | None, until: datetime) -> str:
    """Open promises that are overdue from a moment on that lies after one and not after the other, as SQL."""
    later = "" if after is None else f" AND p.overdue_from > {micros(after)}"
    return f"{moment.rows()} AND p.outcome IS NULL AND p.overdue_from <= {micros(until)}{later}"


def due(
    library: Library,
    asker: Asker,
    moment: Moment,
    *,
    after: datetime | None,
    until: datetime,
    filter: Filter = NO_FILTER,
    limit: int,
    without: str | None = None,
) -> Few:
    """The ones due first first; without `after` all that were ever due. `without`: not those of this standing."""
    where = filter.condition(library, asker, "promises").and_(Condition(due_between(moment, after, until), []))
    if without is not None:
        where = where.and_(Condition(f"{standing_at(moment)} <> ?", [without]))
    total = library.views.row(f"SELECT COUNT(*) FROM promises p WHERE {where.sql}", where.params)
    return Few(_rows(library, moment, where, limit, 0) if total[0] else [], int(total[0]))


def one(library: Library, asker: Asker, moment: Moment, promise: str) -> OpenRow | None:
    """By internal id; None where it is settled, unknown or not to be seen."""
    where = NO_FILTER.condition(library, asker, "promises").and_(_open(moment))
    found = _rows(library, moment, where.and_(Condition("p.promise = ?", [promise])), 1, 0)
    return found[0] if found else None


def next_in_time(
    library: Library, asker: Asker, moment: Moment, *, after: datetime, filter: Filter = NO_FILTER, limit: int
) -> list[OpenRow]:
    """The ones due next after a moment of which the customer can still be told in time."""
    where = filter.condition(library, asker, "promises").and_(_open(moment))
    in_time = Condition(f"p.last_moment > {moment.us} AND p.overdue_from > {micros(after)}", [])
    return _rows(library, moment, where.and_(in_time), limit, 0)


def _open(moment: Moment) -> Condition:
    return Condition(f"{moment.rows()} AND p.outcome IS NULL", [])


def _rows(library: Library, moment: Moment, where: Condition, limit: int, offset: int) -> list[OpenRow]:
    # A bare date belongs to noon of its day, so its due at midnight lies elsewhere.
    extra = f", {standing_at(moment)}, p.belongs_at <> p.due "
    select = promises.select(moment).replace(" FROM promises p ", f"{extra} FROM promises p ", 1)
    rows = library.views.rows(
        f"{select} WHERE {where.sql} ORDER BY p.overdue_from IS NULL, p.overdue_from, p.promise LIMIT ? OFFSET ?",
        (*where.params, limit, offset),
    )
    return [OpenRow(promises.row_of(row[:-2]), row[-2], bool(row[-1])) for row in rows]


def _counts(library: Library, moment: Moment, where: Condition) -> dict[str, int]:
    rows = library.views.rows(
        f"SELECT {standing_at(moment)} AS standing, COUNT(*) FROM promises p WHERE {where.sql} GROUP BY standing",
        where.params,
    )
    return dict.fromkeys(STANDINGS, 0) | {row[0]: row[1] for row in rows}


def _distinct(library: Library, asker: Asker, moment: Moment, column: str) -> list[str]:
    where = NO_FILTER.condition(library, asker, "promises").and_(_open(moment))
    rows = library.views.rows(f"SELECT DISTINCT {column} AS name FROM promises p WHERE {where.sql}", where.params)
    return sorted(row[0] for row in rows if row[0])
