"""Teams whose last week went worse than their weeks before it explain."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.alert import subject_of
from domain.drift import Kept, is_below
from domain.local_time import end_of_date
from domain.steering import Steering
from projections.filters import Library, Moment
from projections.tables import micros
from projections.wanted import wanted

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


class Drift(NamedTuple):
    """`subject` stands for the team in alerts; `since` is the end of the week that is judged, `until` that of the next.

    `before`: the weeks before it, together.
    """

    subject: str
    team: str
    since: datetime
    until: datetime
    week: Kept
    before: Kept


class _Week(NamedTuple):
    """An ISO week by the firm's clock, and the instant at which it is over."""

    monday: date
    over: datetime

    @property
    def next_monday(self) -> date:
        return self.monday + WEEK


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    zone: ZoneInfo,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[Drift]:
    """`zone`: by whose clock weeks end."""
    rules = steering.rulebooks.at(moment.at).alerts
    *earlier, last = _weeks_before(moment.at, zone, rules.drift_weeks + 1)
    found = (
        Drift(subject_of(library.ids, "team", team), team, last.over, _end_of(last.monday + WEEK, zone), week, before)
        for team, weeks in _kept(library, moment, [*earlier, last]).items()
        for week in [weeks.get(last.monday, NOTHING)]
        for before in [sum((weeks.get(each.monday, NOTHING) for each in earlier), NOTHING)]
        if is_below(week, before, rules.drift_spread)
    )
    return wanted(found, since, subjects)


NOTHING = Kept(0, 0)


def _weeks_before(at: datetime, zone: ZoneInfo, many: int) -> list[_Week]:
    """The latest weeks that are over, in order of time."""
    today = at.astimezone(zone).date()
    this = today - timedelta(days=today.weekday())
    mondays = [this - number * WEEK for number in range(many, 0, -1)]
    return [_Week(monday, _end_of(monday, zone)) for monday in mondays]


def _end_of(monday: date, zone: ZoneInfo) -> datetime:
    return end_of_date(monday + WEEK - DAY, zone)


def _kept(library: Library, moment: Moment, weeks: list[_Week]) -> dict[str, dict[date, Kept]]:
    """By team and week the promises of the on-time rate, as they stood when their week was over.

    Each week as it stood then, not as it stands now: what is overdue in the last one may still be moved into a later
    one, and of the earlier ones some was; one and the same look makes them alike.
    """
    ends = {micros(week.over): week.monday for week in weeks}
    week_end = " ".join(f"WHEN p.belongs_day < '{week.next_monday}' THEN {micros(week.over)}" for week in weeks)
    found: dict[str, dict[date, Kept]] = {}
    for team, end, kept, counted in library.views.rows(
        "SELECT p.team, p.week_end, SUM(CASE WHEN p.outcome = 'kept' THEN 1 ELSE 0 END), COUNT(*) FROM "
        f"(SELECT p.*, CASE {week_end} END AS week_end FROM promises p WHERE {moment.knows('p')} "
        f"AND p.team IS NOT NULL AND p.belongs_day >= '{weeks[0].monday}' "
        f"AND p.belongs_day < '{weeks[-1].next_monday}') p "
        "WHERE p.at_from <= p.week_end AND p.at_until > p.week_end "
        "AND (p.outcome <> 'released' OR (p.outcome IS NULL AND p.overdue_from <= p.week_end)) "
        "GROUP BY p.team, p.week_end"
    ):
        found.setdefault(team, {})[ends[end]] = Kept(kept, counted)
    return found
