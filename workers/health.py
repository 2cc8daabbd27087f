"""Whether a channel works: after some failures in a row it is paused, and tried again after a growing while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain import channel as channels
from domain.channel import ChannelPaused, ChannelResumed, ChannelState, event, stream_of
from domain.log import Log
from projections import channels as table
from projections.tables import Views

FAILURES_BEFORE_PAUSE = 3
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""The last one is used from then on."""
UNREACHABLE = "no_connection"
"""The reason that cannot lie in the message."""
FOR_EVER = timedelta(days=36_500)


@dataclass
class ChannelHealth:
    """What this process has seen of its channels; what is paused stands in the log, for all of them.

    Between two looks at the tables it goes by the last one.
    """

    log: Log
    views: Views
    catch_up: Callable[[], object]
    _failed: dict[str, list[str]] = field(default_factory=dict)
    """By channel the messages that failed in a row."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: dict[str, ChannelState] = field(default_factory=dict)

    def look(self) -> None:
        self._known = table.paused(self.views)

    def silent_until(self, channel: str, now: datetime) -> datetime | None:
        """Until when nothing is tried this way; None = it may be."""
        state = self._paused(channel)
        return state.until if state is not None and (state.gone or state.until > now) else None

    def is_down(self, channel: str) -> bool:
        """It fails for everything, not for one message alone."""
        return self._paused(channel) is not None

    def failed(self, channel: str, message: str, reason: str, now: datetime) -> None:
        with self._lock:
            in_a_row = self._failed.setdefault(channel, [])
            in_a_row.append(message)
            # One message that the other side chokes on is no reason to stop all others.
            by_itself = reason != UNREACHABLE and len(set(in_a_row)) == 1
            failures = len(in_a_row)
        before = self._paused(channel)
        if before is not None:
            failures = max(failures, before.failures + 1)
        elif by_itself:
            return
        if failures >= FAILURES_BEFORE_PAUSE:
            wait = PAUSES[min(failures - FAILURES_BEFORE_PAUSE, len(PAUSES) - 1)]
            self._record(ChannelPaused(channel=channel, reason=reason, until=now + wait, failures=failures), now)

    def gone(self, channel: str, reason: str, now: datetime) -> None:
        """The receiver wants nothing more of us: until somebody asks for it, nothing is tried."""
        self._record(ChannelPaused(channel=channel, reason=reason, until=now + FOR_EVER, failures=1, gone=True), now)

    def worked(self, channel: str, now: datetime) -> None:
        with self._lock:
            self._failed.pop(channel, None)
        if self._paused(channel) is not None:
            self._record(ChannelResumed(channel=channel), now)

    def _paused(self, channel: str) -> ChannelState | None:
        return self._known.get(channel)

    def _record(self, data: ChannelPaused | ChannelResumed, now: datetime) -> None:
        note(self.log, data, now)
        self.catch_up()
        self.look()


def note(log: Log, data: ChannelPaused | ChannelResumed, now: datetime) -> None:
    """Unless it stands so already, or nobody can read how it stands."""
    with log.writing() as writer:
        if not writer.is_readable(stream_of(data.channel)):
            return
        history = writer.history(stream_of(data.channel))
        state = channels.state(history)
        if isinstance(data, ChannelResumed) and state is None:
            return
        if isinstance(data, ChannelPaused) and state is not None and (state.gone or state.until >= data.until):
            return
        writer.append(event(log.ids, data, number=len(history) + 1, now=now), None, "")
