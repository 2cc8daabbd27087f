"""Channels that do not work just now: since when, why, and when they are tried again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.channel import ChannelPaused, ChannelResumed, ChannelState
from domain.store import Cursor
from projections.page import Page
from projections.tables import Views, delete, instant, micros

TABLES = (
    "CREATE TABLE IF NOT EXISTS channels (channel TEXT PRIMARY KEY, since BIGINT NOT NULL, until BIGINT NOT NULL, "
    "reason TEXT NOT NULL, failures INTEGER NOT NULL, gone INTEGER NOT NULL)",
)


def apply(cursor: Cursor, page: Page) -> None:
    for fact in page.facts:
        match fact.data:
            case ChannelPaused() as paused:
                row = (paused.channel, micros(fact.time), micros(paused.until))
                cursor.execute(
                    "INSERT INTO channels VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (channel) DO UPDATE SET "
                    "until = excluded.until, reason = excluded.reason, failures = excluded.failures, "
                    "gone = excluded.gone",
                    (*row, paused.reason, paused.failures, int(paused.gone)),
                )
            case ChannelResumed() as resumed:
                delete(cursor, "channels", "channel", [resumed.channel])


def paused(views: Views) -> dict[str, ChannelState]:
    """By name those that do not work, whether they may be tried again by now or not."""
    rows = views.rows("SELECT channel, since, until, reason, failures, gone FROM channels ORDER BY channel")
    return {row[0]: _state(row) for row in rows}


def _state(row: Any) -> ChannelState:
    channel, since, until, reason, failures, gone = row
    return ChannelState(channel, _known(since), _known(until), reason, failures, bool(gone))


def _known(us: int) -> datetime:
    at = instant(us)
    assert at is not None
    return at
