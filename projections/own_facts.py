"""What somebody may tell of: whoever looks after their own customers tells of these, and of those nobody has yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.customer import CustomerMerged, CustomerSeparated
from domain.document import DocumentPublished
from domain.errors import Refused
from domain.fact import Fact
from domain.firm import FirmRatesSet
from domain.history import FactRetracted
from domain.lives import LIVES, THINGS
from domain.roles import Asker, NotAllowed, allowed
from domain.vault import plan
from projections.customers import UnknownCustomer, seen_by
from projections.filters import Library

FOR_EVERYBODY = (DocumentPublished, FirmRatesSet, CustomerMerged, CustomerSeparated, FactRetracted)
"""What changes more than one customer's account, or what others told."""

NO_SUCH_THING = "There is nothing here that is called “{name}”."


def must_be_own(library: Library, asker: Asker, fact: Fact) -> None:
    """Raises NotAllowed, UnknownCustomer or Refused, the same for what is another's as for what is not there."""
    if allowed(asker, "record") == "all":
        return
    if isinstance(fact.data, FOR_EVERYBODY):
        raise NotAllowed("record")
    for field, kind in plan(type(fact.data)).refs:
        name = getattr(fact.data, field)
        if name is not None and kind != "thread":
            _must_be_theirs(library, asker, fact, kind, name)


def _must_be_theirs(library: Library, asker: Asker, fact: Fact, kind: str, name: str) -> None:
    found = set(_customers(library, fact.source, kind, name))
    if not found:
        if kind == "customer" or (kind in THINGS and fact.type in LIVES[kind].begins):
            return  # a new one
        raise Refused("not_found", NO_SUCH_THING, f"data.{kind}", name=name[:80])
    seen = seen_by(library, asker)
    places = ",".join("?" * len(found))
    row: Any = library.views.row(
        f"SELECT COUNT(*) FROM customers c WHERE c.customer IN ({places}) AND (c.owner IS NULL OR {seen.sql})",
        [*sorted(found), *seen.params],
    )
    if row[0] < len(found):
        if kind == "customer":
            raise UnknownCustomer(name[:80])
        raise Refused("not_found", NO_SUCH_THING, f"data.{kind}", name=name[:80])


def _customers(library: Library, source: str, kind: str, name: str) -> Iterator[str]:
    """Whose it is, by internal id: the survivor of those merged."""
    ids = [library.ids.thing(*each) for each in readings(source, name)]
    for table in (kind,) if kind != "any" else THINGS:
        for id in ids:
            thing = f"{table}-{id}"
            whose = "?" if table == "customer" else f"(SELECT customer FROM {table}_words WHERE {table} = ?)"
            for row in library.views.rows(f"SELECT survivor FROM customers WHERE customer = {whose}", (thing,)):
                yield row[0]


def readings(source: str, name: str) -> Iterator[tuple[str, str]]:
    """Of the fact's own source, or `source:id`."""
    yield source, name
    for place, char in enumerate(name):
        if char == ":":
            yield name[:place], name[place + 1 :]
