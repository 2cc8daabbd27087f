"""One customer's trust account: balance, stage, statement, why it fell, what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import streamlit as st

from dashboard import (
    address,
    beforehand,
    charts,
    contact_rows,
    data,
    deeds,
    incident_rows,
    look,
    places,
    rows,
    say,
    statement,
)
from dashboard.look import plain, quiet
from dashboard.shapes.account import Account, Fall, Span
from dashboard.shapes.deeds import Subject
from dashboard.shapes.figures import Share
from dashboard.shapes.incidents import IncidentRow
from dashboard.shapes.promises import PromiseRow
from dashboard.views import customers
from dashboard.visit import Visit, visit
from words import format

_USUAL = 0.15
_A_CHASE = 400
"""Hundredths: what a usual mistake costs, for an example."""
_FEWEST = 5
"""Settled promises below which no single figure is shown, only the range."""


def page() -> None:
    """The page: a customer's account, or the list of all."""
    here = visit()
    customer = st.query_params.get("customer")
    if customer is None:
        customers.show(here)
        return
    span = address.asked("span", get_args(Span), "month")
    account = data.ask().account(here.reader, customer, span)
    if account is None:
        with look.head(here.t("Account"), here.t("There is no customer “{name}”.").format(name=plain(customer))):
            _way_back(here)
        return
    can_do = deeds.possible(here)
    with look.head(plain(account.name), _about(account, here)):
        if can_do:
            deeds.called("check_in", Subject(account.customer, account.name, ""), here, "account")
        _way_back(here)
        if places.leads(places.timeline, here.may):
            st.page_link(
                places.timeline(here.t),
                label=here.t("Audit"),
                icon=":material/history:",
                query_params={"customer": account.customer},
            )
    with look.card("call"):
        beforehand.show(account, here)
    with look.card("standing"):
        _standing(account, here)
    wide, narrow = st.columns([2.1, 1], gap="small")
    with wide:
        with look.card("balance"):
            _balance(account, here)
        with look.card("statement"):
            statement.show(account, span, here)
    with narrow:
        if account.incidents:
            with look.card("recovery"):
                _recovery(account, here, can_do)
        if account.questions:
            with look.card("questions"):
                _questions(account, here, can_do)
        if account.promises is not None:
            with look.card("open"):
                _open(account.promises, here, can_do)
        with look.card("fall"):
            _fall(account, here)
        if account.last is not None and account.first is not None:
            with look.card("kept"):
                _kept(account, account.last, account.first, here)


def _way_back(here: Visit) -> None:
    st.button(here.t("Another account"), icon=":material/search:", on_click=st.query_params.clear)


# -- how it stands --------------------------------------------------------------------------------


def _about(account: Account, here: Visit) -> str:
    t = here.t
    parts = []
    if account.since:
        parts.append(t("customer since {year}").format(year=account.since.year))
    if account.owner and account.stand_in:
        text = t("looked after by {name}, stand-in {other}")
        parts.append(text.format(name=plain(account.owner), other=plain(account.stand_in)))
    elif account.owner:
        parts.append(t("looked after by {name}").format(name=plain(account.owner)))
    else:
        parts.append(t("nobody looks after this customer yet"))
    if account.merged:
        names = ", ".join(plain(name) for name in account.merged)
        parts.append(t("merged with {names}").format(names=names))
    return " · ".join(parts)


