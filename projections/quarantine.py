"""What cannot be projected stops only the customer whom it concerns, and waits here until it can be.

All that is recorded of that customer from there on waits with it, so that nothing is shown that was half understood;
their rows say what was known before. What concerns no customer, such as an alert, stops only its own stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.document import DocumentPublished
from domain.errors import AgainstTheRule, Refused
from domain.lives import is_of_a_customer
from domain.log import Log
from domain.store import ROW_FAILS, STORE_FAILS, Cursor, OldBookmark, Row
from domain.stored import UNREADABLE, UnreadableEvent, customer_of
from projections import families
from projections.page import Common
from projections.tables import Views, delete

TABLES = (
    "CREATE TABLE IF NOT EXISTS quarantine (customer TEXT PRIMARY KEY, position BIGINT NOT NULL, "
    "stream TEXT NOT NULL, type TEXT NOT NULL, reason TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS quarantined (position BIGINT PRIMARY KEY, customer TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS quarantined_customer ON quarantined (customer)",
)
"""The first event of each that cannot be projected, and all that wait, it among them."""

OF_THE_FACTS = (*UNREADABLE, AgainstTheRule, *ROW_FAILS)
OF_THE_MACHINE = (*STORE_FAILS, Refused, OldBookmark, MemoryError)
"""What else these say is nothing that a fact could do about: a full disk, a key that is away."""

Part = Mapping[str, Sequence[Row]]
"""Events by the family, or the stream of no customer, that is folded as a whole."""
Fold = Callable[[Part], Common]


class Stopped(NamedTuple):
    """What cannot be projected, and how many entries wait for it, it among them."""

    customer: str
    """Or the stream of what concerns no customer."""
    position: int
    stream: str
    type: str
    reason: str
    """The kind of error, in no words that somebody wrote about somebody."""
    waiting: int


# -- reading --------------------------------------------------------------------------------------------


def stopped(views: Views) -> list[Stopped]:
    """In the order in which it was recorded."""
    rows = views.rows(
        "SELECT q.customer, q.position, q.stream, q.type, q.reason, "
        "(SELECT COUNT(*) FROM quarantined w WHERE w.customer = q.customer) FROM quarantine q ORDER BY q.position"
    )
    return [Stopped(*row) for row in rows]


class StillCount(NamedTuple):
    """How many stand still."""

    customers: int
    others: int
    """Streams of no customer: a document, an alert."""

    @property
    def all(self) -> int:
        return self.customers + self.others


def count(views: Views) -> StillCount:
    whose = [row[0] for row in views.rows("SELECT customer FROM quarantine")]
    customers = sum(map(is_of_a_customer, whose))
    return StillCount(customers, len(whose) - customers)


def waiting(cursor: Cursor, members: Mapping[str, Sequence[str]]) -> dict[str, dict[int, str]]:
    """By family the positions of what waits, in order, and whom each concerns; `members` are a family's customers."""
    if cursor.execute("SELECT 1 FROM quarantine LIMIT 1").one() is None:
        return {}
    family_of = {customer: family for family, customers in members.items() for customer in customers}
    stopped = cursor.among("SELECT customer FROM quarantine WHERE customer IN ({among})", family_of)
    found: dict[str, dict[int, str]] = {family_of[row[0]]: {} for row in stopped}
    sql = "SELECT position, customer FROM quarantined WHERE customer IN ({among})"
    for position, customer in sorted(tuple(row) for row in cursor.among(sql, family_of)):
        found.setdefault(family_of[customer], {})[position] = customer
    return found


def everybody(cursor: Cursor) -> list[str]:
    """Who stands still, with everybody who was ever one with them, and what streams of no customer."""
    cursor.execute("SELECT customer FROM quarantine UNION SELECT customer FROM quarantined ORDER BY customer")
    return [row[0] for row in cursor.all()]


def with_their_families(views: Views) -> frozenset[str]:
    """Who stands still, and everybody who is one with them."""
    with views.store.reading() as cursor:
        still = everybody(cursor)
        together = families.members(cursor, families.of(cursor, still).values())
    return frozenset(still).union(*together.values())


def concerned(log: Log, rows: Sequence[Row]) -> list[str]:
    """Whom each event concerns, also one that cannot be read."""
    try:
        return [customer_of(row) for row in rows]
    except UnreadableEvent:
        return [_whose(log, row) for row in rows]


