"""Letters in their order become facts: who asked, who answered, who had to ask again, to whom we wrote first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from intake.mail.courtesy import is_only_thanks
from intake.mail.header import Address, Header
from intake.mail.letter import Letter, Ourselves
from intake.mail.signs import Reason

SOURCE = "mail"
"""One for all mailboxes: the same mail in two of them is one."""
ADDITION = timedelta(minutes=30)
"""Whoever writes once more so soon adds what was forgotten; that is not asking again."""

Unknown = Literal["leave_out", "register"]


class Customer(NamedTuple):
    """`name` as facts write it, `key` the same for two who are one."""

    name: str
    key: str


class Sent:
    """A mail of ours that answered nothing."""


@dataclass
class Asked:
    """A mail of a customer, and when it was answered by a person."""

    contact: str
    customer: str
    thread: str
    at: datetime
    needs_answer: bool = True
    answers: list[datetime] = field(default_factory=list)


Remembered = Asked | Sent
"""What a mail was; an answer is remembered as the question that it answers."""


class Outcome(NamedTuple):
    """What becomes of one letter: facts to be recorded, or why it is left out. Neither: it is known already."""

    letter: Letter
    envelopes: tuple[dict[str, Any], ...] = ()
    left_out: Reason | None = None


@dataclass
class Correspondence:
    """`remembered`: by Message-ID what earlier mails were, `recorded`: ids of mails whose facts are there.

    `customers` gives those who have an address: several where it belongs to more than one.
    """

    ourselves: Ourselves
    customers: Callable[[str], Sequence[Customer]]
    remembered: dict[str, Remembered]
    recorded: frozenset[str] = frozenset()
    unknown: Unknown = "leave_out"
    named_in: Callable[[Customer, str], str | None] = lambda customer, text: None
    """Which promise, contact or incident of a customer a text names, if it is one."""
    registered: dict[str, Customer] = field(default_factory=dict)
    """Who became known by these letters, by address."""
    threads: dict[str, list[Asked]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for asked in {id(each): each for each in self.remembered.values() if isinstance(each, Asked)}.values():
            self.threads.setdefault(asked.thread, []).append(asked)

    def outcomes(self, letters: Iterable[Letter]) -> Iterator[Outcome]:
        """In order of happening, so that a question is known before its answer."""
        seen: set[str] = set()
        for letter in _in_order(letters):
            id = letter.header.id
            if id in self.recorded or id in seen:
                yield self._answers_after_all(letter) if letter.ours else Outcome(letter)
                continue
            outcome = self._ours(letter) if letter.ours else self._theirs(letter)
            if outcome.envelopes:
                seen.add(id)
            yield outcome

    def forget(self, letter: Letter) -> None:
        """It came to nothing: nobody answers what was not recorded."""
        asked = self.remembered.pop(letter.header.id, None)
        if isinstance(asked, Asked) and asked.contact == letter.header.id:
            self.threads[asked.thread].remove(asked)

    # -- from a customer --------------------------------------------------------------------------------

    def _theirs(self, letter: Letter) -> Outcome:
        header = letter.header
        found = self._customers(letter.writer)
        if not found and header.reply_to is not None and header.reply_to not in self.ourselves:
            found = self._customers(header.reply_to)
        if len(found) > 1:
            return Outcome(letter, left_out="several_customers")
        registration: list[dict[str, Any]] = []
        if not found:
            if self.unknown == "leave_out":
                return Outcome(letter, left_out="unknown")
            found, registration = self._register(letter.writer, header.time)
        customer = found[0]
        thread, begun_by_us = self._thread(letter)
        needs_answer = not (begun_by_us or letter.only_to_know or is_only_thanks(letter.text))
        asked = Asked(header.id, customer.key, thread, header.time, needs_answer)
        chased = self._still_open(asked) if needs_answer else None
        data: dict[str, Any] = {
            "contact": header.id,
            "customer": customer.name,
            "channel": "portal" if letter.form else "email",
            "thread": thread,
            "needs_answer": needs_answer,
        }
        optional = {
            "chases": chased.contact if chased else None,
            "about": self.named_in(customer, f"{header.subject}\n{letter.text}"),
            "to": letter.to,
        }
        data |= {name: value for name, value in optional.items() if value is not None}
        self.remembered[header.id] = asked
        self.threads.setdefault(thread, []).append(asked)
        return Outcome(letter, (*registration, _envelope("contact.inbound", header.id, header.time, data)))

    def _thread(self, letter: Letter) -> tuple[str, bool]:
        """The thread in which a letter stands, and whether it was us who began it."""
        header = letter.header
        thread = header.ancestors[0] if header.ancestors else header.id
        for each in reversed(header.ancestors):
            before = self.remembered.get(each)
            if isinstance(before, Asked):
                thread = before.thread
                break
        return thread, isinstance(self.remembered.get(thread), Sent)

    def _still_open(self, asked: Asked) -> Asked | None:
        """The first question of the same customer in this thread that nobody has answered before."""
        before = [
            each
            for each in self.threads.get(asked.thread, ())
            if each.customer == asked.customer and each.needs_answer and each.at <= asked.at - ADDITION
        ]
        answers = [at for each in before for at in each.answers if at <= asked.at]
        last = max(answers, default=None)
        waiting = [each for each in before if last is None or each.at > last]
        return min(waiting, key=lambda each: each.at, default=None)

    # -- from us ----------------------------------------------------------------------------------------

    def _ours(self, letter: Letter) -> Outcome:
        question = self._question(letter)
        if question is None:
            return self._wrote_first(letter)
        self.remembered[letter.header.id] = question
        return Outcome(letter, (self._answer(letter, question, letter.header.id),))

    def _answers_after_all(self, letter: Letter) -> Outcome:
        """It was recorded before the question that it answers was known, and so for a mail that answers nothing."""
        id = answer_of(letter.header.id)
        if id in self.recorded or not isinstance(self.remembered.get(letter.header.id), Sent):
            return Outcome(letter)
        question = self._question(letter)
        return Outcome(letter) if question is None else Outcome(letter, (self._answer(letter, question, id),))

    def _answer(self, letter: Letter, question: Asked, id: str) -> dict[str, Any]:
        # No answer comes before its question, whatever the clock of a machine says.
        at = max(letter.header.time, question.at)
        question.answers.append(at)
        by = self.ourselves.person(letter.writer)
        data = {"contact": question.contact, "channel": "email", **({"by": by} if by else {})}
        return _envelope("contact.answered", id, at, data)

    def _question(self, letter: Letter) -> Asked | None:
        """What it answers: the nearest question before it in the thread of somebody to whom it goes."""
        ancestors = letter.header.ancestors
        addressed = [self._customers(address) for address in letter.outside]
        keys = {each.key for several in addressed for each in several}
        keys |= {each.key for address in letter.copies for each in self._customers(address)}
        somebody_unknown = not all(addressed)
        for each in reversed(ancestors):
            before = self.remembered.get(each)
            if isinstance(before, Asked) and before.needs_answer:
                # Whoever answers writes to the address that was asked for, which need not be the one we know.
                direct = each == ancestors[-1] and somebody_unknown
                if before.customer in keys or direct:
                    return before
        return None

    def _wrote_first(self, letter: Letter) -> Outcome:
        """To those it is addressed to; where none of them is a customer, to those who were to know of it."""
        told = self._told(letter, letter.outside, self.unknown)
        if not told.envelopes:
            copies = self._told(letter, letter.copies, "leave_out")
            told = copies if copies.envelopes or copies.left_out == "several_customers" else told
        if told.envelopes:
            self.remembered[letter.header.id] = Sent()
        return told

    def _told(self, letter: Letter, addresses: Iterable[Address], unknown: Unknown) -> Outcome:
        """A contact for each customer among them."""
        header, by = letter.header, self.ourselves.person(letter.writer)
        envelopes: list[dict[str, Any]] = []
        told: set[str] = set()
        left_out: Reason = "unknown"
        for address in addresses:
            several = self._customers(address)
            registration: list[dict[str, Any]] = []
            if not several and unknown == "register":
                several, registration = self._register(address, header.time)
            if len(several) > 1:
                left_out = "several_customers"
            if len(several) != 1 or several[0].key in told:
                continue
            (customer,) = several
            told.add(customer.key)
            # Each of several has a contact of their own; the first one's is called like the mail.
            id = f"{header.id}/{sha256(address.address.encode()).hexdigest()[:16]}" if envelopes else header.id
            data: dict[str, Any] = {"contact": id, "customer": customer.name, "channel": "email"}
            about = self.named_in(customer, f"{header.subject}\n{letter.text}")
            data |= {name: value for name, value in (("by", by), ("about", about)) if value is not None}
            envelopes += [*registration, _envelope("contact.outbound", id, header.time, data)]
        return Outcome(letter, tuple(envelopes)) if envelopes else Outcome(letter, left_out=left_out)

    # -- who --------------------------------------------------------------------------------------------

    def _customers(self, address: Address) -> Sequence[Customer]:
        known = self.registered.get(address.address)
        return [known] if known else self.customers(address.address)

    def _register(self, address: Address, at: datetime) -> tuple[list[Customer], list[dict[str, Any]]]:
        customer = self.registered[address.address] = Customer(address.address, f"{SOURCE}:{address.address}")
        id = f"customer/{sha256(address.address.encode()).hexdigest()}"
        data = {"customer": address.address, "email": address.address}
        if address.name and address.name != address.address:
            data["name"] = address.name
        return [customer], [_envelope("customer.registered", id, at, data)]


def answer_of(id: str) -> str:
    """What the answer is called in a mail that is recorded as something else already."""
    return f"{id}/answer"


def _in_order(letters: Iterable[Letter]) -> list[Letter]:
    """As they were written; where clocks go wrong, no mail comes before one that it answers."""
    headers = [(letter, letter.header) for letter in letters]
    times = {header.id: header.time for _, header in headers}

    def place(each: tuple[Letter, Header]) -> tuple[datetime, int, str]:
        header = each[1]
        before = [times[id] for id in header.ancestors if id in times]
        return max([header.time, *before]), len(before), header.id

    return [letter for letter, _ in sorted(headers, key=place)]


def _envelope(type: str, id: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "source": SOURCE,
        "id": id,
        "type": type,
        "time": at.isoformat(),
        "data": dict(data),
    }
