"""How a promise reads in a list: when it is due, how it stands, whose it is."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import places, say
from dashboard.look import plain, quiet
from dashboard.shapes.promises import PromiseRow
from dashboard.visit import Visit
from words import format

_SIGNS: Final = {
    "overdue": ("schedule", "orange"),
    "tight": ("hourglass_bottom", "orange"),
    "notice": ("notifications_active", "yellow"),
    "soon": ("event_upcoming", "gray"),
    "waiting": ("pause_circle", "blue"),
}


def promise(row: PromiseRow, here: Visit, *, within: str = "") -> None:
    """One line of a list of open promises; its words lead to the customer's account. `within`: the list's name."""
    with st.container(key=f"row_{within}{row.id}"):
        when, what = st.columns([1, 3.4], gap="small", vertical_alignment="center")
        when.markdown(f"**{due(row, here)}**  \n{quiet(moment(row, here))}")
        with what.container(gap=None):
            to_account(row.customer, f"**{plain(row.name)}** · {plain(row.what)}", here)
            st.markdown("\u2002".join(part for part in (badge(row, here), quiet(about(row, here))) if part))


def to_account(customer: str, label: str, here: Visit) -> None:
    """Words that lead to a customer's account."""
    places.link(places.account, here.may, here.t, label, {"customer": customer})


def to_timeline(customer: str, label: str, here: Visit) -> None:
    """Words that lead to a customer's timeline."""
    places.link(places.timeline, here.may, here.t, label, {"customer": customer})


def due(row: PromiseRow, here: Visit) -> str:
    """By when it was promised, as one says it today."""
    if row.due is None:
        return here.t("no date")
    return format.moment(row.due, here.now, here.reader.zone, here.reader.lang, short=True)


def moment(row: PromiseRow, here: Visit) -> str:
    """The moment that counts next: until when notice is in time, or since when it is overdue."""
    t, lang = here.t, here.reader.lang
    if row.state == "overdue" and row.due is not None:
        return format.how_long((here.now - row.due).total_seconds(), lang)
    if row.state == "waiting":
        return t("the clock stands still")
    if row.state == "tight":
        return t("too late for notice")
    if row.notice_until is not None:
        until = format.moment(row.notice_until, here.now, here.reader.zone, lang, short=True)
        return t("notice by {moment}").format(moment=until)
    return ""


def badge(row: PromiseRow, here: Visit) -> str:
    """The state as Markdown, with sign and words; none for what is far off."""
    t = here.t
    words = {
        "overdue": t("overdue"),
        "tight": t("getting tight"),
        "notice": t("give notice now"),
        "soon": t("due soon"),
        "waiting": t("waits for the customer"),
    }
    if row.works_out is not None and row.state != "notice":
        return f":yellow-badge[:material/trending_down: {t('getting tight')}: {at_risk(row, here)}]"
    return _badge(row, words[row.state]) if row.state in words else ""


def at_risk(row: PromiseRow, here: Visit) -> str:
    """How probable it is that a promise at risk is kept, and whether there is something else to offer."""
    t = here.t
    if row.works_out is None:
        return ""
    text = t("works out {n} times").format(n=format.of_ten(row.works_out, t.lang))
    return text if row.plan_b else f"{text}, {t('no plan B')}"


def standing(row: PromiseRow, here: Visit) -> str:
    """State and moment in one, where there is no column for the moment."""
    said = moment(row, here)
    if row.state in ("overdue", "notice"):
        words = here.t("overdue {since}").format(since=said) if row.state == "overdue" else said
        return "\u2002".join(part for part in (_badge(row, words), quiet(at_risk(row, here))) if part)
    return badge(row, here) or quiet(said)


def _badge(row: PromiseRow, words: str) -> str:
    icon, colour = _SIGNS[row.state]
    return f":{colour}-badge[:material/{icon}: {words}]"


def about(row: PromiseRow, here: Visit) -> str:
    """What kind it is, who answers for it, how often it was moved, and from when it is due soon."""
    t = here.t
    risk = [at_risk(row, here)] if row.works_out is not None and row.state == "notice" else []
    parts = [*risk, say.word(say.KINDS, row.kind, t), plain(row.owner) if row.owner else t("nobody answers for it yet")]
    if row.moved:
        parts.append(t.ngettext("moved once", "moved {n} times", row.moved).format(n=row.moved))
    if row.state == "open" and row.soon_from is not None:
        day = row.soon_from.astimezone(here.reader.zone).date()
        parts.append(
            t("due soon from {day}").format(day=format.day_in_words(day, here.today, here.reader.lang, short=True))
        )
    return " · ".join(parts)
