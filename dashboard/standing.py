"""How an account stood at a moment of the past, and what of it we learned only later."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard import look, say
from dashboard.look import plain, quiet
from dashboard.shapes.timeline import Later, OpenThen, TimelineAsked, TimelineEntry, TimelinePage
from dashboard.visit import Visit
from words import format


def show(found: TimelinePage, asked: TimelineAsked, here: Visit) -> None:
    """Balance, stage with its reason, reliability, and what was open."""
    t, lang = here.t, here.reader.lang
    today = asked.as_of is None and asked.known_on is None
    look.title(t("How does the account stand?") if today else t("How did the account stand?"), icon="account_balance")
    then = found.standing
    if then is None:
        look.nothing_yet(t("At that time nothing was known yet."), t("Choose a later day."))
        return
    balance, stage, trust = st.columns([0.8, 1.6, 1.6], gap="medium")
    with balance:
        look.metric(
            t("Balance"),
            format.points(then.balance, lang),
            help=t("The sum of all deposits and withdrawals, each counting less the longer ago it is."),
        )
    with stage:
        look.fact(
            t("Stage"),
            say.word(say.STAGES, then.stage.name, t),
            then.stage.reason,
            help=t("How the relationship stands: new, growing, solid, strained, recovering or lost."),
        )
    with trust:
        _reliability(found, here)
    promised, asked_for = st.columns(2, gap="medium")
    if "promises" in here.may:
        with promised:
            words = t.ngettext("{n} promise open", "{n} promises open", then.open_promises)
            _open(words.format(n=format.number(then.open_promises, lang)), then.promises, then.open_promises, here)
    if "contacts" in here.may:
        with asked_for:
            words = t.ngettext("{n} question unanswered", "{n} questions unanswered", then.open_questions)
            _open(words.format(n=format.number(then.open_questions, lang)), then.questions, then.open_questions, here)


def _reliability(found: TimelinePage, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    assert found.standing is not None
    trust = found.standing.reliability
    rests = t.ngettext("Rests on {n} promise.", "Rests on {n} promises.", trust.rests_on)
    between = t("Surely between {interval}.").format(interval=format.percent_between(trust.low, trust.high, lang))
    value = t("no figure yet") if trust.value is None else format.percent(trust.value, lang)
    look.fact(
        t("Reliability"),
        value,
        f"{rests.format(n=format.number(trust.rests_on, lang))} {between}",
        help=t("How surely the next promise to this customer is kept, judged by those settled before."),
    )


def _open(words: str, shown: Sequence[OpenThen], total: int, here: Visit) -> None:
    t = here.t
    lines = [f"**{words}**"]
    for each in shown:
        by = t("no date")
        if each.by is not None:
            moment = here.moment(each.by, short=True)
            by = (
                t("overdue since {moment}").format(moment=moment)
                if each.late
                else t("by {moment}").format(moment=moment)
            )
        lines.append(f":small[{plain(each.what)} {quiet(f'· {by}')}]")
    if total > len(shown):
        more = t("and {n} more").format(n=format.number(total - len(shown), here.reader.lang))
        lines.append(f":small[{quiet(more)}]")
    st.markdown("  \n".join(lines))


def later(found: Later, asked: TimelineAsked, here: Visit, entry: Callable[[TimelineEntry], None]) -> None:
    """What nobody could know yet: how many entries, what difference they make, and the newest of them."""
    t, lang = here.t, here.reader.lang
    day = format.day(found.since, lang, today=here.today)
    look.title(t("We learned this only later"), icon="lightbulb")
    parts = []
    if found.learned:
        words = t.ngettext(
            "{n} entry was recorded only after {day}.", "{n} entries were recorded only after {day}.", found.learned
        )
        parts.append(words.format(n=format.number(found.learned, lang), day=day))
    if found.retracted:
        words = t.ngettext(
            "{n} entry that counted then was retracted later.",
            "{n} entries that counted then were retracted later.",
            found.retracted,
        )
        parts.append(words.format(n=format.number(found.retracted, lang)))
    before, now = (format.points(points, lang) for points in (found.balance_then, found.balance_now))
    if found.balance_then != found.balance_now:
        parts.append(
            t("By what we knew then the balance is {before}, by what we know now {now}.").format(before=before, now=now)
        )
    else:
        parts.append(t("The balance is {now} both by what we knew then and by what we know now.").format(now=now))
    st.markdown(" ".join(parts))
    if not found.entries:
        return
    with st.expander(t("Which were recorded last?")):
        for number, row in enumerate(found.entries):
            with st.container(key=f"row_later_{number}"):
                entry(row)
        if found.learned > len(found.entries):
            shown = t("The {n} recorded last of {total}.")
            numbers = {"n": format.number(len(found.entries), lang), "total": format.number(found.learned, lang)}
            look.foot(shown.format(**numbers))
