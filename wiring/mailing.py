"""Mail into the log: from a mailbox on its server or from files, each letter as what it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, NamedTuple

from domain.contact import ContactAnswered, ContactInbound, ContactOutbound
from domain.errors import Refused
from domain.fact import Fact
from domain.lives import LIVES, standing
from domain.people import People
from domain.record import Receipt, record
from domain.store.locks import held
from domain.vocabulary import parse
from intake.mail import stored
from intake.mail.correspondence import (
    SOURCE,
    Asked,
    Correspondence,
    Customer,
    Outcome,
    Remembered,
    Sent,
    Unknown,
    answer_of,
)
from intake.mail.header import normal
from intake.mail.letter import Found, Letter, Ourselves, letter
from intake.mail.naming import Named, named_in
from intake.mail.signs import Reason
from projections import customers, incidents, promises
from projections.filters import Filter, Moment
from wiring import bookmarks
from wiring.bookmarks import Bookmark, Place
from wiring.home import AlreadyRunning, Konto
from wiring.mailbox import MailboxTrouble, opened
from wiring.merging import merge_equal_addresses, named
from wiring.settings import MailboxSettings
from words import N_
from workers.channels import is_our_own

CHUNK = 200
"""So many letters are recorded in one transaction."""
OVERLAP = timedelta(days=1)
"""The search on a server goes by whole days of its own zone."""

Progress = Callable[[int, int], None]
"""Called with how many mails were fetched, and how many there are as far as is known."""

Became = Literal["recorded", "already", "parked", "refused"]

BY_WEIGHT: tuple[Became, ...] = ("refused", "recorded", "parked", "already")
"""Of several facts of one mail the first of these says what became of it."""

NO_MAILBOXES = N_("No mailbox is set up. Please write a section [mailboxes.info] into settings.toml first.")
NO_MAILBOX = N_("There is no mailbox “{found}” in settings.toml. There are: {known}.")


class One(NamedTuple):
    """What became of one mail; `types` are those of its facts."""

    place: str
    became: Became | Reason
    types: tuple[str, ...] = ()
    refused: Refused | None = None


@dataclass
class Summary:
    """What became of mails: `read` is all others together."""

    read: int = 0
    recorded: int = 0
    already: int = 0
    parked: int = 0
    refused: int = 0
    left_out: Counter[Reason] = field(default_factory=Counter)
    seconds: float = 0.0
    mails: list[One] = field(default_factory=list)
    """In the order in which they were written, the broken ones first."""

    def note(self, one: One) -> None:
        self.read += 1
        self.mails.append(one)
        match one.became:
            case "recorded" | "already" | "parked" | "refused":
                setattr(self, one.became, getattr(self, one.became) + 1)
            case reason:
                self.left_out[reason] += 1

    def add(self, other: Summary) -> None:
        for name in ("read", "recorded", "already", "parked", "refused", "left_out", "seconds", "mails"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


# -- from a server --------------------------------------------------------------------------------------


def chosen(konto: Konto, name: str | None) -> dict[str, MailboxSettings]:
    """All mailboxes, or the one of this name."""
    mailboxes = konto.settings.mailboxes
    if not mailboxes:
        raise Refused("no_mailbox", NO_MAILBOXES)
    if name is None:
        return dict(mailboxes)
    if name not in mailboxes:
        raise Refused("no_mailbox", NO_MAILBOX, found=name[:60], known=", ".join(mailboxes))
    return {name: mailboxes[name]}


def read_mailbox(
    konto: Konto,
    name: str,
    *,
    dry_run: bool = False,
    since: datetime | None = None,
    progress: Progress = lambda done, total: None,
) -> Summary:
    """What is new in it, or once more everything since a moment. Raises MailboxTrouble, AlreadyRunning."""
    started = perf_counter()
    settings = konto.settings.mailboxes[name]
    lock = bookmarks.place_of(konto.home, name).with_suffix(".lock")
    lock.parent.mkdir(mode=0o700, exist_ok=True)
    with held(lock) as ours:
        if not ours:
            raise AlreadyRunning(lock)
        bookmark = bookmark_of(konto, name)
        now = konto.clock()
        places: dict[str, Place] = {}
        known = {} if since is not None else bookmark.places
        start = since or now - timedelta(days=settings.since_days)
        if since is None and bookmark.read_at is not None:
            # Where a server has numbered its mails anew, nothing since the last reading is passed over.
            start = min(start, bookmark.read_at - OVERLAP)
        found = _news(konto, name, start, known, places, progress)
        try:
            summary = take(konto, found, unknown=settings.unknown, dry_run=dry_run)
        except MailboxTrouble as trouble:
            bookmarks.save(konto.home, name, bookmark.failed(trouble.trouble, now))
            raise
        if not dry_run:
            # Only now: whoever is killed before it reads the same mails again and knows them.
            bookmarks.save(konto.home, name, bookmark.read(places, now))
    summary.seconds = perf_counter() - started
    return summary


def bookmark_of(konto: Konto, name: str) -> Bookmark:
    settings = konto.settings.mailboxes[name]
    account = konto.log.ids.of("mailbox", settings.host, str(settings.at_port), settings.user)
    return bookmarks.load(konto.home, name, account)


def _news(
    konto: Konto,
    name: str,
    start: datetime,
    known: Mapping[str, Place],
    places: dict[str, Place],
    progress: Progress,
) -> Iterator[Found]:
    """What is new in every folder that is read; `places` then holds how far each has been read."""
    done = total = 0
    with opened(name, konto.settings.mailboxes[name]) as mailbox:
        # Folders are sometimes called like customers.
        folders = {konto.log.ids.of("mail folder", folder.name): folder for folder in mailbox.to_read()}
        # One that was never read may hold questions whose answers lie in the others: then all is gone through.
        again = not known.keys() >= folders.keys()
        for key, folder in folders.items():
            news = mailbox.news(folder, None if again else known[key], start)
            total += news.size
            for found in news.found:
                done += 1
                progress(done, total)
                yield found
            places[key] = news.place


# -- from files -----------------------------------------------------------------------------------------


def read_files(
    konto: Konto, files: Sequence[Path], *, unknown: Unknown = "leave_out", text: bool = False, dry_run: bool = False
) -> Summary:
    """Stored mails, as if they lay in a mailbox. Raises Refused where a file holds none."""
    started = perf_counter()
    now = konto.clock()
    found = [each for file in files for each in stored.found_in(file, now, with_text=text)]
    summary = take(konto, found, unknown=unknown, dry_run=dry_run)
    summary.seconds = perf_counter() - started
    return summary


# -- into the log ---------------------------------------------------------------------------------------


def take(konto: Konto, found: Iterable[Found], *, unknown: Unknown = "leave_out", dry_run: bool = False) -> Summary:
    """Each mail by itself: a broken one keeps none of the others out."""
    summary = Summary()
    letters: list[Letter] = []
    ourselves = who_we_are(konto)
    now = konto.clock()
    for each in found:
        try:
            became = letter(each._replace(received=min(each.received, now)), ourselves, is_our_own)
        except Refused as refused:
            summary.note(One(each.place, "refused", refused=refused))
            continue
        if isinstance(became, str):
            summary.note(One(each.place, became))
        else:
            letters.append(became)
    if letters:
        konto.catch_up()
        correspondence = _correspondence(konto, letters, ourselves, unknown)
        _Intake(konto, correspondence, summary, dry_run=dry_run).take(letters)
    return summary


class _Intake:
    def __init__(self, konto: Konto, correspondence: Correspondence, summary: Summary, *, dry_run: bool) -> None:
        self.konto, self.correspondence, self.summary, self.dry_run = konto, correspondence, summary, dry_run

    def take(self, letters: Sequence[Letter]) -> None:
        told = self._parsed(self.correspondence.outcomes(letters))
        if self.dry_run:
            everything = list(told)
            with self.konto.log.writing(keep=False) as writer:
                facts = [fact for _, facts in everything for fact in facts]
                receipts = record(writer, facts, now=self.konto.clock(), zone_of=self.konto.zone_of)
            self._note(everything, receipts)
            return
        while chunk := list(islice(told, CHUNK)):
            self._note(chunk, self.konto.record([fact for _, facts in chunk for fact in facts]))
        if self.summary.recorded:
            merge_equal_addresses(self.konto)

    def _parsed(self, outcomes: Iterable[Outcome]) -> Iterator[tuple[Letter, list[Fact]]]:
        """The letters that become facts; the others are noted as they come."""
        for outcome in outcomes:
            place = outcome.letter.place
            if outcome.left_out is not None:
                self.summary.note(One(place, outcome.left_out))
            elif not outcome.envelopes:
                self.summary.note(One(place, "already"))
            else:
                try:
                    facts = [parse(each, now=self.konto.clock()) for each in outcome.envelopes]
                except Refused as refused:
                    self.correspondence.forget(outcome.letter)
                    self.summary.note(One(place, "refused", refused=refused))
                else:
                    yield outcome.letter, facts

    def _note(self, told: Sequence[tuple[Letter, list[Fact]]], receipts: Sequence[Receipt]) -> None:
        answers = iter(receipts)
        for each, facts in told:
            own = [receipt for receipt in islice(answers, len(facts)) if receipt.fact.type.startswith("contact.")]
            types = tuple(fact.type for fact in facts)
            refused = next((receipt.refused for receipt in own if receipt.refused is not None), None)
            statuses = {receipt.status for receipt in own}
            became: Became = next(status for status in BY_WEIGHT if status in statuses)
            self.summary.note(One(each.place, became, types, refused))


# -- what is known --------------------------------------------------------------------------------------


def who_we_are(konto: Konto) -> Ourselves:
    """Everybody who has ever stood in the people document, the shared inbox, and what the settings name."""
    people = konto.steering.people
    versions = [people.first, *(version for _, version in people.later)]
    mailboxes = konto.settings.mailboxes.values()
    shared = [version.shared_inbox for version in versions if version.shared_inbox]
    others = [konto.settings.mail.sender, *shared, *(each.user for each in mailboxes if "@" in each.user)]
    return Ourselves(
        persons=dict(_addresses(versions)),
        others=frozenset(map(normal, others)),
        domains=frozenset(domain for each in mailboxes for domain in each.own),
    )


def _addresses(versions: Iterable[People]) -> Iterator[tuple[str, str]]:
    for version in versions:
        for person in version.persons:
            yield from ((normal(name), name) for name in person.names if "@" in name)


def _correspondence(konto: Konto, letters: Sequence[Letter], ourselves: Ourselves, unknown: Unknown) -> Correspondence:
    own = {letter.header.id for letter in letters}
    ids = own | set(map(answer_of, own))
    remembered, recorded = _remembered(konto, ids | {each for letter in letters for each in letter.header.ancestors})
    return Correspondence(
        ourselves=ourselves,
        customers=_customers(konto),
        remembered=remembered,
        recorded=frozenset(ids & recorded),
        unknown=unknown,
        named_in=_naming(konto),
    )


def _customers(konto: Konto) -> Callable[[str], Sequence[Customer]]:
    whose: dict[str, dict[str, Customer]] = {}
    for address, party in customers.addresses(konto.library):
        whose.setdefault(normal(address), {})[party.customer] = Customer(named(party), party.customer)
    return lambda address: list(whose.get(address, {}).values())


def _remembered(konto: Konto, ids: set[str]) -> tuple[dict[str, Remembered], set[str]]:
    """What these mails were, and which of them stand in the log; also the mails that began their threads."""
    facts = _facts(konto, ids)
    recorded = set(facts)
    streams = _contacts(konto, facts.values())
    roots = {each.thread for each in streams.values() if isinstance(each, Asked)} - recorded
    more = _facts(konto, roots)
    streams |= _contacts(konto, more.values())
    found = {id: streams[fact.stream] for id, fact in (facts | more).items() if fact.stream in streams}
    return found, recorded


def _facts(konto: Konto, ids: Iterable[str]) -> dict[str, Fact]:
    """By Message-ID the facts of mails that stand in the log."""
    keys = {konto.log.ids.fact(SOURCE, id): id for id in ids}
    found = konto.log.legible(list(keys))
    return {keys[key]: fact for key, fact in found.items()}


def _contacts(konto: Konto, facts: Iterable[Fact]) -> dict[str, Remembered]:
    """By stream what stands there today: a question with its answers, or a mail of ours."""
    kinds = (ContactInbound, ContactAnswered, ContactOutbound)
    streams = {fact.stream for fact in facts if isinstance(fact.data, kinds)}
    # Where something cannot be read, a mail comes as if it were the first: recording says then what is the matter.
    histories, _ = konto.log.whole(streams)
    states = {stream: LIVES["contact"].state(standing(history)) for stream, history in histories.items()}
    there = {stream: state for stream, state in states.items() if state is not None}
    begun = {fact.stream: fact for fact in konto.log.legibly_opened([state.begun for state in there.values()])}
    survivors = customers.survivors(konto.library, {fact.customer for fact in begun.values()})
    found: dict[str, Remembered] = {}
    for stream, fact in begun.items():
        match fact.data:
            case ContactInbound() as data:
                found[stream] = Asked(
                    contact=data.contact,
                    customer=survivors.get(fact.customer, fact.customer),
                    thread=data.thread or data.contact,
                    at=fact.time,
                    needs_answer=data.needs_answer,
                    answers=[answer.time for answer in there[stream].answers],
                )
            case ContactOutbound():
                found[stream] = Sent()
    return found


def _naming(konto: Konto) -> Callable[[Customer, str], str | None]:
    """What of a customer's a text names; asked for once a customer."""
    known: dict[str, list[Named]] = {}
    library, asker, moment = konto.library, konto.asker, Moment(konto.clock())

    def names(customer: Customer) -> list[Named]:
        if customer.key not in known:
            of_customer = Filter({"customer": customer.name})
            rows: list[Any] = [
                *promises.listed(library, asker, moment, filter=of_customer),
                *incidents.listed(library, asker, moment, filter=of_customer),
            ]
            known[customer.key] = [Named(f"{row.source}:{row.id}", row.id) for row in rows]
        return known[customer.key]

    def find(customer: Customer, text: str) -> str | None:
        if not any(character.isdecimal() for character in text):
            return None
        return named_in(text, names(customer))

    return find
