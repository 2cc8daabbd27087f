"""What people do about alerts, recorded in this home: whoever asks, the pages, the command line or a link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.channel import ChannelResumed
from domain.roles import allowed
from projections import alerts as table
from projections.alerts import Raised
from wiring.home import Konto
from wiring.links import is_genuine
from workers import answering
from workers.health import note
from workers.looking import Look
from workers.tick import holding, key_of
from workers.watches import watch_of

LOCAL = "local"
"""Whoever works in a home where nobody is named."""


def acknowledge(konto: Konto, names: Sequence[str]) -> list[Raised]:
    found = answering.acknowledge(konto.log, konto.library, konto.asker, names, by(konto), konto.clock())
    konto.catch_up()
    return found


def snooze(konto: Konto, names: Sequence[str], *, until: datetime, reason: str | None = None) -> list[Raised]:
    found = answering.snooze(
        konto.log, konto.library, konto.asker, names, by(konto), konto.clock(), until=until, reason=reason
    )
    konto.catch_up()
    return found


def retry(konto: Konto, names: Sequence[str]) -> list[Raised]:
    found = answering.retry(konto.log, konto.library, konto.asker, names, by(konto), konto.clock())
    konto.catch_up()
    return found


def acknowledge_by_link(konto: Konto, alert: str, by: str, key: str) -> Raised | None:
    """In the name of whoever got the message; None where the link is not one of ours. Using it twice does nothing."""
    if not is_genuine(konto.log.ids, alert, by, key):
        return None
    konto.catch_up()
    found = answering.acknowledge_in_name_of(konto.log, konto.library, alert, by, konto.clock())
    konto.catch_up()
    return found


def still_hold(konto: Konto, names: Iterable[str]) -> set[str]:
    """Which of these alerts hold now: what somebody has just done ends some before the next check says so.

    What is costly to look for is taken for holding.
    """
    told = table.several(konto.views, names)
    cheap = [each for each in told.values() if not watch_of(each.rule).is_costly]
    look = Look(konto.library, konto.steering, konto.clock(), ZoneInfo(konto.settings.zone), konto.taught)
    over = {key_of(each.occasion) for each in cheap} - (holding(look, cheap) if cheap else set())
    return {name for name, each in told.items() if key_of(each.occasion) not in over}


def record(konto: Konto, resumed: ChannelResumed) -> None:
    """A channel is tried again because somebody asks for it."""
    allowed(konto.asker, "deliveries")
    note(konto.log, resumed, konto.clock())
    konto.catch_up()


def by(konto: Konto) -> str:
    """The internal id of who asks."""
    person = konto.asker.person
    return LOCAL if person is None else konto.log.ids.person(person)
