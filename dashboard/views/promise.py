"""One promise: what was promised to whom by when, what became of it, and why it counts as it does."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import data, deeds, look, places, rows, say
from dashboard.deed_words import CAUSES
from dashboard.look import plain, quiet
from dashboard.shapes.promise import Line, Move, OnePromise, Pause, Warned
from dashboard.shapes.timeline import TimelineEntry
from dashboard.visit import Visit, visit
from words import N_, format

_BREAK: Final = "  \n"
_OUTCOMES: Final = {
    "open": ("pending", "", N_("open")),
    "overdue": ("schedule", "orange", N_("overdue")),
    "kept": ("check_circle", "green", N_("kept")),
    "exceeded": ("verified", "green", N_("kept, and more than that")),
    "kept_late": ("history", "orange", N_("kept late")),
    "partial": ("contrast", "orange", N_("partly kept")),
    "broken": ("cancel", "orange", N_("broken")),
    "withdrawn": ("undo", "gray", N_("taken back")),
    "released": ("do_not_disturb_on", "gray", N_("waived by the customer")),
}
_WHY: Final = {
    "open": N_("It is open, and its date has not come yet."),
    "overdue": N_(
        "Its date has passed, and nobody has said that it is done. The account already shows what that costs."
    ),
    "kept": N_("Fulfilled in full by the date that counts."),
    "exceeded": N_("Fulfilled by the date that counts, and better than promised."),
    "kept_late": N_("Fulfilled in full, but {late} after the date that counts."),
    "partial": N_("{degree} of it was done. From half on a promise counts as partly kept."),
    "broken": N_("Less than half of it was done ({degree})."),
    "broken said": N_("It was said that it will not be kept."),
    "broken waived": N_("The customer waived it only after its date had passed; that counts as broken."),
    "withdrawn": N_("Taken back openly while notice was still in time."),
    "withdrawn late": N_("Taken back openly, but too late for the customer to plan anew."),
    "released": N_("The customer waived it before its date; it counts neither as kept nor as broken."),
}
_BINDINGS: Final = {
    "firm": N_("firmly promised"),
    "intended": N_("intended, not firmly promised"),
    "estimate": N_("an estimate"),
}


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    name = st.query_params.get("promise", "")
    found = data.ask().promise(here.reader, name)
    if found is None:
        with look.head(t("Promise"), t("There is no promise “{name}” that you could see.").format(name=plain(name))):
            st.page_link(places.promises(t), label=t("All open promises"), icon=":material/handshake:")
        return
    with look.head(plain(found.row.what), _about(found, here)):
        rows.to_account(found.row.customer, t("Account of {name}").format(name=plain(found.row.name)), here)
    with look.card("standing"):
        _standing(found, here)
    wide, narrow = st.columns([2.1, 1], gap="small")
    with wide:
        if found.moves or found.pauses:
            with look.card("moves"):
                _moved(found, here)
        with look.card("points"):
            _points(found, here)
        with look.card("facts"):
            _facts(found.facts, here)
    with narrow:
        with look.card("details"):
            _details(found, here)
        with look.card("alerts"):
            _alerts(found.alerts, here)


def _about(found: OnePromise, here: Visit) -> str:
    t = here.t
    parts = [t("promised to {name}").format(name=plain(found.row.name)), say.word(say.KINDS, found.row.kind, t)]
    if found.row.owner:
        parts.append(t("{name} answers for it").format(name=plain(found.row.owner)))
    else:
        parts.append(t("nobody answers for it yet"))
    return " · ".join(parts)


# -- how it stands ----------------------------------------------------------------------------------


def _standing(found: OnePromise, here: Visit) -> None:
    t = here.t
    icon, colour, words = _OUTCOMES[found.outcome]
    shown = t.gettext(words)
    if found.outcome == "open" and found.row.state == "waiting":
        icon, colour, shown = "pause_circle", "blue", t("waits for the customer")
    sign = f":{colour}-badge[:material/{icon}: {shown}]" if colour else f":gray-badge[:material/{icon}: {shown}]"
    columns = st.columns([1.5, 1, 1, 1], gap="medium")
    with columns[0]:
        st.markdown(f":small[{t('How it stands')}]{_BREAK}{sign}", help=t(
            "The outcome at this moment, by the rules that the trust account explains."
        ))  # fmt: skip
        st.markdown(f":small[{quiet(_why(found, here))}]")
    _due(
        columns[1], t("First date"), found.first_due, t("As it was promised, moved only at the customer's wish."), here
    )
    _due(columns[2], t("Date in force"), found.due, t("The first date, moved by everything that was agreed."), here)
    _due(
        columns[3],
        t("Date that counts"),
        found.counting_due,
        t("Moved by what was agreed in time; from the first move told too late it stays where it is."),
        here,
    )
    lines = [*_notice(found, here), *rows.why(found.row, here)]
    if lines:
        st.markdown(_BREAK.join(lines))
    if found.settled is None and deeds.possible(here):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="deeds"):
            deeds.promise(found.row, here, f"page_{found.row.id}", urgent=found.row.state == "notice")


def _due(place: DeltaGenerator, label: str, at: datetime | None, help: str, here: Visit) -> None:
    with place:
        said = here.t("no date") if at is None else _moment(at, here)
        st.markdown(f":small[{label}]{_BREAK}**{said}**", help=help)


def _notice(found: OnePromise, here: Visit) -> list[str]:
    t, until = here.t, found.row.notice_until
    if found.settled is not None or until is None or found.outcome == "overdue" or found.row.state == "waiting":
        return []
    if until < here.now:
        return [t("Notice would now come too late to cost nothing.")]
    return [t("Notice is in time until {moment}.").format(moment=_moment(until, here))]


def _why(found: OnePromise, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    key = found.outcome
    if key == "broken":
        key = "broken said" if found.said_so else "broken" if found.degree is not None else "broken waived"
    if key == "withdrawn" and not found.in_time:
        key = "withdrawn late"
    said = t.gettext(_WHY[key]).format(
        late=format.duration(found.late_seconds or 0, lang), degree=format.percent(found.degree or 0, lang)
    )
    if found.settled is not None:
        said = f"{_moment(found.settled, here)}: {said}"
    return said


def _moment(at: datetime, here: Visit) -> str:
    return here.moment(at, short=True)


# -- what moved it ----------------------------------------------------------------------------------


def _moved(found: OnePromise, here: Visit) -> None:
    t = here.t
    look.title(t("How often was it moved?"), icon="event_repeat", count=len(found.moves))
    for move in found.moves:
        st.markdown(_move(move, here))
    for pause in found.pauses:
        st.markdown(_pause(pause, here))


def _move(move: Move, here: Visit) -> str:
    t = here.t
    before = t("no date") if move.before is None else _moment(move.before, here)
    first = f"**{t('from {before} to {after}').format(before=before, after=_moment(move.due, here))}**"
    if not move.agreed:
        badge = f":gray-badge[:material/help: {t('proposed, not agreed')}]"
    elif move.by_customer:
        wish = t("at the customer's wish")
        badge = f":gray-badge[:material/person: {wish}]"
    elif move.in_time:
        badge = f":green-badge[:material/check: {t('told in time')}]"
    else:
        badge = f":orange-badge[:material/schedule: {t('told too late')}]"
    told = t("told {moment}").format(moment=_moment(move.told, here))
    said = [told, *([plain(move.reason)] if move.reason else [])]
    lines = [f"{first}\u2002{badge}", quiet(" · ".join(said))]
    if move.alternative:
        lines.append(t("instead: {text}").format(text=plain(move.alternative)))
    elif move.agreed and not move.by_customer:
        lines.append(quiet(t("no alternative was offered")))
    return _BREAK.join(lines)


def _pause(pause: Pause, here: Visit) -> str:
    t = here.t
    cause = t.gettext(CAUSES[pause.cause])
    if pause.until is None:
        span = t("paused since {moment}").format(moment=_moment(pause.since, here))
    else:
        span = t("paused from {since} to {until}").format(
            since=_moment(pause.since, here), until=_moment(pause.until, here)
        )
    return f":material/pause_circle: **{span}**{_BREAK}{quiet(cause)}"


# -- points -----------------------------------------------------------------------------------------


def _points(found: OnePromise, here: Visit) -> None:
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
    return f"{first}{_BREAK}{quiet(plain(second))}" if second else first


# -- beside -----------------------------------------------------------------------------------------


def _details(found: OnePromise, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("What was promised?"), icon="handshake")
    made = _moment(found.made, here)
    who = t("{moment} by {name}").format(moment=made, name=plain(found.made_by)) if found.made_by else made
    known = [
        (t("Promised"), who),
        (t("How firmly?"), say.word(_BINDINGS, found.binding, t)),
        (t("Weight"), say.word(say.WEIGHTS, found.severity, t)),
        (t("Price promised"), _money(found.amount, found.currency, lang)),
        (t("Charged"), _money(found.charged, found.currency, lang)),
        (t("Supplier"), plain(found.supplier or "")),
        (t("Product"), plain(found.product or "")),
        (t("Plan B"), plain(found.plan_b or "") or (t("none") if found.settled is None else "")),
        (t("Evidence"), plain(found.evidence or "")),
        (t("Reason"), plain(found.reason or "")),
        (t("Alternative"), plain(found.alternative or "")),
    ]
    st.markdown(_BREAK.join(f"{quiet(label)} {value}" for label, value in known if value))


def _money(amount: float | None, currency: str | None, lang: str) -> str:
    if amount is None:
        return ""
    return f"{format.number(amount, lang, 0 if amount == int(amount) else 2)}{format.NO_BREAK_SPACE}{currency or ''}"


def _alerts(alerts: tuple[Warned, ...], here: Visit) -> None:
    t = here.t
    look.title(t("Who was warned?"), icon="notifications", count=len(alerts) or None)
    if not alerts:
        st.markdown(quiet(t("Nobody had to be warned so far.")))
    for each in alerts:
        to = t("to {name}").format(name=plain(each.to)) if each.to else t("nobody can be reached")
        state = look.delivery(each.delivery, say.word(say.DELIVERIES, each.delivery, t))
        lines = [
            f"**{say.word(say.ALERTS, each.rule, t)}**\u2002{quiet(_moment(each.raised, here))}",
            f"{quiet(to)}\u2002{state}",
        ]
        if each.noted is not None and each.noted_by:
            noted = t("{name} took note {moment}")
            lines.append(quiet(noted.format(name=plain(each.noted_by), moment=_moment(each.noted, here))))
        st.markdown(_BREAK.join(lines))


def _facts(facts: tuple[TimelineEntry, ...], here: Visit) -> None:
    t = here.t
    look.title(t("Everything that was recorded"), t("happened, and recorded"), icon="history", count=len(facts))
    for fact in reversed(facts):
        st.markdown(_fact(fact, here))


def _fact(fact: TimelineEntry, here: Visit) -> str:
    t = here.t
    text = plain(fact.text)
    first = f"**{_moment(fact.at, here)}**\u2002" + (f"~~{text}~~" if fact.status == "retracted" else text)
    said = [t("recorded {moment}").format(moment=_moment(fact.recorded, here))]
    said += [plain(each) for each in (fact.detail, fact.by) if each]
    if fact.status == "retracted":
        said.append(t("recorded by mistake, counts nowhere"))
    if fact.status == "parked":
        said.append(t("waits for what it belongs to"))
    return f"{first}{_BREAK}:small[{quiet(' · '.join(said))}]"
