"""The list of customers: how each account stands, when we last spoke, and who has fallen silent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from dashboard.answers.meanwhile import meanwhile
from dashboard.answers.moments import day_of, midnight
from dashboard.shapes.asking import PAGE_SIZE, Reader
from dashboard.shapes.customers import CustomerPage, CustomerRow, CustomersAsked, Lapse, Silence
from dashboard.shapes.figures import Reliability
from domain import account
from domain.account.curve import Curve
from projections import customers as parties
from projections import rhythm, rhythms, standings, statements
from projections.customers import Party
from projections.filters import Moment
from projections.tables import instant
from wiring.home import Konto
from words import translator

TREND_WEEKS = 13


def page(konto: Konto, reader: Reader, asked: CustomersAsked, page: int) -> CustomerPage:
    """What costs much is done for the customers of this page alone."""
    now = konto.clock()
    moment, start = Moment(now), (page - 1) * PAGE_SIZE
    silent = meanwhile(lambda: rhythms.count(konto.library, konto.asker, moment))
    found, total = _found(konto, asked, now, start)
    return CustomerPage(_rows(konto, reader, found, asked, moment), total(), silent())


def _found(konto: Konto, asked: CustomersAsked, now: datetime, start: int) -> tuple[Sequence[str], Callable[[], int]]:
    """Who stands on the page, and what tells how many there are on all pages."""
    library, asker, text = konto.library, konto.asker, asked.text
    if asked.order == "silent":
        quiet = rhythms.listed(library, asker, Moment(now), text=text, limit=PAGE_SIZE, offset=start)
        return quiet.customers, lambda: quiet.total
    total = meanwhile(lambda: parties.count(library, asker, text))
    if asked.order == "name":
        named = parties.listed(library, asker, text=text, limit=PAGE_SIZE, offset=start)
        return [each.customer for each in named], total
    rulebooks = konto.steering.rulebooks
    found = standings.in_order(library, asker, now, asked.order, rulebooks, text=text, limit=PAGE_SIZE, offset=start)
    return found, total


# -- rows -----------------------------------------------------------------------------------------


def _rows(
    konto: Konto, reader: Reader, found: Sequence[str], asked: CustomersAsked, moment: Moment
) -> tuple[CustomerRow, ...]:
    known = parties.parties_of(konto.library, konto.asker, found)
    told = _Told(konto, reader, [each for each in found if each in known], moment)
    rows = [told.row(known[each]) for each in told.customers]
    if asked.order in ("balance", "change"):
        # As it is shown: the order of the list leaves the rounding of the lines out.
        rows.sort(key=lambda row: row.balance if asked.order == "balance" else row.change)
    return tuple(rows)


class _Told:
    """What is known of some customers, each thing asked once for all of them."""

    def __init__(self, konto: Konto, reader: Reader, ids: Sequence[str], moment: Moment) -> None:
        self.konto, self.reader, self.customers, self.now = konto, reader, ids, moment.at
        self.steering = konto.steering
        self.lines = statements.lines_of_all(konto.views, ids)
        self.evidence = statements.evidence_of_customers(konto.views, ids)
        self.standing = statements.standings_of(konto.views, ids, moment)
        self.last = _last_contacts(konto, reader, ids, moment.at)
        self.names = parties.person_names(konto.library)
        self.silent = rhythms.silent_among(konto.library, moment, ids)
        self.lapsed = rhythms.lapsed_among(konto.library, moment, ids)
        monday = day_of(self.now, reader) - timedelta(days=day_of(self.now, reader).weekday())
        self.week_ends = [midnight(monday - timedelta(weeks=n), reader) for n in reversed(range(TREND_WEEKS))]

    def row(self, party: Party) -> CustomerRow:
        customer, steering = party.customer, self.steering
        lines, evidence = self.lines.get(customer, []), self.evidence.get(customer, [])
        read = statements.read(party, lines, evidence, steering, self.now, standing=self.standing[customer])
        earlier = account.balance(lines, self.now - standings.CHANGE, steering.rulebooks)
        curve = Curve(lines, steering.rulebooks)
        return CustomerRow(
            customer=customer,
            name=party.called(translator(self.reader.lang)),
            owner=self.names.get(party.owner) if party.owner else None,
            balance=read.balance,
            stage=read.stage.name,
            buffer=read.buffer,
            reliability=Reliability(*read.reliability),
            last_contact=self.last.get(customer),
            silence=_silence(self.silent.get(customer), self.reader, self.now),
            lapses=tuple(_lapse(lapse, self.reader) for lapse in self.lapsed.get(customer, ())),
            change=read.balance - earlier,
            trend=(*(round(curve.at(each)) for each in self.week_ends), read.balance) if lines else (),
        )


def _last_contacts(konto: Konto, reader: Reader, ids: Iterable[str], now: datetime) -> dict[str, date]:
    moment = Moment(now)
    with konto.views.store.reading() as cursor:
        rows = cursor.among(
            f"SELECT c.customer, MAX(c.at) FROM contacts c WHERE c.at <= {moment.us} AND {moment.knows('c')} "
            "AND c.customer IN ({among}) GROUP BY c.customer",
            ids,
        )
        return {row[0]: day_of(at, reader) for row in rows if (at := instant(row[1])) is not None}


def _silence(silent: rhythm.Silent | None, reader: Reader, now: datetime) -> Silence | None:
    if silent is None:
        return None
    since = silent.last or silent.since
    return Silence(
        days=(day_of(now, reader) - day_of(since, reader)).days,
        ever=silent.last is not None,
        usual_days=None if silent.usual is None else max(1, round(silent.usual.total_seconds() / 86_400)),
    )


def _lapse(lapsed: rhythm.Lapsed, reader: Reader) -> Lapse:
    every = max(1, round(lapsed.habit.every.total_seconds() / 86_400))
    return Lapse(lapsed.purpose, every, day_of(lapsed.habit.last, reader))
