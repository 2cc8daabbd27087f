"""The pages by name, so that one can lead to another."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Final
from urllib import parse

import streamlit as st

from words import Translator


def overview(t: Translator) -> st.Page:
    """How the firm is doing: period (own: from, to), against, team, kind in the address."""
    from dashboard.views.overview import page

    return st.Page(page, title=t("Overview"), icon=":material/monitoring:", url_path="overview", default=True)


def morning(t: Translator) -> st.Page:
    """What waits for one person today: `owner` in the address, else for everybody."""
    from dashboard.views.morning import page

    return st.Page(page, title=t("My morning"), icon=":material/wb_twilight:", url_path="morning")


def adviser(t: Translator) -> st.Page:
    """May I promise that? In the address: customer, owner, kind, due, severity."""
    from dashboard.views.adviser import page

    return st.Page(page, title=t("Adviser"), icon=":material/event_available:", url_path="adviser")


def promises(t: Translator) -> st.Page:
    """Every open promise; filters in the address: state, owner, kind, page.

    `show` is all, or outcome, team, supplier, customer, from, to, or behind and part (the list behind a figure).
    """
    from dashboard.views.promises import page

    return st.Page(page, title=t("Promises"), icon=":material/handshake:", url_path="promises")


def promise(t: Translator) -> st.Page:
    """One promise with all that belongs to it: `promise` in the address, as `source:id`. No entry in the list."""
    from dashboard.views.promise import page

    return st.Page(page, title=t("Promise"), icon=":material/handshake:", url_path="promise", visibility="hidden")


def account(t: Translator) -> st.Page:
    """All customers: text, order, behind, page; one's account: `customer` in the address, `span` for the statement."""
    from dashboard.views.account import page

    return st.Page(page, title=t("Accounts"), icon=":material/account_balance_wallet:", url_path="account")


def contacts(t: Translator) -> st.Page:
    """Who waits for an answer; in the address: state, owner, channel, customer, team, from, to, behind, part, page."""
    from dashboard.views.contacts import page

    return st.Page(page, title=t("Contacts"), icon=":material/forum:", url_path="contacts")


def incidents(t: Translator) -> st.Page:
    """What went wrong; filters in the address: state, owner, kind, supplier, customer, team, from, to, behind, page."""
    from dashboard.views.incidents import page

    return st.Page(page, title=t("Incidents"), icon=":material/handyman:", url_path="incidents")


def suppliers(t: Translator) -> st.Page:
    """Who broke product claims."""
    from dashboard.views.suppliers import page

    return st.Page(page, title=t("Suppliers"), icon=":material/local_shipping:", url_path="suppliers")


def rules(t: Translator) -> st.Page:
    """The rulebook that counts, and its versions."""
    from dashboard.views.rules import page

    return st.Page(page, title=t("Rulebook"), icon=":material/menu_book:", url_path="rules")


def timeline(t: Translator) -> st.Page:
    """One customer at any moment: `customer` in the address, `as_of` and `known_on` as dates, kind, thing, page."""
    from dashboard.views.timeline import page

    return st.Page(page, title=t("Audit"), icon=":material/history:", url_path="timeline")


def meaning(t: Translator) -> st.Page:
    """What the adviser and the account are worth, tested on the past."""
    from dashboard.views.meaning import page

    # Shorter than the page's own title, which the English navigation would cut off.
    return st.Page(page, title=t("Does it mean anything?"), icon=":material/science:", url_path="meaning")


def what_if(t: Translator) -> st.Page:
    """The past under another rulebook; `page` in the address for the accounts that would differ."""
    from dashboard.views.what_if import page

    return st.Page(page, title=t("What if?"), icon=":material/balance:", url_path="what-if")


def team(t: Translator) -> st.Page:
    """What each of us has in hand just now."""
    from dashboard.views.team import page

    return st.Page(page, title=t("Team"), icon=":material/groups:", url_path="team")


def deliveries(t: Translator) -> st.Page:
    """What became of every alert; filters in the address: state, owner, rule, page."""
    from dashboard.views.deliveries import page

    return st.Page(page, title=t("Deliveries"), icon=":material/outgoing_mail:", url_path="deliveries")


def people(t: Translator) -> st.Page:
    """Who works here and when we are open; `change` in the address for the text of one of the two."""
    from dashboard.views.people import page

    return st.Page(page, title=t("People and hours"), icon=":material/badge:", url_path="people")


def operations(t: Translator) -> st.Page:
    """Whether everything runs."""
    from dashboard.views.operations import page

    return st.Page(page, title=t("Operations"), icon=":material/monitor_heart:", url_path="operations")


Place = Callable[[Translator], st.Page]

NEEDS: Final[Mapping[Place, tuple[str, ...]]] = {
    morning: ("alerts",),
    adviser: ("advice",),
    account: ("customers",),
    promises: ("promises",),
    promise: ("promises",),
    contacts: ("contacts",),
    incidents: ("incidents",),
    timeline: ("audit",),
    overview: ("figures",),
    team: ("deliveries", "promises", "contacts", "incidents"),
    deliveries: ("alerts",),
    suppliers: ("suppliers",),
    rules: ("documents",),
    people: ("documents",),
    meaning: ("tests",),
    what_if: ("tests",),
    operations: ("deliveries",),
}
"""What somebody must be allowed to see or do so that a page has anything for them."""


def leads(place: Place, may: frozenset[str]) -> bool:
    """Whether a link to a page leads anywhere for whoever may do this."""
    return all(each in may for each in NEEDS[place])


def address(place: Place) -> str:
    """The last part of a page's address."""
    return place.__name__.replace("_", "-")


def asked(url: str | None) -> str:
    """The same of the address that the browser shows; empty for the page that opens first."""
    return parse.unquote(parse.urlsplit(url or "").path).strip("/").rpartition("/")[2]


def view(place: Place) -> Callable[[], None]:
    """What draws a page; it stands in the module of the page's name."""
    found: Callable[[], None] = importlib.import_module(f"dashboard.views.{place.__name__}").page
    return found


def link(place: Place, may: frozenset[str], t: Translator, label: str, query: dict[str, str]) -> None:
    """Words that lead to a page; only words where it is not one of the reader's."""
    if leads(place, may):
        st.page_link(place(t), label=label, icon="", query_params=query)
    else:
        st.markdown(label)
