"""Promises, contacts, incidents and customers under the names that their sources gave them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from domain.errors import Refused
from projections.filters import Library
from projections.own_facts import NO_SUCH_THING

Thing = Literal["promise", "contact", "incident", "customer"]


class Named(NamedTuple):
    """A thing by its internal id and as `source:id`; `customer` is the internal id of whom it is about now."""

    thing: str
    name: str
    customer: str


_NAMED: Mapping[Thing, str] = {
    "promise": "SELECT w.promise, w.source, w.id, c.survivor FROM promise_words w",
    "contact": "SELECT w.contact, w.source, w.id, c.survivor FROM contact_words w",
    "incident": "SELECT w.incident, w.source, w.id, c.survivor FROM incident_words w",
    "customer": "SELECT w.customer, w.source, w.id, c.survivor FROM customers w",
}


def named(library: Library, kind: Thing, name: str) -> Named:
    """By internal id or as `source:id`. Raises Refused where nothing is called so."""
    source, _, id = name.partition(":")
    select = f"{_NAMED[kind]} JOIN customers c ON c.customer = w.customer"
    # A source may have a colon in its name, too.
    by_name = f"{select} WHERE (w.source = ? AND w.id = ?) OR w.source || ':' || w.id = ?"
    row = library.views.row(f"{select} WHERE w.{kind} = ?", (name,)) or library.views.row(by_name, (source, id, name))
    if row is None:
        raise Refused("not_found", NO_SUCH_THING, f"data.{kind}", name=name[:80])
    return Named(row[0], f"{row[1]}:{row[2]}", row[3])


def names(library: Library, kind: Thing, things: Iterable[str]) -> dict[str, str]:
    """By internal id what each is called as `source:id`; of what nothing is known is missing."""
    with library.views.store.reading() as cursor:
        rows = cursor.among(f"{_NAMED[kind]} JOIN customers c ON c.customer = w.customer "
                            f"WHERE w.{kind} IN ({{among}})", things)  # fmt: skip
        return {row[0]: f"{row[1]}:{row[2]}" for row in rows}
