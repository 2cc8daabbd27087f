"""How the firm is doing: kept promises, points in and out, answers, recovery, and whether everybody is served alike."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import by_customer_cards, charts, data, figure_cards, look, period_choice, places, rows, say
from dashboard.look import plain, quiet
from dashboard.shapes.alerts import AlertRow
from dashboard.shapes.overview import Change, Overview, OverviewAsked
from dashboard.visit import Visit, visit
from words import format

_OVERDUE_SHOWN: Final = 4
_LOOK_AGAIN: Final = "3s"
_COSTS: Final = ("broken_rate", "lateness_hours", "timely_notice_rate", "estimate_accuracy")
_ALSO: Final = ("partial_rate", "withdrawn_rate")
_ANSWERS: Final = ("answered_in_time", "chase_rate")


def page() -> None:
    """The page: what is quickly found first, then what has to be reckoned customer by customer."""
    here = visit()
    t = here.t
    asked = period_choice.asked(here)
    seen = data.ask().overview(here.reader, asked)
    if seen is None:
        look.head(t("Overview"), t("Nothing has been recorded yet."))
        with look.card("empty"):
            look.nothing_yet(
                t("As soon as promises come in, you see here how well they are kept."),
                t("Bring yours with `konto import FILE`, or look around with `konto demo`."),
            )
        return
    look.head(t("Overview"), period_choice.line(seen, here))
    period_choice.row(seen, asked, here)
    with look.card("figures"):
        _figures(seen, asked, here)
    wide, narrow = st.columns([1.7, 1], gap="small")
    with wide, look.card("kept", stretch=True):
        _kept(seen, here)
    with narrow, look.card("overdue", stretch=True):
        _overdue(seen, here)
    wide, narrow = st.columns([1.7, 1], gap="small")
    with wide, look.card("points", stretch=True):
        _points(seen, asked, here)
    course = narrow.container(height="stretch")
    well = st.container()
    with look.card("costs"):
        _costs(seen, asked, here)
    with look.card("answers"):
        _answers(seen, asked, here)
    later = by_customer_cards.places_for(course, well)
    wide, narrow = st.columns([1.7, 1], gap="small")
    with wide, look.card("alerts", stretch=True):
        _alerts(seen, here)
    with narrow, look.card("warned", stretch=True):
        _warned(seen, here)
    with later.waiting, st.spinner(t("Going through all customers …")):
        found = data.ask().by_customer(here.reader, asked)
    by_customer_cards.fill(later, found, seen, asked, here)
    if seen.renewing or found.renewing:
        _until_renewed(here, asked)


@st.fragment(run_every=_LOOK_AGAIN)
def _until_renewed(here: Visit, asked: OverviewAsked) -> None:
    """Shows the younger answers when they are there."""
    seen = data.ask().overview(here.reader, asked)
    if seen is None or not (seen.renewing or data.ask().by_customer(here.reader, asked).renewing):
        st.rerun()


# -- figures --------------------------------------------------------------------------------------


def _figures(seen: Overview, asked: OverviewAsked, here: Visit) -> None:
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


def _costs(seen: Overview, asked: OverviewAsked, here: Visit) -> None:
    t = here.t
    look.title(t("What costs trust?"), t("what the customer feels; openly taken back costs the least"))
    figure_cards.row(_COSTS, seen.figures, asked, here)
    with st.container(horizontal=True, gap="small", key="also"):
        for name in _ALSO:
            figure_cards.in_a_line(seen.figures[name], asked, here)


def _answers(seen: Overview, asked: OverviewAsked, here: Visit) -> None:
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


# -- pictures -------------------------------------------------------------------------------------


def _kept(seen: Overview, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Do we keep what we promise?"), _finding(seen, here))
    numbers = [week.last.denominator for week in seen.promises]
    if not any(numbers):
        look.nothing_yet(
            t("Nothing to say yet: no promise was due."), t("The picture begins with the first date that passes.")
        )
        return
    look.show(charts.reliability(seen.promises, seen.target, here.style, seen.changes))
    text = t("Each point covers four weeks, {least} to {most} promises. Band: where the value surely lies (19 in 20).")
    foot = text.format(least=format.number(min(numbers), lang), most=format.number(max(numbers), lang))
    rests = t.ngettext("Rests on {n} promise.", "Rests on {n} promises.", seen.figures["on_time_rate"].n)
    look.foot(f"{foot} {rests.format(n=format.number(seen.figures['on_time_rate'].n, lang))}")
    if seen.changes:
        look.lines(*(_change(change, here) for change in seen.changes))


def _change(change: Change, here: Visit) -> str:
    day = format.day(change.on, here.reader.lang, today=here.today)
    return f":material/event: {day}: {plain(change.label)}. {plain('; '.join(change.details))}"


def _finding(seen: Overview, here: Visit) -> str:
    t, found = here.t, seen.figures["on_time_rate"]
    if not found.says or found.value is None or found.before is None:
        return ""
    points = round(100 * found.value) - round(100 * found.before)
    if abs(points) < 2:
        return t("About as often as before")
    return t("More often than before") if points > 0 else t("Less often than before")


def _points(seen: Overview, asked: OverviewAsked, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    whose = t("points by week, customers of {team}").format(team=plain(asked.team)) if asked.team else ""
    look.title(t("What came in, what went out?"), whose or t("points by week, all customers"))
    if not seen.now.postings:
        look.nothing_yet(t("No points yet."), t("Kept promises and quick answers bring the first ones."))
        return
    # As high as the course of all accounts beside it.
    look.show(charts.points_by_week(seen.points, here.style, seen.changes, height=460))
    rests = t.ngettext(
        "Rests on {n} posting of {customers}.", "Rests on {n} postings of {customers}.", seen.now.postings
    )
    of = t.ngettext("{n} customer", "{n} customers", seen.now.customers).format(
        n=format.number(seen.now.customers, lang)
    )
    foot = rests.format(n=format.number(seen.now.postings, lang), customers=of)
    pale = "" if seen.points[-1].over else f"{t('Pale: the week is not over yet.')} "
    look.foot(f"{pale}{foot}")


def _warned(seen: Overview, here: Visit) -> None:
    t = here.t
    look.title(t("What stayed undone?"))
    counts = [
        (t("overdue when the week ended"), [charts.WeekCount(w.week, w.overdue, w.over) for w in seen.warnings], True),
        (t("alerts in the week"), [charts.WeekCount(w.week, w.alerts, w.over) for w in seen.warnings], False),
    ]
    for words, weeks, bad in counts:
        st.markdown(f":small[{words}]")
        look.show(charts.counts_by_week(weeks, here.style, bad=bad))
    if not seen.warnings[-1].over:
        look.foot(t("Pale: the week is not over yet."))


# -- lists ----------------------------------------------------------------------------------------


def _overdue(seen: Overview, here: Visit) -> None:
    t = here.t
    look.title(t("What is overdue?"), icon="schedule", count=seen.now.overdue)
    if not seen.overdue:
        st.markdown(quiet(t("Nothing. Every date that has passed was met, moved or taken back.")))
        return
    for row in seen.overdue[:_OVERDUE_SHOWN]:
        with st.container(key=f"row_overdue_{row.id}", gap=None):
            rows.to_account(row.customer, f"**{plain(row.name)}** · {plain(row.what)}", here)
            owner = plain(row.owner) if row.owner else t("nobody answers for it yet")
            look.foot(f"{rows.moment(row, here)} · {owner}")
    st.page_link(
        places.promises(t),
        label=t("See all overdue promises"),
        icon=":material/arrow_forward:",
        query_params={"state": "overdue"},
    )


def _alerts(seen: Overview, here: Visit) -> None:
    t = here.t
    look.title(t("Who was warned lately?"), icon="notifications", count=seen.now.alerts)
    if not seen.alerts:
        look.nothing_yet(t("No alert was raised in this time."), t("`konto tick` shows what would be raised now."))
        return
    for number, row in enumerate(seen.alerts):
        with st.container(key=f"row_alert_{number}"):
            _alert(row, here)
    st.page_link(places.deliveries(t), label=t("See what became of all alerts"), icon=":material/arrow_forward:")
    look.foot(t("The latest {n} of this period.").format(n=len(seen.alerts)))


def _alert(row: AlertRow, here: Visit) -> None:
    t = here.t
    when, what, to = st.columns([1.15, 2.8, 1.5], gap="small", vertical_alignment="center")
    when.markdown(quiet(here.moment(row.raised, short=True)))
    with what:
        if row.customer and row.name:
            rows.to_account(row.customer, f"**{plain(row.name)}** · {plain(row.text)}", here)
        else:
            st.markdown(plain(row.text))
    state = look.delivery(row.delivery, say.word(say.DELIVERIES, row.delivery, t))
    to.markdown(f"{plain(row.to)}\u2002{state}" if row.to else state)
