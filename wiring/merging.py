"""Merging and separating customers: by hand, or because two systems know the same address."""

from __future__ import annotations

from domain.alert import OURSELVES
from domain.customer import CustomerMerged, CustomerSeparated
from domain.fact import Fact
from projections import customers
from projections.customers import Party
from wiring.home import Konto


def named(party: Party) -> str:
    return f"{party.source}:{party.id}"


def merged(stays: Party, goes: Party) -> CustomerMerged:
    return CustomerMerged(customer=named(stays), duplicate=named(goes))


def separated(stays: Party, goes: Party) -> CustomerSeparated:
    return CustomerSeparated(customer=named(stays), duplicate=named(goes))


def record(konto: Konto, data: CustomerMerged | CustomerSeparated, stays: Party, goes: Party) -> Fact:
    """The fact as recorded now; raises Refused where it is not possible."""
    now = konto.clock()
    verb = data.type_name.partition(".")[2]
    # The customers' numbers stay out of the id: it outlives their erasure.
    id = f"{verb}/{konto.log.ids.of('merge', stays.customer, goes.customer)}/{now.isoformat()}"
    fact = Fact(source=OURSELVES, id=id, time=now, data=data)
    (receipt,) = konto.record([fact])
    if receipt.refused:
        raise receipt.refused
    konto.catch_up()
    return fact


def merge_equal_addresses(konto: Konto) -> int:
    """Where the setting is on: parties of two sources with one address become one. How many did."""
    if not konto.settings.customers.merge_equal_addresses:
        return 0
    konto.catch_up()
    pairs = customers.same_addresses(konto.library)
    for stays, goes in pairs:
        record(konto, merged(stays, goes), stays, goes)
    return len(pairs)
