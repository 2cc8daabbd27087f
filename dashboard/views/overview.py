"""How the firm is doing: kept promises, points in and out, what is overdue, who was warned."""

from __future__ import annotations

import streamlit as st

from dashboard import address, charts, data, look, places, rows, say
from dashboard.look import plain, quiet
from dashboard.shapes.alerts import AlertRow
from dashboard.shapes.figures import Share
from dashboard.shapes.overview import Overview
from dashboard.visit import Visit, visit
from words import format

_WEEKS = ("4", "13", "52")
_OVERDUE_SHOWN = 4


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    weeks = int(address.asked("weeks", _WEEKS, "13"))
    seen = data.ask().overview(here.reader, weeks)
    if seen is None:
        look.head(t("Overview"), t("Nothing has been recorded yet."))
        with look.card("empty"):
            look.nothing_yet(
                t("As soon as promises come in, you see here how well they are kept."),
                t("Bring yours with `konto import FILE`, or look around with `konto demo`."),
            )
        return
    with look.head(t("Overview"), _period(seen, weeks, here)):
        address.switch(t("Period"), "weeks", _WEEKS, "13", lambda name: _weeks(name, here))
    with look.card("figures"):
        _figures(seen, here)
    wide, narrow = st.columns([1.7, 1], gap="small")
    with wide, look.card("kept", stretch=True):
        _kept(seen, here)
    with narrow, look.card("overdue", stretch=True):
        _overdue(seen, here)
    wide, narrow = st.columns([1.7, 1], gap="small")
    with wide, look.card("points", stretch=True):
        _points(seen, here)
    with narrow, look.card("warned", stretch=True):
        _warned(seen, here)
    with look.card("alerts"):
        _alerts(seen, here)


def _period(seen: Overview, weeks: int, here: Visit) -> str:
    t = here.t
    period = format.period(seen.since, seen.until, here.reader.lang)
    if seen.before is None:
        return period
    return t("{period}, compared with the {n} weeks before").format(period=period, n=weeks)


def _weeks(name: str, here: Visit) -> str:
    return here.t("1 year") if name == "52" else here.t("{n} weeks").format(n=name)


# -- figures --------------------------------------------------------------------------------------


def _figures(seen: Overview, here: Visit) -> None:
    t, now, before = here.t, seen.now, seen.before
    one, two, three, four = st.columns(4, gap="medium")
    with one:
        _share(
            t("On time, last promise"),
            t("Promises kept by the date last agreed with notice in time, of all that were settled or are overdue."),
            now.last,
            before.last if before else None,
            [week.last.value for week in seen.promises],
            here,
        )
    with two:
        _share(
            t("On time, first promise"),
            t("The same by the date that was first promised. Only the customer's own wish moves it."),
            now.first,
            before.first if before else None,
            [week.first.value for week in seen.promises],
            here,
        )
    with three:
        _ratio(seen, here)
    with four:
        _late(seen, here)


def _share(label: str, help: str, now: Share, before: Share | None, series: list[float | None], here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    if now.value is None:
        st.metric(label, "–", help=help)
        look.lines(t("Nothing to say yet: no promise was due."))
        return
    change: str | None = None
    arrow: look.Arrow = "off"
    if before is not None and before.value is not None:
        change = format.percent_change(now.value, before.value, lang)
        arrow = look.arrow(now.value - before.value)
    look.metric(label, format.percent(now.value, lang), help=help, change=change, arrow=arrow, series=series)
    between = format.percent_between(now.low, now.high, lang)
    look.lines(t("Surely between {between}.").format(between=between), _rests(now.denominator, here))


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
        ),
        t.ngettext("Rests on {n} posting.", "Rests on {n} postings.", now.postings).format(
            n=format.number(now.postings, lang)
        ),
    )


def _late(seen: Overview, here: Visit) -> None:
    t, lang, now, before = here.t, here.reader.lang, seen.now, seen.before
    look.metric(
        t("Overdue now"),
        format.number(now.overdue, lang),
        help=t("Open promises whose date has passed. A pause at the customer's wish does not count."),
        change=t("{value} before").format(value=format.number(before.overdue, lang)) if before else None,
        arrow=look.arrow(now.overdue - before.overdue) if before else "off",
        series=[week.overdue for week in seen.warnings],
    )
    alerts = t.ngettext("{n} alert in the period", "{n} alerts in the period", now.alerts)
    said = alerts.format(n=format.number(now.alerts, lang))
    if before:
        said = t("{now}, {n} before").format(now=said, n=format.number(before.alerts, lang))
    at = format.moment(here.now, here.now, here.reader.zone, lang)
    look.lines(f"{said}.", t("As of {moment}.").format(moment=at))


def _rests(n: int, here: Visit) -> str:
    text = here.t.ngettext("Rests on {n} promise.", "Rests on {n} promises.", n)
    return text.format(n=format.number(n, here.reader.lang))


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
    look.show(charts.reliability(seen.promises, seen.target, here.style))
    text = t("Each point covers four weeks, {least} to {most} promises. Band: where the value surely lies (19 in 20).")
    foot = text.format(least=format.number(min(numbers), lang), most=format.number(max(numbers), lang))
    look.foot(f"{foot} {_rests(seen.now.last.denominator, here)}")


def _finding(seen: Overview, here: Visit) -> str:
    t, now, before = here.t, seen.now.last.value, seen.before.last.value if seen.before else None
    if now is None or before is None:
        return ""
    points = round(100 * now) - round(100 * before)
    if abs(points) < 2:
        return t("About as often as before")
    return t("More often than before") if points > 0 else t("Less often than before")


def _points(seen: Overview, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("What came in, what went out?"), t("points by week, all customers"))
    if not seen.now.postings:
        look.nothing_yet(t("No points yet."), t("Kept promises and quick answers bring the first ones."))
        return
    look.show(charts.points_by_week(seen.points, here.style))
    rests = t.ngettext(
        "Rests on {n} posting of {customers}.", "Rests on {n} postings of {customers}.", seen.now.postings
    )
    of = t.ngettext("{n} customer", "{n} customers", seen.customers).format(n=format.number(seen.customers, lang))
    foot = rests.format(n=format.number(seen.now.postings, lang), customers=of)
    look.foot(f"{t('Pale: the week is not over yet.')} {foot}")


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
    when.markdown(quiet(format.moment(row.raised, here.now, here.reader.zone, here.reader.lang, short=True)))
    with what:
        if row.customer and row.name:
            rows.to_account(row.customer, f"**{plain(row.name)}** · {plain(row.text)}", here)
        else:
            st.markdown(plain(row.text))
    state = look.delivery(row.delivery, say.word(say.DELIVERIES, row.delivery, t))
    to.markdown(f"{plain(row.to)}\u2002{state}" if row.to else state)
