"""What became of every alert: to whom it went, by which way and when, and what did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

import streamlit as st

from dashboard import address, alert_rows, data, filters, look, say
from dashboard.filters import ALL
from dashboard.look import plain, quiet
from dashboard.shapes.asking import PAGE_SIZE, Reader, Refusal
from dashboard.shapes.deliveries import DeliveriesAsked, DeliveriesPage, DeliveryFilter, DeliveryRow, PausedChannel
from dashboard.visit import Visit, visit
from words import format

_STATES: Final[tuple[DeliveryFilter, ...]] = get_args(DeliveryFilter)
_REFUSED: Final = "deliveries_refused"
_UNSEEN: Final = ("waiting", "failed", "delivered", "undeliverable")


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    everything = data.ask().deliveries(here.reader, DeliveriesAsked())
    look.head(t("Deliveries"), t("What became of every alert, and whether messages arrive"))
    if isinstance(everything, Refusal):
        with look.card("refused"):
            look.refused(everything.sentences)
        return
    refused: Refusal | None = st.session_state.pop(_REFUSED, None)
    if refused:
        look.refused(refused.sentences)
    if everything.paused:
        with look.card("paused"):
            for number, channel in enumerate(everything.paused):
                _paused(channel, number, here)
    if not everything.total:
        with look.card("empty"):
            look.nothing_yet(t("No alert was raised yet."), t("`konto tick` shows what would be raised now."))
        return
    with look.card("figures"):
        _figures(everything, here)
    _list(everything, here)


def _paused(channel: PausedChannel, number: int, here: Visit) -> None:
    """Why nothing leaves this way, since when, and when it is tried again."""
    t = here.t
    name = t.gettext(say.CHANNEL_NAMES.get(channel.channel, channel.channel))
    since, reason = alert_rows.moment(channel.since, here), say.reason(channel.reason, t)
    again = t("It is tried again only when you ask for it.")
    if channel.again is not None:
        again = t("It is tried again {moment} by itself.").format(moment=alert_rows.moment(channel.again, here))
    with st.container(key=f"row_paused_{number}"):
        words, button = st.columns([3.4, 1], gap="small", vertical_alignment="center")
        head = t("{channel}: nothing has left since {moment}").format(channel=plain(name), moment=since)
        words.markdown(
            f":orange[:material/pause_circle: **{head}**]  \n{plain(reason[:1].upper() + reason[1:])}. {again}"
        )
        with button.container(horizontal=True, horizontal_alignment="right"):
            args = (channel.channel, here.reader)
            st.button(t("Try again"), key=f"try_{channel.channel}", icon=":material/refresh:", on_click=_try, args=args)


# -- figures --------------------------------------------------------------------------------------


def _figures(found: DeliveriesPage, here: Visit) -> None:
    t, lang, seen = here.t, here.reader.lang, found.figures
    since = ""
    if seen.waiting_since is not None:
        since = t("the first since {moment}").format(moment=alert_rows.moment(seen.waiting_since, here))
    counted = (
        (t("Raised in 7 days"), seen.raised, ""),
        (t("Delivered in 7 days"), seen.delivered, ""),
        (t("Ready to leave"), seen.waiting, since),
        (t("Not deliverable"), seen.undeliverable, ""),
    )
    with st.container(horizontal=True, gap="large"):
        for label, number, below in counted:
            lines = (f":small[{quiet(label)}]", f"**{format.number(number, lang)}**\u2002{quiet(below)}")
            st.markdown("  \n".join(lines), width="content")


# -- list -----------------------------------------------------------------------------------------


def _list(everything: DeliveriesPage, here: Visit) -> None:
    t = here.t
    asked = DeliveriesAsked(
        state=address.asked("state", _STATES, "all"),
        rule=address.asked("rule", (ALL, *everything.rules), ALL) or None,
        person=address.asked("owner", (ALL, *everything.people), ALL) or None,
    )
    found = everything if asked == DeliveriesAsked() else data.ask().deliveries(here.reader, asked)
    assert not isinstance(found, Refusal)
    pages = max(1, -(-found.total // PAGE_SIZE))
    number = address.page_number("page", pages)
    if number > 1:
        found = data.ask().deliveries(here.reader, asked, number)
        assert not isinstance(found, Refusal)
    states = filters.States(_STATES, "all", lambda name: say.word(say.DELIVERY_STATES, name, t), found.counts)
    reasons = filters.Choice(
        t("Reason"), "rule", everything.rules, lambda name: say.word(say.ALERTS, name, t), t("Every reason")
    )
    filters.row(here, states, everything.people, reasons)
    with look.card("deliveries"):
        _again_for_all(found, here)
        for place, row in enumerate(found.rows):
            with st.container(key=f"row_delivery_{place}"):
                _row(row, place, found, here)
        if not found.rows:
            look.nothing_yet(t("No alert fits."), t("Choose “All alerts”, or another person or reason."))
        address.turn_pages("page", pages)
        if found.rows:
            look.foot(_foot(found, here))


def _again_for_all(found: DeliveriesPage, here: Visit) -> None:
    lost = [row.alert for row in found.rows if row.state == "undeliverable"]
    if len(lost) < 2 or not found.may_send:
        return
    with st.container(horizontal=True, horizontal_alignment="right"):
        words = here.t("Send all {n} shown once more").format(n=format.number(len(lost), here.reader.lang))
        st.button(words, key="again_all", icon=":material/send:", on_click=_again, args=(lost, here.reader))


def _row(row: DeliveryRow, place: int, found: DeliveriesPage, here: Visit) -> None:
    t = here.t
    when, what, buttons = st.columns([1.15, 3.7, 1.45], gap="small")
    rule = say.word(say.ALERTS, row.told.rule, t)
    when.markdown(f"**{alert_rows.moment(row.raised, here)}**  \n{quiet(rule)}")
    with what.container(gap=None):
        alert_rows.link(row.told, here)
        to = plain(row.to) if row.to else t("nobody can be reached")
        badge = look.delivery(row.state, say.word(say.DELIVERIES, row.state, t))
        st.markdown(f"{t('to {name}').format(name=to) if row.to else to}\u2002{badge}  \n{quiet(_fate(row, here))}")
    with buttons.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        if row.state == "undeliverable" and found.may_send:
            st.button(t("Send once more"), key=f"again_{place}", on_click=_again, args=([row.alert], here.reader))
        if row.state in _UNSEEN and found.may_answer:
            st.button(t("Got it"), key=f"note_{place}", type="tertiary", on_click=_note, args=(row.alert, here.reader))


def _fate(row: DeliveryRow, here: Visit) -> str:
    """What happened to it, in order."""
    t = here.t

    def at(text: str, moment: object, **names: str) -> str:
        return text.format(moment=alert_rows.moment(moment, here), **names)  # type: ignore[arg-type]

    parts = [t("raised late") if row.late else "", t("passed on") if row.escalated else ""]
    if row.delivered is not None:
        way = plain(say.way(row.channel or "", t))
        parts.append(at(t("arrived {way} {moment}"), row.delivered, way=way))
    if row.reason:
        parts.append(plain(say.reason(row.reason, t)))
        tries = t.ngettext("tried once", "tried {n} times", row.attempts).format(n=row.attempts)
        parts.append(tries if row.attempts else "")
    if row.passed_on_to:
        parts.append(t("also told: {name}").format(name=plain(row.passed_on_to)))
    if row.seen_at is not None and row.seen_by:
        # The badge beside it says already what was done.
        text = t("by {name} {moment}") if row.state == "acknowledged" else t("{name} took note {moment}")
        parts.append(at(text, row.seen_at, name=_who(row.seen_by, here)))
    if row.put_off_until is not None:
        parts.append(at(t("put off until {moment}"), row.put_off_until))
    return " · ".join(part for part in parts if part)


def _who(name: str, here: Visit) -> str:
    return here.t("somebody at this machine") if name == "local" else plain(name)


def _foot(found: DeliveriesPage, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    shown = t("{n} of {total}, the newest first. As of {moment}.")
    at = here.moment(here.now)
    return shown.format(n=format.number(len(found.rows), lang), total=format.number(found.total, lang), moment=at)


# -- doing ----------------------------------------------------------------------------------------


def _again(alerts: Sequence[str], reader: Reader) -> None:
    st.session_state[_REFUSED] = data.ask().send_again(reader, alerts)


def _note(alert: str, reader: Reader) -> None:
    st.session_state[_REFUSED] = data.ask().take_note(reader, [alert])


def _try(channel: str, reader: Reader) -> None:
    st.session_state[_REFUSED] = data.ask().try_channel(reader, channel)
