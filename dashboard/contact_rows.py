"""How a question or another contact reads in a list: since when it waits, who asked, who answers."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import deeds, rows, say
from dashboard.look import plain, quiet
from dashboard.shapes.contacts import ContactRow
from dashboard.visit import Visit
from words import format

_SIGNS: Final = {
    "late": ("history", "gray"),
    "answered": ("check", "gray"),
    "unanswered": ("mark_email_unread", "orange"),
}


def contact(
    row: ContactRow, here: Visit, *, by_deadline: bool, can_do: bool = False, told: rows.Told = rows.NOTHING_TOLD
) -> None:
    """One line of the list; its words lead to the customer's account. `by_deadline` is how the list is ordered.

    `can_do`: with the buttons for what can be done about it. `told`: what somebody was told about it.
    """
    with st.container(key=f"row_{row.id}"):
        when, what, buttons = rows.columns(can_do, lead=1.25)
        first, second = _deadline(row, here) if by_deadline else (here.moment(row.at, short=True), _then(row, here))
        when.markdown(f"**{first}**  \n{quiet(second)}")
        with what.container(gap=None):
            rows.to_account(row.customer, f"**{plain(row.name)}** · {_what(row, here)}", here)
            parts = (badge(row, here), chased(row, here), quiet(_about(row, here)))
            second = "\u2002".join(part for part in parts if part)
            st.markdown("  \n".join(part for part in (second, *told.lines) if part))
        if buttons is not None:
            with rows.actions(buttons):
                deeds.question(row, here, row.id, alerts=told.alerts)


def waits(row: ContactRow, here: Visit) -> str:
    """For how long a customer has waited, as a word or two for a card."""
    return format.how_long((here.now - row.at).total_seconds(), here.reader.lang)


def is_late(row: ContactRow, here: Visit) -> bool:
    """Whether the time for an answer has passed and nobody has answered."""
    return row.state == "open" and row.target is not None and row.target <= here.now


def _deadline(row: ContactRow, here: Visit) -> tuple[str, str]:
    """Until when the customer may expect an answer, or for how long they have waited in vain."""
    t = here.t
    if row.target is None:
        return t("no deadline"), t("the clock stands still")
    if row.target > here.now:
        until = t("by {moment}").format(moment=here.moment(row.target, short=True))
        return until, t("asked {moment}").format(moment=here.moment(row.at, short=True))
    return waits(row, here), t("answer was due {moment}").format(moment=here.moment(row.target, short=True))


def _then(row: ContactRow, here: Visit) -> str:
    """What became of it."""
    t = here.t
    if row.answered_seconds is not None:
        return t("answered after {time}").format(time=say.business_time(row.answered_seconds, t))
    if row.state == "open" and row.target is not None and not is_late(row, here):
        return t("answer by {moment}").format(moment=here.moment(row.target, short=True))
    if row.state in ("open", "unanswered"):
        return t("waiting {days}").format(days=waits(row, here))
    return t("the customer told us") if row.inbound else t("we approached them")


def _what(row: ContactRow, here: Visit) -> str:
    if row.about:
        return plain(row.about)
    if row.inbound:
        return here.t("a question") if row.state else here.t("a message")
    return say.word(say.PURPOSES, row.purpose or "other", here.t)


def badge(row: ContactRow, here: Visit) -> str:
    """The state as Markdown, with sign and words; none for what still has time."""
    t = here.t
    if is_late(row, here):
        return f":orange-badge[:material/schedule: {t('answer is late')}]"
    words = {
        "late": t("answered late"),
        "answered": t("answered in time"),
        "unanswered": t("never answered"),
    }
    if row.state not in words:
        return ""
    icon, colour = _SIGNS[row.state]
    return f":{colour}-badge[:material/{icon}: {words[row.state]}]"


def chased(row: ContactRow, here: Visit) -> str:
    """That the customer had to ask again, and how often; empty where not."""
    if not row.chased:
        return ""
    words = here.t.ngettext("asked again once", "asked again {n} times", row.chased).format(n=row.chased)
    return f":orange-badge[:material/repeat: {words}]"


def _about(row: ContactRow, here: Visit) -> str:
    t = here.t
    parts = [say.word(say.CHANNELS, row.channel, t)] if row.channel else []
    if not row.inbound and row.about:
        parts.append(say.word(say.PURPOSES, row.purpose or "other", t))
    if row.owner:
        parts.append(plain(row.owner))
    elif row.state:
        parts.append(t("nobody answers for it yet"))
    return " · ".join(parts)
