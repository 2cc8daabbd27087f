"""Histories in the domain's own notation: what a test's docstring says, as facts, and what follows from them.

Every line that begins with a time is a fact, everything else is prose. A time without an offset is Berlin's.

    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00, Art price, Preis 1000 EUR
    2026-03-03T17:00  verschiebt "Angebot" auf 2026-03-06T09:00, mit Alternative
    2026-03-06T08:00  erfüllt, berechnet 1040 (erfasst 2026-03-07T10:00)

    2026-03-09T09:00  K-17 fragt "Frage 1", Kanal email, Faden T-1, an ines, über "Angebot"
    2026-03-09T11:00  beantwortet, von ines
    2026-03-10T08:00  Vorfall K-17 "V-1" complaint, ernst, selbst gemeldet, zu "Angebot"
    2026-03-10T09:00  nennt den Grund, von ines, Kanal phone
    2026-03-11T09:00  zieht zurück [004]

A verb without a name in quotation marks means the promise, the incident or the question named last.
VERBS and PHRASES are the whole language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace as struct_replace

from domain import account, calendars, customer, outcome, people, recovery
from domain import question as questions
from domain import rulebook as rulebooks
from domain.account import Posting
from domain.alert import OURSELVES
from domain.documents import Versions, load
from domain.fact import Fact
from domain.firm import STREAM as FIRM_STREAM
from domain.history import AnyLife, FactRetracted, Impossible
from domain.lives import BEGINNINGS, LIVES, THINGS, is_of_a_customer, kind_of, standing, thing_of
from domain.outcome import Standing, Step
from domain.question import Question
from domain.recovery import Case
from domain.relationship import Relationship, relationships
from domain.reliability import Evidence, Reliability, reliability, weight
from domain.rulebook import Rulebook
from domain.steering import Steering, published
from domain.vault import plan
from domain.vocabulary import parse
from projections.page import by_stream, knowledge
from projections.statements import standing_at

BERLIN = ZoneInfo("Europe/Berlin")
SOURCE = "crm"
LATER_THAN_ALL = datetime(2100, 1, 1, tzinfo=BERLIN)

Data = dict[str, Any]
Moment = str | datetime


def at(moment: Moment) -> datetime:
    """2026-03-04T09:00 by Berlin's clock, 2026-03-04 as its midnight, or with an offset of its own; in UTC."""
    found = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    # In UTC, since Python reckons between two times of one zone by the clock on the wall.
    return (found if found.tzinfo else found.replace(tzinfo=BERLIN)).astimezone(UTC)


def local(moment: datetime | None, zone: ZoneInfo = BERLIN) -> str | None:
    """As written in the notation: to the minute, and to the second where there are any."""
    if moment is None:
        return None
    here = moment.astimezone(zone).replace(tzinfo=None)
    return here.isoformat(timespec="seconds" if here.second else "minutes")


# -- the language -----------------------------------------------------------------------------------

LINE = re.compile(
    r"(?P<time>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)\s+"
    r"(?P<words>.*?)"
    r"(?:\s+#(?P<sequence>\d+))?"
    r"(?:(?<!zieht zurück)\s+\[(?P<id>[^\]]+)\])?"
    r"(?:\s+\(erfasst (?P<recorded>\S+)\))?"
)
TEXT = r'(?:\s+"(?P<text>[^"]*)")?'
ABOUT = r'(?: (?:zu|für) "(?P<text>[^"]*)")?'
WHOM = r"(?P<customer>\S+)"

CAUSES = {"Kunde": "customer", "Lieferant": "supplier", "Wetter": "weather", "Teil": "part", "anderes": "other"}

