"""The statement of an account, as a bank would print it: it adds up to the hundredth of a point."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import get_args

import pandas as pd  # type: ignore[import-untyped]
import streamlit as st

from dashboard import address, data, look
from dashboard.look import plain, quiet
from dashboard.shapes.account import Account, Span, StatementRow
from dashboard.visit import Visit
from words import format

_Line = dict[str, object]


def show(account: Account, span: Span, here: Visit) -> None:
    """Title, choice of the span, and the table; a slimmer one on a phone."""
    t, lang = here.t, here.reader.lang
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        look.title(t("Statement"), format.period(account.span_from, account.span_to, lang))
        address.switch(t("Time"), "span", get_args(Span), "month", lambda name: _span(name, here))
        st.download_button(
            t("Print"),
            # Set only when somebody asks for it.
            lambda: data.ask().statement_pdf(here.reader, account.customer, span),
            file_name=f"{t('statement')}-{here.today.isoformat()}.pdf",
            mime="application/pdf",
            icon=":material/picture_as_pdf:",
            help=t("The statement of this time as PDF, to keep or to hand over."),
            on_click="ignore",
        )
    if not account.rows:
        look.nothing_yet(t("No posting in this time."), t("Choose a longer time, or wait for the next promise."))
        return
    decimals = format.decimals_of([account.opening, account.faded, *(row.points for row in account.rows)])
    with st.container(key="wide_statement"):
        _wide(account, decimals, here)
    with st.container(key="slim_statement"):
        _slim(account, decimals, here)
    if account.retracted:
        left_out = t.ngettext(
            "{n} entry was recorded by mistake and counts nowhere; the timeline shows it.",
            "{n} entries were recorded by mistake and count nowhere; the timeline shows them.",
            account.retracted,
        )
        look.foot(left_out.format(n=account.retracted))


def _span(name: str, here: Visit) -> str:
    t = here.t
    return {"month": t("{n} weeks").format(n=4), "quarter": t("1 quarter")}.get(name, t("All"))


def _wide(account: Account, decimals: int, here: Visit) -> None:
    t = here.t
    day, text, out, inn, balance = t("Date"), t("What happened"), t("Withdrawal"), t("Deposit"), t("Balance")
    year = account.span_from.year != account.span_to.year
    first = {day: _day(account.span_from, year, here), text: f"**{t('Old balance')}**"}
    table: list[_Line] = [{**first, balance: account.opening}]
    for row in account.rows:
        second = f"  \n:small[{quiet(_detail(row, here))}]" if _detail(row, here) else ""
        line: _Line = {day: _date(row, year, here), text: f"{plain(row.text)}{second}"}
        table.append({**line, out if row.points < 0 else inn: row.points, balance: row.balance})
    if account.faded:
        faded = account.rows[-1].balance + account.faded
        table.append({text: t("Faded with time"), out if account.faded < 0 else inn: account.faded, balance: faded})
    closing = {text: f"**{t('New balance')}**", balance: _closing(account)}
    table.append({day: _day(account.span_to, year, here), **closing})
    _draw(table, (day, text), (out, inn), balance, decimals, here)


def _slim(account: Account, decimals: int, here: Visit) -> None:
    t = here.t
    text, amount, balance = t("What happened"), t("Amount"), t("Balance")
    year = account.span_from.year != account.span_to.year
    first = f"**{t('Old balance')}**  \n:small[{quiet(_day(account.span_from, year, here))}]"
    table: list[_Line] = [{text: first, balance: account.opening}]
    for row in account.rows:
        second = " · ".join(part for part in (_date(row, year, here), _detail(row, here)) if part)
        line: _Line = {text: f"{plain(row.text)}  \n:small[{quiet(second)}]"}
        table.append({**line, amount: row.points, balance: row.balance})
    if account.faded:
        faded = account.rows[-1].balance + account.faded
        table.append({text: t("Faded with time"), amount: account.faded, balance: faded})
    last = f"**{t('New balance')}**  \n:small[{quiet(_day(account.span_to, year, here))}]"
    table.append({text: last, balance: _closing(account)})
    _draw(table, (text,), (amount,), balance, decimals, here)


def _closing(account: Account) -> int:
    return account.rows[-1].balance + account.faded


def _draw(
    table: Sequence[_Line], texts: Sequence[str], amounts: Sequence[str], balance: str, decimals: int, here: Visit
) -> None:
    """Amounts stay numbers, which puts them at the right edge; the styler gives them sign and colour."""
    lang = here.reader.lang
    frame = pd.DataFrame(table, columns=[*texts, *amounts, balance])
    frame = frame.astype(dict.fromkeys([*amounts, balance], float))

    def amount(points: float) -> str:
        shown = format.points(int(points), lang, signed=True, decimals=decimals)
        if not points:
            return shown
        return f":orange[**{shown}**]" if points < 0 else f":green[**{shown}**]"

    def standing(points: float) -> str:
        return format.points(int(points), lang, decimals=decimals)

    styled = frame.style.format({**dict.fromkeys(amounts, amount), balance: standing}, na_rep="")
    ends = (frame.index[[0, -1]], [balance])
    styled = styled.format(lambda points: f"**{standing(points)}**", subset=ends)
    st.table(styled, border="horizontal", hide_index=True)


def _detail(row: StatementRow, here: Visit) -> str:
    t = here.t
    parts = [plain(row.detail)] if row.detail else []
    if row.provisional:
        parts.append(t("for the time being"))
    return " · ".join(parts)


def _date(row: StatementRow, year: bool, here: Visit) -> str:
    return _day(row.at.astimezone(here.reader.zone).date(), year, here)


def _day(day: date, year: bool, here: Visit) -> str:
    return format.day_figures(day, here.reader.lang, year=year)
