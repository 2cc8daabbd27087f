"""What the pages know: every figure and list they show comes from here, as small named tuples.

The one module of the dashboard that reaches into the rest of the house. Every question says who asks; points
are integers in hundredths, instants are aware, and sentences come in the reader's language.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

PAGE_SIZE = 50

State = Literal["open", "soon", "notice", "tight", "overdue", "waiting"]
"""How an open promise stands: far off, due soon, notice possible now, too late for it, overdue, or waiting:
our clock stands still because the customer asked for it."""

StateFilter = Literal["all", "soon", "notice", "overdue", "waiting"]
Span = Literal["month", "quarter", "all"]
Delivery = Literal["waiting", "delivered", "acknowledged", "failed", "undeliverable", "not_needed", "too_old"]


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


# -- account --------------------------------------------------------------------------------------


class Hit(NamedTuple):
    """A customer found by name."""

    customer: str
    name: str
    balance: int
    stage: str


class StatementRow(NamedTuple):
    """One line of the statement. `balance` is the running one; a retracted line counts nowhere."""

    at: datetime
    text: str
    detail: str
    points: int
    balance: int
    provisional: bool = False
    retracted: bool = False


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


class Reliability(NamedTuple):
    """How surely the next promise to this customer will be kept; below five settled ones without `value`."""

    value: float | None
    low: float
    high: float
    rests_on: int


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
    retracted: int


class Source(Protocol):
    """Whatever answers the pages' questions: the store of this home, or the sample of the tests."""

    def now(self) -> datetime: ...
    def firm(self, reader: Reader) -> Firm: ...
    def overview(self, reader: Reader, weeks: int) -> Overview | None: ...
    def promises(self, reader: Reader, asked: PromiseFilter, page: int) -> PromisePage: ...
    def customers(self, reader: Reader, text: str) -> tuple[Hit, ...]: ...
    def account(self, reader: Reader, customer: str, span: Span) -> Account | None: ...


class NotStarted(Exception):
    """The pages were opened without `konto dashboard`, so there is no store and no login in front of them."""


_source: Source | None = None


def use(source: Source) -> None:
    """Answer all further questions from here; called once, before the first page is served."""
    global _source
    _source = source


def _asked() -> Source:
    if _source is None:
        raise NotStarted
    return _source


def now() -> datetime:
    """The moment that the pages show."""
    return _asked().now()


def firm(reader: Reader) -> Firm:
    """Whose dashboard this is."""
    return _asked().firm(reader)


def overview(reader: Reader, weeks: int) -> Overview | None:
    """The firm's last `weeks` weeks, this one included; None while nothing is recorded."""
    return _asked().overview(reader, weeks)


def promises(reader: Reader, asked: PromiseFilter, page: int = 1) -> PromisePage:
    """A page of at most PAGE_SIZE open promises, the most urgent first; pages count from 1."""
    return _asked().promises(reader, asked, page)


def customers(reader: Reader, text: str = "") -> tuple[Hit, ...]:
    """At most 50 customers whose name holds the text; without one those with the lowest balance."""
    return _asked().customers(reader, text)


def account(reader: Reader, customer: str, span: Span) -> Account | None:
    """A customer's account over the last 4 weeks, 13 weeks or all time; None if there is no such customer."""
    return _asked().account(reader, customer, span)
