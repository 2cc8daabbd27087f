"""Pictures of contacts: how fast customers are answered on each channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.charts.picture import Chart, Spec, Style, haloed, whole
from dashboard.shapes.contacts import ChannelAnswers
from words import format

_HOUR: Final = 3600
_ROW_PIXELS: Final = 46


def answer_times(rows: Sequence[tuple[str, ChannelAnswers]], style: Style) -> Chart:
    """One channel a row: a dot at the middle answer, a bar to what nine in ten do not exceed, a tick at the target.

    Hours in which we are open; `rows` are the channels' names with their answers, of which there is one at least.
    """
    t, colours = style
    values: list[Spec] = [
        {
            "n": number,
            "zero": 0,
            "middle": (each.spread.median or 0) / _HOUR,
            "most": (each.spread.most or 0) / _HOUR,
            "target": each.target_seconds / _HOUR,
        }
        for number, (_, each) in enumerate(rows)
    ]
    top = max(max(value["most"], value["target"]) for value in values) * 1.04
    x: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"tickCount": 5, "tickMinStep": 1, "labelExpr": f"datum.label + ' {t('{n} h').format(n='').strip()}'"},
    }
    y: Spec = {"field": "n", "type": "ordinal", "axis": None, "scale": {"padding": 0.1}}
    below = 9
    bar = {"type": "rule", "strokeCap": "round", "strokeWidth": 9, "color": colours.petrol_pale, "yOffset": below}
    dot = {"type": "point", "filled": True, "size": 85, "color": colours.petrol, "opacity": 1, "yOffset": below}
    tick = {"type": "tick", "orient": "vertical", "color": colours.text, "thickness": 1.6, "size": 18, "yOffset": below}
    layers: list[Spec] = [
        {"mark": bar, "encoding": {"x": {**x, "field": "zero"}, "x2": {"field": "most"}, "y": y}},
        {"mark": tick, "encoding": {"x": {**x, "field": "target"}, "y": y}},
        {"mark": dot, "encoding": {"x": {**x, "field": "middle"}, "y": y}},
    ]
    labels = [_label(name, each, style) for name, each in rows]
    for label, value in zip(labels, values, strict=True):
        layers += haloed(label, [value], {"x": {"value": 0}, "y": y}, colours.text, colours, dx=2, dy=-9, size=13)
    return Chart(whole(style, _ROW_PIXELS * len(rows) + 26, values, layers), " ".join(f"{label}." for label in labels))


def _label(name: str, each: ChannelAnswers, style: Style) -> str:
    t = style.t
    text = t.ngettext("{channel}: {time}, {n} answer", "{channel}: {time}, {n} answers", each.spread.n)
    time = format.duration(each.spread.median or 0, t.lang)
    return text.format(channel=name, time=time, n=format.number(each.spread.n, t.lang))
