"""How a promise reads in a list: when it is due, how it stands, whose it is."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import deeds, places, say
from dashboard.look import plain, quiet
from dashboard.shapes.promises import PromiseRow
from dashboard.visit import Visit
from words import format

_SIGNS: Final = {
    "overdue": ("schedule", "orange"),
    "tight": ("hourglass_bottom", "orange"),
    "notice": ("notifications_active", "yellow"),
    "soon": ("event_upcoming", "gray"),
    "waiting": ("pause_circle", "blue"),
}


WITH_BUTTONS: Final = (1.55, 3.25, 3)


class Told(NamedTuple):
    """What somebody was told about a row: lines for it, and the alerts that can be taken note of."""

    lines: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()


NOTHING_TOLD: Final = Told()


def promise(
    row: PromiseRow,
    here: Visit,
    *,
    within: str = "",
    can_do: bool = False,
    urgent: bool = False,
    told: Told = NOTHING_TOLD,
) -> None:
    """One line of a list of open promises; its words lead to its page. `within`: the list's name.

    `can_do`: with the buttons for what can be done about it. `told`: what somebody was told about it.
    """
    key = f"{within}{row.id}"
    with st.container(key=f"row_{key}"):
        when, what, buttons = columns(can_do)
        when.markdown(f"**{due(row, here)}**  \n{quiet(moment(row, here))}")
        with what.container(gap=None):
            names(row.customer, row.name, row.what, row.own, here)
            second = "\u2002".join(part for part in (badge(row, here), quiet(about(row, here))) if part)
            st.markdown("  \n".join(part for part in (second, *why(row, here), *told.lines) if part))
        if buttons is not None:
            with actions(buttons):
                deeds.promise(row, here, key, urgent=urgent, alerts=told.alerts)


def columns(can_do: bool, lead: float = 1) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator | None]:
    """When, what, and where there are any the buttons."""
    if can_do:
        when, what, buttons = st.columns(WITH_BUTTONS, gap="small")
        return when, what, buttons
    when, what = st.columns([lead, 3.4], gap="small", vertical_alignment="center")
    return when, what, None


def actions(buttons: DeltaGenerator) -> DeltaGenerator:
    """The place for a row's buttons, at the right edge."""
    return buttons.container(horizontal=True, horizontal_alignment="right", gap="xsmall", vertical_alignment="center")


def names(customer: str, name: str, what: str, own: str, here: Visit) -> None:
    """Whose and what: the name leads to the account, the thing to the page of the promise."""
    if not own:
        to_account(customer, f"**{plain(name)}** · {plain(what)}", here)
        return
    with st.container(horizontal=True, gap=None):
        # The point stays with the name where the thing stands on a line of its own.
        to_account(customer, f"**{plain(name)}** ·{format.NO_BREAK_SPACE}", here)
        to_promise(own, plain(what), here)


def to_promise(own: str, label: str, here: Visit) -> None:
    """Words that lead to the page of a promise, named `source:id`."""
    st.page_link(places.promise(here.t), label=label, icon="", query_params={"promise": own})


def why(row: PromiseRow, here: Visit) -> list[str]:
    """What the estimate of a promise at risk rests on, and the plan for that case."""
    said = [quiet(plain(row.rests_on))] if row.rests_on else []
    if row.plan_b_text:
        said.append(f":material/alt_route: {here.t('Plan B: {text}').format(text=plain(row.plan_b_text))}")
    return said


def to_account(customer: str, label: str, here: Visit) -> None:
    """Words that lead to a customer's account."""
    places.link(places.account, here.may, here.t, label, {"customer": customer})


def to_timeline(customer: str, label: str, here: Visit) -> None:
    """Words that lead to a customer's timeline."""
    places.link(places.timeline, here.may, here.t, label, {"customer": customer})


def due(row: PromiseRow, here: Visit) -> str:
    """By when it was promised, as one says it today."""
    if row.due is None:
        return here.t("no date")
    return here.moment(row.due, short=True)


def moment(row: PromiseRow, here: Visit) -> str:
    """The moment that counts next: until when notice is in time, or since when it is overdue."""
    t, lang = here.t, here.reader.lang
    if row.state == "overdue" and row.due is not None:
        return format.how_long((here.now - row.due).total_seconds(), lang)
    if row.state == "waiting":
        return t("the clock stands still")
    if row.state == "tight":
        return t("too late for notice")
    if row.notice_until is not None:
        until = _short_of(row.notice_until, row.due, here)
        return t("notice by {moment}").format(moment=until)
    return ""


def _short_of(at: datetime, due: datetime | None, here: Visit) -> str:
    """The day goes without saying where it is that of the due above it."""
    local = at.astimezone(here.reader.zone)
    if due is not None and due.astimezone(here.reader.zone).date() == local.date():
        return here.clock(at)
    return here.moment(at, short=True)


def badge(row: PromiseRow, here: Visit) -> str:
    """The state as Markdown, with sign and words; none for what is far off."""
    t = here.t
    words = {
        "overdue": t("overdue"),
        "tight": t("getting tight"),
        "notice": t("give notice now"),
        "soon": t("due soon"),
        "waiting": t("waits for the customer"),
    }
    if row.works_out is not None and row.state != "notice":
        return f":yellow-badge[:material/trending_down: {t('getting tight')}: {at_risk(row, here)}]"
    return _badge(row, words[row.state]) if row.state in words else ""


def at_risk(row: PromiseRow, here: Visit) -> str:
    """How probable it is that a promise at risk is kept, and whether there is something else to offer."""
    t = here.t
    if row.works_out is None:
        return ""
    text = t("works out {n} times").format(n=format.of_ten(row.works_out, t.lang))
    return text if row.plan_b else f"{text}, {t('no plan B')}"


def standing(row: PromiseRow, here: Visit) -> str:
    """State and moment in one, where there is no column for the moment."""
    said = moment(row, here)
    if row.state in ("overdue", "notice"):
        words = here.t("overdue {since}").format(since=said) if row.state == "overdue" else said
        return "\u2002".join(part for part in (_badge(row, words), quiet(at_risk(row, here))) if part)
    return badge(row, here) or quiet(said)


def _badge(row: PromiseRow, words: str) -> str:
    icon, colour = _SIGNS[row.state]
    return f":{colour}-badge[:material/{icon}: {words}]"


def about(row: PromiseRow, here: Visit) -> str:
    """What kind it is, who answers for it, how often it was moved, and from when it is due soon."""
    t = here.t
    risk = [at_risk(row, here)] if row.works_out is not None and row.state == "notice" else []
    parts = [*risk, say.word(say.KINDS, row.kind, t), plain(row.owner) if row.owner else t("nobody answers for it yet")]
    if row.moved:
        parts.append(t.ngettext("moved once", "moved {n} times", row.moved).format(n=row.moved))
    if row.state == "open" and row.soon_from is not None:
        day = row.soon_from.astimezone(here.reader.zone).date()
        parts.append(
            t("due soon from {day}").format(day=format.day_in_words(day, here.today, here.reader.lang, short=True))
        )
    return " · ".join(parts)
