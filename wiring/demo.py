"""The sample firm in a home of its own: made up, put through the same door as everybody's, and served.

The older history comes in at once, as an import would bring it. The last weeks are lived through morning
by morning with the clock of those days, so that alerts, their delivery and "what we knew then" are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from importlib import resources
from itertools import groupby, islice
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.document import DocumentKind
from domain.fact import Fact
from domain.record import record
from domain.vocabulary import parse
from intake import sample_firm
from projections import alerts, outbox
from wiring.home import Clock, Konto, open_home, system_clock
from wiring.importing import CHUNK
from wiring.worker import dispatch, look, prepare_tick, sender
from workers import answering
from workers.channels import Envelope
from workers.watches import QUICK, WATCHES

DOCUMENTS: tuple[DocumentKind, ...] = ("people", "calendars")
MORNING = time(8)
LIVED_WEEKS = 13
ALL_OF_A_MORNING = 10_000
MONDAY = 0
SEEN_OF = 10
"""One alert of so many is overlooked."""

Progress = Callable[[int, int], None]
"""Called with the facts recorded and all facts."""


def home_of(home: Path, seed: int, now: datetime) -> Path:
    """A folder of its own for each day: the sample firm reaches up to today, and nobody's own data is mixed in."""
    return home / "sample-firm" / f"{now:%Y-%m-%d}-{seed}"


def fill(
    home: Path,
    environment: Mapping[str, str],
    *,
    seed: int,
    days: int,
    clock: Clock = system_clock,
    lived_weeks: int = LIVED_WEEKS,
    progress: Progress | None = None,
) -> int:
    """The number of facts recorded; a home that holds facts already is left as it is."""
    now = clock()
    lived = _Clock(now - timedelta(weeks=lived_weeks))
    put_documents(home)
    konto = open_home(home, environment=environment, clock=lived)
    try:
        if _holds_facts(konto):
            return 0
        facts = [parse(each, now=now) for each in sample_firm.facts(seed, days, now - timedelta(minutes=1))]
        _live_through(konto, lived, facts, now, progress)
        return len(facts)
    finally:
        konto.close()


def put_documents(home: Path) -> None:
    """The sample firm's people and calendars, before anything else is in the log."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    texts = {
        f"{kind}.toml": resources.files(sample_firm).joinpath(f"{kind}.toml").read_text("utf-8") for kind in DOCUMENTS
    }
    texts["settings.toml"] = f'firm = "{sample_firm.NAME}"\n'
    for name, text in texts.items():
        if not (home / name).exists():
            (home / name).write_text(text, encoding="utf-8")


def _holds_facts(konto: Konto) -> bool:
    return any(fact.customer for fact in konto.log.page(0, len(DOCUMENTS) + 1))


@dataclass
class _Clock:
    """Stands still until it is put forward."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def _live_through(konto: Konto, clock: _Clock, facts: list[Fact], now: datetime, progress: Progress | None) -> None:
    done = 0
    quiet, leaving = replace(sender(konto), channels={"email": _Unposted()}), dispatch(konto)
    for moment, group in groupby(facts, key=lambda fact: _heard_at(fact, clock.now, now, konto)):
        for chunk in _chunks(group):
            clock.now = moment
            with konto.log.writing() as writer:
                record(writer, chunk, now=moment, zone_of=konto.zone_of)
            done += len(chunk)
            if progress:
                progress(done, len(facts))
        konto.catch_up()
        prepare_tick(konto)
        # On Mondays all customers are looked at, on the other days what has happened.
        look(konto, moment, WATCHES if moment.weekday() == MONDAY else QUICK)
        leaving.release(moment)
        quiet.deliver_several(outbox.ready(konto.views, moment, limit=ALL_OF_A_MORNING))
        _take_note(konto, moment)
    konto.catch_up()


def _take_note(konto: Konto, moment: datetime) -> None:
    """Most of what arrived in the morning is seen soon; what is not goes on to whoever comes next."""
    for each in alerts.active(konto.views):
        seen = each.state == "delivered" and each.sent_to and int(each.alert[-2:], 16) % SEEN_OF != 0
        if seen:
            answering.acknowledge_in_name_of(konto.log, konto.library, each.alert, each.sent_to or "", moment)


def _chunks(facts: Iterator[Fact]) -> Iterator[list[Fact]]:
    return iter(lambda: list(islice(facts, CHUNK)), [])


def _heard_at(fact: Fact, since: datetime, now: datetime, konto: Konto) -> datetime:
    """When we heard of it: the past at once, then each morning what the day before brought."""
    if fact.time <= since:
        return since
    zone = ZoneInfo(konto.settings.zone)
    local = fact.time.astimezone(zone)
    morning = datetime.combine(local.date(), MORNING, tzinfo=zone)
    if local > morning:
        morning = datetime.combine(local.date() + timedelta(days=1), MORNING, tzinfo=zone)
    return min(morning, now)


class _Unposted:
    """Takes the messages of days gone by: nobody is to get them now."""

    name = "email"

    def send(self, envelope: Envelope) -> None:
        return None
