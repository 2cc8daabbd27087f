"""Pictures of weeks: kept promises, points in and out, counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from dashboard.charts.palette import Palette
from dashboard.charts.picture import (
    UNFINISHED,
    Chart,
    Spec,
    Style,
    floor_of_shares,
    haloed,
    iso,
    percent_label,
    points_label,
    spread,
    weeks_axis,
    whole,
)
from dashboard.shapes.figures import Share
from dashboard.shapes.overview import Change, PointWeek, PromiseWeek
from words import Translator, format

_LATE: Final = 0.72
"""From this part of the picture on, words stand to the left of what they name."""
_LETTER: Final = 0.018
"""How much of a picture's width a letter takes, rather too much than too little."""


class WeekCount(NamedTuple):
    """How many of something in a week; `over` once it has ended."""

    week: date
    number: int
    over: bool


class _Line(NamedTuple):
    name: str
    label: str
    mark: str
    ink: str
    points: list[tuple[date, Share]]

    def end(self) -> tuple[date, float] | None:
        return next(((week, share.value) for week, share in reversed(self.points) if share.value is not None), None)


def reliability(weeks: Sequence[PromiseWeek], target: float, style: Style, changes: Sequence[Change] = ()) -> Chart:
    """Do we keep what we promise? The last promise solid, the first dashed, each with its interval.

    Where other rules, hours or people began to count stands a thin grey upright; what changed, on hover.
    """
    t, colours = style
    last = [(each.week, each.last) for each in weeks]
    first = [(each.week, each.first) for each in weeks]
    lines = [
        _Line("last", t("last promise"), colours.petrol, colours.petrol_text, last),
        _Line("first", t("first promise"), colours.plum, colours.plum, first),
    ]
    values: list[Spec] = [
        {"week": iso(week), "line": line.name, "share": share.value, "low": share.low, "high": share.high}
        for line in lines
        for week, share in line.points
        if share.denominator
    ]
    floor = floor_of_shares(min([value["low"] for value in values] + [target]))
    x = weeks_axis([each.week for each in weeks], t.lang, room=136 if t.lang == "de" else 124)
    y: Spec = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [floor, 1], "nice": False, "zero": False},
        "axis": {"tickCount": 5, "labelExpr": percent_label(t.lang)},
    }
    bands = [_band(line, x, y) for line in lines]
    named = _target(target, t("target {share}").format(share=format.percent(target, t.lang)), y, colours)
    drawn = [part for line in lines for part in _drawn(line, x, y)]
    labels = _end_labels(lines, target, (1 - floor) * 0.09, x, y, style)
    alt = t("Share of promises kept over time.") + " " + " ".join(_said(line, t) for line in lines)
    noted = _changes(changes, weeks, x, style)
    alt = " ".join([alt.strip(), *(f"{format.day(each.on, t.lang)}: {each.label}." for each in changes)])
    return Chart(whole(style, 260, values, [*bands, *noted, *named, *drawn, *labels]), alt.strip())


def _changes(changes: Sequence[Change], weeks: Sequence[PromiseWeek | PointWeek], x: Spec, style: Style) -> list[Spec]:
    """One upright a day on which something changed, its words at the foot; those near each other stand in steps."""
    t, colours = style
    days: dict[date, list[Change]] = {}
    for change in changes:
        # The first week may begin before the period, the last point stands at its Monday.
        days.setdefault(min(max(change.on, weeks[0].week), weeks[-1].week), []).append(change)
    parts: list[Spec] = []
    span = max(1, (weeks[-1].week - weeks[0].week).days)
    taken: list[list[tuple[float, float]]] = [[], [], []]
    for day, together in sorted(days.items()):
        words = together[0].label if len(together) == 1 else t("{n} changes").format(n=len(together))
        told = [f"{format.day(each.on, t.lang)}: {each.label}. {' '.join(each.details)}".strip() for each in together]
        place = [{"week": iso(day), "said": "\n".join(told)}]
        at = (day - weeks[0].week).days / span
        late = at > _LATE
        row = _free_row(at, len(words) * _LETTER, taken, late=late)
        label = {"x": x, "y": {"value": {"expr": f"height - {8 + 15 * row}"}}}
        tip = {"field": "said", "type": "nominal"}
        rule = {"type": "rule", "color": colours.neutral, "strokeWidth": 1}
        # A line of one pixel is hard to hit.
        wide = {"type": "rule", "strokeWidth": 12, "opacity": 0.001, "color": colours.neutral}
        parts += [
            {"data": {"values": place}, "mark": rule, "encoding": {"x": x}},
            *haloed(
                words, place, label, colours.quiet, colours, align="right" if late else "left", dx=-5 if late else 5
            ),
            {"data": {"values": place}, "mark": wide, "encoding": {"x": x, "tooltip": tip}},
        ]
    return parts


