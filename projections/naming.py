"""How things are called: what a page of the log needs of names, ids and descriptions out of the vault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from domain.customer import CustomerChanged, CustomerRegistered
from domain.fact import SEALED, Data, Fact, in_order
from domain.history import FactRetracted
from domain.lives import BEGINNINGS, kind_of, standing
from domain.log import Log
from domain.promise import PromiseChanged, PromiseMade
from domain.vault import plan
from words import N_, Translator

Described = CustomerRegistered | CustomerChanged
Words = Mapping[str, Mapping[str, Any]]
Histories = Mapping[str, Sequence[Fact]]
CALLED = ("name", "email", "phone")
SHOWN = frozenset((*CALLED, "what", "text"))


@cache
def is_shown(kind: type[Data]) -> bool:
    """Whether a read model holds one of the personal fields of such facts."""
    fields = plan(kind)
    named = SHOWN & set(fields.personal) if kind.type_name != "feedback.given" else set()
    refs = {ref for _, ref in fields.refs}
    return bool(named or fields.persons or "customer" in refs or kind.type_name in BEGINNINGS)


ERASED = N_("erased person")


def called(name: str | None, id: str | None, t: Translator) -> str:
    """How a customer is called: by their name, else by the source's id; somebody who was erased has neither."""
    return t.gettext(ERASED) if name == SEALED else name or id or ""


def named(name: str | None, t: Translator) -> str | None:
    """The name, as long as there is one."""
    return None if name is None else called(name, None, t)


def own_ids(log: Log, facts: Iterable[Fact], words: Words) -> dict[str, tuple[str, str]]:
    """Source and own id of each customer named: `other:K-17` is other's, if that is how it was understood.

    The id of an erased one is the internal one. A fact that told of somebody else who was erased says nothing either.
    """
    found: dict[str, tuple[str, str]] = {}
    for fact in facts:
        for field, kind in plan(type(fact.data)).refs:
            customer = getattr(fact.data, field)
            if kind == "customer" and customer is not None and found.get(customer, ("", customer))[1] == customer:
                found[customer] = _own_id(log, fact, customer, words.get(fact.key, {}).get(field))
    return found


def _own_id(log: Log, fact: Fact, internal: str, id: str | None) -> tuple[str, str]:
    if id is None:  # erased
        return fact.source, internal
    colons = [place for place, char in enumerate(id) if char == ":"]
    readings = [(fact.source, id), *((id[:place], id[place + 1 :]) for place in colons)]
    digest = internal.partition("-")[2]
    return next((each for each in readings if log.ids.thing(*each) == digest), (fact.source, id))


def described(log: Log, facts: Iterable[Fact], histories: Histories, words: Words) -> dict[str, dict[str, str | None]]:
    """Name, e-mail and phone of the customers whose description changed, the latest to have happened."""
    changed = {fact.stream for fact in facts if isinstance(fact.data, Described) or _retracts_in(fact, "customer")}
    telling = {
        customer: in_order(fact for fact in standing(histories[customer]) if isinstance(fact.data, Described))
        for customer in changed
    }
    known = _with_older(log, words, (fact for each in telling.values() for fact in each))
    found: dict[str, dict[str, str | None]] = {}
    for customer, told in telling.items():
        fields = found[customer] = dict.fromkeys(CALLED)
        for fact in told:
            said = known.get(fact.key, {})
            fields |= {name: said.get(name) for name in CALLED if fact.data.says(name)}
    return found


def titles(log: Log, facts: Iterable[Fact], histories: Histories, words: Words) -> dict[str, str | None]:
    """What the promises described anew are called, by the latest description to have happened.

    One recorded by mistake keeps its name for those who ask what we knew before we took it out.
    """
    changed = {fact.stream for fact in facts if _says_what(fact.data) or _retracts_in(fact, "promise")}
    told = {stream: _said_what(histories[stream]) for stream in changed}
    last = {stream: facts[-1] for stream, facts in told.items() if facts}
    known = _with_older(log, words, last.values())
    return {stream: known.get(fact.key, {}).get("what") for stream, fact in last.items()}


def _retracts_in(fact: Fact, kind: str) -> bool:
    return isinstance(fact.data, FactRetracted) and kind_of(fact.stream) == kind


def _said_what(history: Sequence[Fact]) -> list[Fact]:
    said = _said(history)
    if len(said) == 1:
        return said
    return _said(standing(history)) or said


def _said(history: Iterable[Fact]) -> list[Fact]:
    return in_order(fact for fact in history if _says_what(fact.data))


def _says_what(data: Data) -> bool:
    return isinstance(data, PromiseMade) or (isinstance(data, PromiseChanged) and data.says("what"))


def _with_older(log: Log, words: Words, facts: Iterable[Fact]) -> Words:
    """The words of the page, and those of earlier facts."""
    earlier = [fact for fact in facts if fact.key not in words]
    return {**words, **log.words(earlier)} if earlier else words
