"""Whose goods can be relied on: broken product claims, cards, and promises that hang on them."""

from __future__ import annotations

import streamlit as st

from dashboard import address, charts, data, look, measures, places
from dashboard.look import plain, quiet
from dashboard.shapes.asking import PAGE_SIZE
from dashboard.shapes.suppliers import SupplierRow, Suppliers
from dashboard.visit import Visit, visit
from words import format

_A_ROW = 3
_IN_PICTURE = 8
_FEWEST = 5
"""Promises below which no single figure is shown, only the range."""


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    found = data.ask().suppliers(here.reader)
    if not found.rows:
        look.head(t("Suppliers"), t("Nothing has been recorded yet."))
        with look.card("empty"):
            look.nothing_yet(
                t("As soon as a promise or an incident names a supplier, they stand here."),
                t("Name them in what you bring with `konto import FILE`."),
            )
        return
    look.head(t("Suppliers"), _rules(found, here))
    pages = max(1, -(-len(found.rows) // PAGE_SIZE))
    start = (address.page_number("page", pages) - 1) * PAGE_SIZE
    shown = found.rows[start : start + PAGE_SIZE]
    for first in range(0, len(shown), _A_ROW):
        columns = st.columns(_A_ROW, gap="small")
        for number, row in enumerate(shown[first : first + _A_ROW]):
            with columns[number], look.card(f"supplier_{first + number}", stretch=True):
                _card(row, found, here)
    address.turn_pages("page", pages)
    with look.card("on_time"):
        _on_time(found, here)


def _rules(found: Suppliers, here: Visit) -> str:
    text = here.t(
        "Broken product claims of the last {months} months: a yellow card from {yellow} on, a red one from {red} on"
    )
    return text.format(months=found.months, yellow=found.yellow_from, red=found.red_from)


def _card(row: SupplierRow, found: Suppliers, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    badge = {
        "yellow": f":yellow-badge[:material/style: {t('yellow card')}]",
        "red": f":orange-badge[:material/block: {t('red card')}]",
        None: "",
    }[row.card]
    st.markdown("\u2002".join(part for part in (f"**{plain(row.name)}**", badge) if part))
    claims = t("No broken product claim")
    if row.claims:
        claims = t.ngettext("{n} broken product claim", "{n} broken product claims", row.claims)
    st.markdown(f"{claims.format(n=format.number(row.claims, lang))}  \n{quiet(_ever(row, found, here))}")
    st.markdown(_promises(row, here))
    if row.incidents:
        label = t.ngettext("See {n} incident", "See all {n} incidents", row.incidents)
        st.page_link(
            places.incidents(t),
            label=label.format(n=format.number(row.incidents, lang)),
            icon=":material/arrow_forward:",
            query_params={"supplier": row.name, "state": "all"},
        )
    else:
        st.markdown(quiet(t("No incident so far.")))


def _ever(row: SupplierRow, found: Suppliers, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    months = t("in the last {months} months").format(months=found.months)
    if row.last_claim is None:
        return months
    day = format.day(row.last_claim, lang, today=here.today)
    ever = t("{n} ever, the last on {day}").format(n=format.number(row.claims_ever, lang), day=day)
    return f"{months}; {ever}"


def _promises(row: SupplierRow, here: Visit) -> str:
    t, lang, share = here.t, here.reader.lang, row.on_time
    if share.value is None:
        return quiet(t("No promise with their goods was due yet."))
    between = format.percent_between(share.low, share.high, lang)
    rests = measures.rests_on_promises(share.denominator, here)
    second = f"{t('Surely between {between}.').format(between=between)} {rests}"
    if share.denominator < _FEWEST:
        return f"{t('Too few promises with their goods for a figure')}  \n{quiet(second)}"
    value = format.percent(share.value, lang)
    return f"{t('{share} of promises with their goods on time').format(share=value)}  \n{quiet(second)}"


def _on_time(found: Suppliers, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Do promises with their goods come in time?"))
    known = sorted((row for row in found.rows if row.on_time.denominator), key=lambda row: -row.on_time.denominator)
    if not known:
        look.nothing_yet(t("Nothing to say yet: no promise was due."), t("The picture begins with the first one."))
        return
    look.show(charts.intervals([_bar(row, here) for row in known[:_IN_PICTURE]], found.target, here.style))
    foot = t("Bar: where the value surely lies (19 in 20). Tick: target {share}.")
    rests = measures.rests_on_promises(sum(row.on_time.denominator for row in known[:_IN_PICTURE]), here)
    look.foot(f"{foot.format(share=format.percent(found.target, lang))} {rests}")


def _bar(row: SupplierRow, here: Visit) -> charts.Interval:
    t, lang, share = here.t, here.reader.lang, row.on_time
    between = format.percent_between(share.low, share.high, lang)
    if share.denominator < _FEWEST:
        words = t("{label}: somewhere between {between}").format(label=row.name, between=between)
        return charts.Interval(words, None, share.low, share.high)
    words = t("{label}: {share}, between {between}").format(
        label=row.name, share=format.percent(share.value or 0, lang), between=between
    )
    return charts.Interval(words, share.value, share.low, share.high)
