"""What is left out of a fact before the person whom it is about gets it: names and ids of others (Art. 15(4) DSGVO).

What is left out, and why, is decided in docs/decisions/0026-what-an-access-export-holds.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, get_args

from msgspec.structs import replace

from domain.customer import ReferralGiven
from domain.fact import Data, Fact
from domain.lives import THINGS
from domain.vault import plan
from domain.vocabulary import envelope
from projections.filters import Library

Reason = Literal["colleague", "third_person", "other_customer", "erased"]
"""Names of our own people; of somebody whom the customer named; what belongs to another customer; what is gone."""

REASONS: tuple[Reason, ...] = get_args(Reason)

THIRD_PERSONS: Final[Mapping[type[Data], tuple[str, ...]]] = {ReferralGiven: ("referred",)}
"""Fields that name somebody who is neither the customer nor one of us."""


class Bared(NamedTuple):
    """A fact without what concerns others. `data` is as JSON has it, with None where something is left out.

    `withheld` says why, by field; "id" is the source's own id of the fact.
    """

    fact: Fact
    data: dict[str, Any]
    withheld: Mapping[str, Reason]


@dataclass
class Colleagues:
    """Our own people under numbers, in the order in which they are named: so one sees who is the same, not who it is.

    `same_as`: the internal ids of one person lead to one of them.
    """

    same_as: Mapping[str, str]
    is_numbered: bool = True
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, person: str) -> int | None:
        one = self.same_as.get(person, person)
        number = self.numbers.setdefault(one, len(self.numbers) + 1)
        return number if self.is_numbered else None

    def name(self, person: str) -> str:
        """What stands in the place of the name."""
        return pseudonym(self.number(person))


ONE_OF_US: Final = "one-of-us"


def pseudonym(number: int | None) -> str:
    return ONE_OF_US if number is None else f"{ONE_OF_US}-{number}"


def colleagues(library: Library, *, is_numbered: bool = True) -> Colleagues:
    rows = library.views.rows("SELECT person, same_as FROM colleagues")
    return Colleagues({row[0]: row[1] for row in rows}, is_numbered)


@dataclass(frozen=True)
class Withholding:
    """`own`: the internal ids of the person as a customer. `whose` says to which customer a stream belongs today."""

    own: Collection[str]
    whose: Callable[[str], str | None]
    colleagues: Colleagues
    counts: Counter[Reason] = field(default_factory=Counter)
    """How often something was left out, by reason."""

    def bared(self, fact: Fact, sealed: Fact, *, is_anothers: bool = False) -> Bared:
        """`fact` is in its source's words, `sealed` holds internal ids. Of what is another's only its type is left."""
        shown = envelope(fact)["data"] if fact.id else sealed.data.model_dump(mode="json", exclude_unset=True)
        withheld: dict[str, Reason] = {}
        for name in shown:
            reason = self._reason(fact, sealed.data, name, is_anothers=is_anothers)
            if reason is None:
                continue
            withheld[name] = reason
            shown[name] = self.colleagues.name(getattr(sealed.data, name)) if reason == "colleague" else None
        if is_anothers or (fact.customer and fact.customer not in self.own):
            withheld["id"] = "other_customer"
        self.counts.update(withheld.values())
        data = fact.data.model_copy(update={name: shown[name] for name in withheld if name in shown})
        own_id = "" if "id" in withheld else fact.id
        return Bared(replace(fact, data=data, id=own_id), shown, withheld)

    def one_of_us(self, person: str) -> str:
        """What stands in the place of a name."""
        self.counts["colleague"] += 1
        return self.colleagues.name(person)

    def _reason(self, fact: Fact, data: Data, name: str, *, is_anothers: bool) -> Reason | None:
        if getattr(data, name) is None:
            return None
        if is_anothers:
            return "other_customer"
        kinds = plan(type(data))
        if name in kinds.persons:
            return "colleague"
        refs = dict(kinds.refs)
        if name not in refs and name not in kinds.personal:
            return None
        if not fact.id:
            return "erased"
        if name in THIRD_PERSONS.get(type(data), ()):
            return "third_person"
        return "other_customer" if name in refs and self._is_anothers(refs[name], getattr(data, name)) else None

    def _is_anothers(self, kind: str, named: Any) -> bool:
        """What nobody knows yet is nobody else's: the customer named it."""
        if kind == "customer":
            return named not in self.own
        if kind not in (*THINGS, "any"):
            return False
        owners = {self.whose(stream) for stream in streams_of(kind, named)} - {None}
        return bool(owners) and not owners & set(self.own)


def streams_of(kind: str, named: str) -> Iterable[str]:
    """The streams that a reference may mean: `any-…` is a promise, a contact or an incident."""
    return [named] if kind != "any" else [named.replace("any", thing, 1) for thing in THINGS]
