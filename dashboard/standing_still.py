"""Who stands still because something recorded of them cannot be taken in: the line on every page, and the list."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import data, look, places
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal, StillCount
from dashboard.shapes.operations import StillRow
from dashboard.visit import Visit
from words import format


def banner(still: StillCount, here: Visit) -> None:
    t = here.t
    customers = t.ngettext(
        "{n} customer stands still: something recorded of them could not be taken in.",
        "{n} customers stand still: something recorded of them could not be taken in.",
        still.customers,
    )
    others = t.ngettext(
        "{n} document, alert or setting stands still: something recorded of it could not be taken in.",
        "{n} documents, alerts or settings stand still: something recorded of them could not be taken in.",
        still.others,
    )
    with look.card("standing_still"):
        for count, said in ((still.customers, customers), (still.others, others)):
            if count:
                said = said.format(n=format.number(count, here.reader.lang))
                st.markdown(f":orange[:material/error: **{said}**]")
        st.page_link(places.operations(t), label=t("See what it is"), icon=":material/arrow_forward:")


def card(rows: Sequence[StillRow], total: int, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("What could not be taken in?"), icon="front_hand", count=total)
    for row in rows:
        entry = t("Entry {n}").format(n=format.number(row.position, lang))
        waiting = t("waiting with it: {n}").format(n=format.number(row.waiting - 1, lang))
        about = " · ".join((entry, *((waiting,) if row.waiting > 1 else ())))
        st.markdown(f"**{plain(row.who or '–')}**\u2002{quiet(plain(about))}  \n{plain(row.why)}")
    look.foot(t("Their figures and lists say what was known before; nothing recorded is lost."))
    if total > len(rows):
        shown = t("The first {n} of {total}; all of them with `konto quarantine`.")
        look.foot(shown.format(n=format.number(len(rows), lang), total=format.number(total, lang)))
    if st.button(t("Try once more"), key="try_again", icon=":material/refresh:"):
        left = data.ask().try_again(here.reader)
        if isinstance(left, Refusal):
            look.refused(left.sentences)
        elif left:
            look.refused([t("Tried again; still standing still: {n}.").format(n=format.number(left, lang))])
        else:
            st.rerun()