VERBS: Mapping[str, tuple[str, Callable[[re.Match[str]], Data]]] = {
    rf"verspricht {WHOM}(?: (?P<by>[\w.@]+))?{TEXT}": ("promise.made", lambda m: {"customer": m["customer"], **_by(m)}),
    rf"beschreibt{TEXT}": ("promise.changed", lambda m: {}),
    rf"übergibt{TEXT} an (?P<by>\w+)": (
        "promise.assigned",
        lambda m: {"by": None if m["by"] == "niemand" else m["by"]},
    ),
    rf"übergibt{TEXT}": ("promise.assigned", lambda m: {}),
    rf"pausiert{TEXT} wegen (?P<cause>\w+)": ("promise.paused", lambda m: {"cause": CAUSES[m["cause"]]}),
    rf"setzt{TEXT} fort wegen (?P<cause>\w+)": ("promise.resumed", lambda m: {"cause": CAUSES[m["cause"]]}),
    rf"verschiebt{TEXT} auf (?P<due>\S+)": ("promise.renegotiated", lambda m: {"due": _due(m["due"])}),
    rf"erfüllt{TEXT}": ("promise.fulfilled", lambda m: {}),
    rf"nimmt{TEXT} zurück": ("promise.withdrawn", lambda m: {}),
    rf"bricht{TEXT}": ("promise.broken", lambda m: {}),
    rf"erlässt{TEXT}": ("promise.released", lambda m: {}),
    rf"lehnt ab {WHOM}": ("request.declined", lambda m: {"customer": m["customer"]}),
    rf"Kunde {WHOM}": ("customer.registered", lambda m: {"customer": m["customer"]}),
    rf"Kunde {WHOM} geändert": ("customer.changed", lambda m: {"customer": m["customer"]}),
    rf"zuständig für {WHOM} ist (?P<owner>\S+)": (
        "customer.owner_assigned",
        lambda m: {"customer": m["customer"], "owner": m["owner"]},
    ),
    rf"Empfindlichkeit {WHOM} (?P<value>\S+)": (
        "customer.sensitivity_set",
        lambda m: {"customer": m["customer"], "value": None if m["value"] == "gelernt" else float(m["value"])},
    ),
    rf"fragt {WHOM} um Rückmeldung": ("feedback.requested", lambda m: {"customer": m["customer"]}),
    rf"Rückmeldung {WHOM} (?P<score>[-\d.]+)": (
        "feedback.given",
        lambda m: {"score": float(m["score"])} | ({} if m["customer"] == "?" else {"customer": m["customer"]}),
    ),
    rf"{WHOM} empfiehlt uns": ("referral.given", lambda m: {"customer": m["customer"]}),
    rf"{WHOM} geht": ("customer.left", lambda m: {"customer": m["customer"]}),
    rf"führt {WHOM} und (?P<duplicate>\S+) zusammen": ("customer.merged", lambda m: _pair(m)),
    rf"trennt {WHOM} und (?P<duplicate>\S+)": ("customer.separated", lambda m: _pair(m)),
    rf"{WHOM} fragt{TEXT}": ("contact.inbound", lambda m: {"customer": m["customer"]}),
    rf'{WHOM} hakt nach{TEXT}(?: zu "(?P<chases>[^"]*)")?': (
        "contact.inbound",
        lambda m: {"customer": m["customer"], "chases": m["chases"]},
    ),
    rf"beantwortet{TEXT}": ("contact.answered", lambda m: {}),
    rf"meldet sich{TEXT} bei {WHOM}": ("contact.outbound", lambda m: {"customer": m["customer"]}),
    rf"Vorfall {WHOM}{TEXT}(?: (?P<kind>\w+))?": (
        "incident.reported",
        lambda m: {"customer": m["customer"]} | ({"kind": m["kind"]} if m["kind"] else {}),
    ),
    rf"übergibt Vorfall{TEXT} an (?P<by>\w+)": (
        "incident.assigned",
        lambda m: {"by": None if m["by"] == "niemand" else m["by"]},
    ),
    rf"übergibt Vorfall{TEXT}": ("incident.assigned", lambda m: {}),
    rf"pausiert Vorfall{TEXT} wegen (?P<cause>\w+)": ("incident.paused", lambda m: {"cause": CAUSES[m["cause"]]}),
    rf"setzt Vorfall{TEXT} fort wegen (?P<cause>\w+)": ("incident.resumed", lambda m: {"cause": CAUSES[m["cause"]]}),
    rf"nennt den Grund{ABOUT}": ("incident.explained", lambda m: {}),
    rf"entschuldigt sich{ABOUT}": ("incident.apologised", lambda m: {}),
    rf"bittet um neue Chance{ABOUT}": ("incident.chance_asked", lambda m: {}),
    rf"bietet an{ABOUT}": ("incident.offered", lambda m: {"offer": "Wartung"}),
    rf"Angebot (?P<answer>angenommen|abgelehnt){ABOUT}": (
        "incident.offer_answered",
        lambda m: {"accepted": m["answer"] == "angenommen"},
    ),
    rf"spricht persönlich{ABOUT}": ("incident.talked", lambda m: {"channel": "in_person"}),
    rf"spricht{ABOUT}": ("incident.talked", lambda m: {}),
    rf"löst{TEXT}": ("incident.resolved", lambda m: {}),
    rf"öffnet{TEXT} wieder": ("incident.reopened", lambda m: {}),
    rf"schließt{TEXT}": ("incident.closed", lambda m: {}),
    r"zieht zurück \[(?P<fact>[^\]]+)\]": (
        "fact.retracted",
        lambda m: {"retracts": {"source": SOURCE, "id": m["fact"]}},
    ),
    r"Quoten (?P<month>\S+) (?P<kept>[\d.]+) (?P<reactions>[\d.]+)": (
        "firm.rates_set",
        lambda m: {"month": m["month"], "rates": {name: float(m[name]) for name in ("kept", "reactions")}},
    ),
}

