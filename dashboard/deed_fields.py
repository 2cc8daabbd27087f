"""The fields that forms of deeds are made of; each is new for each opening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import streamlit as st

from dashboard import data, deeds
from dashboard.deeds import Opened
from dashboard.visit import Visit
from words import N_

Said = dict[str, Any]
_LONGEST: Final = 2000
_CHANNELS: Final = ("phone", "email", "in_person", "video", "chat", "letter", "portal", "other")
_BACK: Final = timedelta(days=365)


def key(opened: Opened, field: str) -> str:
    """Of its own for each opening, so that nothing of the last one stands in it."""
    return f"form_{field}_{opened.id}"


def text(label: str, opened: Opened, field: str, value: str = "") -> str:
    return st.text_area(label, value=value, key=key(opened, field), max_chars=_LONGEST, height=72).strip()


def one(label: str, opened: Opened, field: str, options: Mapping[str, str], here: Visit) -> str:
    names = list(options)
    found = st.segmented_control(
        label,
        names,
        default=names[0],
        required=True,
        key=key(opened, field),
        format_func=lambda name: here.t.gettext(options[name]),
        wrap=True,
    )
    return str(found or names[0])


def when(label: str, opened: Opened, here: Visit) -> datetime | None:
    """None = just now."""
    if one(label, opened, "when", {"now": N_("Just now"), "earlier": N_("Earlier")}, here) == "now":
        return None
    day, hour = st.columns(2, gap="small")
    local = here.now.astimezone(here.reader.zone)
    on = day.date_input(
        here.t("Day"),
        value=here.today,
        min_value=here.today - _BACK,
        max_value=here.today,
        key=key(opened, "day"),
        format=dates(here),
    )
    at = hour.time_input(here.t("Time"), value=local.time().replace(second=0, microsecond=0), key=key(opened, "hour"))
    return datetime.combine(on, at, tzinfo=here.reader.zone)


def dates(here: Visit) -> str:
    return "DD.MM.YYYY" if here.reader.lang == "de" else "DD/MM/YYYY"


def channel(opened: Opened, here: Visit, options: tuple[str, ...] = _CHANNELS) -> str:
    return str(
        st.selectbox(
            here.t("How?"),
            options,
            key=key(opened, "channel"),
            format_func=lambda name: deeds.channel(name, here.t),
        )
    )


def who(opened: Opened, here: Visit) -> str | None:
    names = [name for name in (opened.subject.owner, data.ask().firm(here.reader).reader) if name]
    found = st.selectbox(
        here.t("Who?"),
        list(dict.fromkeys(names)),
        index=0 if names else None,
        key=key(opened, "who"),
        placeholder=here.t("Name"),
        accept_new_options=True,
    )
    return str(found) if found else None
