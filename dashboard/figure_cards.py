"""Cards of figures: each with its definition, how sure it is, what it was before, and the way to the list behind it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import behind, figure_words, look
from dashboard.shapes.overview import Figures, Measured, OverviewAsked
from dashboard.visit import Visit
from words import format


def card(
    name: str, title: str, finding: str, names: Sequence[str], found: Figures, asked: OverviewAsked, here: Visit
) -> None:
    """A question with the figures that answer it, beside each other."""
    with look.card(name):
        look.title(title, finding)
        row(names, found, asked, here)


def row(names: Sequence[str], found: Figures, asked: OverviewAsked, here: Visit) -> None:
    for column, name in zip(st.columns(len(names), gap="medium"), names, strict=True):
        with column:
            figure(found[name], asked, here)


def figure(found: Measured, asked: OverviewAsked, here: Visit) -> None:
    t = here.t
    label = figure_words.label(found.name, t)
    if not found.says or found.value is None:
        st.metric(label, "–", help=found.definition)
        look.lines(figure_words.too_few(found, t))
        if found.n:
            behind.link(found, asked, here)
        return
    change, arrow = _change(found, here)
    look.metric(
        label,
        figure_words.value(found.unit, found.value, t),
        help=found.definition,
        change=change,
        arrow=arrow,
        series=found.series,
    )
    if sure := figure_words.how_sure(found, t):
        look.lines(sure)
    behind.link(found, asked, here)


def _change(found: Measured, here: Visit) -> tuple[str | None, look.Arrow]:
    t = here.t
    if found.before is None or found.value is None:
        return None, "off"
    now, before = (figure_words.value(found.unit, each, t) for each in (found.value, found.before))
    # What reads the same has not changed.
    arrow = "off" if now == before else look.arrow(found.value - found.before)
    if found.unit == "share":
        return format.percent_change(found.value, found.before, t.lang), arrow
    return t("{value} before").format(value=before), arrow


def in_a_line(found: Measured, asked: OverviewAsked, here: Visit) -> None:
    """A figure that needs no more than a few words, which lead to its list."""
    t = here.t
    label = figure_words.label(found.name, t)
    if not found.says or found.value is None:
        return
    value = figure_words.value(found.unit, found.value, t)
    n = format.number(found.counted if found.counted is not None else found.n, t.lang)
    behind.link(found, asked, here, label=t("{label}: {value} ({n})").format(label=label, value=value, n=n))
