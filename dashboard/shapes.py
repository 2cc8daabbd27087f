"""The shapes of what the pages show: every figure and list as a small named tuple.

Points are integers in hundredths, instants are aware, and sentences come in the reader's language. What is about
alerts, a morning and a team has its shapes in `dashboard.attention`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

PAGE_SIZE = 50

State = Literal["open", "soon", "notice", "tight", "overdue", "waiting"]
"""How an open promise stands: far off, due soon, notice possible now, too late for it, overdue, or waiting:
our clock stands still because the customer asked for it."""

StateFilter = Literal["all", "soon", "notice", "overdue", "waiting"]
Span = Literal["month", "quarter", "all"]
Noted = Literal["done", "already", "over"]
"""What came of taking note: noted, somebody had done so before, the alert is over."""
Delivery = Literal[
    "waiting", "delivered", "acknowledged", "snoozed", "failed", "undeliverable", "over", "not_needed", "too_old"
]


class Reader(NamedTuple):
    """Who asks, in which language they read and in which zone their clock runs."""

    who: str
    lang: str
    zone: ZoneInfo


class Firm(NamedTuple):
    """Whose dashboard this is: the firm's name and the reader's, where they are known."""

    name: str | None
    reader: str | None


# -- overview -------------------------------------------------------------------------------------


class Share(NamedTuple):
    """A share with the ends of its 95 % interval; of nothing (`denominator` 0) it says nothing."""

    numerator: int
    denominator: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """Between 0 and 1, None of nothing."""
        return self.numerator / self.denominator if self.denominator else None


class PromiseWeek(NamedTuple):
    """On-time shares of the four weeks that end with this one; `week` is its Monday."""

    week: date
    last: Share
    first: Share


class PointWeek(NamedTuple):
    """What came in and went out in one week, over all customers; `withdrawals` is negative or 0."""

    week: date
    deposits: int
    withdrawals: int
    over: bool
    """Whether the week has ended."""


class AlertWeek(NamedTuple):
    """How many promises were overdue when the week ended (or are now), and the alerts raised in it."""

    week: date
    overdue: int
    alerts: int
    over: bool


class PromiseRow(NamedTuple):
    """One open promise as a list shows it. `customer` is what the account page's address names."""

    id: str
    customer: str
    name: str
    what: str
    kind: str
    owner: str | None
    state: State
    due: datetime | None
    day_only: bool
    """The due is a whole day, not a time of it."""
    soon_from: datetime | None
    notice_until: datetime | None
    """The last moment for telling the customer in time."""
    moved: int
    """How often the due has been moved."""
    works_out: float | None = None
    """Where it is at risk: the probability that it is kept."""
    plan_b: bool = True


class AlertRow(NamedTuple):
    """One alert: what it says, about whom, to whom, and whether it has arrived."""

    raised: datetime
    rule: str
    text: str
    customer: str | None
    name: str | None
    to: str | None
    delivery: Delivery
    delivered: datetime | None


class Totals(NamedTuple):
    """The figures of one period that are compared with the period before."""

    last: Share
    first: Share
    deposits: int
    withdrawals: int
    postings: int
    overdue: int
    alerts: int


class Overview(NamedTuple):
    """Everything on the overview. The period runs from `since` to `until`, both included."""

    since: date
    until: date
    now: Totals
    before: Totals | None
    """None if the log does not reach back that far."""
    promises: tuple[PromiseWeek, ...]
    points: tuple[PointWeek, ...]
    warnings: tuple[AlertWeek, ...]
    customers: int
    """How many customers had a posting in the period."""
    target: float
    overdue: tuple[PromiseRow, ...]
    """The ones overdue longest, at most five; `now.overdue` counts all."""
    alerts: tuple[AlertRow, ...]
    """The ones raised last, at most eight."""


# -- promises -------------------------------------------------------------------------------------


class PromiseFilter(NamedTuple):
    """Which open promises to list; None is everybody and every kind."""

    state: StateFilter = "all"
    owner: str | None = None
    kind: str | None = None


class PromisePage(NamedTuple):
    """One page of the list, most urgent first, and how many there are in all."""

    rows: tuple[PromiseRow, ...]
    total: int
    counts: dict[StateFilter, int]
    """How many of this owner and kind are in each state."""
    owners: tuple[str, ...]
    kinds: tuple[str, ...]


# -- contacts -------------------------------------------------------------------------------------

ContactState = Literal["open", "unanswered", "late", "answered"]
"""How a question stands: waits for its answer, was never answered, was answered late or in time."""

ContactFilter = Literal["open", "unanswered", "late", "answered", "all"]


class Spread(NamedTuple):
    """Seconds: the middle one, and what nine in ten do not exceed; None where `n` is 0."""

    median: float | None
    most: float | None
    n: int


