"""Publishing a text that is sound: from when on, what it changes, a second look, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import streamlit as st

from dashboard import data, look, places
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.publishing import Kind, Published, Ready
from dashboard.shapes.rules import RuleChange
from dashboard.visit import Visit
from words import N_, format

_TITLES: Final[dict[Kind, str]] = {
    "rulebook": N_("Let this rulebook count"),
    "calendars": N_("Let these calendars count"),
    "people": N_("Let this text about the people count"),
}
_NOW, _LATER = "now", "later"
_FURTHEST: Final = timedelta(days=730)


def outcome(kind: Kind, here: Visit) -> None:
    """What became of the last attempt, said once."""
    found: Published | Refusal | None = st.session_state.pop(_outcome(kind), None)
    if isinstance(found, Refusal):
        with look.card(f"refused_{kind}"):
            look.refused(found.sentences)
    elif found is not None:
        with look.card(f"published_{kind}"):
            st.markdown(f":green[:material/check_circle:] **{_said(found, here)}**")
            if kind == "rulebook":
                words = here.t("To the rulebook and its versions")
                st.page_link(places.rules(here.t), label=words, icon=":material/arrow_forward:")


def _said(found: Published, here: Visit) -> str:
    t = here.t
    if not found.new:
        return t("This text was published already; nothing was published a second time.")
    if found.start is None or found.start <= here.now:
        return t("Published. It counts from now on.")
    day = found.start.astimezone(here.reader.zone).date()
    return t("Published. It counts from {day} on.").format(day=format.day_long(day, here.reader.lang))


def card(kind: Kind, text: str, here: Visit) -> None:
    """For whoever may publish; others are not shown it."""
    found = data.ask().ready_to_publish(here.reader, kind, text)
    if isinstance(found, Refusal):
        return
    t = here.t
    with look.card(f"publish_{kind}"):
        look.title(t.gettext(_TITLES[kind]), icon="publish")
        if found.same:
            look.nothing_yet(t("This is the text that counts today."), t("Change it first."))
            return
        day = _from_when(kind, here)
        _asked(kind, text, day, found, here)


def _from_when(kind: Kind, here: Visit) -> date | None:
    t, tomorrow = here.t, here.today + timedelta(days=1)
    words = {_NOW: t("At once"), _LATER: t("From a day on")}
    when, which = st.columns([1.4, 1], gap="small", vertical_alignment="bottom")
    with when:
        choice = st.segmented_control(
            t("From when does it count?"),
            (_NOW, _LATER),
            default=_NOW,
            key=f"when_{kind}",
            format_func=words.__getitem__,
            required=True,
        )
    if choice != _LATER:
        return None
    with which:
        chosen = st.date_input(
            t("Day"),
            value=tomorrow,
            min_value=tomorrow,
            max_value=here.today + _FURTHEST,
            key=f"day_{kind}",
            format="DD.MM.YYYY" if here.reader.lang == "de" else "DD/MM/YYYY",
            help=t("It counts from the beginning of this day, in the firm's time zone."),
        )
    return chosen if isinstance(chosen, date) else tomorrow


def _asked(kind: Kind, text: str, day: date | None, found: Ready, here: Visit) -> None:
    """A second look before it counts: what changes, and that the past stays as it was."""
    t, lang = here.t, here.reader.lang
    if st.session_state.get(_sure(kind)) != text:
        button = st.button(t("Publish …"), key=f"publish_{kind}", type="primary", icon=":material/publish:")
        if not button:
            return
        st.session_state[_sure(kind)] = text
        st.rerun()
    when = t("at once") if day is None else t("from {day} on").format(day=format.day_long(day, lang))
    st.markdown(f"**{t('It would count {when}.').format(when=when)}** {t('What was before stays as it is.')}")
    if found.changes:
        counted = t.ngettext("{n} value changes:", "{n} values change:", len(found.changes))
        st.markdown(f"{counted.format(n=format.number(len(found.changes), lang))}  \n{listed(found.changes)}")
    elif kind == "rulebook":
        st.markdown(quiet(t("No value changes; only notes differ.")))
    with st.container(horizontal=True, gap="xsmall"):
        args = (kind, text, day, here.reader)
        st.button(t("Yes, publish"), key=f"sure_{kind}", type="primary", on_click=_publish, args=args)
        st.button(t("Not yet"), key=f"not_yet_{kind}", on_click=_not_yet, args=(kind,))


def listed(changes: Sequence[RuleChange]) -> str:
    """Rule by rule: before and after."""
    return "  \n".join(
        f"{quiet(plain(each.section))} · {plain(each.meaning)}: {plain(each.before)} → **{plain(each.after)}**"
        for each in changes
    )


def _publish(kind: Kind, text: str, day: date | None, reader: Reader) -> None:
    _not_yet(kind)
    st.session_state[_outcome(kind)] = data.ask().publish(reader, kind, text, day)


def _not_yet(kind: Kind) -> None:
    st.session_state.pop(_sure(kind), None)


def _outcome(kind: Kind) -> str:
    return f"published_{kind}"


def _sure(kind: Kind) -> str:
    return f"sure_of_{kind}"
