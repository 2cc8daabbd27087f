"""The overview's pictures of the weeks: what was kept, which points came and went, and what stayed undone."""

from __future__ import annotations

import streamlit as st

from dashboard import charts, look
from dashboard.look import plain
from dashboard.shapes.overview import Change, Overview, OverviewAsked
from dashboard.visit import Visit
from words import format


def kept(seen: Overview, here: Visit) -> None:
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


def points(seen: Overview, asked: OverviewAsked, here: Visit) -> None:
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


def undone(seen: Overview, here: Visit) -> None:
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