class ContactRow(NamedTuple):
    """A question with everything that was asked in it, or a contact in which nothing was asked (`state` None)."""

    id: str
    customer: str
    name: str
    about: str | None
    """What the promise or incident is called that it is about."""
    inbound: bool
    purpose: str | None
    channel: str | None
    owner: str | None
    """Who answered, else who answers for it."""
    state: ContactState | None
    at: datetime
    target: datetime | None
    """Until when an answer is in time; None also while the customer lets us wait."""
    answered_seconds: int | None
    """In business time."""
    chased: int
    """How often the customer had to ask again."""


class ContactsAsked(NamedTuple):
    """Which contacts to list; None is everybody and every channel."""

    state: ContactFilter = "open"
    owner: str | None = None
    channel: str | None = None
    customer: str | None = None


class ContactPage(NamedTuple):
    """One page of the list and how many there are: what waits by its target, all else the newest first."""

    rows: tuple[ContactRow, ...]
    total: int
    counts: dict[ContactFilter, int]
    owners: tuple[str, ...]
    channels: tuple[str, ...]
    customer: str | None
    """The name of the one customer asked about."""


class ChannelAnswers(NamedTuple):
    """How fast questions of one channel are answered, in business time, and within what they should be."""

    channel: str
    spread: Spread
    target_seconds: int


class ContactFigures(NamedTuple):
    """How customers were answered from `since` on, in business time."""

    since: date
    first_answer: Spread
    in_time: Share
    asked_again: Share
    channels: tuple[ChannelAnswers, ...]


# -- incidents ------------------------------------------------------------------------------------

StepName = Literal["reason", "apology", "chance", "talk", "resolved"]
StepState = Literal["done", "done_late", "next", "missed", "ahead", "left_out"]
IncidentFilter = Literal["unresolved", "resolved", "closed", "all"]


class Step(NamedTuple):
    """One step of a recovery; `at` is when it was done, else by when it should be, None while we wait for them."""

    name: StepName
    state: StepState
    at: datetime | None


class IncidentRow(NamedTuple):
    """An incident with the five steps of its recovery, in their order."""

    id: str
    customer: str
    name: str
    what: str | None
    kind: str
    severity: str
    admitted: bool
    state: Literal["open", "resolved", "closed"]
    owner: str | None
    supplier: str | None
    waits: bool
    """Our clock stands still: we wait for the customer."""
    reported: datetime
    ended: datetime | None
    """When it was put right, else closed."""
    restored: bool
    """Put right, and talked over face to face after reason and apology."""
    steps: tuple[Step, ...]


class IncidentsAsked(NamedTuple):
    """Which incidents to list; None is everybody, every kind, every supplier."""

    state: IncidentFilter = "unresolved"
    owner: str | None = None
    kind: str | None = None
    supplier: str | None = None
    customer: str | None = None


class IncidentPage(NamedTuple):
    """One page of the list and how many there are: what runs by its next deadline, all else the newest first."""

    rows: tuple[IncidentRow, ...]
    total: int
    counts: dict[IncidentFilter, int]
    owners: tuple[str, ...]
    kinds: tuple[str, ...]
    customer: str | None
    next_steps: tuple[tuple[StepName, int, int], ...]
    """Of what runs: which step comes next, how often, and how often it is late already."""


class IncidentFigures(NamedTuple):
    """How incidents reported from `since` on were put right; `by_clock` in hours of the day, not of business."""

    since: date
    by_clock: Spread
    in_business: Spread
    discipline: Share
    success: Share


# -- customers ------------------------------------------------------------------------------------

CustomerOrder = Literal["balance", "name", "silent"]
"""The lowest balance first, by name, or only those not heard of, or not written to, for unusually long."""


class Silence(NamedTuple):
    """Not heard of for `days` (`ever` False: never at all); `usual_days` None = not known yet."""

    days: int
    ever: bool
    usual_days: int | None


class Lapse(NamedTuple):
    """What came every so many days and stayed away; `last` is when it came last."""

    purpose: str
    every_days: int
    last: date


class Reliability(NamedTuple):
    """How surely the next promise to this customer will be kept; below five settled ones without `value`."""

    value: float | None
    low: float
    high: float
    rests_on: int


class CustomerRow(NamedTuple):
    """One customer as the list shows them."""

    customer: str
    name: str
    owner: str | None
    balance: int
    stage: str
    buffer: float
    reliability: Reliability
    last_contact: date | None
    silence: Silence | None
    lapses: tuple[Lapse, ...]


class CustomersAsked(NamedTuple):
    """Which customers to list, and in which order."""

    text: str = ""
    order: CustomerOrder = "balance"


class CustomerPage(NamedTuple):
    """One page of the list, how many fit, and how many of all have fallen silent."""

    rows: tuple[CustomerRow, ...]
    total: int
    silent: int


