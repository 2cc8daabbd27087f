"""Everything that is held about one person, for that person: what was recorded, what waits, what follows from it.

The right of access and of portability, Art. 15 and 20 DSGVO; docs/decisions/0026-what-an-access-export-holds.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from domain.advice import Estimate
from domain.contact import ContactInbound
from domain.customer import (
    CustomerChanged,
    CustomerLeft,
    CustomerMerged,
    CustomerRegistered,
    CustomerSeparated,
    FeedbackGiven,
    ReferralGiven,
)
from domain.fact import Data, Fact, in_order
from domain.habits import Habit, habit, silent_from, usual_gap
from domain.history import FactName, FactRetracted, retracted
from domain.incident import IncidentOfferAnswered, IncidentReported
from domain.lives import THINGS
from domain.log import Log
from domain.promise import PromiseReleased, PromiseRenegotiated
from domain.roles import LOCAL_USER, Asker, allowed
from domain.vault import plan, seal
from projections import audit, contacts, customers, experiences, incidents, promises, statements
from projections.advice import estimated
from projections.contacts import ContactRow
from projections.customers import Party
from projections.filters import Condition, Library, Moment
from projections.incidents import IncidentRow
from projections.own_facts import readings
from projections.page import Family, by_stream
from projections.promises import PromiseRow
from projections.rhythm import approaches, two_way
from projections.statements import Statement
from projections.taught import Taught
from projections.withholding import Bared, Colleagues, Withholding, colleagues, streams_of


class Identity(NamedTuple):
    """Who somebody is to us under one id of one source. `owner` is an internal id; `is_merged`: a duplicate."""

    customer: str
    source: str
    id: str
    name: str | None
    email: str | None
    phone: str | None
    kind: str
    owner: str | None
    team: str | None
    language: str | None
    timezone: str | None
    since: str | None
    is_merged: bool


class Recorded(NamedTuple):
    """A fact about the person. `stream` tells which facts tell of one thing.

    `is_anothers`: recorded for them by mistake, it belongs to another customer. `provided`: the fields that the person
    told us, or did (Art. 20).
    """

    bared: Bared
    status: audit.Status
    retracted_by: Fact | None
    is_anothers: bool
    provided: tuple[str, ...]

    @property
    def fact(self) -> Fact:
        return self.bared.fact


class Waiting(NamedTuple):
    """A fact that names the person and waits for what it refers to."""

    bared: Bared
    since: datetime


class Alert(NamedTuple):
    """An alert about the person, and what became of it, in order of recording."""

    raised: Fact
    became: tuple[Fact, ...]


class Rhythm(NamedTuple):
    """When the person and we speak with each other; `usual` None: not known yet. From `silent_from` on, which may lie
    ahead, silence says something.
    """

    last: datetime | None
    spoken: int
    usual: timedelta | None
    silent_from: datetime
    habits: Mapping[str, Habit]
    """What of ours comes regularly, by purpose."""


class Chance(NamedTuple):
    """How probably an open promise is kept."""

    promise: str
    estimate: Estimate
    is_at_risk: bool


class Disclosure(NamedTuple):
    """`customer`: who it is now. `called`: what each promise or incident is called, by stream."""

    at: datetime
    customer: Party
    identities: tuple[Identity, ...]
    facts: tuple[Recorded, ...]
    """In order of happening."""
    waiting: tuple[Waiting, ...]
    called: Mapping[str, str]
    statement: Statement
    promises: tuple[PromiseRow, ...]
    contacts: tuple[ContactRow, ...]
    incidents: tuple[IncidentRow, ...]
    rhythm: Rhythm | None
    """None where nothing that was recorded counts."""
    chances: tuple[Chance, ...]
    at_risk_below: float
    alerts: tuple[Alert, ...]
    withholding: Withholding

    @property
    def colleagues(self) -> Colleagues:
        return self.withholding.colleagues


def disclosed(
    log: Log,
    library: Library,
    taught: Taught,
    asker: Asker,
    customer: str,
    at: datetime,
    *,
    numbered: bool = True,
) -> Disclosure:
    """All about a customer, by internal id, and whoever was merged into them. Raises NotAllowed, Refused.

    `numbered`: our own people stand there under numbers; else as "one of us" alone.
    """
    allowed(asker, "access")
    # Whoever may give a person everything has to read all of it, whatever else their role says.
    asker, moment = LOCAL_USER, Moment(at)
    party = customers.party(library, asker, customer)
    recorded = audit.of_family(log, library, customer, moment)
    family = Family(tuple(sorted({fact.customer for fact in recorded})), by_stream(recorded))
    own = audit.one_with(library, customer)
    withholding = Withholding(own, _owners(library, family), colleagues(library, is_numbered=numbered))
    facts = tuple(_recorded(log, family, customer, withholding))
    return Disclosure(
        at=at,
        customer=party,
        identities=tuple(_identities(library, customer)),
        facts=facts,
        waiting=tuple(_waiting(log, library, withholding)),
        called=audit.called(each.fact for each in facts if not each.is_anothers),
        statement=statements.statement(library, asker, customer, library.steering(None), at),
        promises=tuple(promises.listed(library, asker, moment, among=_all_of("promise", customer))),
        contacts=tuple(contacts.listed(library, asker, moment, among=_all_of("contact", customer))),
        incidents=tuple(incidents.listed(library, asker, moment, among=_all_of("incident", customer))),
        rhythm=_rhythm(library, family, customer, moment),
        chances=tuple(_chances(library, taught, customer, moment)),
        at_risk_below=library.steering(None).rulebooks.at(at).advice.at_risk,
        alerts=tuple(_alerts(log, library, own, moment)),
        withholding=withholding,
    )


def _all_of(thing: str, customer: str) -> Condition:
    return Condition(f"SELECT o.{thing} FROM {thing}s o WHERE o.customer = ?", [customer])


def _identities(library: Library, customer: str) -> Iterator[Identity]:
    rows = library.views.rows(
        "SELECT customer, source, id, name, email, phone, kind, owner, team, language, timezone, since, "
        "CASE WHEN customer = survivor THEN 0 ELSE 1 END AS merged FROM customers WHERE survivor = ? "
        "ORDER BY merged, source, id",
        (customer,),
    )
    for *told, is_merged in rows:
        yield Identity._make([*told, bool(is_merged)])


# -- what was recorded ------------------------------------------------------------------------------------


def _recorded(log: Log, family: Family, customer: str, withholding: Withholding) -> Iterator[Recorded]:
    """Every fact about them in order of happening, also those that count nowhere."""
    sealed = {fact.key: fact for history in family.histories.values() for fact in history}
    gone = {key: fact for history in family.histories.values() for key, fact in retracted(history).items()}
    counts_for = {
        fact.key: relationship.customer for relationship in family.relationships.values() for fact in relationship.facts
    }
    begun_for = _begun_for(family)

    def whose(fact: Fact) -> str:
        """To whom it belongs today: what was recorded for one by mistake may stand for another now."""
        recorded_for = family.survivor.get(fact.customer, fact.customer)
        return counts_for.get(fact.key) or begun_for.get(fact.stream) or recorded_for

    own = withholding.own
    about = in_order(fact for fact in sealed.values() if whose(fact) == customer or _names(fact, own))
    words = {fact.key: fact for fact in log.opened([*about, *gone.values()])}
    for fact in about:
        is_anothers = whose(fact) != customer and not isinstance(fact.data, CustomerMerged | CustomerSeparated)
        bared = withholding.bared(words[fact.key], fact, is_anothers=is_anothers)
        taken_out = gone.get(fact.key)
        counts = fact.key in counts_for or isinstance(fact.data, FactRetracted)
        yield Recorded(
            bared=bared,
            status="retracted" if taken_out else "counts" if counts else "parked",
            retracted_by=words[taken_out.key] if taken_out else None,
            is_anothers=is_anothers,
            provided=tuple(name for name in provided(fact.data) if name in bared.data),
        )


def _names(fact: Fact, own: Collection[str]) -> bool:
    """Recorded for one of these customers, or about two of whom one is."""
    named = {getattr(fact.data, field) for field, kind in plan(type(fact.data)).refs if kind == "customer"}
    return fact.customer in own or bool(named & set(own))


_CONTACT_DETAILS: Final = ("name", "email", "phone", "language", "timezone")


def provided(data: Data) -> tuple[str, ...]:
    """The fields that the person told us, or that say what they did; all else is what we did or noted (Art. 20).

    The record does not say who first spoke a word; this is what follows from the type of a fact.
    """
    match data:
        case CustomerRegistered() | CustomerChanged():
            return _CONTACT_DETAILS
        case ContactInbound():
            return ("channel", "thread", "about", "chases")
        case FeedbackGiven():
            return ("score", "scale_min", "scale_max", "about", "text")
        case ReferralGiven():
            return ("referred",)
        case PromiseRenegotiated(asked_by="customer"):
            return ("due", "reason")
        case PromiseReleased() | CustomerLeft():
            return ("reason",)
        case IncidentReported(kind="complaint", admitted=False):
            return ("text",)
        case IncidentOfferAnswered():
            return ("accepted",)
    return ()


def _owners(library: Library, family: Family) -> Callable[[str], str | None]:
    """Whose a promise, contact or incident is today, by its stream; None of what is not known."""
    begun_for = _begun_for(family)
    named = {stream for history in family.histories.values() for fact in history for stream in _things(fact.data)}
    known = _survivors(library, named - begun_for.keys())

    def whose(stream: str) -> str | None:
        if stream in named or stream in begun_for:
            return begun_for.get(stream) or known.get(stream)
        return _survivors(library, [stream]).get(stream)

    return cache(whose)


def _survivors(library: Library, streams: Iterable[str]) -> dict[str, str]:
    with library.views.store.reading() as cursor:
        return dict(
            cursor.among(
                "SELECT s.stream, c.survivor FROM streams s JOIN customers c ON c.customer = s.customer "
                "WHERE s.stream IN ({among})",
                streams,
            )
        )


def _things(data: Data) -> Iterator[str]:
    """The streams of promises, contacts and incidents that a fact may mean, as the log names them."""
    for field, kind in plan(type(data)).refs:
        if kind in (*THINGS, "any") and (named := getattr(data, field)) is not None:
            yield from streams_of(kind, named)


def _begun_for(family: Family) -> dict[str, str]:
    """The customer of each promise, contact and incident of the family that counts."""
    return {
        stream: relationship.customer
        for relationship in family.relationships.values()
        for things in (relationship.promises, relationship.contacts, relationship.incidents)
        for stream in things
    }


# -- what waits -------------------------------------------------------------------------------------------


def _waiting(log: Log, library: Library, withholding: Withholding) -> Iterator[Waiting]:
    """Facts that came too early and name the person, or something of theirs."""
    for parked in log.parked():
        sealed = _sealed(library, parked.fact, withholding)
        if _names(sealed, withholding.own) or _is_of_theirs(sealed, withholding):
            yield Waiting(withholding.bared(parked.fact, sealed), parked.since)


def _sealed(library: Library, fact: Fact, withholding: Withholding) -> Fact:
    """The fact as the log would hold it."""

    def thing(kind: str, name: Any) -> Any:
        if isinstance(name, FactName):
            return name
        found = [f"{kind}-{library.ids.thing(*each)}" for each in readings(fact.source, name)]
        known = (each for each in found if each in withholding.own or withholding.whose(each) is not None)
        return next(known, found[0])

    return seal(fact, person=library.ids.person, thing=thing)[0]


def _is_of_theirs(sealed: Fact, withholding: Withholding) -> bool:
    return any(withholding.whose(stream) in withholding.own for stream in _things(sealed.data))


# -- what follows -----------------------------------------------------------------------------------------


def _rhythm(library: Library, family: Family, customer: str, moment: Moment) -> Rhythm | None:
    """By the facts that count."""
    relationship = family.relationships.get(customer)
    if relationship is None:
        return None
    rules = library.steering(None).rulebooks.at(moment.at)
    spoke = two_way(library, moment, [customer]).get(customer, [])
    came = {
        purpose: times for (whose, purpose), times in approaches(library, moment, [customer]).items()
        if whose == customer
    }  # fmt: skip
    habits = {purpose: made for purpose, times in sorted(came.items()) if (made := habit(times, rules.habits))}
    return Rhythm(
        last=spoke[-1] if spoke else None,
        spoken=len(spoke),
        usual=usual_gap(spoke, rules.silence),
        silent_from=silent_from(spoke, relationship.first_fact, rules.silence),
        habits=habits,
    )


def _chances(library: Library, taught: Taught, customer: str, moment: Moment) -> Iterator[Chance]:
    """Of the open promises of which the customer can still be told in time, as alerts judge them."""
    limit = library.steering(None).rulebooks.at(moment.at).advice.at_risk
    open_ones = experiences.in_time_for_notice(library.views, moment, Condition("p.customer = ?", [customer]))
    if not open_ones:
        return
    with taught.adviser(moment.at) as adviser:
        for each in open_ones:
            estimate = estimated(adviser, each.proposal, moment.at)
            is_at_risk = estimate.probability is not None and estimate.probability < limit
            yield Chance(each.promise, estimate, is_at_risk)


def _alerts(log: Log, library: Library, own: Collection[str], moment: Moment) -> Iterator[Alert]:
    """In the order in which they were raised."""
    histories = by_stream(audit.alerts_about(log, library, own, moment))
    told = [Alert(facts[0], tuple(facts[1:])) for facts in histories.values()]
    yield from sorted(told, key=lambda each: (each.raised.time, each.raised.stream))
