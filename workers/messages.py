"""What an alert says: what was promised to whom by when, and the next step. Tone: plain, warm, no blame."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.alert import Rule
from words import N_, Translator
from words.format import moment as in_words


class Subject(NamedTuple):
    """What a message is about, in the words of the source; times UTC."""

    customer: str
    what: str | None
    kind: str
    due: datetime
    last_moment: datetime | None
    plan_b: str | None


class Message(NamedTuple):
    title: str
    text: str


KINDS = {
    "appointment": N_("an appointment"),
    "delivery": N_("a delivery"),
    "callback": N_("a call back"),
    "price": N_("a price"),
    "quality": N_("a quality"),
    "other": N_("a promise"),
}

TITLES: dict[Rule, str] = {
    "due_soon": N_("{customer}: {what} – {due}"),
    "last_call": N_("{customer}: give notice by {last_moment} if {what} gets tight"),
    "overdue": N_("{customer}: {what} was promised by {due}"),
}

SENTENCES: dict[Rule, str] = {
    "due_soon": N_("{customer} is waiting for: {what}. Promised by {due}."),
    "last_call": N_(
        "{customer} is waiting for: {what}. Promised by {due}. If it gets tight: give notice by {last_moment} "
        "and name a new date. That keeps the trust."
    ),
    "overdue": N_(
        "{customer} is waiting for: {what}. It was promised by {due}. Please call today: say what the reason was, "
        "and name a date that you will keep."
    ),
}

PLAN_B = N_("Plan B: {plan_b}")
NO_PLAN_B = N_("There is no plan B yet.")
WHERE = N_("All about it: {address}")


def message(
    rule: Rule, subject: Subject, *, now: datetime, zone: ZoneInfo, t: Translator, address: str = ""
) -> Message:
    """Title and text in the reader's language; `address` is the page about it."""
    places = {
        "customer": subject.customer,
        "what": subject.what or t.gettext(KINDS[subject.kind]),
        "due": in_words(subject.due, now, zone, t.lang),
        "last_moment": in_words(subject.last_moment, now, zone, t.lang) if subject.last_moment else "",
    }
    lines = [t.gettext(SENTENCES[rule]).format(**places)]
    if subject.plan_b:
        lines.append(t.gettext(PLAN_B).format(plan_b=subject.plan_b))
    elif rule == "last_call":
        lines.append(t.gettext(NO_PLAN_B))
    if address:
        lines.append(t.gettext(WHERE).format(address=address))
    return Message(t.gettext(TITLES[rule]).format(**places), "\n\n".join(lines))
