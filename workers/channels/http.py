"""What the answer of a web server says about a message: delivered, or why not and when to try again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from workers.channels.contract import Failure, NotDelivered

LONGEST_PAUSE = timedelta(days=1)
LATER = (408, 425, 429)
GONE = 410


def judge(status: int, retry_after: str = "", *, now: datetime) -> None:
    """Raises NotDelivered unless the answer is a yes."""
    if 200 <= status <= 299:
        return
    failure = failure_of(status)
    again = pause(retry_after, now) if failure in ("later", "channel") else None
    raise NotDelivered(f"http_{status}", failure, again)


def failure_of(status: int) -> Failure:
    if status == GONE:
        return "gone"
    if status in LATER:
        return "later"
    # An address that has moved is put right by hand: whoever follows may be led anywhere.
    return "refused" if 300 <= status <= 499 else "channel"


def pause(retry_after: str, now: datetime) -> timedelta | None:
    """What Retry-After says, in seconds or as a date, and at most a day. None where it says nothing usable."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        # More digits would not fit a duration.
        wait = timedelta(seconds=int(text.lstrip("0")[:9] or 0))
    else:
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST_PAUSE) if wait > timedelta() else None
