"""`konto merge` and `konto separate`: two customers that are one, and one that is two after all."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.alert import OURSELVES
from domain.customer import CustomerMerged, CustomerSeparated
from domain.errors import Refused
from domain.fact import Fact
from domain.people import allowed
from projections import customers
from projections.customers import Party
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.commands.names import customer as find_customer
from words import N_

MERGED = N_("{duplicate} and {survivor} are one from now on; everything counts for {survivor}.")
SEPARATED = N_("{duplicate} and {survivor} are two again; each has their own account.")
NOT_MERGED = N_("{duplicate} is not merged with {survivor}.")
ALREADY_ONE = N_("{duplicate} and {survivor} are one already.")

Survivor = Annotated[
    str, typer.Argument(metavar="CUSTOMER", help=N_("The customer who stays: their own id, or source:id."))
]
Duplicate = Annotated[str, typer.Argument(metavar="DUPLICATE", help=N_("The same customer under another id."))]


def merge(ctx: typer.Context, survivor: Survivor, duplicate: Duplicate, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        allowed(desk.konto.asker, "merge")
        stays, goes = find_customer(desk, survivor), find_customer(desk, duplicate)
        if stays.customer == goes.customer:
            raise Refused("already_merged", ALREADY_ONE, duplicate=duplicate, survivor=survivor)
        data = CustomerMerged(customer=_named(stays), duplicate=_named(goes))
        _record(desk, data, MERGED, stays, goes)


def separate(
    ctx: typer.Context, survivor: Survivor, duplicate: Duplicate, json: Json = False, lang: Lang = None
) -> None:
    with at_desk(ctx, json, lang) as desk:
        allowed(desk.konto.asker, "merge")
        stays = find_customer(desk, survivor)
        goes = next((each for each in customers.merged_into(desk.konto.library, stays.customer)
                     if duplicate in (each.id, f"{each.source}:{each.id}")), None)  # fmt: skip
        if goes is None:
            raise Refused("not_merged", NOT_MERGED, duplicate=duplicate, survivor=survivor)
        into = customers.next_survivor(desk.konto.log, desk.konto.library, goes.customer)
        data = CustomerSeparated(customer=_named(into), duplicate=_named(goes))
        _record(desk, data, SEPARATED, into, goes)


def _named(party: Party) -> str:
    return f"{party.source}:{party.id}"


def _record(desk: Desk, data: CustomerMerged | CustomerSeparated, said: str, stays: Party, goes: Party) -> None:
    konto = desk.konto
    verb = "merged" if isinstance(data, CustomerMerged) else "separated"
    now = desk.now
    # The customers' numbers stay out of the id: it outlives their erasure.
    id = f"{verb}/{konto.log.ids.of('merge', stays.customer, goes.customer)}/{now.isoformat()}"
    (receipt,) = konto.record([Fact(source=OURSELVES, id=id, time=now, data=data)])
    if receipt.refused:
        raise receipt.refused
    desk.catch_up()
    if desk.out.as_json:
        desk.out.answer({"customer": _named(stays), "duplicate": _named(goes), verb: True, "fact": f"{OURSELVES}:{id}"})
    else:
        desk.out.say(desk.t.gettext(said).format(duplicate=_called(goes), survivor=_called(stays)))


def _called(party: Party) -> str:
    return f"{party.name} ({party.id})" if party.name else party.id