def _free_row(at: float, wide: float, taken: list[list[tuple[float, float]]], *, late: bool) -> int:
    """The lowest row in which words of this width touch no others; the last one if there is none."""
    begin, end = (at - wide, at) if late else (at, at + wide)
    free = [row for row, spans in enumerate(taken) if all(end < first or last < begin for first, last in spans)]
    row = free[0] if free else len(taken) - 1
    taken[row].append((begin, end))
    return row


def _band(line: _Line, x: Spec, y: Spec) -> Spec:
    return {
        "transform": [{"filter": f"datum.line === '{line.name}'"}],
        "mark": {"type": "area", "opacity": 0.16, "color": line.mark, "interpolate": "monotone"},
        "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
    }


def _drawn(line: _Line, x: Spec, y: Spec) -> list[Spec]:
    dashed = {"strokeDash": [5, 3]} if line.name == "first" else {}
    mark = {"type": "line", "strokeWidth": 2.5, "color": line.mark, "interpolate": "monotone", **dashed}
    only = {"transform": [{"filter": f"datum.line === '{line.name}'"}]}
    parts: list[Spec] = [{**only, "mark": mark, "encoding": {"x": x, "y": y}}]
    if end := line.end():
        dot = {"type": "point", "filled": True, "size": 55, "color": line.mark, "opacity": 1}
        place = {"values": [{"week": iso(end[0]), "share": end[1]}]}
        parts.append({"data": place, "mark": dot, "encoding": {"x": x, "y": y}})
    return parts


def _end_labels(lines: Sequence[_Line], target: float, gap: float, x: Spec, y: Spec, style: Style) -> list[Spec]:
    """The name and last value of each line at its end, never on each other and never on the target."""
    ended = [(line, end) for line in lines if (end := line.end())]
    ended.sort(key=lambda each: each[1][1], reverse=True)
    heights = spread([_beside(share, target, gap) for _, (_, share) in ended], gap)
    parts: list[Spec] = []
    for (line, (week, share)), height in zip(ended, heights, strict=True):
        text = f"{line.label} {format.percent(share, style.t.lang)}"
        at = [{"week": iso(week), "share": height}]
        parts += haloed(text, at, {"x": x, "y": y}, line.ink, style.colours, dx=8, bold=True)
    return parts


def _beside(height: float, target: float, gap: float) -> float:
    """The height of a label that keeps clear of the target's line and of the words above that line."""
    above, below = target + 1.1 * gap, target - 0.45 * gap
    if not below < height < above:
        return height
    return above if height >= target and above < 1 else below


def _said(line: _Line, t: Translator) -> str:
    known = [(week, share.value) for week, share in line.points if share.value is not None]
    if not known:
        return ""
    (first_week, first), (last_week, last) = known[0], known[-1]
    return t("{label}: {first} on {first_day}, {last} on {last_day}.").format(
        label=line.label,
        first=format.percent(first, t.lang),
        first_day=format.day(first_week, t.lang),
        last=format.percent(last, t.lang),
        last_day=format.day(last_week, t.lang),
    )


def _target(target: float, words: str, y: Spec, colours: Palette) -> list[Spec]:
    at = [{"share": target}]
    rule = {"type": "rule", "strokeDash": [4, 3], "color": colours.text, "strokeWidth": 1}
    place = {"x": {"value": {"expr": "width"}}, "y": y}
    return [
        {"data": {"values": at}, "mark": rule, "encoding": {"y": y}},
        *haloed(words, at, place, colours.text, colours, align="right", dy=-8),
    ]


