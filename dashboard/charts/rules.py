"""Pictures of the rulebook: what it costs to be late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.charts.picture import Chart, Spec, Style, haloed, points_label, switch, whole
from dashboard.shapes.rules import LatenessStep
from words import format

_FLAT: Final = 0.22
"""How far the line goes on after its last step, as a part of the days before."""


def lateness(steps: Sequence[LatenessStep], style: Style) -> Chart:
    """Points by days late: falling from step to step, flat after the last one."""
    t, colours = style
    values: list[Spec] = [{"days": step.days, "points": step.points / 100} for step in steps]
    last = steps[-1].days
    end = last + max(1.0, last * _FLAT)
    line = [*values, {**values[-1], "days": end}]
    lowest = min(value["points"] for value in values)
    days = [step.days for step in steps]
    x: Spec = {
        "field": "days",
        "type": "quantitative",
        "scale": {"domain": [0, end], "nice": False},
        "axis": {
            "values": days,
            "labelExpr": switch(
                f"indexof({days}, datum.value)", [_label(each, style, last=each == last) for each in days]
            ),
            "grid": False,
            "labelOverlap": "greedy",
            "labelSeparation": 6,
        },
    }
    y: Spec = {
        "field": "points",
        "type": "quantitative",
        "scale": {"domain": [lowest * 1.12 - 0.5, 0], "nice": False},
        "axis": {"tickCount": 4, "tickMinStep": 1, "labelExpr": points_label()},
    }
    path = {"type": "line", "color": colours.copper, "strokeWidth": 2.5}
    dot = {"type": "point", "filled": True, "size": 60, "color": colours.copper, "opacity": 1}
    zero = {"type": "rule", "color": colours.neutral}
    layers: list[Spec] = [
        {"data": {"values": [{"points": 0}]}, "mark": zero, "encoding": {"y": y}},
        {"data": {"values": line}, "mark": path, "encoding": {"x": x, "y": y}},
        {"mark": dot, "encoding": {"x": x, "y": y}},
    ]
    for value, step in zip(values, steps, strict=True):
        said = format.points(step.points, t.lang, signed=True, decimals=None if step.points % 10 == 0 else 2)
        layers += haloed(said, [value], {"x": x, "y": y}, colours.text, colours, dx=8, dy=-9, bold=True, size=13)
    alt = t("What it costs to be late: {steps}.").format(steps=", ".join(step.said for step in steps))
    return Chart(whole(style, 200, values, layers), alt)


def _label(days: float, style: Style, *, last: bool) -> str:
    """Only the last one says that these are days: in between there is no room."""
    t = style.t
    if days == 0:
        return t("at once")
    shown = format.number(days, t.lang, 0 if days == int(days) else 1)
    return t.ngettext("{n} day", "{n} days", 1 if days == 1 else 2).format(n=shown) if last else shown
