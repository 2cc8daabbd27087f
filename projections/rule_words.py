"""The rulebook in words: what each of its keys means, in which form its value is said, and where it comes from.

The practices P1 to P29 and the articles 000 to 004 are those of docs/explanation/practices.md. The reference page,
`konto rules show --words` and the page of the dashboard all take their sentences from here.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from words import N_

Unit = Literal[
    "points",
    "worth",
    "percent",
    "plus_minus",
    "times",
    "as_long",
    "number",
    "hours",
    "days",
    "half_life",
    "memory",
    "months",
    "promises",
    "contacts",
    "reactions",
    "withdrawals",
    "lines",
    "cases",
    "late",
    "channels",
    "kinds",
    "weeks",
    "alerts",
]
"""How a value is said: `points` with their sign, as a deposit or withdrawal; `worth` is an amount or a balance."""


class RuleWords(NamedTuple):
    """The meaning stands beside the value; `finding` is what else speaks for the rule."""

    meaning: str
    unit: Unit
    practices: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    finding: str = ""


class Group(NamedTuple):
    """Sections that people read together."""

    title: str
    sections: tuple[str, ...]


CHANCE: Final = N_("few cases are mostly chance")
LOSSES: Final = N_("losses weigh about twice as much as gains")
ANY_CHANCE: Final = N_("a small team has bad weeks by chance")
BETA: Final = N_("it starts at what is usual and moves with every promise (Jøsang and Ismail 2002)")

SECTIONS: Final = {
    "promise": N_("Promises"),
    "notice": N_("When notice is in time"),
    "customer": N_("An honest no, feedback, recommendations"),
    "answers": N_("Questions and answers"),
    "contacts": N_("When we approach customers ourselves"),
    "incident": N_("Incidents"),
    "recovery": N_("Recovery"),
    "sensitivity": N_("Sensitivity"),
    "silence": N_("When a customer falls silent"),
    "habits": N_("When something regular stops"),
    "cards": N_("Cards for suppliers"),
    "newness": N_("New customers"),
    "fading": N_("Fading"),
    "reliability": N_("Reliability"),
    "advice": N_("How probable a promise is kept"),
    "calibration": N_("Weights from what customers did"),
    "alerts": N_("When somebody is told"),
    "buffer": N_("Buffer"),
    "stage": N_("Stages of a relationship"),
}

GROUPS: Final = (
    Group(N_("What deeds are worth"), ("promise", "notice", "customer", "answers", "contacts", "incident", "recovery")),
    Group(N_("How points become a balance"), ("newness", "sensitivity", "fading", "buffer", "stage")),
    Group(N_("What the product notices by itself"), ("silence", "habits", "cards", "alerts")),
    Group(N_("What estimates rest on"), ("reliability", "advice", "calibration")),
)

RULES: Final = {
    "promise.kept": RuleWords(
        N_("Kept, also when only the customer moved it"), "points", ("P1",), ("000", "001", "004")
    ),
    "promise.kept_after_timely_move": RuleWords(
        N_("Kept by the new date after we moved it in time"), "points", ("P2",), ("000",)
    ),
    "promise.kept_after_late_move": RuleWords(
        N_("Kept by the new date, but notice came late"), "points", ("P2",), ("000",)
    ),
    "promise.exceeded": RuleWords(
        N_("So much more at most when more was done than promised"),
        "points",
        ("P7",),
        ("004",),
        N_("exceeding is valued little more than keeping"),
    ),
    "promise.exceeded_full_at": RuleWords(
        N_("Done to this degree, all of that is given"), "percent", ("P7",), ("004",)
    ),
    "promise.late": RuleWords(
        N_(
            "Late, by days of 24 hours past the due: straight between the steps, "
            "no more after the last; for the time being while it is overdue"
        ),
        "late",
        ("P1", "P8"),
        ("000", "002"),
        N_("lateness hurts in steps, then no further"),
    ),
    "promise.broken": RuleWords(N_("Not kept at all"), "points", ("P4",), ("004",), LOSSES),
    "promise.partly_at_zero": RuleWords(
        N_("Partly fulfilled: this is where the reckoning starts"), "points", ("P7",), ("004",)
    ),
    "promise.partly_per_degree": RuleWords(
        N_("Partly fulfilled: so much on top for all of it, and its part for a part"), "points", ("P7",), ("004",)
    ),
    "promise.moved_in_time": RuleWords(
        N_("Moved in time by us, with an alternative"), "points", ("P2", "P3"), ("000",)
    ),
    "promise.moved_in_time_without_alternative": RuleWords(
        N_("Moved in time by us, without an alternative"), "points", ("P3",), ("000",)
    ),
    "promise.moved_late": RuleWords(N_("Moved late by us, with an alternative"), "points", ("P2",), ("000",)),
    "promise.moved_late_without_alternative": RuleWords(
        N_("Moved late by us, without an alternative"), "points", ("P2", "P3"), ("000",)
    ),
    "promise.moved_for_customer": RuleWords(
        N_("Moved at the customer's wish, or proposed and not agreed"), "points", ("P1",), ("000",)
    ),
    "promise.withdrawn": RuleWords(N_("Taken back in time, with reason and alternative"), "points", ("P4",), ("004",)),
    "promise.withdrawn_with_one": RuleWords(
        N_("Taken back in time, with a reason or an alternative"), "points", ("P3", "P4"), ("000", "004")
    ),
    "promise.withdrawn_without": RuleWords(
        N_("Taken back in time, with neither"), "points", ("P3", "P4"), ("000", "004")
    ),
    "promise.withdrawn_late": RuleWords(
        N_("Taken back late; after the due, what lateness costs by then if that is more"),
        "points",
        ("P2", "P4"),
        ("000", "004"),
    ),
    "promise.soft": RuleWords(
        N_("So much of a withdrawal counts when it was only intended or estimated"), "percent", ("P5",), ("001", "004")
    ),
    "promise.unconfirmed": RuleWords(
        N_("Of a promise of several things: so much of a deposit counts for each that nobody confirmed"),
        "percent",
        ("P7", "P17"),
        ("004",),
    ),
    "promise.partial_from": RuleWords(
        N_("From this degree on partly fulfilled, below it broken"), "percent", ("P7",), ("004",)
    ),
    "promise.price_tolerance": RuleWords(
        N_("So much may the bill exceed the promised price"), "percent", ("P23",), ("001",)
    ),
    "promise.estimate_tolerance": RuleWords(N_("So much may it exceed an estimate"), "percent", ("P23",), ("001",)),
    "notice.most_hours": RuleWords(N_("Notice that is always enough, in business time"), "hours", ("P2",), ("000",)),
    "notice.least_hours": RuleWords(
        N_("Notice that the share does not go below, in business time"), "hours", ("P2",), ("000",)
    ),
    "notice.share": RuleWords(
        N_("The share of the business time from promise to due that notice should leave"),
        "percent",
        ("P2",),
        ("000",),
        N_("not just hours before"),
    ),
    "notice.at_most_share": RuleWords(
        N_("No more than this share of it is ever asked for"), "percent", ("P2",), ("000",)
    ),
    "customer.honest_no": RuleWords(N_("An honest no with a reason"), "points", ("P6",), ("000", "001")),
    "customer.honest_no_with_alternative": RuleWords(
        N_("An honest no with a reason and a recommendation"), "points", ("P6",), ("000", "001")
    ),
    "customer.feedback_worst": RuleWords(
        N_("Feedback at the bottom of its scale; in a straight line up to the best"), "points", ("P18",), ("001",)
    ),
    "customer.feedback_best": RuleWords(N_("Feedback at the top of its scale"), "points", ("P18",), ("001",)),
    "customer.referral": RuleWords(N_("They recommended us"), "points", ("P27",), ("000", "001")),
    "customer.owner_changed": RuleWords(N_("Somebody else looks after them now"), "points", ("P15",), ("004",)),
    "answers.target_hours": RuleWords(N_("How long an answer may take, in business time"), "hours", ("P8",), ("002",)),
    "answers.channel_hours": RuleWords(N_("How long it may take there instead"), "channels", ("P8",), ("002",)),
    "answers.given_up_after": RuleWords(
        N_("After so long, measured by those hours, a question counts as never answered"), "as_long", ("P8",), ("002",)
    ),
    "answers.in_time": RuleWords(N_("Answered in time"), "points", ("P8",), ("002",)),
    "answers.late": RuleWords(N_("Answered later"), "points", ("P8",), ("002",)),
    "answers.never": RuleWords(N_("Not answered at all"), "points", ("P8",), ("002",)),
    "answers.chased": RuleWords(
        N_("The customer had to ask again"),
        "points",
        ("P8",),
        ("002",),
        N_("who must keep asking withdraws a little each time"),
    ),
    "contacts.follow_up": RuleWords(
        N_("Asked by the end of the business day after a delivery whether all is well"), "points", ("P21",), ("003",)
    ),
    "contacts.check_in": RuleWords(N_("Asked how things are"), "points", ("P18",), ("001",)),
    "contacts.needs": RuleWords(N_("Asked what is needed"), "points", ("P22",), ("000", "003")),
    "contacts.advice": RuleWords(N_("Advised in the customer's favour"), "points", ("P22",), ("000", "003")),
    "contacts.idea_adopted": RuleWords(N_("Took up an idea of the customer"), "points", ("P22",), ("003",)),
    "contacts.courtesy": RuleWords(N_("A kind gesture"), "points", ("P10",), ("002",), N_("pay in steadily")),
    "contacts.service": RuleWords(N_("An extra service"), "points", ("P19",), ("001",)),
    "contacts.apart_days": RuleWords(
        N_("The same gesture earns again when the last one that did is so long ago"),
        "days",
        ("P10",),
        ("002",),
        N_("steadily, not in heaps"),
    ),
    "contacts.follow_up_kinds": RuleWords(N_("After these promises we follow up"), "kinds", ("P21",), ("003",)),
    "incident.minor": RuleWords(N_("An incident of low severity"), "points", ("P1", "P11"), finding=LOSSES),
    "incident.normal": RuleWords(N_("An incident of normal severity"), "points", ("P1", "P11")),
    "incident.serious": RuleWords(N_("An incident of high severity"), "points", ("P1", "P11")),
    "incident.untruth": RuleWords(
        N_("We said what was not true; it does not fade, and nothing of it comes back"),
        "points",
        ("P11",),
        ("000", "001"),
        N_("a lie weighs heaviest"),
    ),
    "incident.admitted": RuleWords(
        N_("So much of an incident counts that we told first; not of an untruth"),
        "percent",
        ("P11",),
        ("000", "001"),
        N_("an error admitted first weighs less"),
    ),
    "recovery.reason": RuleWords(N_("Gave the reason in time"), "points", ("P12",), ("000",), N_("first step")),
    "recovery.apology": RuleWords(
        N_("Asked for understanding and apologised, in time"), "points", ("P12",), ("000",), N_("second step")
    ),
    "recovery.chance": RuleWords(
        N_("Asked for a new chance, with an offer"), "points", ("P12",), ("000",), N_("third step")
    ),
    "recovery.talk": RuleWords(
        N_("Talked in person or by video, in time"),
        "points",
        ("P12",),
        ("000",),
        N_("fourth step: mail and phone seldom restore trust"),
    ),
    "recovery.offer_accepted": RuleWords(N_("The customer took the offer"), "points", ("P12",), ("000",)),
    "recovery.resolved": RuleWords(N_("Put right in time"), "points", ("P12", "P13"), ("000", "001"), N_("fifth step")),
    "recovery.cap": RuleWords(
        N_("At most this share of an incident's withdrawal comes back"),
        "percent",
        finding=N_("recovery restores but does not enrich"),
    ),
    "recovery.cap_repeated": RuleWords(
        N_("At most this share when the same kind happened to the same customer before"),
        "percent",
        finding=N_("a second failure of the same kind is forgiven less"),
    ),
    "recovery.repeated_days": RuleWords(
        N_("So far back counts as before"), "days", finding=N_("a second failure of the same kind is forgiven less")
    ),
    "recovery.reason_hours": RuleWords(
        N_("Until when the reason should be given, in business time after the report"), "hours", ("P12", "P13")
    ),
    "recovery.apology_hours": RuleWords(N_("Until when to apologise, in the same way"), "hours", ("P12", "P13")),
    "recovery.chance_hours": RuleWords(N_("Until when to ask for a new chance, with an offer"), "hours", ("P12",)),
    "recovery.talk_hours": RuleWords(N_("Until when to talk in person"), "hours", ("P12",)),
    "recovery.resolution_hours": RuleWords(
        N_("Until when it should be put right"), "hours", ("P13",), ("001",), N_("the customer wants a quick solution")
    ),
    "sensitivity.least": RuleWords(
        N_("So much do withdrawals of the most relaxed customer weigh"), "times", ("P9",), ("002",)
    ),
    "sensitivity.most": RuleWords(N_("So much do those of the most sensitive one weigh"), "times", ("P9",), ("002",)),
    "sensitivity.weight_of_prior": RuleWords(
        N_("So many reactions weighs the usual: (reactions + this) ÷ (expected + this)"),
        "reactions",
        ("P9",),
        ("002",),
        CHANCE,
    ),
    "sensitivity.reaction_days": RuleWords(
        N_("A strong reaction belongs to withdrawals that are at most so old"), "days", ("P9",), ("002",)
    ),
    "sensitivity.firm_reactions": RuleWords(
        N_("Strong reactions to expect for each withdrawal, until the firm's own rate is known"),
        "number",
        ("P9",),
        ("002",),
    ),
    "silence.usual_gaps": RuleWords(
        N_("After so long, measured by the usual gap between two contacts, a customer has fallen silent"),
        "as_long",
        ("P18",),
        ("001",),
    ),
    "silence.until_known_days": RuleWords(
        N_("After so long, while the usual gap is not known"), "days", ("P18",), ("001",)
    ),
    "silence.known_from_contacts": RuleWords(
        N_("From so many contacts on the usual gap is known"), "contacts", finding=CHANCE
    ),
    "habits.fewest_contacts": RuleWords(
        N_("So many contacts for the same reason make a habit"), "contacts", ("P19",), ("001",)
    ),
    "habits.quartiles_within": RuleWords(
        N_("So far may the middle half of their gaps lie from the usual one"), "percent", ("P19",), ("001",)
    ),
    "habits.lapsed_after": RuleWords(
        N_("Overdue by so long, measured by the usual gap, it has stopped"),
        "as_long",
        ("P19",),
        ("001",),
        N_("once given, it is missed when it stops"),
    ),
    "cards.months": RuleWords(N_("Broken product claims count for so long"), "months", ("P16",), ("004",)),
    "cards.yellow_from": RuleWords(N_("From so many of them on a yellow card"), "number", ("P16",), ("004",)),
    "cards.red_from": RuleWords(N_("From so many of them on a red card"), "number", ("P16",), ("004",)),
    "newness.factor": RuleWords(
        N_("So much do deposits of promises count while a customer is new"), "times", ("P14",), ("004",)
    ),
    "newness.promises": RuleWords(
        N_("New until so many promises were settled; at twice as many all counts once"), "promises", ("P14",), ("004",)
    ),
    "newness.days": RuleWords(N_("Or new for so long; the slower of the two counts"), "days", ("P14",), ("004",)),
    "fading.half_life_days": RuleWords(
        N_("After so long a line counts half; “none” in the file lets nothing fade"), "half_life", ("P10",), ("002",)
    ),
    "reliability.half_life_days": RuleWords(
        N_("After so long a settled promise tells half as much"), "days", ("P1",), finding=BETA
    ),
    "reliability.weight_of_prior": RuleWords(
        N_("So many promises weighs what the firm usually keeps"), "promises", finding=BETA
    ),
    "reliability.firm_rate": RuleWords(
        N_("The share of promises that a firm keeps, until its own is known"), "percent", finding=BETA
    ),
    "reliability.shown_from": RuleWords(
        N_("From so many settled promises on a single figure is shown; before, only the range"),
        "promises",
        finding=CHANCE,
    ),
    "advice.memory_days": RuleWords(
        N_("After so long it counts half how the firm did; the one that came closest lately is taken"),
        "memory",
        ("P5",),
        ("001", "004"),
        N_("what was kept in March says little about April"),
    ),
    "advice.half_life_days": RuleWords(
        N_("After so long it counts half what team, person or kind of work make different"), "days", ("P5",)
    ),
    "advice.weight_of_firm": RuleWords(
        N_("So many promises weighs that it is an even chance"), "promises", finding=CHANCE
    ),
    "advice.weight_of_prior": RuleWords(
        N_("So many promises weighs that it is here as everywhere"), "promises", finding=CHANCE
    ),
    "advice.judged_days": RuleWords(N_("After so long it counts half how well a forecast came true"), "days", ("P5",)),
    "advice.fewest_promises": RuleWords(
        N_("With fewer promises that ended there is no statement; they fade like what is known of people"),
        "promises",
        finding=CHANCE,
    ),
    "advice.safe": RuleWords(
        N_("From this probability on a date is called safe"),
        "percent",
        ("P5",),
        ("001", "004"),
        N_("better no promise than one that is not kept"),
    ),
    "advice.at_risk": RuleWords(
        N_("Below this probability an open promise is at risk"),
        "percent",
        ("P24",),
        ("001",),
        N_("prepare alternatives for whatever is critical"),
    ),
    "advice.overload_kept": RuleWords(
        N_("A month went well in which at least this share of the promises in hand was kept"),
        "percent",
        ("P5",),
        ("001",),
        N_("never promise what you cannot do"),
    ),
    "calibration.fewest_cases": RuleWords(
        N_("A weight that fewer cases rest on is left alone"), "cases", finding=CHANCE
    ),
    "calibration.prior_spread": RuleWords(
        N_("So far does a weight usually lie from the shipped one without any evidence"),
        "plus_minus",
        finding=N_("without evidence the shipped weight is the best guess"),
    ),
    "calibration.half_life_days": RuleWords(
        N_("After so long a case counts half"), "days", finding=N_("customers change")
    ),
    "alerts.due_soon_days": RuleWords(
        N_("So many business days before the due its owner is reminded"), "days", ("P1", "P29"), ("000", "001")
    ),
    "alerts.last_call_hours": RuleWords(
        N_("So much business time before the last moment for timely notice comes the last call"),
        "hours",
        ("P2",),
        ("000",),
    ),
    "alerts.moved_again_from": RuleWords(
        N_("From so many moves by us on the manager hears of it"), "number", ("P2", "P29"), ("000", "001")
    ),
    "alerts.unanswered_at": RuleWords(
        N_("When so much of the time for an answer is used up, and once more when it has passed"),
        "percent",
        ("P8",),
        ("002",),
    ),
    "alerts.recovery_at": RuleWords(
        N_("When so much of the time for a step of recovery is used up, and once more when it has passed"),
        "percent",
        ("P12",),
        ("000",),
    ),
    "alerts.fall_points": RuleWords(N_("When a balance has fallen by so much"), "worth", ("P25",), ("000",)),
    "alerts.fall_days": RuleWords(N_("So far back it is compared with its highest value"), "days", ("P25",), ("000",)),
    "alerts.thin_buffer": RuleWords(
        N_("When a buffer bears fewer usual withdrawals than this"), "withdrawals", ("P10",), ("002",)
    ),
    "alerts.feedback_silent_days": RuleWords(
        N_("When a customer has given no feedback for so long"), "days", ("P18",), ("001",)
    ),
    "alerts.drift_weeks": RuleWords(
        N_("With so many weeks before it a team's last week is compared"), "weeks", ("P1",), finding=ANY_CHANCE
    ),
    "alerts.drift_spread": RuleWords(
        N_("What lies further off than so many times the usual spread is no chance any more"),
        "number",
        ("P1",),
        finding=ANY_CHANCE,
    ),
    "alerts.again_after_days": RuleWords(
        N_("What lasts is told once more only after it was over for so long"),
        "days",
        finding=N_("who is told too often reads nothing any more"),
    ),
    "alerts.escalate_after_hours": RuleWords(
        N_("When nobody has taken note of an alert after so much business time, the manager hears of it"),
        "hours",
        ("P29",),
        ("001",),
    ),
    "alerts.not_escalated": RuleWords(
        N_("These alerts stay with whoever got them"),
        "alerts",
        finding=N_("not everything is for the manager"),
    ),
    "buffer.days": RuleWords(N_("Withdrawals of so long say what a usual one is"), "days", ("P10",), ("002",)),
    "buffer.fewest_withdrawals": RuleWords(
        N_("With fewer of them a usual one is assumed"), "withdrawals", ("P10",), ("002",)
    ),
    "buffer.usual_withdrawal": RuleWords(N_("So much is assumed for it then"), "worth", ("P10",), ("002",)),
    "stage.lost_below": RuleWords(N_("Below this balance a customer is lost"), "worth", ("P25",), ("000",)),
    "stage.strained_below": RuleWords(
        N_("Below this balance the relationship is strained"), "worth", ("P25",), ("000",)
    ),
    "stage.strained_after_fall": RuleWords(
        N_("Strained too, when the balance fell by so much"), "worth", ("P25",), ("000",)
    ),
    "stage.fall_days": RuleWords(N_("So far back it is compared with its highest value"), "days", ("P25",), ("000",)),
    "stage.new_below_lines": RuleWords(N_("With fewer lines a customer is new"), "lines", ("P25",), ("000",)),
    "stage.solid_from": RuleWords(
        N_("Solid from this balance on, if promises are kept reliably too"), "worth", ("P25",), ("000",)
    ),
    "stage.solid_reliability": RuleWords(
        N_("So high must the lower end of reliability's range be for that"), "percent", ("P25",), ("000",)
    ),
}

PRACTICES: Final = {
    "P1": N_("Keep promises and appointments; the date is the yardstick"),
    "P2": N_("Give notice before the date, not just hours before, and agree a new one"),
    "P3": N_("An alternative offered in time counts for more than an apology afterwards"),
    "P4": N_("Taking back openly keeps credibility; hiding does not"),
    "P5": N_("Better no promise than one that is not kept"),
    "P6": N_("Say no honestly, explain why, recommend somebody else"),
    "P7": N_("The degree of fulfilment decides; exceeding makes trust grow"),
    "P8": N_("Late answers and having to ask again are small withdrawals"),
    "P9": N_("Some customers stay relaxed, others lose all trust"),
    "P10": N_("Keep the account well filled, pay in steadily"),
    "P11": N_("Truth, always; an error told first weighs less"),
    "P12": N_("Win back lost trust in order: reason, apology, new chance, talk, mend it"),
    "P13": N_("A quick solution is what the customer wants, and not who caused it"),
    "P14": N_("New customers: what goes well counts double"),
    "P15": N_("The same people build trust"),
    "P16": N_("Suppliers who break product claims get a card"),
    "P17": N_("What can be verified builds trust"),
    "P18": N_("No praise is silent criticism"),
    "P19": N_("An extra service is missed when it stops"),
    "P21": N_("Call on the day after delivery and ask whether all is well"),
    "P22": N_("Ask about needs before selling; advise in the customer's favour; take up their ideas"),
    "P23": N_("Estimates overrun lead to awkward questions"),
    "P24": N_("Prepare alternatives for whatever is critical"),
    "P25": N_("Win trust first, then keep it"),
    "P27": N_("Recommendations are the best marketing; a disappointed customer tells everybody"),
    "P29": N_("Leave nothing to chance"),
}
"""Those that a rule follows from."""
