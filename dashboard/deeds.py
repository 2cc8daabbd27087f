"""One click that does the decent thing: the buttons of a row, the form behind them, and the line with "undo".

A deed is recorded by `dashboard.data`; nothing here decides what is possible. Where something must be said first, a
form opens (`dashboard/deed_window.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import streamlit as st

from dashboard import data, look, say
from dashboard.deed_words import BUTTONS, DONE
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.contacts import ContactRow
from dashboard.shapes.deeds import Does, Doing, Subject
from dashboard.shapes.incidents import IncidentRow, StepName
from dashboard.shapes.promises import PromiseRow
from dashboard.visit import Visit
from words import Translator

OPEN: Final = "deed_open"
_LAST: Final = "deed_last"
_SAID: Final = "deed_said"
_IDS: Final = "deed_ids"
_ONE_CLICK: Final = timedelta(seconds=10)
"""So long a second click on the same button is the same click."""
_SHOWN: Final = timedelta(minutes=10)
"""So long the line about the last deed stays."""
FORM: Final = "otherwise"
STEPS: Final[dict[StepName, Does]] = {
    "reason": "explain",
    "apology": "apologise",
    "chance": "ask_chance",
    "talk": "talk",
    "resolved": "resolve",
}


class Opened(NamedTuple):
    """The form that stands open. `alerts`: what it is about where it puts alerts off."""

    name: str
    subject: Subject
    id: str
    alerts: tuple[str, ...] = ()


class _Last(NamedTuple):
    """The last deed, until when its line is shown, and the form or button that it came from."""

    id: str
    words: str
    until: datetime
    button: str


def possible(here: Visit) -> bool:
    """Whether the reader may record anything at all."""
    return "record" in data.ask().firm(here.reader).may


# -- the buttons of a row --------------------------------------------------------------------------


def promise(row: PromiseRow, here: Visit, key: str, *, urgent: bool = False, alerts: Sequence[str] = ()) -> None:
    """Fulfilled, give notice, and what else can be done; a filled button only where the last moment is near."""
    subject = of_promise(row)
    if row.state != "waiting":
        with_form = subject.is_price
        _button("fulfil", subject, here, key, form=with_form, primary=False)
    else:
        _button("resume", subject, here, key, says={"cause": "customer"})
    if urgent or row.state in ("overdue", "tight", "notice") or row.works_out is not None:
        _button("move", subject, here, key, form=True, primary=urgent)
        more = ["fulfil_otherwise"]
    else:
        more = ["fulfil_otherwise", "move"]
    more += ["plan_b", "take_back", "give_up", "release", *([] if row.state == "waiting" else ["pause"])]
    _more(more, subject, here, key, alerts)


def of_promise(row: PromiseRow) -> Subject:
    return Subject(
        row.id, row.name, row.what, row.owner, row.due, row.notice_until, row.kind == "price", row.plan_b_text
    )


def question(row: ContactRow, here: Visit, key: str, *, alerts: Sequence[str] = ()) -> None:
    """Nothing for a contact in which nothing is asked, or that has been answered."""
    if row.state not in ("open", "unanswered"):
        return
    subject = Subject(row.id, row.name, row.about or here.t("a question"), row.owner)
    _button("answer", subject, here, key, says={"channel": row.channel})
    _more(["answer_otherwise"], subject, here, key, alerts)


def incident(row: IncidentRow, what: str, here: Visit, key: str, *, alerts: Sequence[str] = ()) -> None:
    """The next step of the recovery on the button, the others in their order behind it."""
    if row.state == "closed":
        return
    subject = Subject(row.id, row.name, what, row.owner)
    missing = [STEPS[step.name] for step in row.steps if step.state in ("next", "missed", "ahead")]
    if row.state == "open" and missing:
        _button(missing[0], subject, here, key, form=True)
    offered: list[str] = ["offer", "answer_offer"] if row.state == "open" else []
    _more([*missing[1:], *offered, "close"], subject, here, key, alerts)


def called(does: Does, subject: Subject, here: Visit, key: str, *, alerts: Sequence[str] = ()) -> None:
    """A call: after a delivery, or to somebody not heard of for long."""
    _button(does, subject, here, key, says={"channel": "phone"})
    _more([f"{does}_otherwise"], subject, here, key, alerts)


def _button(
    does: Does,
    subject: Subject,
    here: Visit,
    key: str,
    *,
    form: bool = False,
    primary: bool = False,
    says: dict[str, str | None] | None = None,
) -> None:
    name = f"deed_{does}_{key}"
    say_who = " · ".join(plain(part) for part in (subject.name, subject.what) if part)
    doing = Doing(does, subject.on, _id(name, here), says=says or {})
    st.button(
        here.t.gettext(BUTTONS[does]),
        key=name,
        type="primary" if primary else "secondary",
        help=here.t("{what}: opens a form").format(what=say_who) if form else say_who,
        on_click=_open if form else _do,
        args=(does, subject, ()) if form else (doing, subject, here, name),
    )


def _more(names: Sequence[str], subject: Subject, here: Visit, key: str, alerts: Sequence[str]) -> None:
    options = [*names, *(["note", "put_off"] if alerts else [])]
    name = f"deed_more_{key}"
    st.menu_button(
        here.t("More"),
        options,
        key=name,
        type="tertiary",
        format_func=lambda option: here.t.gettext(BUTTONS[option]),
        on_click=_chosen,
        args=(name, subject, tuple(alerts), here),
    )


def _chosen(key: str, subject: Subject, alerts: tuple[str, ...], here: Visit) -> None:
    option = st.session_state.get(key)
    if option == "note":
        say_refused(data.ask().take_note(here.reader, alerts))
    elif option == "resume":
        _do(Doing("resume", subject.on, _id(key, here), says={"cause": "customer"}), subject, here, key)
    elif option:
        _open(option.removesuffix(f"_{FORM}"), subject, alerts)


def _open(name: str, subject: Subject, alerts: tuple[str, ...]) -> None:
    st.session_state[OPEN] = Opened(name, subject, secrets.token_hex(12), alerts)


def _do(doing: Doing, subject: Subject, here: Visit, button: str) -> None:
    refused = data.ask().do(here.reader, doing)
    say_refused(refused)
    if refused is None:
        recorded(doing, subject, here, button)


# -- what was recorded -----------------------------------------------------------------------------


def recorded(doing: Doing, subject: Subject, here: Visit, button: str = "") -> None:
    """For the line on the page that is made next."""
    about = " · ".join(part for part in (subject.name, subject.what) if part)
    words = here.t("Recorded: {about}: {done}.").format(about=about, done=here.t.gettext(DONE[doing.does]))
    st.session_state[_LAST] = _Last(doing.id, words, here.now + _SHOWN, button)
    if button:
        st.session_state.setdefault(_IDS, {})[button] = (doing.id, here.now + _ONE_CLICK)


def say_refused(refused: Refusal | None) -> None:
    """Why something was not done, on the page that is made next."""
    st.session_state.pop(_SAID, None)
    if refused is not None:
        st.session_state[_SAID] = refused


def _id(button: str, here: Visit) -> str:
    """Of the fact that a button makes: the same for a while, so that a second click does nothing more."""
    ids: dict[str, tuple[str, datetime | None]] = st.session_state.setdefault(_IDS, {})
    id, over = ids.get(button, (secrets.token_hex(12), None))
    if over is not None and over < here.now:
        id, over = secrets.token_hex(12), None
    ids[button] = (id, over)
    return id


def line(here: Visit) -> None:
    """On every page: what was recorded last, with the way back; or why it was not."""
    said: Refusal | str | None = st.session_state.pop(_SAID, None)
    last: _Last | None = st.session_state.get(_LAST)
    if isinstance(said, Refusal):
        with look.note():
            look.refused(said.sentences)
    elif said is not None:
        with look.note():
            st.markdown(f":green[:material/undo:] {plain(said)}")
    elif last is not None and last.until > here.now:
        with look.note():
            st.markdown(f":green[:material/check:] {plain(last.words)}")
            st.button(here.t("Undo"), key="deed_undo", type="tertiary", on_click=_undo, args=(last, here))
            st.button(
                here.t("Close"),
                key="deed_close_line",
                type="tertiary",
                icon=":material/close:",
                on_click=st.session_state.pop,
                args=(_LAST, None),
            )


def _undo(last: _Last, here: Visit) -> None:
    refused = data.ask().undo(here.reader, last.id)
    say_refused(refused)
    st.session_state.pop(_LAST, None)
    st.session_state.get(_IDS, {}).pop(last.button, None)
    if refused is None:
        st.session_state[_SAID] = here.t("Undone. It stays visible as recorded by mistake and counts nowhere.")


def channel(name: str, t: Translator) -> str:
    return say.word(say.CHANNELS, name, t)


def about(subject: Subject) -> str:
    """Whose and what, as the first line of a form."""
    what = quiet(plain(subject.what))
    return " · ".join(part for part in (f"**{plain(subject.name)}**", what) if part)
