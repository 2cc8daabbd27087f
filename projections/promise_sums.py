"""What figures count of settled promises, added up by day: a year is asked of a few rows, whoever promised how much.

A row holds the promises that are settled for good as far as we know now, by the day (UTC) in which they belong to
periods, or by 32 days, so that few rows tell of years as well. What is still open, or was settled only later than the
moment asked about, is told by the promises themselves (`projections/kpis/promises.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from typing import Literal

from domain.store import Cursor
from projections.tables import ALWAYS, MICROSECOND

# -- what is counted: conditions on a promise `p` with the columns `state` and `first_state` -----------------------

COUNTED = "state NOT IN ('open', 'released')"
KEPT = "state = 'kept'"
FIRST_COUNTED = "first_state NOT IN ('open', 'released')"
FIRST_KEPT = "first_state = 'kept'"
FULFILLED = "p.degree IS NOT NULL"
EXCEEDED = "state = 'kept' AND p.degree > 1"
BROKEN = "state = 'broken'"
WITHDRAWN = "state = 'withdrawn'"
PARTIAL = "state = 'partial'"
LATE_OR_WORSE = "state IN ('kept_late', 'overdue', 'broken') OR (state = 'partial' AND p.settled_at > p.counting_due)"
NOTICE_DUE = f"(p.moves_in_time + p.moves_late > 0 OR state = 'withdrawn' OR {LATE_OR_WORSE})"
NOTICE_GIVEN = (
    f"{NOTICE_DUE} AND p.moves_late = 0 AND NOT ({LATE_OR_WORSE}) AND (state <> 'withdrawn' OR p.notice_in_time = 1)"
)

COUNTS: Mapping[str, str] = {
    "counted": COUNTED,
    "kept": KEPT,
    "first_counted": FIRST_COUNTED,
    "first_kept": FIRST_KEPT,
    "notice_due": NOTICE_DUE,
    "notice_given": NOTICE_GIVEN,
    "fulfilled": FULFILLED,
    "exceeded": EXCEEDED,
    "broken": BROKEN,
    "withdrawn": WITHDRAWN,
    "partial": PARTIAL,
}
ALL = ("promises", *COUNTS)
SUMS = "COUNT(*), " + ", ".join(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in COUNTS.values())
"""How many there are, and of what is counted: in the order of `ALL`."""

# -- where it is kept ---------------------------------------------------------------------------------

Dimension = Literal["", "owner", "team", "kind"]
"""What the sums can be asked by; all together: nothing."""

DIMENSIONS: tuple[Dimension, ...] = ("", "owner", "team", "kind")
KEY = ("dimension", "days", "day_us", "day", "value")
DAY_US = timedelta(days=1) // MICROSECOND
SPANS = (1, 32)
"""Days that a row holds."""
SPAN_US = SPANS[-1] * DAY_US

SETTLED = f"p.known_until = {ALWAYS} AND +p.at_until = {ALWAYS} AND p.outcome IS NOT NULL"
"""For good, as far as we know. A plus keeps SQLite from reading all that still holds, to find a few among them."""
SETTLED_AMONG = SETTLED.replace("p.known_until", "+p.known_until")
"""The same of few promises: PostgreSQL would read all that are settled, as long as it knows no better."""

OUTCOMES = "SELECT p.*, p.outcome AS state, p.first_outcome AS first_state FROM promises p"

TABLES = (
    "CREATE TABLE IF NOT EXISTS promise_sums (dimension TEXT NOT NULL, days INTEGER NOT NULL, day_us BIGINT NOT NULL, "
    "day TEXT NOT NULL, value TEXT NOT NULL, "
    + ", ".join(f"{name} INTEGER NOT NULL" for name in ALL)
    + f", PRIMARY KEY ({', '.join(KEY)}))",
)
"""`day_us` is the beginning of the day or of all `days` in UTC, `day` the promise's own where it is one day; `value` of
whoever or whatever there is none is empty."""

Key = tuple[Dimension, int, int, str, str]
Changes = Counter[tuple[Key, int]]
"""What is to be added to each sum, by its row and its place in `ALL`."""


def begins(days: int) -> str:
    """The beginning of a promise's day or days, as SQL: rounded down before 1970 too, where a division rounds up."""
    us = days * DAY_US
    return f"belongs_at - (belongs_at % {us} + {us}) % {us}"


@contextmanager
def noted(cursor: Cursor, promises: Sequence[str], changes: Changes) -> Iterator[None]:
    """What follows for the sums while the rows of these promises are changed."""
    _count(cursor, promises, changes, -1)
    yield
    _count(cursor, promises, changes, +1)


def add_up(cursor: Cursor) -> None:
    """All sums, into an empty table."""
    for dimension, column in zip(DIMENSIONS, ("''", "owner", "team", "kind"), strict=True):
        cursor.execute(
            f"INSERT INTO promise_sums SELECT '{dimension}', 1, {begins(1)} AS day_us, belongs_day, "
            f"COALESCE({column}, '') AS value, {SUMS} FROM ({OUTCOMES} WHERE {SETTLED}) p "
            "GROUP BY day_us, belongs_day, value"
        )
    for span in SPANS[1:]:
        day_us = begins(span).replace("belongs_at", "day_us")
        cursor.execute(
            f"INSERT INTO promise_sums SELECT dimension, {span}, {day_us} AS begins, '', value, "
            f"{', '.join(f'SUM({name})' for name in ALL)} FROM promise_sums WHERE days = 1 "
            "GROUP BY dimension, begins, value"
        )


def _count(cursor: Cursor, promises: Iterable[str], changes: Changes, sign: int) -> None:
    rows = cursor.among(
        f"SELECT belongs_at, belongs_day, owner, team, kind, {SUMS} "
        f"FROM ({OUTCOMES} WHERE p.promise IN ({{among}}) AND {SETTLED_AMONG}) p "
        "GROUP BY belongs_at, belongs_day, owner, team, kind",
        promises,
    )
    for at, day, owner, team, kind, *numbers in rows:
        for (dimension, value), days in product(zip(DIMENSIONS, ("", owner, team, kind), strict=True), SPANS):
            us = days * DAY_US
            key = (dimension, days, at // us * us, day if days == 1 else "", value or "")
            for place, number in enumerate(numbers):
                if number:
                    changes[key, place] += sign * int(number)


def change(cursor: Cursor, changes: Mapping[tuple[Key, int], int]) -> None:
    rows: dict[Key, list[int]] = {}
    for (key, place), number in changes.items():
        if number:
            rows.setdefault(key, [0] * len(ALL))[place] = number
    if not rows:
        return
    added = ", ".join(f"{name} = promise_sums.{name} + excluded.{name}" for name in ALL)
    cursor.executemany(
        f"INSERT INTO promise_sums VALUES ({','.join('?' * (len(KEY) + len(ALL)))}) "
        f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {added}",
        [(*key, *numbers) for key, numbers in rows.items()],
    )
    fewer = [key for key, numbers in rows.items() if numbers[0] < 0]
    where = " AND ".join(f"{name} = ?" for name in KEY)
    cursor.executemany(f"DELETE FROM promise_sums WHERE {where} AND promises = 0", fewer)