# -- suppliers ------------------------------------------------------------------------------------


class SupplierRow(NamedTuple):
    """A supplier: broken product claims of the last months and ever, and promises with their goods."""

    name: str
    card: Literal["yellow", "red"] | None
    claims: int
    claims_ever: int
    last_claim: date | None
    incidents: int
    on_time: Share


class Suppliers(NamedTuple):
    """Everybody whose goods are part of a promise or incident, with a card first; so many claims make one."""

    rows: tuple[SupplierRow, ...]
    months: int
    yellow_from: int
    red_from: int
    target: float


# -- rulebook -------------------------------------------------------------------------------------

VersionState = Literal["counts", "later", "past", "replaced"]
"""How a version stands: counts today, only later, no longer, or another took its place before it counted."""


class RuleRow(NamedTuple):
    """One rule: its value and meaning in words, the practices with their articles, and what else speaks for it."""

    value: str
    meaning: str
    origin: str
    finding: str
    deed: int
    """Of a deed its points, in hundredths; else 0."""


class RuleSection(NamedTuple):
    name: str
    title: str
    rows: tuple[RuleRow, ...]


class RuleGroup(NamedTuple):
    """Sections that are read together."""

    title: str
    sections: tuple[RuleSection, ...]


class RuleChange(NamedTuple):
    """A rule of which a version gives another value than the version before."""

    section: str
    meaning: str
    before: str
    after: str


class RuleVersion(NamedTuple):
    """`start` None: from the beginning; `published` None: as shipped."""

    start: datetime | None
    published: datetime | None
    state: VersionState
    changes: tuple[RuleChange, ...]


class LatenessStep(NamedTuple):
    """What it costs to be so many days late; between two steps the points fall in a straight line."""

    days: float
    points: int
    said: str


class Rules(NamedTuple):
    """The rulebook that counts now, and its versions: the one that begins last first."""

    groups: tuple[RuleGroup, ...]
    lateness: tuple[LatenessStep, ...]
    practices: tuple[tuple[str, str], ...]
    versions: tuple[RuleVersion, ...]


# -- timeline -------------------------------------------------------------------------------------

EntryStatus = Literal["counts", "retracted", "parked", "alert"]


class TimelineEntry(NamedTuple):
    """One fact with both times; `retracted_at` and `why` say when and why it was taken out."""

    at: datetime
    recorded: datetime
    about: str
    """What the fact belongs to: promise, contact, incident, customer, alert …"""
    text: str
    detail: str
    by: str | None
    origin: str
    status: EntryStatus
    retracted_at: datetime | None = None
    why: str | None = None


class TimelineAsked(NamedTuple):
    """The world at the end of a day, as known at the end of a day; None is now."""

    as_of: date | None = None
    known_on: date | None = None


class TimelinePage(NamedTuple):
    """One page of everything between a customer and us, what happened last first."""

    customer: str
    name: str
    rows: tuple[TimelineEntry, ...]
    total: int
    retracted: int
    first: date | None
    """The day of the first fact of all."""


# -- account --------------------------------------------------------------------------------------


class StatementRow(NamedTuple):
    """One line of the statement. `balance` is the running one."""

    at: datetime
    text: str
    detail: str
    points: int
    balance: int
    provisional: bool = False


class BalancePoint(NamedTuple):
    """The balance just before and just after a posting; at the ends of the span both are the same."""

    at: datetime
    before: int
    after: int


class Drop(NamedTuple):
    """One reason why the balance fell: a few words for the chart, and the points it cost."""

    on: date
    label: str
    text: str
    points: int


class Fall(NamedTuple):
    """The longest way down in the span: from the top to the bottom, the heaviest lines first named."""

    top_on: date
    top: int
    bottom_on: date
    bottom: int
    drops: tuple[Drop, ...]
    rest: int
    """All other lines between the two, and what faded, together."""


class Sensitivity(NamedTuple):
    """How heavily withdrawals weigh here; 1 is usual. Set by hand, or learned from `reactions`."""

    value: float
    by_hand: bool
    reactions: int


class Stage(NamedTuple):
    """How the relationship stands: the stage's name in code, and the reason as a sentence."""

    name: str
    reason: str


class Account(NamedTuple):
    """Everything on a customer's page."""

    customer: str
    name: str
    since: date | None
    owner: str | None
    stand_in: str | None
    balance: int
    balance_before: int | None
    """At the beginning of the span; None if the account is younger."""
    stage: Stage
    buffer: float
    """How many usual withdrawals the balance would bear."""
    sensitivity: Sensitivity
    reliability: Reliability
    last: Share
    first: Share
    target: float
    span_from: date
    span_to: date
    opening: int
    rows: tuple[StatementRow, ...]
    faded: int
    """What faded from older lines within the span, so that the statement adds up; negative or positive."""
    line: tuple[BalancePoint, ...]
    levels: tuple[tuple[str, int], ...]
    """Stages and the balance at which each begins."""
    fall: Fall | None
    promises: tuple[PromiseRow, ...]
    questions: tuple[ContactRow, ...]
    """Those that wait for an answer."""
    incidents: tuple[IncidentRow, ...]
    """Those that are not put right yet."""
    merged: tuple[str, ...]
    """What the duplicates are called whose history counts here."""
    retracted: int
    """How many facts were recorded by mistake; they count nowhere."""


