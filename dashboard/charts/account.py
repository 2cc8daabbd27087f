"""Pictures of one account: its balance, why it fell, one value and how sure it is, counts by reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from dashboard.charts.palette import Palette
from dashboard.charts.picture import (
    Chart,
    Spec,
    Style,
    floor_of_shares,
    haloed,
    percent_label,
    pick,
    points_label,
    switch,
    time_axis,
    two_lines,
    wall,
    whole,
)
from dashboard.shapes.account import BalancePoint, Fall
from words import Translator, format

_NOT_WORTH_A_COLUMN: Final = 50
"""Hundredths of a point: less than what rounding hides."""
_LEAST_HEIGHT: Final = 5
"""Points: an axis of less would make much of little."""
_END_ROOM: Final = 54
_LONGEST_LINE: Final = 11
"""Characters that fit under a column, also on a phone."""


class Bar(NamedTuple):
    """A thin bar: the words above it and the number at its end."""

    label: str
    number: int


class Interval(NamedTuple):
    """One value and how sure it is: the sentence above, the dot and the ends of its bar."""

    label: str
    value: float | None
    low: float
    high: float


# -- balance --------------------------------------------------------------------------------------


class _Window(NamedTuple):
    """What part of the points axis is shown, and from where the area under the line is filled."""

    bottom: float
    top: float
    base: float


def balance(line: Sequence[BalancePoint], levels: Sequence[tuple[str, int]], zone: ZoneInfo, style: Style) -> Chart:
    """The balance of one customer: steps with ▲ and ▼ at each posting, the last value big at the end.

    Between two postings the line slopes, since trust fades when it is not tended. `levels` are stages in
    words with the balance at which each begins.
    """
    t, colours = style
    steps = _steps(line, zone)
    marks = [
        {"at": wall(each.at, zone), "points": each.after / 100, "up": each.after > each.before}
        for each in line
        if each.after != each.before
    ]
    window = _window([step["points"] for step in steps], [points / 100 for _, points in levels])
    x = time_axis(line[0].at, line[-1].at, zone, t.lang, room=_END_ROOM)
    y: Spec = {
        "field": "points",
        "type": "quantitative",
        "scale": {"domain": [window.bottom, window.top], "nice": False, "zero": False},
        "axis": {"tickCount": 4, "tickMinStep": 1, "grid": False, "labelExpr": points_label()},
    }
    named = [
        part
        for words, points in levels
        if window.bottom <= points / 100 <= window.top
        for part in _level(words, points / 100, steps, window, y, colours)
    ]
    area = {"type": "area", "color": colours.petrol, "opacity": 0.1}
    path = {"type": "line", "color": colours.text, "strokeWidth": 2, "strokeJoin": "miter"}
    layers: list[Spec] = [
        {"mark": area, "encoding": {"x": x, "y": y, "y2": {"datum": window.base}}},
        *named,
        {"mark": path, "encoding": {"x": x, "y": y}},
        *_signs(marks, x, y, colours),
        *_extremes(line, steps, window, x, y, zone, style),
    ]
    alt = t("Balance over time: {first} at first, at most {top}, now {last}.").format(
        first=format.points(line[0].before, t.lang, decimals=0),
        top=format.points(max(point.after for point in line), t.lang, decimals=0),
        last=format.points(line[-1].after, t.lang, decimals=0),
    )
    return Chart(whole(style, 210, steps, layers), alt)


def _steps(line: Sequence[BalancePoint], zone: ZoneInfo) -> list[Spec]:
    """Before and after each posting, one second apart so that before stays before after."""
    steps = []
    for point in line:
        at = wall(point.at, zone)
        steps += [{"at": at - 1000, "points": point.before / 100}, {"at": at, "points": point.after / 100}]
    return steps


def _window(balances: Sequence[float], levels: Sequence[float]) -> _Window:
    """Zero is shown where it is near, and always below it; a level only if it is near the line."""
    low, high = min(balances), max(balances)
    near_zero = low < 0.6 * high or low <= 0
    bottom = min(0.0, low) if near_zero else low - 0.6 * (high - low) - 4
    top = max(high, bottom + _LEAST_HEIGHT, 0.0 if low < 0 else high)
    reach = 0.3 * (top - bottom)
    near = [level for level in levels if bottom - reach <= level <= top + reach]
    bottom, top = min([bottom, *near]), max([top, *near])
    air = 0.12 * (top - bottom)
    return _Window(bottom - (air if bottom < 0 else 0), top + air, 0.0 if low < 0 else max(bottom, 0.0))


def _level(words: str, height: float, steps: Sequence[Spec], window: _Window, y: Spec, colours: Palette) -> list[Spec]:
    """A stage's dashed line, with its name at the end where the balance is farther away from it."""
    at = [{"points": height}]
    rule = {"type": "rule", "strokeDash": [4, 3], "color": colours.neutral}
    span = steps[-1]["at"] - steps[0]["at"]
    early = [step["points"] for step in steps if step["at"] <= steps[0]["at"] + 0.3 * span]
    late = [step["points"] for step in steps if step["at"] >= steps[-1]["at"] - 0.3 * span]
    left = _distance(early, height) >= _distance(late, height)
    over = (early if left else late)[0 if left else -1] > height and height - window.bottom > 0.1 * (
        window.top - window.bottom
    )
    place: Spec = {"x": {"value": 6} if left else {"value": {"expr": f"width - {_END_ROOM}"}}, "y": y}
    align = "left" if left else "right"
    return [
        {"data": {"values": at}, "mark": rule, "encoding": {"y": y}},
        *haloed(words, at, place, colours.quiet, colours, align=align, dy=9 if over else -8),
    ]


