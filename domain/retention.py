"""How long what is known of a customer is kept: each type of fact has a class, each class its years and its law.

A fact's time ends with a calendar year, so many years after the one in which it happened; a customer is due when the
time of the last of their facts has ended. Why each type has its class: docs/how-to/decide-how-long-data-is-kept.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

Class = Literal["alongside", "relationship", "letters", "vouchers", "books"]
CLASSES: tuple[Class, ...] = get_args(Class)

YEARS: Mapping[Class, int] = {
    # What only describes or corrects other facts prolongs nothing: it goes with them.
    "alongside": 0,
    # Claims lapse three years after the end of their year: BGB §§ 195, 199 (1). Until then it may be needed, after it
    # nothing says that it is: Art. 5 (1) e, 17 (1) a GDPR.
    "relationship": 3,
    # Commercial letters received and sent: HGB § 257 (1) no. 2, 3 and (4), AO § 147 (1) no. 2, 3 and (3).
    "letters": 6,
    # Vouchers, since 2025: HGB § 257 (1) no. 4 and (4), AO § 147 (1) no. 4 and (3) as in the Fourth Act to Reduce
    # Bureaucracy (BEG IV).
    "vouchers": 8,
    # Books and what is needed to understand them, such as directions for work: HGB § 257 (1) no. 1, AO § 147 (1) no. 1.
    "books": 10,
}
LAWS: Mapping[Class, str] = {
    "alongside": "–",
    "relationship": "BGB §§ 195, 199 (1)",
    "letters": "HGB § 257 (1) 2, 3, (4); AO § 147 (1) 2, 3, (3)",
    "vouchers": "HGB § 257 (1) 4, (4); AO § 147 (1) 4, (3)",
    "books": "HGB § 257 (1) 1, (4); AO § 147 (1) 1, (3)",
}

TYPES: Mapping[str, Class] = {
    # What was offered and agreed in a business, and what became of it: as it would stand in a letter.
    **dict.fromkeys(
        (
            "promise.made",
            "promise.changed",
            "promise.renegotiated",
            "promise.fulfilled",
            "promise.withdrawn",
            "promise.broken",
            "promise.released",
            "request.declined",
            "incident.offered",
            "incident.offer_answered",
        ),
        "letters",
    ),
    **dict.fromkeys(
        (
            "customer.changed",
            "customer.owner_assigned",
            "customer.sensitivity_set",
            "customer.merged",
            "customer.separated",
            "promise.assigned",
            "incident.assigned",
            "fact.retracted",
        ),
        "alongside",
    ),
    # They steer the product and concern no customer: directions for work, which the procedure description refers to.
    "document.published": "books",
    "firm.rates_set": "books",
}
"""All other types belong to the relationship."""


class Kept(NamedTuple):
    """Until when something is kept, and by which class."""

    until: datetime
    by: Class


@dataclass(frozen=True)
class Retention:
    """The years of each class, and the class of each type, as a firm decided; `zone` says where its years end."""

    years: Mapping[Class, int]
    types: Mapping[str, Class]
    zone: ZoneInfo

    def of(self, type: str) -> Class:
        return self.types.get(type, "relationship")

    def until(self, last: Mapping[Class, datetime]) -> Kept:
        """For the last fact of each class that there is: the longest counts."""
        ends = [
            Kept(self._new_year(at.astimezone(self.zone).year + self.years[each] + 1), each)
            for each, at in last.items()
        ]
        return max(ends)

    def over_before(self, kind: Class, now: datetime) -> datetime:
        """Facts of a class that happened before this instant need not be kept any more."""
        return self._new_year(now.astimezone(self.zone).year - self.years[kind])

    def _new_year(self, year: int) -> datetime:
        return datetime(max(year, 1), 1, 1, tzinfo=self.zone)


def retention(
    years: Mapping[Class, int], types: Mapping[str, Class], zone: ZoneInfo, known: Iterable[str]
) -> Retention:
    """With what a firm did not decide as shipped."""
    return Retention(
        {**YEARS, **years}, {kind: types.get(kind, TYPES.get(kind, "relationship")) for kind in known}, zone
    )
