"""Cards of what comes in: mailboxes, calendars and webhooks, facts that wait, and rows that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import look
from dashboard.look import plain, quiet
from dashboard.shapes.operations import (
    Door,
    DoorRow,
    DoorState,
    ParkedRow,
    RefusedFile,
)
from dashboard.visit import Visit
from words import N_, format

DOORS: Final[dict[Door, str]] = {
    "mailbox": N_("Mailbox"),
    "calendar": N_("Calendar"),
    "hook": N_("Webhook"),
}
_DOOR_STATES: Final[dict[DoorState, str]] = {
    "well": N_("is read"),
    "late": N_("is read late"),
    "never": N_("not read yet"),
    "failing": N_("cannot be read"),
    "unknown": N_("waits for what is sent"),
}


def doors(doors: Sequence[DoorRow], here: Visit) -> None:
    t = here.t
    look.title(t("What comes in by itself?"), icon="input", count=len(doors))
    if not doors:
        look.nothing_yet(
            t("No mailbox, calendar or webhook is set."),
            t("Facts come by `konto import`, the API or capture. Others are set in `settings.toml`."),
        )
    for door in doors:
        wrong = door.state in ("late", "failing", "never")
        state = t.gettext(_DOOR_STATES[door.state])
        badge = f":orange-badge[:material/error: {state}]" if wrong else f":gray-badge[{state}]"
        times = [
            t("last success {moment}").format(moment=here.moment(door.last, short=True)) if door.last else "",
            t("fails since {moment}").format(moment=here.moment(door.failed, short=True)) if door.failed else "",
        ]
        said = quiet(" · ".join(part for part in times if part))
        st.markdown(f"{t.gettext(DOORS[door.door])} **{plain(door.name)}**\u2002{badge}  \n{said}".rstrip())
        if wrong:
            st.markdown(f":material/subdirectory_arrow_right: {_try(door, here)}")


def _try(door: DoorRow, here: Visit) -> str:
    if door.door == "mailbox":
        return here.t("See why: `konto mail read {name}`").format(name=door.name)
    return here.t("Try it: `konto appointments read {name}`").format(name=door.name)


def parked(rows: Sequence[ParkedRow], total: int, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Facts that wait"), icon="pause_circle", count=total)
    for row in rows:
        since = t("since {moment}").format(moment=here.moment(row.since, short=True))
        if row.fact is None:
            st.markdown(f"{t('Fact')}  \n{quiet(f'{since} · {row.why}')}")
            continue
        needs = t("what it belongs to") if row.needs is None else plain(row.needs)
        words = t("waits again for {what}, which was retracted") if row.again else t("waits for {what}")
        st.markdown(
            f"{plain(row.fact)}\u2002{quiet(plain(row.source))}  \n{quiet(f'{words.format(what=needs)} · {since}')}"
        )
    st.markdown(
        f":material/subdirectory_arrow_right: {t('Bring what they wait for; then they are recorded by themselves.')}"
    )
    if total > len(rows):
        shown = t("The {n} that have waited longest, of {total}; all of them with `konto parked`.")
        look.foot(shown.format(n=format.number(len(rows), lang), total=format.number(total, lang)))


def refused(files: Sequence[RefusedFile], total: int, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Refused rows"), icon="rule", count=total)
    for file in files:
        rows = ""
        if file.rows is not None:
            rows = t.ngettext("{n} row", "{n} rows", file.rows).format(n=format.number(file.rows, lang))
        told = " · ".join(part for part in (rows, here.moment(file.at, short=True)) if part)
        st.markdown(f"{plain(file.name)}  \n{quiet(told)}")
    st.markdown(
        f":material/subdirectory_arrow_right: "
        f"{t('They lie in the folder `refused` of the home: mend them there, and import the file again.')}"
    )
