"""The window of a deed over the page: its form, and recording what was said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import streamlit as st

from dashboard import data, deed_fields, deeds, look, putting_off
from dashboard.deed_fields import Said
from dashboard.deed_forms import FORMS
from dashboard.deed_words import TITLES
from dashboard.deeds import OPEN, Opened
from dashboard.shapes.deeds import Doing
from dashboard.visit import Visit


def show(here: Visit) -> None:
    """The window that was asked for, if any."""
    opened: Opened | None = st.session_state.get(OPEN)
    if opened is None:
        return
    title = here.t.gettext(TITLES[opened.name])
    st.dialog(title, width="medium", on_dismiss=_leave)(_window)(here)


def _leave() -> None:
    st.session_state.pop(OPEN, None)


def _window(here: Visit) -> None:
    opened: Opened | None = st.session_state.get(OPEN)
    if opened is None:  # a second click while the window closes
        st.rerun()
        return
    t = here.t
    st.markdown(deeds.about(opened.subject))
    if opened.name == "put_off":
        putting_off.form("window", opened.alerts, here, _put_off)
        return
    says, at = FORMS[opened.name](opened, here)
    with st.container(horizontal=True, gap="small"):
        yes = st.button(t("Record it"), key=deed_fields.key(opened, "yes"), type="primary")
        if st.button(t("Cancel"), key=deed_fields.key(opened, "no"), type="tertiary"):
            _leave()
            st.rerun()
    if yes:
        _record(opened, says, at, here)


def _record(opened: Opened, says: Said | str, at: datetime | None, here: Visit) -> None:
    if isinstance(says, str):
        look.refused([says])
        return
    doing = Doing(opened.name, opened.subject.on, opened.id, at, says)  # type: ignore[arg-type]
    refused = data.ask().do(here.reader, doing)
    if refused is not None:
        look.refused(refused.sentences)
        return
    deeds.recorded(doing, opened.subject, here)
    _leave()
    st.rerun()


def _put_off(alerts: Any, wanted: putting_off.Wanted, reader: Any) -> None:
    deeds.say_refused(data.ask().put_off(reader, alerts, wanted.until, wanted.reason))
    _leave()
