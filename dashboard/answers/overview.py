"""The overview: what the weeks of a period were like, compared with as many weeks before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from dashboard.answers import alerting, lists
from dashboard.answers.measures import share
from dashboard.answers.moments import midnight
from dashboard.shapes.alerts import AlertRow
from dashboard.shapes.asking import Reader
from dashboard.shapes.figures import Share
from dashboard.shapes.overview import AlertWeek, Overview, PointWeek, PromiseWeek, Totals
from domain.reliability import wilson
from projections import alerts, customers, kpis, promises, statements
from projections.figures import Share as Counted
from projections.filters import Moment
from projections.kpis import Question
from wiring.home import Konto
from words import translator
from words.names import ALERTS

WINDOW_WEEKS = 4
SHOWN_OVERDUE, SHOWN_ALERTS = 5, 8


def overview(konto: Konto, reader: Reader, weeks: int) -> Overview | None:
    if not customers.listed(konto.library, konto.asker, limit=1):
        return None
    now = konto.clock()
    today = now.astimezone(reader.zone).date()
    monday = today - timedelta(days=today.weekday())
    since = monday - timedelta(weeks=weeks - 1)
    starts = [since + timedelta(weeks=n) for n in range(weeks + 1)]
    counted = _by_week(konto, reader, since - timedelta(weeks=WINDOW_WEEKS - 1), monday, now)
    points = _points(konto, reader, starts, now)
    t = translator(reader.lang)
    earlier = since - timedelta(weeks=weeks)
    before = None
    if _reaches_back(konto, midnight(earlier, reader)):
        before = _totals(konto, midnight(earlier, reader), midnight(since, reader), midnight(since, reader))
    start, end = midnight(since, reader), midnight(today + timedelta(days=1), reader)
    return Overview(
        since=since,
        until=today,
        now=_totals(konto, start, end, now),
        before=before,
        promises=tuple(_rolling(counted, week) for week in starts[:-1]),
        points=points,
        warnings=_warnings(konto, reader, starts, now),
        customers=statements.flow(konto.library, konto.asker, start, end).customers,
        target=konto.settings.dashboard.target,
        overdue=lists.overdue(konto, now, t, SHOWN_OVERDUE),
        alerts=tuple(_alert(konto, reader, row) for row in _latest(konto, start)),
    )


def _reaches_back(konto: Konto, at: datetime) -> bool:
    first = statements.first_line(konto.library, konto.asker)
    return first is not None and first <= at


def _totals(konto: Konto, start: datetime, end: datetime, at: datetime) -> Totals:
    question = Question(Moment(at), start=start, end=end)
    figures = kpis.figures(konto.library, konto.asker, question, RATES)[0].figures
    flow = statements.flow(konto.library, konto.asker, start, min(end, at))
    return Totals(
        last=share(figures["on_time_rate"]),
        first=share(figures["strict_on_time_rate"]),
        deposits=flow.deposits,
        withdrawals=flow.withdrawals,
        postings=flow.postings,
        overdue=promises.count(konto.library, konto.asker, Moment(at), states=["overdue"]),
        alerts=alerts.count(konto.library, konto.asker, start, min(end, at)),
    )


RATES = ("on_time_rate", "strict_on_time_rate")


# -- by week ----------------------------------------------------------------------------------------

Weekly = dict[date, tuple[Counted, Counted]]


def _by_week(konto: Konto, reader: Reader, first: date, last: date, now: datetime) -> Weekly:
    """Counts of each week by its Monday."""
    question = Question(
        Moment(now), start=midnight(first, reader), end=midnight(last + timedelta(weeks=1), reader), per="week"
    )
    figures = kpis.figures(konto.library, konto.asker, question, RATES)[0].figures
    series: list[dict[date, Counted]] = []
    for name in RATES:
        found = figures[name]
        assert isinstance(found, list)
        series.append({_monday(period): each for period, each in found if isinstance(each, Counted)})
    return {week: (series[0][week], series[1][week]) for week in series[0]}


def _monday(week: str) -> date:
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def _rolling(weeks: Weekly, last: date) -> PromiseWeek:
    window = [weeks[each] for n in range(WINDOW_WEEKS) if (each := last - timedelta(weeks=n)) in weeks]
    return PromiseWeek(last, _together([a for a, _ in window]), _together([b for _, b in window]))


def _together(counts: Sequence[Counted]) -> Share:
    numerator, denominator = sum(each.numerator for each in counts), sum(each.denominator for each in counts)
    low, high = wilson(numerator, denominator) or (0.0, 1.0)
    return Share(numerator, denominator, low, high)


def _points(konto: Konto, reader: Reader, starts: Sequence[date], now: datetime) -> tuple[PointWeek, ...]:
    weeks = []
    for week, following in pairwise(starts):
        end = midnight(following, reader)
        flow = statements.flow(konto.library, konto.asker, midnight(week, reader), min(end, now))
        weeks.append(PointWeek(week, flow.deposits, flow.withdrawals, end <= now))
    return tuple(weeks)


def _warnings(konto: Konto, reader: Reader, starts: Sequence[date], now: datetime) -> tuple[AlertWeek, ...]:
    weeks = []
    for week, following in pairwise(starts):
        start, end = midnight(week, reader), midnight(following, reader)
        overdue = promises.count(konto.library, konto.asker, Moment(min(end, now)), states=["overdue"])
        raised = alerts.count(konto.library, konto.asker, start, min(end, now))
        weeks.append(AlertWeek(week, overdue, raised, end <= now))
    return tuple(weeks)


# -- alerts -----------------------------------------------------------------------------------------


def _latest(konto: Konto, since: datetime) -> list[alerts.AlertRow]:
    return alerts.listed(konto.library, konto.asker, since=since, limit=SHOWN_ALERTS)


def _alert(konto: Konto, reader: Reader, row: alerts.AlertRow) -> AlertRow:
    told = alerting.told(konto, reader, row)
    short = translator(reader.lang).gettext(ALERTS[row.rule])
    return AlertRow(
        raised=row.raised_at,
        rule=row.rule,
        text=f"{told.about}: {short}" if told.about else short,
        customer=told.customer,
        name=told.name,
        to=alerting.whom(reader, row.sent_to or row.recipient),
        delivery=alerting.STATES[row.state],
        delivered=row.delivered_at,
    )
