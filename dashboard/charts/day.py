"""The picture of one day: what is due, and until when notice is in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.charts.picture import Chart, Spec, Style, haloed, pick, switch, wall, whole
from dashboard.shapes.morning import DayMark
from words import format

FROM, UNTIL = 7, 18
"""The hours of a working day that the strip shows."""
_HOUR: Final = 3_600_000
_LETTER: Final = 6.4 / 95
"""How much of an hour a letter of a label takes on a wide screen."""
_LANE: Final = 26


def day(marks: Sequence[DayMark], now: datetime, zone: ZoneInfo, style: Style) -> Chart:
    """A dot where something is due, a diamond where notice is in time for the last time, a line for now."""
    t, colours = style
    shown = [mark for mark in marks if FROM <= _hour(mark.at, zone) <= UNTIL]
    lanes = _lanes([(_hour(mark.at, zone), mark.name) for mark in shown])
    values: list[Spec] = [
        {"at": wall(mark.at, zone), "lane": lane, "kind": mark.kind, "name": mark.name}
        for mark, lane in zip(shown, lanes, strict=True)
    ]
    height = _LANE * (max(lanes, default=0) + 1) + 22
    begin = wall(datetime.combine(now.astimezone(zone).date(), time(FROM), tzinfo=zone), zone)
    hours = list(range(FROM, UNTIL + 1))
    x: Spec = {
        "field": "at",
        "type": "quantitative",
        "scale": {"domain": [begin, begin + (UNTIL - FROM) * _HOUR], "nice": False},
        "axis": {
            "values": [begin + (hour - FROM) * _HOUR for hour in hours],
            "labelExpr": switch(
                f"round((datum.value - {begin}) / {_HOUR})", [format.clock(time(h), t.lang) for h in hours]
            ),
            "labelOverlap": "greedy",
            "labelFlush": True,
        },
    }
    y: Spec = {
        "field": "lane",
        "type": "quantitative",
        "scale": {"domain": [-0.9, max(lanes, default=0) + 0.6], "nice": False, "reverse": True},
        "axis": None,
    }
    layers: list[Spec] = []
    if FROM <= _hour(now, zone) <= UNTIL:
        moment = [{"at": wall(now, zone), "lane": -0.62}]
        rule = {"type": "rule", "color": colours.text, "strokeWidth": 1.5}
        layers.append({"data": {"values": moment}, "mark": rule, "encoding": {"x": x}})
        said = t("now {time}").format(time=format.clock(now.astimezone(zone).time().replace(second=0), t.lang))
        layers += haloed(said, moment, {"x": x, "y": y}, colours.text, colours, dx=5, bold=True)
    is_due = "datum.kind === 'due'"
    point = {"type": "point", "filled": True, "size": 110, "opacity": 1}
    signs = {"shape": pick(is_due, "circle", "diamond"), "color": pick(is_due, colours.petrol, colours.ochre)}
    layers.append({"mark": point, "encoding": {"x": x, "y": y, **signs}})
    for value in values:
        layers += haloed(value["name"], [value], {"x": x, "y": y}, colours.text, colours, dx=10)
    told = "; ".join(_said(mark, zone, style) for mark in shown) or t("nothing")
    return Chart(whole(style, height, values, layers), t("My day: {marks}.").format(marks=told))


def _said(mark: DayMark, zone: ZoneInfo, style: Style) -> str:
    t = style.t
    text = t("{time} due for {name}") if mark.kind == "due" else t("notice to {name} by {time}")
    return text.format(time=format.clock(mark.at.astimezone(zone).time(), t.lang), name=mark.name)


def _hour(at: datetime, zone: ZoneInfo) -> float:
    local = at.astimezone(zone)
    return local.hour + local.minute / 60


def _lanes(labels: Sequence[tuple[float, str]]) -> list[int]:
    """The first lane in which a label touches none before it."""
    ends: list[float] = []
    lanes = []
    for hour, name in labels:
        lane = next((lane for lane, end in enumerate(ends) if end <= hour), len(ends))
        ends[lane:] = [hour + 0.35 + len(name) * _LETTER, *ends[lane + 1 :]]
        lanes.append(lane)
    return lanes
