"""Pictures of another rulebook: by how much balances would differ, and who would stand in which stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from dashboard.charts.picture import Chart, Spec, Style, haloed, pick, whole
from dashboard.shapes.what_if import Difference
from words import format

_HEIGHT: Final = 260
_ROW_PIXELS: Final = 58
_MOST_LABELS: Final = 6
_POINT: Final = 100


class StageCount(NamedTuple):
    """A stage in words, and how many customers stand in it under each of the two rulebooks."""

    label: str
    today: int
    then: int


def differences(classes: Sequence[Difference], style: Style) -> Chart:
    """How many accounts would differ by how many points: lower at the left in copper, higher at the right in petrol."""
    t, colours = style
    lower, higher = (sum(each.accounts for each in classes if (each.start < 0) is down) for down in (True, False))
    first, last = min(0, classes[0].start), max(0, classes[-1].end)
    values = [
        {"start": each.start / _POINT, "end": each.end / _POINT, "accounts": each.accounts, "lower": each.start < 0}
        for each in classes
    ]
    x: Spec = {
        "field": "start",
        "type": "quantitative",
        "scale": {"domain": [first / _POINT, last / _POINT], "nice": False, "zero": False},
        "axis": {
            "values": _marks(first, last, classes[0].end - classes[0].start),
            "labelExpr": _signed(classes),
            "grid": False,
            "labelFlush": False,
        },
    }
    y: Spec = {
        "field": "accounts",
        "type": "quantitative",
        "scale": {"domain": [0, max(each.accounts for each in classes) * 1.3], "nice": False},
        "axis": {"tickCount": 4, "tickMinStep": 1, "format": ",d"},
    }
    colour = pick("datum.lower", colours.copper, colours.petrol)
    bar = {"type": "rect", "stroke": colours.card, "strokeWidth": 1}
    rule = {"type": "rule", "color": colours.text}
    layers: list[Spec] = [
        {"mark": bar, "encoding": {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"datum": 0}, "color": colour}},
        {"data": {"values": [{"start": 0}]}, "mark": rule, "encoding": {"x": x}},
    ]
    told = []
    for number, words, ink, align, place in (
        (lower, t("lower: {n}"), colours.copper_text, "left", {"value": 4}),
        (higher, t("higher: {n}"), colours.petrol_text, "right", {"value": {"expr": "width - 2"}}),
    ):
        if number:
            told.append(words.format(n=format.number(number, t.lang)))
            at: Spec = {"x": place, "y": {"value": 8}}
            layers += haloed(told[-1], [{}], at, ink, colours, align=align, bold=True, size=13)
    alt = t("Balances that would be different. {told}; from {first} to {last} points.").format(
        told=", ".join(told),
        first=format.points(classes[0].start, t.lang, signed=True),
        last=format.points(classes[-1].end, t.lang, signed=True),
    )
    return Chart(whole(style, _HEIGHT, values, layers), alt)


def _marks(first: int, last: int, width: int) -> list[float]:
    """At most six edges of classes, zero among them."""
    step = width
    while (last - first) / step >= _MOST_LABELS:
        step += width
    return [edge / _POINT for edge in range(-(-first // step) * step, last + 1, step)]


def _signed(classes: Sequence[Difference]) -> str:
    """A Vega expression with as many decimals as the width of a class has; the locale has a true minus."""
    width = classes[0].end - classes[0].start
    decimals = 0 if width % _POINT == 0 else 1 if width % 10 == 0 else 2
    return f"(datum.value > 0 ? '+' : '') + format(datum.value, '.{decimals}f')"


def stages(rows: Sequence[StageCount], style: Style) -> Chart:
    """How many stand in each stage: today in grey, then in petrol, both with their numbers."""
    t, colours = style
    values: list[Spec] = []
    for number, row in enumerate(rows):
        for then, count in ((False, row.today), (True, row.then)):
            words = t("then {n}") if then else t("today {n}")
            said = words.format(n=format.number(count, t.lang))
            values.append({"n": number, "then": then, "count": count, "said": said})
    x: Spec = {
        "field": "count",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, max(1, *(value["count"] for value in values))], "range": [0, {"expr": "width - 86"}]},
    }
    y: Spec = {"field": "n", "type": "ordinal", "axis": None, "scale": {"padding": 0.1}}
    layers: list[Spec] = []
    for then, colour, offset in ((False, colours.neutral, 4), (True, colours.petrol, 18)):
        only = {"transform": [{"filter": "datum.then" if then else "!datum.then"}]}
        bar = {"type": "bar", "height": 8, "color": colour, "yOffset": offset, "cornerRadius": 1}
        text = {"type": "text", "align": "left", "dx": 6, "dy": offset, "color": colours.text}
        weight = {"fontWeight": 600 if then else 400}
        layers += [
            {**only, "mark": bar, "encoding": {"x": x, "y": y}},
            {**only, "mark": {**text, **weight}, "encoding": {"x": x, "y": y, "text": {"field": "said"}}},
        ]
    for number, row in enumerate(rows):
        at: Spec = {"x": {"value": 0}, "y": y}
        layers += haloed(row.label, [{"n": number}], at, colours.text, colours, dx=0, dy=-13, size=13)
    alt = "; ".join(
        t("{stage}: today {today}, then {then}").format(
            stage=row.label, today=format.number(row.today, t.lang), then=format.number(row.then, t.lang)
        )
        for row in rows
    )
    return Chart(whole(style, _ROW_PIXELS * len(rows), values, layers), f"{alt}.")
