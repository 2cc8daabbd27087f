"""How an incident reads in a list: what happened, and how far its recovery has come, step by step."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import deeds, rows, say
from dashboard.look import plain, quiet
from dashboard.shapes.incidents import IncidentRow, Step
from dashboard.visit import Visit
from words import N_, Translator, format

_SIGNS: Final = {
    "done": ("check_circle", "green"),
    "done_late": ("check_circle", "green"),
    "next": ("radio_button_checked", ""),
    "missed": ("error", "orange"),
    "ahead": ("radio_button_unchecked", "gray"),
    "left_out": ("do_not_disturb_on", "gray"),
}
_GAP: Final = "\u2003 "
"""Wide, and with a place where a narrow screen may break the line."""
_BREAK: Final = "  \n"
_LEGEND: Final = {
    "done": N_("done"),
    "next": N_("to be done now"),
    "missed": N_("its time has passed"),
    "ahead": N_("still to come"),
    "left_out": N_("left out"),
}


def incident(
    row: IncidentRow, here: Visit, *, by_deadline: bool, can_do: bool = False, told: rows.Told = rows.NOTHING_TOLD
) -> None:
    """One line of the list; its words lead to the customer's account. `by_deadline` is how the list is ordered.

    `can_do`: with the buttons for what can be done about it. `told`: what somebody was told about it.
    """
    with st.container(key=f"row_{row.id}"):
        when, what, buttons = rows.columns(can_do)
        first, second = (
            _deadline(row, here) if by_deadline else (here.moment(row.reported, short=True), _then(row, here))
        )
        when.markdown(f"**{first}**  \n{quiet(second)}")
        with what.container(gap=None):
            rows.to_account(row.customer, f"**{plain(row.name)}** · {called(row, here)}", here)
            st.markdown("\u2002".join(part for part in (badge(row, here), quiet(_about(row, here))) if part))
            if row.promise:
                promised = plain(row.promised) if row.promised else here.t("without words")
                rows.to_promise(row.promise, here.t("Promise: {what}").format(what=promised), here)
            with st.container(key=f"wide_steps_{row.id}"):
                st.markdown(_in_one_line(row, here))
            with st.container(key=f"slim_steps_{row.id}"):
                st.markdown(f":small[{_BREAK.join(steps(row, here))}]")
            if told.lines:
                st.markdown(_BREAK.join(told.lines))
        if buttons is not None:
            with rows.actions(buttons):
                deeds.incident(row, called(row, here), here, row.id, alerts=told.alerts)


def called(row: IncidentRow, here: Visit) -> str:
    """What happened in the firm's own words, else what kind of incident it is."""
    return plain(row.what) if row.what else say.word(say.INCIDENT_KINDS, row.kind, here.t)


def next_step(row: IncidentRow) -> Step | None:
    """What has to be done now."""
    return next((step for step in row.steps if step.state in ("next", "missed")), None)


def steps(row: IncidentRow, here: Visit) -> list[str]:
    """The five steps, each with a sign and a word, and when where it matters."""
    now = next_step(row)
    return [_step(step, step is now, here) for step in row.steps]


def _in_one_line(row: IncidentRow, here: Visit) -> str:
    together = [step.replace(" ", format.NO_BREAK_SPACE) for step in steps(row, here)]
    return f":small[{_GAP.join(together)}]"


def _step(step: Step, now: bool, here: Visit) -> str:
    icon, colour = _SIGNS[step.state]
    words = say.word(say.STEPS, step.name, here.t)
    if step.state == "done_late":
        return f":green[:material/{icon}:] {words} :orange[({here.t('late')})]"
    if now:
        words = f"**{words}** {by_when(step, here)}".strip()
    sign = f":material/{icon}:"
    if colour == "green":
        return f":green[{sign}] {words}"
    return f":{colour}[{sign} {words}]" if colour else f"{sign} {words}"


def by_when(step: Step, here: Visit) -> str:
    """By when a step should be done, or since when it should have been."""
    if step.at is None:
        return ""
    if step.state == "missed":
        return format.how_long((here.now - step.at).total_seconds(), here.reader.lang)
    return here.t("by {moment}").format(moment=here.moment(step.at, short=True))


def to_do(row: IncidentRow, here: Visit) -> str:
    """The step to be done now, and by when or since when."""
    step = next_step(row)
    if step is None:
        return ""
    words = say.word(say.STEPS, step.name, here.t)
    if step.state == "missed":
        return f"{here.t('{step} is missing').format(step=words)} {by_when(step, here)}"
    return f"{words} {by_when(step, here)}".strip()


def legend(t: Translator) -> str:
    """What the signs of the steps mean."""
    return "\u2003".join(f":material/{_SIGNS[state][0]}: {t.gettext(words)}" for state, words in _LEGEND.items())


def _deadline(row: IncidentRow, here: Visit) -> tuple[str, str]:
    """By when the next step should be done, or for how long it has been missing."""
    t, step = here.t, next_step(row)
    if row.waits or step is None or step.at is None:
        return t("no deadline"), t("the clock stands still")
    if step.state == "missed":
        return by_when(step, here), t("{step} is missing").format(step=say.word(say.STEPS, step.name, t))
    return by_when(step, here), t("reported {moment}").format(moment=here.moment(row.reported, short=True))


def _then(row: IncidentRow, here: Visit) -> str:
    """What became of it."""
    t = here.t
    if row.ended is None:
        days = format.how_long((here.now - row.reported).total_seconds(), here.reader.lang)
        return t("open {days}").format(days=days)
    when = here.moment(row.ended, short=True)
    if row.steps[-1].state == "left_out":
        return t("closed {moment}").format(moment=when)
    return t("put right {moment}").format(moment=when)


def badge(row: IncidentRow, here: Visit) -> str:
    """How grave it is, or that it is over; none where both are usual."""
    t = here.t
    if row.state == "closed":
        return f":gray-badge[:material/inventory_2: {t('closed')}]"
    if row.state == "resolved":
        return f":gray-badge[:material/check: {t('put right')}]"
    if row.waits:
        return f":blue-badge[:material/pause_circle: {t('waits for the customer')}]"
    return f":orange-badge[:material/priority_high: {t('serious')}]" if row.severity == "serious" else ""


def _about(row: IncidentRow, here: Visit) -> str:
    t = here.t
    parts = [say.word(say.INCIDENT_KINDS, row.kind, t)] if row.what else []
    if row.severity == "serious" and badge(row, here) and (row.state != "open" or row.waits):
        parts.append(t("serious"))
    if row.severity == "minor":
        parts.append(t("minor"))
    if row.state != "open" and not row.restored:
        parts.append(t("not talked over in person: mail alone seldom restores trust"))
    parts.append(plain(row.owner) if row.owner else t("nobody answers for it yet"))
    if row.supplier:
        parts.append(t("supplier {name}").format(name=plain(row.supplier)))
    if row.admitted:
        parts.append(t("we told them first"))
    return " · ".join(parts)
