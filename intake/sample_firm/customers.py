"""Who the customers are, when they came, and what changes about them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from intake.sample_firm import course, names, work
from intake.sample_firm.book import Book, Entry, Party
from intake.sample_firm.crew import Crew
from intake.sample_firm.workdays import DAY, HOUR

NEWCOMERS = 0.18
"""Share of the customers who came during the time that the book covers."""
LEAVING = 0.02
"""Share of the customers who leave without a story to it."""


def register_neighbours(book: Book) -> None:
    """The two suppliers, and colleagues: promises are made among ourselves, too."""
    parties = [(name, id_, "supplier") for name, id_ in names.SUPPLIERS.items()]
    parties += [(name, id_, "colleague") for name, id_ in names.STORES.items()]
    for nth, (name, id_, kind) in enumerate(parties):
        details = {"language": "de", "team": names.TEAMS["karin"], "since": "2009-03-02"}
        book.register(Party(id_, name, kind, _before_the_doors_open(book, nth), "karin", kind, details))


def register_customers(book: Book, crew: Crew, rng: Random, named: list[names.Named], first_number: int) -> None:
    """Those of long standing stand in the book from its first morning, newcomers join as time goes by."""
    rng.shuffle(named)
    came = _arrivals(book, rng, named)
    named.sort(key=lambda customer: came.get(customer.name, 0))
    for nth, customer in enumerate(named):
        new = customer.name in came
        if new:
            at = book.workdays.happening(came[customer.name])
            since = at.date()
        else:
            at = _before_the_doors_open(book, 20 + nth)
            since = date(rng.randint(2006, book.opened.year - 1), rng.randint(1, 12), rng.randint(1, 28))
        owner = crew.looks_after(customer.segment, at.date())
        details = {
            "email": names.address(customer.name, customer.segment),
            "phone": names.phone(first_number + nth),
            "language": "en" if rng.random() < 0.03 else "de",
            "team": names.TEAMS[owner],
            "since": since.isoformat(),
        }
        kind = "prospect" if new else "customer"
        book.register(Party(f"K-{first_number + nth}", customer.name, customer.segment, at, owner, kind, details))


def _arrivals(book: Book, rng: Random, named: list[names.Named]) -> dict[str, int]:
    """The working minute at which each newcomer came, spread over the time that the book covers."""
    newcomers = [customer for customer in named if customer.segment != "manager"]
    newcomers = newcomers[: round(len(named) * NEWCOMERS)]
    # The last one comes some days before `until`, so that no holiday puts them off beyond it.
    gap = max(1.0, (book.until - book.opened).days - 7) / max(1, len(newcomers))
    return {
        customer.name: book.workdays.on(
            (book.opened + timedelta(days=int(gap * (nth + 0.9)))).date(), rng.randrange(8 * HOUR, 12 * HOUR)
        )
        for nth, customer in enumerate(newcomers)
    }


def _before_the_doors_open(book: Book, nth: int) -> datetime:
    """On the first morning the customers are taken over from the old card index."""
    return book.opened + timedelta(seconds=20 * nth)


def change(book: Book, crew: Crew, rng: Random) -> None:
    """What is told about customers later on."""
    _some_leave(book, rng)
    _rolfs_customers_get_somebody_new(book, crew, rng)
    _prospects_become_customers(book)
    _numbers_change(book, rng)


def _some_leave(book: Book, rng: Random) -> None:
    """A few of those with whom the last thing went badly order nothing more, and go to somebody else."""
    last = {entry.party.id: entry for entry in sorted(book.entries, key=lambda entry: entry.last)}
    long_ago = book.now - 45 * DAY
    angry = [
        entry
        for entry in last.values()
        if entry.ending in ("late", "moved_late", "broken", "partial", "withdrawn_late")
        and entry.party.segment in ("private", "business")
        and not entry.party.scripted
        and book.workdays.count(entry.last) < long_ago
    ]
    for entry in rng.sample(angry, min(len(angry), round(len(book.parties) * LEAVING))):
        minute = book.workdays.count(entry.last) + rng.randint(8 * DAY, 35 * DAY)
        entry.party.left = book.workdays.happening(minute)
        data = {"customer": entry.party.id, "reason": rng.choice(work.LEFT)}
        book.note(entry.party.left, "customer.left", data)


def _rolfs_customers_get_somebody_new(book: Book, crew: Crew, rng: Random) -> None:
    for party in book.parties:
        if party.owner != "rolf":
            continue
        at = book.workdays.happening(book.workdays.on(crew.rolf_retires, rng.randrange(8 * HOUR, 11 * HOUR)))
        if not book.gone(party, at):
            party.later = at, rng.choice(("lutz", "sevda"))
            book.note(at, "customer.owner_assigned", {"customer": party.id, "owner": party.later[1]})


def _prospects_become_customers(book: Book) -> None:
    """With the first promise that we kept."""
    first: dict[str, Entry] = {}
    for entry in sorted(book.entries, key=lambda entry: entry.last):
        if entry.party.kind == "prospect" and not entry.internal and entry.ending in course.KEPT:
            first.setdefault(entry.party.id, entry)
    for id_, entry in first.items():
        moment = entry.last + timedelta(minutes=30)
        book.note(moment, "customer.changed", {"customer": id_, "kind": "customer"})


def _numbers_change(book: Book, rng: Random) -> None:
    """A new telephone now and then."""
    for nth in range(4):
        party = rng.choice([party for party in book.parties if party.id.startswith("K-")])
        start = book.first_minute(party)
        moment = book.workdays.happening(rng.randint(start, max(start, book.now - HOUR)))
        if not book.gone(party, moment):
            book.note(moment, "customer.changed", {"customer": party.id, "phone": names.phone(900 + nth)})
