"""What every promise taught, as the adviser learns it: known now, one row a promise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.experience import Experience, Proposal, experience
from domain.store import Cursor
from projections.filters import Condition, Moment
from projections.page import MERGING, Page
from projections.tables import Views, delete, instant, micros

COLUMNS = "promise, made_at, owner, team, severity, kind, customer, lead_days, weekday, kept, known_at, ended_at"
TABLES = (
    "CREATE TABLE IF NOT EXISTS experiences (promise TEXT PRIMARY KEY, made_at BIGINT NOT NULL, owner TEXT, "
    "team TEXT, severity TEXT NOT NULL, kind TEXT NOT NULL, customer TEXT NOT NULL, lead_days REAL, "
    "weekday INTEGER NOT NULL, kept INTEGER NOT NULL, known_at BIGINT, ended_at BIGINT)",
    "CREATE INDEX IF NOT EXISTS experiences_made ON experiences (made_at)",
    "CREATE INDEX IF NOT EXISTS experiences_known ON experiences (known_at)",
    "CREATE INDEX IF NOT EXISTS experiences_ended ON experiences (ended_at)",
    "CREATE INDEX IF NOT EXISTS experiences_owner ON experiences (owner, made_at)",
)


# -- how facts change it ------------------------------------------------------------------------------


def apply(cursor: Cursor, page: Page) -> None:
    folded = page.to_fold("promise", MERGING)
    delete(cursor, "experiences", "promise", (stream for _, stream in folded))
    cursor.insert(
        "experiences",
        [
            _row(experience(relationship.promises[stream], customer, page.steering))
            for family, stream in folded
            for customer, relationship in family.relationships.items()
            if stream in relationship.promises
        ],
    )


def _row(each: Experience) -> tuple[Any, ...]:
    made, kept = each.proposal, int(each.kept)
    at = (micros(each.known_at), micros(each.ended_at))
    return (each.promise, micros(made.made_at), *made[1:], kept, *at)


# -- questions ----------------------------------------------------------------------------------------


def every(views: Views, until: datetime) -> list[Experience]:
    """Of all promises made by a moment, in order of making; what ended later has not ended yet."""
    rows = views.rows(
        f"SELECT {COLUMNS} FROM experiences WHERE made_at <= ? ORDER BY made_at, promise", (micros(until),)
    )
    return [_experience(row, until) for row in rows]


def between(views: Views, after: datetime, until: datetime) -> list[Experience]:
    """Of all promises with which something happened later than one moment and by another one."""
    start, end = micros(after), micros(until)
    lately = " UNION ".join(
        f"SELECT promise FROM experiences WHERE {name} > {start} AND {name} <= {end}"
        for name in ("made_at", "known_at", "ended_at")
    )
    rows = views.rows(
        f"SELECT {COLUMNS} FROM experiences WHERE made_at <= {end} AND promise IN ({lately}) ORDER BY promise"
    )
    return [_experience(row, until) for row in rows]


def one(views: Views, promise: str) -> Experience | None:
    row = views.row(f"SELECT {COLUMNS} FROM experiences WHERE promise = ?", (promise,))
    return None if row is None else _experience(row, None)


def in_time_for_notice(views: Views, moment: Moment, seen: Condition) -> list[Experience]:
    """Of the promises that are open at a moment and of which the customer can still be told in time.

    `seen`: which of them count, as a condition on `promises p`.
    """
    columns = ", ".join(f"e.{name}" for name in COLUMNS.split(", "))
    rows = views.rows(
        f"SELECT {columns} FROM promises p JOIN experiences e ON e.promise = p.promise WHERE {moment.rows()} "
        f"AND p.outcome IS NULL AND p.last_moment > {moment.us} AND {seen.sql} ORDER BY e.promise",
        seen.params,
    )
    return [_experience(row, moment.at) for row in rows]


def owners(views: Views, since: datetime) -> list[str]:
    """Who promised anything since a moment, by internal id."""
    rows = views.rows(
        "SELECT DISTINCT owner FROM experiences WHERE made_at >= ? AND owner IS NOT NULL ORDER BY owner",
        (micros(since),),
    )
    return [row[0] for row in rows]


def _experience(row: Any, until: datetime | None) -> Experience:
    promise, made_at, *told, kept, known_at, ended_at = row
    made = instant(made_at)
    assert made is not None
    return Experience(promise, Proposal(made, *told), bool(kept), _by(known_at, until), _by(ended_at, until))


def _by(value: int | None, until: datetime | None) -> datetime | None:
    at = instant(value)
    return None if at is None or (until is not None and at > until) else at
