"""How a fact gets into the log: recognised, checked against its history, sealed and appended.

A fact already known is answered as such, one that refers to something not yet known is parked, and
one that contradicts what is recorded is refused with the earlier fact's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from domain.customer import CustomerMerged, CustomerSeparated, FeedbackGiven
from domain.document import DocumentPublished
from domain.documents import load
from domain.errors import Refused, SameKeyOtherContent
from domain.fact import Fact, content
from domain.firm import STREAM as FIRM_STREAM
from domain.firm import FirmRatesSet, set_rates
from domain.history import FactName, FactRetracted, Impossible, NotRetractable, RetractsItself
from domain.identity import MergedInACircle
from domain.ids import Ids
from domain.lives import BEGINNINGS, LIVES, THINGS, beginning, is_of_a_customer, kind_of, thing_of
from domain.promise import PromiseMade
from domain.steering import MODELS
from domain.stored import unless_refused
from domain.vault import FIRM, Erased, plan, seal
from domain.vocabulary import AHEAD
from domain.writer import Writer

Status = Literal["recorded", "already", "parked", "refused"]

ZoneOf = Callable[[str | None, str | None, datetime], str]
"""The zone of a team's calendar at an instant: where a date without a time ends."""


@dataclass(slots=True)
class Receipt:
    """What became of a fact; `before` is what stands in the log where the same key said something else."""

    fact: Fact
    status: Status
    refused: Refused | None = None
    before: Fact | None = None


class Named(NamedTuple):
    """What facts refer to: streams whose history is needed, those of which only the end is, and customers."""

    histories: Set[str] = frozenset()
    lengths: Set[str] = frozenset()
    customers: Set[str] = frozenset()


FEW = 100
"""Of so many facts all is asked at once. Of more it is asked first which are known: a file may come in again."""


class _Waits(Exception):
    def __init__(self, needs: str) -> None:
        self.needs = needs


def record(
    writer: Writer,
    facts: Sequence[Fact],
    *,
    now: datetime,
    zone_of: ZoneOf,
    waiting: Mapping[str, Receipt] = MappingProxyType({}),
) -> list[Receipt]:
    """One receipt a fact, in order. A fact that came parked is recorded as soon as what it needs arrives.

    `waiting` holds, by key, receipts of parked facts from earlier calls whose sender still listens: they
    change when the facts are recorded or, proved impossible, refused.
    """
    return _Desk(writer, now, zone_of, waiting).take(facts)