def _standing(account: Account, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    one, two, three, four = st.columns([1, 1.5, 1.5, 1.5], gap="medium")
    with one:
        change: str | None = None
        arrow: look.Arrow = "off"
        if account.balance_before is not None:
            moved = account.balance - account.balance_before
            day = format.day(account.span_from, lang, today=here.today)
            change = t("{points} since {day}").format(
                points=format.points(moved, lang, signed=True, decimals=0), day=day
            )
            arrow = look.arrow(moved)
        look.metric(
            t("Balance"),
            format.points(account.balance, lang, decimals=0),
            help=t("The sum of all deposits and withdrawals, each counting less the longer ago it is."),
            change=change,
            arrow=arrow,
        )
    with two:
        look.fact(
            t("Stage"),
            say.word(say.STAGES, account.stage.name, t),
            account.stage.reason,
            help=t("How the relationship stands: new, growing, solid, strained, recovering or lost."),
        )
    with three:
        look.fact(t("Buffer"), *_buffer(account, here), help=t("How many usual withdrawals the balance would bear."))
    with four:
        look.fact(
            t("Sensitivity"),
            *_sensitivity(account, here),
            help=f"{t('How heavily a withdrawal weighs with this customer; 1 is usual.')} {_example(account, here)}",
        )


def _buffer(account: Account, here: Visit) -> tuple[str, str]:
    t = here.t
    if account.balance < 0:
        return t("none"), t("The account is below zero.")
    if account.buffer < 1:
        return t("none"), t("The next mistake takes the account below zero.")
    whole = int(account.buffer)
    size = t.ngettext("{n} withdrawal", "{n} withdrawals", whole).format(n=format.number(whole, here.reader.lang))
    return size, t("So many usual withdrawals the balance would bear before it reaches zero.")


def _sensitivity(account: Account, here: Visit) -> tuple[str, str]:
    t, lang, found = here.t, here.reader.lang, account.sensitivity
    size = t("as usual")
    if found.value > 1 + _USUAL:
        size = t("higher than usual")
    elif found.value < 1 - _USUAL:
        size = t("lower than usual")
    weighs = t("Withdrawals count {factor} times.").format(factor=format.number(found.value, lang, 1))
    if found.by_hand:
        reason = account.known.sensitivity_reason
        by_hand = t("Set by hand: {reason}").format(reason=reason) if reason else t("Set by hand.")
        return size, f"{weighs} {by_hand}"
    if not found.reactions:
        return size, t("Nothing else is known yet.")
    learned = t.ngettext("Learned from {n} reaction.", "Learned from {n} reactions.", found.reactions)
    return size, f"{weighs} {learned.format(n=found.reactions)}"


def _example(account: Account, here: Visit) -> str:
    """What the factor means, with a withdrawal that everybody knows."""
    lang = here.reader.lang
    cost = format.points(round(_A_CHASE * account.sensitivity.value), lang)
    return here.t("What costs {usual} points elsewhere costs {cost} here.").format(
        usual=format.points(_A_CHASE, lang), cost=cost
    )


# -- pictures -------------------------------------------------------------------------------------


def _balance(account: Account, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Balance since {day}").format(day=format.day(account.span_from, lang, today=here.today)))
    if len(account.line) < 2:
        look.nothing_yet(t("No posting yet."), t("The first one comes when a promise is kept or its date passes."))
        return
    levels = [(_level(name, here), points) for name, points in account.levels]
    look.show(charts.balance(account.line, levels, here.reader.zone, here.style))
    postings = len(account.rows)
    rests = t.ngettext("Rests on {n} posting.", "Rests on {n} postings.", postings).format(n=postings)
    look.foot("\u2003".join((t("▲ deposit"), t("▼ withdrawal"), t("dashed: stages"), rests)))


def _level(name: str, here: Visit) -> str:
    t = here.t
    words = say.word(say.STAGES, name, t)
    return t("{stage} from here").format(stage=words) if name == "solid" else t("below: {stage}").format(stage=words)


def _fall(account: Account, here: Visit) -> None:
    t = here.t
    look.title(t("Why did the balance fall?"), icon="trending_down")
    if account.fall is None:
        st.markdown(quiet(t("It did not fall in this time.")))
        return
    look.show(charts.waterfall(account.fall, here.style))
    st.markdown(_sentence(account.fall, here))


def _sentence(fall: Fall, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    whole = round((fall.top - fall.bottom) / 100)
    points = t.ngettext("{n} point", "{n} points", whole).format(n=format.number(whole, lang))
    if not fall.drops:
        return t("The balance fell by {points}, as nothing new came in and trust fades.").format(points=points)
    lines = [t("It fell by {points}:").format(points=points)]
    for drop in fall.drops:
        cost = format.points(drop.points, lang, signed=True)
        lines.append(f"**{format.day_and_month(drop.on, lang)}** {plain(drop.text)} ({cost})")
    return "  \n".join(lines)


def _recovery(account: Account, here: Visit, can_do: bool) -> None:
    t = here.t
    look.title(t("Recovery"), icon="handyman", count=len(account.incidents))
    for row in account.incidents:
        lines = [f"**{incident_rows.called(row, here)}**", quiet(_reported(row, here))]
        st.markdown("  \n".join([*lines, *incident_rows.steps(row, here)]))
        if can_do:
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                deeds.incident(row, incident_rows.called(row, here), here, row.id)


def _reported(row: IncidentRow, here: Visit) -> str:
    lang = here.reader.lang
    when = format.day_in_words(row.reported.astimezone(here.reader.zone).date(), here.today, lang, short=True)
    return here.t("reported {moment}").format(moment=when)


def _questions(account: Account, here: Visit, can_do: bool) -> None:
    t = here.t
    look.title(t("Waits for an answer"), icon="forum", count=len(account.questions))
    for row in account.questions:
        about = plain(row.about) if row.about else say.word(say.CHANNELS, row.channel or "other", t)
        signs = (contact_rows.badge(row, here), contact_rows.chased(row, here))
        second = "\u2002".join(sign for sign in signs if sign)
        waits = contact_rows.waits(row, here).replace(" ", format.NO_BREAK_SPACE)
        st.markdown("  \n".join(line for line in (f"**{about}**, {waits}", second) if line))
        if can_do:
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                deeds.question(row, here, row.id)


def _open(promises: Sequence[PromiseRow], here: Visit, can_do: bool) -> None:
    t = here.t
    look.title(t("Open promises"), icon="handshake", count=len(promises))
    if not promises:
        st.markdown(quiet(t("None. What is promised next appears here.")))
    for row in promises:
        due = t("no date") if row.due is None else t("by {moment}").format(moment=here.said(row.due, short=True))
        together = due.replace(" ", format.NO_BREAK_SPACE)
        rows.to_promise(row.own, f"**{plain(row.what)}**, {together}", here)
        st.markdown(rows.standing(row, here))
        if can_do:
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                deeds.promise(row, here, row.id)


def _kept(account: Account, last: Share, first: Share, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Did we keep what we promised?"))
    known = account.reliability
    if not last.denominator:
        look.nothing_yet(t("Nothing to say yet: no promise was due."), t("Reliability shows after five settled ones."))
        return
    bars = [_bar(t("last promise"), last, here), _bar(t("first promise"), first, here)]
    look.show(charts.intervals(bars, account.target, here.style))
    rests = t.ngettext("Rests on {n} promise.", "Rests on {n} promises.", last.denominator)
    foot = t("Bar: where the value surely lies (19 in 20). Tick: target {share}.")
    shown = foot.format(share=format.percent(account.target, lang))
    look.foot(f"{shown} {rests.format(n=format.number(last.denominator, lang))}")
    between = format.percent_between(known.low, known.high, lang)
    next_one = t("The next promise will be kept in {value} of cases, surely between {between} (9 in 10).")
    if known.value is None:
        next_one = t(
            "How surely the next promise is kept: between {between} (9 in 10), too little is known to say more."
        )
    value = "" if known.value is None else format.percent(known.value, lang)
    st.markdown(f"**{t('Reliability')}**  \n{next_one.format(value=value, between=between)}")


def _bar(label: str, share: Share, here: Visit) -> charts.Interval:
    t, lang = here.t, here.reader.lang
    between = format.percent_between(share.low, share.high, lang)
    if share.denominator < _FEWEST:
        words = t("{label}: somewhere between {between}").format(label=label, between=between)
        return charts.Interval(words, None, share.low, share.high)
    shown = format.percent(share.value or 0, lang)
    words = t("{label}: {share}, between {between}").format(label=label, share=shown, between=between)
    return charts.Interval(words, share.value, share.low, share.high)
