"""Which rows a question means: the moment, the dimensions, and what the asker may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from domain.errors import Refused
from domain.ids import Ids
from domain.protection import Protection
from domain.relationship import Relationship
from domain.roles import Asker, What, allowed
from domain.steering import Steering
from projections.tables import ALWAYS, Views, micros

DIMENSIONS = ("owner", "team", "kind", "customer", "supplier", "product", "channel", "severity")


EVERYTHING = "1 = 1"


class Condition(NamedTuple):
    """A piece of SQL behind WHERE, and its values."""

    sql: str
    params: list[Any]

    @property
    def is_everything(self) -> bool:
        """It leaves nothing out."""
        return self.sql == EVERYTHING

    def and_(self, other: Condition) -> Condition:
        if self.is_everything or other.is_everything:
            return other if self.is_everything else self
        return Condition(f"{self.sql} AND {other.sql}", [*self.params, *other.params])


class Moment(NamedTuple):
    """The world at `at` (UTC), as we knew it at `known` (None = as we know it now)."""

    at: datetime
    known: datetime | None = None

    @property
    def us(self) -> int:
        value = micros(self.at)
        assert value is not None
        return value

    def rows(self, table: str = "p", *, by_time: bool = True) -> str:
        """Rows of a table with both times that hold at this moment.

        Without `by_time` SQLite looks for whatever else is asked: a plus keeps it from reading all that still holds.
        """
        plus = "" if by_time else "+"
        return f"{table}.at_from <= {self.us} AND {plus}{table}.at_until > {self.us} AND {self.knows(table)}"

    def knows(self, table: str = "p") -> str:
        """Rows of a table that we know at this moment, whenever they hold."""
        if self.known is None:
            return f"{table}.known_until = {ALWAYS}"
        known = micros(self.known)
        return f"{table}.known_from <= {known} AND {table}.known_until > {known}"


@dataclass(frozen=True)
class Library:
    """What queries read: the tables, the ids under which names stand in them, and the log where tables do not do.

    `steering` and `relationship` (of one customer) are those known at a moment, None = now.
    """

    views: Views
    ids: Ids
    steering: Callable[[datetime | None], Steering]
    relationship: Callable[[str, datetime | None], Relationship]
    protection: Callable[[], Protection]
    """What protects the people who work here, at the moment of asking."""

    def person_ids(self, name: str) -> list[str]:
        """All internal ids of one of us, by any of their names or the name as displayed."""
        rows = self.views.rows(
            "SELECT person FROM colleagues WHERE same_as IN "
            "(SELECT same_as FROM colleagues WHERE person = ? OR name = ?) "
            "UNION SELECT person FROM persons WHERE name = ?",
            (self.ids.person(name), name, name),
        )
        return sorted({self.ids.person(name), *(row[0] for row in rows)})

    def customer_ids(self, name: str) -> list[str]:
        """Customers with this own id, plain or as source:id; a merged one's is its survivor's."""
        ids = [name, *(name[place + 1 :] for place, char in enumerate(name) if char == ":")]
        rows = self.views.rows(
            f"SELECT survivor FROM customers WHERE id IN ({','.join('?' * len(ids))}) "
            "AND (id = ? OR source || ':' || id = ?) GROUP BY survivor ORDER BY MIN(source)",
            (*ids, name, name),
        )
        return [row[0] for row in rows]


class UnknownState(Refused):
    """A list was asked for a state that its rows cannot have."""

    def __init__(self, found: str, known: Sequence[str]) -> None:
        super().__init__(
            "unknown_state",
            "There is no state “{found}”. Possible are: {known}.",
            "state",
            found=found,
            known=", ".join(known),
        )


@dataclass(frozen=True)
class Filter:
    """Dimensions with the value each must have; an owner or customer by their name."""

    where: Mapping[str, str] = field(default_factory=dict)

    def condition(self, library: Library, asker: Asker, what: What, table: str = "p") -> Condition:
        condition = reach(library, asker, what, f"{table}.owner")
        for name, value in self.where.items():
            condition = condition.and_(_is(library, table, name, value))
        return condition


def reach(library: Library, asker: Asker, what: What, owner: str) -> Condition:
    """What the asker may see at all; `owner` is the column that says whose it is."""
    if allowed(asker, what) == "all":
        return Condition(EVERYTHING, [])
    return _among(owner, library.person_ids(asker.person or ""))


def dimension(name: str, option: str) -> str:
    """The name itself; refuses one that is none, for the option `by` or `where`."""
    if name not in DIMENSIONS:
        raise Refused(
            "unknown_dimension",
            "There is no dimension “{found}”. Possible are: {known}.",
            option,
            found=name,
            known=", ".join(DIMENSIONS),
        )
    return name


def _is(library: Library, table: str, name: str, value: str) -> Condition:
    if name == "owner":
        return _among(f"{table}.owner", library.person_ids(value))
    if name == "customer":
        return _among(f"{table}.customer", library.customer_ids(value))
    return Condition(f"{table}.{dimension(name, 'where')} = ?", [value])


def _among(column: str, values: list[str]) -> Condition:
    if not values:
        return Condition("1 = 0", [])
    return Condition(f"{column} IN ({','.join('?' * len(values))})", list(values))
