"""The overview: what the weeks of a period were like, compared with another period."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from dashboard.answers import alerting, changes, lists, measured
from dashboard.answers.contacts import by_channel
from dashboard.answers.kept import Kept
from dashboard.answers.meanwhile import meanwhile
from dashboard.answers.moments import midnight
from dashboard.answers.per_person import is_shown, shown_teams
from dashboard.shapes.alerts import AlertRow
from dashboard.shapes.asking import Reader
from dashboard.shapes.figures import Share
from dashboard.shapes.overview import AlertWeek, Measured, Overview, OverviewAsked, PointWeek, PromiseWeek, Totals
from dashboard.shapes.periods import Period
from domain.reliability import wilson
from projections import alerts, customers, kpis, promises, statements
from projections.figures import Share as Counted
from projections.figures import Spread
from projections.filters import Moment
from projections.kpis import Question
from wiring.home import Konto
from words import translator
from words.names import ALERTS

WINDOW_WEEKS = 4
LASTING = timedelta(minutes=10)
SHOWN_OVERDUE, SHOWN_ALERTS = 5, 5
RATES = ("on_time_rate", "strict_on_time_rate")
QUICK = (
    *RATES,
    "lateness_hours",
    "timely_notice_rate",
    "over_fulfilment_rate",
    "broken_rate",
    "withdrawn_rate",
    "partial_rate",
    "estimate_accuracy",
    "first_answer_hours",
    "answered_in_time",
    "chase_rate",
    "follow_up_rate",
    "incident_rate",
    "resolution_hours",
    "recovery_discipline",
)
"""Figures that the tables answer by themselves; what has to be reckoned by customer stands in `by_customer`."""


def overview(konto: Konto, kept: Kept, reader: Reader, asked: OverviewAsked) -> Overview | None:
    """Where it is costly to find, the last answer stands for some minutes, and says of which moment it is true."""
    if not customers.listed(konto.library, konto.asker, limit=1):
        return None
    wanted, asked = asked, of_a_shown_team(konto, asked)
    found = kept.recent(kept_as(konto, reader, asked), konto, LASTING, lambda _: _overview(konto, reader, asked))
    answer: Overview = found.answer
    return answer._replace(at=found.at, renewing=found.renewing, team_not_shown=asked != wanted)


def of_a_shown_team(konto: Konto, asked: OverviewAsked) -> OverviewAsked:
    """The same of the firm where the team is too small to be shown by itself."""
    return asked if is_shown(konto, asked.team) else asked._replace(team=None)


def kept_as(konto: Konto, reader: Reader, asked: OverviewAsked) -> str:
    """The name of a question among those kept: of those who see the same, never of anybody else."""
    asker = konto.asker
    return f"{asker.person} {sorted(asker.roles)} {reader.zone.key} {reader.lang} {asked}"


def _overview(konto: Konto, reader: Reader, asked: OverviewAsked) -> Overview:
    now, t = konto.clock(), translator(reader.lang)
    asked = asked._replace(against=reaches_back(konto, reader, asked.against))
    start, end = _ends(asked.period, reader)
    starts, question = _weeks(asked.period), measured.over(konto, reader, asked.period, now)
    within = question.within("p.belongs_at")
    before = meanwhile(lambda: _before(konto, asked, reader, now))
    return Overview(
        at=now,
        renewing=False,
        period=asked.period,
        against=asked.against,
        figures=_figures(konto, reader, asked, starts),
        now=_totals(konto, asked, asked.period, reader, now),
        before=before(),
        promises=_rolling(konto, reader, asked, starts),
        points=_points(konto, reader, asked, starts, now),
        warnings=_warnings(konto, reader, asked, starts, now),
        channels=by_channel(konto, measured.narrowed(question, "", asked)),
        changes=changes.within(konto, reader, asked.period),
        target=konto.settings.dashboard.target,
        overdue=lists.overdue(konto, now, t, SHOWN_OVERDUE, team=asked.team, kind=asked.kind),
        alerts=tuple(_alert(konto, reader, row) for row in _latest(konto, start, end)),
        teams=shown_teams(konto, promises.distinct(konto.library, konto.asker, Moment(now), "team", within)),
        kinds=promises.distinct(konto.library, konto.asker, Moment(now), "kind", within),
    )


def reaches_back(konto: Konto, reader: Reader, period: Period | None) -> Period | None:
    """A period to compare with, if the accounts had begun by then."""
    if period is None:
        return None
    first = statements.first_line(konto.library, konto.asker)
    return period if first is not None and first <= midnight(period.since, reader) else None


def _ends(period: Period, reader: Reader) -> tuple[datetime, datetime]:
    return midnight(period.since, reader), midnight(period.until + timedelta(days=1), reader)


def _weeks(period: Period) -> list[date]:
    """The Mondays of its weeks, and the one after the last."""
    monday = period.since - timedelta(days=period.since.weekday())
    return [monday + timedelta(weeks=n) for n in range((period.until - monday).days // 7 + 2)]


def _totals(konto: Konto, asked: OverviewAsked, period: Period, reader: Reader, at: datetime) -> Totals:
    start, end = _ends(period, reader)
    end = min(end, at)
    flow = statements.flow(konto.library, konto.asker, start, end, team=asked.team)
    return Totals(
        deposits=flow.deposits,
        withdrawals=flow.withdrawals,
        postings=flow.postings,
        customers=flow.customers,
        overdue=_overdue(konto, asked, [end])[0],
        alerts=alerts.count(konto.library, konto.asker, start, end),
    )


def _before(konto: Konto, asked: OverviewAsked, reader: Reader, now: datetime) -> Totals | None:
    if asked.against is None:
        return None
    lag = midnight(asked.period.since, reader) - midnight(asked.against.since, reader)
    return _totals(konto, asked, asked.against, reader, now - lag)


def _overdue(konto: Konto, asked: OverviewAsked, moments: Sequence[datetime]) -> list[int]:
    """How many promises were overdue at each of these moments, the earliest first."""
    spells = promises.overdue_spells(
        konto.library, konto.asker, moments[0], moments[-1], filter=lists.filter_of(asked.team, asked.kind)
    )
    began = sorted(since for since, _ in spells)
    ended = sorted(until for _, until in spells if until is not None)
    return [bisect_right(began, at) - bisect_right(ended, at) for at in moments]


# -- figures ----------------------------------------------------------------------------------------


def _figures(konto: Konto, reader: Reader, asked: OverviewAsked, starts: Sequence[date]) -> dict[str, Measured]:
    t = translator(reader.lang)
    question, earlier = measured.questions(konto, reader, asked)
    found_before = meanwhile(lambda: measured.figures(konto, earlier, QUICK, asked) if earlier else {})
    now, before = measured.figures(konto, question, QUICK, asked), found_before()
    waits = _waits(konto, question, asked, starts)
    series = {"first_answer_hours": waits}
    return {name: measured.measured(name, now[name], before.get(name), t, series.get(name, ())) for name in QUICK}


def _waits(konto: Konto, question: Question, asked: OverviewAsked, starts: Sequence[date]) -> tuple[float | None, ...]:
    """The middle first answer of each week."""
    by_week = replace(measured.narrowed(question, "first_answer_hours", asked), per="week")
    found = kpis.figures(konto.library, konto.asker, by_week, ["first_answer_hours"])[0].figures["first_answer_hours"]
    assert isinstance(found, list)
    medians = {_monday(week): each.median for week, each in found if isinstance(each, Spread)}
    return tuple(medians.get(week) for week in starts[:-1])


# -- by week ----------------------------------------------------------------------------------------

Weekly = dict[date, tuple[Counted, Counted]]


def _rolling(konto: Konto, reader: Reader, asked: OverviewAsked, starts: Sequence[date]) -> tuple[PromiseWeek, ...]:
    """Each week with the three before it, so that the lines are calm; the weeks before the period count, too."""
    first = starts[0] - timedelta(weeks=WINDOW_WEEKS - 1)
    question = measured.over(konto, reader, Period(first, asked.period.until), konto.clock())
    by_week = replace(measured.narrowed(question, RATES[0], asked), per="week")
    figures = kpis.figures(konto.library, konto.asker, by_week, RATES)[0].figures
    series: list[dict[date, Counted]] = []
    for name in RATES:
        found = figures[name]
        assert isinstance(found, list)
        series.append({_monday(period): each for period, each in found if isinstance(each, Counted)})
    counted: Weekly = {week: (series[0][week], series[1][week]) for week in series[0]}
    return tuple(_window(counted, week) for week in starts[:-1])


def _monday(week: str) -> date:
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def _window(weeks: Weekly, last: date) -> PromiseWeek:
    window = [weeks[each] for n in range(WINDOW_WEEKS) if (each := last - timedelta(weeks=n)) in weeks]
    return PromiseWeek(last, _together([a for a, _ in window]), _together([b for _, b in window]))


def _together(counts: Sequence[Counted]) -> Share:
    numerator, denominator = sum(each.numerator for each in counts), sum(each.denominator for each in counts)
    low, high = wilson(numerator, denominator) or (0.0, 1.0)
    return Share(numerator, denominator, low, high)


def _points(
    konto: Konto, reader: Reader, asked: OverviewAsked, starts: Sequence[date], now: datetime
) -> tuple[PointWeek, ...]:
    """One question for all weeks, however many they are."""
    start, end = _ends(asked.period, reader)
    edges = [midnight(week, reader) for week in starts]
    within = [min(max(edge, start), min(end, now)) for edge in edges]
    flows = statements.flows_between(konto.library, konto.asker, within, team=asked.team)
    return tuple(
        PointWeek(week, inn, out, following <= now)
        for week, following, (inn, out) in zip(starts[:-1], edges[1:], flows, strict=True)
    )


def _warnings(
    konto: Konto, reader: Reader, asked: OverviewAsked, starts: Sequence[date], now: datetime
) -> tuple[AlertWeek, ...]:
    overdue = _overdue(konto, asked, [min(midnight(following, reader), now) for following in starts[1:]])
    weeks = []
    for (week, following), late in zip(pairwise(starts), overdue, strict=True):
        start, end = midnight(week, reader), midnight(following, reader)
        raised = alerts.count(konto.library, konto.asker, start, min(end, now))
        weeks.append(AlertWeek(week, late, raised, end <= now))
    return tuple(weeks)


# -- alerts -----------------------------------------------------------------------------------------


def _latest(konto: Konto, since: datetime, until: datetime) -> list[alerts.AlertRow]:
    return alerts.listed(konto.library, konto.asker, since=since, until=until, limit=SHOWN_ALERTS)


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
