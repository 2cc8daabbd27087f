"""What every promise taught, as the adviser learns it: known now, one row a promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.experience import Experience, Proposal, experience
from domain.store import Cursor
from projections.filters import Condition, Moment
from projections.page import MERGING, Page, Row
from projections.tables import Views, instant, micros

COLUMNS = "promise, made_at, owner, team, severity, kind, customer, lead_days, weekday, kept, known_at, ended_at"
TABLES = (
    "CREATE TABLE IF NOT EXISTS experiences (promise TEXT PRIMARY KEY, made_at BIGINT NOT NULL, owner TEXT, "
    "team TEXT, severity TEXT NOT NULL, kind TEXT NOT NULL, customer TEXT NOT NULL, lead_days REAL, "
    "weekday INTEGER NOT NULL, kept INTEGER NOT NULL, known_at BIGINT, ended_at BIGINT)",
    "CREATE INDEX IF NOT EXISTS experiences_made ON experiences (made_at)",
    "CREATE INDEX IF NOT EXISTS experiences_known ON experiences (known_at)",
    "CREATE INDEX IF NOT EXISTS experiences_ended ON experiences (ended_at)",
    "CREATE INDEX IF NOT EXISTS experiences_owner ON experiences (owner, made_at)",
    "CREATE TABLE IF NOT EXISTS relearned (position BIGINT PRIMARY KEY, since BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS relearned_since ON relearned (since)",
)
"""`relearned`: what came up to a position of the log changed what is taught from an instant on."""

STEPWISE = ("relearned",)
"""Holds in which steps the tables were brought up to the log."""

REMEMBERED = 100_000
"""Positions; whoever learned before that learns anew."""


# -- how facts change it ------------------------------------------------------------------------------


def apply(cursor: Cursor, page: Page) -> None:
    folded = page.to_fold("promise", MERGING)
    streams = [stream for _, stream in folded]
    before = {} if page.first else _before(cursor, streams)
    now = {
        stream: _row(experience(relationship.lives(page.steering)[stream], customer, page.steering))
        for family, stream in folded
        for customer, relationship in family.relationships.items()
        if stream in relationship.promises
    }
    page.clear(cursor, "experiences", "promise", streams)
    cursor.insert("experiences", list(now.values()))
    changed = [at for stream in streams if (at := _differs_from(before.get(stream), now.get(stream))) is not None]
    if changed and not page.first:
        page.common.teach(min(changed))


def _before(cursor: Cursor, streams: Sequence[str]) -> dict[str, Row]:
    return {row[0]: tuple(row) for row in cursor.among(f"SELECT {COLUMNS} FROM experiences {AMONG}", streams)}


AMONG = "WHERE promise IN ({among})"


def _differs_from(before: Sequence[Any] | None, now: Sequence[Any] | None) -> int | None:
    """From which instant on a promise teaches something else; None = it does not."""
    if before is None or now is None:
        there = before or now
        return None if there is None else there[MADE_AT]
    if tuple(before[:KEPT]) != tuple(now[:KEPT]):
        return int(min(before[MADE_AT], now[MADE_AT]))
    ends = [
        at
        for columns in ((KEPT, KNOWN_AT), (ENDED_AT,))
        if any(before[column] != now[column] for column in columns)
        for at in (before[columns[-1]], now[columns[-1]])
        if at is not None
    ]
    return min(ends, default=None)


MADE_AT, KEPT, KNOWN_AT, ENDED_AT = (
    COLUMNS.split(", ").index(name) for name in ("made_at", "kept", "known_at", "ended_at")
)


def relearn(cursor: Cursor, position: int, since: int) -> None:
    """What came up to a position changed what is taught from an instant on.

    What came earlier and changed only what is later says nothing more.
    """
    cursor.execute("DELETE FROM relearned WHERE since >= ? OR position < ?", (since, position - REMEMBERED))
    cursor.execute(
        "INSERT INTO relearned VALUES (?, ?) ON CONFLICT (position) DO NOTHING",  # an earlier instant stays
        (position, since),
    )


def taught_anew(cursor: Cursor, position: int) -> None:
    """After all promises of a whole log: whoever learned before learns anew."""
    since = cursor.execute("SELECT MIN(made_at) FROM experiences").one()[0]
    if since is not None:
        relearn(cursor, position, since)


def _row(each: Experience) -> tuple[Any, ...]:
    made, kept = each.proposal, int(each.kept)
    at = (micros(each.known_at), micros(each.ended_at))
    return (each.promise, micros(made.made_at), *made[1:], kept, *at)


# -- questions ----------------------------------------------------------------------------------------


def unchanged(views: Views, position: int, until: datetime | None) -> bool:
    """Whether nothing that happened by a moment teaches anything else than what was known up to a position."""
    if until is None:
        return True
    newest, since = views.row(
        f"SELECT MAX(position), MIN(CASE WHEN position > {position} THEN since END) FROM relearned"
    )
    if newest is None or newest <= position:
        return True
    return bool(newest - position < REMEMBERED and since > micros(until))


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
