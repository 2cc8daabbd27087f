"""Figures about single colleagues: since when and why they are open, opening and closing them, and looking at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import streamlit as st

from dashboard import data, look
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.figures import Share
from dashboard.shapes.per_person import OpeningAsked, OpeningRow, PerPerson, PersonFigures
from dashboard.visit import Visit
from words import N_, format
from words.names import BASES, OPENING_STATES

_COLOURS: Final = {"in_force": "green", "later": "blue", "closed": "gray", "over": "gray"}
_OPENING, _CLOSING = "figures_opening", "figures_closing"
_MONTHS: Final = 24
_USUAL: Final = timedelta(days=365)
_CLOSED: Final = N_(
    "Figures per person are closed: you see those of the team and the firm, and everybody sees their own. Somebody who "
    "looks after the users can open them, on the page about people and hours, with the agreement or law that allows "
    "it, its purpose and its end."
)


# -- opening and closing --------------------------------------------------------------------------


def openings(rows: Sequence[OpeningRow], here: Visit, *, may_open: bool) -> None:
    """When they were open and why: everybody who works here may read it."""
    t = here.t
    look.title(t("Figures per person"), icon="visibility_lock")
    if not rows:
        st.markdown(quiet(t("Never opened: everybody sees their own, managers see those of the team and the firm.")))
    for number, row in enumerate(rows):
        with st.container(key=f"row_opening_{number}"):
            st.markdown("  \n".join(_opening(row, here)))
    if may_open:
        _buttons(any(row.state in ("in_force", "later") for row in rows), here)
    look.foot(t("They are shown by name, never in the order of figures, and each look is noted."))


def _opening(row: OpeningRow, here: Visit) -> list[str]:
    t = here.t
    badge = f":{_COLOURS[row.state]}-badge[{t.gettext(OPENING_STATES[row.state])}]"
    times = format.period(row.first, row.last, here.reader.lang)
    who = t("recorded by {name}").format(name=plain(row.by)) if row.by else t("recorded at this machine")
    return [
        f"**{plain(row.purpose)}**\u2002{badge}",
        quiet(t("Rests on {basis}").format(basis=t.gettext(BASES[row.basis]))),
        quiet(f"{times} · {who}"),
    ]


def _buttons(is_open: bool, here: Visit) -> None:
    t = here.t
    if is_open:
        if st.button(t("Close them"), key="close_figures", icon=":material/lock:"):
            st.session_state[_CLOSING] = True
    elif st.button(t("Open them"), key="open_figures", icon=":material/lock_open:"):
        st.session_state[_OPENING] = True
    if st.session_state.get(_OPENING):
        st.dialog(t("Open figures per person"), width="medium", on_dismiss=_leave)(_open)(here)
    elif st.session_state.get(_CLOSING):
        st.dialog(t("Close figures per person"), width="medium", on_dismiss=_leave)(_close)(here)


def _leave() -> None:
    st.session_state.pop(_OPENING, None)
    st.session_state.pop(_CLOSING, None)


def _open(here: Visit) -> None:
    t = here.t
    st.markdown(
        t(
            "Where there is a works council it has a say before such figures are looked at. Record only what is agreed "
            "or allowed: managers then see how each of your people kept what was promised, from that day on."
        )
    )
    basis = st.selectbox(
        t("On what basis?"), list(BASES), format_func=lambda name: t.gettext(BASES[name]), key="figures_basis"
    )
    purpose = st.text_input(t("For what? As the agreement names it"), key="figures_purpose", max_chars=500)
    form = "DD.MM.YYYY" if here.reader.lang == "de" else "DD/MM/YYYY"
    start = st.date_input(t("From"), value=here.today, min_value=here.today, key="figures_from", format=form)
    until = st.date_input(
        t("Until the end of"), value=here.today + _USUAL, min_value=here.today, key="figures_until", format=form
    )
    if _decided(t("Open them"), here):
        assert isinstance(start, date)
        assert isinstance(until, date)
        asked = OpeningAsked(basis, purpose, None if start <= here.today else start, until)
        _done(data.ask().open_figures(here.reader, asked))


def _close(here: Visit) -> None:
    st.markdown(here.t("Nobody but the person then sees these figures any more. What was recorded stays readable."))
    if _decided(here.t("Close them"), here):
        _done(data.ask().close_figures(here.reader))


def _decided(yes: str, here: Visit) -> bool:
    with st.container(horizontal=True, gap="small"):
        decided = st.button(yes, key="figures_yes", type="primary")
        if st.button(here.t("Cancel"), key="figures_no", type="tertiary"):
            _leave()
            st.rerun()
    return decided


def _done(refused: Refusal | None) -> None:
    if refused is not None:
        look.refused(refused.sentences)
        return
    _leave()
    st.rerun()


# -- looking --------------------------------------------------------------------------------------


def figures(opening: OpeningRow | None, here: Visit) -> None:
    """Only after a click, since each look is noted."""
    t = here.t
    look.title(t("How did each of us keep what was promised?"), icon="visibility_lock")
    if opening is None:
        st.markdown(quiet(t(_CLOSED)))
        return
    st.markdown("  \n".join(_opening(opening, here)))
    if not st.button(t("Look at them"), key="look_at_figures"):
        st.markdown(quiet(t("Whoever looks is noted, with whose figures they saw.")))
        return
    found = data.ask().figures_per_person(here.reader)
    if isinstance(found, Refusal):
        look.refused(found.sentences)
        return
    _table(found, here)


def _table(found: PerPerson, here: Visit) -> None:
    """By name; a plain list of sentences, which no click puts in the order of figures."""
    t, lang = here.t, here.reader.lang
    if not found.rows:
        st.markdown(quiet(t("Nobody is shown: there are fewer than 5 people or fewer than 20 promises of each.")))
    for number, row in enumerate(found.rows):
        with st.container(key=f"row_figures_{number}"):
            who, what = st.columns([1, 2.6], gap="small")
            who.markdown(f"**{plain(row.name)}**" if row.name else quiet(t("nobody answers for it yet")))
            what.markdown(_figures(row, here))
    said = [t("What came due since {day}.").format(day=format.day(found.since, lang, today=here.today))]
    if found.not_shown:
        words = t.ngettext(
            "{n} person is not shown: fewer than 20 promises, or another's could be reckoned from theirs.",
            "{n} persons are not shown: fewer than 20 promises, or another's could be reckoned from theirs.",
            found.not_shown,
        )
        said.append(words.format(n=format.number(found.not_shown, lang)))
    look.foot(" ".join(said))


def _figures(row: PersonFigures, here: Visit) -> str:
    t, lang = here.t, here.reader.lang

    def percent(share: Share) -> str:
        return format.percent(share.numerator / share.denominator, lang) if share.denominator else "–"

    n = row.on_time.denominator
    words = t.ngettext("Rests on {n} promise", "Rests on {n} promises", n).format(n=format.number(n, lang))
    between = format.percent_between(row.on_time.low, row.on_time.high, lang)
    surely = t("; the value surely lies between {interval}.").format(interval=between)
    both = t("**{last}** on time (last promise), {first} by the date first promised").format(
        last=percent(row.on_time), first=percent(row.first)
    )
    return f"{both}  \n{quiet(words + surely)}"
