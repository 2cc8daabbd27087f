"""What happened, one sentence a fact, in the reader's language and with the source's own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from domain.fact import SEALED, Fact
from projections.audit import Entry
from projections.sentences import NAMED_BY_INCIDENT
from words import N_, Translator
from words.format import number
from words.names import ALERTS

SENTENCES: Mapping[str, str] = {
    "customer.registered": "Customer added",
    "customer.changed": "Details of the customer changed",
    "customer.owner_assigned": "{owner} looks after this customer now",
    "customer.sensitivity_set": "Sensitivity set to {value}",
    "customer.sensitivity_set learned": "Sensitivity is learned again",
    "customer.merged": "Merged with a duplicate",
    "customer.separated": "Separated from a duplicate",
    "customer.left": "The customer left",
    "feedback.requested": "Asked for feedback",
    "feedback.given": "Feedback: {score} on a scale from {scale_min} to {scale_max}",
    "referral.given": "The customer recommended us",
    "promise.made": "Promised: {called}",
    "promise.changed": "Described anew: {called}",
    "promise.assigned": "{called}: somebody else answers for it now",
    "promise.paused": "{called}: paused, {cause}",
    "promise.resumed": "{called}: goes on",
    "promise.renegotiated": "{called}: moved",
    "promise.renegotiated customer": "{called}: moved at the customer's wish",
    "promise.renegotiated proposed": "{called}: a new date was proposed, not agreed",
    "promise.fulfilled": "{called}: fulfilled",
    "promise.withdrawn": "{called}: taken back",
    "promise.broken": "{called}: will not be kept",
    "promise.released": "{called}: waived by the customer",
    "request.declined": "Declined: {called}",
    "contact.inbound": "The customer asked, {channel}",
    "contact.inbound chases": "The customer asked again, {channel}",
    "contact.answered": "Answered, {channel}",
    "contact.answered automatic": "Automatic reply",
    "contact.outbound": "We approached the customer, {channel}: {purpose}",
    "incident.reported": "Incident: {called}",
    "incident.reported admitted": "Incident that we told first: {called}",
    "incident.assigned": "{called}: somebody else answers for it now",
    "incident.paused": "{called}: paused, {cause}",
    "incident.resumed": "{called}: goes on",
    "incident.explained": "{called}: gave the reason",
    "incident.apologised": "{called}: apologised",
    "incident.chance_asked": "{called}: asked for a new chance",
    "incident.offered": "{called}: made an offer",
    "incident.offer_answered": "{called}: the offer was accepted",
    "incident.offer_answered declined": "{called}: the offer was declined",
    "incident.talked": "{called}: talked, {channel}",
    "incident.resolved": "{called}: put right",
    "incident.reopened": "{called}: opened again",
    "incident.closed": "{called}: closed",
    "fact.retracted": "Recorded by mistake, retracted: {retracts}",
    "alert.raised": "Alert raised: {rule}",
    "alert.delivered": "Alert delivered",
    "alert.failed": "Alert not delivered ({reason}), tried again",
    "alert.failed final": "Alert could not be delivered ({reason})",
    "alert.bundled": "Alert put into one message with others",
    "alert.acknowledged": "Alert taken note of",
    "alert.snoozed": "Alert put off until {until}",
    "alert.escalated": "Alert passed on, since nobody took note of it",
    "alert.retried": "Alert to be sent once more",
    "alert.cleared": "Alert is over",
    "alert.returned": "Alert holds again",
    "alert.no_longer_needed": "Alert no longer needed",
    "alert.too_old": "Alert too old to be sent",
    "a promise": "a promise",
    "an incident": "an incident",
    "a request": "a request",
    "email": "by e-mail",
    "phone": "by phone",
    "chat": "by chat",
    "in_person": "in person",
    "video": "by video",
    "letter": "by letter",
    "portal": "through the portal",
    "other": "another way",
    "cause customer": "we wait for the customer",
    "cause supplier": "we wait for the supplier",
    "cause weather": "because of the weather",
    "cause part": "a part is missing",
    "cause other": "for another reason",
    "follow_up": "asked whether all is well",
    "check_in": "asked how things are",
    "needs": "asked what is needed",
    "advice": "advised",
    "idea_adopted": "took up an idea",
    "courtesy": "a kind gesture",
    "service": "an extra service",
    "news": "news",
    "purpose other": "for another reason",
}
"""By type of fact, with what makes a difference behind it; then the words that stand in the places."""

BECAME: Final[Mapping[str, str]] = {
    "alert.delivered": N_("delivered to {name}"),
    "alert.failed": N_("not delivered, tried again"),
    "alert.failed final": N_("could not be delivered"),
    "alert.bundled": N_("put into one message with others"),
    "alert.acknowledged": N_("{name} took note"),
    "alert.snoozed": N_("{name} put it off until {until}"),
    "alert.snoozed because": N_("{name} put it off until {until}: {reason}"),
    "alert.escalated": N_("passed on to {name}, since nobody took note"),
    "alert.retried": N_("{name} had it sent once more"),
    "alert.cleared": N_("over"),
    "alert.returned": N_("holds again"),
    "alert.no_longer_needed": N_("no longer needed"),
    "alert.too_old": N_("too old to be sent"),
}
"""What follows an alert, by type of event, in a few words."""


PLAIN = {"promise": "a promise", "incident": "an incident", "request": "a request"}


def sentence(entry: Entry, called: Mapping[str, str], t: Translator) -> str:
    """What happened, without the times."""
    data: Any = entry.fact.data
    return t.gettext(SENTENCES[_key(entry.fact.type, data)]).format_map(_Places(entry, called, t))


def became(event: Fact) -> str:
    """What an event says that followed an alert, with its places open."""
    data: Any = event.data
    match event.type:
        case "alert.failed" if data.final:
            return BECAME["alert.failed final"]
        case "alert.snoozed" if data.reason and data.reason != SEALED:
            return BECAME["alert.snoozed because"]
    return BECAME[event.type]


def _key(type: str, data: Any) -> str:
    match type:
        case "customer.sensitivity_set" if data.value is None:
            return f"{type} learned"
        case "promise.renegotiated" if not data.agreed:
            return f"{type} proposed"
        case "promise.renegotiated" if data.asked_by == "customer":
            return f"{type} customer"
        case "contact.inbound" if data.chases is not None:
            return f"{type} chases"
        case "contact.answered" if data.automatic:
            return f"{type} automatic"
        case "incident.reported" if data.admitted:
            return f"{type} admitted"
        case "incident.offer_answered" if not data.accepted:
            return f"{type} declined"
        case "alert.failed" if data.final:
            return f"{type} final"
    return type


class _Places(dict[str, str]):
    """The named places of a sentence, filled when the sentence has them."""

    def __init__(self, entry: Entry, called: Mapping[str, str], t: Translator) -> None:
        self.entry, self.called, self.t = entry, called, t

    def __missing__(self, name: str) -> str:
        fact, data = self.entry.fact, self.entry.fact.data
        value: Any = getattr(data, name, None)
        match name:
            case "called":
                said = self.called.get(fact.stream) or getattr(data, "what", None)
                return said if said and said != SEALED else self.t.gettext(self._nameless())
            case "channel":
                return self.t.gettext(SENTENCES[value or "other"])
            case "cause":
                return self.t.gettext(SENTENCES[f"cause {value}"])
            case "purpose":
                return self.t.gettext(SENTENCES["purpose other" if value == "other" else value])
            case "rule":
                return self.t.gettext(ALERTS[value])
            case "retracts":
                return f"{value.source}:{value.id}"
        return _plain(value, self.t)

    def _nameless(self) -> str:
        """Where nobody said what it is called: an incident by its kind as long as it is told of which kind it is."""
        kind: str = getattr(self.entry.fact.data, "kind", "other")
        if self.entry.fact.type == "incident.reported" and kind != "other":
            return NAMED_BY_INCIDENT[kind]
        return PLAIN[self.entry.fact.type.partition(".")[0]]


def _plain(value: Any, t: Translator) -> str:
    if isinstance(value, float):
        return number(value, t.lang, 0 if value == int(value) else 2)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return "–" if value is None else str(value)
