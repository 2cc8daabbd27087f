"""The calendar feed of one person: which of their promises stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from domain.fact import Fact, end_of
from domain.lives import standing
from domain.people import Person
from domain.promise import LIFE
from domain.roles import Asker
from intake.appointments.telling import SOURCE
from projections import naming, promises
from projections.filters import Moment
from projections.promises import PromiseRow
from wiring.home import Konto
from words import Translator, translator
from workers import feed

MOST_ENTRIES = 2_000
"""The soonest; no program shows more in a useful way."""


def feed_of(konto: Konto, person: Person) -> bytes:
    """Asked in the name of the person and as an owner, whatever else they may see: a feed shows what is theirs."""
    konto.catch_up()
    asker, now = Asker(person.id, frozenset({"owner"})), konto.clock()
    rows = promises.listed(konto.library, asker, Moment(now), states=("open", "overdue"), limit=MOST_ENTRIES)
    gone = promises.listed(
        konto.library, asker, Moment(now), states=("withdrawn", "released"), order="latest", limit=MOST_ENTRIES
    )
    rows += [each for each in gone if each.settled_at is not None and now < each.settled_at + feed.TAKEN_BACK_FOR]
    # One of which something cannot be read is left out: to which day it was moved, nobody knows.
    histories, _ = konto.log.whole([row.promise for row in rows])
    t = translator(person.language)
    entries = [entry for row in rows if row.promise in histories for entry in _entry(row, histories[row.promise], t)]
    zone = konto.steering.people.at(now).zone_of(person)
    return feed.text(entries, name=person.name, zone=zone, t=t)


def _entry(row: PromiseRow, history: list[Fact], t: Translator) -> Iterator[feed.Entry]:
    """Nothing for what has no date, and for what stands in the owner's calendar because it comes from there."""
    promise = LIFE.state(standing(history))
    if promise is None or promise.due is None or row.due is None:
        return
    if row.source == SOURCE and promise.owner == promise.promised_by:
        return
    due: datetime | date = row.due.astimezone(UTC)
    if not isinstance(promise.due, datetime) and end_of(promise.due, promise.zone) == due:
        due = promise.due
    yield feed.Entry(
        promise=row.promise,
        what=row.what,
        kind=row.kind,
        customer=naming.called(row.customer_name, row.customer_id, t),
        due=due,
        last_moment=row.last_moment,
        moves=row.moves,
        made=row.made_at,
        changed=max(fact.recorded or fact.time for fact in history),
        version=len(history) - 1,
        cancelled=row.state in ("withdrawn", "released"),
    )
