"""The dashboard's navigation, and nothing else."""

from __future__ import annotations

import streamlit as st

from dashboard import data, doorway, look, places
from dashboard.visit import is_dark, visit
from words import Translator


def main() -> None:
    """Show the page that the address names, with the navigation beside it."""
    look.frame(dark=is_dark())
    try:
        here = visit()
    except data.NotStarted:
        look.not_started()
        return
    t = here.t
    firm = data.ask().firm(here.reader)
    if firm.standing != "here":
        # Every address leads here, also one that somebody kept.
        st.navigation(_pages(t, None), position="hidden")
        doorway.show(firm, here)
        return
    page = st.navigation(_pages(t, firm.may), expanded=True)
    with st.sidebar:
        look.whose(firm, t)
        if here.reader.who is not None:
            doorway.sign_out(here)
    try:
        page.run()
    except data.NotAllowed as refused:
        look.refused([t.gettext(refused.text)])


def _pages(t: Translator, may: frozenset[str] | None) -> dict[str, list[st.Page]]:
    """The pages of which the reader may see something; an address of another one leads to the first of these.

    `may` None: all addresses that there are.
    """
    sections = {
        t("Today"): (places.morning, places.adviser),
        t("Customers"): (places.account, places.promises, places.contacts, places.incidents, places.timeline),
        t("The firm"): (
            places.overview,
            places.team,
            places.deliveries,
            places.suppliers,
            places.rules,
            places.meaning,
            places.what_if,
        ),
    }
    return {
        section: shown
        for section, pages in sections.items()
        if (shown := [place(t) for place in pages if may is None or places.leads(place, may)])
    }


main()
