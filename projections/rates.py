"""The firm's own long-run rates at a moment: how many promises it keeps, how strongly customers react."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.account import Posting
from domain.firm import Rates
from domain.roles import LOCAL_USER
from projections import kpis
from projections.figures import Share
from projections.filters import Library, Moment
from projections.kpis import Question
from projections.statements import LINE, posting
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
    (group,) = kpis.reckoned(library, LOCAL_USER, Question(Moment(moment)), ["on_time_rate"])
    share = group.figures["on_time_rate"]
    assert isinstance(share, Share)
    return share.value


def _reactions(library: Library, moment: datetime) -> float | None:
    """Strong reactions within the days after a withdrawal that stood just before, for each withdrawal."""
    us = micros(moment)
    rules = library.steering(None).rulebooks.at(moment - MICROSECOND).sensitivity
    (withdrawals,) = library.views.row(
        f"SELECT COUNT(*) FROM lines l WHERE {START} <= ? AND l.until > ? AND {PLAIN_WITHDRAWAL}", (us, us)
    )
    withdrawals += sum(line.stands_at(moment) and _costs(line, moment, library) for _, line in _against(library))
    matched = {
        row[0]
        for row in library.views.rows(
            f"SELECT t.fact FROM timeline t WHERE {_strong(moment)} AND EXISTS (SELECT 1 FROM lines l "
            f"WHERE l.customer = t.customer AND {START} < t.time AND l.until >= t.time AND {PLAIN_WITHDRAWAL} "
            "AND (l.due IS NOT NULL OR l.time >= t.time - ?))",
            (round(rules.reaction_days * DAY_US),),
        )
    }
    matched |= _about_overdue(library, moment, timedelta(days=rules.reaction_days))
    return len(matched) / withdrawals if withdrawals else None


START = "COALESCE(l.since, l.time)"
PLAIN_WITHDRAWAL = "(l.base < 0 OR l.due IS NOT NULL) AND l.against_due IS NULL"


def _strong(moment: datetime) -> str:
    return f"t.reaction = 1 AND t.time <= {micros(moment)} AND {Moment(moment).knows('t')}"


def _against(library: Library) -> list[tuple[str, Posting]]:
    """Incidents about an overdue promise, whose worth changes from day to day."""
    rows = library.views.rows(f"SELECT customer, {LINE} FROM lines l WHERE l.against_due IS NOT NULL")
    return [(row[0], posting(tuple(row)[1:])) for row in rows]


def _costs(line: Posting, at: datetime, library: Library) -> bool:
    return line.base_at(at, library.steering(None).rulebooks) < 0


def _about_overdue(library: Library, moment: datetime, window: timedelta) -> set[str]:
    """Strong reactions after an incident about an overdue promise that still cost something."""
    found = set()
    for customer, line in _against(library):
        for fact, time in library.views.rows(
            f"SELECT t.fact, t.time FROM timeline t WHERE t.customer = ? AND {_strong(moment)}", (customer,)
        ):
            at = instant(time)
            assert at is not None
            just_before = at - MICROSECOND
            if line.time >= at - window and line.stands_at(just_before) and _costs(line, just_before, library):
                found.add(fact)
    return found


def first_fact(library: Library) -> datetime | None:
    """When the history that the tables hold begins."""
    row = library.views.row("SELECT MIN(time) FROM timeline")
    return instant(row[0])
