"""The forms of deeds: what must be said of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

import streamlit as st

from dashboard import deed_fields, look
from dashboard.deed_fields import Said
from dashboard.deed_words import CAUSES
from dashboard.deeds import Opened
from dashboard.look import quiet
from dashboard.visit import Visit
from words import N_

_FACE_TO_FACE: Final = ("in_person", "video")
_AHEAD: Final = timedelta(days=730)
_EXACTLY, _BETTER, _PARTLY = "exactly", "better", "partly"
_DEGREES: Final = {
    _EXACTLY: N_("As promised"),
    _BETTER: N_("Better than promised"),
    _PARTLY: N_("Partly"),
}
_BETTER_DEGREE: Final = 1.25
Form = Callable[[Opened, Visit], tuple[Said | str, datetime | None]]
"""What was said, or what is missing; and when it was done."""


def _fulfil(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    t, says = here.t, Said()
    if opened.subject.is_price:
        charged = st.number_input(
            t("Charged in all"),
            min_value=0.0,
            value=None,
            step=10.0,
            key=deed_fields.key(opened, "amount"),
            format="%.2f",
        )
        says["amount"] = charged
    else:
        degree = deed_fields.one(t("How far?"), opened, "degree", _DEGREES, here)
        if degree == _BETTER:
            says["degree"] = _BETTER_DEGREE
        if degree == _PARTLY:
            share = st.slider(t("How much of it, in percent?"), 0, 95, 50, 5, key=deed_fields.key(opened, "share"))
            says["degree"] = share / 100
            look.foot(t("What remains is a promise of its own: please note it, too."))
    at = deed_fields.when(t("When was it done?"), opened, here)
    says["evidence"] = st.text_input(
        t("Evidence: a link or the name of a file (may stay empty)"),
        key=deed_fields.key(opened, "evidence"),
        max_chars=500,
    ).strip()
    if opened.subject.is_price and says["amount"] is None:
        return t("Please say how much was charged."), at
    return says, at


def _move(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    t = here.t
    day, hour = st.columns(2, gap="small")
    on = day.date_input(
        t("New date"),
        value=_proposed(opened, here),
        min_value=here.today,
        max_value=here.today + _AHEAD,
        key=deed_fields.key(opened, "due"),
        format=deed_fields.dates(here),
    )
    clock = hour.time_input(t("By (may stay empty)"), value=None, key=deed_fields.key(opened, "by"))
    asked_by = deed_fields.one(
        t("Who asked for it?"), opened, "asked_by", {"us": N_("We did"), "customer": N_("The customer")}, here
    )
    at = deed_fields.when(t("When did the customer hear of it?"), opened, here)
    _notice(opened, at or here.now, asked_by, here)
    alternative = deed_fields.text(t("What did you offer instead? (keeps trust)"), opened, "alternative")
    reason = deed_fields.text(t("Why? (may stay empty)"), opened, "reason")
    agreed = st.checkbox(t("The customer has agreed"), value=True, key=deed_fields.key(opened, "agreed"))
    due: date | datetime = on if clock is None else datetime.combine(on, clock, tzinfo=here.reader.zone)
    return {"due": due, "reason": reason, "alternative": alternative, "asked_by": asked_by, "agreed": agreed}, at


def _proposed(opened: Opened, here: Visit) -> date:
    """The next working day after the date that stands."""
    due = opened.subject.due
    last = max(here.today, due.astimezone(here.reader.zone).date()) if due else here.today
    following = last + timedelta(days=1)
    return following + timedelta(days=(7 - following.weekday()) % 7 if following.weekday() >= 5 else 0)


def _notice(opened: Opened, told: datetime, asked_by: str, here: Visit) -> None:
    """Whether that is still in time, before anything is recorded."""
    t, until = here.t, opened.subject.notice_until
    if asked_by == "customer":
        st.markdown(f":green[:material/check:] {t('In time: a move at the wish of the customer costs no trust.')}")
    elif opened.subject.due is None:
        st.markdown(quiet(t("Without a date notice is always in time.")))
    elif until is not None and told <= until:
        moment = here.moment(until)
        st.markdown(
            f":green[:material/check:] {t('In time: notice was possible until {moment}.').format(moment=moment)}"
        )
    else:
        st.markdown(
            f":orange[:material/schedule:] "
            f"{t('Too late to cost nothing. Telling the customer now is still better than silence.')}"
        )


def _take_back(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    t = here.t
    look.foot(t("An open word keeps more trust than silence; reason and alternative keep most of it."))
    reason = deed_fields.text(t("Why?"), opened, "reason")
    alternative = deed_fields.text(t("What did you offer instead?"), opened, "alternative")
    at = deed_fields.when(t("When did the customer hear of it?"), opened, here)
    _notice(opened, at or here.now, "us", here)
    return {"reason": reason, "alternative": alternative}, at


def _because(words: str) -> Form:
    def form(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
        reason = deed_fields.text(here.t.gettext(words), opened, "reason")
        return {"reason": reason}, deed_fields.when(here.t("Since when?"), opened, here)

    return form


def _plan_b(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    text = deed_fields.text(
        here.t("What will you do if it cannot be kept?"), opened, "plan_b", opened.subject.plan_b or ""
    )
    return ({"plan_b": text} if text else here.t("Please write down what the plan is.")), None


def _pause(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    cause = deed_fields.one(here.t("Why?"), opened, "cause", CAUSES, here)
    look.foot(here.t("Only waiting for the customer stops our clock."))
    return {"cause": cause}, deed_fields.when(here.t("Since when?"), opened, here)


def _contact(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    channel = deed_fields.channel(opened, here)
    who = deed_fields.who(opened, here)
    return {"by": who, "channel": channel}, deed_fields.when(here.t("When?"), opened, here)


def _talk(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    look.foot(here.t("Mail and phone seldom restore trust: only face to face counts here."))
    channel = deed_fields.channel(opened, here, _FACE_TO_FACE)
    who = deed_fields.who(opened, here)
    return {"by": who, "channel": channel}, deed_fields.when(here.t("When?"), opened, here)


def _chance(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    t = here.t
    offer = st.text_input(t("With which offer?"), key=deed_fields.key(opened, "offer"), max_chars=500).strip()
    amount = st.number_input(
        t("Worth in money (may stay empty)"),
        min_value=0.0,
        value=None,
        step=10.0,
        key=deed_fields.key(opened, "amount"),
    )
    says, at = _contact(opened, here)
    assert isinstance(says, dict)
    return {**says, "offer": offer, "amount": amount}, at


def _answer_offer(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    options = {"yes": N_("The customer accepted"), "no": N_("The customer declined")}
    accepted = deed_fields.one(here.t("What came of the offer?"), opened, "accepted", options, here) == "yes"
    return {"accepted": accepted}, deed_fields.when(here.t("When?"), opened, here)


FORMS: Final[dict[str, Form]] = {
    "fulfil": _fulfil,
    "move": _move,
    "take_back": _take_back,
    "give_up": _because(N_("Why will it not be kept?")),
    "release": _because(N_("Why does the customer no longer need it? (may stay empty)")),
    "plan_b": _plan_b,
    "pause": _pause,
    "answer": _contact,
    "follow_up": _contact,
    "check_in": _contact,
    "explain": _contact,
    "apologise": _contact,
    "ask_chance": _chance,
    "offer": _chance,
    "answer_offer": _answer_offer,
    "talk": _talk,
    "resolve": _because(N_("How was it put right? (may stay empty)")),
    "close": _because(N_("Why is nothing more to be done?")),
}