def _distance(balances: Sequence[float], height: float) -> float:
    """How far the line keeps from a height; nothing if it crosses it."""
    if min(balances) <= height <= max(balances):
        return 0.0
    return min(abs(balance - height) for balance in balances)


def _signs(marks: Sequence[Spec], x: Spec, y: Spec, colours: Palette) -> list[Spec]:
    if not marks:
        return []
    signs = {
        "shape": pick("datum.up", "triangle-up", "triangle-down"),
        "color": pick("datum.up", colours.petrol, colours.copper),
    }
    mark = {"type": "point", "filled": True, "size": 62, "opacity": 1}
    return [{"data": {"values": list(marks)}, "mark": mark, "encoding": {"x": x, "y": y, **signs}}]


def _extremes(
    line: Sequence[BalancePoint],
    steps: Sequence[Spec],
    window: _Window,
    x: Spec,
    y: Spec,
    zone: ZoneInfo,
    style: Style,
) -> list[Spec]:
    """The last value, and the top if it is clearly neither the beginning nor the end."""
    t, colours = style
    now = format.points(line[-1].after, t.lang, decimals=0)
    parts = haloed(now, steps[-1:], {"x": x, "y": y}, colours.text, colours, dx=9, bold=True, size=18)
    peak = max(line, key=lambda point: point.after)
    if (peak.after - line[-1].after) / 100 <= 0.12 * (window.top - window.bottom) or peak.at <= line[0].at:
        return parts
    day = format.day(peak.at.astimezone(zone).date(), t.lang)
    text = t("{points} on {day}").format(points=format.points(peak.after, t.lang, decimals=0), day=day)
    at = [{"at": wall(peak.at, zone), "points": peak.after / 100}]
    # Early tops have their words at the right, where there is room.
    early = at[0]["at"] - steps[0]["at"] < 0.25 * (steps[-1]["at"] - steps[0]["at"])
    align, dx = ("left", -2) if early else ("right", 2)
    return parts + haloed(text, at, {"x": x, "y": y}, colours.quiet, colours, align=align, dx=dx, dy=-12)


# -- one value, one reason ------------------------------------------------------------------------


def waterfall(fall: Fall, style: Style) -> Chart:
    """Why did the balance fall? Total, the steps down with their points, total."""
    t, colours = style
    steps = _steps_down(fall, t)
    columns = [(format.day(fall.top_on, t.lang), 0, fall.top)]
    for label, points in steps:
        start = columns[-1][2]
        columns.append((label, start, start + points))
    columns.append((format.day(fall.bottom_on, t.lang), 0, fall.bottom))
    values: list[Spec] = []
    for number, (label, start, end) in enumerate(columns):
        total = number in (0, len(columns) - 1)
        said = format.points(end, t.lang, decimals=0) if total else format.points(end - start, t.lang, signed=True)
        kind = "total" if total else "down" if end < start else "up"
        bounds = {"from": start / 100, "to": end / 100, "top": max(start, end) / 100}
        values.append({"n": number, "label": two_lines(label), "kind": kind, "said": said, **bounds})
    heights = [each for value in values for each in (value["from"], value["to"])]
    low, high = min([0, *heights]), max(heights)
    x: Spec = {
        "field": "n",
        "type": "ordinal",
        "scale": {"paddingInner": 0.28, "paddingOuter": 0.1},
        "axis": {
            "labelExpr": f"split({switch('datum.value', [value['label'] for value in values])}, '\\n')",
            "labelAngle": 0,
            "labelLineHeight": 14,
            "labelLimit": {"expr": f"width / {len(columns)} * 1.08"},
            "labelOverlap": False,
            "grid": False,
        },
    }
    y: Spec = {
        "field": "from",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [low, high + (high - low) * 0.14], "nice": False},
    }
    colour = {
        "condition": [
            {"test": "datum.kind === 'down'", "value": colours.copper},
            {"test": "datum.kind === 'up'", "value": colours.petrol},
        ],
        "value": colours.neutral,
    }
    said_above = {"type": "text", "dy": -9, "fontWeight": 600, "fontSize": 13, "color": colours.text}
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "cornerRadius": 2},
            "encoding": {"x": x, "y": y, "y2": {"field": "to"}, "color": colour},
        },
        {"mark": said_above, "encoding": {"x": x, "y": {**y, "field": "top"}, "text": {"field": "said"}}},
    ]
    alt = t("From {top} to {bottom}: {parts}.").format(
        top=format.points(fall.top, t.lang, decimals=0),
        bottom=format.points(fall.bottom, t.lang, decimals=0),
        parts=", ".join(f"{label} {format.points(points, t.lang, signed=True)}" for label, points in steps),
    )
    return Chart(whole(style, 200, values, layers), alt)


