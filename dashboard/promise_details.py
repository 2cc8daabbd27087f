"""Beside a promise: what exactly was promised, and who was warned."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import look, say
from dashboard.look import BREAK, plain, quiet
from dashboard.shapes.promise import OnePromise, Warned
from dashboard.visit import Visit
from words import N_, format

_BINDINGS: Final = {
    "firm": N_("firmly promised"),
    "intended": N_("intended, not firmly promised"),
    "estimate": N_("an estimate"),
}


def promised(found: OnePromise, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("What was promised?"), icon="handshake")
    made = here.moment(found.made, short=True)
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
    st.markdown(BREAK.join(f"{quiet(label)} {value}" for label, value in known if value))


def _money(amount: float | None, currency: str | None, lang: str) -> str:
    if amount is None:
        return ""
    return f"{format.number(amount, lang, 0 if amount == int(amount) else 2)}{format.NO_BREAK_SPACE}{currency or ''}"


def warned(alerts: tuple[Warned, ...], here: Visit) -> None:
    t = here.t
    look.title(t("Who was warned?"), icon="notifications", count=len(alerts) or None)
    if not alerts:
        st.markdown(quiet(t("Nobody had to be warned so far.")))
    for each in alerts:
        to = t("to {name}").format(name=plain(each.to)) if each.to else t("nobody can be reached")
        state = look.delivery(each.delivery, say.word(say.DELIVERIES, each.delivery, t))
        lines = [
            f"**{say.word(say.ALERTS, each.rule, t)}**\u2002{quiet(here.moment(each.raised, short=True))}",
            f"{quiet(to)}\u2002{state}",
        ]
        if each.noted is not None and each.noted_by:
            noted = t("{name} took note {moment}")
            lines.append(quiet(noted.format(name=plain(each.noted_by), moment=here.moment(each.noted, short=True))))
        st.markdown(BREAK.join(lines))
