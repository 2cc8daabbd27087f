"""What became of a promise: how it was moved, what that did to the account, and all that was recorded."""

from __future__ import annotations

import streamlit as st

from dashboard import look, places
from dashboard.deed_words import CAUSES
from dashboard.look import BREAK, plain, quiet
from dashboard.shapes.promise import Line, Move, OnePromise, Pause
from dashboard.shapes.timeline import TimelineEntry
from dashboard.visit import Visit
from words import format


def moved(found: OnePromise, here: Visit) -> None:
    t = here.t
    look.title(t("How often was it moved?"), icon="event_repeat", count=len(found.moves))
    for move in found.moves:
        st.markdown(_move(move, here))
    for pause in found.pauses:
        st.markdown(_pause(pause, here))


def _move(move: Move, here: Visit) -> str:
    t = here.t
    before = t("no date") if move.before is None else here.moment(move.before, short=True)
    first = f"**{t('from {before} to {after}').format(before=before, after=here.moment(move.due, short=True))}**"
    if not move.agreed:
        badge = f":gray-badge[:material/help: {t('proposed, not agreed')}]"
    elif move.by_customer:
        wish = t("at the customer's wish")
        badge = f":gray-badge[:material/person: {wish}]"
    elif move.in_time:
        badge = f":green-badge[:material/check: {t('told in time')}]"
    else:
        badge = f":orange-badge[:material/schedule: {t('told too late')}]"
    told = t("told {moment}").format(moment=here.moment(move.told, short=True))
    said = [told, *([plain(move.reason)] if move.reason else [])]
    lines = [f"{first}\u2002{badge}", quiet(" · ".join(said))]
    if move.alternative:
        lines.append(t("instead: {text}").format(text=plain(move.alternative)))
    elif move.agreed and not move.by_customer:
        lines.append(quiet(t("no alternative was offered")))
    return BREAK.join(lines)


def _pause(pause: Pause, here: Visit) -> str:
    t = here.t
    cause = t.gettext(CAUSES[pause.cause])
    if pause.until is None:
        span = t("paused since {moment}").format(moment=here.moment(pause.since, short=True))
    else:
        span = t("paused from {since} to {until}").format(
            since=here.moment(pause.since, short=True), until=here.moment(pause.until, short=True)
        )
    return f":material/pause_circle: **{span}**{BREAK}{quiet(cause)}"


def points(found: OnePromise, here: Visit) -> None:
    t = here.t
    look.title(t("What did it do to the account?"), icon="account_balance_wallet")
    if found.internal:
        st.markdown(quiet(t("An internal promise: the customer does not see it, and it does not touch the account.")))
        return
    if not found.lines:
        st.markdown(quiet(t("Nothing yet: a line comes when it is kept, moved, taken back, or its date passes.")))
        return
    for line in found.lines:
        st.markdown(_line(line, here))
    counts = format.points(sum(line.counts for line in found.lines), here.reader.lang, signed=True)
    look.foot(t("Counts {points} today, as every line fades with time.").format(points=counts))
    st.page_link(
        places.account(t),
        label=t("To the statement"),
        icon=":material/arrow_forward:",
        query_params={"customer": found.row.customer, "span": "all"},
    )


def _line(line: Line, here: Visit) -> str:
    points = format.points(line.points, here.reader.lang, signed=True)
    colour = "green" if line.points > 0 else "orange" if line.points < 0 else "gray"
    day = format.day(line.at.astimezone(here.reader.zone).date(), here.reader.lang, today=here.today)
    parts = [line.detail, here.t("provisional") if line.provisional else ""]
    second = " · ".join(part for part in parts if part)
    first = f":{colour}[**{points}**]\u2002{plain(line.text)}\u2002{quiet(day)}"
    return f"{first}{BREAK}{quiet(plain(second))}" if second else first


def facts(facts: tuple[TimelineEntry, ...], here: Visit) -> None:
    t = here.t
    look.title(t("Everything that was recorded"), t("happened, and recorded"), icon="history", count=len(facts))
    for fact in reversed(facts):
        st.markdown(_fact(fact, here))


def _fact(fact: TimelineEntry, here: Visit) -> str:
    t = here.t
    text = plain(fact.text)
    first = f"**{here.moment(fact.at, short=True)}**\u2002" + (f"~~{text}~~" if fact.status == "retracted" else text)
    said = [t("recorded {moment}").format(moment=here.moment(fact.recorded, short=True))]
    said += [plain(each) for each in (fact.detail, fact.by) if each]
    if fact.status == "retracted":
        said.append(t("recorded by mistake, counts nowhere"))
    if fact.status == "parked":
        said.append(t("waits for what it belongs to"))
    return f"{first}{BREAK}:small[{quiet(' · '.join(said))}]"