PHRASES: Mapping[str, Callable[[re.Match[str]], Data]] = {
    r"bis (?P<due>\S+)": lambda m: {"due": _due(m["due"])},
    r"Art (?P<kind>\w+)": lambda m: {"kind": m["kind"]},
    r"beabsichtigt": lambda m: {"binding": "intended"},
    r"geschätzt": lambda m: {"binding": "estimate"},
    r"gering": lambda m: {"severity": "minor"},
    r"ernst": lambda m: {"severity": "serious"},
    r"intern": lambda m: {"internal": True},
    r"Preis (?P<amount>[\d.]+) (?P<currency>[A-Z]+)": lambda m: {
        "kind": "price", "amount": float(m["amount"]), "currency": m["currency"]
    },
    r"berechnet (?P<amount>[\d.]+)": lambda m: {"amount": float(m["amount"])},
    r"Grad (?P<degree>[\d.]+)": lambda m: {"degree": float(m["degree"])},
    r"Team (?P<team>.+)": lambda m: {"team": None if m["team"] == "niemand" else m["team"]},
    r"Lieferant (?P<supplier>.+)": lambda m: {"supplier": m["supplier"]},
    r"Produkt (?P<product>.+)": lambda m: {"product": m["product"]},
    r"Kanal (?P<channel>\w+)": lambda m: {"channel": m["channel"]},
    r"Plan B": lambda m: {"plan_b": "Plan B"},
    r"kein Plan B": lambda m: {"plan_b": None},
    r"aus (?P<parts>\d+) Dingen": lambda m: {"parts": int(m["parts"])},
    r"bestätigt (?P<confirmed>\d+)": lambda m: {"confirmed": int(m["confirmed"])},
    r"mit Nachweis": lambda m: {"evidence": "lieferschein.pdf"},
    r"heißt jetzt (?P<what>.+)": lambda m: {"what": m["what"]},
    r"mit Grund": lambda m: {"reason": "weil"},
    r'Grund "(?P<reason>[^"]+)"': lambda m: {"reason": m["reason"]},
    r"mit Alternative": lambda m: {"alternative": "stattdessen"},
    r"vom Kunden gewünscht": lambda m: {"asked_by": "customer"},
    r"nicht vereinbart": lambda m: {"agreed": False},
    r'über "?(?P<about>[^"]+)"?': lambda m: {"about": m["about"]},
    r'zu "(?P<promise>[^"]+)"': lambda m: {"promise": m["promise"]},
    r"Faden (?P<thread>.+)": lambda m: {"thread": m["thread"]},
    r"braucht keine Antwort": lambda m: {"needs_answer": False},
    r"an (?P<to>\S+)": lambda m: {"to": m["to"]},
    r"automatisch": lambda m: {"automatic": True},
    r"Zweck (?P<purpose>\w+)": lambda m: {"purpose": m["purpose"]},
    r"selbst gemeldet": lambda m: {"admitted": True},
    r"mit Angebot": lambda m: {"offer": "Wartung"},
    r"Betrag (?P<amount>[\d.]+)": lambda m: {"amount": float(m["amount"])},
    r"von (?P<low>[-\d.]+) bis (?P<high>[-\d.]+)": lambda m: {
        "scale_min": float(m["low"]), "scale_max": float(m["high"])
    },
    r"von (?P<by>\S+)": lambda m: {"by": m["by"]},
    r"seit (?P<since>\S+)": lambda m: {"since": _due(m["since"])},
    r"zuständig (?P<owner>\S+)": lambda m: {"owner": None if m["owner"] == "niemand" else m["owner"]},
    r"ist (?P<kind>\w+)": lambda m: {"kind": m["kind"]},
    r"namens (?P<name>.+)": lambda m: {"name": m["name"]},
    r"Zone (?P<zone>\S+)": lambda m: {"zone": m["zone"]},
}  # fmt: skip


