"""Calendars of this home: read, compared with what stands in the log, and recorded."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from domain.errors import Refused
from domain.fact import Fact, in_order
from domain.lives import standing
from domain.promise import LIFE, PromiseChanged, PromiseMade, PromiseRenegotiated
from domain.roles import allowed
from domain.store import StoreBusy
from intake.appointments.appointment import named
from intake.appointments.components import MOST_BYTES, TOO_LARGE, Cut, cut
from intake.appointments.partners import Known
from intake.appointments.reading import Found, Span, read
from intake.appointments.telling import A_FILE, SOURCE, Recorded, Telling
from intake.appointments.zones import Zones, known_zones
from intake.mapped import Mapped
from intake.refusal import in_row
from intake.text_lines import refused_file
from projections import customers, promises
from wiring.asking_calendars import ask
from wiring.home import Konto
from wiring.importing import take
from wiring.presence import CALENDAR, beat
from words import N_

SEARCH_SECONDS = 20.0
"""So long the repetitions of one calendar may take to be found; usual ones take well below a second."""
ANEW_AFTER = timedelta(hours=6)
"""A calendar that has not changed is read all the same after so long: repeated appointments come nearer, and a guest
may have become a customer."""

NO_CALENDARS = N_(
    "No calendar is subscribed to. Please name one in settings.toml: a section [appointments.NAME] with its url."
)
NO_SUCH_CALENDAR = N_("There is no calendar “{found}” in the settings. There are: {known}.")
NO_SUCH_ZONE = N_("There is no zone “{found}”. A zone is written like Europe/Berlin.")
EMPTIED = N_(
    "The calendar “{name}” is empty all at once, so nothing was taken back. If these {n} appointments are really "
    "cancelled, please say so: konto capture"
)


@dataclass
class Outcome:
    """What became of one calendar. `read` appointments gave facts, were known, were left out, or cannot be read."""

    calendar: str
    read: int = 0
    recorded: int = 0
    already: int = 0
    parked: int = 0
    refused: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    refusals: list[tuple[Mapped | None, Refused]] = field(default_factory=list)
    postponed: bool = False
    """Whether something is missing could not be settled; it is looked at again at the next reading."""
    unchanged: bool = False
    """It said that it is as it was, and was not read."""


class _Kept(NamedTuple):
    """What is remembered of the last whole reading; `held`: which promises stood in the calendar."""

    etag: str | None
    at: datetime
    held: frozenset[str]


class _Look(NamedTuple):
    telling: Telling
    facts: list[Mapped]
    found: Found
    recorded: list[Recorded]
    etag: str | None


class Calendars:
    """Those that the settings name. What is remembered between two readings only saves work."""

    def __init__(self, konto: Konto) -> None:
        self.konto = konto
        self._kept: dict[str, _Kept] = {}

    def chosen(self, name: str | None) -> list[str]:
        """Raises Refused where there is none, or none of this name."""
        known = self.konto.settings.appointments
        if not known:
            raise Refused("no_calendars", NO_CALENDARS)
        if name is not None and name not in known:
            raise Refused("not_found", NO_SUCH_CALENDAR, "NAME", found=name[:40], known=", ".join(known))
        return list(known) if name is None else [name]

    def read(self, name: str, *, dry_run: bool = False) -> Outcome:
        """Reads one and records what is new. Raises Refused where the calendar as a whole cannot be read."""
        allowed(self.konto.asker, "record")
        now = self.konto.clock()
        look = self._look(name, now, anew=dry_run)
        if look is None:
            self._was_read(name, now)
            return Outcome(name, unchanged=True)
        if not dry_run:
            self._was_read(name, now)
        outcome = Outcome(name)
        facts = look.facts
        if look.found.is_sound:
            facts = [*facts, *self._vanished(name, look, outcome)]
        _record(self.konto, outcome, look.telling, facts, look.found, dry_run=dry_run, valid_only=True)
        if look.found.is_sound and not dry_run:
            etag = None if outcome.postponed else look.etag
            self._kept[name] = _Kept(etag, now, frozenset(look.telling.held))
        return outcome

    def _was_read(self, name: str, now: datetime) -> None:
        """For whoever asks whether all is well."""
        with suppress(StoreBusy):
            beat(self.konto.log.store, CALENDAR, name, now)

    def _look(self, name: str, now: datetime, *, anew: bool) -> _Look | None:
        """None where nothing has changed since it was read."""
        settings = self.konto.settings.appointments[name]
        kept = self._kept.get(name)
        known = kept is not None and not anew and now < kept.at + ANEW_AFTER
        asked = ask(name, settings, now - timedelta(days=1), kept.etag if kept and known else None)
        if asked.bodies is None:
            return None
        until = now + timedelta(days=settings.horizon_days)
        cuts = [cut(body) for body in asked.bodies]
        terms = _Terms(settings.zone, settings.own, settings.person)
        return _looked(self.konto, name, terms, cuts, Span(now, until), asked.etag)

    def _vanished(self, name: str, look: _Look, outcome: Outcome) -> list[Mapped]:
        """Nothing where somebody else's calendar cannot be asked whether it still holds them: next time, then."""
        read = {each.uid for each in look.found.appointments}

        def gone(elsewhere: frozenset[str]) -> list[Mapped]:
            return list(look.telling.vanished(look.recorded, look.found.seen, read, elsewhere))

        missing = gone(frozenset())
        if not missing:
            return []
        if not look.found.seen and len(missing) > 1:
            # Whoever lost the rights to a calendar is often shown an empty one.
            outcome.left_out["emptied"] += len(missing)
            outcome.refusals.append((None, Refused("emptied", EMPTIED, name=name, n=len(missing))))
            return []
        try:
            return gone(self._held_elsewhere(name, look.telling.now))
        except Refused as refused:
            outcome.postponed = True
            outcome.refusals.append((None, refused))
            return []

    def _held_elsewhere(self, name: str, now: datetime) -> frozenset[str]:
        held: set[str] = set()
        for other in self.konto.settings.appointments:
            if other == name:
                continue
            if other not in self._kept:
                look = self._look(other, now, anew=True)
                assert look is not None
                if not look.found.is_sound:
                    raise look.found.refused[0][1]
                self._kept[other] = _Kept(None, now, frozenset(look.telling.held))
            held |= self._kept[other].held
        return frozenset(held)


