"""Audit: any customer at any moment of the past, by what we knew then or know now, with everything that happened."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, get_args

import streamlit as st

from dashboard import address, data, look, places, rows, standing
from dashboard.look import plain, quiet
from dashboard.shapes.asking import PAGE_SIZE
from dashboard.shapes.customers import CustomersAsked
from dashboard.shapes.timeline import EntryKind, FileForm, TimelineAsked, TimelineEntry, TimelinePage
from dashboard.visit import Visit, visit
from words import N_, format

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
_KINDS: Final[tuple[EntryKind, ...]] = get_args(EntryKind)
_WORDS: Final[dict[EntryKind, str]] = {
    "all": N_("Everything"),
    "promises": N_("Promises"),
    "contacts": N_("Contacts"),
    "incidents": N_("Incidents"),
    "alerts": N_("Alerts"),
}
_FILES: Final[dict[FileForm, tuple[str, str]]] = {
    "csv": (N_("As a table"), "text/csv"),
    "json": (N_("As JSON"), "application/json"),
}
_RESETS: Final = "page"
_LATE: Final = timedelta(days=1)
"""What was recorded so much later than it happened, the audit points out."""


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
        kind=address.asked("kind", _KINDS, "all"),
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
    with look.head(plain(found.name), _moment_in_words(asked, here)):
        _way_back(here)
        st.page_link(
            places.account(t),
            label=t("To the account"),
            icon=":material/account_balance_wallet:",
            query_params={"customer": found.customer},
        )
    left, right = st.columns([1, 2.1], gap="small")
    with left, look.card("moment", stretch=True):
        _choose_moment(found, asked, here)
    with right, look.card("standing", stretch=True):
        standing.show(found, asked, here)
    if found.later is not None and (found.later.learned or found.later.retracted):
        with look.card("later"):
            standing.later(found.later, asked, here, partial(_entry, here=here))
    _filter(found, here)
    with look.card("entries"):
        if not found.rows:
            _nothing(asked, here)
            return
        for number, row in enumerate(found.rows):
            with st.container(key=f"row_entry_{number}"):
                _entry(row, here, number=number, narrowed=asked.thing is not None)
        address.turn_pages("page", pages)
        look.foot(_foot(found, here))
        _take_along(found, asked, here)


# -- the moment -----------------------------------------------------------------------------------


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


def _choose_moment(found: TimelinePage, asked: TimelineAsked, here: Visit) -> None:
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
            address.day_on_a_line(label, name, first, today, lang, help=help, resets=_RESETS)
    with st.container(key="slim_moment"):
        for name, label, help in fields:
            address.day(label, name, today, lang, help=help, resets=_RESETS)
    with st.container(horizontal=True, gap="xsmall"):
        if asked.as_of is not None and asked.known_on != asked.as_of:
            words = t("What we knew on that day")
            day = asked.as_of.isoformat()
            address.choose(words, "known_on", day, forgets=_RESETS)
        if asked.as_of or asked.known_on:
            address.leave(t("Back to now"), ("as_of", "known_on", "page"), icon=":material/today:")


def _filter(found: TimelinePage, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        address.switch(
            t("What to show"),
            "kind",
            _KINDS,
            "all",
            lambda kind: f"{t.gettext(_WORDS[kind])} {format.number(found.counts[kind], lang)}",
            resets=_RESETS,
        )
        if found.thing is not None:
            words = t("Only: {what}").format(what=plain(found.thing))
            address.narrowed(words, "thing", help=t("Shows everything about this customer again."))


def _nothing(asked: TimelineAsked, here: Visit) -> None:
    t = here.t
    if asked.kind != "all" or asked.thing is not None:
        look.nothing_yet(t("Nothing of this kind at that time."), t("Choose “Everything”, or another day."))
    else:
        look.nothing_yet(t("At that time nothing was known yet."), t("Choose a later day."))


# -- entries --------------------------------------------------------------------------------------


def _entry(row: TimelineEntry, here: Visit, *, number: int | None = None, narrowed: bool = False) -> None:
    """With a number it can be narrowed to what it is about."""
    t = here.t
    when, what, only = st.columns([1.15, 2.9, 0.55], gap="small")
    late = row.recorded - row.at > _LATE
    text = t("recorded only {moment}") if late else t("recorded {moment}")
    when.markdown(f"**{_moment(row.at, here)}**  \n{quiet(text.format(moment=_moment(row.recorded, here)))}")
    words = f"~~{plain(row.text)}~~" if row.status == "retracted" else plain(row.text)
    if row.status == "alert":
        words += quiet(f" · {t('to {name}').format(name=plain(row.by)) if row.by else t('nobody can be reached')}")
    lines = [f":material/{_ICONS.get(row.about, 'circle')}: {words}"]
    if row.detail:
        lines.append(quiet(f"~~{plain(row.detail)}~~" if row.status == "retracted" else plain(row.detail)))
    if row.became:
        parts = [f"{plain(text)} {quiet(_moment(at, here))}" for at, text in row.became]
        lines.append(f":material/subdirectory_arrow_right: {' · '.join(parts)}")
    lines.append("\u2002".join(part for part in (_badge(row, here), quiet(_source(row))) if part))
    what.markdown("  \n".join(line for line in lines if line))
    if row.thing is not None and number is not None and not narrowed:
        with only.container(horizontal=True, horizontal_alignment="right"):
            st.button(
                t("Only this"),
                key=f"only_{number}",
                type="tertiary",
                help=t("Shows only what belongs to the same promise, question or incident."),
                on_click=address.put,
                args=("thing", row.thing, "kind", _RESETS),
            )


def _moment(at: datetime, here: Visit) -> str:
    return here.moment(at, short=True)


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
    return "" if row.status == "alert" else " · ".join(plain(part) for part in (row.by, row.origin) if part)


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


# -- choosing one ---------------------------------------------------------------------------------


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
