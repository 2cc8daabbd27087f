"""Moments as the tables beside the log keep them, in the clear."""

from __future__ import annotations

from datetime import UTC, datetime

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""In the place of a moment that was damaged or changed by hand: what is due since then is done, and nothing ends by it.
`konto check` says where that is so."""


def kept_instant(text: str) -> datetime:
    """LONG_AGO where it can no longer be read, or lost its offset."""
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return LONG_AGO
    return LONG_AGO if found.tzinfo is None else found


def kept_instant_if_any(text: str | None) -> datetime | None:
    return None if text is None else kept_instant(text)
