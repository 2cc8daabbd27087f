"""How the fields of facts and their values are called, everywhere the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from words import N_
from words.names import CHANNELS, KINDS

FIELDS: Final[Mapping[str, str]] = {
    "about": N_("what it is about"),
    "accepted": N_("accepted"),
    "admitted": N_("told by us first"),
    "agreed": N_("agreed"),
    "alternative": N_("alternative"),
    "amount": N_("amount"),
    "asked_by": N_("who asked for it"),
    "automatic": N_("automatic reply"),
    "binding": N_("how binding"),
    "by": N_("by whom"),
    "cause": N_("waiting for"),
    "channel": N_("which way"),
    "chases": N_("asks again about"),
    "confirmed": N_("confirmed things"),
    "contact": N_("number of the contact"),
    "currency": N_("currency"),
    "customer": N_("number of the customer"),
    "degree": N_("degree of fulfilment"),
    "due": N_("promised until"),
    "duplicate": N_("duplicate"),
    "email": N_("e-mail address"),
    "evidence": N_("evidence"),
    "incident": N_("number of the incident"),
    "internal": N_("only among ourselves"),
    "kind": N_("kind of it"),
    "language": N_("language"),
    "name": N_("full name"),
    "needs_answer": N_("needs an answer"),
    "offer": N_("offer"),
    "owner": N_("looked after by"),
    "parts": N_("number of things"),
    "phone": N_("telephone"),
    "plan_b": N_("plan B, if it cannot be kept"),
    "product": N_("product concerned"),
    "promise": N_("number of the promise"),
    "purpose": N_("purpose"),
    "reason": N_("the reason"),
    "referred": N_("recommended to"),
    "retracts": N_("entry taken back"),
    "scale_max": N_("best rating"),
    "scale_min": N_("lowest rating"),
    "score": N_("rating"),
    "severity": N_("weight"),
    "since": N_("with us since"),
    "supplier": N_("supplier concerned"),
    "team": N_("team"),
    "text": N_("in words"),
    "thread": N_("conversation"),
    "timezone": N_("time zone"),
    "to": N_("to whom"),
    "value": N_("value"),
    "what": N_("what it is"),
}
"""By field."""

_INCIDENTS: Final[Mapping[str, str]] = {
    "complaint": N_("complaint"),
    "missed_appointment": N_("missed appointment"),
    "wrong_work": N_("wrong work"),
    "forgotten": N_("forgotten"),
    "untruth": N_("untruth"),
    "product_claim": N_("broken product claim"),
}
_PARTIES: Final[Mapping[str, str]] = {
    "prospect": N_("interested person"),
    "customer": N_("customer"),
    "partner": N_("partner"),
    "colleague": N_("colleague"),
    "supplier": N_("supplier"),
}
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "asked_by": {"us": N_("we did"), "customer": N_("the customer did")},
    "binding": {"firm": N_("firm"), "intended": N_("intended"), "estimate": N_("estimate")},
    "cause": {
        "customer": N_("the customer"),
        "supplier": N_("the supplier"),
        "weather": N_("better weather"),
        "part": N_("a part"),
        "other": N_("something else"),
    },
    "channel": CHANNELS,
    "kind": {**KINDS, **_INCIDENTS, **_PARTIES},
    "purpose": {
        "follow_up": N_("to ask whether all is well"),
        "check_in": N_("to ask how things are"),
        "needs": N_("to ask what is needed"),
        "advice": N_("to advise"),
        "idea_adopted": N_("to take up an idea"),
        "courtesy": N_("a kind gesture"),
        "service": N_("an extra service"),
        "news": N_("news"),
        "other": N_("something else"),
    },
    "severity": {"minor": N_("minor"), "normal": N_("normal"), "serious": N_("serious")},
}
"""By field and value."""