def _whose(log: Log, row: Row) -> str:
    try:
        return customer_of(row)
    except UnreadableEvent:
        return log.whose(row)


# -- folding --------------------------------------------------------------------------------------------


def is_of_the_facts(error: Exception) -> bool:
    """Whether it is what was recorded that stands in the way, or our own code; not the machine."""
    return isinstance(error, OF_THE_FACTS) or not isinstance(error, OF_THE_MACHINE)


class Careful:
    """Folds what can be folded, each as far as it goes, and holds the rest."""

    def __init__(self, cursor: Cursor, fold: Fold, concerns: Mapping[int, str], upto: int) -> None:
        """`concerns` says of each event, by its position, whom it concerns; `upto` is where the tables are brought."""
        self.cursor, self.fold, self.concerns, self.upto = cursor, fold, concerns, upto

    def bring_in(self, part: Part) -> Iterator[Common]:
        """All at once, else one by one."""
        common = self._attempt(part)
        if not isinstance(common, Exception):
            yield common
        elif len(part) > 1:
            for family, rows in part.items():
                yield from self.bring_in({family: rows})
        else:
            ((family, rows),) = part.items()
            yield from self._as_far_as_it_goes(family, rows, common)

    def bring_in_held(self, family: str, rows: Sequence[Row], new: int) -> Iterator[Common]:
        """What waits with the `new` ones at its end: all of it, or nothing, since what stops it may be taken back."""
        common = self._attempt({family: rows})
        if isinstance(common, Exception):
            self._hold(rows[len(rows) - new :])
        else:
            self._release(family, rows)
            yield common

    def try_again(self, family: str, rows: Sequence[Row]) -> Iterator[Common]:
        """What waits, as far as it goes now."""
        common = self._attempt({family: rows})
        self._release(family, rows)
        if isinstance(common, Exception):
            yield from self._as_far_as_it_goes(family, rows, common)
        else:
            yield common

    def _as_far_as_it_goes(self, family: str, rows: Sequence[Row], trouble: Exception) -> Iterator[Common]:
        """The events of one family up to the one with which they cannot be folded any more."""
        good, bad = 0, len(rows)
        while bad - good > 1:
            middle = (good + bad) // 2
            found = self._attempt({family: rows[:middle]}, keep=False)
            if isinstance(found, Exception):
                bad, trouble = middle, found
            else:
                good = middle
        if good:
            yield self.fold({family: rows[:good]})
        if rows:
            self._hold(rows[good:], trouble)
        else:  # nothing of theirs came: a document lets them be folded again
            told = (family, self.upto, family, DocumentPublished.type_name, _kind(trouble))
            self.cursor.insert("quarantine", [told])

    def _attempt(self, part: Part, *, keep: bool = True) -> Common | Exception:
        """What it changes in common, or what stopped it, and then nothing of it was written."""
        self.cursor.execute("SAVEPOINT part")
        try:
            common = self.fold(part)
        except Exception as error:
            if not is_of_the_facts(error):
                raise
            self.cursor.execute("ROLLBACK TO SAVEPOINT part")
            self.cursor.execute("RELEASE SAVEPOINT part")
            return error
        if not keep:
            self.cursor.execute("ROLLBACK TO SAVEPOINT part")
        self.cursor.execute("RELEASE SAVEPOINT part")
        return common

    def _hold(self, rows: Sequence[Row], trouble: Exception | None = None) -> None:
        """`trouble` is what the first of them met; without it they follow something that waits already."""
        self.cursor.insert("quarantined", [(row.position, self._whose(row)) for row in rows])
        if trouble is not None:
            first = rows[0]
            told = (self._whose(first), first.position, first.stream, first.topic, _kind(trouble))
            self.cursor.insert("quarantine", [told])

    def _release(self, family: str, rows: Sequence[Row]) -> None:
        whose = sorted({family, *(self._whose(row) for row in rows)})
        for table in ("quarantine", "quarantined"):
            delete(self.cursor, table, "customer", whose)

    def _whose(self, row: Row) -> str:
        return self.concerns[row.position] if is_of_a_customer(row.stream) else row.stream


def _kind(trouble: Exception) -> str:
    return trouble.code if isinstance(trouble, Refused) else type(trouble).__name__
