"""Which moment and which part of a customer's past the audit shows: chosen, and said in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, get_args

import streamlit as st

from dashboard import address, look
from dashboard.look import plain
from dashboard.shapes.timeline import EntryKind, TimelineAsked, TimelinePage
from dashboard.visit import Visit
from words import N_, format

RESETS: Final = "page"
"""Another choice begins again with the first page."""
KINDS: Final[tuple[EntryKind, ...]] = get_args(EntryKind)
_WORDS: Final[dict[EntryKind, str]] = {
    "all": N_("Everything"),
    "promises": N_("Promises"),
    "contacts": N_("Contacts"),
    "incidents": N_("Incidents"),
    "alerts": N_("Alerts"),
}


def in_words(asked: TimelineAsked, here: Visit) -> str:
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


def choose(found: TimelinePage, asked: TimelineAsked, here: Visit) -> None:
    """On a screen two lines to move along, on a phone two dates: the same days in the address."""
    t, lang, today = here.t, here.reader.lang, here.today
    look.title(t("Which moment?"), icon="history")
    first = min(found.first or today, today - timedelta(days=1))
    fields = (
        ("as_of", t("As of"), t("Shows what had happened by the end of this day.")),
        (
            "known_on",
            t("What we knew on"),
            t("Leaves out what was recorded, or retracted, only after this day."),
        ),
    )
    with st.container(key="wide_moment"):
        for name, label, help in fields:
            address.day_on_a_line(label, name, first, today, lang, help=help, resets=RESETS)
    with st.container(key="slim_moment"):
        for name, label, help in fields:
            address.day(label, name, today, lang, help=help, resets=RESETS)
    with st.container(horizontal=True, gap="xsmall"):
        if asked.as_of is not None and asked.known_on != asked.as_of:
            words = t("What we knew on that day")
            day = asked.as_of.isoformat()
            address.choose(words, "known_on", day, forgets=RESETS)
        if asked.as_of or asked.known_on:
            address.leave(t("Back to now"), ("as_of", "known_on", "page"), icon=":material/today:")


def narrow(found: TimelinePage, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        address.switch(
            t("What to show"),
            "kind",
            KINDS,
            "all",
            lambda kind: f"{t.gettext(_WORDS[kind])} {format.number(found.counts[kind], lang)}",
            resets=RESETS,
        )
        if found.thing is not None:
            words = t("Only: {what}").format(what=plain(found.thing))
            address.narrowed(words, "thing", help=t("Shows everything about this customer again."))
