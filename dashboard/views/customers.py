"""All customers: how each account stands, when we last spoke, and from whom we have not heard for long."""

from __future__ import annotations

from typing import Final, get_args

import streamlit as st

from dashboard import address, behind, customers_behind, data, look, places, rows, say
from dashboard.charts import sparkline
from dashboard.look import plain, quiet
from dashboard.shapes.asking import PAGE_SIZE
from dashboard.shapes.customers import CustomerOrder, CustomerPage, CustomerRow, CustomersAsked, Lapse, Silence
from dashboard.visit import Visit
from words import Translator, format

_ORDERS: Final[tuple[CustomerOrder, ...]] = get_args(CustomerOrder)
_WEEK, _MONTH = 7, 30


def show(here: Visit) -> None:
    """The list, from which one comes to an account."""
    t = here.t
    if figure := behind.asked():
        customers_behind.show(figure, here)
        return
    look.head(t("Accounts"), t("How each account stands. Type a name to find one."))
    text, order = _search(here)
    asked = CustomersAsked(text, order)
    first = data.ask().customers(here.reader, asked)
    pages = max(1, -(-first.total // PAGE_SIZE))
    number = address.page_number("page", pages)
    found = first if number == 1 else data.ask().customers(here.reader, asked, number)
    with look.card("hits"):
        for row in found.rows:
            _row(row, here)
        if not found.rows:
            _nothing(asked, here)
            return
        address.turn_pages("page", pages)
        look.foot(_foot(found, asked, here), help=_meanings(here))


def _search(here: Visit) -> tuple[str, CustomerOrder]:
    t = here.t
    field, orders = st.columns([1, 2.3], gap="small", vertical_alignment="center")
    with field:
        text = address.text(t("Name"), "text", resets="page")
    with orders:
        address.switch(
            t("Order"), "order", _ORDERS, "balance", lambda name: say.word(say.ORDERS, name, t), resets="page"
        )
    return text, address.asked("order", _ORDERS, "balance")


def _nothing(asked: CustomersAsked, here: Visit) -> None:
    t = here.t
    if asked.order == "silent" and not asked.text:
        look.nothing_yet(t("We have heard from everybody as usual."), t("“By name” shows all customers."))
    elif asked.text:
        look.nothing_yet(t("Nobody of that name."), t("Check the spelling, or type only the beginning."))
    else:
        look.nothing_yet(t("Nobody is known yet."), t("Customers come with their first promise: `konto import FILE`."))


def _foot(found: CustomerPage, asked: CustomersAsked, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    n, total = format.number(len(found.rows), lang), format.number(found.total, lang)
    shown = {
        "balance": t("{n} of {total}, the lowest balance first."),
        "change": t("{n} of {total}, whoever lost most points within 30 days first."),
        "buffer": t("{n} of {total}, the thinnest buffer first."),
        "name": t("{n} of {total}, by name."),
        "silent": t("{n} of {total}, silent for longest first. No praise is silent criticism."),
    }[asked.order].format(n=n, total=total)
    if asked.order == "silent" or asked.text or not found.silent:
        return shown
    silent = t.ngettext(
        "{n} customer has long not been heard of.", "{n} customers have long not been heard of.", found.silent
    )
    return f"{shown} {silent.format(n=format.number(found.silent, lang))}"


def _meanings(here: Visit) -> str:
    t = here.t
    return "\n\n".join(
        (
            t("**Points**: all deposits and withdrawals so far, each worth less the longer ago it is."),
            t("**Line**: the balance at the ends of the last 13 weeks and now; dashed is zero."),
            t("**Buffer**: how many usual withdrawals the balance would bear."),
            t("**Reliability**: the share of promises that we may expect to keep, and how many promises it rests on."),
        )
    )


# -- rows -----------------------------------------------------------------------------------------


def _row(row: CustomerRow, here: Visit) -> None:
    t = here.t
    with st.container(key=f"row_{row.customer}"):
        name, standing, trend, trust = st.columns([1.9, 1, 0.9, 1.5], gap="small", vertical_alignment="center")
        with name.container(gap=None):
            rows.to_account(row.customer, f"**{plain(row.name)}**", here)
            owner = plain(row.owner) if row.owner else t("nobody looks after this customer yet")
            st.markdown("  \n".join([quiet(owner), *_marks(row, here)]))
        standing.markdown(f"**{_points(row.balance, here)}**  \n{say.word(say.STAGES, row.stage, t)}")
        with trend.container(gap=None):
            if len(row.trend) > 1:
                # On a phone the words below say it.
                with st.container(key=f"wide_trend_{row.customer}"):
                    st.html(sparkline(row.trend, _course(row, here), here.style))
            st.markdown(f":small[{quiet(_change(row, here))}]")
        with trust.container(gap=None):
            st.markdown(f"{quiet(_buffer(row, here))}  \n{quiet(_reliability(row, here))}")
            if places.leads(places.timeline, here.may):
                rows.to_timeline(row.customer, f"**{t('Timeline')}**, {_last_contact(row, here)}", here)
            else:
                st.markdown(quiet(_last_contact(row, here)))


def _points(hundredths: int, here: Visit) -> str:
    whole = format.points(hundredths, here.reader.lang, decimals=0)
    return here.t.ngettext("{n} point", "{n} points", 1 if whole.lstrip(format.MINUS) == "1" else 2).format(n=whole)


def _course(row: CustomerRow, here: Visit) -> str:
    text = here.t("Balance of the last 13 weeks: first {before}, now {now}.")
    return text.format(before=_points(row.trend[0], here), now=_points(row.trend[-1], here))


def _change(row: CustomerRow, here: Visit) -> str:
    if not row.trend:
        return here.t("no entry yet")
    change = format.points(row.change, here.reader.lang, signed=True, decimals=0)
    if change.strip("+") == "0":
        return here.t("as 30 days ago")
    return here.t("{change} in 30 days").format(change=change)


def _buffer(row: CustomerRow, here: Visit) -> str:
    t, whole = here.t, int(row.buffer)
    if row.buffer < 1:
        return t("no buffer")
    text = t.ngettext("buffer {n} withdrawal", "buffer {n} withdrawals", whole)
    return text.format(n=format.number(whole, here.reader.lang))


def _reliability(row: CustomerRow, here: Visit) -> str:
    t, lang, known = here.t, here.reader.lang, row.reliability
    rests = t.ngettext("{n} promise", "{n} promises", known.rests_on).format(n=format.number(known.rests_on, lang))
    if known.value is None:
        return t("reliability not known yet, {promises}").format(promises=rests)
    return t("reliability {value}, {promises}").format(value=format.percent(known.value, lang), promises=rests)


def _last_contact(row: CustomerRow, here: Visit) -> str:
    t = here.t
    if row.last_contact is None:
        return t("no contact yet")
    day = format.day_in_words(row.last_contact, here.today, here.reader.lang, short=True)
    return t("last contact {day}").format(day=day)


def _marks(row: CustomerRow, here: Visit) -> list[str]:
    silence = [f":material/hearing_disabled: {silence_in_words(row.silence, here)}"] if row.silence else []
    return [*silence, *(f":material/event_busy: {_lapse(lapse, here)}" for lapse in row.lapses)]


def silence_in_words(silence: Silence, here: Visit) -> str:
    """For how long we have heard nothing, and what is usual."""
    t, lang = here.t, here.reader.lang
    if not silence.ever:
        return t("Not heard of ever since we know each other.")
    days = t.ngettext("for {n} day", "for {n} days", silence.days).format(n=format.number(silence.days, lang))
    if silence.usual_days is None:
        return t("Nothing heard {days}.").format(days=days)
    return t("Nothing heard {days}, usually {every}.").format(days=days, every=every(silence.usual_days, t))


def _lapse(lapse: Lapse, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    last = format.day_in_words(lapse.last, here.today, lang, short=True)
    text = t("Stayed away since {day}: {what}, usually {every}.")
    return text.format(what=say.word(say.PURPOSES, lapse.purpose, t), every=every(lapse.every_days, t), day=last)


def every(days: int, t: Translator) -> str:
    """How often something comes, as one says it: "alle drei Wochen" is near enough to 20 days."""
    if days < 2 * _WEEK:
        return t.ngettext("every day", "every {n} days", days).format(n=days)
    if days < 2 * _MONTH:
        return t("every {n} weeks").format(n=round(days / _WEEK))
    return t("every {n} months").format(n=round(days / _MONTH))