def points_by_week(
    weeks: Sequence[PointWeek], style: Style, changes: Sequence[Change] = (), height: int = 290
) -> Chart:
    """What came in, what went out? Bars from a drawn zero line, the net as a line over them."""
    t, colours = style
    values: list[Spec] = [
        {
            "week": iso(each.week),
            "in": each.deposits / 100,
            "out": each.withdrawals / 100,
            "net": (each.deposits + each.withdrawals) / 100,
            "shade": 1 if each.over else UNFINISHED,
        }
        for each in weeks
    ]
    room = 118 if t.lang == "de" else 92
    top = max([1.0] + [value["in"] for value in values]) * 1.12
    bottom = min([-1.0] + [value["out"] for value in values]) * 1.12
    x = weeks_axis([each.week for each in weeks], t.lang, room=room, air=0.6)
    y: Spec = {
        "type": "quantitative",
        "scale": {"domain": [bottom, top], "nice": False},
        "axis": {"tickCount": 5, "tickMinStep": 1, "labelExpr": points_label(signed=True)},
    }
    bars = [
        {
            "mark": {
                "type": "bar",
                "color": colour,
                "width": _width(len(weeks), room),
                "cornerRadiusEnd": 1.5,
            },
            "encoding": {"x": x, "y": {**y, "field": field}, "opacity": _shade()},
        }
        for field, colour in (("in", colours.petrol), ("out", colours.copper))
    ]
    zero: Spec = {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "color": colours.text},
        "encoding": {"y": {**y, "field": "zero"}},
    }
    net = _net_line(x, {**y, "field": "net"}, colours, dots=len(weeks) <= 20)
    labels = _flow_labels(weeks[-1], top, bottom, room, {**y, "field": "height"}, style)
    alt = t("Points by week: {deposits} deposited and {withdrawals} withdrawn from {first} to {last}.").format(
        deposits=format.points(sum(each.deposits for each in weeks), t.lang, decimals=0),
        withdrawals=format.points(-sum(each.withdrawals for each in weeks), t.lang, decimals=0),
        first=format.day(weeks[0].week, t.lang),
        last=format.day(weeks[-1].week, t.lang),
    )
    noted = _changes(changes, weeks, x, style)
    return Chart(whole(style, height, values, [*noted, *bars, zero, *net, *labels]), alt)


def _width(weeks: int, room: int) -> Spec:
    return {"expr": f"max(2, min(24, (width - {room}) / {max(weeks, 4)} * 0.6))"}


def _shade() -> Spec:
    """Paler while the week is not over."""
    return {"field": "shade", "type": "quantitative", "scale": None, "legend": None}


def _net_line(x: Spec, y: Spec, colours: Palette, *, dots: bool) -> list[Spec]:
    line: Spec = {"type": "line", "strokeJoin": "round"}
    dot = {"type": "point", "filled": True, "size": 30, "opacity": 1, "fill": colours.card}
    marks = [
        {**line, "color": colours.card, "strokeWidth": 5},
        {**line, "color": colours.text, "strokeWidth": 1.6},
        {**dot, "stroke": colours.text, "strokeWidth": 1.6},
    ]
    return [{"mark": mark, "encoding": {"x": x, "y": y}} for mark in (marks if dots else marks[:2])]


def _flow_labels(last: PointWeek, top: float, bottom: float, room: int, y: Spec, style: Style) -> list[Spec]:
    t, colours = style
    net = last.deposits + last.withdrawals
    said = format.points(net, t.lang, signed=True, decimals=0)
    texts = (
        (t("deposits"), top * 0.55, colours.petrol_text),
        (t("net {points}").format(points=said), max(bottom * 0.3, min(top * 0.4, net / 100)), colours.text),
        (t("withdrawals"), bottom * 0.5, colours.copper_text),
    )
    heights = spread([height for _, height, _ in texts], gap=(top - bottom) * 0.085)
    parts: list[Spec] = []
    for (text, _, ink), height in zip(texts, heights, strict=True):
        place = {"x": {"value": {"expr": f"width - {room - 12}"}}, "y": y}
        parts += haloed(text, [{"height": height}], place, ink, colours, bold=True)
    return parts


def counts_by_week(weeks: Sequence[WeekCount], style: Style, *, bad: bool) -> Chart:
    """How many of something, week by week: bars with their numbers; copper for what should not be."""
    t, colours = style
    values = [{"week": iso(each.week), "count": each.number, "shade": 1 if each.over else UNFINISHED} for each in weeks]
    top = max([1] + [each.number for each in weeks])
    x = weeks_axis([each.week for each in weeks], t.lang, room=2, air=0.6)
    y: Spec = {
        "field": "count",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, top * 1.25], "nice": False},
    }
    colour = colours.copper if bad else colours.neutral
    bar = {"type": "bar", "color": colour, "width": _width(len(weeks), 2), "cornerRadiusEnd": 1.5}
    # With many weeks only the highest and the last are named.
    highest = max(range(len(weeks)), key=lambda n: weeks[n].number)
    named = values if len(weeks) <= 14 else [values[n] for n in sorted({highest, len(weeks) - 1})]
    number = {"type": "text", "dy": -8, "fontWeight": 600, "color": colours.text}
    layers: list[Spec] = [
        {"mark": bar, "encoding": {"x": x, "y": y, "opacity": _shade()}},
        {
            "data": {"values": named},
            "mark": number,
            "encoding": {"x": x, "y": y, "text": {"field": "count", "type": "quantitative"}},
        },
    ]
    alt = t("From {first} to {last} at least {least} and at most {most} a week, now {now}.").format(
        first=format.day(weeks[0].week, t.lang),
        last=format.day(weeks[-1].week, t.lang),
        least=min(each.number for each in weeks),
        most=max(each.number for each in weeks),
        now=weeks[-1].count,
    )
    return Chart(whole(style, 104, values, layers), alt)
