"""How a figure reads: its value, between what it surely lies, and what it rests on."""

from __future__ import annotations

import streamlit as st

from dashboard import look, say
from dashboard.look import quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.figures import Share, Spread
from dashboard.visit import Visit
from words import format


def not_shown(refused: Refusal) -> None:
    """In place of figures that are not for this reader: the reason, calmly, and what there is instead."""
    with look.card("figures"):
        first, *others = refused.sentences
        st.markdown(f":material/visibility_off: {first}  \n{quiet(' '.join(others))}")


def share(label: str, found: Share, rests: str, here: Visit, *, help: str, nothing: str) -> None:
    """A share with its interval; `rests` and `nothing` are sentences."""
    t, lang = here.t, here.reader.lang
    if found.value is None:
        st.metric(label, "–", help=help)
        look.lines(nothing)
        return
    look.metric(label, format.percent(found.value, lang), help=help)
    between = format.percent_between(found.low, found.high, lang)
    look.lines(t("Surely between {between}.").format(between=between), rests)


def business_time(label: str, found: Spread, rests: str, here: Visit, *, help: str, nothing: str) -> None:
    """The middle of times in which we are open, and what nine in ten do not exceed."""
    t = here.t
    if found.median is None or found.most is None:
        st.metric(label, "–", help=help)
        look.lines(nothing)
        return
    look.metric(label, say.business_time(found.median, t), help=help)
    look.lines(t("9 in 10 within {time}.").format(time=say.business_time(found.most, t)), rests)


def rests_on_questions(n: int, here: Visit) -> str:
    text = here.t.ngettext("Rests on {n} question.", "Rests on {n} questions.", n)
    return text.format(n=format.number(n, here.reader.lang))


def rests_on_contacts(n: int, here: Visit) -> str:
    text = here.t.ngettext("Rests on {n} contact.", "Rests on {n} contacts.", n)
    return text.format(n=format.number(n, here.reader.lang))


def rests_on_incidents(n: int, here: Visit) -> str:
    text = here.t.ngettext("Rests on {n} incident.", "Rests on {n} incidents.", n)
    return text.format(n=format.number(n, here.reader.lang))


def rests_on_promises(n: int, here: Visit) -> str:
    text = here.t.ngettext("Rests on {n} promise.", "Rests on {n} promises.", n)
    return text.format(n=format.number(n, here.reader.lang))
