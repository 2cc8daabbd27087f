"""A rulebook proposed from what customers did: each weight old and new with its evidence, and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd  # type: ignore[import-untyped]
import streamlit as st

from dashboard import data, editor, look, places
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.publishing import Proposal, Weight
from dashboard.visit import Visit
from words import format

_REFUSED: Final = "proposal_refused"
_SHOWN: Final = "proposal_shown"


def show(here: Visit) -> None:
    """Asked for by a button, since it reads the whole past; then kept until somebody leaves it."""
    t = here.t
    look.title(
        t("What do your own customers say?"), t("weights fitted to feedback, recommendations and who left"), icon="tune"
    )
    refused: Refusal | None = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        look.refused(refused.sentences)
    found = data.ask().proposed(here.reader)
    if not isinstance(found, Proposal) or not st.session_state.get(_SHOWN):
        _offer(here)
        return
    _found(found, here)


def _offer(here: Visit) -> None:
    t = here.t
    st.markdown(
        quiet(t("The whole past is read. Nothing is changed: you get a proposal to read, to try, or to leave."))
    )
    if not st.button(t("Propose weights"), key="propose", icon=":material/tune:"):
        return
    with look.working(t("Reading the past"), t("{done} of {total} accounts read")) as tell:
        found = data.ask().propose(here.reader, tell)
    if isinstance(found, Refusal):
        st.session_state[_REFUSED] = found
    else:
        st.session_state[_SHOWN] = True
    st.rerun()


def _found(found: Proposal, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    st.markdown(f"**{plain(found.fitted)}** {plain(' '.join(found.verdict))}")
    moved = [each for each in found.weights if each.moved]
    same = [each for each in found.weights if not each.moved]
    if moved:
        _table(moved, here)
    else:
        look.nothing_yet(t("No weight would be another one."), t("Leave the rulebook as it is."))
    if same:
        label = t.ngettext("{n} weight stays as it is", "{n} weights stay as they are", len(same))
        with st.expander(label.format(n=format.number(len(same), lang))):
            _table(same, here)
    with st.container(horizontal=True, gap="xsmall"):
        if moved and st.button(
            t("Put it into the editor"),
            key="take_proposal",
            type="primary" if found.better else "secondary",
            icon=":material/edit_document:",
            help=t("There you try it on the past, and publish it if you like."),
        ):
            editor.put("rulebook", found.text)
            st.switch_page(places.what_if(t))
        st.button(t("Leave it"), key="leave_proposal", on_click=_leave)
    at = here.moment(found.at)
    newer = t("Something has been recorded since.") if found.newer else ""
    look.foot(f"{t('Reckoned {moment}.').format(moment=at)} {newer}".strip())


def _leave() -> None:
    st.session_state.pop(_SHOWN, None)


def _table(weights: Sequence[Weight], here: Visit) -> None:
    """On a phone the two values stand below what they are about."""
    t, lang = here.t, here.reader.lang

    def points(value: int) -> str:
        return format.points(value, lang, signed=True, decimals=2)

    heads = (t("Weight"), t("So far"), t("Fitted"), t("What it rests on"))
    wide = [
        (f"{plain(each.meaning)}  \n:small[{quiet(plain(each.section))}]", points(each.old), f"**{points(each.new)}**",
         plain(each.evidence))
        for each in weights
    ]  # fmt: skip
    slim = [
        (
            f"{plain(each.meaning)}: {points(each.old)} → **{points(each.new)}**  \n"
            f":small[{quiet(plain(each.evidence))}]",
        )
        for each in weights
    ]
    moved = "moved" if weights[0].moved else "same"
    with st.container(key=f"wide_weights_{moved}"):
        st.table(pd.DataFrame(wide, columns=list(heads)), border="horizontal", hide_index=True)
    with st.container(key=f"slim_weights_{moved}"):
        st.table(pd.DataFrame(slim, columns=[heads[0]]), border="horizontal", hide_index=True, hide_header=True)
