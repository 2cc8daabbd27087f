"""Cards of the audit page: who looked at a customer's data, and who came to the door."""

from __future__ import annotations

import streamlit as st

from dashboard import data, look
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.looks import LookRow, Looks, LooksAsked
from dashboard.visit import Visit


def of_customer(customer: str, here: Visit) -> None:
    t = here.t
    look.title(t("Who looked?"), icon="visibility")
    _show(
        data.ask().looks(here.reader, LooksAsked(customer)),
        t("Nobody has looked yet."),
        t("Who opens an account, a list or a file from now on stands here."),
        here,
    )


def at_the_door(here: Visit) -> None:
    t = here.t
    look.title(t("Sign-ins, refusals and rights"), icon="key")
    _show(
        data.ask().looks(here.reader, LooksAsked()),
        t("Nobody has come yet."),
        t("Who signs in, is refused or gets other rights from now on stands here."),
        here,
    )


def _show(found: Looks | Refusal, nothing: str, then: str, here: Visit) -> None:
    if isinstance(found, Refusal):
        look.refused(found.sentences)
        return
    if not found.rows:
        look.nothing_yet(nothing, then)
        return
    for number, row in enumerate(found.rows):
        with st.container(key=f"row_look_{number}"):
            st.markdown(_line(row, here))
    if found.more:
        look.foot(here.t("Earlier ones: `konto audit looks`"))


def _line(row: LookRow, here: Visit) -> str:
    beside = " · ".join(plain(part) for part in (row.door, row.page) if part)
    at = "–" if row.at is None else here.moment(row.at, short=True)
    return f"**{plain(row.who)}** {plain(row.text)}\u2002{quiet(f'{at} · {beside}')}"
