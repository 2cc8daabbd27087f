"""The dashboard's navigation, and nothing else."""

from __future__ import annotations

import streamlit as st

from dashboard import data, look, places
from dashboard.visit import is_dark, visit


def main() -> None:
    """Show the page that the address names, with the navigation beside it."""
    look.frame(dark=is_dark())
    try:
        here = visit()
    except data.NotStarted:
        look.not_started()
        return
    t = here.t
    page = st.navigation(
        {
            t("Today"): [places.morning(t), places.adviser(t)],
            t("Customers"): [
                places.account(t),
                places.promises(t),
                places.contacts(t),
                places.incidents(t),
                places.timeline(t),
            ],
            t("The firm"): [
                places.overview(t),
                places.team(t),
                places.deliveries(t),
                places.suppliers(t),
                places.rules(t),
                places.meaning(t),
                places.what_if(t),
            ],
        },
        expanded=True,
    )
    look.whose(data.firm(here.reader), t)
    page.run()


main()
