"""Audit: any customer at any moment of the past, by what we knew then or know now, with everything that happened."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final

import streamlit as st

from dashboard import address, data, look, looks_card, places, rows, standing, timeline_entries, timeline_moment
from dashboard.look import plain
from dashboard.shapes.asking import PAGE_SIZE
from dashboard.shapes.customers import CustomersAsked
from dashboard.shapes.timeline import FileForm, TimelineAsked, TimelinePage
from dashboard.visit import Visit, visit
from words import N_

_FILES: Final[dict[FileForm, tuple[str, str]]] = {
    "csv": (N_("As a table"), "text/csv"),
    "json": (N_("As JSON"), "application/json"),
    "pdf": (N_("As PDF"), "application/pdf"),
}


def page() -> None:
    """The page: a customer at a moment, or the search for one."""
    here = visit()
    customer = st.query_params.get("customer")
    if customer is None:
        _choose(here)
        return
    address.hold("as_of", "known_on")
    asked = TimelineAsked(
        as_of=address.asked_day("as_of", here.today),
        known_on=address.asked_day("known_on", here.today),
        kind=address.asked("kind", timeline_moment.KINDS, "all"),
        thing=st.query_params.get("thing"),
    )
    first = data.ask().timeline(here.reader, customer, asked)
    if first is None:
        with look.head(here.t("Audit"), here.t("There is no customer “{name}”.").format(name=plain(customer))):
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
    with look.head(plain(found.name), timeline_moment.in_words(asked, here)):
        _way_back(here)
        st.page_link(
            places.account(t),
            label=t("To the account"),
            icon=":material/account_balance_wallet:",
            query_params={"customer": found.customer},
        )
    left, right = st.columns([1, 2.1], gap="small")
    with left, look.card("moment", stretch=True):
        timeline_moment.choose(found, asked, here)
    with right, look.card("standing", stretch=True):
        standing.show(found, asked, here)
    if found.later is not None and (found.later.learned or found.later.retracted):
        with look.card("later"):
            standing.later(found.later, asked, here, partial(timeline_entries.show, here=here))
    timeline_moment.narrow(found, here)
    with look.card("entries"):
        if not found.rows:
            _nothing(asked, here)
            return
        for number, row in enumerate(found.rows):
            with st.container(key=f"row_entry_{number}"):
                timeline_entries.show(row, here, number=number, narrowed=asked.thing is not None)
        address.turn_pages("page", pages)
        look.foot(timeline_entries.foot(found, here))
        _take_along(found, asked, here)
    if "looks" in here.may:
        with look.card("looks"):
            looks_card.of_customer(found.customer, here)


def _nothing(asked: TimelineAsked, here: Visit) -> None:
    t = here.t
    if asked.kind != "all" or asked.thing is not None:
        look.nothing_yet(t("Nothing of this kind at that time."), t("Choose “Everything”, or another day."))
    else:
        look.nothing_yet(t("At that time nothing was known yet."), t("Choose a later day."))


def _take_along(found: TimelinePage, asked: TimelineAsked, here: Visit) -> None:
    """Made only when somebody takes it."""
    with st.container(horizontal=True, gap="xsmall"):
        day: date = asked.as_of or here.today
        for form, (words, mime) in _FILES.items():
            st.download_button(
                here.t.gettext(words),
                partial(_content, found.customer, asked, form, here),
                file_name=f"audit-{day.isoformat()}.{form}",
                mime=mime,
                key=f"take_{form}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                help=here.t("All entries that are listed here, on all pages."),
            )


def _content(customer: str, asked: TimelineAsked, form: FileForm, here: Visit) -> bytes:
    file = data.ask().timeline_file(here.reader, customer, asked, form)
    return file.content if file is not None else b""


def _choose(here: Visit) -> None:
    t = here.t
    look.head(t("Audit"), t("Everything about one customer at any moment. Whose? Type a name."))
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
    if "looks" in here.may:
        with look.card("door"):
            looks_card.at_the_door(here)
