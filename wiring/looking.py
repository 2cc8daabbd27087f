"""Who looked, noted where it is shown: one customer, a list, a file; and who asked for what is not theirs to see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from domain import checkpoints
from domain.errors import Refused
from domain.journal import KEY, LOCAL, MACHINE, UNKNOWN, Wanted
from domain.roles import LOCAL_USER, NotAllowed, allowed, may
from projections import access_keys
from verifier.journal import SAID, Entry, head_of
from verifier.note import checkpoint, unchecked
from wiring.home import Konto
from words import N_

NOBODY = N_("There is nobody called “{found}” in the people document.")


def listed(konto: Konto, page: str, by: Iterable[str] = (), *, about: str | None = None, part: str = "") -> None:
    """A list that shows names is one look, whoever stands in it.

    Of what it was narrowed by only the names of the conditions are noted: what somebody searched for may be a name.
    `about` is the internal id of the one customer whose list it is, as far as there is such a customer.
    """
    conditions = sorted({each for each in by if each})
    words = (page, f"by={','.join(conditions)}" if conditions else "", part)
    known = about is not None and is_known(konto, about)
    konto.note("listed", about if known and about else "", " ".join(filter(None, words)))


def one_of(konto: Konto, name: str | None) -> str | None:
    """The internal id of the one customer whom a name means; None for none or several."""
    ids = [] if name is None else konto.library.customer_ids(name)
    return ids[0] if len(ids) == 1 else None


def is_known(konto: Konto, customer: str) -> bool:
    return konto.views.row("SELECT 1 FROM customers WHERE customer = ?", (customer,)) is not None


def looks(konto: Konto, wanted: Wanted, *, limit: int, before: int | None = None) -> list[Entry]:
    """Who looked, the newest first. That colleagues looked is data about them. Raises NotAllowed."""
    allowed(konto.asker, "looks")
    return konto.journal.read(wanted, limit=limit, before=before)


def at_customer(konto: Konto, customer: str, upto: datetime, *, limit: int) -> list[Entry]:
    """Who looked at a customer, and at whoever was merged into them, up to a moment; nobody, where that is not told."""
    if not may(konto.asker, "looks"):
        return []
    merged = konto.views.rows("SELECT customer FROM customers WHERE survivor = ?", (customer,))
    about = [customer, *(row[0] for row in merged if row[0] != customer)]
    return looks(konto, Wanted(about=about, until=upto + timedelta(microseconds=1)), limit=limit)


def of_person(konto: Konto, name: str) -> list[str]:
    """Whom the journal calls so: by id, e-mail or user name, with all keys that ask in their name. Raises Refused."""
    if name in (LOCAL, UNKNOWN, MACHINE):
        return [name]
    people = konto.steering.people.at(konto.clock())
    known = people.find(name)
    person = konto.log.ids.person(known.id if known is not None else name)
    if known is None and konto.name_of(person) is None:
        raise Refused("unknown_person", NOBODY, "--person", found=name[:60])
    keys = access_keys.listed(konto.log, konto.views, LOCAL_USER)
    return [person, *(f"{KEY}{each.name}" for each in keys if each.data.person == person)]


@contextmanager
def noting_refusals(konto: Konto, page: str) -> Iterator[None]:
    """What the asker's roles do not reach is noted, and refused as before."""
    try:
        yield
    except NotAllowed as refused:
        konto.note("refused", beside=f"{page} {refused.what}")
        raise


def not_theirs(konto: Konto, customers: Iterable[str], page: str) -> None:
    """Somebody asked for customers by internal id who are another's, or who are not there, which tells them nothing."""
    for customer in customers:
        if is_known(konto, customer):
            konto.note("refused", customer, page)


def tidy(konto: Konto, now: datetime, keep: timedelta) -> int:
    """Takes off what is older than it is kept, up to an entry that a checkpoint names; how many entries went.

    Without such a checkpoint nothing goes: a cut that nothing vouches for could not be told from one by somebody else.
    """
    konto.journal.count_up(now)
    with konto.log.store.reading() as cursor:
        last = checkpoints.newest(cursor, upto=now - keep)
    head = None if last is None else head_of(checkpoint(unchecked(last.note)).said(SAID) or "")
    return 0 if head is None else konto.journal.cut(head, now)
