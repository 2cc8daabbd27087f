"""Pictures of a period: how all accounts came from one total to the next, and whether everybody is served alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from dashboard.charts.picture import Chart, Spec, Style, haloed, whole
from words import format

_ROW_PIXELS: Final = 36
_BINS: Final = 44
_HIGHEST_PILE: Final = 9
"""More dots above each other would make the strip a tower."""
_DOT_PIXELS: Final = 11
_LINE_PIXELS: Final = 15


class Column(NamedTuple):
    """A total, or what came on top of the one before it; hundredths of points."""

    label: str
    points: int
    total: bool = False


def course(columns: Sequence[Column], style: Style) -> Chart:
    """From total to total: each row begins where the one above it ends. Words above, signed numbers at the end."""
    t, colours = style
    values: list[Spec] = []
    level = 0
    for number, column in enumerate(columns):
        start, end = (0, column.points) if column.total else (level, level + column.points)
        level = end
        said = format.points(column.points, t.lang, signed=not column.total, decimals=0)
        kind = "total" if column.total else "up" if column.points > 0 else "down"
        values.append(
            {"n": number, "label": column.label, "from": start / 100, "to": end / 100, "kind": kind, "said": said}
        )
    low, high = _window([each for value in values for each in (value["from"], value["to"])], values)
    for value in values:
        value["begin"] = max(low, min(value["from"], value["to"]))
        value["end"] = max(value["from"], value["to"])
    x: Spec = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [low, high], "range": [0, {"expr": "width - 58"}], "nice": False, "zero": False},
    }
    y: Spec = {"field": "n", "type": "ordinal", "axis": None, "scale": {"padding": 0.1}}
    below = 7
    colour = {
        "condition": [
            {"test": "datum.kind === 'down'", "value": colours.copper},
            {"test": "datum.kind === 'up'", "value": colours.petrol},
        ],
        "value": colours.neutral,
    }
    bar = {"type": "bar", "height": 9, "yOffset": below, "cornerRadius": 1}
    text = {"type": "text", "align": "left", "fontSize": 13, "color": colours.text}
    layers: list[Spec] = [
        {
            "mark": bar,
            "encoding": {"x": {**x, "field": "begin"}, "x2": {"field": "end"}, "y": y, "color": colour},
        },
        {
            "mark": {**text, "dx": 7, "dy": below, "fontWeight": 600},
            "encoding": {"x": {**x, "field": "end"}, "y": y, "text": {"field": "said"}},
        },
        {
            "mark": {**text, "dy": -7, "limit": {"expr": "width"}},
            "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "label"}},
        },
    ]
    alt = "; ".join(f"{value['label']}: {value['said']}" for value in values) + "."
    return Chart(whole(style, _ROW_PIXELS * len(values), values, layers), alt)


def _window(heights: Sequence[float], values: Sequence[Spec]) -> tuple[float, float]:
    """From zero, unless the totals are so much more than the steps that these could not be seen."""
    low, high = min([0.0, *heights]), max([0.0, *heights])
    steps = [each for value in values if value["kind"] != "total" for each in (value["from"], value["to"])]
    totals = [value["to"] for value in values if value["kind"] == "total"]
    if steps and low == 0 and max(steps) - min(steps) < 0.5 * high:
        lowest = min([*steps, *totals])
        low = max(0.0, lowest - 0.6 * (high - lowest))
    return low, high if high > low else low + 1


def cut_off(columns: Sequence[Column]) -> bool:
    """Whether the picture leaves out what lies below all of them, and must say so."""
    level, heights, steps = 0, [0], list[int]()
    for column in columns:
        before, level = level, column.points if column.total else level + column.points
        heights.append(level)
        if not column.total:
            steps += [before, level]
    return bool(steps) and min(heights) == 0 and max(steps) - min(steps) < 0.5 * max(heights)


class Strip(NamedTuple):
    """Values of customers in order of size, what the axis says of one, and how it is named under the picture."""

    values: Sequence[float]
    top: float
    label: Callable[[float], str]
    ticks: Sequence[float]
    target: float | None = None


def strip(found: Strip, style: Style) -> Chart:
    """A dot for each customer (or for several, where there are many), piled where they are alike; middle and target.

    Nobody is named. What lies beyond `top` stands at the right edge.
    """
    t, colours = style
    step = found.top / _BINS
    bins = Counter(min(_BINS - 1, int(value / step)) for value in found.values)
    each = per_dot(found)
    values: list[Spec] = [
        {"at": (place + 0.5) * step, "pile": pile}
        for place, count in sorted(bins.items())
        for pile in range(-(-count // each))
    ]
    highest = max([1, *(value["pile"] + 1 for value in values)])
    texts = [found.label(tick) for tick in found.ticks]
    x: Spec = {
        "field": "at",
        "type": "quantitative",
        "scale": {"domain": [0, found.top], "nice": False},
        "axis": {
            "values": list(found.ticks),
            "labelExpr": _labels(found.ticks, texts),
            "grid": False,
            "labelFlush": True,
            "labelOverlap": "greedy",
            "labelSeparation": 10,
        },
    }
    words_room = 1.6 if found.target is None else 1.6 + _LINE_PIXELS / _DOT_PIXELS
    y: Spec = {
        "field": "pile",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-0.6, max(highest, 4) + words_room], "nice": False},
    }
    dot = {"type": "point", "filled": True, "size": 46, "color": colours.petrol, "opacity": 0.75}
    middle = _middle(found.values)
    words = t("middle: {value}").format(value=found.label(middle))
    layers: list[Spec] = [
        *_upright(middle, words, x, middle > found.top / 2, style, line=1 if middle < (found.target or 0) else 0),
        {"mark": dot, "encoding": {"x": x, "y": y}},
    ]
    if found.target is not None and found.target <= found.top:
        said = t("target {share}").format(share=found.label(found.target))
        layers = [
            *_upright(found.target, said, x, True, style, dashed=True, line=1 if found.target <= middle else 0),
            *layers,
        ]
    alt = t("{n} customers, from {least} to {most}, in the middle {middle}.").format(
        n=format.number(len(found.values), t.lang),
        least=found.label(min(found.values)),
        most=found.label(max(found.values)),
        middle=found.label(middle),
    )
    height = 34 + round(_DOT_PIXELS * (max(highest, 4) + words_room + 0.4))
    return Chart(whole(style, height, values, layers), alt)


def per_dot(found: Strip) -> int:
    """How many customers a dot stands for."""
    step = found.top / _BINS
    bins = Counter(min(_BINS - 1, int(value / step)) for value in found.values)
    return max(1, -(-max(bins.values(), default=1) // _HIGHEST_PILE))


def _labels(ticks: Sequence[float], texts: Sequence[str]) -> str:
    """The text of each tick, found by the nearest number: a float need not come back as the same."""
    pairs = zip(ticks, texts, strict=True)
    quoted = [(tick, text.replace("\\", "\\\\").replace("'", "\\'")) for tick, text in pairs]
    parts = [f"abs(datum.value - {tick!r}) < 1e-6 ? '{text}' : " for tick, text in quoted]
    return "".join(parts) + "''"


def _upright(
    at: float, words: str, x: Spec, before: bool, style: Style, *, dashed: bool = False, line: int = 0
) -> list[Spec]:
    """A rule with its words before or behind it.

    Two may stand for almost the same: then the left one has its words below those of the right one and begins there,
    so that it runs through neither.
    """
    colours = style.colours
    dash = {"strokeDash": [4, 3]} if dashed else {}
    place = [{"at": at}]
    rule = {"type": "rule", "color": colours.text, "strokeWidth": 1.2, **dash}
    near = {"x": x, "y": {"value": 8 + line * _LINE_PIXELS}}
    reach = {"y": {"value": line * _LINE_PIXELS}, "y2": {"value": "height"}}
    return [
        {"data": {"values": place}, "mark": rule, "encoding": {"x": x, **reach}},
        *haloed(words, place, near, colours.text, colours, align="right" if before else "left", dx=-5 if before else 5),
    ]


def _middle(values: Sequence[float]) -> float:
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
