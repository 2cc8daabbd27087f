"""The firm's own long-run rates at a moment: how many promises it keeps, how strongly customers react."""

from __future__ import annotations

from datetime import datetime

from domain.firm import Rates
from domain.people import LOCAL_USER
from projections import kpis
from projections.figures import Share
from projections.filters import Library, Moment
from projections.kpis import Question
from projections.tables import MICROSECOND, instant, micros

DAY_US = 86_400_000_000


def at(library: Library, moment: datetime, before: Rates) -> Rates:
    """From all facts recorded by now that had happened by the moment.

    Where there is nothing to divide by, what counted `before` goes on to count.
    """
    kept = _kept(library, moment)
    reactions = _reactions(library, moment)
    return Rates(
        kept=before.kept if kept is None else kept,
        reactions=before.reactions if reactions is None else reactions,
    )


def _kept(library: Library, moment: datetime) -> float | None:
    (group,) = kpis.figures(library, LOCAL_USER, Question(Moment(moment)), ["on_time_rate"])
    share = group.figures["on_time_rate"]
    assert isinstance(share, Share)
    return share.value


def _reactions(library: Library, moment: datetime) -> float | None:
    """Strong reactions within the days after a withdrawal that stood just before, for each withdrawal."""
    us = micros(moment)
    rules = library.steering(None).rulebooks.at(moment - MICROSECOND).sensitivity
    withdrawal = "(l.base < 0 OR l.due IS NOT NULL)"
    start = "COALESCE(l.since, l.time)"
    (withdrawals,) = library.views.row(
        f"SELECT COUNT(*) FROM lines l WHERE {start} <= ? AND l.until > ? AND {withdrawal}", (us, us)
    )
    (reactions,) = library.views.row(
        f"SELECT COUNT(*) FROM timeline t WHERE t.reaction = 1 AND t.time <= ? AND {Moment(moment).knows('t')} "
        f"AND EXISTS (SELECT 1 FROM lines l WHERE l.customer = t.customer AND {start} < t.time AND l.until >= t.time "
        f"AND {withdrawal} AND (l.due IS NOT NULL OR l.time >= t.time - ?))",
        (us, round(rules.reaction_days * DAY_US)),
    )
    return reactions / withdrawals if withdrawals else None


def first_fact(library: Library) -> datetime | None:
    """When the history that the tables hold begins."""
    row = library.views.row("SELECT MIN(time) FROM timeline")
    return instant(row[0])
