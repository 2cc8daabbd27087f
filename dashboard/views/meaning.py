"""Does the figure mean anything? The adviser and the account against what came."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import charts, data, look
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.meaning import Figure, FigureTest, Judged, TooFew
from dashboard.visit import Visit, visit
from words import N_

_FIGURES: Final[tuple[tuple[Figure, str, str, str], ...]] = (
    (
        "adviser",
        N_("Is it right what the adviser says?"),
        N_("Said: how probable it is that the promise is kept. Came: it was kept."),
        N_("It can be tested as soon as promises had an end: kept, broken or taken back."),
    ),
    (
        "account",
        N_("Does the account know whether a customer is content?"),
        N_("Said: how probable bad feedback is by the account. Came: the feedback was bad."),
        N_("It needs at least 50 customers' feedbacks about promises before the test begins, and 50 after."),
    ),
)


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    look.head(
        t("Does the figure mean anything?"),
        t("Tested on your own past: what was said against what came."),
    )
    for figure, title, words, needs in _FIGURES:
        found = data.ask().tested(here.reader, figure)
        if isinstance(found, Refusal):
            with look.card("refused"):
                look.refused(found.sentences)
            return
        with look.card(figure):
            look.title(t(title))
            st.markdown(quiet(t(words)))
            if found is not None:
                _found(found, t(needs), here)
            _ask(figure, found, here)


def _ask(figure: Figure, known: FigureTest | None, here: Visit) -> None:
    """The button, where there is anything to find that is not known yet."""
    t = here.t
    if known is not None and not known.newer:
        return
    words = t("Test now") if known is None else t("Test again")
    if st.button(words, key=f"test_{figure}", icon=":material/play_arrow:"):
        with look.working(t("Testing"), t("{done} of {total} accounts read")) as tell:
            data.ask().test(here.reader, figure, tell)
        st.rerun()
    if known is None:
        look.foot(t("In a large firm this takes a few seconds, sometimes a minute."))


def _found(found: FigureTest, needs: str, here: Visit) -> None:
    if len(found.groups) == 1:
        _alone(found.groups[0], needs, here)
    else:
        for column, group in zip(st.columns(len(found.groups), gap="medium"), found.groups, strict=True):
            with column:
                _beside(group, needs, here)
    look.foot(_foot(found, here))
    if found.left_out is not None:
        look.foot(plain(found.left_out))


def _alone(group: Judged | TooFew, needs: str, here: Visit) -> None:
    if isinstance(group, TooFew):
        look.nothing_yet(group.sentence, needs)
        return
    picture, words = st.columns([1.15, 1], gap="medium", vertical_alignment="center")
    with picture:
        look.show(charts.said_and_came(group.classes, group.guess, here.style))
    with words:
        _said(group)


def _beside(group: Judged | TooFew, needs: str, here: Visit) -> None:
    st.markdown(f"**{group.title}**")
    if isinstance(group, TooFew):
        look.nothing_yet(group.sentence, needs)
        return
    look.show(charts.said_and_came(group.classes, group.guess, here.style))
    _said(group)


def _said(group: Judged) -> None:
    said = (f"**{plain(each)}**" if each == group.verdict else plain(each) for each in group.sentences)
    st.markdown("\n".join(f"- {each}" for each in said))


def _foot(found: FigureTest, here: Visit) -> str:
    t = here.t
    drawn = [group for group in found.groups if isinstance(group, Judged)]
    picture = t(
        "Dot: cases of which about the same was said; the larger, the more. "
        "Bar: where the share surely lies (19 in 20). On the dashed line came exactly what was said."
    )
    ring = t("Ring: whoever always guesses the rate known at the beginning.")
    at = here.moment(found.at)
    tested = t("Tested {moment}.").format(moment=at)
    newer = t("Something has been recorded since.") if found.newer else ""
    guessed = any(group.guess for group in drawn)
    parts = [picture if drawn else "", ring if guessed else "", found.begins or "", tested, newer]
    return " ".join(part for part in parts if part)
