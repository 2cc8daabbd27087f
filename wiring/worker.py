"""The worker's deeds, whoever asks for them: looking at the clock, releasing what may leave, sending it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from domain.alert import Occasion
from wiring import links
from wiring.home import Konto
from wiring.merging import merge_equal_addresses
from wiring.settings import EMAIL
from words import Translator
from workers import when_a_month_has_ended_set_the_firms_rates
from workers.channels import Channel, Channels, Folder, Mailer, Notifier, Webhook
from workers.composing import Composer
from workers.delivery import Sender
from workers.dispatch import Dispatch
from workers.escalation import escalate
from workers.looking import Look
from workers.messages import Message, Telling, single
from workers.tick import Check, Newly, clear_ended, raise_new
from workers.watches import WATCHES, Watch


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
    found: dict[str, Channel] = {EMAIL: post}
    for name, url in konto.settings.channels.items():
        found[name] = Notifier(name, url.get_secret_value())
    for name, hook in konto.settings.webhooks.items():
        found[name] = Webhook(
            name=name,
            url=hook.url.get_secret_value(),
            secret=hook.secret.get_secret_value(),
            clock=konto.clock,
            allow_private=hook.allow_private,
            timeout_seconds=hook.timeout_seconds,
        )
    return found


def composer(konto: Konto) -> Composer:
    pages = konto.settings.pages
    return Composer(
        log=konto.log,
        library=konto.library,
        steering=lambda: konto.steering,
        name_of=konto.name_of,
        zone=ZoneInfo(konto.settings.zone),
        taught=konto.taught,
        page_of=lambda occasion: links.page_of(pages, occasion),
        acknowledge_at=lambda alert, person: links.acknowledge_at(pages, konto.log.ids, alert, person),
    )


def sender(konto: Konto) -> Sender:
    worker = konto.settings.worker
    return Sender(
        log=konto.log,
        library=konto.library,
        steering=lambda: konto.steering,
        name_of=konto.name_of,
        channels=channels(konto),
        composer=composer(konto),
        clock=konto.clock,
        catch_up=konto.catch_up,
        zone=ZoneInfo(konto.settings.zone),
        taught=konto.taught,
        lease=timedelta(seconds=worker.lease_seconds),
        most_attempts=worker.attempts,
        pause=time.sleep,
        beside=konto.tables.others,
    )


def said(konto: Konto, occasion: Occasion, at: datetime, t: Translator) -> Message:
    """What a message about it would say; whoever gets it can also take note of it by a link."""
    zone = ZoneInfo(konto.settings.zone)
    matter = composer(konto).matter(occasion, at)
    return single(matter, Telling(at, zone, t, page=links.page_of(konto.settings.pages, occasion)))


def dispatch(konto: Konto) -> Dispatch:
    return Dispatch(konto.log, konto.views, lambda: konto.steering, konto.name_of, konto.catch_up)


# -- looking ----------------------------------------------------------------------------------------------


def run_tick(konto: Konto, at: datetime | None = None) -> list[Newly]:
    """Everything that is checked by time, for a moment."""
    konto.catch_up()
    prepare_tick(konto, at)
    return look(konto, at or konto.clock())


def prepare_tick(konto: Konto, at: datetime | None = None) -> None:
    """What is recorded by time before anything is raised: equal addresses are merged, the firm's rates are set."""
    now = konto.clock()
    merge_equal_addresses(konto)
    set_rates(konto, min(at or now, now))


def look(
    konto: Konto,
    at: datetime,
    watches: Sequence[Watch] = WATCHES,
    *,
    tidy: bool = True,
    between: Callable[[], object] | None = None,
    raising: AbstractContextManager[object] | None = None,
) -> list[Newly]:
    """Raises what is new. `tidy`: also clears what has ended, and passes on what nobody acknowledged.

    `between` is called after each portion that was raised, `raising` is held from the first to the last.
    """

    def raised() -> None:
        konto.catch_up()
        if between:
            between()

    # Few people get very many alerts: each is asked for once in a look.
    firm = Look(konto.library, konto.steering, at, _zone(konto), konto.taught)
    check = Check(konto.log, firm, cache(konto.name_of), konto.clock())
    newly = raise_new(check, watches, raised, raising)
    if tidy:
        clear_ended(check, watches)
        konto.catch_up()
        newly += escalate(check)
        konto.catch_up()
    return newly


def _zone(konto: Konto) -> ZoneInfo:
    return ZoneInfo(konto.settings.zone)


def set_rates(konto: Konto, at: datetime) -> int:
    """The firm's rates of the months that have ended; how many were set."""
    facts = when_a_month_has_ended_set_the_firms_rates.facts(konto.library, _zone(konto), at)
    if facts:
        konto.record(facts)
        konto.catch_up()
    return len(facts)
