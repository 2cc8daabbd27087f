"""One promise as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from dashboard.answers import alerting, lists, timeline
from dashboard.shapes.asking import Reader
from dashboard.shapes.promise import Line, Move, OnePromise, Pause, Warned
from dashboard.shapes.promises import PromiseRow
from domain.errors import Refused
from domain.fact import SEALED, end_of
from domain.outcome import Step
from domain.promise import PromiseBroken, PromiseMade, PromisePaused, PromiseRenegotiated, PromiseResumed
from domain.roles import NotAllowed
from domain.stored import UNREADABLE
from projections import one_promise, open_list, own_names, sentences
from projections.customers import person_name
from projections.filters import Moment
from projections.one_promise import OnePromise as Found
from projections.taught import Taught
from wiring.home import Konto
from words import Translator, translator


def page(konto: Konto, taught: Taught, reader: Reader, name: str) -> OnePromise | None:
    now, t = konto.clock(), translator(reader.lang)
    try:
        found = one_promise.find(konto.log, konto.library, konto.asker, konto.steering, name, Moment(now))
    except (NotAllowed, *UNREADABLE):
        raise
    except Refused:
        return None
    if found is None or not found.life:
        return None
    last = found.life[-1].after
    made = found.told[found.life[0].fact.key].data
    verdict = last.verdict
    settling = next((step for step in found.life if step.after.verdict), None)
    said: Any = found.told[settling.fact.key].data if settling else None
    plan = one_promise.plans_b(konto.log, [found.row.promise]).get(found.row.promise)
    return OnePromise(
        row=_row(konto, taught, found, plan, now, t),
        outcome="exceeded" if found.row.state == "kept" and (found.row.degree or 0) > 1 else found.row.state,
        binding=found.row.binding,
        severity=found.row.severity,
        internal=last.promise.internal,
        supplier=found.row.supplier,
        product=found.row.product,
        made=found.row.made_at,
        made_by=_made_by(konto, made),
        channel=last.promise.channel,
        first_due=last.first,
        counting_due=last.counting,
        due=last.due,
        settled=verdict.at if verdict else None,
        degree=verdict.degree if verdict else None,
        late_seconds=verdict.late.total_seconds() if verdict and verdict.late else None,
        in_time=last.withdrawn_in_time,
        said_so=isinstance(said, PromiseBroken),
        reason=_said(said, "reason"),
        alternative=_said(said, "alternative"),
        evidence=_said(said, "evidence"),
        amount=last.promise.amount,
        charged=verdict.charged if verdict else None,
        currency=getattr(made, "currency", None),
        plan_b=plan,
        moves=tuple(_moves(found.life, found)),
        pauses=tuple(_pauses(found.life)),
        lines=tuple(_lines(konto, found, now, t)),
        alerts=tuple(_alerts(konto, reader, found)),
        facts=timeline.tell(konto, reader, found.timeline),
    )


def customer_of(konto: Konto, name: str) -> str | None:
    """Whose promise it is, by internal id, whoever asks: for the journal, not for the reader."""
    try:
        return own_names.named(konto.library, "promise", name).customer
    except Refused:
        return None


def _row(konto: Konto, taught: Taught, found: Found, plan: str | None, now: datetime, t: Translator) -> PromiseRow:
    """As the lists show it, with its risk while it is open."""
    listed = open_list.one(konto.library, konto.asker, Moment(now), found.row.promise)
    row = lists.row(listed or open_list.OpenRow(found.row, "open", False), t)
    (row,) = lists.at_risk(konto, taught, [row], now, t) if listed else (row,)
    return row._replace(plan_b_text=plan)


def _made_by(konto: Konto, made: object) -> str | None:
    name = made.by if isinstance(made, PromiseMade) else None
    return (person_name(konto.library, konto.library.ids.person(name)) or name) if name else None


def _said(data: Any, name: str) -> str | None:
    said = getattr(data, name, None)
    return said if isinstance(said, str) and said and said != SEALED else None


def _moves(life: Sequence[Step], found: Found) -> Iterator[Move]:
    for step in life:
        if isinstance(step.fact.data, PromiseRenegotiated) and step.before is not None:
            told = found.told[step.fact.key].data
            yield Move(
                told=step.fact.time,
                in_time=bool(step.in_time),
                by_customer=step.fact.data.asked_by == "customer",
                agreed=step.fact.data.agreed,
                before=step.before.due,
                due=end_of(step.fact.data.due, step.fact.zone or step.before.promise.zone),
                alternative=_said(told, "alternative"),
                reason=_said(told, "reason"),
            )


def _pauses(life: Iterable[Step]) -> Iterator[Pause]:
    """Each from its first pause to the next fact that ends it."""
    running: dict[str, datetime] = {}
    for step in life:
        data = step.fact.data
        if isinstance(data, PromisePaused):
            running.setdefault(data.cause, step.fact.time)
        ended = (
            [data.cause]
            if isinstance(data, PromiseResumed)
            else list(running)
            if step.after.verdict is not None
            else []
        )
        for cause in ended:
            if (since := running.pop(cause, None)) is not None:
                yield Pause(since, step.fact.time, cause)
    yield from (Pause(since, None, cause) for cause, since in running.items())


def _lines(konto: Konto, found: Found, now: datetime, t: Translator) -> Iterator[Line]:
    words = sentences.words_of(konto.log, konto.library, found.row.customer, found.lines)
    rulebooks = konto.steering.rulebooks
    for line in found.lines:
        yield Line(
            at=line.time,
            text=sentences.sentence(line, words, t),
            detail=sentences.factors(line, t),
            points=line.points_at(now, rulebooks),
            counts=line.counts_at(now, rulebooks),
            provisional=line.provisional,
        )


def _alerts(konto: Konto, reader: Reader, found: Found) -> Iterator[Warned]:
    for row in found.alerts:
        yield Warned(
            raised=row.raised_at,
            rule=row.rule,
            text=alerting.told(konto, reader, row).text,
            to=alerting.whom(reader, row.sent_to or row.recipient),
            delivery=alerting.STATES[row.state],
            noted_by=alerting.whom(reader, row.acknowledged_by),
            noted=row.acknowledged_at,
        )
