"""How a promise reads in the record: by when it was promised, what became of it, and how late."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import rows, say
from dashboard.look import plain, quiet
from dashboard.shapes.record import RecordRow
from dashboard.visit import Visit
from words import N_, format

OUTCOMES: Final = {
    "all": N_("All promises"),
    "kept": N_("Kept"),
    "kept_late": N_("Kept late"),
    "partial": N_("Kept in part"),
    "broken": N_("Broken"),
    "withdrawn": N_("Taken back"),
    "released": N_("Waived"),
    "overdue": N_("Overdue"),
    "open": N_("Open"),
}
_SIGNS: Final = {
    "kept": ("check_circle", "green", N_("kept")),
    "kept_late": ("history", "orange", N_("kept late")),
    "partial": ("timelapse", "orange", N_("kept in part")),
    "broken": ("cancel", "orange", N_("broken")),
    "withdrawn": ("undo", "gray", N_("taken back openly")),
    "released": ("waving_hand", "gray", N_("waived by the customer")),
    "overdue": ("schedule", "orange", N_("overdue")),
    "open": ("radio_button_unchecked", "gray", N_("open")),
}
_EXCEEDED: Final = ("add_circle", "green", N_("more than promised"))


def record(row: RecordRow, here: Visit) -> None:
    """One line of the list; its words lead to the promise."""
    with st.container(key=f"row_{row.id}"):
        when, what = st.columns([1, 3.4], gap="small", vertical_alignment="center")
        when.markdown(f"**{_due(row, here)}**  \n{quiet(_settled(row, here))}")
        with what.container(gap=None):
            rows.names(row.customer, row.name, row.what, row.promise, here)
            st.markdown(f"{_badge(row, here)}\u2002{quiet(_about(row, here))}")


def _due(row: RecordRow, here: Visit) -> str:
    if row.due is None:
        return here.t("no date")
    return here.moment(row.due, short=True)


def _settled(row: RecordRow, here: Visit) -> str:
    """When it was settled, or for how long it has been overdue."""
    t, lang = here.t, here.reader.lang
    if row.settled is not None:
        moment = here.moment(row.settled, short=True)
        return t("settled {moment}").format(moment=moment)
    if row.outcome == "overdue" and row.due is not None:
        return t("overdue {since}").format(since=format.how_long((here.now - row.due).total_seconds(), lang))
    return t("not settled yet")


def _badge(row: RecordRow, here: Visit) -> str:
    more = row.outcome == "kept" and row.degree is not None and row.degree > 1
    icon, colour, words = _EXCEEDED if more else _SIGNS[row.outcome]
    return f":{colour}-badge[:material/{icon}: {here.t.gettext(words)}]"


def _about(row: RecordRow, here: Visit) -> str:
    t = here.t
    parts = [say.word(say.KINDS, row.kind, t), plain(row.owner) if row.owner else t("nobody answers for it yet")]
    parts += [plain(each) for each in (row.team, row.supplier) if each]
    if row.moved:
        parts.append(t.ngettext("moved once", "moved {n} times", row.moved).format(n=row.moved))
    return " · ".join(parts)
