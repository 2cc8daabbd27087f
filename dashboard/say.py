"""What code calls things, in the words of our readers."""

from __future__ import annotations

from typing import Final

from words import N_, Translator, format, names

ALERTS: Final[dict[str, str]] = names.ALERTS
CHANNELS: Final = names.CHANNELS
KINDS: Final = names.KINDS
STAGES: Final = names.STAGES

STATES: Final = {
    "all": N_("All open"),
    "overdue": N_("Overdue"),
    "notice": N_("Give notice now"),
    "soon": N_("Due soon"),
    "waiting": N_("Waiting"),
}
DELIVERIES: Final = {
    "waiting": N_("not sent yet"),
    "delivered": N_("delivered"),
    "acknowledged": N_("taken note of"),
    "snoozed": N_("put off"),
    "failed": N_("not delivered, tried again"),
    "undeliverable": N_("not deliverable"),
    "over": N_("over"),
    "not_needed": N_("no longer needed"),
    "too_old": N_("too old to send"),
}
DELIVERY_STATES: Final = {
    "all": N_("All alerts"),
    "unseen": N_("Not taken note of"),
    "waiting": N_("Not sent yet"),
    "delivered": N_("Delivered"),
    "acknowledged": N_("Taken note of"),
    "snoozed": N_("Put off for now"),
    "undeliverable": N_("Not deliverable"),
    "over": N_("Over"),
}
WAYS: Final = {
    "email": N_("by e-mail"),
    "folder": N_("into the folder for messages"),
}
"""How alerts leave; other ways have the name that the settings give them."""
CHANNEL_NAMES: Final = {
    "email": N_("E-mail"),
    "folder": N_("The folder for messages"),
}
REASONS: Final = {
    "nobody_reachable": N_("nobody can be reached"),
    "has_heard_already": N_("whoever stands in has heard of it already"),
    "no_channel": N_("there is no way to reach this person"),
    "timeout": N_("no reply in time"),
    "no_connection": N_("no connection"),
    "smtp_not_supported": N_("the mail server cannot send to this address"),
    "smtp_421": N_("the mail server is busy"),
    "smtp_450": N_("the mailbox cannot be used just now"),
    "smtp_451": N_("the mail server is busy"),
    "smtp_452": N_("the mailbox is full"),
    "smtp_530": N_("the mail server wants a user name and password"),
    "smtp_535": N_("the mail server does not accept our user name or password"),
    "smtp_550": N_("there is no such address, or it accepts nothing of us"),
    "smtp_551": N_("the address is another one now"),
    "smtp_552": N_("the mailbox is full"),
    "smtp_553": N_("the address is not written rightly"),
    "smtp_554": N_("the mail server refused the message"),
    "http_401": N_("the receiver does not accept our key"),
    "http_403": N_("the receiver does not let us in"),
    "http_404": N_("the receiver's address does not exist"),
    "http_408": N_("no reply in time"),
    "http_410": N_("the receiver wants nothing more of us"),
    "http_413": N_("the message was too long for the receiver"),
    "http_429": N_("the receiver asks us to send less often"),
}
KINDS_OF_REASONS: Final = {
    "smtp_4": N_("the mail server asks us to try later"),
    "smtp_5": N_("the mail server refused the message"),
    "http_4": N_("the receiver refused the message"),
    "http_5": N_("the receiver is out of order"),
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
    "change": N_("Fell most"),
    "buffer": N_("Thinnest buffer"),
    "name": N_("By name"),
    "silent": N_("Long not heard of"),
}
EVERY_CHANNEL: Final = N_("Every channel")
EVERYBODY: Final = N_("Everybody")
EVERY_KIND: Final = N_("Every kind")


def word(table: dict[str, str], name: str, t: Translator) -> str:
    """The reader's word for a name in code; a name we do not know stays as it is."""
    return t.gettext(table[name]) if name in table else name


def reason(code: str, t: Translator) -> str:
    """Why something could not be delivered, with the code for whoever has to look after it."""
    known = REASONS.get(code) or KINDS_OF_REASONS.get(code[:6])
    if known is None:
        return t("for the reason {code}").format(code=code)
    words = t.gettext(known)
    return f"{words} ({code})" if code.startswith(("smtp_", "http_")) else words


def way(channel: str, t: Translator) -> str:
    """By which way a message left."""
    return t.gettext(WAYS[channel]) if channel in WAYS else t("by {channel}").format(channel=channel)


def business_time(seconds: float, t: Translator) -> str:
    """A time in which we are open, never in days: nobody knows how long a day of business is."""
    hours = round(seconds / 3600)
    return format.duration(seconds, t.lang) if hours < 24 else t("{n} h").format(n=format.number(hours, t.lang))
