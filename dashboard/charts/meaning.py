"""Did it come as often as was said? A dot for each class of forecasts, beside the line of those who are right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.charts.picture import Chart, Spec, Style, haloed, percent_label, whole
from dashboard.shapes.meaning import SaidAndCame
from words import format

_HEIGHT: Final = 320
_LEAST_SPAN: Final = 0.3
_SMALLEST, _LARGEST = 60, 320
"""Areas of dots; the largest class has the largest dot."""


def said_and_came(classes: Sequence[SaidAndCame], guess: SaidAndCame | None, style: Style) -> Chart:
    """What was said from left to right, what came from bottom to top, with its interval; `guess` is a hollow dot."""
    t, colours = style
    low, high = _window([*classes, *([guess] if guess else [])])
    most = max(each.came.denominator for each in classes)
    values = [_dot(each, most) for each in classes]
    x, y = (_axis(field, low, high, t.lang) for field in ("said", "came"))
    ends = [{"said": low, "came": low}, {"said": high, "came": high}]
    line = {"type": "line", "color": colours.neutral, "strokeDash": [4, 3], "strokeWidth": 1}
    bar = {"type": "rule", "strokeCap": "round", "strokeWidth": 7, "color": colours.petrol_pale}
    dot = {"type": "point", "filled": True, "color": colours.petrol, "opacity": 1, "stroke": colours.card}
    size = {"field": "size", "type": "quantitative", "scale": None, "legend": None}
    layers: list[Spec] = [
        {"data": {"values": ends}, "mark": line, "encoding": {"x": x, "y": y}},
        {"mark": bar, "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {"mark": dot, "encoding": {"x": x, "y": y, "size": size}},
        *_named(t("came"), {"x": {"value": 6}, "y": {"value": 8}}, "left", style),
        *_named(t("said"), {"x": {"value": {"expr": "width - 4"}}, "y": {"value": _bottom()}}, "right", style),
    ]
    if guess:
        layers += _guess(guess, low + (high - low) / 2, x, y, style)
    said = (
        t("{said} said, {came} came of {n}").format(
            said=format.percent(each.said, t.lang),
            came=format.percent(each.came.value or 0, t.lang),
            n=format.number(each.came.denominator, t.lang),
        )
        for each in classes
    )
    return Chart(whole(style, _HEIGHT, values, layers), "; ".join(said) + ".")


def _window(shown: Sequence[SaidAndCame]) -> tuple[float, float]:
    """Full tens around everything that is shown, the same for both axes, so that the line is the diagonal."""
    low = int(min(min(each.said, each.came.low) for each in shown) * 10) / 10
    high = -int(-max(max(each.said, each.came.high) for each in shown) * 10 - 0.999) / 10
    if high - low < _LEAST_SPAN:
        low, high = max(0.0, high - _LEAST_SPAN), max(high, _LEAST_SPAN)
    return round(low, 1), min(1.0, round(high, 1))


def _axis(field: str, low: float, high: float, lang: str) -> Spec:
    every = 0.2 if high - low > 0.6 else 0.1
    marks = [share / 10 for share in range(11) if low <= share / 10 <= high and share % round(every * 10) == 0]
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": {"values": marks, "labelExpr": percent_label(lang), "labelFlush": False},
    }


def _dot(each: SaidAndCame, most: int) -> Spec:
    share = each.came
    size = max(_SMALLEST, _LARGEST * share.denominator / most)
    return {"said": each.said, "came": share.value, "low": share.low, "high": share.high, "size": round(size)}


def _bottom() -> Spec:
    return {"expr": "height - 10"}


def _named(words: str, place: Spec, align: str, style: Style) -> list[Spec]:
    return haloed(words, [{}], place, style.colours.quiet, style.colours, align=align)


def _guess(guess: SaidAndCame, middle: float, x: Spec, y: Spec, style: Style) -> list[Spec]:
    t, colours = style
    at = [{"said": guess.said, "came": guess.came.value}]
    ring = {"type": "point", "filled": True, "size": 90, "fill": colours.card, "stroke": colours.text, "opacity": 1}
    words = t("always {share}").format(share=format.percent(guess.said, t.lang))
    left = guess.said > middle
    align, dx = ("right", -9) if left else ("left", 9)
    return [
        {"data": {"values": at}, "mark": {**ring, "strokeWidth": 1.6}, "encoding": {"x": x, "y": y}},
        *haloed(words, at, {"x": x, "y": y}, colours.text, colours, align=align, dx=dx),
    ]
