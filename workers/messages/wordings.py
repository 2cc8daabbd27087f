"""The sentences of every alert, in the order in which they are said: what is the matter, and last the next step.

Of several choices the first is said whose places are all known; where none is, nothing is said. What a place
stands for is in places.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from domain.alert import Rule
from domain.recovery import StepName
from words import N_
from workers.messages.matter import Matter, Recovery

Choices = tuple[str, ...]


class Wording(NamedTuple):
    title: Choices
    says: tuple[Choices, ...]
    step: Choices


WAITING: Final = (
    N_("{customer} is waiting for: {what}. Promised by {due}."),
    N_("{customer} is waiting for: {what}."),
)
PLAN_B: Final = (N_("Plan B: {plan_b}."), N_("There is no plan B yet."))
OFFERED: Final = (N_("Offered instead before: {alternative}."),)
ABOUT: Final = (N_("It is about: {what}. Promised by {due}."), N_("It is about: {what}."))
BALANCE: Final = (N_("{customer}: the balance is {balance}."),)
LEFT_OR_BALANCE: Final = (N_("{left} has left us. The balance is {balance}."), *BALANCE)
WHY: Final = (N_("{why}"),)
NO_PRAISE: Final = N_("No praise is silent criticism: please call and ask how things are going.")

# -- promises -----------------------------------------------------------------------------------------

DUE_SOON: Final = Wording(
    title=(N_("{customer}: {what} – {due}"), N_("{customer}: {what}")),
    says=(WAITING,),
    step=(
        N_("Will it work out? If not: tell them by {last_moment} and name a new date."),
        N_("Will it work out? If not: tell them now and name a new date."),
    ),
)

LAST_CALL: Final = Wording(
    title=(
        N_("{customer}: give notice by {last_moment} if {what} gets tight"),
        N_("{customer}: give notice in time if {what} gets tight"),
    ),
    says=(WAITING, PLAN_B, OFFERED),
    step=(
        N_(
            "If it gets tight: tell them by {last_moment}, name a new date and offer something instead. "
            "That keeps the trust."
        ),
        N_("If it gets tight: tell them before, name a new date and offer something instead. That keeps the trust."),
    ),
)

AT_RISK: Final = Wording(
    title=(N_("{customer}: {what} by {due} is at risk"), N_("{customer}: {what} is at risk")),
    says=(WAITING, (N_("In our experience {chance} such promises are kept."),), PLAN_B, OFFERED),
    step=(
        N_("There is still time: tell them by {last_moment}, name a new date and offer something instead."),
        N_("Tell them before, name a new date and offer something instead."),
    ),
)

OVERDUE: Final = Wording(
    title=(N_("{customer}: {what} was promised by {due}"), N_("{customer}: {what} is overdue")),
    says=(
        (N_("{customer} is waiting for: {what}. It was promised by {due}."), N_("{customer} is waiting for: {what}.")),
        (N_("Plan B: {plan_b}."),),
        OFFERED,
    ),
    step=(N_("Please call today: say what the reason was, and name a date that you will keep."),),
)

MOVED_AGAIN: Final = Wording(
    title=(N_("{customer}: {what} – moved {moves} times"), N_("{customer}: {what} – moved again")),
    says=(
        (
            N_("{customer} is waiting for: {what}. Moved {moves} times, now promised by {due}."),
            N_("{customer} is waiting for: {what}. It was moved again."),
        ),
        PLAN_B,
        OFFERED,
    ),
    step=(N_("Please find out what holds it up and which date is certain. A call from you helps now."),),
)

FOLLOW_UP_DUE: Final = Wording(
    title=(N_("{customer}: ask whether all is well"),),
    says=(
        (
            N_("{customer} has had since {fulfilled} what was promised: {what}."),
            N_("{customer} has what was promised: {what}."),
        ),
    ),
    step=(N_("Please call today and ask whether all is well."),),
)

# -- questions ----------------------------------------------------------------------------------------

ASKED: Final = (
    N_("{customer} asked {channel} and has been waiting for an answer since {asked}."),
    N_("{customer} has been waiting for an answer since {asked}."),
    N_("{customer} is waiting for an answer."),
)

UNANSWERED: Final = {
    "1": Wording(
        title=(N_("{customer} is waiting for an answer – by {target}"), N_("{customer} is waiting for an answer")),
        says=(ASKED, ABOUT),
        step=(
            N_("Please answer by {target}, and be it only to say when you will know more."),
            N_("Please answer soon, and be it only to say when you will know more."),
        ),
    ),
    "2": Wording(
        title=(N_("{customer} is still waiting for an answer"),),
        says=(ASKED, (N_("We wanted to answer by {target}."),), ABOUT),
        step=(N_("Please answer now: say why it took so long, and when it goes on."),),
    ),
}

CHASED: Final = Wording(
    title=(
        N_("{customer} has asked again, {times} times by now: {what}"),
        N_("{customer} has asked again, {times} times by now"),
        N_("{customer} has asked again: {what}"),
        N_("{customer} has asked again"),
    ),
    says=(
        (
            N_("{customer} has asked again {times} times, the last time {channel}."),
            N_("{customer} has asked again {times} times."),
            N_("{customer} has asked again, {channel}."),
            N_("{customer} has asked again."),
        ),
        ABOUT,
        (N_("The question has been open since {asked}."),),
    ),
    step=(
        N_(
            "Please get back to them today, before they have to ask once more: say how things stand and when it goes "
            "on."
        ),
    ),
)

# -- incidents ----------------------------------------------------------------------------------------

INCIDENT: Final = (N_("{customer}: {incident} ({reported})."), N_("{customer}: {incident}."))
DONE: Final = (N_("So far: {done}."),)
LATE: Final = (N_("It should have been done by {deadline}."),)


def _step(by: str, missing: str, lacks: str, step: str) -> Mapping[str, Wording]:
    """`by` and `missing` are the titles before and after the deadline."""
    return {
        "1": Wording((by, missing), (INCIDENT, DONE, (lacks,)), (step,)),
        "2": Wording((missing,), (INCIDENT, DONE, (lacks,), LATE), (step,)),
    }


RECOVERY: Final[Mapping[StepName, Mapping[str, Wording]]] = {
    "reason": _step(
        N_("{customer}: give the reason by {deadline}"),
        N_("{customer}: the reason is still missing"),
        N_("The reason is missing."),
        N_("Please explain how it came about; a call or a letter will do."),
    ),
    "apology": _step(
        N_("{customer}: apologise by {deadline}"),
        N_("{customer}: the apology is still missing"),
        N_("The apology is missing."),
        N_("Please ask for understanding and apologise sincerely."),
    ),
    "chance": _step(
        N_("{customer}: ask for a new chance by {deadline}"),
        N_("{customer}: we have not asked for a new chance yet"),
        N_("We have not asked for a new chance yet."),
        N_("Please ask for a new chance, together with a good offer that is made only once."),
    ),
    "talk": _step(
        N_("{customer}: talk in person by {deadline}"),
        N_("{customer}: the talk in person is still missing"),
        N_("The talk in person is missing."),
        N_("Please visit them, or talk by video. An e-mail is not enough here."),
    ),
    "resolved": _step(
        N_("{customer}: put it right by {deadline}"),
        N_("{customer}: it is not put right yet"),
        N_("It is not put right yet."),
        N_("Please see that it is put right, and tell them when it is done."),
    ),
}

# -- customers ----------------------------------------------------------------------------------------

TRUST_LOW: Final = {
    "1": Wording(
        title=(N_("{customer}: trust is strained"),),
        says=(BALANCE, WHY),
        step=(N_("Please call, listen, and put right first what is open."),),
    ),
    "2": Wording(
        title=(N_("{customer}: trust is lost"),),
        says=(LEFT_OR_BALANCE, WHY),
        step=(
            N_(
                "Please ask for a talk in person: give the reason, apologise, ask for a new chance. "
                "An e-mail is not enough here."
            ),
        ),
    ),
}

TRUST_FALLING: Final = Wording(
    title=(N_("{customer}: trust is falling"),),
    says=(BALANCE, WHY),
    step=(N_("Please call before it becomes more: ask what helps now, and keep the next date."),),
)

BUFFER_THIN: Final = Wording(
    title=(N_("{customer}: the buffer is thin"),),
    says=(
        (
            N_("{customer}: the buffer still bears {buffer} usual withdrawals."),
            N_("{customer}: the buffer does not bear one usual withdrawal any more."),
        ),
        (N_("The balance is {balance}."),),
        (N_("The last deposit was on {deposit}."),),
    ),
    step=(N_("Time to pay in: keep the next date, ask how things are, give good advice."),),
)

SILENT_CUSTOMER: Final = Wording(
    title=(N_("{customer}: nothing heard {silence}"), N_("{customer}: nothing heard yet")),
    says=(
        (
            N_("{customer}: we have heard nothing {silence}, usually we talk {every} or so."),
            N_("{customer}: we have heard nothing {silence}."),
            N_("{customer}: we have never talked with each other so far."),
        ),
    ),
    step=(NO_PRAISE,),
)

FEEDBACK_SILENT: Final = Wording(
    title=(N_("{customer}: no feedback {silence}"), N_("{customer}: no feedback yet")),
    says=(
        (
            N_("{customer}: we have not heard {silence} how content they are with us."),
            N_("{customer}: we have never heard how content they are with us."),
        ),
    ),
    step=(N_("No praise is silent criticism: please ask what was good and what was missing."),),
)

LAPSED_CADENCE: Final = Wording(
    title=(N_("{customer}: something regular has stopped"),),
    says=(
        (
            N_("{customer} used to hear from us {every} or so: {purpose}. Last time: {last}."),
            N_("{customer} used to hear from us regularly: {purpose}."),
        ),
    ),
    step=(
        N_("What came regularly is missed when it stops: please make up for it, or say why it will be different now."),
    ),
)

# -- the firm -----------------------------------------------------------------------------------------

CLAIMS: Final = (
    N_("{supplier}: {claims} product claims broken in {months} months, the last one {last}."),
    N_("{supplier} has broken product claims again and again."),
)

SUPPLIER_CARD: Final = {
    "1": Wording(
        title=(N_("{supplier}: yellow card"),),
        says=(CLAIMS,),
        step=(N_("Please talk these cases over with the supplier, and agree on what changes."),),
    ),
    "2": Wording(
        title=(N_("{supplier}: red card"),),
        says=(CLAIMS,),
        step=(N_("Please look who else can deliver, and promise nothing that depends on this supplier for now."),),
    ),
}

OVERLOAD: Final = Wording(
    title=(N_("{person}: {open} promises are open"),),
    says=(
        (
            N_("{person}: {open} promises are open. In months that went well there were {most} at most."),
            N_("{person}: {open} promises are open."),
        ),
    ),
    step=(
        N_(
            "What can be handed over, or moved in good time? Please talk it over in the team, and promise nothing new "
            "for now."
        ),
    ),
)

RELIABILITY_DRIFT: Final = Wording(
    title=(N_("{team}: less kept on time than usual"),),
    says=(
        (
            N_(
                "{team}: {kept} of {of} promises kept on time in the week to {end}; in the {weeks} weeks before it was "
                "{before}."
            ),
            N_("{team}: last week less was kept on time than usual."),
        ),
    ),
    step=(
        N_(
            "Please look together at what got in the way: dates, material, too much at once. It is about how the work "
            "runs, and about nobody in particular."
        ),
    ),
)

CHANNEL_PAUSED: Final = Wording(
    title=(N_("{way}: messages do not get through"),),
    says=(
        (N_("{way}: nothing could be delivered this way lately, so it rests."),),
        (N_("Nothing is lost: what can takes another way, the rest waits."),),
    ),
    step=(N_("Please check address, password and server. How the channels stand: konto alerts channels"),),
)

# -- all of them --------------------------------------------------------------------------------------

WORDINGS: Final[Mapping[Rule, Mapping[str, Wording]]] = {
    "last_call": {"": LAST_CALL},
    "chased": {"": CHASED},
    "overdue": {"": OVERDUE},
    "unanswered": UNANSWERED,
    "recovery_step_due": {f"{step} {level}": each for step, both in RECOVERY.items() for level, each in both.items()},
    "at_risk": {"": AT_RISK},
    "channel_paused": {"": CHANNEL_PAUSED},
    "trust_low": TRUST_LOW,
    "moved_again": {"": MOVED_AGAIN},
    "follow_up_due": {"": FOLLOW_UP_DUE},
    "overload": {"": OVERLOAD},
    "due_soon": {"": DUE_SOON},
    "trust_falling": {"": TRUST_FALLING},
    "supplier_card": SUPPLIER_CARD,
    "buffer_thin": {"": BUFFER_THIN},
    "lapsed_cadence": {"": LAPSED_CADENCE},
    "silent_customer": {"": SILENT_CUSTOMER},
    "feedback_silent": {"": FEEDBACK_SILENT},
    "reliability_drift": {"": RELIABILITY_DRIFT},
}
"""By rule and, where that makes a difference, by level, of a recovery by its step and level."""


def wording_of(matter: Matter) -> Wording:
    choices, level = WORDINGS[matter.occasion.rule], str(matter.occasion.level)
    step = matter.about.step if isinstance(matter.about, Recovery) else ""
    return next(choices[key] for key in (f"{step} {level}", level, "") if key in choices)
