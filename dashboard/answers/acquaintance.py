"""How we and a customer know each other, out of their own facts."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from dashboard.answers.moments import day_of
from dashboard.shapes.acquaintance import Acquaintance, Owner
from dashboard.shapes.asking import Reader
from domain.customer import CustomerSensitivitySet
from domain.fact import in_order
from domain.habits import silent_from, usual_gap
from domain.relationship import Relationship
from projections import customers as parties
from projections import rhythm
from projections.filters import Moment
from wiring.home import Konto

DAY_SECONDS = 86_400


def acquaintance(konto: Konto, reader: Reader, customer: str, now: datetime) -> Acquaintance:
    """`customer` is the internal id of one whom the reader may see."""
    known = konto.library.relationship(customer, None)
    talks = rhythm.two_way(konto.library, Moment(now), [customer]).get(customer, [])
    rules = konto.steering.rulebooks.at(now).silence
    usual = usual_gap(talks, rules)
    return Acquaintance(
        owners=_owners(konto, reader, known, now),
        last_talk=day_of(talks[-1], reader) if talks else None,
        usual_days=None if usual is None else max(1, round(usual.total_seconds() / DAY_SECONDS)),
        silent=bool(talks) and silent_from(talks, talks[0], rules) < now,
        sensitivity_reason=_reason(konto, known, now),
    )


def _owners(konto: Konto, reader: Reader, known: Relationship, now: datetime) -> tuple[Owner, ...]:
    """Each time somebody else began to look after them."""
    times = sorted({fact.time for fact in known.own if fact.time <= now})
    told = [(owner, at) for at in times if (owner := known.at(at).owner) is not None]
    begun = [next(times)[1] for _, times in groupby(told, key=lambda each: each[0])]
    names = parties.person_names(konto.library)
    owners = [(known.at(at).owner, at) for at in begun]
    return tuple(Owner(names.get(owner or "", owner or ""), day_of(at, reader)) for owner, at in reversed(owners))


def _reason(konto: Konto, known: Relationship, now: datetime) -> str | None:
    told = [fact for fact in in_order(known.own) if fact.time <= now and isinstance(fact.data, CustomerSensitivitySet)]
    if not told or told[-1].data.value is None:  # type: ignore[attr-defined]
        return None
    (opened,) = konto.log.opened(told[-1:])
    reason: str | None = opened.data.reason  # type: ignore[attr-defined]
    return reason if reason and opened != told[-1] else None
