"""How a fact gets into the log: recognised, checked against its history, sealed and appended.

A fact already known is answered as such, one that refers to something not yet known is parked, and
one that contradicts what is recorded is refused with the earlier fact's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from msgspec.structs import replace

from domain import promise as promises
from domain.customer import FeedbackGiven
from domain.document import DocumentPublished
from domain.documents import load
from domain.errors import Refused, SameKeyOtherContent
from domain.fact import Fact, content
from domain.ids import Ids
from domain.log import Writer
from domain.promise import PromiseMade
from domain.steering import MODELS
from domain.vault import FIRM, plan, seal
from domain.vocabulary import AHEAD

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
        keyed = [replace(fact, key=self.ids.fact(fact.source, fact.id)) for fact in facts]
        seen = self.writer.already([fact.key for fact in keyed])
        self._load(fact for fact in keyed if fact.key not in seen)
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
            if isinstance(recorded.data, PromiseMade):
                self._wake(recorded.stream)

    def _wake(self, stream: str) -> None:
        """What waited for a promise is tried again; what proves impossible stays parked with the reason."""
        for fact, _, since, _ in self.writer.unpark([stream, "any-" + stream.split("-", 1)[1]]):
            receipt = self.receipts.get(fact.key) or Receipt(fact, "parked")
            self.waiting_since[fact.key] = since
            self._settle(receipt)
            if receipt.refused is not None and fact.key not in self.receipts:
                self._park(fact, stream, str(receipt.refused))

    def _park(self, fact: Fact, needs: str, reason: str) -> None:
        self.writer.park(fact, needs, reason, self.waiting_since.get(fact.key, self.now))

    def _append(self, fact: Fact) -> Fact:
        if isinstance(fact.data, DocumentPublished):
            self._must_be_sound(fact.data, fact.time)
        fact = self._with_zone(fact)
        sealed, secrets = seal(fact, person=self.ids.person, thing=lambda kind, id: self.thing(fact, kind, id))
        customer = self._customer_of(sealed)
        sealed = replace(sealed, stream=self._stream_of(sealed, customer), customer=customer, recorded=self.now)
        if sealed.type in promises.VERBS:
            try:
                promises.accept(self.writer.history(sealed.stream), replace(sealed, id=fact.id))
            except promises.Impossible as error:
                raise self._in_words(error, fact) from None
        return self.writer.append(sealed, secrets, customer or FIRM)

    def _in_words(self, error: promises.Impossible, fact: Fact) -> promises.Impossible:
        """The same refusal with both facts named as their sources name them."""
        earlier = error.earlier
        if earlier is not None:
            earlier = self.writer.already([earlier.key]).get(earlier.key, earlier)
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

    def thing(self, fact: Fact, kind: str, id: str) -> str:
        named = self._owned(fact.source, id)
        if named not in self.things:
            self.things[named] = self.ids.thing(*named)
        return f"{kind}-{self.things[named]}"

    def _owned(self, source: str, id: str) -> tuple[str, str]:
        """`source:id` where the text before a colon is a source we know, else the fact's own source."""
        for place, char in enumerate(id):
            if char == ":" and id[:place] in self.writer.sources and id[place + 1 :]:
                return id[:place], id[place + 1 :]
        return source, id

    def _customer_of(self, sealed: Fact) -> str:
        """The internal id of the customer whom the fact concerns; "" for documents."""
        data = sealed.data
        customer = getattr(data, "customer", None)
        if isinstance(customer, str):
            return customer
        if isinstance(data, DocumentPublished):
            return ""
        if isinstance(data, FeedbackGiven):
            assert data.about is not None
            return self._customer_of_promise("promise-" + data.about.split("-", 1)[1], waits_for=data.about)
        stream = str(getattr(data, "promise"))  # noqa: B009
        return self._customer_of_promise(stream, waits_for=stream)

    def _customer_of_promise(self, stream: str, waits_for: str) -> str:
        history = self.writer.history(stream)
        if not history:
            raise _Waits(waits_for)
        return history[0].customer

    def _stream_of(self, sealed: Fact, customer: str) -> str:
        data = sealed.data
        if isinstance(data, DocumentPublished):
            return f"document-{data.kind}"
        if sealed.type in promises.VERBS:
            return str(getattr(data, "promise"))  # noqa: B009
        return customer

    def _with_zone(self, fact: Fact) -> Fact:
        """Where a due's date ends is settled now, so that later calendars do not move it."""
        data = fact.data
        if fact.zone is None and isinstance(data, PromiseMade):
            owner = None if data.by is None else self.ids.person(data.by)
            return replace(fact, zone=self.zone_of(data.team, owner, fact.time))
        return fact

    def _load(self, facts: Iterable[Fact]) -> None:
        histories, lengths = set(), set()
        for fact in facts:
            for field, kind in plan(type(fact.data)).refs:
                id = getattr(fact.data, field)
                if id is None:
                    continue
                if kind == "promise":
                    histories.add(self.thing(fact, "promise", id))
                elif kind == "customer":
                    lengths.add(self.thing(fact, "customer", id))
        self.writer.load(histories)
        self.writer.load_versions(lengths)


def _repeat(fact: Fact, before: Fact) -> Receipt:
    """The same key once more: the same content is welcome, other content is refused."""
    if before.id == "":
        return Receipt(
            fact, "refused", Refused("rule", "This customer was erased; nothing more is recorded about them.")
        )
    now, then = content(fact), content(before)
    if fact.zone is not None:
        now["zone"], then["zone"] = fact.zone, before.zone
    different = [name for name in sorted(now | then) if now.get(name) != then.get(name)]
    if not different:
        return Receipt(fact, "already")
    return Receipt(fact, "refused", SameKeyOtherContent(different, id=fact.id, source=fact.source), before=before)
