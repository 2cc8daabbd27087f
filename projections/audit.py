"""The timeline of one customer: every fact with both times, also those recorded by mistake, and our alerts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from domain.fact import SEALED, Fact, in_order
from domain.history import retracted
from domain.log import Log
from domain.relationship import relationships
from domain.roles import Asker, allowed
from projections import families
from projections.customers import Party, party
from projections.filters import Library, Moment
from projections.page import by_stream
from projections.statements import known_facts

Status = Literal["counts", "retracted", "parked", "alert"]
"""Counts; recorded by mistake; waits again because what it belongs to was; an alert of ours."""


class Entry(NamedTuple):
    """One fact in its source's words; `retracted_by` is the fact that took it out."""

    fact: Fact
    status: Status
    retracted_by: Fact | None = None


class Timeline(NamedTuple):
    """The facts of a customer in order of happening; `called` says what each promise or incident is called."""

    customer: Party
    entries: list[Entry]
    called: Mapping[str, str]


def timeline(log: Log, library: Library, asker: Asker, customer: str, moment: Moment) -> Timeline:
    """What had happened by the moment, as we knew it then. Raises where the asker may not read this customer."""
    allowed(asker, "customers")
    who = party(library, asker, customer)
    facts = of_family(log, library, customer, moment)
    counting = {
        fact.key
        for relationship in relationships(by_stream(facts).values()).values()
        if relationship.customer == customer
        for fact in relationship.facts
    }
    gone = {key: fact for history in by_stream(facts).values() for key, fact in retracted(history).items()}
    words = {fact.key: fact for fact in log.opened(facts)}
    then = in_order(fact for fact in facts if fact.time <= moment.at)
    own = one_with(library, customer)
    entries = [
        Entry(words[fact.key], _status(fact, counting, gone), _by(gone.get(fact.key), words))
        for fact in then
        if fact.customer in own or fact.key in counting
    ]
    alerts = [Entry(fact, "alert") for fact in alerts_about(log, library, own, moment)]
    together = sorted([*entries, *alerts], key=lambda entry: entry.fact.time)
    return Timeline(who, together, called(words.values()))


def of_family(log: Log, library: Library, customer: str, moment: Moment) -> list[Fact]:
    """All recorded facts of the customer's family, as far as known at the moment."""
    with library.views.store.reading() as cursor:
        (family,) = families.of(cursor, [customer]).values()
        (members,) = families.members(cursor, [family]).values()
        streams = families.streams(cursor, members)
    histories = log.histories([*members, *sorted(stream for each in streams.values() for stream in each)])
    facts = [fact for history in histories.values() for fact in history]
    return facts if moment.known is None else known_facts(facts, moment.known)


def _by(retraction: Fact | None, words: Mapping[str, Fact]) -> Fact | None:
    return None if retraction is None else words[retraction.key]


def one_with(library: Library, customer: str) -> set[str]:
    """The customer and all who were merged into them."""
    rows = library.views.rows("SELECT customer FROM customers WHERE survivor = ?", (customer,))
    return {customer, *(row[0] for row in rows)}


def _status(fact: Fact, counting: set[str], gone: Mapping[str, Fact]) -> Status:
    if fact.key in gone:
        return "retracted"
    return "counts" if fact.key in counting or fact.type == "fact.retracted" else "parked"


def alerts_about(log: Log, library: Library, customers: Iterable[str], moment: Moment) -> list[Fact]:
    """When somebody was warned about these customers, what became of it, and what they did.

    An alert keeps the customer of when it was raised, who may have been merged since.
    """
    with library.views.store.reading() as cursor:
        rows = cursor.among("SELECT alert FROM alerts WHERE customer IN ({among})", sorted(customers))
        streams = sorted(row[0] for row in rows)
    histories = log.readable(streams)
    return log.legibly_opened(
        [
            fact
            for history in histories.values()
            for fact in history
            if fact.time <= moment.at and (moment.known is None or (fact.recorded or fact.time) <= moment.known)
        ]
    )


def called(words: Iterable[Fact]) -> dict[str, str]:
    """By stream what a promise or incident is called in the firm's own words, the latest to have happened."""
    found: dict[str, str] = {}
    for fact in in_order(words):
        said: str | None = getattr(fact.data, "what", None) or getattr(fact.data, "text", None)
        if said and said != SEALED and (fact.type in ("promise.made", "promise.changed", "incident.reported")):
            found[fact.stream] = said
    return found
