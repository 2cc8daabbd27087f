"""While somebody was our customer: whether active, and of when their last word and their last feedback are.

One row a stretch in which none of that changes, as known now. It holds instants and numbers that need no rulebook and
do not change when time passes, so that any moment is asked of one row a customer. What was known at an earlier moment
is read from the facts themselves (`projections/kpis/speakers.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from typing import Any, TypeVar

from domain.customer import FeedbackGiven
from domain.fact import EARLIEST
from domain.habits import middle_gaps
from domain.relationship import Relationship
from domain.rulebook import SilenceRules
from domain.steering import Steering
from domain.store import Cursor
from projections.active import ACTIVE
from projections.customers import standings
from projections.page import Page
from projections.spells import contacts_of, is_two_way
from projections.tables import MICROSECOND, micros, until

TABLES = (
    "CREATE TABLE IF NOT EXISTS presences (customer TEXT NOT NULL, at_from BIGINT NOT NULL, at_until BIGINT NOT NULL, "
    "owner TEXT, team TEXT, active INTEGER NOT NULL, heard BIGINT NOT NULL, spoken INTEGER NOT NULL, usual BIGINT, "
    "feedback BIGINT, PRIMARY KEY (customer, at_from))",
    "CREATE INDEX IF NOT EXISTS presences_until ON presences "
    "(at_until, at_from, active, heard, spoken, usual, feedback, owner, team, customer) WHERE active = 1",
)
"""`heard` is the last of `spoken` two-way contacts, else the first fact; `usual` their middle gap in microseconds."""

EVER = EARLIEST
"""Before every fact."""

V = TypeVar("V")
Series = Sequence[tuple[datetime, V]]
"""Values in order of time, each from its instant on."""


# -- how facts change it ------------------------------------------------------------------------------


def apply(cursor: Cursor, page: Page) -> None:
    page.clear(cursor, "presences", "customer", page.customers)
    everybody = [each for family in page.families for each in family.relationships.values()]
    cursor.insert("presences", [row for each in everybody for row in _presences(each, page.steering)])


def _presences(relationship: Relationship, steering: Steering) -> Iterator[tuple[Any, ...]]:
    times = sorted({fact.time for fact in relationship.facts})
    standing = [(start or EVER, each) for start, each in standings(relationship, steering)]
    lively, words, feedback = _years(times), _words(relationship), _feedback(relationship)
    cuts = sorted({at for series in (standing, lively, words, feedback) for at, _ in series})
    rows: list[tuple[datetime, tuple[Any, ...] | None]] = []
    for at in cuts:
        stands = _at(standing, at)
        assert stands is not None
        state = None
        if stands.kind == "customer":
            active = int(stands.left_at is None and bool(_at(lively, at)))
            spoke = _at(words, at) or (micros(times[0]), 0, None)
            state = (stands.owner, stands.team, active, *spoke, _at(feedback, at))
        if not rows or rows[-1][1] != state:
            rows.append((at, state))
    for (start, state), end in zip(rows, [*(start for start, _ in rows[1:]), None], strict=True):
        if state is not None:
            yield relationship.customer, micros(start), until(end), *state


def _at(series: Series[V], at: datetime) -> V | None:
    place = bisect_right(series, at, key=itemgetter(0))
    return series[place - 1][1] if place else None


def _years(times: Sequence[datetime]) -> Series[bool]:
    """Whether something had happened within the last year."""
    series = [(times[0], True)]
    for before, after in pairwise(times):
        if before + ACTIVE < after:
            series += [(before + ACTIVE, False), (after, True)]
    return [*series, (times[-1] + ACTIVE, False)]


def _words(relationship: Relationship) -> Series[tuple[int | None, int, int | None]]:
    """The last two-way contact, how many there have been, and the middle of the gaps between them."""
    spoke = sorted(fact.time for fact in contacts_of(relationship) if is_two_way(fact))
    return [
        (at, (micros(at), number, None if gap is None else gap // MICROSECOND))
        for number, (at, gap) in enumerate(zip(spoke, middle_gaps(spoke), strict=True), 1)
    ]


def _feedback(relationship: Relationship) -> Series[int | None]:
    given = sorted({fact.time for fact in relationship.facts if isinstance(fact.data, FeedbackGiven)})
    return [(at, micros(at)) for at in given]


# -- conditions on presences r ------------------------------------------------------------------------


def holds_at(us: int) -> str:
    return f"r.at_until > {us} AND r.at_from <= {us}"


def silent_at(us: int, rules: SilenceRules) -> str:
    """Silence says something (`domain.habits.silent_from`)."""
    usual = f"r.usual * {rules.usual_gaps!r}"
    days = round(rules.until_known_days * 86_400_000_000)
    return f"r.heard + CASE WHEN r.spoken >= {rules.known_from_contacts} THEN {usual} ELSE {days} END < {us}"
