"""From a figure to the list behind it: the link, what the list's address says, and the head above the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, cast, get_args

import streamlit as st

from dashboard import address, figure_words, places
from dashboard.filters import States
from dashboard.look import plain
from dashboard.shapes.behind import Behind, Part, Parts
from dashboard.shapes.overview import Measured, OverviewAsked
from dashboard.shapes.periods import Period
from dashboard.visit import Visit
from words import Translator, format

_PARTS: Final[tuple[Part, ...]] = get_args(Part)
_PAGES: Final[Mapping[str, Callable[[Translator], st.Page]]] = {
    "promises": places.promises,
    "contacts": places.contacts,
    "incidents": places.incidents,
    "customers": places.account,
}
EARLIEST: Final = date(1970, 1, 2)
LATEST: Final = date(2999, 12, 31)


def link(found: Measured, asked: OverviewAsked, here: Visit, *, label: str = "") -> None:
    """Words that lead from a figure to the list of what it rests on, for the same period and team."""
    params = {"behind": found.name, "from": asked.period.since.isoformat(), "to": asked.period.until.isoformat()}
    if asked.team:
        params["team"] = asked.team
    if asked.kind and found.of == "promises":
        params["kind"] = asked.kind
    with st.container(key=f"behind_{found.name}"):
        words = label or figure_words.rests_on(found, here.t)
        st.page_link(_PAGES[found.of](here.t), label=words, icon=":material/list:", query_params=params)


def asked() -> Behind | None:
    """Which figure's list the address asks for."""
    name = st.query_params.get("behind")
    return Behind(name, address.asked("part", _PARTS, "all")) if name in figure_words.LABELS else None


def period() -> Period | None:
    """The period that the address asks for: two dates, or one of them and all before or after it."""
    since, until = (_day(name) for name in ("from", "to"))
    if since is None and until is None:
        return None
    since, until = since or EARLIEST, until or LATEST
    return Period(min(since, until), max(since, until))


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def narrowed(here: Visit, *, figure: Behind | None, span: Period | None, team: str | None) -> None:
    """What the address narrows a list to beside its filters: buttons that take it out again."""
    t = here.t
    if figure:
        words = t("Behind: {figure}").format(figure=figure_words.label(figure.name, t))
        address.leave(words, ("behind", "part", "from", "to", "page"), icon=":material/close:")
    if span:
        words = _span(span, here)
        address.leave(words, ("from", "to", "page"), icon=":material/close:")
    if team:
        address.narrowed(t("Only team {name}").format(name=plain(team)), "team", help=t("Show everybody again"))


def _span(span: Period, here: Visit) -> str:
    lang = here.reader.lang
    if span.since == EARLIEST:
        return here.t("until {day}").format(day=format.day(span.until, lang, today=here.today))
    if span.until == LATEST:
        return here.t("from {day}").format(day=format.day(span.since, lang, today=here.today))
    return format.period(span.since, span.until, lang)


def states(figure: Behind, counts: Parts, here: Visit) -> States:
    """All of the list, what the figure counts of it, or the rest: in place of the states that a list usually has."""
    divides = figure.name in figure_words.PARTS
    return States(
        [part for part in _PARTS if part in counts] if divides else _PARTS[:1],
        "all",
        lambda part: figure_words.part(figure.name, cast(Part, part), here.t),
        counts,
        "part",
    )