# -- adviser --------------------------------------------------------------------------------------


class AdviceAsked(NamedTuple):
    """A promise that somebody would like to make; without `owner` and `due` those that the page proposes."""

    owner: str | None = None
    kind: str = "other"
    due: date | None = None
    customer: str | None = None
    severity: str = "normal"


class AdviceDay(NamedTuple):
    """A date until whose end it could be promised; `probability` is None while too little is known."""

    on: date
    probability: float | None
    low: float
    high: float
    wished: bool = False
    proposed: bool = False


class Advice(NamedTuple):
    """What the adviser says; sentences are empty where there is nothing to say."""

    headline: str
    sure: str
    instead: str
    """What to do where no date is safe."""
    load: str
    overloaded: bool
    steps: tuple[str, ...]
    no_mark: str
    wording: str | None
    """How to say it to the customer."""
    is_known: bool
    is_safe: bool
    days: tuple[AdviceDay, ...]
    safe_from: float
    rests_on: int


class AccountInShort(NamedTuple):
    """One customer in two lines; `reason` is why they stand at this stage."""

    customer: str
    name: str
    balance: int
    stage: str
    reason: str


class AdvicePage(NamedTuple):
    """Who and when was asked about, and what the adviser says; `refused` says why it says nothing."""

    people: tuple[str, ...]
    owner: str | None
    due: date
    business_days: int
    """How many business days ahead the due is."""
    customer: AccountInShort | None
    advice: Advice | None
    refused: str | None = None


# -- does the figure mean anything ----------------------------------------------------------------

Figure = Literal["adviser", "account"]
Tell = Callable[[int, int], None]
"""Hears of long work how much is done, and of how much."""


class Refusal(NamedTuple):
    """What was asked cannot be answered, and why, in sentences."""

    sentences: tuple[str, ...]


class SaidAndCame(NamedTuple):
    """Cases of which about the same was said: how probable it was called, and how often it came."""

    said: float
    came: Share


class Judged(NamedTuple):
    """How good forecasts were, in sentences, one of which is the `verdict`: None without a guess to compare with."""

    title: str
    classes: tuple[SaidAndCame, ...]
    guess: SaidAndCame | None
    """Whoever knows only how often it came before, and always says that."""
    verdict: str | None
    sentences: tuple[str, ...]


class TooFew(NamedTuple):
    """Of these cases there are too few for a statement."""

    title: str
    sentence: str


class FigureTest(NamedTuple):
    """A figure tested on the past, group by group; `at` is when it was tested."""

    at: datetime
    newer: bool
    """Whether something has been recorded since."""
    begins: str | None
    groups: tuple[Judged | TooFew, ...]


# -- what if --------------------------------------------------------------------------------------


class RulebookTexts(NamedTuple):
    """What one may start from: the rulebook that counts now, and the one as shipped."""

    today: str
    shipped: str


class ChangedAccount(NamedTuple):
    """A customer under today's rulebook and under the other one; the stages by their names in code."""

    customer: str
    name: str
    today: int
    then: int
    stage_today: str
    stage_then: str


class Difference(NamedTuple):
    """So many accounts whose balance differs by at least `start` and less than `end` points."""

    start: int
    end: int
    accounts: int


class OtherAlert(NamedTuple):
    """An alert that would have come `only` under one of the two rulebooks; `subject` is what it is about."""

    moment: datetime
    alert: str
    customer: str
    name: str
    subject: str
    only: str


class WhatIf(NamedTuple):
    """The whole past under another rulebook."""

    at: datetime
    newer: bool
    headline: str
    sentences: tuple[str, ...]
    how_to: str
    """That nothing was changed, and how to publish."""
    accounts: int
    changed: int
    differences: tuple[Difference, ...]
    stages: tuple[tuple[str, int, int], ...]
    """Each stage with the number of customers in it, today and then."""
    listed: tuple[ChangedAccount, ...]
    """The largest differences first, at most MOST_LISTED of `to_list`."""
    to_list: int
    alerts: tuple[str, ...] = ()
    """A sentence for each rule whose alerts may be others."""
    other_alerts: tuple[OtherAlert, ...] = ()
    """The latest of those that came only under one of the two."""


MOST_LISTED = 100
