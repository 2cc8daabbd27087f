"""What may be asked: customers and their accounts, promises, contacts, incidents, figures, the adviser."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple, get_args

from api.asked import AdviceAsked, BehindAsked, CustomersAsked, FiguresAsked, ListAsked, LooksAsked
from api.calls import Answer, Call
from api.cursors import NOT_OURS
from api.pages import page
from domain.errors import Refused
from domain.fact import Kind, Severity
from domain.journal import Wanted as WantedLooks
from domain.roles import allowed
from projections import advice, advice_words, audit, contacts, customers, incidents, kpis, naming, promises
from projections.advice import Wanted
from projections.audit import Entry
from projections.customers import Party, person_names
from projections.filters import Condition, Moment
from projections.kpis import DEFINITIONS, Question, UnknownFigure
from projections.paging import Place
from verifier.journal import Entry as LookEntry
from wiring import looking, moments, per_person
from wiring.asking import Asking
from wiring.names import customer as find_customer
from wiring.names import filter_by, one_of
from wiring.told import advice as advice_told
from wiring.told import contacts as contacts_told
from wiring.told import customers as customers_told
from wiring.told import figures as figures_told
from wiring.told import incidents as incidents_told
from wiring.told import looks as looks_told
from wiring.told import promises as promises_told
from wiring.told import statement as statement_told
from wiring.told import timeline as timeline_told

PLACES = ("from", "to", "per")
NEXT = timedelta(microseconds=1)
"""Up to a moment and with it."""


# -- customers ------------------------------------------------------------------------------------------


def of_customers(call: Call) -> Answer:
    asked: CustomersAsked = call.asked
    konto = call.asking.konto
    names = person_names(konto.library)

    def rows(moment: Moment, after: Place | None, limit: int) -> Sequence[Party]:
        then = moment if asked.is_past else None
        return customers.listed(
            konto.library, konto.asker, text=asked.text or "", moment=then, after=after, limit=limit
        )

    def told(party: Party, moment: Moment) -> Any:
        return customers_told.as_json(
            party, statement_told.stood_in_short(call.asking, party, moment), names, call.asking.t
        )

    return 200, page(call, rows, place=customers.place, told=told)


def of_customer(call: Call) -> Answer:
    asking, party = call.asking, _customer(call)
    found = statement_told.stood(asking, party.customer, call.asked.moment(asking))
    return 200, customers_told.as_json(party, found, person_names(asking.konto.library), asking.t)


def of_statement(call: Call) -> Answer:
    read = statement_told.read(call.asking, _customer(call).customer, call.asked.moment(call.asking))
    return 200, statement_told.as_json(call.asking, read)


def of_timeline(call: Call) -> Answer:
    """In order of happening; what is recorded late stands where it happened."""
    konto = call.asking.konto
    allowed(konto.asker, "audit")
    party = _customer(call)
    found: list[audit.Timeline] = []

    def rows(moment: Moment, after: Place | None, limit: int) -> Sequence[Entry]:
        found.append(audit.timeline(konto.log, konto.library, konto.asker, party.customer, moment))
        entries = found[0].entries
        keys = [entry.fact.key for entry in entries]
        if after is not None and after[0] not in keys:  # a customer merged or separated meanwhile
            raise Refused("cursor", NOT_OURS, "cursor")
        start = 0 if after is None else keys.index(after[0]) + 1
        return entries[start : start + limit]

    def told(entry: Entry, moment: Moment) -> Any:
        return timeline_told.as_json(call.asking, found[0], entry)

    return 200, page(call, rows, place=lambda entry: [entry.fact.key], told=told)


def _customer(call: Call) -> Party:
    return find_customer(call.asking, call.values["customer"])


# -- promises, contacts, incidents -----------------------------------------------------------------------


class _List(NamedTuple):
    """A read model with `listed` and `place`, and how its rows are told."""

    view: Any
    as_json: Any


PROMISES = _List(promises, promises_told.as_json)
CONTACTS = _List(contacts, contacts_told.as_json)
INCIDENTS = _List(incidents, incidents_told.as_json)


def of_promises(call: Call) -> Answer:
    return 200, _listed(call, PROMISES)


def of_contacts(call: Call) -> Answer:
    return 200, _listed(call, CONTACTS)


def of_incidents(call: Call) -> Answer:
    return 200, _listed(call, INCIDENTS)


def _listed(call: Call, kind: _List) -> Any:
    asked: ListAsked = call.asked
    states = [] if asked.state is None else [asked.state]
    return _rows(call, kind, states=states, filter=filter_by(call.asking, asked.where))


def _rows(call: Call, kind: _List, **chosen: Any) -> Any:
    konto = call.asking.konto

    def rows(moment: Moment, after: Place | None, limit: int) -> Sequence[Any]:
        found: Sequence[Any] = kind.view.listed(konto.library, konto.asker, moment, **chosen, after=after, limit=limit)
        return found

    return page(call, rows, place=kind.view.place, told=lambda row, moment: kind.as_json(row, call.asking.t))


# -- who looked -------------------------------------------------------------------------------------------


def of_looks(call: Call) -> Answer:
    """Up to the moment of the first page."""
    asked: LooksAsked = call.asked
    asking, konto = call.asking, call.asking.konto
    who = None if asked.person is None else looking.of_person(konto, asked.person)
    about = None if asked.customer is None else [find_customer(asking, asked.customer).customer]
    since = asking.time(asked.since, "since")
    tellers: list[looks_told.Teller] = []

    def rows(moment: Moment, after: Place | None, limit: int) -> Sequence[LookEntry]:
        wanted = WantedLooks(who, about, None, since, moment.at + NEXT)
        found = looking.looks(konto, wanted, limit=limit, before=None if after is None else after[0])
        tellers.append(looks_told.teller(asking, found))
        return found

    def told(entry: LookEntry, moment: Moment) -> Any:
        return tellers[0].as_json(entry)

    return 200, page(call, rows, place=lambda entry: [entry.number], told=told)


# -- figures --------------------------------------------------------------------------------------------


def of_figures(call: Call) -> Answer:
    asked: FiguresAsked = call.asked
    question = _question(call.asking, asked, by=asked.by, per=asked.per)
    return 200, figures_told.as_json(per_person.figures(call.asking.konto, question, asked.name, call.asking.page))


def of_cases(call: Call) -> Answer:
    """The list behind a figure."""
    name, konto = call.values["name"], call.asking.konto
    if name not in DEFINITIONS:
        raise UnknownFigure(name[:60])
    question = _question(call.asking, call.asked)
    if DEFINITIONS[name].of == "customers":
        return 200, _customers_behind(call, question, name)
    kind = {"contacts": CONTACTS, "incidents": INCIDENTS}.get(DEFINITIONS[name].of, PROMISES)
    among: Condition = kpis.behind(konto.library, konto.asker, question, name)
    return 200, _rows(call, kind, among=among)


def _customers_behind(call: Call, question: Question, name: str) -> Any:
    konto = call.asking.konto
    counts = kpis.customers_behind(konto.library, konto.asker, question, name)

    def rows(moment: Moment, after: Place | None, limit: int) -> Sequence[str]:
        return [each for each in sorted(counts) if after is None or each > after[0]][:limit]

    def told(customer: str, moment: Moment) -> Any:
        party = customers.party(konto.library, konto.asker, customer)
        return {
            "customer": party.id,
            "customer_name": naming.named(party.name, call.asking.t),
            "counts": counts[customer],
        }

    return page(call, rows, place=lambda customer: [customer], told=told)


def _question(
    asking: Asking, asked: FiguresAsked | BehindAsked, *, by: str | None = None, per: str | None = None
) -> Question:
    wanted = figures_told.Asked(asked.since, asked.until, by, per)
    filter = filter_by(asking, asked.where)
    return figures_told.question(asking, asked.moment(asking), wanted, filter, places=PLACES)


# -- the adviser ----------------------------------------------------------------------------------------


def of_advice(call: Call) -> Answer:
    asked: AdviceAsked = call.asked
    asking, konto = call.asking, call.asking.konto
    if not asked.by:
        raise Refused("empty", "The text is empty. Leave the field out or fill it in.", "by")
    wanted = Wanted(
        owner=asked.by,
        kind=one_of(asked.kind, get_args(Kind), "kind"),
        due=None if asked.due is None else moments.due(asked.due, asking.zone, "due"),
        customer=None if asked.customer is None else find_customer(asking, asked.customer).customer,
        team=asked.team,
        severity=one_of(asked.severity, get_args(Severity), "severity"),
    )
    found = advice.advise(konto.library, konto.asker, wanted, asking.now, asking.zone)
    said = advice_words.sentences(found, konto.library, asking.t, asking.zone)
    return 200, advice_told.as_json(found, said)
