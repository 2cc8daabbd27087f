"""The overview's lists: what is overdue, and who was warned lately."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import look, places, rows, say
from dashboard.look import plain, quiet
from dashboard.shapes.alerts import AlertRow
from dashboard.shapes.overview import Overview
from dashboard.visit import Visit

_OVERDUE_SHOWN: Final = 4


def overdue(seen: Overview, here: Visit) -> None:
    t = here.t
    look.title(t("What is overdue?"), icon="schedule", count=seen.now.overdue)
    if not seen.overdue:
        st.markdown(quiet(t("Nothing. Every date that has passed was met, moved or taken back.")))
        return
    for row in seen.overdue[:_OVERDUE_SHOWN]:
        with st.container(key=f"row_overdue_{row.id}", gap=None):
            rows.to_account(row.customer, f"**{plain(row.name)}** · {plain(row.what)}", here)
            owner = plain(row.owner) if row.owner else t("nobody answers for it yet")
            look.foot(f"{rows.moment(row, here)} · {owner}")
    st.page_link(
        places.promises(t),
        label=t("See all overdue promises"),
        icon=":material/arrow_forward:",
        query_params={"state": "overdue"},
    )


def warned(seen: Overview, here: Visit) -> None:
    t = here.t
    look.title(t("Who was warned lately?"), icon="notifications", count=seen.now.alerts)
    if not seen.alerts:
        look.nothing_yet(t("No alert was raised in this time."), t("`konto tick` shows what would be raised now."))
        return
    for number, row in enumerate(seen.alerts):
        with st.container(key=f"row_alert_{number}"):
            _alert(row, here)
    st.page_link(places.deliveries(t), label=t("See what became of all alerts"), icon=":material/arrow_forward:")
    look.foot(t("The latest {n} of this period.").format(n=len(seen.alerts)))


def _alert(row: AlertRow, here: Visit) -> None:
    t = here.t
    when, what, to = st.columns([1.15, 2.8, 1.5], gap="small", vertical_alignment="center")
    when.markdown(quiet(here.moment(row.raised, short=True)))
    with what:
        if row.customer and row.name:
            rows.to_account(row.customer, f"**{plain(row.name)}** · {plain(row.text)}", here)
        else:
            st.markdown(plain(row.text))
    state = look.delivery(row.delivery, say.word(say.DELIVERIES, row.delivery, t))
    to.markdown(f"{plain(row.to)}\u2002{state}" if row.to else state)
