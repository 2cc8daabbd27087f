"""Customers who stand still because something recorded of them cannot be taken in, and what it is, in words."""

from __future__ import annotations

from typing import NamedTuple

from domain.lives import is_of_a_customer
from domain.roles import allowed
from projections import quarantine
from projections.customers import names_of
from wiring.home import Konto
from words import N_, Translator

REASONS = {
    "unreadable_event": N_("cannot be read: damaged, or changed by hand"),
    "not_our_version": N_("comes from a newer version of Vertrauenskonto; please install that one"),
    "rule": N_("contradicts what was recorded before"),
    "damaged_text": N_("its text in the vault was damaged or changed"),
}
OUR_FAULT = N_("Vertrauenskonto itself fails on it ({kind}); please install a newer version, or tell us")


class Still(NamedTuple):
    """`customer` is the source's id, None for what concerns no customer; `waiting` counts what stops it, too."""

    customer: str | None
    name: str | None
    position: int
    type: str
    reason: str
    waiting: int

    def why(self, t: Translator) -> str:
        return t.gettext(REASONS.get(self.reason, OUR_FAULT)).format(kind=self.reason)


def listed(konto: Konto) -> list[Still]:
    """In the order in which it was recorded. Raises NotAllowed."""
    allowed(konto.asker, "deliveries")
    found = quarantine.stopped(konto.views)
    named = names_of(konto.library, [each.customer for each in found if is_of_a_customer(each.customer)])
    still = []
    for each in found:
        id, name = named.get(each.customer, (None, None))
        still.append(Still(id, name, each.position, each.type, each.reason, each.waiting))
    return still


def try_again(konto: Konto) -> int:
    """How many still stand still after that. Raises NotAllowed."""
    allowed(konto.asker, "deliveries")
    konto.catch_up()
    return konto.follower.try_again()
