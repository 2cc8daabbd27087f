"""The narrow cards of a morning: what to put right, whom to call, what we wait for, who has fallen silent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import streamlit as st

from dashboard import alert_rows, deeds, incident_rows, look, places, rows
from dashboard.look import plain, quiet
from dashboard.shapes.deeds import Subject
from dashboard.shapes.incidents import IncidentRow
from dashboard.shapes.morning import Awaited, Few, FollowUp, Morning, Quiet
from dashboard.views.customers import silence_in_words
from dashboard.visit import Visit
from words import Translator, format

_ARROW: Final = ":material/arrow_forward:"


class _Line(NamedTuple):
    """Whose account the words lead to, a quiet second line, and what can be done."""

    customer: str
    label: str
    second: str
    told: rows.Told = rows.NOTHING_TOLD
    do: Callable[[str], None] | None = None
    """The buttons, under a key."""


def cards(seen: Morning, here: Visit) -> None:
    """Those that have anything to say."""
    t, owner = here.t, seen.owner
    if seen.recoveries.total:
        with look.card("recoveries"):
            look.title(t("Putting right"), icon="handyman", count=seen.recoveries.total)
            _show("recovery", (_recovery(row, seen, here) for row in seen.recoveries.rows), here)
            all_of(seen.recoveries, places.incidents, {"owner": owner}, here)
    if seen.follow_ups.total:
        with look.card("follow_ups"):
            look.title(t("Call after delivery"), icon="call", count=seen.follow_ups.total)
            _show("follow_up", (_follow_up(row, seen, here) for row in seen.follow_ups.rows), here)
            _hidden(seen.follow_ups, here)
    if seen.waiting.total:
        with look.card("waiting"):
            look.title(t("What we wait for"), icon="hourglass_empty", count=seen.waiting.total)
            _show("awaited", (_awaited(row, here) for row in seen.waiting.rows), here)
            all_of(seen.waiting, places.promises, {"owner": owner, "state": "waiting"}, here)
    if seen.silent.total:
        with look.card("silent"):
            look.title(t("Long not heard of"), icon="hearing_disabled", count=seen.silent.total)
            _show("silent", (_quiet(row, seen, here) for row in seen.silent.rows), here)
            all_of(seen.silent, places.account, {"order": "silent"}, here)


def all_of(found: Few[Any], page: Callable[[Translator], st.Page], query: dict[str, str | None], here: Visit) -> None:
    """The way to all of them, where not all are shown."""
    if found.total <= len(found.rows):
        return
    label = here.t("All {n} of them").format(n=format.number(found.total, here.reader.lang))
    known = {name: value for name, value in query.items() if value}
    st.page_link(page(here.t), label=label, icon=_ARROW, query_params=known)


def _hidden(found: Few[Any], here: Visit) -> None:
    if found.total > len(found.rows):
        more = format.number(found.total - len(found.rows), here.reader.lang)
        look.foot(here.t("and {n} more").format(n=more))


def _show(name: str, lines: Iterable[_Line], here: Visit) -> None:
    for number, line in enumerate(lines):
        with st.container(key=f"row_{name}_{number}", gap=None):
            rows.to_account(line.customer, line.label, here)
            st.markdown("  \n".join((quiet(line.second), *line.told.lines)))
            if line.do is not None:
                with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                    line.do(f"{name}_{number}")


def _recovery(row: IncidentRow, seen: Morning, here: Visit) -> _Line:
    label = f"**{plain(row.name)}** · {incident_rows.called(row, here)}"
    told = alert_rows.told(seen, row.id, here, implied=("recovery_step_due",))

    def buttons(key: str) -> None:
        deeds.incident(row, incident_rows.called(row, here), here, key, alerts=told.alerts)

    return _Line(row.customer, label, incident_rows.to_do(row, here), told, buttons if seen.may_record else None)


def _follow_up(row: FollowUp, seen: Morning, here: Visit) -> _Line:
    told = alert_rows.told(seen, row.promise, here, implied=("follow_up_due",))

    def buttons(key: str) -> None:
        deeds.called("follow_up", Subject(row.promise, row.name, row.what), here, key, alerts=told.alerts)

    when = here.t("delivered {moment}: is all well?").format(moment=alert_rows.moment(row.settled, here))
    return _Line(
        row.customer, f"**{plain(row.name)}** · {plain(row.what)}", when, told, buttons if seen.may_record else None
    )


def _awaited(row: Awaited, here: Visit) -> _Line:
    since = format.how_long((here.now - row.since).total_seconds(), here.reader.lang)
    return _Line(row.customer, f"**{plain(row.name)}** · {plain(row.what)}", since)


def _quiet(row: Quiet, seen: Morning, here: Visit) -> _Line:
    def buttons(key: str) -> None:
        deeds.called("check_in", Subject(row.customer, row.name, ""), here, key)

    words = silence_in_words(row.silence, here)
    return _Line(row.customer, f"**{plain(row.name)}**", words, do=buttons if seen.may_record else None)
