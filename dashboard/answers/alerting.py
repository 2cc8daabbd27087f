"""What an alert says on a page: about whom and what, in a sentence of its rule, and how its message fared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dashboard.shapes.alerts import Delivery, Place, Told
from dashboard.shapes.asking import Reader
from domain.alert import NOBODY, SHARED_INBOX
from projections import naming
from projections.alerts import AlertRow
from projections.customers import person_name
from projections.subjects import own_name
from wiring.home import Konto
from words import N_, Translator, translator

STATES: Final[Mapping[str, Delivery]] = {
    "raised": "waiting",
    "failing": "failed",
    "delivered": "delivered",
    "acknowledged": "acknowledged",
    "snoozed": "snoozed",
    "undeliverable": "undeliverable",
    "cleared": "over",
    "no_longer_needed": "not_needed",
    "too_old": "too_old",
}
SAYS: Final[Mapping[str, str]] = {
    "last_call": N_("If it gets tight: give notice in time and name a date that you will keep."),
    "chased": N_("Has asked again and has not heard of us since."),
    "overdue": N_("The date has passed. Call: say what the reason was, and name a date that you will keep."),
    "unanswered": N_("Waits for an answer; half of the time for it has passed."),
    "unanswered 2": N_("Waits for an answer; the time for it has passed."),
    "recovery_step_due": N_("Next step: {detail}. Half of the time for it has passed."),
    "recovery_step_due 2": N_("Next step: {detail}. The time for it has passed."),
    "at_risk": N_("Will probably not be kept. Notice in time is still possible."),
    "channel_paused": N_("Messages no longer leave this way."),
    "trust_low": N_("Trust is low. A call by whoever leads helps now."),
    "moved_again": N_("Was moved again and again. Agree on a date that holds, or take it back honestly."),
    "follow_up_due": N_("Was delivered. A short call: is all well?"),
    "overload": N_("More in hand than ever went well. Promise nothing new before something is done."),
    "due_soon": N_("Is due soon."),
    "trust_falling": N_("The balance is falling."),
    "supplier_card": N_("Yellow card: promises about their products were broken twice."),
    "supplier_card 2": N_("Red card: promises about their products were broken again and again."),
    "buffer_thin": N_("The buffer is thin: little more may go wrong here."),
    "lapsed_cadence": N_("Something that came regularly has stopped: {detail}."),
    "silent_customer": N_("Not heard of for unusually long. No praise is quiet criticism."),
    "feedback_silent": N_("Has given no feedback for long. Ask for it."),
    "reliability_drift": N_("Fewer promises were kept than usual."),
}
"""By rule; with a 2 behind it where the second level says something else."""

THINGS: Final[Mapping[str, str]] = {
    "promise": N_("a promise"),
    "contact": N_("a question"),
    "incident": N_("an incident"),
}
DETAILS: Final[Mapping[str, str]] = {
    "reason": N_("Reason"),
    "apology": N_("Apology"),
    "chance": N_("New chance"),
    "talk": N_("Talk"),
    "resolved": N_("Solution"),
    "follow_up": N_("asked whether all is well"),
    "check_in": N_("asked how things are"),
    "needs": N_("asked what is needed"),
    "advice": N_("advised"),
    "idea_adopted": N_("took up an idea"),
    "courtesy": N_("a kind gesture"),
    "service": N_("an extra service"),
    "news": N_("news"),
    "other": N_("for another reason"),
}
"""Steps of a recovery and purposes of contacts."""
PLACES: Final[Mapping[str, Place]] = {
    "supplier": "suppliers",
    "team": "team",
    "person": "promises",
    "channel": "deliveries",
}
INBOX: Final = N_("the shared inbox")


def told(konto: Konto, reader: Reader, row: AlertRow) -> Told:
    kind, t = row.subject_id.partition("-")[0], translator(reader.lang)
    return Told(
        rule=row.rule,
        text=_sentence(row, t),
        about=_about(konto, reader, row, kind),
        place=PLACES.get(kind, "account"),
        customer=row.customer or None,
        name=naming.called(row.customer_name, row.customer_id, t) or None,
        own=f"{row.source}:{row.subject}" if row.source else "",
    )


def _sentence(row: AlertRow, t: Translator) -> str:
    text = SAYS.get(f"{row.rule} {row.level}") or SAYS[row.rule]
    detail = t.gettext(DETAILS[row.detail]) if row.detail in DETAILS else row.detail
    return t.gettext(text).format(detail=detail)


def _about(konto: Konto, reader: Reader, row: AlertRow, kind: str) -> str:
    if row.what or kind == "customer":
        return row.what or ""
    if kind in THINGS:
        return translator(reader.lang).gettext(THINGS[kind])
    if kind == "person":
        return person_name(konto.library, row.subject_id) or row.subject_id
    return own_name(konto.library, konto.steering, row.subject_id, konto.clock())


def whom(reader: Reader, name: str | None) -> str | None:
    """Who got an alert or was meant to, by name; None where nobody can be reached."""
    if name is None or name == NOBODY:
        return None
    return translator(reader.lang).gettext(INBOX) if name == SHARED_INBOX else name
