"""The dashboard's navigation, and nothing else."""

from __future__ import annotations

import streamlit as st

from dashboard import data, deed_forms, deeds, look, places
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
    page = st.navigation(_pages(t, firm.may), expanded=True)
    look.whose(firm, t)
    deeds.line(here)
    try:
        page.run()
        deed_forms.show(here)
    except data.NotAllowed as refused:
        look.refused([t.gettext(refused.text)])


def _pages(t: Translator, may: frozenset[str]) -> dict[str, list[st.Page]]:
    """The pages of which the reader may see something; an address of another one leads to the first of these."""
    sections = {
        t("Today"): {places.morning: "alerts", places.adviser: "advice"},
        t("Customers"): {
            places.account: "customers",
            places.promises: "promises",
            places.promise: "promises",
            places.contacts: "contacts",
            places.incidents: "incidents",
            places.timeline: "audit",
        },
        t("The firm"): {
            places.overview: "figures",
            places.team: "deliveries",
            places.deliveries: "alerts",
            places.suppliers: "suppliers",
            places.rules: "documents",
            places.people: "documents",
            places.meaning: "tests",
            places.what_if: "tests",
            places.operations: "deliveries",
        },
    }
    return {
        section: shown
        for section, pages in sections.items()
        if (shown := [place(t) for place, needed in pages.items() if needed in may])
    }


main()