def _by(match: re.Match[str]) -> Data:
    return {"by": match["by"]} if match["by"] else {}


def _pair(match: re.Match[str]) -> Data:
    """The survivor first."""
    return {"customer": match["customer"], "duplicate": match["duplicate"]}


def _due(text: str) -> str:
    """A date stays a date; a time gets Berlin's offset where it has none."""
    return text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else at(text).isoformat()


def envelopes(text: str) -> Iterator[Data]:
    """One envelope a line, ids by number of line unless a line names its own, as [id]."""
    last: dict[str, str] = {}
    number = 0
    for line in text.splitlines():
        found = LINE.fullmatch(line.strip())
        if found is None:
            if re.match(r"\s*\d{4}-\d{2}-\d{2}T", line):
                raise ValueError(f"not in the notation: {line.strip()}")
            continue
        number += 1
        type, data, named = _said(found["words"])
        if data.get("chases", "") is None:
            data["chases"] = last["contact"]
        for thing in THINGS:
            if type in LIVES[thing].verbs:
                data[thing] = _name(thing, type, named, last, number)
        if type == "promise.made":
            data.setdefault("what", data["promise"])
        source = OURSELVES if type == "firm.rates_set" else SOURCE
        envelope: Data = {"specversion": "1.0", "source": source, "id": found["id"] or f"{number:03}", "type": type}
        envelope["time"] = at(found["time"]).isoformat()
        if "zone" in data:
            envelope["zone"] = data.pop("zone")
        if found["sequence"]:
            envelope["sequence"] = int(found["sequence"])
        if found["recorded"]:
            envelope["recorded"] = at(found["recorded"]).isoformat()
        yield envelope | {"data": data}


def _name(thing: str, type: str, named: str, last: dict[str, str], number: int) -> str:
    """Of what the line tells: named in it, named last, or nameless. Our own contacts cannot be meant by an answer."""
    if thing == "promise":
        named = named or last.get(thing) or "Zusage"
    elif type in BEGINNINGS:
        named = named or f"{thing} {number}"
    else:
        named = named or last[thing]
    if type != "contact.outbound":
        last[thing] = named
    return named


def _said(words: str) -> tuple[str, Data, str]:
    """The type of fact, its data, and what is named in quotation marks."""
    verb, *phrases = (part.strip() for part in re.split(r",\s|\s(?=bis \d{4}-)", words))
    for pattern, (type, data_of) in VERBS.items():
        match = re.fullmatch(pattern, verb)
        if match:
            data = data_of(match)
            for phrase in phrases:
                data |= _phrase(phrase)
            return type, data, match.groupdict().get("text") or ""
    raise ValueError(f"no such verb: {verb}")


def _phrase(phrase: str) -> Data:
    for pattern, data_of in PHRASES.items():
        match = re.fullmatch(pattern, phrase)
        if match:
            return data_of(match)
    raise ValueError(f"no such phrase: {phrase}")


# -- what follows -----------------------------------------------------------------------------------


