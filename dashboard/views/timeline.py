"""Everything between one customer and us, with both times: when it happened, and when we recorded it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import streamlit as st

from dashboard import address, data, look, places, rows
from dashboard.look import plain, quiet
from dashboard.shapes.asking import PAGE_SIZE
from dashboard.shapes.customers import CustomersAsked
from dashboard.shapes.timeline import TimelineAsked, TimelineEntry, TimelinePage
from dashboard.visit import Visit, visit
from words import format

_ICONS: Final = {
    "promise": "handshake",
    "request": "block",
    "contact": "forum",
    "incident": "handyman",
    "customer": "person",
    "feedback": "reviews",
    "referral": "campaign",
    "alert": "notifications",
    "fact": "undo",
}


def page() -> None:
    """The page: a customer's timeline, or the search for one."""
    here = visit()
    customer = st.query_params.get("customer")
    if customer is None:
        _choose(here)
        return
    asked = TimelineAsked(address.asked_day("as_of", here.today), address.asked_day("known_on", here.today))
    first = data.ask().timeline(here.reader, customer, asked)
    if first is None:
        with look.head(here.t("Timeline"), here.t("There is no customer “{name}”.").format(name=plain(customer))):
            _way_back(here)
        return
    pages = max(1, -(-first.total // PAGE_SIZE))
    number = address.page_number("page", pages)
    found = first if number == 1 else data.ask().timeline(here.reader, customer, asked, number)
    _show(found or first, asked, pages, here)


def _way_back(here: Visit) -> None:
    st.button(here.t("Another customer"), icon=":material/search:", on_click=st.query_params.clear)


def _show(found: TimelinePage, asked: TimelineAsked, pages: int, here: Visit) -> None:
    t = here.t
    with look.head(plain(found.name), _moment_in_words(asked, here)):
        _way_back(here)
        st.page_link(
            places.account(t),
            label=t("To the account"),
            icon=":material/account_balance_wallet:",
            query_params={"customer": found.customer},
        )
    with look.card("moment"):
        _choose_moment(asked, here)
    with look.card("entries"):
        if not found.rows:
            look.nothing_yet(t("At that time nothing was known yet."), t("Choose a later day."))
            return
        for number, row in enumerate(found.rows):
            with st.container(key=f"row_entry_{number}"):
                _entry(row, here)
        address.turn_pages("page", pages)
        look.foot(_foot(found, here))


def _moment_in_words(asked: TimelineAsked, here: Visit) -> str:
    """Which world is shown: up to when, and by whose knowledge."""
    t, lang = here.t, here.reader.lang
    as_of, known = (None if day is None else format.day_long(day, lang) for day in (asked.as_of, asked.known_on))
    if as_of and known:
        return t("What had happened by {day}, as we knew it on {known}").format(day=as_of, known=known)
    if as_of:
        return t("What had happened by {day}, as we know it now").format(day=as_of)
    if known:
        return t("What we knew on {known}").format(known=known)
    return t("Everything that is known now")


def _choose_moment(asked: TimelineAsked, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    one, two, back = st.columns([1, 1, 1.4], gap="small", vertical_alignment="bottom")
    with one:
        address.day(
            t("As of"),
            "as_of",
            here.today,
            lang,
            help=t("Shows what had happened by the end of this day."),
            resets="page",
        )
    with two:
        address.day(
            t("What we knew on"),
            "known_on",
            here.today,
            lang,
            help=t("Leaves out what was recorded, or retracted, only after this day."),
            resets="page",
        )
    with back:
        if asked != TimelineAsked():
            address.leave(t("Back to now"), ("as_of", "known_on", "page"), icon=":material/today:")


# -- entries --------------------------------------------------------------------------------------


def _entry(row: TimelineEntry, here: Visit) -> None:
    when, what = st.columns([1.15, 3.4], gap="small")
    recorded = here.t("recorded {moment}").format(moment=_moment(row.recorded, here))
    when.markdown(f"**{_moment(row.at, here)}**  \n{quiet(recorded)}")
    words = f"~~{plain(row.text)}~~" if row.status == "retracted" else plain(row.text)
    lines = [f":material/{_ICONS.get(row.about, 'circle')}: {words}"]
    if row.detail:
        lines.append(quiet(f"~~{plain(row.detail)}~~" if row.status == "retracted" else plain(row.detail)))
    lines.append("\u2002".join(part for part in (_badge(row, here), quiet(_source(row))) if part))
    what.markdown("  \n".join(line for line in lines if line))


def _moment(at: datetime, here: Visit) -> str:
    return format.moment(at, here.now, here.reader.zone, here.reader.lang, short=True)


def _badge(row: TimelineEntry, here: Visit) -> str:
    t = here.t
    if row.status == "parked":
        return f":blue-badge[:material/pause_circle: {t('waits again for what it belongs to')}]"
    if row.status != "retracted" or row.retracted_at is None:
        return ""
    words = t("retracted {moment}").format(moment=_moment(row.retracted_at, here))
    why = f": {plain(row.why)}" if row.why else ""
    return f":gray-badge[:material/undo: {t('recorded by mistake')}]\u2002{words}{why}"


def _source(row: TimelineEntry) -> str:
    return " · ".join(plain(part) for part in (row.by, row.origin) if part)


def _foot(found: TimelinePage, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    shown = t("{n} of {total}, what happened last first.")
    said = shown.format(n=format.number(len(found.rows), lang), total=format.number(found.total, lang))
    if not found.retracted:
        return said
    struck = t.ngettext(
        "Struck through: {n} entry recorded by mistake; it counts nowhere.",
        "Struck through: {n} entries recorded by mistake; they count nowhere.",
        found.retracted,
    )
    return f"{said} {struck.format(n=format.number(found.retracted, lang))}"


# -- choosing one ---------------------------------------------------------------------------------


def _choose(here: Visit) -> None:
    t = here.t
    look.head(t("Timeline"), t("Whose? Type a name to find a customer."))
    text = address.text(t("Name"), "text", resets="page")
    asked = CustomersAsked(text, "name")
    first = data.ask().customers(here.reader, asked)
    pages = max(1, -(-first.total // PAGE_SIZE))
    number = address.page_number("page", pages)
    found = first if number == 1 else data.ask().customers(here.reader, asked, number)
    with look.card("hits"):
        for row in found.rows:
            with st.container(key=f"row_{row.customer}"):
                rows.to_timeline(row.customer, f"**{plain(row.name)}**", here)
        if not found.rows and text:
            look.nothing_yet(t("Nobody of that name."), t("Check the spelling, or type only the beginning."))
        elif not found.rows:
            look.nothing_yet(
                t("Nobody is known yet."), t("Customers come with their first promise: `konto import FILE`.")
            )
        address.turn_pages("page", pages)
