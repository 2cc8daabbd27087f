"""One customer's account as the page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from dashboard.answers import contacts, incidents, lists
from dashboard.answers.acquaintance import acquaintance
from dashboard.answers.measures import share
from dashboard.answers.overview import RATES
from dashboard.shapes.account import Account, BalancePoint, Drop, Fall, Sensitivity, Span, Stage, StatementRow
from dashboard.shapes.asking import Reader
from dashboard.shapes.figures import Reliability, Share
from domain import account as accounts
from domain.account import Posting
from domain.errors import Refused
from domain.roles import may
from projections import audit, falls, kpis, naming, sentences, statements
from projections import customers as parties
from projections import span as spans
from projections.customers import Party
from projections.filters import Filter, Moment
from projections.kpis import Question
from projections.sentences import Words
from projections.taught import Taught
from wiring.home import Konto
from words import Translator, translator

WEEKS: dict[Span, int] = {"month": 4, "quarter": 13}
SHOWN_QUESTIONS = 5


def account(konto: Konto, taught: Taught, reader: Reader, customer: str, span: Span) -> Account | None:
    customer = survivor_of(konto, customer)
    try:
        party = parties.party(konto.library, konto.asker, customer)
    except Refused:
        return None
    now, t = konto.clock(), translator(reader.lang)
    steering = konto.steering
    postings = statements.lines_of(konto.views, customer)
    read = statements.statement(konto.library, konto.asker, customer, steering, now)
    today = now.astimezone(reader.zone).date()
    first_day = _first_day(span, today, postings, reader)
    start = datetime.combine(first_day, time(), tzinfo=reader.zone)
    printed = spans.span(postings, start, now, steering.rulebooks)
    words = sentences.words_of(konto.log, konto.library, customer, postings)
    line = falls.course(postings, start, now, steering.rulebooks)
    own = f"{party.source}:{party.id}"
    last, first = _rates(konto, own, now)
    rules = steering.rulebooks.at(now)
    return Account(
        customer=customer,
        name=party.called(translator(reader.lang)),
        since=_since(party, postings, reader),
        owner=parties.person_name(konto.library, party.owner),
        stand_in=_stand_in(konto, party, now),
        balance=read.balance,
        balance_before=printed.opening if any(each.time < start for each in postings) else None,
        stage=Stage(read.stage.name, sentences.reason(read.stage, rules.stage, t)),
        buffer=read.buffer,
        sensitivity=_sensitivity(read.sensitivity),
        reliability=Reliability(*read.reliability),
        last=last,
        first=first,
        target=konto.settings.dashboard.target,
        span_from=first_day,
        span_to=today,
        opening=printed.opening,
        rows=tuple(_row(entry, words, t) for entry in printed.entries),
        faded=printed.faded,
        line=tuple(BalancePoint(*point) for point in line),
        levels=(("solid", rules.stage.solid_from), ("strained", rules.stage.strained_below)),
        fall=_fall(falls.fall(line, postings, steering.rulebooks), words, t, reader),
        promises=lists.of_customer(konto, taught, own, now, t) if may(konto.asker, "promises") else None,
        questions=contacts.waiting_of(konto, reader, customer, SHOWN_QUESTIONS) if may(konto.asker, "contacts") else (),
        incidents=incidents.running_of(konto, reader, customer) if may(konto.asker, "incidents") else (),
        merged=_merged(konto, customer, translator(reader.lang)),
        known=acquaintance(konto, reader, customer, now),
        retracted=_retracted(konto, customer, now),
    )


def _rates(konto: Konto, own: str, now: datetime) -> tuple[Share | None, Share | None]:
    """Promises kept on time, by the last date and by the first, as far as the asker answers for them."""
    if not may(konto.asker, "figures"):
        return None, None
    question = Question(Moment(now), filter=Filter({"customer": own}))
    found = kpis.figures(konto.library, konto.asker, question, RATES)[0].figures
    return share(found["on_time_rate"]), share(found["strict_on_time_rate"])


def survivor_of(konto: Konto, customer: str) -> str:
    """Whose account has the history of a customer who was merged; else the customer."""
    row = konto.views.row("SELECT survivor FROM customers WHERE customer = ?", (customer,))
    return str(row[0]) if row else customer


def _merged(konto: Konto, customer: str, t: Translator) -> tuple[str, ...]:
    rows = konto.views.rows(
        "SELECT name, id FROM customers WHERE survivor = ? AND customer <> ? ORDER BY sort_name", (customer, customer)
    )
    return tuple(naming.called(row[0], row[1], t) for row in rows)


def _retracted(konto: Konto, customer: str, now: datetime) -> int:
    found = audit.timeline(konto.log, konto.library, konto.asker, customer, Moment(now))
    return sum(entry.status == "retracted" for entry in found.entries)


def _sensitivity(found: accounts.Sensitivity) -> Sensitivity:
    return Sensitivity(found.value, found.reactions is None, found.reactions or 0)


def _first_day(span: Span, today: date, postings: Sequence[Posting], reader: Reader) -> date:
    if span in WEEKS:
        return today - timedelta(weeks=WEEKS[span])
    if not postings:
        return today
    return min(today, postings[0].time.astimezone(reader.zone).date())


def _since(party: Party, postings: Sequence[Posting], reader: Reader) -> date | None:
    if party.since is not None:
        return date.fromisoformat(party.since[:10])
    return postings[0].time.astimezone(reader.zone).date() if postings else None


def _stand_in(konto: Konto, party: Party, now: datetime) -> str | None:
    owner = konto.steering.find(party.owner, now)
    if owner is None or owner.stand_in is None:
        return None
    person = konto.steering.people.at(now).find(owner.stand_in)
    return person.name if person else None


def _row(entry: spans.Entry, words: Words, t: Translator) -> StatementRow:
    return StatementRow(
        at=entry.line.time,
        text=sentences.sentence(entry.line, words, t),
        detail=sentences.factors(entry.line, t),
        points=entry.points,
        balance=entry.balance,
        provisional=entry.line.provisional,
    )


def _fall(fall: falls.Fall | None, words: Words, t: Translator, reader: Reader) -> Fall | None:
    if fall is None:
        return None
    drops = tuple(
        Drop(
            on=drop.line.time.astimezone(reader.zone).date(),
            label=sentences.subject(drop.line, words, t),
            text=sentences.sentence(drop.line, words, t),
            points=drop.points,
        )
        for drop in fall.drops
    )
    return Fall(
        top_on=fall.top.at.astimezone(reader.zone).date(),
        top=fall.top.before,
        bottom_on=fall.bottom.at.astimezone(reader.zone).date(),
        bottom=fall.bottom.after,
        drops=drops,
        rest=fall.rest,
    )
