"""Every fact of every customer with both times, and what customers told us."""

from __future__ import annotations

from domain.customer import FeedbackGiven
from domain.store import Cursor
from projections.page import Page
from projections.tables import insert, micros

TABLES = (
    "CREATE TABLE IF NOT EXISTS timeline (position BIGINT PRIMARY KEY, customer TEXT NOT NULL, time BIGINT NOT NULL, "
    "recorded BIGINT NOT NULL, type TEXT NOT NULL, stream TEXT NOT NULL, fact TEXT NOT NULL, normalised REAL)",
    "CREATE INDEX IF NOT EXISTS timeline_customer ON timeline (customer, time)",
    "CREATE INDEX IF NOT EXISTS timeline_type ON timeline (type, time)",
)


def apply(cursor: Cursor, page: Page) -> None:
    insert(
        cursor,
        "timeline",
        [
            (
                fact.position,
                fact.customer,
                micros(fact.time),
                micros(fact.recorded),
                fact.type,
                fact.stream,
                fact.key,
                fact.data.normalised if isinstance(fact.data, FeedbackGiven) else None,
            )
            for fact in page.facts
            if fact.customer and not fact.stream.startswith("alert-")
        ],
    )
