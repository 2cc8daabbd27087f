"""How a team stands: what each of its people has in hand, by name; to see where help is needed, never a mark."""

from __future__ import annotations

import streamlit as st

from dashboard import data, look, per_person_card, places
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.team import Team, TeamGroup, TeamRow
from dashboard.visit import Visit, visit
from words import format


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    found = data.ask().team(here.reader)
    look.head(t("How does the team stand?"), t("What is in hand just now, in the order of names. No mark for anybody."))
    if isinstance(found, Refusal):
        with look.card("refused"):
            look.refused(found.sentences)
        return
    if not found.groups:
        with look.card("empty"):
            look.nothing_yet(
                t("Nobody is named yet, and nobody has anything in hand."),
                t("Name your people in `people.toml`, or bring promises with `konto import FILE`."),
            )
        return
    for number, group in enumerate(found.groups):
        with look.card(f"team_{number}"):
            _group(group, found, number, here)
    if not found.is_alone and found.may_look:
        with look.card("per_person"):
            per_person_card.figures(found.opening, here)
    at = here.moment(here.now)
    look.foot(t("As of {moment}.").format(moment=at))


def _group(group: TeamGroup, found: Team, number: int, here: Visit) -> None:
    t = here.t
    manager = t("led by {name}").format(name=plain(group.manager)) if group.manager else ""
    if group.name or len(found.groups) > 1:
        unnamed = t("Without a team") if group.rows[0].name else t("In nobody's hands yet")
        look.title(plain(group.name) if group.name else unnamed, manager, icon="groups")
    for place, row in enumerate(group.rows):
        with st.container(key=f"row_{number}_{place}"):
            _row(row, here)


def _row(row: TeamRow, here: Visit) -> None:
    who, what = st.columns([1, 2.6], gap="small", vertical_alignment="center")
    with who.container(gap=None):
        if row.name is None:
            st.markdown(quiet(here.t("nobody answers for it yet")))
        else:
            st.page_link(
                places.morning(here.t), label=f"**{plain(row.name)}**", icon="", query_params={"owner": row.name}
            )
        if row.away:
            st.markdown(_away(row, here))
    what.markdown(_in_hand(row, here))


def _away(row: TeamRow, here: Visit) -> str:
    t = here.t
    words = t("away, nobody stands in")
    if row.stand_in:
        words = t("away, {name} stands in").format(name=plain(row.stand_in))
    return f":blue-badge[:material/event_busy: {words}]"


def _in_hand(row: TeamRow, here: Visit) -> str:
    """Only what there is, each with its word."""
    t, lang = here.t, here.reader.lang
    counted = (
        (row.alerts, t.ngettext("{n} alert", "{n} alerts", row.alerts)),
        (row.due, t.ngettext("{n} due today", "{n} due today", row.due)),
        (row.overdue, t.ngettext("{n} overdue", "{n} overdue", row.overdue)),
        (row.unanswered, t.ngettext("{n} open question", "{n} open questions", row.unanswered)),
        (row.steps, t.ngettext("{n} to put right", "{n} to put right", row.steps)),
    )
    said = [text.format(n=f"**{format.number(n, lang)}**") for n, text in counted if n]
    return "  ·  ".join(said) if said else quiet(t("nothing in hand"))
