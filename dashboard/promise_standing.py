"""How a promise stands: its outcome and why, its three dates, and what can be done about it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import deeds, rows
from dashboard.look import BREAK, quiet
from dashboard.shapes.promise import OnePromise
from dashboard.visit import Visit
from words import N_, format

_OUTCOMES: Final = {
    "open": ("pending", "", N_("open")),
    "overdue": ("schedule", "orange", N_("overdue")),
    "kept": ("check_circle", "green", N_("kept")),
    "exceeded": ("verified", "green", N_("kept, and more than that")),
    "kept_late": ("history", "orange", N_("kept late")),
    "partial": ("contrast", "orange", N_("partly kept")),
    "broken": ("cancel", "orange", N_("broken")),
    "withdrawn": ("undo", "gray", N_("taken back")),
    "released": ("do_not_disturb_on", "gray", N_("waived by the customer")),
}
_WHY: Final = {
    "open": N_("It is open, and its date has not come yet."),
    "overdue": N_(
        "Its date has passed, and nobody has said that it is done. The account already shows what that costs."
    ),
    "kept": N_("Fulfilled in full by the date that counts."),
    "exceeded": N_("Fulfilled by the date that counts, and better than promised."),
    "kept_late": N_("Fulfilled in full, but {late} after the date that counts."),
    "partial": N_("{degree} of it was done. From half on a promise counts as partly kept."),
    "broken": N_("Less than half of it was done ({degree})."),
    "broken said": N_("It was said that it will not be kept."),
    "broken waived": N_("The customer waived it only after its date had passed; that counts as broken."),
    "withdrawn": N_("Taken back openly while notice was still in time."),
    "withdrawn late": N_("Taken back openly, but too late for the customer to plan anew."),
    "released": N_("The customer waived it before its date; it counts neither as kept nor as broken."),
}


def show(found: OnePromise, here: Visit) -> None:
    t = here.t
    icon, colour, words = _OUTCOMES[found.outcome]
    shown = t.gettext(words)
    if found.outcome == "open" and found.row.state == "waiting":
        icon, colour, shown = "pause_circle", "blue", t("waits for the customer")
    sign = f":{colour}-badge[:material/{icon}: {shown}]" if colour else f":gray-badge[:material/{icon}: {shown}]"
    columns = st.columns([1.5, 1, 1, 1], gap="medium")
    with columns[0]:
        st.markdown(f":small[{t('How it stands')}]{BREAK}{sign}", help=t(
            "The outcome at this moment, by the rules that the trust account explains."
        ))  # fmt: skip
        st.markdown(f":small[{quiet(_why(found, here))}]")
    _due(
        columns[1], t("First date"), found.first_due, t("As it was promised, moved only at the customer's wish."), here
    )
    _due(columns[2], t("Date in force"), found.due, t("The first date, moved by everything that was agreed."), here)
    _due(
        columns[3],
        t("Date that counts"),
        found.counting_due,
        t("Moved by what was agreed in time; from the first move told too late it stays where it is."),
        here,
    )
    lines = [*_notice(found, here), *rows.why(found.row, here)]
    if lines:
        st.markdown(BREAK.join(lines))
    if found.settled is None and deeds.possible(here):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="deeds"):
            deeds.promise(found.row, here, f"page_{found.row.id}", urgent=found.row.state == "notice")


def _due(place: DeltaGenerator, label: str, at: datetime | None, help: str, here: Visit) -> None:
    with place:
        said = here.t("no date") if at is None else here.moment(at, short=True)
        st.markdown(f":small[{label}]{BREAK}**{said}**", help=help)


def _notice(found: OnePromise, here: Visit) -> list[str]:
    t, until = here.t, found.row.notice_until
    if found.settled is not None or until is None or found.outcome == "overdue" or found.row.state == "waiting":
        return []
    if until < here.now:
        return [t("Notice would now come too late to cost nothing.")]
    return [t("Notice is in time until {moment}.").format(moment=here.moment(until, short=True))]


def _why(found: OnePromise, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    key = found.outcome
    if key == "broken":
        key = "broken said" if found.said_so else "broken" if found.degree is not None else "broken waived"
    if key == "withdrawn" and not found.in_time:
        key = "withdrawn late"
    said = t.gettext(_WHY[key]).format(
        late=format.duration(found.late_seconds or 0, lang), degree=format.percent(found.degree or 0, lang)
    )
    if found.settled is not None:
        said = f"{here.moment(found.settled, short=True)}: {said}"
    return said
