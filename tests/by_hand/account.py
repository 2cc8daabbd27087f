"""The account of one customer: what is ever written, and what of it stands at a moment.

A line depends on nothing that happens after it, so all lines are written once, each with the time while it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, lgamma, log
from statistics import median
from typing import TYPE_CHECKING

from tests.by_hand import rules
from tests.by_hand.customers import normalised
from tests.by_hand.facts import Envelope, text
from tests.by_hand.incidents import Deed, Incident, incident
from tests.by_hand.promises import Life, enough_notice, live, unfold
from tests.by_hand.rules import hundredths, rounded

if TYPE_CHECKING:
    from tests.by_hand.firm import Firm

JUST_BEFORE = timedelta(microseconds=1)
DAY = timedelta(days=1)


@dataclass(eq=False)
class Written:
    """A line, before sensitivity and newness; it stands from `begins` until just before `ends`."""

    rule: str
    at: datetime
    base: int | Callable[[datetime], int]
    subject: str
    fact: str
    begins: datetime
    ends: datetime | None = None
    own_factors: dict[str, float] = field(default_factory=dict)
    of_promise: bool = False
    provisional: bool = False
    fades: bool = True

    def stands(self, moment: datetime) -> bool:
        return self.begins <= moment and (self.ends is None or moment < self.ends)

    def gives_way_at(self, moment: datetime) -> bool:
        """An overdue promise is no withdrawal before its own."""
        return self.provisional and self.ends == moment

    def base_at(self, moment: datetime) -> int:
        return self.base if isinstance(self.base, int) else self.base(moment)


@dataclass
class Line:
    """As it stands in the statement of a moment; base, points and counts in hundredths."""

    time: datetime
    rule: str
    base: int
    factors: dict[str, float]
    points: int
    counts: int
    subject: str
    fact: str
    provisional: bool


@dataclass
class Reliability:
    expected: float
    low: float
    high: float
    rests_on: int


@dataclass
class Sensitivity:
    value: float
    reactions: int | None
    """None when set by hand."""
    expected: float | None


@dataclass
class Statement:
    customer: str
    lines: list[Line]
    balance: int
    buffer: float
    reliability: Reliability
    sensitivity: Sensitivity
    newness: float
    stage: str


# -- promises ----------------------------------------------------------------------------------------


def table(due: datetime, moment: datetime) -> int:
    return hundredths(rules.lateness((moment - due) / DAY))


def promise_lines(firm: Firm, history: list[Envelope]) -> list[Written]:
    steps = list(unfold(history, firm.hours_of_promise))
    made, _, begun = steps[0]
    if begun.internal:
        return []
    found: list[Written] = []
    soft = {"binding": rules.SOFT} if begun.binding in ("intended", "estimate") else {}

    def write(
        rule: str, at: datetime, base: int | Callable[[datetime], int], fact: Envelope, *,
        begins: datetime | None = None, ends: datetime | None = None, provisional: bool = False,
    ) -> None:  # fmt: skip
        withdrawal = provisional or (isinstance(base, int) and base < 0)
        factors = soft if withdrawal else {}
        found.append(
            Written(rule, at, base, begun.id, fact["id"], begins or at, ends, factors, True, provisional)
        )  # fmt: skip

    for n, (fact, before, after) in enumerate(steps):
        at, until = fact["at"], steps[n + 1][0]["at"] if n + 1 < len(steps) else None
        if before is not None and before.settled_at is None:
            if fact["type"] == "promise.renegotiated":
                write(*_move(before, fact), fact)
            elif after.settled_at is not None:
                settled = _settlement(before, after, fact)
                if settled is not None:
                    write(settled[0], at, hundredths(settled[1]), fact)
        if after.settled_at is None and after.waiting_since is None and after.due is not None:
            due = after.due
            begins = max(due, at)
            if until is None or begins < until:
                write(
                    "overdue", due, lambda moment, due=due: table(due, moment), made,
                    begins=begins, ends=until, provisional=True,
                )  # fmt: skip
    return found


def _move(before: Life, fact: Envelope) -> tuple[str, datetime, int]:
    data, at = fact["data"], fact["at"]
    if not data.get("agreed", True):
        return "move_not_agreed", at, 0
    if data.get("asked_by", "us") == "customer":
        return "moved_for_customer", at, 0
    timely, alternative = enough_notice(before, at), text(data, "alternative") is not None
    rule = ("moved_in_time" if timely else "moved_late") + ("" if alternative else "_without_alternative")
    return rule, at, hundredths(rules.MOVED[timely, alternative])


def _settlement(before: Life, after: Life, fact: Envelope) -> tuple[str, float] | None:
    """The final line before factors; None for a promise that the customer waived in time."""
    data, at, due = fact["data"], fact["at"], before.due
    late = due is not None and at > due
    days = (at - due) / DAY if due is not None else 0
    if after.state == "released":
        return None
    if after.state == "withdrawn":
        if enough_notice(before, at):
            given = sum(text(data, name) is not None for name in ("reason", "alternative"))
            return ("withdrawn_without", "withdrawn_with_one", "withdrawn")[given], rules.WITHDRAWN[given]
        overdue = due is not None and at >= due
        return "withdrawn_late", min(rules.WITHDRAWN_LATE, rules.lateness(days) if overdue else 0)
    if after.degree is None:
        return "broken", rules.BROKEN
    if after.degree < 1:
        partly = rules.PARTLY_AT_ZERO + rules.PARTLY_PER_DEGREE * after.degree
        return "partly_fulfilled", min(partly, rules.lateness(days)) if late else partly
    if late:
        return "fulfilled_late", rules.lateness(days)
    rule, base = "kept", rules.KEPT
    if before.moved_by_us:
        rule, base = "kept_after_timely_move", rules.KEPT_AFTER_TIMELY_MOVE
    if not all(before.notices):
        rule, base = "kept_after_late_move", rules.KEPT_AFTER_LATE_MOVE
    more = rules.EXCEEDED * min(1, (after.degree - 1) / (rules.EXCEEDED_FULL_AT - 1))
    return ("exceeded", base + more) if after.degree > 1 else (rule, base)


# -- what the customer said, and what we said to them ------------------------------------------------


def customer_lines(firm: Firm, customer: str) -> list[Written]:
    found, owner = [], None
    for fact in firm.of(customer):
        data, type, base, rule = fact["data"], fact["type"], None, ""
        if type == "feedback.given":
            spread = rules.FEEDBACK_BEST - rules.FEEDBACK_WORST
            rule, base = "feedback", rules.FEEDBACK_WORST + spread * normalised(data)
        elif type == "referral.given":
            rule, base = "referral", rules.REFERRAL
        elif type == "request.declined" and text(data, "reason") is not None:
            alternative = text(data, "alternative") is not None
            rule = "honest_no_with_alternative" if alternative else "honest_no"
            base = rules.HONEST_NO_WITH_ALTERNATIVE if alternative else rules.HONEST_NO
        elif type in ("customer.registered", "customer.changed", "customer.owner_assigned"):
            told = data.get("owner")
            if told is not None:
                told = firm.person_of(told)
                if owner is not None and told != owner:
                    rule, base = "owner_changed", rules.OWNER_CHANGED
                owner = told
        elif type == "contact.inbound" and data.get("chases") is not None:
            rule, base = "chased", rules.CHASED
        if base is not None:
            subject = data.get("contact") or data.get("about") or customer
            found.append(Written(rule, fact["at"], hundredths(base), subject, fact["id"], fact["at"]))
    return found


def question_lines(firm: Firm, customer: str) -> list[Written]:
    begun = {each["data"]["contact"]: each["id"] for each in firm.of(customer) if each["type"] == "contact.inbound"}
    found = []
    for each in firm.questions_of(customer):
        answered, given_up = each.answered_at, each.given_up
        if answered is not None and (given_up is None or answered < given_up):
            rule, base = ("answered_in_time", rules.ANSWERED_IN_TIME)
            if not each.in_time:
                rule, base = ("answered_late", rules.ANSWERED_LATE)
            assert each.answer is not None
            found.append(Written(rule, answered, base * 100, each.id, each.answer["id"], answered))
        elif given_up is not None:
            base = rules.NEVER_ANSWERED * 100
            found.append(Written("never_answered", given_up, base, each.id, begun[each.id], given_up))
    return found


def purpose_lines(firm: Firm, customer: str) -> list[Written]:
    found, last = [], {}
    for fact in firm.of(customer):
        purpose = fact["data"].get("purpose")
        if fact["type"] != "contact.outbound" or purpose not in rules.PURPOSES:
            continue
        if purpose == "follow_up" and not follows_up_in_time(firm, fact):
            continue
        if purpose in last and fact["at"] - last[purpose] < rules.APART_DAYS * DAY:
            continue
        last[purpose] = fact["at"]
        base = rules.PURPOSES[purpose] * 100
        found.append(Written(purpose, fact["at"], base, fact["data"]["contact"], fact["id"], fact["at"]))
    return found


def asks_for_follow_up(life: Life) -> bool:
    return life.degree is not None and life.degree >= 0.5 and not life.internal and life.kind in rules.FOLLOW_UP_KINDS


def follows_up(contact: Envelope, life: Life) -> bool:
    """Whether this outbound contact follows up this fulfilled promise in time."""
    assert life.settled_at is not None
    about, at = contact["data"].get("about"), contact["at"]
    closes = life.hours.end_of_next_business_day(life.settled_at)
    return about in (None, life.id) and life.settled_at < at <= closes


def follows_up_in_time(firm: Firm, contact: Envelope) -> bool:
    """Any promise, as it stood at the time of the contact."""
    at = contact["at"]
    for history in firm.promise_histories(contact["whose"]).values():
        calendar = firm.hours_of_promise(history[0]["data"])
        ends = [fact["at"] for fact in history if fact["type"] == "promise.fulfilled"]
        if any(end < at <= calendar.end_of_next_business_day(end) for end in ends):
            life = live([fact for fact in history if fact["at"] <= at], at, firm.hours_of_promise)
            if asks_for_follow_up(life) and follows_up(contact, life):
                return True
    return False


# -- incidents ---------------------------------------------------------------------------------------


def incident_lines(firm: Firm, account: Account, facts: list[Envelope]) -> list[Written]:
    found = incident(firm, facts)
    report = _report_line(account, found, facts[0])
    if found.kind == "untruth":
        return [report]
    return [report, *_deposits(account, found, report)]


def _report_line(account: Account, found: Incident, fact: Envelope) -> Written:
    at = found.reported_at
    if found.kind == "untruth":
        return Written("untruth", at, rules.UNTRUTH * 100, found.id, fact["id"], at, fades=False)
    whole = rules.INCIDENT[found.severity] * 100
    factors = {"admitted": rules.ADMITTED} if found.admitted else {}
    if found.promise is None:
        return Written("incident", at, whole, found.id, fact["id"], at, own_factors=factors)
    worth = rounded(whole * rules.ADMITTED) if found.admitted else whole
    promise = found.promise

    def base(moment: datetime) -> int:
        return min(0, worth - account.withdrawn_for(promise, moment))

    return Written("incident", at, base, found.id, fact["id"], at)


def _deposits(account: Account, found: Incident, report: Written) -> list[Written]:
    earlier: list[Written] = []
    for deed in sorted(found.deeds, key=lambda deed: deed.at):
        line = Written(deed.rule, deed.at, deed.base * 100, found.id, deed.fact, deed.at)
        account.capped[line] = _cap(account, found, report, deed, tuple(earlier))
        earlier.append(line)
    return earlier


def _cap(
    account: Account, found: Incident, report: Written, deed: Deed, earlier: tuple[Written, ...]
) -> Callable[[], int]:
    """What this step earns at most, asked only when all lines are written."""

    def room() -> int:
        share = rules.CAP_REPEATED if account.repeated(found) else rules.CAP
        cap = rounded(share * -account.points(report, deed.at))
        return max(0, min(deed.base * 100, cap - sum(account.points(line, deed.at) for line in earlier)))

    return room


# -- the account -------------------------------------------------------------------------------------


class Account:
    """Everything ever written for one customer."""

    def __init__(self, firm: Firm, customer: str) -> None:
        self.firm, self.customer = firm, customer
        self.capped: dict[Written, Callable[[], int]] = {}
        self._factors: dict[Written, dict[str, float]] = {}
        self._learned: dict[datetime, Sensitivity] = {}
        self._balances: dict[datetime, int] = {}
        self.written: list[Written] = []
        self._of_promise: dict[str, list[Written]] = {}
        for id, history in firm.promise_histories(customer).items():
            self._of_promise[id] = promise_lines(firm, history)
            self.written += self._of_promise[id]
        self.written += customer_lines(firm, customer)
        self.written += question_lines(firm, customer)
        self.written += purpose_lines(firm, customer)
        for facts in firm.incident_histories(customer).values():
            self.written += incident_lines(firm, self, facts)
        self.written.sort(key=lambda line: line.at)
        self._reports = [
            (facts[0]["at"], facts[0]["data"].get("kind", "other"), facts[0]["data"]["incident"])
            for facts in firm.incident_histories(customer).values()
        ]
        self.reactions = self._strong_reactions()

    def standing(self, moment: datetime) -> list[Written]:
        return [line for line in self.written if line.stands(moment)]

    def withdrawals(self, moment: datetime) -> list[Written]:
        return [line for line in self.standing(moment) if line.base_at(moment) < 0]

    def withdrawn_for(self, promise: str, moment: datetime) -> int:
        """What a promise has cost so far, binding included, sensitivity not; in hundredths, 0 or less."""
        standing = [line for line in self._of_promise.get(promise, ()) if line.stands(moment)]
        worth = [rounded(line.base_at(moment) * line.own_factors.get("binding", 1)) for line in standing]
        return sum(each for each in worth if each < 0)

    def repeated(self, found: Incident) -> bool:
        earliest = found.reported_at - rules.REPEATED_DAYS * DAY
        return any(
            kind == found.kind and id != found.id and earliest <= at < found.reported_at
            for at, kind, id in self._reports
        )

    # factors

    def _strong_reactions(self) -> list[tuple[datetime, bool]]:
        """Each with whether a withdrawal of the 30 days before it still stood just before it."""
        found = []
        for fact in self.firm.of(self.customer):
            data, type, at = fact["data"], fact["type"], fact["at"]
            strong = (
                (type == "incident.reported" and data.get("kind", "other") == "complaint")
                or (type == "contact.inbound" and data.get("chases") is not None)
                or (type == "feedback.given" and normalised(data) <= rules.LOWEST_QUARTER)
                or type == "customer.left"
            )
            if strong:
                lately = at - rules.REACTION_DAYS * DAY
                found.append((at, any(lately <= line.at < at for line in self.withdrawals(at - JUST_BEFORE))))
        return found

    def sensitivity_before(self, instant: datetime) -> Sensitivity:
        if instant not in self._learned:
            self._learned[instant] = self._sensitivity_before(instant)
        return self._learned[instant]

    def _sensitivity_before(self, instant: datetime) -> Sensitivity:
        by_hand = self.firm.customer(self.customer, instant - JUST_BEFORE).sensitivity
        if by_hand is not None:
            return Sensitivity(by_hand, None, None)
        reactions = sum(counts for at, counts in self.reactions if at < instant)
        earlier = [line for line in self.withdrawals(instant - JUST_BEFORE) if not line.gives_way_at(instant)]
        expected = sum(self.firm.rates_at(line.at)[1] for line in earlier)
        value = (reactions + rules.SENSITIVITY_PRIOR) / (expected + rules.SENSITIVITY_PRIOR)
        return Sensitivity(
            min(rules.SENSITIVITY_MOST, max(rules.SENSITIVITY_LEAST, value)), reactions, expected
        )  # fmt: skip

    def newness_before(self, instant: datetime) -> float:
        settled = sum(at < instant for at in self.firm.seen_settlements(self.customer))
        since = self.firm.customer(self.customer, instant - JUST_BEFORE).known_since
        if since is None:
            first = self.firm.first_seen(self.customer)
            since = first if first is not None and first < instant else instant
        acquaintance = min(settled / rules.NEW_PROMISES, (instant - since) / (rules.NEW_DAYS * DAY))
        return max(1.0, min(float(rules.NEWNESS), 3 - acquaintance))

    def factors(self, line: Written, moment: datetime) -> dict[str, float]:
        if line not in self._factors:
            found = dict(line.own_factors)
            base = line.base_at(moment)
            if line in self.capped:
                share = self.capped[line]() / base
                if share != 1:
                    found["recovery_cap"] = share
            elif base < 0 or not isinstance(line.base, int):
                sensitivity = self.sensitivity_before(line.at).value
                if sensitivity != 1:
                    found["sensitivity"] = sensitivity
            elif base > 0 and line.of_promise:
                newness = self.newness_before(line.at)
                if newness != 1:
                    found["newness"] = newness
            self._factors[line] = found
        return self._factors[line]

    def points(self, line: Written, moment: datetime) -> int:
        worth = float(line.base_at(moment))
        for factor in self.factors(line, moment).values():
            worth *= factor
        return rounded(worth)

    # at a moment

    def counts(self, line: Written, moment: datetime) -> int:
        age = (moment - line.at) / DAY
        if line.provisional or not line.fades:
            age = 0
        return rounded(self.points(line, moment) * 2 ** (-age / rules.HALF_LIFE_DAYS))

    def balance(self, moment: datetime) -> int:
        if moment not in self._balances:
            self._balances[moment] = sum(self.counts(line, moment) for line in self.standing(moment))
        return self._balances[moment]

    def buffer(self, moment: datetime) -> float:
        lately = [line for line in self.standing(moment) if moment - line.at <= rules.BUFFER_DAYS * DAY]
        withdrawn = [-points for line in lately if (points := self.points(line, moment)) < 0]
        few = len(withdrawn) < rules.FEWEST_WITHDRAWALS
        return self.balance(moment) / (rules.USUAL_WITHDRAWAL * 100 if few else median(withdrawn))

    def turning_points(self, start: datetime, end: datetime) -> list[datetime]:
        """Both ends, and just before and at each change in between: where the balance can have its peak."""
        changes = {each for line in self.written for each in (line.begins, line.ends) if each is not None}
        inside = [each for each in changes if start < each <= end]
        return sorted({start, end, *inside, *(each - JUST_BEFORE for each in inside)})

    def recovered(self, found: Incident) -> bool:
        """The balance came back to what it was just before the report within 90 days."""
        at = found.reported_at
        before = self.balance(at - JUST_BEFORE)
        moments = self.turning_points(at, at + rules.SUCCESS_DAYS * DAY)
        return any(self.balance(moment) >= before for moment in moments)

    def stage(self, moment: datetime) -> str:
        balance = self.balance(moment)
        if self.firm.customer(self.customer, moment).left_at is not None or balance < rules.LOST_BELOW * 100:
            return "lost"
        running = [each for each in self.firm.incidents_of(self.customer, moment) if each.running]
        if any(each.severity != "minor" for each in running):
            return "recovering"
        start = moment - rules.FALL_DAYS * DAY
        if balance < 0 or any(
            self.balance(each) - balance >= rules.FALL * 100 for each in self.turning_points(start, moment)
        ):
            return "strained"
        if len(self.standing(moment)) < rules.NEW_BELOW_LINES:
            return "new"
        if balance >= rules.SOLID_FROM * 100:
            trust = self.reliability(moment)
            if trust.rests_on and trust.low >= rules.SOLID_RELIABILITY:
                return "solid"
        return "building"

    def reliability(self, moment: datetime) -> Reliability:
        return reliability(self.firm, self.firm.evidence_of(self.customer), moment)

    def statement(self, moment: datetime) -> Statement:
        lines = [
            Line(
                line.at, line.rule, line.base_at(moment), self.factors(line, moment), self.points(line, moment),
                self.counts(line, moment), line.subject, line.fact, line.provisional,
            )
            for line in self.standing(moment)
        ]  # fmt: skip
        now = moment + JUST_BEFORE
        return Statement(
            self.customer, lines, self.balance(moment), self.buffer(moment), self.reliability(moment),
            self.sensitivity_before(now), self.newness_before(now), self.stage(moment),
        )  # fmt: skip


# -- reliability --------------------------------------------------------------------------------------


@dataclass
class Evidence:
    at: datetime
    weight: float
    """From 0, broken, to 1, kept."""
    life: Life


def evidence(firm: Firm, history: list[Envelope]) -> Evidence | None:
    """What a settled promise says about reliability, internal ones included."""
    for fact, before, after in unfold(history, firm.hours_of_promise):
        if before is not None and before.settled_at is None and after.settled_at is not None:
            settled = _settlement(before, after, fact)
            if settled is None:
                return None
            weight = (rules.hundredths(settled[1]) / 100 - rules.BROKEN) / (rules.KEPT - rules.BROKEN)
            return Evidence(fact["at"], min(1, max(0, weight)), after)
    return None


def reliability(firm: Firm, settled: list[Evidence], moment: datetime) -> Reliability:
    then = [each for each in settled if each.at <= moment]
    kept = missed = 0.0
    for each in then:
        fading = 2 ** (-((moment - each.at) / DAY) / rules.RELIABILITY_HALF_LIFE_DAYS)
        kept += each.weight * fading
        missed += (1 - each.weight) * fading
    rate, prior = firm.rates_at(moment)[0], rules.RELIABILITY_PRIOR
    a, b = kept + rate * prior, missed + (1 - rate) * prior
    return Reliability(a / (a + b), beta_quantile(0.05, a, b), beta_quantile(0.95, a, b), len(then))


def beta_quantile(share: float, a: float, b: float) -> float:
    if a <= 0 or b <= 0:
        return 0.0 if a <= 0 else 1.0
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if beta_below(middle, a, b) < share else (low, middle)
    return (low + high) / 2


def beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x > (a + 1) / (a + b + 2):
        return 1 - front * _fraction(1 - x, b, a) / b
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    value = d
    for m in range(1, 300):
        for top in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + top * d) or tiny)
            c = (1 + top / c) or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return value
