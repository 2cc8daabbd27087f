"""One person's morning: what to take note of, what is due, who waits for an answer, and what we wait for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import address, alert_rows, beside, capture, charts, contact_rows, data, look, places, putting_off, rows
from dashboard.filters import ALL
from dashboard.look import plain, quiet
from dashboard.shapes.alerts import Matter
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.morning import Few, Morning
from dashboard.shapes.promises import PromiseRow
from dashboard.visit import Visit, visit
from words import format

_REFUSED: Final = "morning_refused"


def page() -> None:
    """The page."""
    here = visit()
    asked = st.query_params.get("owner", ALL)
    seen = data.ask().morning(here.reader, asked or None)
    _head(seen, here)
    refused: Refusal | None = st.session_state.pop(_REFUSED, None)
    if refused:
        look.refused(refused.sentences)
    if seen.may_record and seen.begun:
        capture.line(here, asked or None)
    if seen.is_free:
        with look.card("free"):
            _free(seen, here)
        return
    if seen.day:
        _day(seen, here)
    wide, narrow = st.columns([2.6, 1], gap="small")
    with wide:
        _to_do(seen, here)
    with narrow:
        beside.cards(seen, here)


def _head(seen: Morning, here: Visit) -> None:
    t = here.t
    whose = plain(seen.owner) if seen.owner else t("everybody")
    with look.head(t("My morning"), f"{format.day_long(here.today, here.reader.lang)} · {whose}"):
        if seen.people:
            options = [ALL, *seen.people]
            if seen.owner and seen.owner not in options:
                options.append(seen.owner)
            address.select(t("Whose?"), "owner", options, ALL, lambda name: name or t("Everybody's morning"))


def _free(seen: Morning, here: Visit) -> None:
    t = here.t
    if not seen.begun:
        look.nothing_yet(
            t("Nothing has been recorded yet."),
            t("Bring yours with `konto import FILE`, or look around with `konto demo`."),
        )
    else:
        look.nothing_yet(
            t("Nothing waits for you."),
            t("A good moment to call somebody who has not heard of you for a while: “Accounts” shows whom."),
        )


def _day(seen: Morning, here: Visit) -> None:
    """A picture on a wide screen, one sentence on a phone."""
    t = here.t
    with look.card("day"):
        st.markdown(f"**{t('What does today bring?')}**\u2002{_in_a_sentence(seen, here)}")
        with st.container(key="wide_day"):
            look.show(charts.day(seen.day, here.now, here.reader.zone, here.style))
            look.foot(t("● due\u2003◆ last moment for notice\u2003line: now"))


def _in_a_sentence(seen: Morning, here: Visit) -> str:
    t = here.t
    ahead = {
        kind: [mark for mark in seen.day if mark.kind == kind and mark.at > here.now] for kind in ("due", "notice")
    }
    parts = []
    if due := ahead["due"]:
        text = t.ngettext("{n} promise falls due, at {time}.", "{n} promises fall due, the first at {time}.", len(due))
        parts.append(text.format(n=len(due), time=here.clock(due[0].at)))
    if notice := ahead["notice"]:
        text = t.ngettext(
            "Notice about {n} more is in time until {time}.",
            "Notice about {n} more is in time, the first until {time}.",
            len(notice),
        )
        parts.append(text.format(n=len(notice), time=here.clock(notice[0].at)))
    return " ".join(parts) or t("Nothing more that has an hour.")


def _to_do(seen: Morning, here: Visit) -> None:
    t, owner = here.t, seen.owner
    if seen.last_call.total:
        with look.card("last_call"):
            hint = t("notice is in time for a few hours more")
            look.title(t("Last call"), hint, icon="notifications_active", count=seen.last_call.total)
            _promises(seen.last_call, "last_call", seen, here, urgent=True, implied=("last_call", "due_soon"))
            beside.all_of(seen.last_call, places.promises, {"owner": owner, "state": "notice"}, here)
    with look.card("today"):
        look.title(t("Due today"), icon="today", count=seen.today.total or None)
        _promises(seen.today, "today", seen, here, implied=("due_soon",))
        if not seen.today.rows:
            st.markdown(quiet(t("Nothing is due today.")))
        beside.all_of(seen.today, places.promises, {"owner": owner}, here)
    if seen.overdue.total:
        with look.card("overdue"):
            look.title(t("Overdue"), t("the longest first"), icon="schedule", count=seen.overdue.total)
            _promises(seen.overdue, "overdue", seen, here, implied=("overdue", "last_call", "due_soon"))
            beside.all_of(seen.overdue, places.promises, {"owner": owner, "state": "overdue"}, here)
    if seen.at_risk.total:
        with look.card("at_risk"):
            look.title(t("At risk"), t("notice is still in time"), icon="trending_down", count=seen.at_risk.total)
            _promises(seen.at_risk, "at_risk", seen, here, implied=("at_risk", "due_soon"))
            beside.all_of(seen.at_risk, places.promises, {"owner": owner}, here)
    if seen.questions.total:
        with look.card("questions"):
            look.title(t("Waiting for an answer"), icon="mark_email_unread", count=seen.questions.total)
            for row in seen.questions.rows:
                told = alert_rows.told(seen, row.id, here, implied=("unanswered", "chased"))
                contact_rows.contact(row, here, by_deadline=True, can_do=seen.may_record, told=told)
            beside.all_of(seen.questions, places.contacts, {"owner": owner}, here)
    if seen.alerts.total or seen.put_off.total:
        with look.card("alerts"):
            _alerts(seen, here)


def _promises(
    found: Few[PromiseRow],
    within: str,
    seen: Morning,
    here: Visit,
    *,
    urgent: bool = False,
    implied: Sequence[str] = (),
) -> None:
    for row in found.rows:
        told = alert_rows.told(seen, row.id, here, implied=implied)
        rows.promise(row, here, within=f"{within}_", can_do=seen.may_record, urgent=urgent, told=told)


# -- alerts ---------------------------------------------------------------------------------------


def _alerts(seen: Morning, here: Visit) -> None:
    t = here.t
    look.title(t("What else you were told"), icon="notifications", count=seen.alerts.total or None)
    if not seen.alerts.rows:
        st.markdown(quiet(t("You have taken note of everything.")))
    for number, each in enumerate(seen.alerts.rows):
        _alert(each, f"alert_{number}", seen, here)
    beside.all_of(seen.alerts, places.deliveries, {"owner": seen.owner, "state": "unseen"}, here)
    for number, each in enumerate(seen.put_off.rows):
        _alert(each, f"put_off_{number}", seen, here)
    hidden = seen.put_off.total - len(seen.put_off.rows)
    if hidden > 0:
        look.foot(t("{n} more are put off.").format(n=format.number(hidden, here.reader.lang)))


def _alert(each: Matter, key: str, seen: Morning, here: Visit) -> None:
    with st.container(key=f"row_{key}"):
        when, what, buttons = st.columns([1.36, 2.5, 2.14], gap="small")
        when.markdown(alert_rows.when(each, here))
        with what.container(gap=None):
            alert_rows.link(each.told, here)
            marks = alert_rows.marks(each, here, names=seen.owner is None)
            st.markdown("  \n".join(part for part in (plain(each.told.text), marks) if part))
        if seen.may_answer:
            with buttons.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
                _answers(each, key, here)


def _answers(each: Matter, key: str, here: Visit) -> None:
    t = here.t
    st.button(
        t("Got it"),
        key=f"note_{key}",
        help=t("You take care of it; nobody else is told."),
        on_click=_note,
        args=(each.alerts, here.reader),
    )
    if each.put_off_until is None:
        putting_off.choose(key, each.alerts, here, _put_off)


def _note(alerts: Sequence[str], reader: Reader) -> None:
    st.session_state[_REFUSED] = data.ask().take_note(reader, alerts)


def _put_off(alerts: Sequence[str], wanted: putting_off.Wanted, reader: Reader) -> None:
    st.session_state[_REFUSED] = data.ask().put_off(reader, alerts, wanted.until, wanted.reason)
