"""Every fact that counts, of every customer, with both times, and what customers told us."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.account import is_strong_reaction
from domain.customer import FeedbackGiven
from domain.fact import Fact
from domain.history import FactRetracted, retracted
from domain.lives import is_of_a_customer
from domain.log import Log
from domain.relationship import relationships
from domain.store import Cursor
from domain.stored import Parked
from projections.filters import Library
from projections.page import Family, Page, Row, by_stream, through_knowledge
from projections.tables import ALWAYS, instant, micros

TABLES = (
    "CREATE TABLE IF NOT EXISTS timeline (position BIGINT NOT NULL, known_from BIGINT NOT NULL, "
    "known_until BIGINT NOT NULL, customer TEXT NOT NULL, time BIGINT NOT NULL, type TEXT NOT NULL, "
    "stream TEXT NOT NULL, fact TEXT NOT NULL, normalised REAL, reaction INTEGER NOT NULL, "
    "PRIMARY KEY (position, known_from))",
    "CREATE INDEX IF NOT EXISTS timeline_customer ON timeline (customer, time, known_until)",
    "CREATE INDEX IF NOT EXISTS timeline_type ON timeline (type, time)",
    "CREATE INDEX IF NOT EXISTS timeline_stream ON timeline (stream)",
    "CREATE TABLE IF NOT EXISTS set_aside (fact TEXT PRIMARY KEY, stream TEXT NOT NULL, customer TEXT NOT NULL, "
    "since BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS set_aside_stream ON set_aside (stream)",
)
"""`set_aside`: recorded facts that wait again, because what they belong to was recorded by mistake."""


def apply(cursor: Cursor, page: Page) -> None:
    anew = [family for family in page.families if _changes_its_mind(family)]
    page.clear(cursor, "timeline", "stream", [stream for family in anew for stream in family.histories])
    cursor.insert("timeline", [row for family in anew for row in _through_knowledge(family)])
    page.clear(cursor, "set_aside", "stream", [stream for family in anew for stream in family.histories])
    cursor.insert("set_aside", [row for family in anew for row in _set_aside(family)])
    told = {stream for family in anew for stream in family.histories}
    cursor.insert(
        "timeline",
        [
            _known(_row(fact, fact.customer), micros(fact.recorded))
            for fact in page.facts
            if is_of_a_customer(fact.stream) and fact.stream not in told
        ],
    )


def _changes_its_mind(family: Family) -> bool:
    """Whether a fact of theirs may not have counted at all times, or not for the same customer."""
    return len(family.members) > 1 or any(
        isinstance(fact.data, FactRetracted) for history in family.histories.values() for fact in history
    )


def _through_knowledge(family: Family) -> list[Row]:
    return through_knowledge((fact for history in family.histories.values() for fact in history), _rows, place=1)


def _set_aside(family: Family) -> Iterator[Row]:
    counting = {fact.key for each in family.relationships.values() for fact in each.facts}
    for stream, history in family.histories.items():
        gone = retracted(history)
        last = max((micros(fact.recorded) or 0 for fact in gone.values()), default=0)
        for fact in history:
            if fact.key not in counting and fact.key not in gone and not isinstance(fact.data, FactRetracted):
                yield fact.key, stream, fact.customer, max(last, micros(fact.recorded) or 0)


def _rows(known: Sequence[Fact], _: datetime | None) -> Iterator[Row]:
    for customer, relationship in relationships(by_stream(known).values()).items():
        for fact in relationship.facts:
            yield _row(fact, customer)


def _row(fact: Fact, customer: str) -> Row:
    return (
        fact.position,
        customer,
        micros(fact.time),
        fact.type,
        fact.stream,
        fact.key,
        fact.data.normalised if isinstance(fact.data, FeedbackGiven) else None,
        int(is_strong_reaction(fact)),
    )


def _known(row: Row, since: int | None) -> Row:
    return (row[0], since, ALWAYS, *row[1:])


def set_aside(log: Log, library: Library) -> list[Parked]:
    """Recorded facts that wait again, because what they belong to was recorded by mistake; as far as all of it can be
    read."""
    rows = library.views.rows("SELECT fact, stream, since FROM set_aside ORDER BY since, fact")
    histories, _ = log.whole({row[1] for row in rows})
    facts = {fact.key: fact for history in histories.values() for fact in history}
    opened = {fact.key: fact for fact in log.legibly_opened([facts[row[0]] for row in rows if row[0] in facts])}
    return [
        Parked(opened[key], stream, since, "")
        for key, stream, us in rows
        if key in opened and (since := instant(us)) is not None
    ]
