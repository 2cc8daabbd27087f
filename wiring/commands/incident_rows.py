"""Incidents as rows: for scripts with every field, for people as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from projections import naming
from projections.incidents import IncidentRow
from projections.sentences import NAMED_BY_INCIDENT
from wiring.commands.desk import Desk
from wiring.commands.rows import show
from wiring.told import incidents
from words import N_, Translator
from words.format import moment, number
from words.names import INCIDENT_STATES

STEPS: Mapping[str, str] = {
    "reason": N_("give the reason"),
    "apology": N_("apologise"),
    "chance": N_("ask for a new chance, with an offer"),
    "talk": N_("talk in person"),
    "resolved": N_("put it right"),
}
INCIDENT, WHO, WHEN, STATE = N_("Incident"), N_("Customer"), N_("Reported"), N_("State")
NEXT, OWNER = N_("Next"), N_("Owner")
TALK_MISSING = N_("{state}, without the talk in person that restores trust")
NEXT_STEP = N_("{step}, by {due}")


def answer(desk: Desk, rows: Sequence[IncidentRow]) -> None:
    if desk.out.as_json:
        desk.out.answer([incidents.as_json(row, desk.t) for row in rows])
        return
    heads = (INCIDENT, WHO, WHEN, STATE, NEXT, OWNER)
    show(desk, heads, rows, lambda row: _cells(desk, row), count_in_words(len(rows), desk.t))


def count_in_words(n: int, t: Translator) -> str:
    return t.ngettext("{n} incident.", "{n} incidents.", n).format(n=number(n, t.lang))


def _cells(desk: Desk, row: IncidentRow) -> list[str]:
    t = desk.t
    return [
        f"{row.text or t.gettext(NAMED_BY_INCIDENT[row.kind])} ({row.id})",
        naming.called(row.customer_name, row.customer_id, t),
        moment(row.reported_at, desk.now, desk.zone, t.lang),
        _state(row, t),
        _next(desk, row),
        row.owner or "–",
    ]


def _state(row: IncidentRow, t: Translator) -> str:
    state = t.gettext(INCIDENT_STATES[row.state])
    return t.gettext(TALK_MISSING).format(state=state) if row.state != "open" and not row.restored else state


def _next(desk: Desk, row: IncidentRow) -> str:
    """The next step of recovery and until when."""
    t = desk.t
    if row.next_step is None:
        return "–"
    step, due = t.gettext(STEPS[row.next_step]), row.due_of(row.next_step)
    if due is None:
        return step
    return t.gettext(NEXT_STEP).format(step=step, due=moment(due, desk.now, desk.zone, t.lang))
