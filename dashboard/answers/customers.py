"""The list of customers: how each account stands, when we last spoke, and who has fallen silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from dashboard.answers.moments import day_of
from dashboard.shapes.asking import PAGE_SIZE, Reader
from dashboard.shapes.customers import CustomerPage, CustomerRow, CustomersAsked, Lapse, Silence
from dashboard.shapes.figures import Reliability
from domain import account
from domain.account import Posting
from projections import customers as parties
from projections import rhythm, statements
from projections.customers import Party
from projections.filters import Moment
from projections.statements import Standing
from projections.tables import instant
from wiring.home import Konto


class Rhythms(NamedTuple):
    """Who has fallen silent and who misses something, by internal id, the longest first."""

    silent: Mapping[str, rhythm.Silent]
    lapsed: Mapping[str, Sequence[rhythm.Lapsed]]

    @property
    def customers(self) -> list[str]:
        return list(dict.fromkeys([*self.silent, *self.lapsed]))


def page(konto: Konto, reader: Reader, asked: CustomersAsked, page: int) -> CustomerPage:
    now = konto.clock()
    rhythms = _rhythms(konto, Moment(now))
    start = (page - 1) * PAGE_SIZE
    if asked.order == "name" and not asked.text:
        total = _how_many(konto)
        chosen = parties.listed(konto.library, konto.asker, limit=PAGE_SIZE, offset=start)
    else:
        known = parties.listed(konto.library, konto.asker, text=asked.text, limit=None)
        ordered = _ordered(konto, known, asked, rhythms, now)
        total, chosen = len(ordered), ordered[start : start + PAGE_SIZE]
    return CustomerPage(_rows(konto, reader, chosen, rhythms, now), total, len(rhythms.silent))


def _rhythms(konto: Konto, moment: Moment) -> Rhythms:
    found = sorted(rhythm.silent(konto.library, konto.asker, moment), key=lambda each: each.last or each.since)
    silent = {each.customer: each for each in found}
    lapsed: dict[str, list[rhythm.Lapsed]] = {}
    for each in rhythm.lapsed(konto.library, konto.asker, moment):
        lapsed.setdefault(each.customer, []).append(each)
    return Rhythms(silent, lapsed)


def _how_many(konto: Konto) -> int:
    seen = parties.seen_by(konto.library, konto.asker).and_(parties.NOT_MERGED)
    return int(konto.views.row(f"SELECT COUNT(*) FROM customers c WHERE {seen.sql}", seen.params)[0])


def _ordered(
    konto: Konto, known: Sequence[Party], asked: CustomersAsked, rhythms: Rhythms, now: datetime
) -> list[Party]:
    if asked.order == "name":
        return list(known)
    if asked.order == "silent":
        place = {customer: n for n, customer in enumerate(rhythms.customers)}
        return sorted((each for each in known if each.customer in place), key=lambda each: place[each.customer])
    rulebooks = konto.steering.rulebooks
    lines = statements.lines_of_all(konto.views, [each.customer for each in known])
    balances = {customer: account.balance(own, now, rulebooks) for customer, own in lines.items()}
    return sorted(known, key=lambda each: (balances.get(each.customer, 0), each.called.casefold()))


# -- rows -----------------------------------------------------------------------------------------


def _rows(
    konto: Konto, reader: Reader, chosen: Sequence[Party], rhythms: Rhythms, now: datetime
) -> tuple[CustomerRow, ...]:
    ids = [each.customer for each in chosen]
    lines = statements.lines_of_all(konto.views, ids)
    standing, last = _standing(konto, ids, now), _last_contacts(konto, reader, ids, now)
    names = parties.person_names(konto.library)
    return tuple(
        _row(konto, each, lines.get(each.customer, []), standing[each.customer], names, now)._replace(
            last_contact=last.get(each.customer),
            silence=_silence(rhythms.silent.get(each.customer), reader, now),
            lapses=tuple(_lapse(lapse, reader) for lapse in rhythms.lapsed.get(each.customer, ())),
        )
        for each in chosen
    )


def _row(
    konto: Konto, party: Party, lines: Sequence[Posting], standing: Standing, names: Mapping[str, str], now: datetime
) -> CustomerRow:
    evidence = statements.evidence_of(konto.views, "customer", party.customer)
    read = statements.read(party, lines, evidence, konto.steering, now, standing=standing)
    return CustomerRow(
        customer=party.customer,
        name=party.called,
        owner=names.get(party.owner) if party.owner else None,
        balance=read.balance,
        stage=read.stage.name,
        buffer=read.buffer,
        reliability=Reliability(*read.reliability),
        last_contact=None,
        silence=None,
        lapses=(),
    )


def _standing(konto: Konto, ids: Iterable[str], now: datetime) -> dict[str, Standing]:
    """Who has left, and where an incident of weight is being put right."""
    ids, moment = list(ids), Moment(now)
    with konto.views.store.reading() as cursor:
        left = {
            row[0]
            for row in cursor.among(
                f"SELECT customer FROM customers WHERE left_at <= {moment.us} AND customer IN ({{among}})", ids
            )
        }
        recovering = {
            row[0]
            for row in cursor.among(
                f"SELECT DISTINCT i.customer FROM incidents i WHERE {moment.rows('i')} AND i.state = 'open' "
                "AND i.severity <> 'minor' AND i.customer IN ({among})",
                ids,
            )
        }
    return {each: Standing(each in left, each in recovering) for each in ids}


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
