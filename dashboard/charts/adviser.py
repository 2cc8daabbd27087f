"""The picture of the adviser: on which of the next days is it safe to promise something?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dashboard.charts.picture import LABEL_PIXELS, Chart, Spec, Style, haloed, switch, whole
from dashboard.shapes.adviser import AdviceDay
from words import format

_WIDE: Final = "width > 520"
"""Below, there is no room for words beside the dots."""
_TOP: Final = 1.12
_LOW: Final = 0.12
"""A bar that ends below has no room for a word under it."""


def possible_days(days: Sequence[AdviceDay], safe_from: float, style: Style) -> Chart:
    """A dot a day for the probability, a bar for where it surely lies, the line from which on we promise.

    The wished day has its word at the foot of its bar, the proposed one a ring and its word above.
    """
    t, colours = style
    values = [_value(number, day, style) for number, day in enumerate(days)]
    x: Spec = {
        "field": "n",
        "type": "ordinal",
        # The days stand at the right, so that the line has room for its name at the left.
        "scale": {"paddingInner": 0.1, "paddingOuter": {"expr": f"{_WIDE} ? 1 : 0.1"}, "align": 0.8},
        "axis": {
            "labelExpr": f"split({switch('datum.value', [value['label'] for value in values])}, '\\n')",
            "labelAngle": 0,
            "labelLineHeight": 15,
            "labelOverlap": False,
            "grid": False,
        },
    }
    y: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0, _TOP], "nice": False},
        "axis": {"values": [0, 0.2, 0.4, 0.6, 0.8, 1], "labelExpr": "format(datum.value * 10, '.0f')"},
    }
    bar = {"type": "rule", "strokeCap": "round", "strokeWidth": 11, "color": colours.petrol_pale}
    dot = {"type": "point", "filled": True, "size": 105, "color": colours.petrol, "opacity": 1}
    ring = {"type": "point", "filled": False, "size": 300, "color": colours.text, "strokeWidth": 1.6, "opacity": 1}
    line = {"type": "rule", "strokeDash": [4, 3], "color": colours.text}
    known = {"transform": [{"filter": "isValid(datum.value)"}]}
    at_value = {"x": x, "y": {**y, "field": "value"}}
    layers: list[Spec] = [
        {"mark": bar, "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {"data": {"values": [{"safe": safe_from}]}, "mark": line, "encoding": {"y": {**y, "field": "safe"}}},
        *_only_wide(
            haloed(t("from here we promise"), [{"safe": safe_from}], _at_left(y), colours.quiet, colours, dy=-9)
        ),
        {**known, "mark": dot, "encoding": at_value},
        {
            **known,
            "transform": [{"filter": "isValid(datum.value) && datum.proposed"}],
            "mark": ring,
            "encoding": at_value,
        },
    ]
    said = ""
    for day, value in zip(days, values, strict=True):
        text = "" if day.probability is None else format.of_ten(day.probability, t.lang)
        # Said once where several days are alike: long words would run into the next day's.
        if text and text != said:
            layers += _only_wide(haloed(text, [value], at_value, colours.text, colours, dx=14 if day.proposed else 10))
        said = text
        if day.wished:
            under = day.low >= _LOW
            place = {"x": x, "y": {**y, "field": "low" if under else "high"}}
            layers += _word(t("wished"), value, place, style, dy=16 if under else -16)
        if day.proposed:
            layers += _word(t("proposal"), value, {"x": x, "y": {**y, "field": "high"}}, style, dy=-17)
    return Chart(whole(style, 270, values, layers), _alt(days, style))


def _value(number: int, day: AdviceDay, style: Style) -> Spec:
    lang = style.t.lang
    label = f"{format.weekday(day.on, lang)}\n{format.day_figures(day.on, lang)}"
    return {
        "n": number,
        "label": label,
        "value": day.probability,
        "low": day.low,
        "high": day.high,
        "proposed": day.proposed,
    }


def _at_left(y: Spec) -> Spec:
    return {"x": {"value": 4}, "y": {**y, "field": "safe"}}


def _word(text: str, value: Spec, place: Spec, style: Style, *, dy: int) -> list[Spec]:
    colours = style.colours
    return haloed(text, [value], place, colours.text, colours, align="center", dy=dy, bold=True, size=LABEL_PIXELS)


def _only_wide(layers: Sequence[Spec]) -> list[Spec]:
    # Without any size, since what cannot be seen would still take room from the picture.
    seen: dict[str, Any] = {
        "opacity": {"expr": f"{_WIDE} ? 1 : 0"},
        "fontSize": {"expr": f"{_WIDE} ? {LABEL_PIXELS} : 0"},
    }
    return [{**layer, "mark": {**layer["mark"], **seen}} for layer in layers]


def _alt(days: Sequence[AdviceDay], style: Style) -> str:
    t = style.t
    said = [_in_words(day, style) for day in days]
    return t("How surely it works out, day by day: {days}.").format(days="; ".join(said))


def _in_words(day: AdviceDay, style: Style) -> str:
    t = style.t
    on = f"{format.weekday(day.on, t.lang)} {format.day(day.on, t.lang)}"
    if day.probability is None:
        text = t("{day} between {between}").format(day=on, between=format.percent_between(day.low, day.high, t.lang))
    else:
        text = f"{on} {format.of_ten(day.probability, t.lang)}"
    marks = [word for is_so, word in ((day.wished, t("wished")), (day.proposed, t("proposal"))) if is_so]
    return f"{text} ({', '.join(marks)})" if marks else text
