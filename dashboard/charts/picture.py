"""What all charts share: the parts of a Vega-Lite specification in which one looks like the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale

from dashboard.charts.palette import DARK, LIGHT, Palette
from words import Translator, format

Spec = dict[str, Any]

UNFINISHED: Final = 0.45
LABEL_PIXELS: Final = 12
_FONT: Final = "Plex, sans-serif"
_DATE: Final = {"de": "%-d. %b", "en": "%-d %b"}
_DAY_MILLIS: Final = 86_400_000


class Chart(NamedTuple):
    """A picture, and what it says to those who cannot see it."""

    spec: Spec
    alt: str


class Style(NamedTuple):
    """In which language and colours a picture is drawn."""

    t: Translator
    colours: Palette

    @classmethod
    def of(cls, t: Translator, *, dark: bool) -> Style:
        return cls(t, DARK if dark else LIGHT)


def whole(style: Style, height: int, values: Sequence[Spec], layers: Sequence[Spec]) -> Spec:
    """The specification of one picture: its data, its layers from back to front, our manners."""
    return {**_manners(style), "height": height, "data": {"values": list(values)}, "layer": list(layers)}


def _manners(style: Style) -> Spec:
    lang, colours = style.t.lang, style.colours
    return {
        "background": "transparent",
        # At the top and not in config: there Streamlit would overwrite it and add 20 px below.
        "padding": {"left": 2, "right": 2, "top": 6, "bottom": 2},
        "autosize": {"type": "fit", "contains": "padding"},
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {
                "domain": False,
                "ticks": False,
                "title": None,
                "gridColor": colours.grid,
                "labelColor": colours.quiet,
                "labelFontSize": LABEL_PIXELS,
                "labelPadding": 8,
            },
            "text": {"font": _FONT, "fontSize": LABEL_PIXELS},
            "locale": {"number": _numbers(lang), "time": _times(lang)},
        },
    }


def _numbers(lang: str) -> Spec:
    german = lang == "de"
    return {
        "decimal": "," if german else ".",
        "thousands": "." if german else ",",
        "grouping": [3],
        "currency": ["", "\u00a0€"] if german else ["€", ""],
        "minus": format.MINUS,
    }


def _times(lang: str) -> Spec:
    locale = Locale("de", "DE") if lang == "de" else Locale("en", "GB")
    # Babel begins the week on Monday, Vega on Sunday.
    days = [locale.days["format"]["wide"][day % 7] for day in range(6, 13)]
    months = {width: locale.months["format"][width] for width in ("wide", "abbreviated")}
    return {
        "dateTime": "%A, %e. %B %Y, %X" if lang == "de" else "%A %e %B %Y, %X",
        "date": "%d.%m.%Y" if lang == "de" else "%d/%m/%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": days,
        "shortDays": [name[: 2 if lang == "de" else 3] for name in days],
        "months": [months["wide"][month] for month in range(1, 13)],
        "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
    }


def weeks_axis(weeks: Sequence[date], lang: str, *, room: int, air: float = 0.0) -> Spec:
    """The axis of weeks: at most seven dates, counted back from the last.

    `room` pixels stay free at the right, for the labels of what ends there; `air` is the part of a week that
    stays free at both ends, so that half a bar fits.
    """
    margin = air * 7 * _DAY_MILLIS
    first, last = _millis(weeks[0]) - margin, _millis(weeks[-1]) + margin
    every = max(1, -(-len(weeks) // 7))
    return {
        "field": "week",
        "type": "temporal",
        "scale": {
            "type": "utc",
            "nice": False,
            "domainMin": {"expr": f"{first:.0f}"},
            "domainMax": {"expr": _with_room(first, last, room)},
        },
        "axis": {
            "values": [_on(week) for week in list(reversed(weeks))[::every]],
            "format": _DATE[lang],
            "grid": False,
            "labelOverlap": "greedy",
            "labelSeparation": 14,
            "labelFlush": False,
            # Below the lowest label of the other axis.
            "labelPadding": 12,
        },
    }


def time_axis(first: datetime, last: datetime, zone: ZoneInfo, lang: str, *, room: int) -> Spec:
    """The axis of instants on the reader's clock; `room` pixels stay free at the right."""
    begin, end = wall(first, zone), max(wall(last, zone), wall(first, zone) + _DAY_MILLIS // 24)
    return {
        "field": "at",
        "type": "temporal",
        "scale": {
            "type": "utc",
            "nice": False,
            "domainMin": {"expr": f"{begin}"},
            "domainMax": {"expr": _with_room(begin, end, room)},
        },
        "axis": {
            "values": [_on(day) for day in _days(first.astimezone(zone).date(), last.astimezone(zone).date())],
            "format": _DATE[lang],
            "grid": False,
            "labelOverlap": "greedy",
            "labelSeparation": 14,
        },
    }


def _days(first: date, last: date) -> list[date]:
    """At most eight days that people think in: Mondays, or the 1st and 15th, or the first of months."""
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    mondays = [day for day in every if day.weekday() == 0]
    halves = [day for day in every if day.day in (1, 15)]
    firsts = [day for day in every if day.day == 1]
    if len(mondays) <= 6:
        return mondays or [first]
    if len(halves) <= 8:
        return halves
    return firsts[:: -(-len(firsts) // 8)]


def _with_room(first: float, last: float, room: int) -> str:
    """The end of a scale that leaves so many pixels free, however wide the picture is."""
    return f"{last:.0f} + ({last - first:.0f}) * {room} / max(width - {room}, 60)"


def haloed(
    text: str,
    values: Sequence[Spec],
    place: Spec,
    ink: str,
    colours: Palette,
    *,
    align: str = "left",
    dx: int = 0,
    dy: int = 0,
    bold: bool = False,
    size: int = LABEL_PIXELS,
) -> list[Spec]:
    """A label that stays readable over lines: drawn twice, first as a thick stroke in the card's colour."""
    mark = {
        "type": "text",
        "text": text,
        "align": align,
        "baseline": "middle",
        "dx": dx,
        "dy": dy,
        "fontSize": size,
        "fontWeight": 600 if bold else 400,
    }
    halo = {"stroke": colours.card, "strokeWidth": 4, "strokeJoin": "round", "color": colours.card}
    data = {"values": list(values)}
    return [
        {"data": data, "mark": {**mark, **halo}, "encoding": place},
        {"data": data, "mark": {**mark, "color": ink}, "encoding": place},
    ]


def pick(test: str, yes: str, no: str) -> Spec:
    """One of two values, by a Vega expression."""
    return {"condition": {"test": test, "value": yes}, "value": no}


def switch(field: str, texts: Sequence[str]) -> str:
    """A Vega expression that turns a number into its text."""
    quoted = [text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") for text in texts]
    return "[" + ", ".join(f"'{text}'" for text in quoted) + f"][{field}]"


def percent_label(lang: str) -> str:
    """A Vega expression for the labels of an axis of shares."""
    return f"format(datum.value * 100, '.0f') + '{format.NO_BREAK_SPACE if lang == 'de' else ''}%'"


def points_label(*, signed: bool = False) -> str:
    """A Vega expression for the labels of an axis of points, with a true minus."""
    plus = "(datum.value > 0 ? '+' : '') + " if signed else ""
    return f"{plus}replace(format(datum.value, ',d'), '-', '{format.MINUS}')"


def floor_of_shares(lowest: float) -> float:
    """Where an axis of shares begins: a full ten below the lowest value, and never above 70 percent."""
    return max(0.0, min(0.7, int(lowest * 10 - 1e-9) / 10))


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Heights from the top down, moved so that none is nearer than the gap to the one above it."""
    moved: list[float] = []
    for height in heights:
        moved.append(min(height, moved[-1] - gap) if moved else height)
    return moved


def two_lines(text: str) -> str:
    """A label broken near its middle, as columns are narrow."""
    words = text.split(" ")
    if len(text) <= 9 or len(words) == 1:
        return text
    halves = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    first, second = min(halves, key=lambda half: abs(len(half[0]) - len(half[1])))
    return f"{first}\n{second}"


def iso(day: date) -> str:
    """A week as the data of a picture has it."""
    return day.isoformat()


def wall(at: datetime, zone: ZoneInfo) -> int:
    """An instant as the data of a picture has it: the reader's clock in milliseconds, as if it were UTC."""
    local = at.astimezone(zone)
    return _millis(local.date()) + ((local.hour * 60 + local.minute) * 60 + local.second) * 1000


def _millis(day: date) -> int:
    return (day - date(1970, 1, 1)).days * _DAY_MILLIS


def _on(day: date) -> Spec:
    return {"year": day.year, "month": day.month, "date": day.day, "utc": True}
