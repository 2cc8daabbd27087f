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
NAMES = {
    "document-rulebook": N_("Rulebook"),
    "document-calendars": N_("Calendars"),
    "document-people": N_("People"),
    "figures-per-person": N_("Figures per person"),
    "firm": N_("Rates of the firm"),
    "alert": N_("Alert"),
    "channel": N_("Channel"),
    "key": N_("Key"),
}
"""What is no customer, by its stream or by what that begins with."""
OUR_FAULT = N_("Vertrauenskonto itself fails on it ({kind}); please install a newer version, or tell us")


class Still(NamedTuple):
    """`customer` is the source's id, None for what concerns no customer and then has a `stream`; `waiting` counts what
    stops it, too."""

    customer: str | None
    name: str | None
    position: int
    type: str
    reason: str
    waiting: int
    stream: str | None

    def who(self, t: Translator) -> str:
        """Or what, where it is no customer."""
        if self.stream is None:
            return " ".join(part for part in (self.customer, self.name) if part)
        name = NAMES.get(self.stream) or NAMES.get(self.stream.partition("-")[0])
        return t.gettext(name) if name else self.type

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
        stream = None if is_of_a_customer(each.customer) else each.stream
        still.append(Still(id, name, each.position, each.type, each.reason, each.waiting, stream))
    return still


def try_again(konto: Konto) -> int:
    """How many still stand still after that. Raises NotAllowed."""
    allowed(konto.asker, "deliveries")
    konto.catch_up()
    return konto.follower.try_again()
