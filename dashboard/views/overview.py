"""How the firm is doing: kept promises, points in and out, answers, recovery, and whether everybody is served alike."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import (
    by_customer_cards,
    data,
    look,
    overview_figures,
    overview_lists,
    overview_pictures,
    period_choice,
)
from dashboard.shapes.overview import OverviewAsked
from dashboard.visit import Visit, visit

_LOOK_AGAIN: Final = "3s"


def page() -> None:
    """The page: what is quickly found first, then what has to be reckoned customer by customer."""
    here = visit()
    t = here.t
    asked = period_choice.asked(here)
    seen = data.ask().overview(here.reader, asked)
    if seen is None:
        look.head(t("Overview"), t("Nothing has been recorded yet."))
        with look.card("empty"):
            look.nothing_yet(
                t("As soon as promises come in, you see here how well they are kept."),
                t("Bring yours with `konto import FILE`, or look around with `konto demo`."),
            )
        return
    look.head(t("Overview"), period_choice.line(seen, here))
    period_choice.row(seen, asked, here)
    with look.card("figures"):
        overview_figures.main(seen, asked, here)
    wide, narrow = st.columns([1.7, 1], gap="small")
    with wide, look.card("kept", stretch=True):
        overview_pictures.kept(seen, here)
    with narrow, look.card("overdue", stretch=True):
        overview_lists.overdue(seen, here)
    wide, narrow = st.columns([1.7, 1], gap="small")
    with wide, look.card("points", stretch=True):
        overview_pictures.points(seen, asked, here)
    course = narrow.container(height="stretch")
    well = st.container()
    with look.card("costs"):
        overview_figures.costs(seen, asked, here)
    with look.card("answers"):
        overview_figures.answers(seen, asked, here)
    later = by_customer_cards.places_for(course, well)
    wide, narrow = st.columns([1.7, 1], gap="small")
    with wide, look.card("alerts", stretch=True):
        overview_lists.warned(seen, here)
    with narrow, look.card("warned", stretch=True):
        overview_pictures.undone(seen, here)
    with later.waiting, st.spinner(t("Going through all customers …")):
        found = data.ask().by_customer(here.reader, asked)
    by_customer_cards.fill(later, found, seen, asked, here)
    if seen.renewing or found.renewing:
        _until_renewed(here, asked)


@st.fragment(run_every=_LOOK_AGAIN)
def _until_renewed(here: Visit, asked: OverviewAsked) -> None:
    """Shows the younger answers when they are there."""
    seen = data.ask().overview(here.reader, asked)
    if seen is None or not (seen.renewing or data.ask().by_customer(here.reader, asked).renewing):
        st.rerun()
