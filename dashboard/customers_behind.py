"""The customers behind a figure: whom it counts, whom it does not, and how each was served where it compares that."""

from __future__ import annotations

import streamlit as st

from dashboard import address, behind, data, figure_words, filters, look, rows, say
from dashboard.look import plain, quiet
from dashboard.shapes.asking import PAGE_SIZE
from dashboard.shapes.behind import Behind, CustomerBehind, CustomersBehindAsked
from dashboard.visit import Visit
from words import format


def show(figure: Behind, here: Visit) -> None:
    """The list, from which one comes to an account."""
    t = here.t
    asked = CustomersBehindAsked(figure, behind.period(), st.query_params.get("team"))
    first = data.ask().customers_behind(here.reader, asked)
    pages = max(1, -(-first.counts[figure.part] // PAGE_SIZE))
    number = address.page_number("page", pages)
    found = first if number == 1 else data.ask().customers_behind(here.reader, asked, number)
    with look.head(t("Accounts"), figure_words.label(figure.name, t)):
        behind.narrowed(here, figure=figure, span=asked.period, team=asked.team)
    filters.switch(behind.states(figure, found.counts, here), here)
    with look.card("behind"):
        for row in found.rows:
            _row(row, figure, here)
        if not found.rows:
            look.nothing_yet(t("Nobody fits."), t("Take out a filter, or choose another period."))
            return
        address.turn_pages("page", pages)
        shown = t("{n} of {total}, by name. As of {moment}.")
        if figure.name == "equal_service":
            shown = t("{n} of {total}, who waits longest first. As of {moment}.")
        look.foot(
            shown.format(
                n=format.number(len(found.rows), here.reader.lang),
                total=format.number(found.counts[figure.part], here.reader.lang),
                moment=here.moment(here.now),
            )
        )


def _row(row: CustomerBehind, figure: Behind, here: Visit) -> None:
    with st.container(key=f"row_{row.customer}"):
        name, told = st.columns([2, 2.4], gap="small", vertical_alignment="center")
        with name:
            rows.to_account(row.customer, f"**{plain(row.name)}**", here)
        told.markdown(_told(row, figure, here))


def _told(row: CustomerBehind, figure: Behind, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    if figure.name in figure_words.PARTS:
        words = figure_words.part(figure.name, "counted" if row.counted else "rest", t)
        return f"**{words}**" if row.counted else quiet(words)
    parts = []
    if row.wait_seconds is not None:
        parts.append(t("waits {time} for an answer").format(time=say.business_time(row.wait_seconds, t)))
    if row.on_time is not None:
        parts.append(t("{share} of the promises on time").format(share=format.percent(row.on_time, lang)))
    return quiet(" · ".join(parts))
