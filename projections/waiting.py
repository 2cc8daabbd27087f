"""What we wait for from customers: promises and incidents whose clock they have stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from domain.roles import Asker
from projections.customers import OWNER_NAME
from projections.filters import Filter, Library, Moment
from projections.tables import instant


class WaitingRow(NamedTuple):
    """`since` is when the customer began to let us wait; `what` is the promise or the incident in words."""

    thing: Literal["promise", "incident"]
    id: str
    what: str | None
    customer: str
    customer_id: str
    customer_name: str | None
    owner: str | None
    since: datetime


NO_FILTER = Filter()


def listed(library: Library, asker: Asker, moment: Moment, *, filter: Filter = NO_FILTER) -> list[WaitingRow]:
    """The ones we have waited for longest first."""
    rows = [
        *_of(library, asker, moment, filter, "promise", "what", "outcome IS NULL"),
        *_of(library, asker, moment, filter, "incident", "text", "state = 'open'"),
    ]
    return sorted(rows, key=lambda row: (row.since, row.id))


def _of(
    library: Library,
    asker: Asker,
    moment: Moment,
    filter: Filter,
    thing: Literal["promise", "incident"],
    words: str,
    unfinished: str,
) -> list[WaitingRow]:
    where = filter.condition(library, asker, "promises" if thing == "promise" else "incidents", "x")
    waits = "(',' || {t}.waits_for || ',') LIKE '%,customer,%'"
    rows = library.views.rows(
        f"SELECT w.id, w.{words}, x.customer, c.id, c.name, {OWNER_NAME.format(column='x.owner')}, "
        f"(SELECT MIN(e.at_from) FROM {thing}s e WHERE e.{thing} = x.{thing} AND {moment.knows('e')} "
        f"AND {waits.format(t='e')} AND e.at_from > COALESCE((SELECT MAX(b.at_from) FROM {thing}s b "
        f"WHERE b.{thing} = x.{thing} AND {moment.knows('b')} AND b.at_from <= x.at_from "
        f"AND (b.waits_for IS NULL OR NOT {waits.format(t='b')})), -1)) "
        f"FROM {thing}s x JOIN {thing}_words w ON w.{thing} = x.{thing} JOIN customers c ON c.customer = x.customer "
        f"WHERE {moment.rows('x')} AND x.{unfinished} AND {waits.format(t='x')} AND {where.sql}",
        where.params,
    )
    return [WaitingRow(*(thing, *told, since)) for *told, us in rows if (since := instant(us)) is not None]
