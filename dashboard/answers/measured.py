"""Figures of a period as the overview shows them, each beside what it was in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from dashboard.answers.measures import HOUR_SECONDS
from dashboard.answers.moments import midnight
from dashboard.shapes.asking import Reader
from dashboard.shapes.overview import ENOUGH, Measured, OverviewAsked, Unit
from dashboard.shapes.periods import Period
from projections import kpis
from projections.figures import Evenness, Figure, Lateness, Mean, Rate, Share, Spread
from projections.filters import Filter, Moment
from projections.kpis import DEFINITIONS, Question
from wiring.home import Konto
from words import Translator

KINDS_OF_PROMISES = (kpis.promises, kpis.follow_ups)
"""Whose figures can be had for one kind of promise; an incident's kind is another thing."""
UNITS: Mapping[str, Unit] = {"first_answer_hours": "business", "estimate_accuracy": "ratio", "lateness_hours": "clock"}


class Value(NamedTuple):
    """What all forms of a figure have in common; times in seconds."""

    unit: Unit
    value: float | None
    n: int
    counted: int | None = None
    low: float | None = None
    high: float | None = None
    most: float | None = None


def questions(konto: Konto, reader: Reader, asked: OverviewAsked) -> tuple[Question, Question | None]:
    """What is asked of the period, and of the one before as of when that was as long ago as this is now."""
    now = konto.clock()
    question = over(konto, reader, asked.period, now)
    if asked.against is None:
        return question, None
    lag = midnight(asked.period.since, reader) - midnight(asked.against.since, reader)
    return question, over(konto, reader, asked.against, now - lag)


def over(konto: Konto, reader: Reader, period: Period, at: datetime) -> Question:
    return Question(
        Moment(at),
        start=midnight(period.since, reader),
        end=midnight(period.until + timedelta(days=1), reader),
        zone=reader.zone,
    )


def narrowed(question: Question, name: str, asked: OverviewAsked) -> Question:
    """By team, and by kind where the figure knows kinds of promises."""
    of_promises = any(each.name == name for family in KINDS_OF_PROMISES for each in family.FIGURES)
    where = {"team": asked.team, "kind": asked.kind if of_promises else None}
    kept = {dimension: value for dimension, value in where.items() if value is not None}
    return Question(
        question.moment, question.start, question.end, question.by, question.per, Filter(kept), question.zone
    )


def figures(konto: Konto, question: Question, names: Sequence[str], asked: OverviewAsked) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for together in _alike(names):
        group = kpis.figures(konto.library, konto.asker, narrowed(question, together[0], asked), together)[0]
        found |= {name: figure for name, figure in group.figures.items() if not isinstance(figure, list)}
    return found


def _alike(names: Sequence[str]) -> list[list[str]]:
    """Names of one family are asked for together, and so read from the tables once."""
    families = [[each.name for each in family.FIGURES if each.name in names] for family in kpis.FAMILIES]
    return [family for family in families if family]


def measured(
    name: str, now: Figure, before: Figure | None, t: Translator, series: Sequence[float | None] = ()
) -> Measured:
    found = value(name, now)
    earlier = value(name, before) if before is not None else None
    return Measured(
        name,
        t.gettext(DEFINITIONS[name].sentence),
        DEFINITIONS[name].of,
        *found,
        before=earlier.value if earlier and earlier.n >= ENOUGH else None,
        series=tuple(series),
    )


def value(name: str, figure: Figure) -> Value:
    match figure:
        case Share():
            low, high = figure.interval or (0.0, 1.0)
            return Value("share", figure.value, figure.denominator, figure.numerator, low, high)
        case Rate():
            return Value("per_hundred", figure.value, figure.denominator, figure.numerator)
        case Lateness():
            by_clock = name == "lateness_hours"
            return _times(figure.clock if by_clock else figure.business, "clock" if by_clock else "business")
        case Spread():
            unit = UNITS[name]
            if unit == "ratio":
                return Value(unit, figure.median, figure.n, most=figure.p90)
            return _times(figure, unit)
        case Mean():
            return Value("share", figure.value, figure.n)
    assert isinstance(figure, Evenness)
    return Value("ratio", figure.first_answer.value, max(figure.first_answer.n, figure.on_time.n))


def _times(figure: Spread, unit: Unit) -> Value:
    if figure.median is None or figure.p90 is None:
        return Value(unit, None, 0)
    return Value(unit, figure.median * HOUR_SECONDS, figure.n, most=figure.p90 * HOUR_SECONDS)
