"""What code calls things, in the words of our readers."""

from __future__ import annotations

from typing import Final

from words import N_, Translator, format, names

CHANNELS: Final = names.CHANNELS
KINDS: Final = names.KINDS

STATES: Final = {
    "all": N_("All open"),
    "overdue": N_("Overdue"),
    "notice": N_("Give notice now"),
    "soon": N_("Due soon"),
    "waiting": N_("Waiting"),
}
STAGES: Final = {
    "new": N_("new"),
    "building": N_("growing"),
    "solid": N_("solid"),
    "strained": N_("strained"),
    "recovering": N_("recovering"),
    "lost": N_("lost"),
}
DELIVERIES: Final = {
    "waiting": N_("not sent yet"),
    "delivered": N_("delivered"),
    "acknowledged": N_("seen"),
    "failed": N_("not delivered"),
    "undeliverable": N_("nobody reachable"),
    "not_needed": N_("no longer needed"),
    "too_old": N_("too old to send"),
}
WEIGHTS: Final = {
    "minor": N_("small matter"),
    "normal": N_("usual matter"),
    "serious": N_("serious matter"),
}
PURPOSES: Final = {
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
CONTACTS: Final = {
    "open": N_("Open"),
    "unanswered": N_("Never answered"),
    "late": N_("Late"),
    "answered": N_("In time"),
    "all": N_("All contacts"),
}
INCIDENTS: Final = {
    "unresolved": N_("Open"),
    "resolved": N_("Put right"),
    "closed": N_("Closed"),
    "all": N_("All incidents"),
}
INCIDENT_KINDS: Final = {
    "complaint": N_("Complaint"),
    "missed_appointment": N_("Missed appointment"),
    "wrong_work": N_("Wrong work"),
    "forgotten": N_("Forgotten"),
    "untruth": N_("Untruth"),
    "product_claim": N_("Broken product claim"),
    "other": N_("Incident"),
}
STEPS: Final = {
    "reason": N_("Reason"),
    "apology": N_("Apology"),
    "chance": N_("New chance"),
    "talk": N_("Talk"),
    "resolved": N_("Solution"),
}
ORDERS: Final = {
    "balance": N_("Lowest balance first"),
    "name": N_("By name"),
    "silent": N_("Long not heard of"),
}
EVERY_CHANNEL: Final = N_("Every channel")
EVERYBODY: Final = N_("Everybody")
EVERY_KIND: Final = N_("Every kind")


def word(table: dict[str, str], name: str, t: Translator) -> str:
    """The reader's word for a name in code; a name we do not know stays as it is."""
    return t.gettext(table[name]) if name in table else name


def business_time(seconds: float, t: Translator) -> str:
    """A time in which we are open, never in days: nobody knows how long a day of business is."""
    hours = round(seconds / 3600)
    return format.duration(seconds, t.lang) if hours < 24 else t("{n} h").format(n=format.number(hours, t.lang))
