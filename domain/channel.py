"""A channel by which messages leave the house: when it stopped working, and when it worked again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, NamedTuple

from domain.alert import OURSELVES
from domain.fact import Data, Fact, Instant
from domain.ids import Ids


class ChannelPaused(Data):
    """Nothing is sent this way before `until`; then one message tries it again.

    `failures`: how often it failed in a row. `gone`: the receiver wants nothing more of us; nobody tries it again
    before somebody asks for it.
    """

    type_name: ClassVar[str] = "channel.paused"
    rank: ClassVar[int] = 0
    channel: str
    reason: str
    until: Instant
    failures: int
    gone: bool = False


class ChannelResumed(Data):
    """It works again, or somebody asked for it to be tried."""

    type_name: ClassVar[str] = "channel.resumed"
    rank: ClassVar[int] = 1
    channel: str
    by: str | None = None


EVENTS = (ChannelPaused, ChannelResumed)


class ChannelState(NamedTuple):
    """A channel that is paused; `since` the first failure after which nothing worked."""

    channel: str
    since: datetime
    until: datetime
    reason: str
    failures: int
    gone: bool


def stream_of(channel: str) -> str:
    return f"channel-{channel}"


def state(history: Iterable[Fact]) -> ChannelState | None:
    """In order of recording; None while it works."""
    now: ChannelState | None = None
    for fact in history:
        match fact.data:
            case ChannelPaused() as paused:
                since = now.since if now else fact.time
                now = ChannelState(paused.channel, since, paused.until, paused.reason, paused.failures, paused.gone)
            case ChannelResumed():
                now = None
    return now


def event(ids: Ids, data: ChannelPaused | ChannelResumed, *, number: int, now: datetime) -> Fact:
    """`number` is that of the event in its stream."""
    stream = stream_of(data.channel)
    key = ids.of("channel-event", stream, str(number))
    return Fact(source=OURSELVES, id="", time=now, data=data, recorded=now, key=key, stream=stream)