class _Desk:
    def __init__(self, writer: Writer, now: datetime, zone_of: ZoneOf, waiting: Mapping[str, Receipt]) -> None:
        self.writer, self.now, self.zone_of = writer, now, zone_of
        self.ids: Ids = writer.log.ids
        self.receipts = dict(waiting)
        self.waiting_since: dict[str, datetime] = {}
        self.things: dict[tuple[str, str], str] = {}

    def take(self, facts: Sequence[Fact]) -> list[Receipt]:
        self.writer.forget_much()
        keyed = [replace(fact, key=self.ids.fact(fact.source, fact.id)) for fact in facts]
        keys = [fact.key for fact in keyed]
        named = self._named(keyed) if len(keyed) <= FEW else Named()
        with self.writer.begun(keys, *named):
            seen = self.writer.already(keys)
            if seen or len(keyed) > FEW:
                named = self._named([fact for fact in keyed if fact.key not in seen])
            self._load(named)
        answers = []
        for fact in keyed:
            before = seen.get(fact.key) or self._taken(fact.key)
            if before is not None:
                answers.append(_repeat(fact, before))
                continue
            answers.append(receipt := Receipt(fact, "recorded"))
            self.receipts[fact.key] = receipt
            self._settle(receipt)
        return answers

    def _taken(self, key: str) -> Fact | None:
        """The fact of this key that came earlier in the same batch and was not refused."""
        receipt = self.receipts.get(key)
        return receipt.fact if receipt and receipt.status != "refused" else None

    def _settle(self, receipt: Receipt) -> None:
        """Records, parks or refuses one fact, then whatever waited for it."""
        fact = receipt.fact
        try:
            recorded = self._append(fact)
        except _Waits as waits:
            receipt.status = "parked"
            self._park(fact, waits.needs, "")
        except Refused as refused:
            receipt.status, receipt.refused = "refused", refused
        else:
            receipt.status = "recorded"
            self._wake(recorded)

    def _wake(self, recorded: Fact) -> None:
        """What waited for this fact is tried again; what proves impossible stays parked with the reason."""
        if not self.writer.any_parked:
            return
        for fact, needs, since, _ in self.writer.unpark(_gives(recorded)):
            receipt = self.receipts.get(fact.key) or Receipt(fact, "parked")
            self.waiting_since[fact.key] = since
            self._settle(receipt)
            if isinstance(receipt.refused, Erased):
                continue
            if receipt.refused is not None and fact.key not in self.receipts:
                self._park(fact, needs, str(receipt.refused))

    def _park(self, fact: Fact, needs: str, reason: str) -> None:
        self.writer.park(fact, needs, reason, self.waiting_since.get(fact.key, self.now))

    def _append(self, fact: Fact) -> Fact:
        if isinstance(fact.data, DocumentPublished):
            self._must_be_sound(fact.data, fact.time)
        fact = self._with_zone(fact)
        sealed, secrets = seal(fact, person=self.ids.person, thing=lambda kind, name: self.thing(fact, kind, name))
        named = _customers(sealed)
        self._must_not_be_erased(named)
        stream, customer = self._place_of(sealed)
        if customer and customer not in named:
            self._must_not_be_erased([customer])
        sealed = replace(sealed, stream=stream, customer=customer, recorded=self.now)
        self._must_be_possible(fact, sealed)
        return self.writer.append(sealed, secrets, customer or FIRM)

    def _must_not_be_erased(self, customers: Iterable[str]) -> None:
        """Raises Erased, before anything of an erased customer is kept waiting or compared with."""
        for customer in customers:
            self.writer.known_key(customer)

    def _must_be_possible(self, fact: Fact, sealed: Fact) -> None:
        """Raises Impossible, in words that name both facts as their sources do."""
        data = sealed.data
        if isinstance(data, FactRetracted):
            return
        try:
            if kind_of(sealed.stream) in THINGS:
                self.writer.course(sealed.stream).accept(replace(sealed, id=fact.id))
            elif isinstance(data, CustomerMerged):
                named = replace(sealed, id=fact.id)
                self.writer.course(sealed.stream).accept(named)
                self._must_not_run_in_a_circle(named, data)
            elif isinstance(data, FirmRatesSet):
                set_rates(self.writer.history(FIRM_STREAM), replace(sealed, id=fact.id))
        except Impossible as error:
            raise self._in_words(error, fact) from None

    def _must_not_run_in_a_circle(self, fact: Fact, data: CustomerMerged) -> None:
        survivor = data.customer
        while (merged := LIVES["customer"].state(self.standing(survivor))) is not None:
            survivor = merged.survivor
            if survivor == data.duplicate:
                raise MergedInACircle(fact, merged.fact)

    def standing(self, stream: str) -> list[Fact]:
        """The facts of a stream that count."""
        return self.writer.course(stream).standing()

    def _in_words(self, error: Impossible, fact: Fact) -> Impossible:
        """The same refusal with both facts named as their sources name them."""
        earlier = error.earlier
        if earlier is not None:
            earlier = unless_refused(self.writer.already([earlier.key]).get(earlier.key, earlier))
        return type(error)(fact, earlier)

    def _must_be_sound(self, document: DocumentPublished, published: datetime) -> None:
        """A document that steers the product is never half right, and judges nothing anew in silence.

        One that comes with its history, as an export brings it, counts for what comes after it.
        """
        start = document.valid_from
        late = start < self.now - AHEAD and self.writer.knows_of_anything_from(start)
        if start < published or late:
            raise Refused(
                "valid_from",
                "A new version cannot count from {start} on, before it was published; nothing is judged anew in "
                "silence. Please name a time from now on.",
                "data.valid_from",
                start=start.isoformat(timespec="minutes"),
            )
        load(document.content, MODELS[document.kind])

    # -- what a fact refers to ----------------------------------------------------------------------

    def thing(self, fact: Fact, kind: str, name: Any) -> Any:
        """What stands in the log for the source's name of something."""
        if isinstance(name, FactName):
            return FactName(source=name.source, id=self.ids.fact(name.source, name.id))
        named = self._owned(fact.source, name) if ":" in name else (fact.source, name)
        if named not in self.things:
            self.things[named] = self.ids.thing(*named)
        return f"{kind}-{self.things[named]}"

    def _owned(self, source: str, id: str) -> tuple[str, str]:
        """`source:id` where the text before a colon is a source we know, else the fact's own source."""
        for place, char in enumerate(id):
            if char == ":" and id[:place] in self.writer.sources and id[place + 1 :]:
                return id[:place], id[place + 1 :]
        return source, id

    def _place_of(self, sealed: Fact) -> tuple[str, str]:
        """Stream and customer of a fact; no customer for what concerns the whole firm. Raises _Waits."""
        if (thing := thing_of(sealed.data)) is not None:
            return thing, sealed.data.__dict__.get("customer") or self._customer_of_thing([thing], thing)
        match sealed.data:
            case DocumentPublished(kind=kind):
                return f"document-{kind}", ""
            case FirmRatesSet():
                return FIRM_STREAM, ""
            case FactRetracted(retracts=name):
                return self._place_of_retracted(sealed, name)
            case CustomerSeparated() as data if not self._were_ever_merged(data):
                raise _Waits(_merge(data))
            case FeedbackGiven(customer=None, about=about):
                assert about is not None
                customer = self._customer_of_thing([about.replace("any", thing, 1) for thing in THINGS], about)
                return customer, customer
            case data:
                customer = getattr(data, data.whose)
                return customer, customer

    def _customer_of_thing(self, streams: Sequence[str], waits_for: str) -> str:
        for stream in streams:
            begun = beginning(self.standing(stream))
            if begun is not None:
                return begun.customer
        raise _Waits(waits_for)

    def _place_of_retracted(self, sealed: Fact, name: FactName) -> tuple[str, str]:
        if name.id == sealed.key:
            raise RetractsItself
        found = self.writer.find(name.id)
        if found is None:
            raise _Waits(_fact(name.id))
        if not is_of_a_customer(found.stream):
            raise NotRetractable(found.type)
        return found.stream, found.customer

    def _were_ever_merged(self, data: CustomerSeparated) -> bool:
        return any(
            isinstance(fact.data, CustomerMerged) and fact.data.customer == data.customer
            for fact in self.standing(data.duplicate)
        )

    def _with_zone(self, fact: Fact) -> Fact:
        """Where a due's date ends is settled now, so that later calendars do not move it."""
        data = fact.data
        if fact.zone is None and isinstance(data, PromiseMade):
            owner = None if data.by is None else self.ids.person(data.by)
            return replace(fact, zone=self.zone_of(data.team, owner, fact.time))
        return fact

    def _named(self, facts: Sequence[Fact]) -> Named:
        """What will be asked of the log for these facts."""
        histories, lengths, customers = set[str](), set[str](), set[str]()
        for fact in facts:
            values = fact.data.__dict__
            has_own_stream = thing_of(fact.data) is not None
            for field, kind in plan(type(fact.data)).refs:
                if values[field] is None:
                    continue
                if kind in THINGS:
                    histories.add(self.thing(fact, kind, values[field]))
                elif kind == "customer":
                    customers.add(customer := self.thing(fact, kind, values[field]))
                    if not has_own_stream:
                        lengths.add(customer)
        return Named(histories, lengths, customers)

    def _load(self, named: Named) -> None:
        """In few questions."""
        self.writer.load(named.histories)
        self.writer.load_versions(named.lengths)
        readable = (stream for stream in named.histories if self.writer.is_readable(stream))
        begun = (beginning(self.standing(stream)) for stream in readable)
        self.writer.load_keys(named.customers | {fact.customer for fact in begun if fact is not None})


