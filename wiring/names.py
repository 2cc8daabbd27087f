"""Names as somebody types them: found, or refused with the ones that were probably meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import get_args

from domain.errors import Refused
from domain.fact import Channel, Kind, Severity
from domain.incident import IncidentKind
from projections import customers
from projections.customers import Party, UnknownCustomer
from projections.filters import DIMENSIONS, Filter, Library
from wiring.asking import Asking
from wiring.looking import listed, not_theirs
from words import N_

SHOWN = 5

NO_CUSTOMER = N_("There is no customer “{name}” here. Did you mean: {candidates}?")
NOBODY = N_("There is no {dimension} “{found}” here. Known are: {known}.")
NO_PAIR = N_("“{found}” is no condition. Please write it like owner=ines. Possible are: {known}.")
NO_WORD = N_("“{found}” is not known here. Possible are: {known}.")
TWICE = N_("{dimension} is asked for twice. Please name it once.")

FIXED = {
    "kind": (*get_args(Kind), *get_args(IncidentKind)),
    "severity": get_args(Severity),
    "channel": get_args(Channel),
}


def customer(asking: Asking, name: str) -> Party:
    """By own id, and noted as looked at; one that is not known is refused with similar ids and names."""
    library, asker = asking.konto.library, asking.konto.asker
    try:
        found = customers.find(library, asker, name)
    except UnknownCustomer:
        not_theirs(asking.konto, library.customer_ids(name), asking.page)
        candidates = [shown(each) for each in customers.alike(library, asker, name, SHOWN)]
        if not candidates:
            raise
        listed(asking.konto, asking.page, ["text"])
        raise Refused("not_found", NO_CUSTOMER, "customer", name=name, candidates=", ".join(candidates)) from None
    asking.konto.note("looked", found.customer, asking.page)
    return found


def shown(party: Party) -> str:
    return f"{party.id} ({party.name})" if party.name else party.id


def one_of(text: str, known: Sequence[str], option: str) -> str:
    """One of a few fixed words; raises Refused, naming them."""
    if text not in known:
        raise Refused("unknown_word", NO_WORD, option, found=text[:60], known=", ".join(known))
    return text


def filter_of(asking: Asking, where: Sequence[str] | None) -> Filter:
    """DIM=VALUE, each dimension once, each value known."""
    chosen: dict[str, str] = {}
    for pair in where or ():
        dimension, sign, value = pair.partition("=")
        if not sign or dimension not in DIMENSIONS:
            raise Refused("no_condition", NO_PAIR, "--where", found=pair[:60], known=", ".join(DIMENSIONS))
        if dimension in chosen:
            raise Refused("twice", TWICE, "--where", dimension=dimension)
        chosen[dimension] = value
    return filter_by(asking, chosen, "--where")


def filter_by(asking: Asking, chosen: Mapping[str, str], place: str | None = None) -> Filter:
    """By dimensions, each with a known value; `place` is where they stood, else each at its own name."""
    for dimension, value in chosen.items():
        _must_be_known(asking, dimension, value, place or dimension)
    return Filter(chosen)


def _must_be_known(asking: Asking, dimension: str, value: str, place: str) -> None:
    library = asking.konto.library
    if dimension == "customer":
        ids = library.customer_ids(value)
        if len(ids) != 1 and (ids or _any(library, "SELECT 1 FROM customers")):
            customer(asking, value)
        return
    known = _known(asking, dimension)
    if known and value not in known:
        if dimension == "owner" and _is_person(library, value):
            return
        near = get_close_matches(value, known, n=SHOWN, cutoff=0.5) or sorted(known)[: 2 * SHOWN]
        raise Refused("not_found", NOBODY, place, dimension=dimension, found=value[:60], known=", ".join(near))


def _known(asking: Asking, dimension: str) -> set[str]:
    """What the log and the documents name; empty where nothing is known yet, and then everything is possible."""
    if dimension in FIXED:
        return set(FIXED[dimension])
    library, people = asking.konto.library, asking.konto.steering.people.latest
    if dimension == "owner":
        rows = library.views.rows("SELECT name FROM persons UNION SELECT name FROM colleagues")
        return {row[0] for row in rows}
    named = {team.name for team in people.teams} if dimension == "team" else set()
    tables = ("promises", "incidents", *(("parties", "questions") if dimension == "team" else ()))
    for table in tables:
        rows = library.views.rows(f"SELECT DISTINCT {dimension} FROM {table} WHERE {dimension} IS NOT NULL")
        named |= {row[0] for row in rows}
    return named


def _is_person(library: Library, name: str) -> bool:
    """Also by id, e-mail or user name."""
    ids = library.person_ids(name)
    places = ",".join("?" * len(ids))
    known = "SELECT person FROM persons UNION SELECT person FROM colleagues"
    return library.views.row(f"SELECT 1 FROM ({known}) known WHERE person IN ({places})", ids) is not None


def _any(library: Library, sql: str) -> bool:
    return library.views.row(f"{sql} LIMIT 1") is not None
