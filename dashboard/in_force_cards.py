"""Cards of what counts today: who is away, which versions of the documents apply, and which keys are valid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import look, places
from dashboard.look import plain, quiet
from dashboard.shapes.operations import (
    DocumentRow,
    KeyRow,
    Operations,
)
from dashboard.visit import Visit
from words import N_, format

SCOPES: Final = {
    "facts:write": N_("bring facts"),
    "read": N_("read"),
    "alerts": N_("answer alerts"),
    "admin": N_("look after keys"),
    "feed": N_("show one person's promises in a calendar"),
}
DOCUMENTS: Final = {
    "rulebook": N_("Rulebook"),
    "calendars": N_("Calendars"),
    "people": N_("People"),
}


def away(found: Operations, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    counted = t.ngettext("{n} person", "{n} people", found.people).format(n=format.number(found.people, lang))
    look.title(t("Who is away today?"), counted, icon="event_busy")
    if not found.away:
        st.markdown(quiet(t("Everybody is here.") if found.people else t("Nobody is named yet.")))
    for row in found.away:
        until = t("until {day}").format(day=format.day(row.away.last, lang, today=here.today))
        stand_in = t("{name} stands in").format(name=plain(row.stand_in)) if row.stand_in else ""
        st.markdown(f"**{plain(row.name)}**\u2002{quiet(' · '.join(part for part in (until, stand_in) if part))}")
        if row.stand_in is None:
            words = t("Nobody stands in: name somebody in the text about the people.")
            st.markdown(f":material/subdirectory_arrow_right: {words}")
    st.page_link(places.people(t), label=t("People and hours"), icon=":material/arrow_forward:")


def documents(rows: Sequence[DocumentRow], here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Which versions count?"), icon="menu_book")
    for row in rows:
        since = t("from the beginning")
        if row.since is not None:
            since = t("since {moment}").format(moment=here.moment(row.since, short=True))
        parts = [since, t("as shipped") if row.shipped else ""]
        if row.versions:
            words = t.ngettext("{n} version published", "{n} versions published", row.versions)
            parts.append(words.format(n=format.number(row.versions, lang)))
        if row.later is not None:
            parts.append(t("another one from {moment} on").format(moment=here.moment(row.later, short=True)))
        said = quiet(" · ".join(part for part in parts if part))
        st.markdown(f"**{t.gettext(DOCUMENTS[row.kind])}**\u2002{said}")
    st.page_link(places.rules(t), label=t("To the rulebook and its versions"), icon=":material/arrow_forward:")


def keys(rows: Sequence[KeyRow], here: Visit) -> None:
    t = here.t
    look.title(t("Who has a key?"), icon="key", count=sum(row.counts for row in rows))
    if not rows:
        look.nothing_yet(t("No program has a key."), t("`konto keys create --scope facts:write` makes one."))
    for number, row in enumerate(rows):
        with st.container(key=f"row_key_{number}"):
            st.markdown("  \n".join(_key(row, here)))
    look.foot(t("The name of a key is no secret; the key itself is shown once, when it is made, and kept nowhere."))


def _key(row: KeyRow, here: Visit) -> list[str]:
    t = here.t
    name = plain(row.purpose) if row.purpose else t("key {name}").format(name=row.name)
    badge = f":green-badge[:material/check: {t('valid')}]" if row.counts else f":gray-badge[{_ended(row, here)}]"
    may = ", ".join(t.gettext(SCOPES[scope]) if scope in SCOPES else scope for scope in row.scopes)
    whose = t("in the name of {name}").format(name=plain(row.person)) if row.person else ""
    until = (
        t("until {moment}").format(moment=here.moment(row.expires, short=True)) if row.expires else t("until revoked")
    )
    made = t("made {moment}").format(moment=here.moment(row.created, short=True))
    second = [row.name if row.purpose else "", may, whose]
    third = [made, until if row.counts else ""]
    return [
        f"**{name}**\u2002{badge}",
        quiet(" · ".join(part for part in second if part)),
        quiet(" · ".join(part for part in third if part)),
    ]


def _ended(row: KeyRow, here: Visit) -> str:
    t = here.t
    if row.revoked is not None:
        return t("revoked {moment}").format(moment=here.moment(row.revoked, short=True))
    return t("expired")