def _customers(sealed: Fact) -> list[str]:
    """The customers that a sealed fact names."""
    values = sealed.data.__dict__
    return [values[field] for field in plan(type(sealed.data)).customers if values[field] is not None]


def _gives(recorded: Fact) -> list[str]:
    """What others may have waited for that is there now."""
    needs = [_fact(recorded.key)]
    if recorded.type in BEGINNINGS or isinstance(recorded.data, FactRetracted):
        needs += [recorded.stream, "any-" + recorded.stream.partition("-")[2]]
    if isinstance(recorded.data, CustomerMerged):
        needs.append(_merge(recorded.data))
    return needs


def _fact(key: str) -> str:
    return f"fact-{key}"


def _merge(data: CustomerMerged | CustomerSeparated) -> str:
    return f"merge-{data.duplicate}-{data.customer}"


def _repeat(fact: Fact, before: Fact | Refused) -> Receipt:
    """The same key once more: the same content is welcome, other content is refused."""
    if isinstance(before, Refused):
        return Receipt(fact, "refused", before)
    if before.id == "":
        return Receipt(fact, "refused", Erased())
    now, then = content(fact), content(before)
    if fact.zone is not None:
        now["zone"], then["zone"] = fact.zone, before.zone
    different = [name for name in sorted(now | then) if now.get(name) != then.get(name)]
    if not different:
        return Receipt(fact, "already")
    return Receipt(fact, "refused", SameKeyOtherContent(different, id=fact.id, source=fact.source), before=before)
