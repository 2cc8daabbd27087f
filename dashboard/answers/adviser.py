"""May I promise that? What the adviser says of a promise that somebody would like to make."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dashboard.answers.accounts import survivor_of
from dashboard.shapes.adviser import AccountInShort, Advice, AdviceAsked, AdviceDay, AdvicePage
from dashboard.shapes.asking import Reader
from domain.business_time import Hours
from domain.errors import Refused
from projections import advice as advising
from projections import advice_words, sentences, statements
from projections import customers as parties
from projections.advice import Day, Wanted
from projections.taught import Taught
from wiring.home import Konto
from words import Translator, translator

FOUND = 6
"""Customers that a search offers."""
SHOWN_DAYS = 7
PROPOSED_DAYS = 3
"""Business days ahead where nobody has named a date."""


def names(konto: Konto, reader: Reader, text: str) -> tuple[tuple[str, str], ...]:
    found = parties.listed(konto.library, konto.asker, text=text, limit=FOUND)
    return tuple((each.customer, each.called(translator(reader.lang))) for each in found)


def page(konto: Konto, taught: Taught, reader: Reader, asked: AdviceAsked) -> AdvicePage:
    now, t = konto.clock(), translator(reader.lang)
    people = advising.people(konto.library, konto.asker, now)
    owner = asked.owner if asked.owner in people else _first(konto, people, now)
    hours = _hours(konto, owner, now)
    due = asked.due or hours.business_day(hours.local_date(now), PROPOSED_DAYS)
    customer = _in_short(konto, asked.customer, now, t) if asked.customer else None
    found, refused = None, None
    if owner is not None:
        try:
            found = _advice(konto, taught, reader, asked, owner, hours.end_of_date(due), customer, now, t)
        except Refused as error:
            refused = t.gettext(error.text).format(**error.params)
    ahead = _business_days(hours, hours.local_date(now), due)
    return AdvicePage(tuple(people), owner, due, ahead, customer, found, refused)


def _first(konto: Konto, people: list[str], now: datetime) -> str | None:
    """Whoever asks, else the first of all."""
    person = konto.steering.people.at(now).find(konto.asker.person)
    return person.name if person and person.name in people else next(iter(people), None)


def _hours(konto: Konto, owner: str | None, now: datetime) -> Hours:
    ids = konto.library.person_ids(owner) if owner else [None]
    steering = konto.steering
    return steering.hours(None, next((each for each in ids if steering.find(each, now)), None), now)


def _business_days(hours: Hours, today: date, due: date) -> int:
    days = (today + timedelta(days=n) for n in range(1, (due - today).days + 1))
    return sum(hours.is_business_day(day) for day in days)


def _advice(
    konto: Konto,
    taught: Taught,
    reader: Reader,
    asked: AdviceAsked,
    owner: str,
    due: datetime,
    customer: AccountInShort | None,
    now: datetime,
    t: Translator,
) -> Advice:
    wanted = Wanted(owner, asked.kind, due, customer.customer if customer else None, severity=asked.severity)
    with taught.adviser(now) as adviser:
        found = advising.advise(konto.library, konto.asker, wanted, now, reader.zone, adviser)
    said = advice_words.said(found, konto.library, t, reader.zone)
    return Advice(
        headline=said.headline,
        sure=said.sure,
        instead=said.instead,
        load=said.load,
        overloaded=found.workload.is_overload,
        steps=said.steps,
        no_mark=t.gettext(advice_words.NO_MARK),
        wording=advice_words.wording(found, t, reader.zone),
        is_known=found.estimate.probability is not None,
        is_safe=found.is_safe,
        days=_days(found),
        safe_from=found.safe_from,
        rests_on=found.estimate.rests_on,
    )


def _days(found: advising.Advice) -> tuple[AdviceDay, ...]:
    """The next business days, with the wished day and the proposed one wherever they lie."""
    assert found.wanted.due is not None
    assert found.wanted_on is not None
    wished = Day(found.wanted_on, found.wanted.due, found.estimate)
    proposed = None if found.is_safe or found.safe is None else found.safe
    shown = {day.on: day for day in (*found.days[:SHOWN_DAYS], *([proposed] if proposed else []), wished)}
    return tuple(
        AdviceDay(
            on=day.on,
            probability=day.estimate.probability,
            low=day.estimate.interval[0],
            high=day.estimate.interval[1],
            wished=day.on == wished.on,
            proposed=proposed is not None and day.on == proposed.on,
        )
        for day in sorted(shown.values(), key=lambda day: day.on)
    )


def _in_short(konto: Konto, customer: str, now: datetime, t: Translator) -> AccountInShort | None:
    try:
        party = parties.party(konto.library, konto.asker, survivor_of(konto, customer))
    except Refused:
        return None
    steering = konto.steering
    read = statements.statement(konto.library, konto.asker, party.customer, steering, now)
    reason = sentences.reason(read.stage, steering.rulebooks.at(now).stage, t)
    return AccountInShort(party.customer, party.called(t), read.balance, read.stage.name, reason)
