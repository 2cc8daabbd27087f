"""A customer for programs: who it is, and how the account stands."""

from __future__ import annotations

from collections.abc import Mapping

from typing_extensions import TypedDict

from projections import naming
from projections.customers import Party
from projections.statements import Statement
from wiring.told.statement import Trust, trust_as_json
from words import Translator


class Customer(TypedDict):
    """Balance in points with two decimals; `buffer`: how many usual withdrawals it bears."""

    customer: str
    source: str
    name: str | None
    kind: str
    owner: str | None
    team: str | None
    language: str | None
    since: str | None
    balance: float
    stage: str
    buffer: float
    reliability: Trust


def as_json(party: Party, found: Statement, names: Mapping[str, str], t: Translator) -> Customer:
    """`names`: how users know each of us, by internal id."""
    return {
        "customer": party.id,
        "source": party.source,
        "name": naming.named(party.name, t),
        "kind": party.kind,
        "owner": names.get(party.owner) if party.owner else None,
        "team": party.team,
        "language": party.language,
        "since": party.since,
        "balance": found.balance / 100,
        "stage": found.stage.name,
        "buffer": round(found.buffer, 2),
        "reliability": trust_as_json(found.reliability),
    }
