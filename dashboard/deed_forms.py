"""The forms of deeds: what must be said, each in a window of its own over the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import streamlit as st

from dashboard import data, deeds, look, putting_off
from dashboard.deed_words import CAUSES, TITLES
from dashboard.deeds import OPEN, Opened
from dashboard.look import quiet
from dashboard.shapes.deeds import Doing
from dashboard.visit import Visit
from words import N_

Said = dict[str, Any]
_LONGEST: Final = 2000
_CHANNELS: Final = ("phone", "email", "in_person", "video", "chat", "letter", "portal", "other")
_FACE_TO_FACE: Final = ("in_person", "video")
_BACK: Final = timedelta(days=365)
_AHEAD: Final = timedelta(days=730)
_EXACTLY, _BETTER, _PARTLY = "exactly", "better", "partly"
_DEGREES: Final = {
    _EXACTLY: N_("As promised"),
    _BETTER: N_("Better than promised"),
    _PARTLY: N_("Partly"),
}
_BETTER_DEGREE: Final = 1.25


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
    says, at = _FORMS[opened.name](opened, here)
    with st.container(horizontal=True, gap="small"):
        yes = st.button(t("Record it"), key=_key(opened, "yes"), type="primary")
        if st.button(t("Cancel"), key=_key(opened, "no"), type="tertiary"):
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


# -- fields -----------------------------------------------------------------------------------------


def _key(opened: Opened, field: str) -> str:
    """Of its own for each opening, so that nothing of the last one stands in it."""
    return f"form_{field}_{opened.id}"


def _text(label: str, opened: Opened, field: str, value: str = "") -> str:
    return st.text_area(label, value=value, key=_key(opened, field), max_chars=_LONGEST, height=72).strip()


def _one(label: str, opened: Opened, field: str, options: Mapping[str, str], here: Visit) -> str:
    names = list(options)
    found = st.segmented_control(
        label,
        names,
        default=names[0],
        required=True,
        key=_key(opened, field),
        format_func=lambda name: here.t.gettext(options[name]),
        wrap=True,
    )
    return str(found or names[0])


def _when(label: str, opened: Opened, here: Visit) -> datetime | None:
    """None = just now."""
    if _one(label, opened, "when", {"now": N_("Just now"), "earlier": N_("Earlier")}, here) == "now":
        return None
    day, hour = st.columns(2, gap="small")
    local = here.now.astimezone(here.reader.zone)
    on = day.date_input(
        here.t("Day"),
        value=here.today,
        min_value=here.today - _BACK,
        max_value=here.today,
        key=_key(opened, "day"),
        format=_dates(here),
    )
    at = hour.time_input(here.t("Time"), value=local.time().replace(second=0, microsecond=0), key=_key(opened, "hour"))
    return datetime.combine(on, at, tzinfo=here.reader.zone)


def _dates(here: Visit) -> str:
    return "DD.MM.YYYY" if here.reader.lang == "de" else "DD/MM/YYYY"


def _channel(opened: Opened, here: Visit, options: tuple[str, ...] = _CHANNELS) -> str:
    return str(
        st.selectbox(
            here.t("How?"),
            options,
            key=_key(opened, "channel"),
            format_func=lambda name: deeds.channel(name, here.t),
        )
    )


def _who(opened: Opened, here: Visit) -> str | None:
    names = [name for name in (opened.subject.owner, data.ask().firm(here.reader).reader) if name]
    found = st.selectbox(
        here.t("Who?"),
        list(dict.fromkeys(names)),
        index=0 if names else None,
        key=_key(opened, "who"),
        placeholder=here.t("Name"),
        accept_new_options=True,
    )
    return str(found) if found else None


# -- one form a deed --------------------------------------------------------------------------------

Form = Callable[[Opened, Visit], tuple[Said | str, datetime | None]]
"""What was said, or what is missing; and when it was done."""


def _fulfil(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    t, says = here.t, Said()
    if opened.subject.is_price:
        charged = st.number_input(
            t("Charged in all"), min_value=0.0, value=None, step=10.0, key=_key(opened, "amount"), format="%.2f"
        )
        says["amount"] = charged
    else:
        degree = _one(t("How far?"), opened, "degree", _DEGREES, here)
        if degree == _BETTER:
            says["degree"] = _BETTER_DEGREE
        if degree == _PARTLY:
            share = st.slider(t("How much of it, in percent?"), 0, 95, 50, 5, key=_key(opened, "share"))
            says["degree"] = share / 100
            look.foot(t("What remains is a promise of its own: please note it, too."))
    at = _when(t("When was it done?"), opened, here)
    says["evidence"] = st.text_input(
        t("Evidence: a link or the name of a file (may stay empty)"), key=_key(opened, "evidence"), max_chars=500
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
        key=_key(opened, "due"),
        format=_dates(here),
    )
    clock = hour.time_input(t("By (may stay empty)"), value=None, key=_key(opened, "by"))
    asked_by = _one(
        t("Who asked for it?"), opened, "asked_by", {"us": N_("We did"), "customer": N_("The customer")}, here
    )
    at = _when(t("When did the customer hear of it?"), opened, here)
    _notice(opened, at or here.now, asked_by, here)
    alternative = _text(t("What did you offer instead? (keeps trust)"), opened, "alternative")
    reason = _text(t("Why? (may stay empty)"), opened, "reason")
    agreed = st.checkbox(t("The customer has agreed"), value=True, key=_key(opened, "agreed"))
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
    reason = _text(t("Why?"), opened, "reason")
    alternative = _text(t("What did you offer instead?"), opened, "alternative")
    at = _when(t("When did the customer hear of it?"), opened, here)
    _notice(opened, at or here.now, "us", here)
    return {"reason": reason, "alternative": alternative}, at


def _because(words: str) -> Form:
    def form(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
        reason = _text(here.t.gettext(words), opened, "reason")
        return {"reason": reason}, _when(here.t("Since when?"), opened, here)

    return form


def _plan_b(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    text = _text(here.t("What will you do if it cannot be kept?"), opened, "plan_b", opened.subject.plan_b or "")
    return ({"plan_b": text} if text else here.t("Please write down what the plan is.")), None


def _pause(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    cause = _one(here.t("Why?"), opened, "cause", CAUSES, here)
    look.foot(here.t("Only waiting for the customer stops our clock."))
    return {"cause": cause}, _when(here.t("Since when?"), opened, here)


def _contact(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    channel = _channel(opened, here)
    who = _who(opened, here)
    return {"by": who, "channel": channel}, _when(here.t("When?"), opened, here)


def _talk(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    look.foot(here.t("Mail and phone seldom restore trust: only face to face counts here."))
    channel = _channel(opened, here, _FACE_TO_FACE)
    who = _who(opened, here)
    return {"by": who, "channel": channel}, _when(here.t("When?"), opened, here)


def _chance(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    t = here.t
    offer = st.text_input(t("With which offer?"), key=_key(opened, "offer"), max_chars=500).strip()
    amount = st.number_input(
        t("Worth in money (may stay empty)"), min_value=0.0, value=None, step=10.0, key=_key(opened, "amount")
    )
    says, at = _contact(opened, here)
    assert isinstance(says, dict)
    return {**says, "offer": offer, "amount": amount}, at


def _answer_offer(opened: Opened, here: Visit) -> tuple[Said | str, datetime | None]:
    options = {"yes": N_("The customer accepted"), "no": N_("The customer declined")}
    accepted = _one(here.t("What came of the offer?"), opened, "accepted", options, here) == "yes"
    return {"accepted": accepted}, _when(here.t("When?"), opened, here)


_FORMS: Final[dict[str, Form]] = {
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
