"""Putting an alert off: for an hour, until a morning, or until a day of one's own choice, with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

import streamlit as st

from dashboard.shapes.asking import Reader
from dashboard.visit import Visit

_MORNING: Final = time(8)
_HOUR: Final = timedelta(hours=1)
_DAYS: Final = 29
"""So many days ahead at most; the rule itself is checked where the alert is put off."""


class Wanted(NamedTuple):
    """Until when, and why."""

    until: datetime
    reason: str | None


Then = Callable[[Sequence[str], Wanted, Reader], None]


def choose(key: str, alerts: Sequence[str], here: Visit, then: Then) -> None:
    """A button that opens the choice; `then` is called with it before the page is made anew."""
    with st.popover(here.t("Put off"), key=f"put_off_{key}", type="tertiary"):
        form(key, alerts, here, then)


def form(key: str, alerts: Sequence[str], here: Visit, then: Then) -> None:
    """The choice itself."""
    t, tomorrow = here.t, here.today + timedelta(days=1)
    monday = here.today + timedelta(days=7 - here.today.weekday())
    with st.form(f"form_{key}", border=False):
        st.text_input(t("Why? (may stay empty)"), key=f"reason_{key}", max_chars=200)

        def button(words: str, name: str, day: date | None = None) -> None:
            args = (key, alerts, here, day, name, then)
            st.form_submit_button(words, key=f"until_{name}_{key}", width="stretch", on_click=_chosen, args=args)

        button(t("For one hour"), "hour")
        button(t("Until tomorrow morning"), "tomorrow", tomorrow)
        if monday != tomorrow:
            button(t("Until Monday morning"), "monday", monday)
        st.date_input(
            t("Until the morning of"),
            value=monday,
            min_value=tomorrow,
            max_value=here.today + timedelta(days=_DAYS),
            key=f"day_{key}",
            format="DD.MM.YYYY" if here.reader.lang == "de" else "DD/MM/YYYY",
        )
        button(t("Until this day"), "day")


def _chosen(key: str, alerts: Sequence[str], here: Visit, day: date | None, name: str, then: Then) -> None:
    on = st.session_state[f"day_{key}"] if name == "day" else day
    until = here.now + _HOUR if on is None else datetime.combine(on, _MORNING, tzinfo=here.reader.zone)
    reason = " ".join(str(st.session_state.get(f"reason_{key}") or "").split())
    then(alerts, Wanted(until, reason or None), here.reader)
