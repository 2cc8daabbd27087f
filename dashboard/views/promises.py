"""Every open promise, the most urgent first; what is shown stays in the address."""

from __future__ import annotations

import streamlit as st

from dashboard import address, data, look, rows, say
from dashboard.visit import Visit, visit
from words import format

_ALL = ""
_STATES: tuple[data.StateFilter, ...] = ("all", "overdue", "notice", "soon", "waiting")


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    state = address.asked("state", _STATES, "all")
    first = data.promises(here.reader, data.PromiseFilter())
    owner = address.asked("owner", (_ALL, *first.owners), _ALL)
    kind = address.asked("kind", (_ALL, *first.kinds), _ALL)
    wanted = data.PromiseFilter(state, owner or None, kind or None)
    pages = max(1, -(-data.promises(here.reader, wanted).total // data.PAGE_SIZE))
    found = data.promises(here.reader, wanted, address.page_number("page", pages))

    look.head(t("Promises"), _summary(first, here))
    if not first.total:
        with look.card("empty"):
            look.nothing_yet(
                t("No promise is open."),
                t("New ones come with `konto import FILE` or `konto capture TEXT`."),
            )
        return
    _filters(first, found, here)
    with look.card("promises"):
        for row in found.rows:
            rows.promise(row, here)
        if not found.rows:
            look.nothing_yet(t("No promise fits."), t("Choose “All open”, or another owner or kind."))
        address.turn_pages("page", pages)
        look.foot(_foot(found, pages, here))


def _summary(first: data.PromisePage, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    return t("{n} open, {overdue} of them overdue").format(
        n=format.number(first.total, lang), overdue=format.number(first.counts["overdue"], lang)
    )


def _filters(first: data.PromisePage, found: data.PromisePage, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    states, owner, kind = st.columns([3.1, 1, 1], gap="small", vertical_alignment="center")
    with states:
        address.switch(
            t("State"),
            "state",
            _STATES,
            "all",
            lambda name: f"{say.word(say.STATES, name, t)} {format.number(found.counts[name], lang)}",
            resets="page",
        )
    with owner:
        address.select(
            t("Owner"), "owner", [_ALL, *first.owners], _ALL, lambda name: name or t(say.EVERYBODY), resets="page"
        )
    with kind:
        address.select(
            t("Kind"),
            "kind",
            [_ALL, *first.kinds],
            _ALL,
            lambda name: say.word(say.KINDS, name, t) if name else t(say.EVERY_KIND),
            resets="page",
        )


def _foot(found: data.PromisePage, pages: int, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    at = format.moment(here.now, here.now, here.reader.zone, lang)
    shown = t("{n} of {total}, the most urgent first. As of {moment}.")
    return shown.format(n=format.number(len(found.rows), lang), total=format.number(found.total, lang), moment=at)
