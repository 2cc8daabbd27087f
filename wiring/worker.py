"""The worker's two deeds, whoever asks for them: looking at the clock once, and sending with this home's channels."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wiring.home import Konto
from wiring.merging import merge_equal_addresses
from workers import when_a_month_has_ended_set_the_firms_rates
from workers.channels import Channel, Channels, Folder, Mailer, Notifier
from workers.delivery import Sender
from workers.tick import Newly, tick


def channels(konto: Konto) -> Channels:
    mail = konto.settings.mail
    if mail.host is None:
        post: Mailer | Folder = Folder(konto.home / "outgoing", mail.sender)
    else:
        post = Mailer(
            host=mail.host,
            port=mail.port,
            security=mail.security,
            sender=mail.sender,
            timeout_seconds=mail.timeout_seconds,
            user=mail.user,
            password=mail.password.get_secret_value() if mail.password else None,
        )
    found: dict[str, Channel] = {"email": post}
    for name, url in konto.settings.channels.items():
        found[name] = Notifier(name, url.get_secret_value())
    return found


def sender(konto: Konto) -> Sender:
    worker, board = konto.settings.worker, konto.settings.dashboard
    return Sender(
        log=konto.log,
        library=konto.library,
        steering=lambda: konto.steering,
        name_of=konto.name_of,
        channels=channels(konto),
        clock=konto.clock,
        catch_up=konto.catch_up,
        zone=ZoneInfo(konto.settings.zone),
        lease=timedelta(seconds=worker.lease_seconds),
        most_attempts=worker.attempts,
        page_of=lambda customer: f"{board.address}account?customer={customer}",
        pause=time.sleep,
    )


def run_tick(konto: Konto, at: datetime | None = None) -> list[Newly]:
    """The same check for `konto tick` and for the schedule."""
    konto.catch_up()
    now = konto.clock()
    merge_equal_addresses(konto)
    set_rates(konto, min(at or now, now))
    newly = tick(konto.log, konto.views, konto.steering, konto.name_of, at=at or now, now=now)
    konto.catch_up()
    return newly


def set_rates(konto: Konto, at: datetime) -> int:
    """The firm's rates of the months that have ended; how many were set."""
    facts = when_a_month_has_ended_set_the_firms_rates.facts(konto.library, ZoneInfo(konto.settings.zone), at)
    if facts:
        konto.record(facts)
        konto.catch_up()
    return len(facts)
