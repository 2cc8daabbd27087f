"""Does everything run? One calm line where it does; else what is the matter, and what to do about it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import data, in_force_cards, incoming_cards, look, running_cards, standing_still
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.operations import (
    Area,
    Note,
    Operations,
)
from dashboard.views import people
from dashboard.visit import Visit, visit
from words import N_

_AREAS: Final[dict[Area, str]] = {
    "log": N_("Facts"),
    "worker": N_("Worker"),
    "messages": N_("Messages"),
    "doors": N_("What comes in"),
    "backup": N_("Backups"),
    "safety": N_("Safety"),
}


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    found = data.ask().operations(here.reader)
    look.head(t("Operations"), t("Whether everything runs, what waits, and what to do"))
    if isinstance(found, Refusal):
        with look.card("refused"):
            look.refused(found.sentences)
        return
    with look.card("state"):
        _state(found, here)
    left, right = st.columns(2, gap="small")
    with left:
        if found.still_total:
            with look.card("still"):
                standing_still.card(found.still, found.still_total, here)
        with look.card("log"):
            running_cards.log(found, here)
        with look.card("worker"):
            running_cards.worker(found.services, here)
        with look.card("messages"):
            running_cards.messages(found, here)
        with look.card("backup"):
            running_cards.backup(found, here)
        if found.parked_total:
            with look.card("parked"):
                incoming_cards.parked(found.parked, found.parked_total, here)
        if found.refused_total:
            with look.card("refused_files"):
                incoming_cards.refused(found.refused, found.refused_total, here)
    with right:
        with look.card("people"):
            in_force_cards.away(found, here)
        if found.doors is not None:
            with look.card("doors"):
                incoming_cards.doors(found.doors, here)
        if found.documents is not None:
            with look.card("documents"):
                in_force_cards.documents(found.documents, here)
        if found.keys is not None:
            with look.card("keys"):
                in_force_cards.keys(found.keys, here)


def _state(found: Operations, here: Visit) -> None:
    t = here.t
    wrong = sorted((note for note in found.notes if not note.ok), key=lambda note: list(_AREAS).index(note.area))
    if not wrong and not found.missing:
        st.markdown(f":green[:material/check_circle: **{t('Everything runs.')}**] {quiet(t('Nothing is to be done.'))}")
    for note in wrong:
        st.markdown(_note(note, here))
    people.missing(found.missing, here)
    look.foot(t("As of {moment}.").format(moment=here.moment(found.at, short=True)))


def _note(note: Note, here: Visit) -> str:
    area = here.t.gettext(_AREAS[note.area])
    return f":orange[:material/error: **{area}**]\u2002{plain(note.text)}"
