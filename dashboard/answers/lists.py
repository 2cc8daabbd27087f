"""Open promises as the pages list them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboard.shapes.asking import PAGE_SIZE, Reader
from dashboard.shapes.promises import PromiseFilter, PromisePage, PromiseRow, State
from domain.advice import Estimate
from domain.roles import may
from projections import advice, advice_words, naming, open_list
from projections.filters import Filter, Moment
from projections.open_list import OpenRow
from projections.sentences import NAMED_BY_KIND
from projections.taught import Taught
from wiring.home import Konto
from words import Translator, translator

STANDINGS = {"all": (), "soon": ("soon",), "notice": ("notice",), "overdue": ("overdue",), "waiting": ("waiting",)}


def promises(konto: Konto, taught: Taught, reader: Reader, asked: PromiseFilter, page: int) -> PromisePage:
    where = {name: value for name, value in (("owner", asked.owner), ("kind", asked.kind)) if value is not None}
    now = konto.clock()
    found = open_list.page(
        konto.library,
        konto.asker,
        Moment(now),
        standings=STANDINGS[asked.state],
        filter=Filter(where),
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )
    everything = sum(found.counts.values())
    return PromisePage(
        rows=at_risk(konto, taught, [row(each, translator(reader.lang)) for each in found.rows], now),
        total=everything if asked.state == "all" else found.counts[asked.state],
        counts={
            "all": everything,
            "soon": found.counts["soon"],
            "notice": found.counts["notice"],
            "overdue": found.counts["overdue"],
            "waiting": found.counts["waiting"],
        },
        owners=tuple(found.owners),
        kinds=tuple(found.kinds),
    )


def overdue(
    konto: Konto, at: datetime, t: Translator, most: int, *, team: str | None = None, kind: str | None = None
) -> tuple[PromiseRow, ...]:
    """The ones overdue longest."""
    found = open_list.first(
        konto.library, konto.asker, Moment(at), standings=("overdue",), filter=filter_of(team, kind), limit=most
    )
    return tuple(row(each, t) for each in found)


def filter_of(team: str | None, kind: str | None) -> Filter:
    return Filter({name: value for name, value in (("team", team), ("kind", kind)) if value is not None})


def of_customer(
    konto: Konto, taught: Taught, customer: str, at: datetime, t: Translator, most: int = 50
) -> tuple[PromiseRow, ...]:
    """`customer` is the own id as source:id."""
    found = open_list.first(konto.library, konto.asker, Moment(at), filter=Filter({"customer": customer}), limit=most)
    return at_risk(konto, taught, [row(each, t) for each in found], at)


def at_risk(
    konto: Konto, taught: Taught, rows: Sequence[PromiseRow], at: datetime, t: Translator | None = None
) -> tuple[PromiseRow, ...]:
    """The rows, each with the probability that it is kept where that is low; with a translator also why."""
    in_time = [row.id for row in rows if row.notice_until is not None and row.notice_until > at]
    if not in_time or not may(konto.asker, "advice"):
        return tuple(rows)
    with taught.adviser(at) as adviser:
        found = advice.at_risk(konto.library, konto.asker, Moment(at), adviser, in_time)
    return tuple(
        row._replace(works_out=found[row.id].probability, rests_on=_rests_on(konto, found[row.id], t))
        if row.id in found
        else row
        for row in rows
    )


def _rests_on(konto: Konto, estimate: Estimate, t: Translator | None) -> str:
    """The step of the estimate that says most against it."""
    known = [reason for reason in estimate.reasons if reason.rests_on]
    if t is None or not known:
        return ""
    worst = min(known, key=lambda reason: reason.probability)
    return advice_words.reasons(estimate._replace(reasons=(worst,)), konto.library, t)[0]


def row(each: OpenRow, t: Translator) -> PromiseRow:
    promise = each.promise
    state: State = each.standing  # type: ignore[assignment]
    return PromiseRow(
        id=promise.promise,
        customer=promise.customer,
        name=naming.called(promise.customer_name, promise.customer_id, t),
        what=promise.what or t.gettext(NAMED_BY_KIND[promise.kind]).format(id=promise.id),
        kind=promise.kind,
        owner=promise.owner,
        state=state,
        due=promise.due,
        day_only=each.day_only,
        soon_from=promise.due_soon,
        notice_until=promise.last_moment,
        moved=promise.moves,
        plan_b=promise.plan_b,
        own=f"{promise.source}:{promise.id}",
    )
