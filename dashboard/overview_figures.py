"""The overview's figures: how reliable, how quick, what costs trust, and how much comes in for each point lost."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import charts, figure_cards, look, places, say
from dashboard.shapes.overview import Overview, OverviewAsked
from dashboard.visit import Visit
from words import format

_COSTS: Final = ("broken_rate", "lateness_hours", "timely_notice_rate", "estimate_accuracy")
_ALSO: Final = ("partial_rate", "withdrawn_rate")
_ANSWERS: Final = ("answered_in_time", "chase_rate")


def main(seen: Overview, asked: OverviewAsked, here: Visit) -> None:
    last, first, answer, ratio = st.columns(4, gap="medium")
    with last:
        found = seen.figures["on_time_rate"]
        figure_cards.figure(found._replace(series=tuple(week.last.value for week in seen.promises)), asked, here)
    with first:
        found = seen.figures["strict_on_time_rate"]
        figure_cards.figure(found._replace(series=tuple(week.first.value for week in seen.promises)), asked, here)
    with answer:
        figure_cards.figure(seen.figures["first_answer_hours"], asked, here)
    with ratio:
        _ratio(seen, here)


def _ratio(seen: Overview, here: Visit) -> None:
    t, lang, now, before = here.t, here.reader.lang, seen.now, seen.before
    label = t("Deposits per withdrawal")
    help = t("Points deposited in the period, divided by the points withdrawn, over all customers.")
    if not now.withdrawals:
        st.metric(label, "–", help=help)
    else:
        change: str | None = None
        arrow: look.Arrow = "off"
        if before is not None and before.withdrawals:
            change = t("{value} before").format(value=format.number(-before.deposits / before.withdrawals, lang, 1))
            arrow = look.arrow(before.deposits / before.withdrawals - now.deposits / now.withdrawals)
        series = [-week.deposits / week.withdrawals if week.withdrawals else None for week in seen.points]
        value = format.number(-now.deposits / now.withdrawals, lang, 1)
        look.metric(label, value, help=help, change=change, arrow=arrow, series=series)
    look.lines(
        t("{deposits} in, {withdrawals} out.").format(
            deposits=format.points(now.deposits, lang, signed=True, decimals=0),
            withdrawals=format.points(now.withdrawals, lang, decimals=0),
        )
    )
    rests = t.ngettext("Rests on {n} posting.", "Rests on {n} postings.", now.postings)
    with st.container(key="behind_postings"):
        words = rests.format(n=format.number(now.postings, lang))
        st.page_link(places.account(t), label=words, icon=":material/list:")


def costs(seen: Overview, asked: OverviewAsked, here: Visit) -> None:
    t = here.t
    look.title(t("What costs trust?"), t("what the customer feels; openly taken back costs the least"))
    figure_cards.row(_COSTS, seen.figures, asked, here)
    with st.container(horizontal=True, gap="small", key="also"):
        for name in _ALSO:
            figure_cards.in_a_line(seen.figures[name], asked, here)


def answers(seen: Overview, asked: OverviewAsked, here: Visit) -> None:
    t = here.t
    look.title(t("How fast do we answer?"))
    figures, picture = st.columns([1.2, 1], gap="medium")
    with figures:
        figure_cards.row(_ANSWERS, seen.figures, asked, here)
    with picture:
        if not seen.channels:
            look.lines(t("The picture begins with the first answer."))
            return
        names = [say.word(say.CHANNELS, each.channel, t) for each in seen.channels]
        look.show(charts.answer_times(list(zip(names, seen.channels, strict=True)), here.style))
        look.foot(t("Dot: the middle answer. Bar: 9 in 10 answers. Tick: target. In hours of business."))