def read_file(
    konto: Konto,
    file: Path,
    *,
    customer: str | None = None,
    zone: str | None = None,
    horizon_days: int = 90,
    dry_run: bool = False,
    valid_only: bool = False,
) -> Outcome:
    """An exported calendar or an invitation. `customer`: whose all its appointments are."""
    allowed(konto.asker, "record")
    now = konto.clock()
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Refused("too_large", TOO_LARGE, limit=MOST_BYTES >> 20)
        body = file.read_bytes()
    except OSError as error:
        raise refused_file(file, error) from None
    if zone is not None and zone not in known_zones():
        raise Refused("unknown_zone", NO_SUCH_ZONE, "--zone", found=zone[:60])
    own = tuple(each for settings in konto.settings.appointments.values() for each in settings.own)
    span = Span(now, now + timedelta(days=horizon_days))
    look = _looked(konto, A_FILE, _Terms(zone, own, None, customer), [cut(body)], span, None)
    outcome = Outcome(A_FILE)
    _record(konto, outcome, look.telling, look.facts, look.found, dry_run=dry_run, valid_only=valid_only)
    return outcome


# -- reading --------------------------------------------------------------------------------------------


class _Terms(NamedTuple):
    """How a calendar is to be understood: by its settings, or as the command says."""

    zone: str | None
    own: tuple[str, ...]
    person: str | None
    customer: str | None = None


def _looked(konto: Konto, name: str, terms: _Terms, cuts: Sequence[Cut], span: Span, etag: str | None) -> _Look:
    konto.catch_up()
    own_zone = next((zone for each in cuts if (zone := each.about.get("X-WR-TIMEZONE"))), None)
    found, usual = Found(), terms.zone
    still = _patience()
    for each in cuts:
        zones = Zones(each.zones, terms.zone, own_zone)
        usual = usual or zones.usual
        found.add(read(each, span, zones, still))
    telling = Telling(name, _known(konto, terms), span.now, span.until, usual or konto.settings.zone)
    telling.read = telling.left_out["over"] = found.over
    recorded = _recorded(konto, {each.uid for each in found.appointments})
    return _Look(telling, list(telling.facts(found.appointments, recorded)), found, recorded, etag)


