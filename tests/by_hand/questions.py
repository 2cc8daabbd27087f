"""What customers asked: questions by thread or channel, their targets, and every contact with its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.by_hand import rules
from tests.by_hand.facts import Envelope
from tests.by_hand.hours import Hours, Pause, hours

if TYPE_CHECKING:
    from tests.by_hand.firm import Firm

SPOKEN = ("phone", "in_person", "video", "chat")


@dataclass
class Question:
    id: str
    """Of its first contact, as are channel and `to`."""
    customer: str
    asked_at: datetime
    channel: str | None
    to: str | None
    about: str | None
    hours: Hours = field(repr=False)
    contacts: list[str] = field(default_factory=list)
    answer: Envelope | None = field(default=None, repr=False)
    target: datetime | None = None
    """The instant at which the target is used up; None while the customer lets us wait."""
    given_up: datetime | None = None
    state: str = "open"
    owner: str | None = None
    team: str | None = None

    @property
    def answered_at(self) -> datetime | None:
        return None if self.answer is None else self.answer["at"]

    @property
    def in_time(self) -> bool:
        return self.answered_at is not None and (self.target is None or self.answered_at <= self.target)

    @property
    def answer_hours(self) -> float | None:
        """Of business time; waiting for the customer is not taken out."""
        if self.answered_at is None:
            return None
        return self.hours.open_time(self.asked_at, self.answered_at).total_seconds() / 3600

    @property
    def dimensions(self) -> dict[str, str | None]:
        return {"customer": self.customer, "owner": self.owner, "team": self.team, "channel": self.channel}


@dataclass
class Contact:
    id: str
    customer: str
    at: datetime
    inbound: bool
    channel: str | None
    purpose: str | None
    chases: str | None
    state: str | None
    """Of an inbound contact that needs an answer: that of its question."""
    person: str | None
    """Who answered, before that whom it went to; who approached the customer."""
    owner: str | None
    team: str | None
    about: str | None

    @property
    def two_way(self) -> bool:
        return self.inbound or self.channel in SPOKEN

    @property
    def dimensions(self) -> dict[str, str | None]:
        return {"customer": self.customer, "owner": self.owner, "team": self.team, "channel": self.channel}


def waits(facts: Sequence[Envelope], moment: datetime | None = None) -> list[Pause]:
    """When the customer let a promise or an incident wait. A settled promise waits for nobody."""
    found: list[Pause] = []
    for fact in facts:
        if moment is not None and fact["at"] > moment:
            break
        running = bool(found) and found[-1][1] is None
        verb, cause = fact["type"].split(".")[1], fact["data"].get("cause")
        if verb == "paused" and cause == "customer" and not running:
            found.append((fact["at"], None))
        ends = verb == "resumed" and cause == "customer"
        if running and (ends or verb in ("fulfilled", "withdrawn", "broken", "released")):
            found[-1] = (found[-1][0], fact["at"])
    return found


def _group(inbound: Envelope) -> tuple[str, str | None]:
    data = inbound["data"]
    return ("thread", data["thread"]) if data.get("thread") is not None else ("channel", data.get("channel"))


def questions(firm: Firm, customer: str, moment: datetime | None = None) -> list[Question]:
    """Every question of one customer by what had happened by then; without a moment by all that happened."""
    group_of: dict[str, tuple[str, str | None]] = {}
    running: dict[tuple[str, str | None], Question] = {}
    found: list[Question] = []
    for fact in firm.of(customer):
        if moment is not None and fact["at"] > moment:
            break
        data = fact["data"]
        if fact["type"] == "contact.inbound":
            group = group_of[data["contact"]] = _group(fact)
            if group not in running and data.get("needs_answer", True):
                running[group] = _begun(firm, customer, fact)
                found.append(running[group])
            if group in running:
                running[group].contacts.append(data["contact"])
        elif fact["type"] == "contact.answered" and not data.get("automatic", False):
            ended = running.pop(group_of.get(data["contact"], ("", None)), None)
            if ended is not None:
                ended.answer = fact
    for question in found:
        _judge(firm, question, moment)
    return found


def _begun(firm: Firm, customer: str, inbound: Envelope) -> Question:
    data, at = inbound["data"], inbound["at"]
    to, them = data.get("to"), firm.customer(customer, at)
    calendar = firm.hours(None, to) if to is not None else firm.hours(them.team, them.owner)
    return Question(data["contact"], customer, at, data.get("channel"), to, data.get("about"), calendar)


def _judge(firm: Firm, question: Question, moment: datetime | None) -> None:
    answered = question.answered_at
    pauses = [
        (begins, ends if answered is None or (ends is not None and ends < answered) else answered)
        for begins, ends in firm.waits(question.about, moment)
        if answered is None or begins < answered
    ]
    allowed = rules.CHANNEL_HOURS.get(question.channel or "", rules.TARGET_HOURS)
    question.target = question.hours.used_up(question.asked_at, hours(allowed), pauses)
    question.given_up = question.hours.used_up(question.asked_at, hours(allowed * rules.GIVEN_UP_AFTER), pauses)
    if answered is not None:
        question.state = "answered" if question.in_time else "late"
    elif question.given_up is not None and moment is not None and question.given_up <= moment:
        question.state = "unanswered"
    if moment is not None:
        by = question.answer["data"].get("by") if question.answer else None
        question.owner, question.team = _who(firm, question.customer, by or question.to, moment)


def _who(firm: Firm, customer: str, person: str | None, moment: datetime) -> tuple[str | None, str | None]:
    if person is not None:
        return firm.person_of(person), firm.team_of(person)
    them = firm.customer(customer, moment)
    return them.owner, them.team


def contacts(firm: Firm, customer: str, moment: datetime) -> list[Contact]:
    """Every contact of one customer by what had happened by then."""
    asked = {id: question for question in firm.questions_of(customer, moment) for id in question.contacts}
    told = [each for each in firm.of(customer) if each["type"].startswith("contact.") and each["at"] <= moment]
    answers: dict[str, str | None] = {}
    for each in told:
        if each["type"] == "contact.answered" and not each["data"].get("automatic", False):
            answers.setdefault(each["data"]["contact"], each["data"].get("by"))
    found = []
    for each in told:
        data = each["data"]
        if each["type"] == "contact.answered":
            continue
        inbound, id = each["type"] == "contact.inbound", data["contact"]
        question, person, state = asked.get(id), data.get("by"), None
        if inbound:
            answer = question.answer["data"].get("by") if question and question.answer else answers.get(id)
            person = answer or data.get("to")
            state = question.state if question and data.get("needs_answer", True) else None
        owner, team = _who(firm, customer, person, each["at"])
        found.append(
            Contact(
                id, customer, each["at"], inbound, data.get("channel"), data.get("purpose"), data.get("chases"), state,
                None if person is None else firm.person_of(person), owner, team, data.get("about"),
            )
        )  # fmt: skip
    return found