def steering(
    rules: Rulebook | None = None,
    *,
    later: Sequence[tuple[Moment, Rulebook]] = (),
    calendar: str | None = None,
    persons: str | None = None,
) -> Steering:
    """The shipped documents, or others. Persons are known by their plain names."""
    book = Versions(rules or rulebooks.default(), tuple((at(start), each) for start, each in later))
    return Steering(
        str,
        book,
        Versions(load(calendar, calendars.Calendars) if calendar else calendars.default()),
        Versions(load(persons, people.People) if persons else people.default()),
    )


def rulebook(**changes: dict[str, Any]) -> Rulebook:
    """The shipped rulebook with some values changed, by table: promise={"kept": 500}, in its own units."""
    book = rulebooks.default()
    parts = {name: getattr(book, name).model_copy(update=values) for name, values in changes.items()}
    return book.model_copy(update=parts)


AT_ANY_MOMENT = frozenset({"fact.retracted", "customer.merged", "customer.separated"})


def _referring(data: Any) -> Any:
    """Names as the log holds them, but readable: promise-Angebot, any-Angebot, customer-K-17."""
    named = {name: (kind, getattr(data, name)) for name, kind in plan(type(data)).refs if kind != "fact"}
    return data.model_copy(update={name: f"{kind}-{id}" for name, (kind, id) in named.items() if id is not None})


def _at_the_root(fact: Fact, by_key: Mapping[str, Fact]) -> Fact:
    """The fact itself, or what it takes out, or puts back in."""
    while isinstance(fact.data, FactRetracted):
        fact = by_key[fact.data.retracts.id]
    return fact


def arrived(life: AnyLife, facts: Sequence[Fact]) -> tuple[list[Fact], list[Impossible]]:
    """The facts of one stream that stand when they come in this order, and the refusals of the others."""
    stand: list[Fact] = []
    refused: list[Impossible] = []
    for fact in facts:
        try:
            stand.append(life.accept(stand, fact))
        except Impossible as error:
            refused.append(error)
    return stand, refused


