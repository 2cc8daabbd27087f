"""The dashboard's navigation, and nothing else."""

from __future__ import annotations

import streamlit as st

from dashboard import address, data, deed_window, deeds, doorway, look, places, standing_still
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
    if firm.presence != "here":
        # Every address leads here, also one that somebody kept.
        st.navigation(_pages(t, firm.may), position="hidden")
        doorway.show(firm, here)
        return
    page = st.navigation(_pages(t, firm.may), expanded=True)
    with st.sidebar:
        look.whose(firm, t)
        if here.reader.who is not None:
            doorway.sign_out(here)
    address.follow()
    if any(firm.still):
        standing_still.banner(firm.still, here)
    deeds.line(here)
    try:
        page.run()
        deed_window.show(here)
    except data.NotAllowed as refused:
        data.ask().was_refused(here.reader, refused.what)
        look.refused([t.gettext(refused.text)])
    except data.JournalAway as refused:
        look.refused([t.gettext(refused.text)])
    except data.UNREADABLE as damaged:
        look.refused([t.gettext(damaged.text).format(**damaged.params)])


def _pages(t: Translator, may: frozenset[str]) -> dict[str, list[st.Page]]:
    """The pages of which the reader may see something; the addresses of all others say that they are not theirs."""
    sections = {
        t("Today"): (places.morning, places.adviser),
        t("Customers"): (
            places.account,
            places.promises,
            places.promise,
            places.contacts,
            places.incidents,
            places.timeline,
        ),
        t("The firm"): (
            places.overview,
            places.team,
            places.deliveries,
            places.suppliers,
            places.rules,
            places.people,
            places.meaning,
            places.what_if,
            places.operations,
        ),
    }
    theirs = {
        section: found for section, pages in sections.items() if (found := [p for p in pages if places.leads(p, may)])
    }
    hidden = [_not_theirs(place, t) for place in places.NEEDS if not places.leads(place, may)]
    asked = places.asked(st.context.url)
    if asked and asked not in map(places.address, places.NEEDS):
        hidden.append(_nothing_here(asked))
    if not theirs:
        return {"": [st.Page(doorway.not_theirs, title="Vertrauenskonto", url_path="door", default=True), *hidden]}
    shown = {section: [place(t) for place in found] for section, found in theirs.items()}
    # The page that opens first has no address of its own. Where somebody typed the one that its name promises, it gets
    # it, and a hidden one opens first.
    among = [place for found in theirs.values() for place in found]
    first = places.overview if places.overview in among else among[0]
    if asked == places.address(first):
        section = next(section for section, found in theirs.items() if first in found)
        place, named = theirs[section].index(first), first(t)
        shown[section][place] = st.Page(places.view(first), title=named.title, icon=named.icon, url_path=asked)
        hidden.append(
            st.Page(places.view(first), title=named.title, url_path="start", default=True, visibility="hidden")
        )
    section, pages = next(iter(shown.items()))
    return {**shown, section: [*pages, *hidden]}


def _nothing_here(asked: str) -> st.Page:
    """At an address of none of our pages, where Streamlit would say so in English."""
    return st.Page(doorway.nothing_here, title="Vertrauenskonto", url_path=asked, visibility="hidden")


def _not_theirs(place: places.Place, t: Translator) -> st.Page:
    """At the address of a page, and without a line in the navigation."""
    return st.Page(doorway.not_theirs, title=place(t).title, url_path=places.address(place), visibility="hidden")
