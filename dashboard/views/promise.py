"""One promise: what was promised to whom by when, what became of it, and why it counts as it does."""

from __future__ import annotations

import streamlit as st

from dashboard import data, look, places, promise_course, promise_details, promise_standing, rows, say
from dashboard.look import plain
from dashboard.shapes.promise import OnePromise
from dashboard.visit import Visit, visit


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
        promise_standing.show(found, here)
    wide, narrow = st.columns([2.1, 1], gap="small")
    with wide:
        if found.moves or found.pauses:
            with look.card("moves"):
                promise_course.moved(found, here)
        with look.card("points"):
            promise_course.points(found, here)
        with look.card("facts"):
            promise_course.facts(found.facts, here)
    with narrow:
        with look.card("details"):
            promise_details.promised(found, here)
        with look.card("alerts"):
            promise_details.warned(found.alerts, here)


def _about(found: OnePromise, here: Visit) -> str:
    t = here.t
    parts = [t("promised to {name}").format(name=plain(found.row.name)), say.word(say.KINDS, found.row.kind, t)]
    if found.row.owner:
        parts.append(t("{name} answers for it").format(name=plain(found.row.owner)))
    else:
        parts.append(t("nobody answers for it yet"))
    return " · ".join(parts)
