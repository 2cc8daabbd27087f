"""Pictures as Vega-Lite: data in, a specification and its description in words out.

One grammar for all: no legend, no axis title, labels at the end of what they name, dates as people write
them, a target dashed and named, an interval in the same hue but lighter. The shared parts are in `picture`.
"""

from dashboard.charts.account import Bar, Interval, balance, bars, intervals, waterfall
from dashboard.charts.adviser import possible_days
from dashboard.charts.contacts import answer_times
from dashboard.charts.day import day
from dashboard.charts.meaning import said_and_came
from dashboard.charts.months import months
from dashboard.charts.period import Column, Strip, course, cut_off, per_dot, strip
from dashboard.charts.picture import Chart, Style
from dashboard.charts.rules import lateness
from dashboard.charts.sparkline import sparkline
from dashboard.charts.weeks import WeekCount, counts_by_week, points_by_week, reliability
from dashboard.charts.what_if import StageCount, differences, stages

__all__ = [
    "Bar",
    "Chart",
    "Column",
    "Interval",
    "StageCount",
    "Strip",
    "Style",
    "WeekCount",
    "answer_times",
    "balance",
    "bars",
    "counts_by_week",
    "course",
    "cut_off",
    "day",
    "differences",
    "intervals",
    "lateness",
    "months",
    "per_dot",
    "points_by_week",
    "possible_days",
    "reliability",
    "said_and_came",
    "sparkline",
    "stages",
    "strip",
    "waterfall",
]
