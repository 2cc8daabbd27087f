"""`konto merge` and `konto separate`: two customers that are one, and one that is two after all."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.customer import CustomerMerged, CustomerSeparated
from domain.errors import Refused
from domain.roles import allowed
from projections import customers
from projections.customers import Party
from wiring import merging
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.names import customer as find_customer
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
        _record(desk, merging.merged(stays, goes), MERGED, stays, goes)


def separate(
    ctx: typer.Context, survivor: Survivor, duplicate: Duplicate, json: Json = False, lang: Lang = None
) -> None:
    with at_desk(ctx, json, lang) as desk:
        allowed(desk.konto.asker, "merge")
        library = desk.konto.library
        merged = customers.merged_into(library, find_customer(desk, survivor).customer)
        goes = next((each for each in merged if duplicate in (each.id, merging.named(each))), None)
        if goes is None:
            raise Refused("not_merged", NOT_MERGED, duplicate=duplicate, survivor=survivor)
        stays = customers.next_survivor(desk.konto.log, library, goes.customer)
        _record(desk, merging.separated(stays, goes), SEPARATED, stays, goes)


def _record(desk: Desk, data: CustomerMerged | CustomerSeparated, said: str, stays: Party, goes: Party) -> None:
    fact = merging.record(desk.konto, data, stays, goes)
    if desk.out.as_json:
        verb = data.type_name.partition(".")[2]
        answer = {"customer": merging.named(stays), "duplicate": merging.named(goes), verb: True}
        desk.out.answer({**answer, "fact": f"{fact.source}:{fact.id}"})
    else:
        desk.out.say(desk.t.gettext(said).format(duplicate=_called(goes), survivor=_called(stays)))


def _called(party: Party) -> str:
    return f"{party.name} ({party.id})" if party.name else party.id