def _patience() -> Callable[[], bool]:
    """Whether there is time left to search for repetitions; on the machine's running clock, which nobody sets."""
    until_s = time.monotonic() + SEARCH_SECONDS
    return lambda: time.monotonic() < until_s


def _known(konto: Konto, terms: _Terms) -> Known:
    people = konto.steering.people.at(konto.clock())
    addresses = customers.by_address(konto.library, konto.asker)
    own = {each.casefold().lstrip("@") for each in terms.own}

    def one_of_us(address: str) -> str | None:
        person = people.find(address)
        if person is not None:
            return person.id
        return address if address in own or address.rpartition("@")[2] in own else None

    def called(name: str) -> list[str]:
        try:
            return [_named(konto, name)]
        except customers.SeveralCustomers as several:
            return several.candidates
        except customers.UnknownCustomer:
            return []

    named_customer = None if terms.customer is None else _named(konto, terms.customer)
    return Known(lambda address: addresses.get(address, []), cache(called), one_of_us, terms.person, named_customer)


def _named(konto: Konto, customer: str) -> str:
    found = customers.find(konto.library, konto.asker, customer)
    return f"{found.source}:{found.id}"


def _recorded(konto: Konto, uids: set[str]) -> list[Recorded]:
    """What stands in the log of these UIDs, and whatever else came from calendars and is open."""
    rows = promises.of_source(konto.library, SOURCE)
    wanted = {stream: id for stream, id, settled in rows if not settled or named(id).uid in uids}
    histories, _ = konto.log.whole(wanted)
    counting = {stream: standing(history) for stream, history in histories.items()}
    facts_of_all = [fact for facts in counting.values() for fact in facts]
    opened = {fact.key: fact for fact in konto.log.legibly_opened(facts_of_all)}
    legible = {stream: facts for stream, facts in counting.items() if all(fact.key in opened for fact in facts)}
    found = (_one(wanted[stream], facts, opened) for stream, facts in legible.items())
    return [each for each in found if each is not None]


def _one(id: str, facts: Sequence[Fact], opened: dict[str, Fact]) -> Recorded | None:
    """None where everything was recorded by mistake, or was erased."""
    promise = LIFE.state(facts)
    if promise is None or not opened[promise.made.key].id:
        return None
    due: datetime | date | None = None
    what: str | None = None
    for fact in in_order(opened[each.key] for each in facts if each.source == SOURCE):
        match fact.data:
            case PromiseMade():
                due, what = fact.data.due, fact.data.what
            case PromiseRenegotiated():
                due = fact.data.due
            case PromiseChanged() if fact.data.says("what"):
                what = fact.data.what
    latest = max(fact.time for fact in facts)
    calendar = opened[promise.made.key].id.partition("/")[0]
    settled = promise.settled.type if promise.settled else None
    return Recorded(id, calendar, due, what, latest, settled)


# -- recording ------------------------------------------------------------------------------------------


def _record(
    konto: Konto,
    outcome: Outcome,
    telling: Telling,
    facts: Iterable[Mapped],
    found: Found,
    *,
    dry_run: bool,
    valid_only: bool,
) -> None:
    unreadable = [Mapped(line, refused=in_row(refused, line)) for line, refused in found.refused]
    summary = take(konto, [*unreadable, *facts], dry_run=dry_run, valid_only=valid_only)
    outcome.read = telling.read + len(unreadable)
    outcome.already = telling.already + summary.already
    outcome.left_out += telling.left_out
    outcome.recorded, outcome.parked, outcome.refused = summary.recorded, summary.parked, summary.refused
    in_rows: list[tuple[Mapped, Refused]] = sorted(summary.refusals, key=lambda each: each[0].row)
    outcome.refusals.extend(in_rows)
    if summary.recorded and not dry_run:
        konto.catch_up()