def _steps_down(fall: Fall, t: Translator) -> list[tuple[str, int]]:
    """The reasons between the two totals: at most three columns, or the labels would not fit.

    Where the words are too long for a column, the days stand there; the sentence beside the picture has both.
    """
    drops = list(fall.drops)
    rest = fall.rest
    most = 3 if abs(rest) < _NOT_WORTH_A_COLUMN else 2
    if len(drops) > most:
        heaviest = sorted(drops, key=lambda drop: drop.points)
        most = 2
        rest += sum(drop.points for drop in heaviest[most:])
        drops = [drop for drop in drops if drop in heaviest[:most]]
    fit = all(_fits(drop.label) for drop in drops)
    steps = [(drop.label if fit else format.day(drop.on, t.lang), drop.points) for drop in drops]
    return steps if abs(rest) < _NOT_WORTH_A_COLUMN else [*steps, (t("all else"), rest)]


def _fits(label: str) -> bool:
    return all(len(line) <= _LONGEST_LINE for line in two_lines(label).split("\n"))


def intervals(rows: Sequence[Interval], target: float | None, style: Style) -> Chart:
    """One value a row and how sure it is: words, a round bar for the interval, a dot for the value."""
    t, colours = style
    floor = floor_of_shares(min([row.low for row in rows] + ([target] if target else [])))
    values = [{"n": number, "value": row.value, "low": row.low, "high": row.high} for number, row in enumerate(rows)]
    x: Spec = {
        "type": "quantitative",
        "scale": {"domain": [floor, 1], "nice": False, "zero": False},
        "axis": {"tickCount": 5, "labelExpr": percent_label(t.lang), "labelFlush": True},
    }
    y: Spec = {"field": "n", "type": "ordinal", "axis": None, "scale": {"padding": 0.1}}
    below = 10
    bar = {
        "type": "rule",
        "strokeCap": "round",
        "strokeWidth": 9,
        "color": colours.petrol_pale,
        "yOffset": below,
    }
    dot = {
        "type": "point",
        "filled": True,
        "size": 95,
        "color": colours.petrol,
        "opacity": 1,
        "yOffset": below,
    }
    layers: list[Spec] = [
        {"mark": bar, "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y}},
        {
            "transform": [{"filter": "isValid(datum.value)"}],
            "mark": dot,
            "encoding": {"x": {**x, "field": "value"}, "y": y},
        },
    ]
    if target:
        tick = {"type": "tick", "orient": "vertical", "color": colours.text, "thickness": 1.6, "size": 20}
        layers.append({"mark": {**tick, "yOffset": below}, "encoding": {"x": {**x, "datum": target}, "y": y}})
    for row, value in zip(rows, values, strict=True):
        place = {"x": {"value": 0}, "y": y}
        layers += haloed(row.label, [value], place, colours.text, colours, dx=2, dy=-9, size=13)
    alt = " ".join(f"{row.label}." for row in rows)
    return Chart(whole(style, 56 * len(rows) + 30, values, layers), alt)


def bars(rows: Sequence[Bar], style: Style) -> Chart:
    """Counts by reason: words above, a thin bar, the number at its end, no axis."""
    _, colours = style
    values = [{"n": number, "label": row.label, "count": row.number} for number, row in enumerate(rows)]
    top = max([1] + [row.number for row in rows])
    x: Spec = {
        "field": "count",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, top], "range": [0, {"expr": "width - 28"}], "nice": False},
    }
    y: Spec = {"field": "n", "type": "ordinal", "axis": None, "scale": {"padding": 0.1}}
    text = {"type": "text", "align": "left", "fontSize": 13, "color": colours.text}
    bar = {"type": "bar", "height": 7, "color": colours.copper, "yOffset": 9, "cornerRadius": 1}
    count = {"field": "count", "type": "quantitative"}
    layers: list[Spec] = [
        {"mark": bar, "encoding": {"x": x, "y": y}},
        {"mark": {**text, "dx": 6, "dy": 9, "fontWeight": 600}, "encoding": {"x": x, "y": y, "text": count}},
        {"mark": {**text, "dy": -7}, "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "label"}}},
    ]
    alt = "; ".join(f"{row.label}: {row.number}" for row in rows)
    return Chart(whole(style, 42 * len(rows), values, layers), alt)
