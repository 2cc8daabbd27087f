"""Whose goods can be relied on: what they cost us in trust, cards, and promises that hang on them."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import address, charts, data, look, measures, places
from dashboard.look import plain, quiet
from dashboard.shapes.asking import PAGE_SIZE
from dashboard.shapes.suppliers import SupplierRow, Suppliers
from dashboard.visit import Visit, visit
from words import format

_A_ROW = 3
_IN_PICTURE = 8
_QUARTER = 3
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
                _card(row, f"supplier_{first + number}", found, here)
    address.turn_pages("page", pages)
    if any(row.recent for row in shown):
        look.foot(_legend(found, here))
    with look.card("on_time"):
        _on_time(found, here)


def _rules(found: Suppliers, here: Visit) -> str:
    text = here.t(
        "Who cost most trust first. Broken product claims of the last {months} months: a yellow card from {yellow} on, "
        "a red one from {red} on."
    )
    return text.format(months=found.months, yellow=found.yellow_from, red=found.red_from)


def _legend(found: Suppliers, here: Visit) -> str:
    since = format.day(found.rows[0].months[0].month, here.reader.lang)
    text = here.t(
        "Bars: incidents month by month from {day} until today; filled: broken product claims, outlined: everything "
        "else. A claim counts for {months} months, then a card ends by itself."
    )
    return text.format(day=since, months=found.months)


def _card(row: SupplierRow, key: str, found: Suppliers, here: Visit) -> None:
    t = here.t
    badge = {
        "yellow": f":yellow-badge[:material/style: {t('yellow card')}]",
        "red": f":orange-badge[:material/block: {t('red card')}]",
        None: "",
    }[row.card]
    st.markdown("\u2002".join(part for part in (f"**{plain(row.name)}**", badge) if part))
    _cost(row, key, found, here)
    _claims(row, key, found, here)
    if row.recent:
        st.html(charts.months([(each.incidents, each.claims) for each in row.months], _course(row, here), here.style))
        st.markdown(f":small[{quiet(_lately(row, here))}]")
    _promises(row, key, found, here)
    if row.incidents > row.recent and found.whole:
        label = t.ngettext("See {n} incident", "See all {n} incidents", row.incidents)
        _list(f"{key}_ever", label.format(n=format.number(row.incidents, here.reader.lang)), row, here)
    if not found.whole and row.incidents:
        _list(f"{key}_own", t("Incidents of your own customers"), row, here)


def _list(key: str, label: str, row: SupplierRow, here: Visit, since: date | None = None, **more: str) -> None:
    """Words that lead to the incidents with this supplier's goods."""
    params = {"supplier": row.name, "state": "all", **more}
    if since is not None:
        params["from"] = since.isoformat()
    with st.container(key=f"behind_{key}"):
        st.page_link(places.incidents(here.t), label=label, icon=":material/list:", query_params=params)


def _cost(row: SupplierRow, key: str, found: Suppliers, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    months = t("in the last {months} months").format(months=found.months)
    if not row.recent:
        st.markdown(t("No incident {months}").format(months=months))
        return
    points = format.points(row.cost, lang, decimals=0)
    words = t("{points} points of trust").format(points=points) if row.cost else t("no points of trust lost")
    st.markdown(
        f"**{words}**  \n{quiet(months)}",
        help=t(
            "What incidents with their goods took off the accounts of customers. What was won back since is not "
            "deducted."
        ),
    )
    rests = measures.rests_on_incidents(row.recent, here)
    if found.whole:
        _list(f"{key}_cost", rests, row, here, row.recent_since)
    else:
        st.markdown(f":small[{quiet(rests)}]")


def _claims(row: SupplierRow, key: str, found: Suppliers, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    if not row.claims:
        st.markdown(f"{t('No broken product claim')}  \n{quiet(_ever(row, found, here))}")
        return
    words = t.ngettext("{n} broken product claim", "{n} broken product claims", row.claims)
    st.markdown(f"**{words.format(n=format.number(row.claims, lang))}**  \n{quiet(_ever(row, found, here))}")
    if found.whole:
        label = t.ngettext("See this case", "See these {n} cases", row.claims)
        label = label.format(n=format.number(row.claims, lang))
        _list(f"{key}_claims", label, row, here, row.claims_since, kind="product_claim")


def _ever(row: SupplierRow, found: Suppliers, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    months = t("in the last {months} months").format(months=found.months)
    if row.last_claim is None:
        return months
    day = format.day(row.last_claim, lang, today=here.today)
    ever = t("{n} ever, the last on {day}").format(n=format.number(row.claims_ever, lang), day=day)
    return f"{months}; {ever}"


def _course(row: SupplierRow, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    most = max(row.months, key=lambda each: each.incidents)
    return t(
        "Incidents by month since {day}: {n}, {claims} of them broken product claims; at most {most} a month."
    ).format(
        day=format.day(row.months[0].month, lang),
        n=format.number(row.recent, lang),
        claims=format.number(row.claims, lang),
        most=format.number(most.incidents, lang),
    )


def _lately(row: SupplierRow, here: Visit) -> str:
    """Whether it became more: this month and the two before it beside the three before those."""
    t, lang = here.t, here.reader.lang
    last, before = row.months[-_QUARTER:], row.months[-2 * _QUARTER : -_QUARTER]
    number = sum(each.incidents for each in last)
    text = t.ngettext(
        "{n} incident since {day}, in the three months before {before}",
        "{n} incidents since {day}, in the three months before {before}",
        number,
    )
    return text.format(
        n=format.number(number, lang),
        day=format.day(last[0].month, lang, today=here.today),
        before=format.number(sum(each.incidents for each in before), lang),
    )


def _promises(row: SupplierRow, key: str, found: Suppliers, here: Visit) -> None:
    t, lang, share = here.t, here.reader.lang, row.on_time
    if share.value is None:
        st.markdown(quiet(t("No promise with their goods was due yet.")))
        return
    between = t("Surely between {between}.").format(between=format.percent_between(share.low, share.high, lang))
    words = t("Too few promises with their goods for a figure")
    if share.denominator >= _FEWEST:
        words = t("{share} of promises with their goods on time").format(share=format.percent(share.value, lang))
    st.markdown(f"{words}  \n{quiet(between)}")
    rests = measures.rests_on_promises(share.denominator, here)
    if not found.whole:
        st.markdown(f":small[{quiet(rests)}]")
        return
    with st.container(key=f"behind_{key}_promises"):
        st.page_link(
            places.promises(t),
            label=rests,
            icon=":material/list:",
            query_params={"behind": "on_time_rate", "supplier": row.name},
        )


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