@dataclass(frozen=True)
class History:
    """Facts of one or several customers, folded without any store."""

    envelopes: Sequence[Data]
    steering: Steering = field(default_factory=steering)
    whose: Mapping[str, str] = field(default_factory=dict)
    """The customers of promises, contacts and incidents that begin in none of these facts."""

    @cached_property
    def customers(self) -> dict[str, str]:
        """By name of each promise, contact and incident."""
        begun = ((each["type"].partition(".")[0], each) for each in self.envelopes if each["type"] in BEGINNINGS)
        return {**self.whose, **{each["data"][thing]: each["data"]["customer"] for thing, each in begun}}

    @cached_property
    def facts(self) -> list[Fact]:
        """As the log would hold them, but with ids and texts to be read: recorded one second apart."""
        placed = [self._placed(parse(each, now=LATER_THAN_ALL), n) for n, each in enumerate(self.envelopes, 1)]
        by_key = {fact.key: fact for fact in placed}
        roots = [_at_the_root(fact, by_key) for fact in placed]
        return [struct_replace(f, stream=r.stream, customer=r.customer) for f, r in zip(placed, roots, strict=True)]

    def _placed(self, fact: Fact, position: int) -> Fact:
        data: Any = _referring(fact.data)
        thing = thing_of(data)
        name: str = getattr(fact.data, thing.partition("-")[0]) if thing else getattr(fact.data, "about", None) or ""
        named: str | None = getattr(fact.data, fact.data.whose, None) or self.customers.get(name)
        customer = f"customer-{named}" if named else ""
        return struct_replace(
            fact,
            data=data,
            key=fact.id,
            stream=thing or customer or FIRM_STREAM,
            customer=customer,
            position=position,
            recorded=fact.recorded or fact.time,
            zone=fact.zone or (BERLIN.key if fact.type == "promise.made" else None),
        )

    def under(self, steering: Steering) -> History:
        return replace(self, steering=steering)

    @cached_property
    def steered(self) -> Steering:
        """By the documents, and by the firm's rates that these facts tell of."""
        return published(self.steering, self.streams.get(FIRM_STREAM, ()), first_fact=None)

    def known_on(self, moment: Moment) -> History:
        """Only what had been recorded by then."""
        kept = [
            envelope
            for envelope, fact in zip(self.envelopes, self.facts, strict=True)
            if fact.recorded is not None and fact.recorded <= at(moment)
        ]
        return replace(self, envelopes=kept, whose=self.customers)

    def until(self, moment: Moment) -> History:
        """Only what had happened by then.

        Who is one with whom, what was a mistake, and whose feedback it was holds at any moment.
        """
        by_key = {fact.key: fact for fact in self.facts}
        gone = {fact.key for fact in self.facts if fact.time > at(moment) and fact.type not in AT_ANY_MOMENT}
        told = zip(self.envelopes, self.facts, strict=True)
        kept = [self._of_whom(envelope) for envelope, fact in told if _at_the_root(fact, by_key).key not in gone]
        return replace(self, envelopes=kept, whose=self.customers)

    def _of_whom(self, envelope: Data) -> Data:
        """Feedback that names no customer, with the one of what it is about, if that is known at all."""
        data = envelope["data"]
        if envelope["type"] != "feedback.given" or "customer" in data or data["about"] not in self.customers:
            return envelope
        return {**envelope, "data": {**data, "customer": self.customers[data["about"]]}}

    # streams

    @cached_property
    def streams(self) -> dict[str, list[Fact]]:
        """As the log would hold them, with all that was retracted."""
        found: dict[str, list[Fact]] = {}
        for fact in self.facts:
            found.setdefault(fact.stream, []).append(fact)
        return found

    def _of(self, kind: str, name: str | None) -> list[Fact]:
        """The facts of one thing; the only one of its kind, or the one named."""
        if name is not None:
            return self.streams[f"{kind}-{name}"]
        (history,) = (history for stream, history in self.streams.items() if kind_of(stream) == kind)
        return history

    def promise(self, name: str | None = None) -> list[Fact]:
        return self._of("promise", name)

    def contact(self, name: str | None = None) -> list[Fact]:
        return self._of("contact", name)

    def incident(self, name: str | None = None) -> list[Fact]:
        return self._of("incident", name)

    def told(self, name: str | None = None) -> list[Fact]:
        """The stream of one customer: what is no promise's, contact's or incident's."""
        return self._of("customer", name)

    # questions and incidents

    def questions(self) -> list[Question]:
        """All that the one customer asked, in order of asking."""
        return questions.questions(self.relationship(), self.steered)

    def case(self, moment: Moment = LATER_THAN_ALL, name: str | None = None) -> Case:
        """An incident with its recovery (the only one, or the one named) after what had happened by then."""
        told = [fact for fact in standing(self.incident(name)) if fact.time <= at(moment)]
        return recovery.case_of(told, self.relationship(), self.steered)

    # promises

    def steps(self, name: str | None = None) -> list[Step]:
        return list(outcome.steps(standing(self.promise(name)), self.steering))

    def standing(self, moment: Moment = LATER_THAN_ALL, name: str | None = None) -> Standing:
        """After the last fact that had happened by then."""
        return [step for step in self.steps(name) if step.fact.time <= at(moment)][-1].after

    def outcome(self, moment: Moment = LATER_THAN_ALL, name: str | None = None) -> str:
        """As lists show it: the outcome, else overdue or open; exceeded is told apart from kept."""
        standing = self.standing(moment, name)
        if standing.verdict is None:
            overdue_from = standing.overdue_from
            return "overdue" if overdue_from is not None and overdue_from <= at(moment) else "open"
        exceeded = standing.verdict.outcome == "kept" and (standing.verdict.degree or 0) > 1
        return "exceeded" if exceeded else standing.verdict.outcome

    def due(self, moment: Moment = LATER_THAN_ALL, name: str | None = None) -> str | None:
        """The due in force, by Berlin's clock."""
        return local(self.standing(moment, name).due)

    def counting_due(self, moment: Moment = LATER_THAN_ALL, name: str | None = None) -> str | None:
        return local(self.standing(moment, name).counting)

    def first_due(self, moment: Moment = LATER_THAN_ALL, name: str | None = None) -> str | None:
        """The due of the strict figure."""
        return local(self.standing(moment, name).first)

    def own_day(self, moment: Moment = LATER_THAN_ALL, name: str | None = None) -> date | None:
        return self.standing(moment, name).due_day

    def last_moment(self, moment: Moment, name: str | None = None) -> str | None:
        """For timely notice, by Berlin's clock; None while nothing can become overdue."""
        moments = outcome.moments(self.standing(moment, name), self.steering, at(moment))
        return local(moments.last_moment) if moments else None

    # the account

    @cached_property
    def postings(self) -> list[Posting]:
        """All lines of the one customer, also those that lie ahead."""
        (customer_id,) = {fact.customer for fact in self.facts if fact.customer}
        return self.postings_of(customer_id)

    def postings_of(self, customer_id: str) -> list[Posting]:
        return account.lines(self.relationship(customer_id), self.steered)

    def relationship(self, customer_id: str | None = None) -> Relationship:
        """Everything that counts between the customer (the only one, or the one named) and us."""
        found = relationships(by_stream(fact for fact in self.facts if is_of_a_customer(fact.stream)).values())
        if customer_id is None:
            (only,) = found.values()
            return only
        return found.get(customer_id) or Relationship(customer_id)

    def lines(self, moment: Moment = LATER_THAN_ALL) -> list[tuple[str, float]]:
        """The statement at a moment: (rule, points), factors in, fading out."""
        when, book = at(moment), self.steering.rulebooks
        return [(line.rule, line.points_at(when, book) / 100) for line in self.postings if line.stands_at(when)]

    def bases(self, moment: Moment = LATER_THAN_ALL) -> list[tuple[str, float]]:
        """The same before factors."""
        when, book = at(moment), self.steering.rulebooks
        return [(line.rule, line.base_at(when, book) / 100) for line in self.postings if line.stands_at(when)]

    def factors(self) -> list[tuple[str, dict[str, float]]]:
        return [(line.rule, dict(line.factors)) for line in self.postings]

    def balance(self, moment: Moment) -> float:
        return account.balance(self.postings, at(moment), self.steering.rulebooks) / 100

    def buffer(self, moment: Moment) -> float:
        return account.buffer(self.postings, at(moment), self.steering.rulebooks)

    def stage(self, moment: Moment) -> account.Stage:
        trust = self.reliability(moment)
        low = trust.low if trust.rests_on else None
        beside = standing_at(self.relationship(), at(moment))
        return account.stage(
            self.postings,
            at(moment),
            self.steering.rulebooks,
            reliability_low=low,
            left=beside.left,
            recovering=beside.recovering,
        )

    def sensitivity(self, moment: Moment) -> account.Sensitivity:
        """Of the one customer, just before a moment."""
        relationship = self.relationship()
        bare = account.bare_lines(relationship, self.steered)
        return account.Factors(relationship, bare, self.steered).sensitivity(at(moment))

    def evidence(self) -> list[Evidence]:
        found = []
        for name in dict.fromkeys(fact.stream for fact in self.facts if fact.stream.startswith("promise-")):
            for step in self.steps(name.removeprefix("promise-")):
                verdict = step.after.verdict
                if verdict and step.before and not step.before.verdict and verdict.outcome != "released":
                    rules = self.steering.rulebooks.at(step.fact.time)
                    found.append(Evidence(verdict.at, weight(account.worth_of(step, rules), rules)))
        return found

    def reliability(self, moment: Moment) -> Reliability:
        when = at(moment)
        return reliability(self.evidence(), when, self.steering.rulebooks.at(when), self.steered.rates_at(when).kept)

    def customer(self, moment: Moment = LATER_THAN_ALL) -> customer.Customer:
        return customer.state(fact for fact in self.facts if fact.stream == fact.customer and fact.time <= at(moment))

    def knowledge(self, name: str | None = None) -> list[tuple[datetime, list[Fact]]]:
        return knowledge(self.promise(name))


@dataclass(frozen=True)
class Given:
    """The fixture: `given()` is the history in the test's docstring, `given(text)` the one in the text."""

    docstring: str

    def __call__(self, text: str | None = None, steering_: Steering | None = None) -> History:
        history = History(list(envelopes(self.docstring if text is None else text)))
        assert history.envelopes, "there is no fact in the history"
        return history if steering_ is None else history.under(steering_)
