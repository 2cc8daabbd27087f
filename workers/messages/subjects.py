"""What a message is about, as its subject says it: the same words for all messages about one thing."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from words import N_
from words.format import day_and_month
from workers.messages.matter import Asked, Burden, Claims, Matter, Promised, Recovery, Way, Week
from workers.messages.message import Telling
from workers.messages.places import SHORT, places

PROMISE: Final = N_("{customer}: {what}")
QUESTION: Final = N_("{customer}: question of {day}")
QUESTION_UNDATED: Final = N_("{customer}: question")
INCIDENT: Final = N_("{customer}: {incident}")
CUSTOMER: Final = N_("{customer}: trust account")
SUPPLIER: Final = N_("{supplier}: product claims")
PERSON: Final = N_("{person}: open promises")
TEAM: Final = N_("{team}: reliability")
CHANNEL: Final = N_("Delivery of alerts")


def subject(matter: Matter, telling: Telling) -> str:
    """One line. No date in it is said as seen from today, since today passes."""
    known = places(matter, telling, SHORT)
    match matter.about:
        case Promised() | Asked(promise=Promised()):
            sentence = PROMISE
        case Asked(asked_at=datetime() as asked_at):
            sentence = QUESTION
            known["day"] = day_and_month(asked_at.astimezone(telling.zone).date(), telling.t.lang)
        case Asked():
            sentence = QUESTION_UNDATED
        case Recovery():
            sentence = INCIDENT
        case Claims():
            sentence = SUPPLIER
        case Burden():
            sentence = PERSON
        case Week():
            sentence = TEAM
        case Way():
            sentence = CHANNEL
        case _:
            sentence = CUSTOMER
    return telling.t.gettext(sentence).format(**known)
