"""All promises, the settled ones too: by what became of them, or the list behind a figure."""

from __future__ import annotations

from typing import Final, get_args

import streamlit as st

from dashboard import address, behind, data, filters, look, record_rows, say
from dashboard.filters import ALL
from dashboard.look import plain
from dashboard.shapes.asking import PAGE_SIZE
from dashboard.shapes.record import OutcomeFilter, RecordAsked, RecordPage
from dashboard.visit import Visit
from words import format

_OUTCOMES: Final[tuple[OutcomeFilter, ...]] = get_args(OutcomeFilter)
_ASKING: Final = ("behind", "outcome", "from", "to", "team", "supplier", "customer")


def is_asked() -> bool:
    """Whether the address asks for more than what is open."""
    return st.query_params.get("show") == "all" or any(name in st.query_params for name in _ASKING)


def show(here: Visit) -> None:
    t = here.t
    every = data.ask().record_of_promises(here.reader, RecordAsked())
    asked = _asked(every)
    found = data.ask().record_of_promises(here.reader, asked)
    pages = max(1, -(-_total(found, asked) // PAGE_SIZE))
    number = address.page_number("page", pages)
    if number > 1:
        found = data.ask().record_of_promises(here.reader, asked, number)
    with look.head(t("Promises"), _summary(every, here)):
        address.leave(t("Only open ones"), ("show", *_ASKING, "part", "page"), icon=":material/arrow_back:")
    with st.container(horizontal=True, gap="xsmall", key="narrowed"):
        behind.narrowed(here, figure=asked.behind, span=asked.period, team=asked.team)
        if found.customer:
            only = t("Only {name}").format(name=plain(found.customer))
            address.narrowed(only, "customer", help=t("Show everybody again"))
        if asked.supplier:
            only = t("Only supplier {name}").format(name=plain(asked.supplier))
            address.narrowed(only, "supplier", help=t("Show everybody again"))
    _filters(every, found, asked, here)
    with look.card("record"):
        for row in found.rows:
            record_rows.record(row, here)
        if not found.rows:
            look.nothing_yet(t("No promise fits."), t("Take out a filter, or choose another period."))
            return
        address.turn_pages("page", pages)
        look.foot(_foot(found, asked, here))


def _asked(every: RecordPage) -> RecordAsked:
    figure = behind.asked()
    return RecordAsked(
        outcome=address.asked("outcome", _OUTCOMES, "all") if figure is None else "all",
        owner=address.asked("owner", (ALL, *every.owners), ALL) or None,
        kind=address.asked("kind", (ALL, *every.kinds), ALL) or None,
        team=st.query_params.get("team"),
        supplier=st.query_params.get("supplier"),
        customer=st.query_params.get("customer"),
        period=behind.period(),
        behind=figure,
    )


def _total(found: RecordPage, asked: RecordAsked) -> int:
    return found.parts.get(asked.behind.part, found.total) if asked.behind else found.total


def _summary(every: RecordPage, here: Visit) -> str:
    lang = here.reader.lang
    return here.t("{n} altogether, {open} of them open").format(
        n=format.number(every.total, lang), open=format.number(every.counts["open"] + every.counts["overdue"], lang)
    )


def _filters(every: RecordPage, found: RecordPage, asked: RecordAsked, here: Visit) -> None:
    t = here.t
    choice = filters.Choice(
        t("Kind"), "kind", every.kinds, lambda name: say.word(say.KINDS, name, t), t(say.EVERY_KIND)
    )
    figure = asked.behind
    if figure:
        states = behind.states(figure, found.parts, here)
    else:
        states = filters.States(
            _OUTCOMES, "all", lambda name: say.word(record_rows.OUTCOMES, name, t), found.counts, "outcome"
        )
    filters.row(here, states, every.owners, choice)


def _foot(found: RecordPage, asked: RecordAsked, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    at = here.moment(here.now)
    text = t("{n} of {total}, the latest first. As of {moment}.").format(
        n=format.number(len(found.rows), lang), total=format.number(_total(found, asked), lang), moment=at
    )
    return text
