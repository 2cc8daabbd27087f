"""What the audit lists: each entry with when it happened and was recorded, by whom, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import streamlit as st

from dashboard import address
from dashboard.look import plain, quiet
from dashboard.shapes.timeline import TimelineEntry, TimelinePage
from dashboard.timeline_moment import RESETS
from dashboard.visit import Visit
from words import format

_ICONS: Final = {
    "promise": "handshake",
    "request": "block",
    "contact": "forum",
    "incident": "handyman",
    "customer": "person",
    "feedback": "reviews",
    "referral": "campaign",
    "alert": "notifications",
    "fact": "undo",
}
_LATE: Final = timedelta(days=1)
"""What was recorded so much later than it happened, the audit points out."""


def show(row: TimelineEntry, here: Visit, *, number: int | None = None, narrowed: bool = False) -> None:
    """With a number it can be narrowed to what it is about."""
    t = here.t
    when, what, only = st.columns([1.15, 2.9, 0.55], gap="small")
    late = row.recorded - row.at > _LATE
    text = t("recorded only {moment}") if late else t("recorded {moment}")
    when.markdown(
        f"**{here.moment(row.at, short=True)}**  \n{quiet(text.format(moment=here.moment(row.recorded, short=True)))}"
    )
    words = f"~~{plain(row.text)}~~" if row.status == "retracted" else plain(row.text)
    if row.status == "alert":
        words += quiet(f" · {t('to {name}').format(name=plain(row.by)) if row.by else t('nobody can be reached')}")
    lines = [f":material/{_ICONS.get(row.about, 'circle')}: {words}"]
    if row.detail:
        lines.append(quiet(f"~~{plain(row.detail)}~~" if row.status == "retracted" else plain(row.detail)))
    if row.became:
        parts = [f"{plain(text)} {quiet(here.moment(at, short=True))}" for at, text in row.became]
        lines.append(f":material/subdirectory_arrow_right: {' · '.join(parts)}")
    lines.append("\u2002".join(part for part in (_badge(row, here), quiet(_source(row))) if part))
    what.markdown("  \n".join(line for line in lines if line))
    if row.thing is not None and number is not None and not narrowed:
        with only.container(horizontal=True, horizontal_alignment="right"):
            st.button(
                t("Only this"),
                key=f"only_{number}",
                type="tertiary",
                help=t("Shows only what belongs to the same promise, question or incident."),
                on_click=address.put,
                args=("thing", row.thing, "kind", RESETS),
            )


def _badge(row: TimelineEntry, here: Visit) -> str:
    t = here.t
    if row.status == "parked":
        return f":blue-badge[:material/pause_circle: {t('waits again for what it belongs to')}]"
    if row.status != "retracted" or row.retracted_at is None:
        return ""
    words = t("retracted {moment}").format(moment=here.moment(row.retracted_at, short=True))
    why = f": {plain(row.why)}" if row.why else ""
    return f":gray-badge[:material/undo: {t('recorded by mistake')}]\u2002{words}{why}"


def _source(row: TimelineEntry) -> str:
    return "" if row.status == "alert" else " · ".join(plain(part) for part in (row.by, row.origin) if part)


def foot(found: TimelinePage, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    shown = t("{n} of {total}, what happened last first.")
    said = shown.format(n=format.number(len(found.rows), lang), total=format.number(found.total, lang))
    if not found.retracted:
        return said
    struck = t.ngettext(
        "Struck through: {n} entry recorded by mistake; it counts nowhere.",
        "Struck through: {n} entries recorded by mistake; they count nowhere.",
        found.retracted,
    )
    return f"{said} {struck.format(n=format.number(found.retracted, lang))}"
